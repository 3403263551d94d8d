"""`portal user create`: accounts by the operator's hand, the password never on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from portal.actions import logging_in
from portal.actions.passwords import strong_hasher
from portal.core.book import Role
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Township
from portal.store.people import Account, StaffSession
from tests.cli.conftest import TASHI, Portal
from tests.conftest import NOON

PASSWORD = "correct-horse"
CREATE = ("user", "create", "--password-stdin", "--username", "wang")


def test_the_account_can_log_in_with_the_password_of_the_first_line(small: Portal) -> None:
    told = small.done(*CREATE, "--role", "clerk", "--township", TASHI, stdin=f"{PASSWORD}\nmore\n")
    assert told.stdout == "账号“wang”已建好。\n"
    with small.database() as database, database.writing() as session:
        assert logging_in.password_matches(session, "wang", PASSWORD, strong_hasher())


def test_it_has_its_roles_its_township_and_its_cadre(small: Portal) -> None:
    roles = ("--role", "cadre", "--role", "team_leader")
    small.done(*CREATE, *roles, "--township", TASHI, "--cadre", "5111001", stdin=PASSWORD)
    with small.database() as database, database.reading() as session:
        account = session.scalars(select(Account)).one()
        assert {role.role for role in account.roles} == {Role.CADRE, Role.TEAM_LEADER}
        assert (account.township_id, account.cadre_id, account.county_code) == (1, 1, None)


def test_it_may_be_of_a_county_or_of_nothing(small: Portal) -> None:
    small.done(*CREATE, "--role", "county_reviewer", "--county", "330825", stdin=PASSWORD)
    small.done(*CREATE[:-1], "li", "--role", "system_admin", stdin=PASSWORD)
    with small.database() as database, database.reading() as session:
        scopes = session.execute(select(Account.county_code, Account.township_id).order_by(Account.id))
        assert [tuple(scope) for scope in scopes] == [("330825", None), (None, None)]


@pytest.mark.parametrize(
    ("words", "password", "told"),
    [
        (("--role", "king"), PASSWORD, "没有“king”这个角色"),
        (("--role", "cadre", "--role", ""), PASSWORD, "没有“”这个角色"),
        (("--role", "clerk"), PASSWORD, "请用 --township"),
        (("--role", "county_reviewer"), PASSWORD, "请用 --county"),
        (("--role", "auditor"), "7 chars", "密码太短"),
        (("--role", "auditor"), "", "密码太短"),
        (("--role", "clerk", "--township", "330825999"), PASSWORD, "没有代码为“330825999”的乡镇"),
        (("--role", "cadre", "--township", TASHI, "--cadre", "9999"), PASSWORD, "9999"),
        (("--role", "auditor", "--cadre", "5111001"), PASSWORD, "要属于一个乡镇"),
        (("--role", "county_reviewer", "--county", "龙游县"), PASSWORD, "6 位数字"),
        (("--role", "clerk", "--username", ""), PASSWORD, "用户名"),
    ],
)
def test_an_account_that_can_not_be_is_refused_in_a_sentence(
    small: Portal, words: tuple[str, ...], password: str, told: str
) -> None:
    (sentence,) = small.refused(*CREATE, *words, stdin=password)
    assert told in sentence


def test_a_password_that_is_no_text_is_refused(small: Portal) -> None:
    (sentence,) = small.refused(*CREATE, "--role", "clerk", stdin=b"\xff\xfe\xff\xfe\xff\xfe\xff\xfe\n")
    assert "UTF-8" in sentence


def test_a_password_may_hold_any_character(small: Portal) -> None:
    password = "正确 的马 🐎 \t"
    small.done(*CREATE, "--role", "auditor", stdin=f"{password}\r\n")
    with small.database() as database, database.writing() as session:
        assert logging_in.password_matches(session, "wang", password, strong_hasher())


def test_a_name_is_taken_once(small: Portal) -> None:
    small.done(*CREATE, "--role", "auditor", stdin=PASSWORD)
    (sentence,) = small.refused(*CREATE, "--role", "clerk", "--township", TASHI, stdin=PASSWORD)
    assert "“wang”已经有了" in sentence


@pytest.mark.parametrize(
    "words",
    [
        (*CREATE, "--role", "clerk", "--township", TASHI, "--county", "330825"),
        (*CREATE,),
        ("user", "create", "--username", "wang", "--role", "clerk"),
        ("user", "create", "--password-stdin", "--role", "clerk"),
        (*CREATE, "--role", "clerk", "--password", PASSWORD),
    ],
)
def test_wrong_usage_is_status_2(small: Portal, words: tuple[str, ...]) -> None:
    before = small.tables()
    assert small.run(*words, stdin=PASSWORD).exit_code == 2
    assert small.tables() == before


FOUND = (*CREATE, "--role", "township_admin", "--township", "330802005")


def test_the_first_administrator_founds_a_township_that_the_list_knows(portal: Portal) -> None:
    portal.done(*FOUND, stdin=PASSWORD)
    with portal.database() as database, database.reading() as session:
        township = session.scalars(select(Township)).one()
        account = session.scalars(select(Account)).one()
        assert (township.code, township.name, township.county) == ("330802005", "新新街道", "柯城区")
        assert account.township_id == township.id
        kinds = {entry.kind: entry.township_id for entry in session.scalars(select(LedgerEntry))}
        assert kinds == {"township.added": township.id, "account.created": township.id}


def test_on_an_empty_database_it_makes_the_tables_first(tmp_path: Path) -> None:
    new = Portal(tmp_path / "new.db")
    new.done(*FOUND, stdin=PASSWORD)
    assert not new.empty()


@pytest.mark.parametrize(
    ("role", "code", "words"),
    [("clerk", "330802005", "新新街道"), ("township_admin", "330825999", "import-township")],
)
def test_anybody_else_and_any_other_code_is_told_what_to_do(
    portal: Portal, role: str, code: str, words: str
) -> None:
    (sentence,) = portal.refused(*CREATE, "--role", role, "--township", code, stdin=PASSWORD)
    assert words in sentence


def test_a_township_is_not_founded_where_the_account_can_not_be(portal: Portal) -> None:
    portal.done(*CREATE, "--role", "auditor", stdin=PASSWORD)
    (sentence,) = portal.refused(*FOUND, stdin=PASSWORD)
    assert "已经有了" in sentence


RESET = ("user", "reset", "--password-stdin", "--username")


def test_the_operator_brings_back_who_lost_everything(portal: Portal) -> None:
    portal.done(*FOUND, stdin=PASSWORD)
    with portal.database() as database, database.writing() as session:
        account = session.scalars(select(Account)).one()
        account.second_secret, account.closed_at, account.failures = "sealed", NOON, 9
        account.locked_until = NOON
        session.add(StaffSession(account_id=account.id, token_digest="x", begun_at=NOON, ends_at=NOON))
    portal.done(*RESET, "wang", stdin="battery-staple")
    with portal.database() as database, database.reading() as session:
        account = session.scalars(select(Account)).one()
        assert (account.second_secret, account.closed_at, account.failures) == (None, None, 0)
        assert account.one_time_until is None
        assert logging_in.password_matches(session, "wang", "battery-staple", strong_hasher())
        assert session.scalars(select(StaffSession)).all() == []
        entry = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "account.recovered")).one()
        assert (entry.actor, entry.township_id) == ("operator", account.township_id)


@pytest.mark.parametrize(("name", "password", "words"), [("li", PASSWORD, "没有"), ("wang", "short", "太短")])
def test_a_recovery_that_can_not_be_is_refused(portal: Portal, name: str, password: str, words: str) -> None:
    portal.done(*FOUND, stdin=PASSWORD)
    (sentence,) = portal.refused(*RESET, name, stdin=password)
    assert words in sentence
