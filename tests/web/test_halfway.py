"""Halfway in: a code, a first password or a second factor is still wanted, and nothing else opens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.actions.second_factor import Vault, code_at
from portal.core.book import Role
from portal.store.people import Account, StaffSession
from tests.web.access import ROOMS
from tests.web.client import PageClient, hidden
from tests.web.conftest import MakePortal, Portal
from tests.web.filling import PASSWORD, SECOND, SECRET_KEY, STREET, user
from tests.web.pages import visible_text

CLERK, ADMIN = user(Role.CLERK, STREET), user(Role.TOWNSHIP_ADMIN, STREET)
NEW = "another good password"
ONLY_READS = [
    rule
    for room in ROOMS
    for rule, method in room.ACCESS
    if method == "GET"
    and "<" not in rule
    and rule.startswith(("/me", "/admin", "/system", "/account", "/home"))
]


def alter(portal: Portal, username: str, **values: object) -> None:
    with portal.database.writing() as session:
        session.execute(update(Account).where(Account.username == username).values(**values))


def account(portal: Portal, username: str) -> Account:
    with portal.database.reading() as session:
        return session.scalars(select(Account).where(Account.username == username)).one()


def come(portal: Portal, username: str, password: str = PASSWORD, path: str = "/login") -> PageClient:
    client = portal.visitor()
    response = client.post(path, data={"username": username, "password": password})
    assert response.status_code == 303
    return client


def post(client: PageClient, path: str, page: str = "", **fields: str) -> tuple[int, str, str]:
    """Send a page's form: status, where it leads, and what is said."""
    token = hidden(client.page(page or path), "csrf_token")
    response = client.post(path, data={"csrf_token": token, **fields})
    body = "" if response.location else visible_text(response.get_data(as_text=True))
    return response.status_code, response.location or "", body


def code(portal: Portal, steps: int = 0) -> str:
    return code_at(SECOND, portal.clock() + timedelta(seconds=30 * steps))


def with_a_slip(portal: Portal) -> PageClient:
    alter(portal, CLERK, one_time_until=portal.clock() + timedelta(days=14))
    return come(portal, CLERK)


def without_a_second(portal: Portal) -> PageClient:
    alter(portal, ADMIN, second_secret=None)
    return come(portal, ADMIN)


def with_a_second(portal: Portal) -> PageClient:
    return come(portal, ADMIN)


@pytest.mark.parametrize(
    ("state", "page"),
    [
        (with_a_slip, "/account/first-password"),
        (with_a_second, "/login/code"),
        (without_a_second, "/account/second"),
    ],
)
def test_every_page_leads_to_what_is_wanted_and_log_out_works(
    portal: Portal, state: Callable[[Portal], PageClient], page: str
) -> None:
    client = state(portal)
    for rule in [*ONLY_READS, "/login"]:
        if rule == page:
            client.page(rule)
            continue
        response = client.get(rule)
        assert (response.status_code, response.location.partition("?")[0]) == (302, page), rule
    for path in ("/account", "/account/sessions", "/account/second/off"):
        assert post(client, path, page)[0] == 403, path
    for path in ("/login/code", "/account/first-password", "/account/second"):
        if path != page:
            status, location, _ = post(client, path, page)
            assert (status, location.partition("?")[0]) == (302, page), path
    status, location, _ = post(client, "/logout", page)
    assert (status, location) == (303, "/login")
    assert client.get(page).location.startswith("/login")


def test_whoever_is_halfway_in_sees_no_menu(portal: Portal) -> None:
    page = with_a_second(portal).page("/login/code")
    assert "主菜单" not in page
    assert "考评结果" not in page


def test_the_page_that_was_wanted_opens_at_the_end(portal: Portal) -> None:
    client = come(portal, ADMIN, path="/login?next=/admin/results?sort%3Dpost")
    wanted = client.get("/admin/results?sort=post").location
    assert wanted == "/login/code?next=/admin/results?sort%3Dpost"
    assert post(client, wanted, code=code(portal))[:2] == (303, "/admin/results?sort=post")
    client.page("/admin/results?sort=post")


