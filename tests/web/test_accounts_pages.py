"""The township's pages of accounts and rights, and the installation's."""

from __future__ import annotations

from collections.abc import Mapping
from html import unescape

import pypdfium2
import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal.core.book import Role
from portal.core.rights import Right
from portal.pinyin import by_pinyin
from portal.store.appraisal import Period
from portal.store.ledger import LedgerEntry
from portal.store.office import Proposal
from portal.store.organisation import Township
from portal.store.people import Account
from portal.web.admin.rights import RIGHT_WORDS
from tests.web.access.accounts import account_address
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import NOWHERE, PASSWORD, STREET, TASHI, user
from tests.web.pages import visible_text
from tests.web.reading import rows

ADMIN, CADRE = user(Role.TOWNSHIP_ADMIN, STREET), user(Role.CADRE, STREET)
APPROVER, CLERK = user(Role.APPROVER, STREET), user(Role.CLERK, STREET)
SYSTEM = user(Role.SYSTEM_ADMIN, NOWHERE)
LIST = "/admin/accounts"
CADRE_NAME = "李一"
ROLES = {"role_cadre": "y", "role_clerk": "y", "reason": "接替"}


def form(client: PageClient, path: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    page = client.page(path)
    found = {"csrf_token": hidden(page, "csrf_token")}
    return found | ({"seen": unescape(hidden(page, "seen"))} if 'name="seen"' in page else {})


def post(client: PageClient, path: str, page: str = "", /, **fields: str) -> TestResponse:
    return client.post(path, data={**form(client, page or path), **fields})


def said(response: TestResponse) -> str:
    return visible_text(response.get_data(as_text=True))


def slips_in(response: TestResponse) -> list[dict[str, str]]:
    """User name and one-time password of each slip of a PDF."""
    assert (response.status_code, response.mimetype) == (200, "application/pdf"), said(response)
    found: list[dict[str, str]] = []
    for page in pypdfium2.PdfDocument(response.get_data()):
        lines = page.get_textpage().get_text_range().replace("\r", "").split("\n")
        names = [line.partition("用户名 ")[2] for line in lines if line.startswith("用户名 ")]
        after = [number for number, line in enumerate(lines) if line == "一次性密码"]
        passwords = [lines[number + 1] for number in after]
        found += [{"username": n, "password": p} for n, p in zip(names, passwords, strict=True)]
    return found


def account(portal: Portal, username: str) -> Account | None:
    with portal.database.reading() as session:
        return session.scalar(select(Account).where(Account.username == username))


def roles(portal: Portal, username: str) -> set[Role]:
    found = account(portal, username)
    assert found is not None
    return {row.role for row in found.roles}


def count(portal: Portal, table: type) -> int:
    with portal.database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def open_period(portal: Portal) -> None:
    with portal.database.writing() as session:
        session.execute(update(Period).values(opened_at=portal.clock()))


def log_in(portal: Portal, slip: Mapping[str, str]) -> PageClient:
    client = portal.visitor()
    assert client.post("/login", data=slip).status_code == 303
    return client


def test_the_list_says_who_logs_in_and_can_be_searched(portal: Portal) -> None:
    client = portal.staff(ADMIN)
    everybody = rows(client.page(LIST), "账号表")
    assert {row["用户名"] for row in everybody} >= {ADMIN, CADRE, CLERK, "numberless"}
    assert user(Role.CADRE, TASHI) not in str(everybody)
    (found,) = rows(client.page(f"{LIST}?q=s09"), "账号表")
    assert (found["工号"], found["角色"], found["状态"], found["手机验证码"]) == (
        "S09",
        "干部",
        "在用",
        "没有",
    )
    assert "没有符合条件的账号" in client.page(f"{LIST}?q=nobody")
    assert "没有符合条件的账号" in client.page(f"{LIST}?state=closed")


@pytest.mark.parametrize("rest", ["", "/roles", "/deputy", "/close", "/reopen", "/reset"])
def test_an_account_of_another_township_is_not_there(portal: Portal, rest: str) -> None:
    client = portal.staff(ADMIN)
    foreign = account_address(portal, user(Role.CADRE, TASHI), rest)
    client.page(foreign, 404)
    client.page(f"{LIST}/{10**12}{rest}", 404)
    if rest:
        token = hidden(client.page("/account"), "csrf_token")
        for path in (foreign, account_address(portal, user(Role.CADRE, TASHI), "/deputy/end")):
            response = client.post(path, data={"csrf_token": token, "role": "cadre", **ROLES})
            assert response.status_code == 404, path


def test_everybody_without_an_account_gets_one_and_a_slip_that_opens_it(portal: Portal) -> None:
    client, path = portal.staff(ADMIN), f"{LIST}/slips"
    listed = rows(client.page(path), "建账号的名单")
    number = str(len(listed))
    slips = slips_in(post(client, path, what="new", number=number))
    assert [slip["username"] for slip in slips] == [row["用户名"] for row in listed]
    assert len(slips) == 7
    newcomer = log_in(portal, slips[0])
    assert newcomer.get("/me").location.startswith("/account/first-password")
    with portal.database.reading() as session:
        told = [str((entry.after, entry.reason)) for entry in session.scalars(select(LedgerEntry))]
    assert not [slip for slip in slips if slip["password"] in "".join(told)]
    again = post(client, path, what="new", number=number)  # a second tap
    assert again.status_code == 422
    assert "名单刚才变了" in said(again)
    renewed = slips_in(post(client, path, what="again", number=number))
    assert renewed[0]["password"] != slips[0]["password"]
    assert newcomer.get("/me").location.startswith("/login")


@pytest.mark.parametrize("what", ["new", "again", "x"])
def test_a_run_for_another_number_than_the_page_said_makes_nothing(portal: Portal, what: str) -> None:
    before = count(portal, Account)
    response = post(portal.staff(ADMIN), f"{LIST}/slips", what=what, number="3")
    assert response.status_code == 422
    assert count(portal, Account) == before


def test_an_account_by_hand(portal: Portal) -> None:
    client = portal.staff(ADMIN)
    wanted = {"username": "audit", "holder": "县里来的审计", "role_auditor": "y"}
    (slip,) = slips_in(post(client, f"{LIST}/new", **wanted))
    assert slip["username"] == "audit"
    assert roles(portal, "audit") == {Role.AUDITOR}
    log_in(portal, slip)
    taken = post(client, f"{LIST}/new", **wanted)
    assert taken.status_code == 422
    assert "已经有了" in said(taken)
    assert 'value="县里来的审计"' in taken.get_data(as_text=True)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"username": ""}, "请填用户名"),
        ({"holder": "", "number": ""}, "填一个"),
        ({"number": "S03"}, "填一个"),
        ({"holder": "", "number": "S99"}, "没有工号为“S99”的干部"),
        ({"holder": "", "number": "S09"}, "已经有账号"),
        ({"username": "x" * 81}, "最多 80"),
    ],
)
def test_an_account_by_hand_that_can_not_be_is_refused(
    portal: Portal, fields: dict[str, str], words: str
) -> None:
    response = post(portal.staff(ADMIN), f"{LIST}/new", **{"username": "new", "holder": "某人", **fields})
    assert response.status_code == 422
    assert words in said(response)
    assert account(portal, "new") is None


