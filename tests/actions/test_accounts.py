"""Accounts: who may be one, logging in, pauses after wrong passwords, sessions that end."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions import accounts
from portal.actions.accounts import AccountRefused, NewAccount, PausedLogin, WrongPassword
from portal.core.book import Role
from portal.core.rights import Actor
from portal.store.engine import Database
from portal.store.people import Account, StaffSession
from tests.actions.making import bring, count, entries, township_id
from tests.conftest import NOON, operator
from tests.files.typed_workbook import book

PASSWORD = "correct-horse"
Make = Callable[..., None]
LogIn = Callable[..., str]


@pytest.fixture
def make(small: Database, cheap_hasher: PasswordHasher) -> Make:
    """Make an account and commit."""

    def made(username: str = "wang", password: str = PASSWORD, **other: Any) -> None:
        wanted = NewAccount(username, password, **{"roles": (Role.AUDITOR,), **other})
        with small.writing() as session:
            accounts.create_account(session, wanted, operator(), cheap_hasher)

    return made


@pytest.fixture
def log_in(small: Database, cheap_hasher: PasswordHasher) -> LogIn:
    """Log in as the web does: what was counted stays, whether it was refused or not."""

    def tried(password: str = PASSWORD, now: datetime = NOON, username: str = "wang") -> str:
        with small.writer() as session:
            try:
                matches = accounts.password_matches(session, username, password, cheap_hasher)
                return accounts.log_in(session, username, matches, now)
            finally:
                session.commit()

    return tried


def who(database: Database, token: str, now: datetime = NOON) -> Actor | None:
    with database.reading() as session:
        return accounts.who(session, token, now)


def after(**time: float) -> datetime:
    return NOON + timedelta(**time)


def test_an_account_logs_in_and_is_known(small: Database, make: Make, log_in: LogIn) -> None:
    own = township_id(small)
    make(roles=(Role.CADRE, Role.TEAM_LEADER), township_id=own, cadre="5111001")
    actor = who(small, log_in())
    assert actor is not None
    assert (actor.username, actor.township_id, actor.cadre) == ("wang", own, "5111001")
    assert actor.roles == {Role.CADRE, Role.TEAM_LEADER}


def test_the_teams_are_those_of_the_day(small: Database, make: Make, log_in: LogIn) -> None:
    bring(small, book(组团成员_D2=date(2026, 11, 22)))
    make(township_id=township_id(small), cadre="5111001")
    token = log_in(now=datetime(2026, 11, 22, 15, 30, tzinfo=NOON.tzinfo))
    on_the_day, after_midnight = (
        who(small, token, datetime(2026, 11, 22, hour, 30, tzinfo=NOON.tzinfo)) for hour in (15, 16)
    )
    assert on_the_day is not None
    assert after_midnight is not None
    assert (on_the_day.teams, after_midnight.teams) == ({"第1组团"}, set())


def test_the_ledger_tells_of_a_new_account_and_not_its_password(small: Database, make: Make) -> None:
    make(roles=(Role.AUDITOR, Role.AUDITOR))
    (entry,) = entries(small, "account.created")
    assert entry.subject == "wang"
    assert PASSWORD not in str(entry.after)
    with small.reading() as session:
        account = session.scalars(select(Account)).one()
        assert PASSWORD not in account.password_hash
        assert [role.role for role in account.roles] == [Role.AUDITOR]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"username": "li"}, "已经有了"),
        ({"password": "7 chars"}, "太短"),
        ({"username": ""}, "用户名"),
        ({"username": " wang"}, "用户名"),
        ({"username": "w" * 81}, "用户名"),
        ({"county_code": "3308"}, "6 位"),
        ({"county_code": "330825111"}, "6 位"),
        ({"cadre": "5111001"}, "要属于一个乡镇"),
        ({"cadre": "9999", "township_id": 1}, "9999"),
    ],
)
def test_an_account_that_can_not_be_is_refused_in_a_sentence(
    small: Database, make: Make, other: dict[str, Any], words: str
) -> None:
    make("li")
    with pytest.raises(AccountRefused, match=words):
        make(**other)
    assert count(small, Account) == 1
    assert len(entries(small, "account.created")) == 1


def test_roles_go_by_their_english_names() -> None:
    assert accounts.parse_roles(["cadre", "auditor"]) == (Role.CADRE, Role.AUDITOR)
    with pytest.raises(AccountRefused, match=r"king.*township_admin"):
        accounts.parse_roles(["cadre", "king"])


def test_a_wrong_password_and_an_unknown_name_are_refused_alike(make: Make, log_in: LogIn) -> None:
    make()
    for attempt in ({"password": "wrong"}, {"username": "nobody"}):
        with pytest.raises(WrongPassword) as refusal:
            log_in(**attempt)
        assert str(refusal.value) == ""


def test_two_wrong_passwords_cost_nothing(make: Make, log_in: LogIn) -> None:
    make()
    for _ in range(2):
        with pytest.raises(WrongPassword):
            log_in("wrong")
    assert log_in()


def test_after_three_the_account_pauses_longer_each_time(small: Database, make: Make, log_in: LogIn) -> None:
    make()
    now, pauses = NOON, []
    for attempt in range(14):
        with pytest.raises(WrongPassword):
            log_in("wrong", now)
        if attempt < 2:
            continue
        with pytest.raises(PausedLogin) as pause:
            log_in(PASSWORD, now)
        pauses.append(pause.value.until - now)
        now = pause.value.until
    assert pauses[:3] == [timedelta(seconds=n) for n in (4, 8, 16)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == accounts.LONGEST_PAUSE
    assert log_in(PASSWORD, now)
    with small.reading() as session:
        account = session.scalars(select(Account)).one()
        assert (account.failures, account.locked_until) == (0, None)


def test_a_pause_stops_nobody_else(make: Make, log_in: LogIn) -> None:
    make()
    make("li")
    for _ in range(3):
        with pytest.raises(WrongPassword):
            log_in("wrong")
    with pytest.raises(PausedLogin):
        log_in()
    assert log_in(username="li")


def test_a_session_ends_by_itself(small: Database, make: Make, log_in: LogIn) -> None:
    make()
    token = log_in()
    assert who(small, token, after(hours=11, minutes=59)) is not None
    assert who(small, token, after(hours=12)) is None


def test_logging_out_ends_a_session_for_good(small: Database, make: Make, log_in: LogIn) -> None:
    make()
    first, second = log_in(), log_in()
    with small.writing() as session:
        accounts.log_out(session, first)
        accounts.log_out(session, "no session of this name")
    assert who(small, first) is None
    assert who(small, second) is not None


def test_a_session_that_ended_leaves_the_table_at_the_next_log_in(
    small: Database, make: Make, log_in: LogIn
) -> None:
    make()
    log_in()
    log_in(now=after(days=1))
    assert count(small, StaffSession) == 1


def test_only_a_digest_of_the_token_is_kept(small: Database, make: Make, log_in: LogIn) -> None:
    make()
    token = log_in()
    with small.reading() as session:
        kept = session.scalars(select(StaffSession)).one()
    assert token not in str(vars(kept))
    assert who(small, kept.token_digest) is None


def change(session: Session, actor: Actor, token: str, current: str, hasher: PasswordHasher) -> None:
    accounts.change_password(session, actor, token, current, "battery-staple", NOON, hasher)


def test_a_new_password_ends_the_other_sessions(
    small: Database, make: Make, log_in: LogIn, cheap_hasher: PasswordHasher
) -> None:
    make()
    own, other = log_in(), log_in()
    actor = who(small, own)
    assert actor is not None
    with small.writing() as session:
        change(session, actor, own, PASSWORD, cheap_hasher)
    assert who(small, own) is not None
    assert who(small, other) is None
    assert log_in("battery-staple")
    with pytest.raises(WrongPassword):
        log_in(PASSWORD)
    (entry,) = entries(small, "account.password_changed")
    assert (entry.actor, entry.subject, entry.before, entry.after) == ("wang", "wang", None, None)


def test_the_password_stays_where_the_present_one_is_not_known(
    small: Database, make: Make, log_in: LogIn, cheap_hasher: PasswordHasher
) -> None:
    make()
    token = log_in()
    actor = who(small, token)
    assert actor is not None
    with small.writer() as session, pytest.raises(WrongPassword):
        change(session, actor, token, "guessed", cheap_hasher)
    assert log_in(PASSWORD)


def test_wrong_passwords_sent_all_at_once_are_all_counted(
    database: Database, cheap_hasher: PasswordHasher
) -> None:
    """Otherwise the pause could be got round by guessing in parallel."""
    with database.writing() as session:
        wanted = NewAccount("wang", PASSWORD, (Role.AUDITOR,))
        accounts.create_account(session, wanted, operator(), cheap_hasher)
    together = Barrier(2, timeout=20)

    def guess() -> None:
        together.wait()
        with database.writer() as session:
            with pytest.raises(WrongPassword):
                accounts.log_in(session, "wang", False, NOON)
            session.commit()

    with ThreadPoolExecutor(2) as two:
        for guessed in [two.submit(guess), two.submit(guess)]:
            guessed.result(timeout=30)
    with database.reading() as session:
        assert session.scalars(select(Account.failures)).one() == 2