def test_a_code_opens_once(portal: Portal) -> None:
    given = code(portal)
    client = come(portal, ADMIN)
    key = hidden(client.page("/login/code"), "csrf_token")
    for _ in range(2):  # a second tap
        response = client.post("/login/code", data={"csrf_token": key, "code": given})
        assert (response.status_code, response.location) == (303, "/home")
    status, _, said = post(come(portal, ADMIN), "/login/code", code=given)
    assert status == 422
    assert "已经用过" in said


def test_wrong_codes_make_the_account_pause(portal: Portal) -> None:
    client = come(portal, ADMIN)
    for _ in range(3):
        assert post(client, "/login/code", code="000000")[0] == 422
    status, _, said = post(client, "/login/code", code=code(portal))
    assert status == 429
    assert "请等 4 秒" in said
    assert account(portal, ADMIN).failures == 3
    portal.clock.turn(seconds=4)
    assert post(client, "/login/code", code=code(portal))[0] == 303
    assert account(portal, ADMIN).failures == 0


def test_the_first_password_takes_the_slips_place(portal: Portal) -> None:
    client, other = with_a_slip(portal), come(portal, CLERK)
    status, location, _ = post(client, "/account/first-password", new=NEW, again=NEW)
    assert (status, location) == (303, "/home")
    client.page("/admin/results")
    assert account(portal, CLERK).one_time_until is None
    assert other.get("/account").status_code == 302
    come(portal, CLERK, NEW).page("/account")


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        (PASSWORD, PASSWORD, "要和纸条上的一次性密码不一样"),
        ("short", "short", "至少 8 个字符"),
        (CLERK, CLERK, "不能就是用户名"),
        (NEW, "another one", "不一样"),
        ("", "", "请填新密码"),
    ],
)
def test_a_first_password_that_can_not_be_is_refused(
    portal: Portal, new: str, again: str, words: str
) -> None:
    client = with_a_slip(portal)
    status, _, said = post(client, "/account/first-password", new=new, again=again)
    assert status == 422
    assert words in said
    assert account(portal, CLERK).one_time_until is not None


def test_a_slip_that_is_too_old_and_a_closed_account_are_told_so(portal: Portal) -> None:
    alter(portal, CLERK, one_time_until=portal.clock())
    wanted = {"username": CLERK, "password": PASSWORD}
    response = portal.visitor().post("/login", data=wanted)
    assert response.status_code == 422
    assert "一次性密码过期了，请找管理员重新发一张。" in response.get_data(as_text=True)
    alter(portal, CLERK, one_time_until=None, closed_at=portal.clock())
    assert "账号已停用" in portal.visitor().post("/login", data=wanted).get_data(as_text=True)
    assert portal.staff(CLERK).get("/admin/results").status_code == 302


def test_setting_a_second_factor_up_opens_everything(portal: Portal) -> None:
    client = without_a_second(portal)
    page = client.page("/account/second")
    draft = hidden(page, "draft")
    secret = Vault(SECRET_KEY).drafted(account(portal, ADMIN).id, draft)
    assert secret is not None
    assert post(client, "/account/second", code="000000", draft=draft)[0] == 422
    assert draft in client.post(
        "/account/second", data={"csrf_token": hidden(page, "csrf_token"), "code": "0", "draft": draft}
    ).get_data(as_text=True)
    shown = code_at(secret, portal.clock())
    # whoever had to, goes on to where the work is; a second tap is harmless
    for target in ("/home", "/account?second=1"):
        assert post(client, "/account/second", code=shown, draft=draft)[:2] == (303, target)
    client.page("/admin/results")
    kept = account(portal, ADMIN).second_secret
    assert kept is not None
    assert Vault(SECRET_KEY).opened(kept) == secret