def test_roles_are_changed_and_hold_at_once(portal: Portal) -> None:
    client, path = portal.staff(ADMIN), account_address(portal, CADRE, "/roles")
    assert portal.staff(CADRE).get("/admin/results").status_code == 403
    response = post(client, path, **ROLES)
    assert response.status_code == 303
    assert "角色改好了" in client.page(response.location)
    assert roles(portal, CADRE) == {Role.CADRE, Role.CLERK}
    portal.staff(CADRE).page("/admin/results")


def test_two_people_on_one_accounts_roles(portal: Portal) -> None:
    client, path = portal.staff(ADMIN), account_address(portal, CADRE, "/roles")
    first, second = form(client, path), form(client, path)
    assert client.post(path, data={**first, **ROLES}).status_code == 303
    late = client.post(path, data={**second, "role_auditor": "y", "reason": "审计"})
    assert late.status_code == 409
    assert "干部、经办人" in said(late)
    assert roles(portal, CADRE) == {Role.CADRE, Role.CLERK}
    page = late.get_data(as_text=True)
    again = {"seen": unescape(hidden(page, "seen")), "csrf_token": hidden(page, "csrf_token")}
    kept = {name: hidden(page, name) for name in ("role_auditor", "reason")}
    assert client.post(path, data={**again, **kept}).status_code == 303
    assert roles(portal, CADRE) == {Role.AUDITOR}


