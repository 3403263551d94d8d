"""Accounts as each database tells of them."""

from __future__ import annotations

from datetime import date

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from portal.actions.accounts import NewAccount, create_account
from portal.core.book import Role
from portal.store import accounts
from portal.store.engine import Database
from portal.store.organisation import Township
from tests.actions.making import bring, township_id
from tests.conftest import NOON, operator
from tests.files.typed_workbook import book


@pytest.fixture
def own(database: Database, cheap_hasher: PasswordHasher) -> int:
    """The small township with three accounts, and another township with one."""
    bring(database, book())
    township = township_id(database)
    with database.writing() as session:
        other = Township(code="330802005", name="新新街道", county="柯城区")
        session.add(other)
        session.flush()
        for username, home, role, cadre in (
            ("zhang", township, Role.CADRE, "5111001"),
            ("admin", township, Role.TOWNSHIP_ADMIN, None),
            ("closed", township, Role.TOWNSHIP_ADMIN, None),
            ("far", other.id, Role.TOWNSHIP_ADMIN, None),
        ):
            wanted = NewAccount(
                username, "correct-horse", (role,), home, cadre=cadre, holder="" if cadre else "某人"
            )
            create_account(session, wanted, operator(home), cheap_hasher)
        closed = accounts.by_username(session, "closed")
        assert closed is not None
        closed.closed_at = NOON
    return township


def names(session: Session, township: int) -> list[str]:
    return [one.account.username for one in accounts.listed(session, township)]


def test_a_township_has_its_own_accounts_cadres_first(database: Database, own: int) -> None:
    with database.writing() as session:
        assert names(session, own) == ["zhang", "admin", "closed"]
        first = accounts.listed(session, own)[0]
        assert (first.number, bool(first.name)) == ("5111001", True)
        found = accounts.held_by(session, own, first.account.id, lock=True)
        assert found is not None
        assert found.who == first.name
        far = accounts.by_username(session, "far", lock=True)
        assert far is not None
        assert accounts.held_by(session, own, far.id, lock=True) is None
        assert accounts.labels(session, [first.account.id, far.id]) == {
            first.account.id: first.name,
            far.id: "某人",
        }


def test_administrators_are_those_who_can_still_log_in(database: Database, own: int) -> None:
    with database.writing() as session:
        assert [one.username for one in accounts.administrators(session, own, lock=True)] == ["admin"]
        everywhere = accounts.administrators_by_township(session)
        assert [one.username for one in everywhere[own]] == ["admin", "closed"]
        assert accounts.numbers_by_township(session)[own] == 2


@pytest.mark.parametrize("today", [date(2025, 6, 1), date(2026, 6, 1), date(2027, 6, 1)])
def test_who_serves_is_told_before_in_and_after_the_period(database: Database, own: int, today: date) -> None:
    with database.reading() as session:
        serving = accounts.serving_without_account(session, own, today)
    assert serving
    assert "5111001" not in {one.number for one in serving}
    assert [one.number for one in serving] == sorted({one.number for one in serving})