def test_a_draft_of_somebody_else_is_not_taken(portal: Portal) -> None:
    client = without_a_second(portal)
    foreign = Vault(SECRET_KEY).draft(account(portal, CLERK).id, SECOND)
    status, _, said = post(client, "/account/second", code=code(portal), draft=foreign)
    assert status == 422
    assert "二维码已经换了" in said


def test_a_demo_wants_no_second_factor(make_portal: MakePortal) -> None:
    portal = make_portal(demo=True)
    client = without_a_second(portal)
    client.page("/admin/results")
    assert "演示里不强制" in client.page("/account")


def test_another_device_wants_the_password(portal: Portal) -> None:
    client = portal.staff(ADMIN)
    draft = hidden(client.page("/account/second"), "draft")
    secret = Vault(SECRET_KEY).drafted(account(portal, ADMIN).id, draft)
    assert secret is not None
    before, shown = account(portal, ADMIN).second_secret, code_at(secret, portal.clock())
    status, _, said = post(client, "/account/second", current="guessed", code=shown, draft=draft)
    assert status == 422
    assert "现在的密码不对" in said
    assert account(portal, ADMIN).second_secret == before
    assert account(portal, ADMIN).failures == 1
    assert post(client, "/account/second", current=PASSWORD, code=shown, draft=draft)[0] == 303
    assert account(portal, ADMIN).second_secret != before


def test_who_need_not_have_one_may_do_without_again(portal: Portal) -> None:
    alter(portal, CLERK, second_secret=Vault(SECRET_KEY).sealed(SECOND))
    client = come(portal, CLERK)
    post(client, "/login/code", code=code(portal))
    assert "关掉手机验证码" in client.page("/account")
    assert post(client, "/account/second/off", current="guessed")[0] == 422
    assert post(client, "/account/second/off", current=PASSWORD)[0] == 303
    assert account(portal, CLERK).second_secret is None
    assert "关掉手机验证码" not in portal.staff(ADMIN).page("/account")


def test_the_own_sessions_are_listed_and_ended(portal: Portal) -> None:
    phone = portal.visitor()
    agent = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120 Mobile MicroMessenger/8.0"
    wanted = {"username": CLERK, "password": PASSWORD}
    phone.post("/login", data=wanted, headers={"User-Agent": agent})
    client = portal.staff(CLERK)
    page = client.page("/account")
    shown = visible_text(page)
    assert "微信 · 安卓手机" in shown
    assert shown.count("就是这里") == 1
    with portal.database.reading() as session:
        own = session.scalars(select(StaffSession.id).where(StaffSession.device == "微信 · 安卓手机")).one()
    assert post(client, "/account/sessions", "/account", session=str(own))[0] == 303
    assert post(client, "/account/sessions", "/account", session=str(own))[0] == 303  # a second tap
    assert phone.get("/account").status_code == 302
    third = come(portal, CLERK)
    assert post(client, "/account/sessions", "/account", session="others")[0] == 303
    assert third.get("/account").status_code == 302
    client.page("/account")


def test_nobody_ends_a_session_of_somebody_else(portal: Portal) -> None:
    with portal.database.reading() as session:
        foreign = session.scalars(
            select(StaffSession.id).where(StaffSession.account_id == account(portal, ADMIN).id)
        ).one()
    post(portal.staff(CLERK), "/account/sessions", "/account", session=str(foreign))
    portal.staff(ADMIN).page("/account")


@pytest.mark.parametrize("which", ["", "x", "-1", "９", "9" * 20])
def test_a_session_that_can_not_be_is_refused(portal: Portal, which: str) -> None:
    assert post(portal.staff(CLERK), "/account/sessions", "/account", session=which)[0] == 422


def test_guesses_at_the_present_password_are_counted(portal: Portal) -> None:
    client = portal.staff(CLERK)
    for _ in range(3):
        assert post(client, "/account", current="guessed", new=NEW, again=NEW)[0] == 422
    status, _, said = post(client, "/account", current=PASSWORD, new=NEW, again=NEW)
    assert status == 422
    assert "请等 4 秒" in said