def test_a_trusted_role_waits_for_a_second_person_once_a_period_is_open(portal: Portal) -> None:
    open_period(portal)
    client, path = portal.staff(ADMIN), account_address(portal, CADRE, "/roles")
    response = post(client, path, **ROLES, role_approver="y")
    page = client.page(response.location)
    assert f"{CADRE_NAME}的角色：从“干部”改成“干部、经办人、党委”" in page
    assert roles(portal, CADRE) == {Role.CADRE}
    assert count(portal, Proposal) == 1
    assert post(client, path, **ROLES, role_approver="y").status_code == 303  # a double tap is one
    assert count(portal, Proposal) == 1
    another = post(client, path, **ROLES, role_township_admin="y")
    assert another.status_code == 422
    assert "在等人批" in said(another)


def test_the_own_account_is_left_to_another_administrator(portal: Portal) -> None:
    client = portal.staff(ADMIN)
    page = client.page(account_address(portal, ADMIN))
    assert "另一位管理员" in page
    assert "改角色" not in page
    for rest in ("/roles", "/close", "/reset"):
        response = post(client, account_address(portal, ADMIN, rest), **ROLES)
        assert response.status_code == 422, rest
        assert "另一位管理员" in said(response)


def deputy(portal: Portal, **changes: str) -> dict[str, str]:
    clerk = account(portal, CLERK)
    assert clerk is not None
    days = {"first_day": "2026-11-22", "last_day": "2026-11-30"}
    return {"role": "clerk", "stands_for": str(clerk.id), **days, "reason": "产假", **changes}


def test_a_deputy_has_the_role_until_the_last_day(portal: Portal) -> None:
    client, path = portal.staff(ADMIN), account_address(portal, CADRE)
    assert post(client, f"{path}/deputy", **deputy(portal)).status_code == 303
    assert f"代理{CLERK}" in visible_text(client.page(path))
    assert f"代理{CLERK}" in visible_text(portal.staff(CADRE).page("/account"))
    assert f"（代理{CLERK}，到2026年11月30日）" in client.page("/admin/rights")
    portal.staff(CADRE).page("/admin/results")
    assert post(client, f"{path}/deputy/end", path, role="clerk").status_code == 303
    assert post(client, f"{path}/deputy/end", path, role="clerk").status_code == 303  # a second tap
    assert portal.staff(CADRE).get("/admin/results").status_code == 403


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"role": ""}, "请选代理什么角色"),
        ({"role": "system_admin"}, "请从列表里选"),
        ({"stands_for": ""}, "请选代理谁"),
        ({"stands_for": "999999"}, "要自己有这个角色"),
        ({"stands_for": "x"}, "要自己有这个角色"),
        ({"first_day": "12月1日"}, "从哪天起要写成 2026-03-01 这样的日期"),
        ({"last_day": ""}, "代理都要有最后一天"),
        ({"last_day": "2026-11-01"}, "不能早于"),
        ({"reason": " "}, "请写明理由"),
    ],
)
def test_a_deputy_that_can_not_be_is_refused_and_what_was_typed_stays(
    portal: Portal, changes: dict[str, str], words: str
) -> None:
    path = account_address(portal, CADRE, "/deputy")
    response = post(portal.staff(ADMIN), path, **deputy(portal, **changes))
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "<title>有错误：" in page
    assert words in said(response)
    assert changes.get("reason", "产假").strip() in page
    assert roles(portal, CADRE) == {Role.CADRE}


def test_a_closed_account_is_out_at_once_and_may_come_back(portal: Portal) -> None:
    client, path = portal.staff(ADMIN), account_address(portal, CADRE)
    assert post(client, f"{path}/close", reason="调离").status_code == 303
    assert portal.staff(CADRE).get("/me").status_code == 302
    assert "已停用" in client.page(path)
    assert post(client, f"{path}/reopen", reason="回来").status_code == 303
    assert log_in(portal, {"username": CADRE, "password": PASSWORD}).get("/me").status_code == 200


def test_a_forgotten_password_is_a_new_slip(portal: Portal) -> None:
    client, path = portal.staff(ADMIN), account_address(portal, CADRE, "/reset")
    (slip,) = slips_in(post(client, path, reason="忘了", second="y"))
    assert slip["username"] == CADRE
    assert portal.staff(CADRE).get("/me").status_code == 302
    assert log_in(portal, slip).get("/me").location.startswith("/account/first-password")
    refused = portal.visitor().post("/login", data={"username": CADRE, "password": PASSWORD})
    assert refused.status_code == 422


