"""Logging in and out: passwords that are not kept, a growing pause, sessions that truly end, and no way in from outside."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from hashlib import sha256

import pytest
from sqlalchemy import inspect, select, text
from werkzeug.test import TestResponse

from portal.actions.logging_in import SESSION_LENGTH
from portal.core.book import Role
from portal.store.ledger import LedgerEntry
from portal.store.people import Account, StaffSession
from portal.web.guards import COOKIE
from tests.web.client import PageClient, hidden
from tests.web.conftest import MakePortal, Portal
from tests.web.filling import PASSWORD, STREET, user
from tests.web.pages import text_of, tree_of, visible_text

CLERK = user(Role.CLERK, STREET)
NEW = "another good password"


def log_in(
    client: PageClient, username: str = CLERK, password: str = PASSWORD, path: str = "/login", **headers: str
) -> TestResponse:
    return client.post(path, data={"username": username, "password": password}, headers=headers)


def account(portal: Portal, username: str = CLERK) -> Account:
    with portal.database.reading() as session:
        return session.scalars(select(Account).where(Account.username == username)).one()


def change(client: PageClient, **fields: str) -> TestResponse:
    token = hidden(client.page("/account"), "csrf_token")
    wanted = {"current": PASSWORD, "new": NEW, "again": NEW, **fields}
    return client.post("/account", data={**wanted, "csrf_token": token})


def test_the_right_password_begins_a_session_and_leads_home(visitor: PageClient) -> None:
    response = log_in(visitor)
    assert (response.status_code, response.location) == (303, "/home")
    visitor.page("/admin/results")


def test_a_password_is_kept_as_an_argon2_hash_and_nowhere_else(portal: Portal, visitor: PageClient) -> None:
    log_in(visitor)
    assert account(portal).password_hash.startswith("$argon2id$")
    with portal.database.reading() as session:
        for table in inspect(session.connection()).get_table_names():
            rows = session.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608 — a name that the database gave
            assert not [row for row in rows if PASSWORD in str(row)], table


def test_only_a_digest_of_the_session_is_kept(portal: Portal, visitor: PageClient) -> None:
    log_in(visitor)
    token = visitor.staff_token()
    assert token is not None
    assert len(token) >= 43
    with portal.database.reading() as session:
        digests = list(session.scalars(select(StaffSession.token_digest)))
    assert sha256(token.encode()).hexdigest() in digests
    assert token not in digests


@pytest.mark.parametrize("https", [False, True])
def test_the_cookie_is_kept_from_scripts_other_sites_and_plain_http(
    make_portal: MakePortal, https: bool
) -> None:
    base = "https://localhost" if https else "http://localhost"
    client = make_portal(base_url=base, secure_cookies=https).visitor()
    response = client.post("/login", data={"username": CLERK, "password": PASSWORD}, base_url=base)
    (given,) = [c for c in response.headers.getlist("Set-Cookie") if c.startswith(COOKIE)]
    parts = set(given.split("; "))
    assert {"HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={int(SESSION_LENGTH.total_seconds())}"} <= parts
    assert ("Secure" in parts) is https
    assert not [part for part in parts if part.startswith("Domain")]


@pytest.mark.parametrize(
    ("username", "password"),
    [(CLERK, "wrong"), ("nobody of that name", PASSWORD), ("a\x00b", PASSWORD), (CLERK.upper(), PASSWORD)],
)
def test_a_wrong_password_and_an_unknown_user_get_the_same_answer(
    visitor: PageClient, username: str, password: str
) -> None:
    response = log_in(visitor, username, password)
    page = response.get_data(as_text=True)
    tree = tree_of(page)
    assert response.status_code == 422
    assert text_of(next(tree.iter("title"))).startswith("有错误：")
    assert [text_of(link) for part in tree.iter("div") if part.get("role") for link in part.iter("a")] == [
        "用户名或密码不对，请再试一次。"
    ]
    assert password not in page
    assert visitor.staff_token() is None


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"username": ""}, "请填用户名。"),
        ({"password": ""}, "请填密码。"),
        ({"username": "x" * 81}, "用户名最多 80 个字符。"),
        ({"password": "x" * 201}, "密码最多 200 个字符。"),
    ],
)
def test_a_field_that_can_not_be_right_is_named_in_chinese(
    visitor: PageClient, fields: dict[str, str], sentence: str
) -> None:
    response = visitor.post("/login", data={"username": CLERK, "password": PASSWORD, **fields})
    (alert,) = [p for p in tree_of(response.get_data(as_text=True)).iter("div") if p.get("role") == "alert"]
    assert response.status_code == 422
    assert sentence in text_of(alert)
    assert not re.search(r"[A-Za-z]{4,}", text_of(alert)), text_of(alert)


def test_after_three_wrong_passwords_the_account_pauses_longer_each_time(
    portal: Portal, visitor: PageClient
) -> None:
    for failures in (1, 2, 3):
        assert log_in(visitor, password="wrong").status_code == 422
        assert account(portal).failures == failures
    pauses = []
    for _ in range(12):
        until = account(portal).locked_until
        assert until is not None
        pauses.append(until - portal.clock())
        refused = log_in(visitor)  # the right password, and still it must wait
        assert refused.status_code == 429
        assert "请等" in refused.get_data(as_text=True)
        portal.clock.moment = until
        assert log_in(visitor, password="wrong").status_code == 422
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[1]) == (timedelta(seconds=4), timedelta(seconds=8))
    assert pauses[-1] == timedelta(minutes=15)


def test_after_the_pause_the_right_password_opens_and_the_count_begins_anew(
    portal: Portal, visitor: PageClient
) -> None:
    for _ in range(3):
        log_in(visitor, password="wrong")
    assert log_in(visitor).status_code == 429
    portal.clock.turn(seconds=4)
    assert log_in(visitor).status_code == 303
    assert (account(portal).failures, account(portal).locked_until) == (0, None)


def test_a_pause_of_one_account_holds_up_no_other(visitor: PageClient) -> None:
    for _ in range(4):
        log_in(visitor, password="wrong")
    assert log_in(visitor, user(Role.AUDITOR, STREET)).status_code == 303


@pytest.mark.parametrize(
    "target",
    [
        *(
            "//evil.example",
            "/\\evil.example",
            "http://evil.example/",
            "https:evil.example",
            "javascript:alert(1)",
        ),
        *("evil.example", "///evil.example", "/\t/evil.example", "/\n/evil.example", "\\\\evil.example"),
        *(
            " //evil.example",
            "/ /evil.example",
            "http:/evil.example",
            "/admin\r\nSet-Cookie: a=b",
            "",
            "/\x00/e",
        ),
    ],
)
def test_log_in_leads_nowhere_outside(visitor: PageClient, target: str) -> None:
    response = visitor.post(
        "/login", query_string={"next": target}, data={"username": CLERK, "password": PASSWORD}
    )
    assert (response.status_code, response.location) == (303, "/home")


@pytest.mark.parametrize("target", ["/me", "/admin/results?sort=post&as_of=2026-06-30", "/account"])
def test_log_in_leads_back_to_the_page_that_was_wanted(visitor: PageClient, target: str) -> None:
    response = visitor.post(
        "/login", query_string={"next": target}, data={"username": CLERK, "password": PASSWORD}
    )
    assert response.location == target


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_another_site_can_not_log_somebody_in(visitor: PageClient, headers: dict[str, str]) -> None:
    assert log_in(visitor, **headers).status_code == 400
    assert visitor.staff_token() is None


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}, {"Sec-Fetch-Site": "none"}],
)
def test_our_own_page_and_a_script_without_a_browser_can(
    visitor: PageClient, headers: dict[str, str]
) -> None:
    assert log_in(visitor, **headers).status_code == 303


def test_whoever_is_in_is_not_asked_again(portal: Portal) -> None:
    response = portal.staff(CLERK).get("/login")
    assert (response.status_code, response.location) == (302, "/home")


def test_a_new_log_in_never_takes_a_session_that_was_there_before(visitor: PageClient) -> None:
    visitor.set_cookie(COOKIE, "a session that somebody else chose")
    log_in(visitor)
    first = visitor.staff_token()
    log_in(visitor)
    assert len({first, visitor.staff_token(), "a session that somebody else chose"}) == 3


def test_log_out_ends_the_session_also_for_a_copy_of_its_cookie(portal: Portal) -> None:
    client, copy = portal.staff(CLERK), portal.staff(CLERK)
    token = hidden(client.page("/account"), "csrf_token")
    response = client.post("/logout", data={"csrf_token": token})
    assert (response.status_code, response.location) == (303, "/login")
    assert client.staff_token() is None
    assert copy.get("/admin/results").status_code == 302


def test_a_session_ends_by_itself(portal: Portal) -> None:
    client = portal.staff(CLERK)
    portal.clock.turn(seconds=SESSION_LENGTH.total_seconds() - 1)
    client.page("/admin/results")
    portal.clock.turn(seconds=1)
    assert client.get("/admin/results").status_code == 302


def test_the_next_log_in_clears_away_sessions_that_ended(portal: Portal, visitor: PageClient) -> None:
    portal.clock.turn(days=1)
    log_in(visitor)
    with portal.database.reading() as session:
        own = select(StaffSession.ends_at).where(StaffSession.account_id == account(portal).id)
        ends: list[datetime] = list(session.scalars(own))
    assert len(ends) == 1
    assert ends[0] > portal.clock()


@pytest.mark.parametrize("path", ["/logout", "/account"])
@pytest.mark.parametrize("token", [None, "", "forged", "another's"])
def test_what_another_site_posts_for_somebody_changes_nothing(
    portal: Portal, path: str, token: str | None
) -> None:
    client = portal.staff(CLERK)
    client.page("/account")
    data = {"current": PASSWORD, "new": NEW, "again": NEW}
    if token is not None:
        other = portal.staff(user(Role.AUDITOR, STREET))
        data["csrf_token"] = hidden(other.page("/account"), "csrf_token") if token == "another's" else token
    before = account(portal).password_hash
    response = client.post(path, data=data)
    assert response.status_code == 400
    assert "没有保存" in response.get_data(as_text=True)
    assert account(portal).password_hash == before
    client.page("/admin/results")


def test_a_new_password_ends_the_other_sessions_and_stands_in_the_ledger(
    portal: Portal, visitor: PageClient
) -> None:
    client, elsewhere = portal.staff(CLERK), portal.visitor()
    log_in(elsewhere)
    response = change(client)
    assert (response.status_code, response.location) == (303, "/account?done=1")
    assert "密码改好了" in client.page("/account?done=1")
    assert elsewhere.get("/admin/results").status_code == 302
    assert log_in(visitor).status_code == 422
    assert log_in(visitor, password=NEW).status_code == 303
    with portal.database.reading() as session:
        entries = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "account.password_changed"))
        assert [(entry.actor, entry.subject, entry.after) for entry in entries] == [(CLERK, CLERK, None)]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"current": "wrong"}, "现在的密码不对。"),
        ({"current": ""}, "请填现在的密码。"),
        ({"new": "1234567", "again": "1234567"}, "新密码至少 8 个字符。"),
        ({"again": "something else"}, "两次填的新密码不一样。"),
        ({"new": "x" * 201, "again": "x" * 201}, "新密码最多 200 个字符。"),
    ],
)
def test_a_new_password_that_can_not_be_is_refused_with_a_sentence(
    portal: Portal, fields: dict[str, str], sentence: str
) -> None:
    client, before = portal.staff(CLERK), account(portal).password_hash
    response = change(client, **fields)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "<title>有错误：" in page
    assert sentence in visible_text(page)
    assert NEW not in page
    assert account(portal).password_hash == before


def test_an_account_page_tells_who_one_is(portal: Portal) -> None:
    shown = visible_text(portal.staff(user(Role.CADRE, STREET)).page("/account"))
    for words in (user(Role.CADRE, STREET), "干部", "S09"):
        assert words in shown