def test_a_trusted_accounts_slip_is_asked_for_first(portal: Portal) -> None:
    open_period(portal)
    client, path = portal.staff(ADMIN), account_address(portal, APPROVER, "/reset")
    response = post(client, path, reason="手机丢了")
    assert "等另一个人批准" in client.page(response.location)
    portal.staff(APPROVER).page("/account")
    with portal.database.writing() as session:
        session.execute(update(Proposal).values(state="approved", decided_at=portal.clock(), decider_id=1))
    assert "已经同意" in client.page(path)
    (slip,) = slips_in(post(client, path, reason="手机丢了", second="y"))
    assert slip["username"] == APPROVER
    assert "另一个人先批准" in client.page(path)


def test_who_may_do_what_is_told_for_every_right(portal: Portal) -> None:
    assert set(RIGHT_WORDS) == set(Right) - {
        Right.READ_REPORTS
    }  # the county's, and none of a township's business
    page = portal.staff(user(Role.AUDITOR, STREET)).page("/admin/rights")
    people = {row["角色"]: row["谁"] for row in rows(page, "角色和人")}
    assert people["管理员"] == ADMIN
    table = {row["能做的事"]: row for row in rows(page, "角色和权限")}
    assert table["管账号和角色"]["管理员"] == "能"
    assert table["管账号和角色"]["经办人"] == "—"
    assert table["登录要手机验证码"]["党委"] == "要"


def test_a_new_township_begins_with_its_administrators_slip(portal: Portal) -> None:
    client = portal.staff(SYSTEM)
    page = client.page("/system/townships/new?code=330802005")
    assert "新新街道" in page
    assert "柯城区" in page
    assert "名录里没有" in client.page("/system/townships/new?code=123456789")
    wanted = {
        "code": "330802005",
        "name": "新新街道",
        "county": "柯城区",
        "username": "xinxin",
        "holder": "王某",
    }
    (slip,) = slips_in(post(client, "/system/townships/new?code=330802005", **wanted))
    assert slip["username"] == "xinxin"
    assert log_in(portal, slip).get("/admin/accounts").location.startswith("/account/first-password")
    listed = {row["乡镇"]: row for row in rows(client.page("/system"), "乡镇表")}
    assert (listed["新新街道"]["管理员"], listed["新新街道"]["考评"]) == ("1", "还没开始")
    again = post(client, "/system/townships/new?code=330802005", **wanted)
    assert again.status_code == 422
    assert "已经有了" in said(again)
    assert count(portal, Township) == 3


def test_a_townships_only_administrator_comes_back(portal: Portal) -> None:
    open_period(portal)
    client, path = portal.staff(SYSTEM), f"/system/townships/{portal.filled.street}/admin"
    lost = account(portal, ADMIN)
    assert lost is not None
    (slip,) = slips_in(post(client, path, account=str(lost.id), reason="来函"))
    assert slip["username"] == ADMIN
    found = account(portal, ADMIN)
    assert found is not None
    assert found.second_secret is None
    assert portal.staff(ADMIN).get("/admin/accounts").status_code == 302
    foreign = account(portal, user(Role.TOWNSHIP_ADMIN, TASHI))
    assert foreign is not None
    for chosen in (str(foreign.id), "x", ""):
        assert post(client, path, account=chosen, reason="来函").status_code == 422
    client.page("/system/townships/999999/admin", 404)


def test_a_township_without_an_administrator_gets_one(portal: Portal) -> None:
    with portal.database.writing() as session:
        township = Township(code="330802005", name="新新街道", county="柯城区")
        session.add(township)
        session.flush()
        path = f"/system/townships/{township.id}/admin"
    client = portal.staff(SYSTEM)
    (slip,) = slips_in(post(client, path, username="xinxin", holder="王某"))
    assert slip["username"] == "xinxin"
    assert roles(portal, "xinxin") == {Role.TOWNSHIP_ADMIN}


def test_accounts_stand_in_the_order_of_pinyin(portal: Portal) -> None:
    page = portal.staff(user(Role.TOWNSHIP_ADMIN, TASHI)).page(LIST)
    names = [row["谁"].split()[0] for row in rows(page, "账号表")]
    assert names == sorted(names, key=by_pinyin)
    assert len(names) > 1
