"""Accounts: who may be one, logging in, pauses after wrong passwords, sessions that end."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from math import log2
from threading import Barrier
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from portal.actions import accounts, logging_in, own_account
from portal.actions.accounts import AccountRefused, NewAccount
from portal.actions.logging_in import ClosedAccount, PausedLogin, SlipExpired, WrongPassword
from portal.actions.one_time import GROUP, GROUPS, LETTERS, good_until, make_one_time
from portal.core.book import Role
from portal.core.rights import Actor, Waiting, waiting_for
from portal.store.appraisal import Period
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
                matches = logging_in.password_matches(session, username, password, cheap_hasher)
                return logging_in.log_in(session, username, matches, now)
            finally:
                session.commit()

    return tried


def who(database: Database, token: str, now: datetime = NOON) -> Actor | None:
    with database.reading() as session:
        return logging_in.who(session, token, now)


def after(**time: float) -> datetime:
    return NOON + timedelta(**time)


def test_an_account_logs_in_and_is_known(small: Database, make: Make, log_in: LogIn) -> None:
    own = township_id(small)
    make(roles=(Role.CADRE, Role.TEAM_LEADER), township_id=own, cadre="5111001")
    actor = who(small, log_in())
    assert actor is not None
    assert (actor.username, actor.township_id, actor.cadre) == ("wang", own, "5111001")
    assert actor.roles == {Role.CADRE, Role.TEAM_LEADER}


def teams_around_midnight(database: Database, token: str) -> list[frozenset[str]]:
    """Before and after the end of 2026-11-22 in China."""
    found = []
    for hour in (15, 16):
        actor = who(database, token, datetime(2026, 11, 22, hour, 30, tzinfo=NOON.tzinfo))
        assert actor is not None
        found.append(actor.teams)
    return found


def test_who_leaves_a_team_stands_back_from_it_until_the_period_is_published(
    small: Database, make: Make, log_in: LogIn
) -> None:
    bring(small, book(组团成员_D3=date(2026, 11, 22)))
    make(township_id=township_id(small), cadre="5111002")
    token = log_in(now=datetime(2026, 11, 22, 15, 30, tzinfo=NOON.tzinfo))
    assert teams_around_midnight(small, token) == [{"第1组团"}, {"第1组团"}]
    with small.writing() as session:
        session.scalars(select(Period)).one().published_at = NOON
    assert teams_around_midnight(small, token) == [{"第1组团"}, set()]


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
        ({"username": "zhang-san", "password": "Zhang-San "}, "用户名"),
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
    assert pauses[-1] == logging_in.LONGEST_PAUSE
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
        logging_in.log_out(session, first)
        logging_in.log_out(session, "no session of this name")
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


def change(database: Database, actor: Actor, token: str, current: str, hasher: PasswordHasher) -> None:
    """Change the password as the web does: what was counted stays."""
    with database.reading() as looking:
        checked = own_account.check_change(looking, actor, current, "battery-staple", hasher)
    with database.writer() as session:
        try:
            own_account.change_password(session, actor, token, checked, NOON)
        finally:
            session.commit()


def test_a_new_password_ends_the_other_sessions(
    small: Database, make: Make, log_in: LogIn, cheap_hasher: PasswordHasher
) -> None:
    make()
    own, other = log_in(), log_in()
    actor = who(small, own)
    assert actor is not None
    change(small, actor, own, PASSWORD, cheap_hasher)
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
    with pytest.raises(WrongPassword):
        change(small, actor, token, "guessed", cheap_hasher)
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
                logging_in.log_in(session, "wang", False, NOON)
            session.commit()

    with ThreadPoolExecutor(2) as two:
        for guessed in [two.submit(guess), two.submit(guess)]:
            guessed.result(timeout=30)
    with database.reading() as session:
        assert session.scalars(select(Account.failures)).one() == 2


def test_guessing_the_present_password_is_counted_like_a_log_in(
    small: Database, make: Make, log_in: LogIn, cheap_hasher: PasswordHasher
) -> None:
    make()
    token = log_in()
    actor = who(small, token)
    assert actor is not None
    for _ in range(3):
        with pytest.raises(WrongPassword):
            change(small, actor, token, "guessed", cheap_hasher)
    with pytest.raises(PausedLogin):
        change(small, actor, token, PASSWORD, cheap_hasher)
    with pytest.raises(PausedLogin):
        log_in()


def test_a_password_that_somebody_else_changed_meanwhile_is_not_overwritten(
    small: Database, make: Make, log_in: LogIn, cheap_hasher: PasswordHasher
) -> None:
    make()
    token = log_in()
    actor = who(small, token)
    assert actor is not None
    with small.reading() as looking:
        checked = own_account.check_change(looking, actor, PASSWORD, "third-password", cheap_hasher)
    change(small, actor, token, PASSWORD, cheap_hasher)
    with small.writing() as session, pytest.raises(AccountRefused, match="改过"):
        own_account.change_password(session, actor, token, checked, NOON)
    assert log_in("battery-staple")


def test_a_closed_account_logs_in_no_more_and_its_sessions_open_nothing(
    small: Database, make: Make, log_in: LogIn
) -> None:
    make()
    token = log_in()
    with small.writing() as session:
        session.scalars(select(Account)).one().closed_at = NOON
    assert who(small, token) is None
    with pytest.raises(ClosedAccount):
        log_in()
    with pytest.raises(WrongPassword):
        log_in("guessed")  # who doesn't know the password isn't told that it is closed


@pytest.mark.parametrize("typed", ["abcd-efgh-mnpq", "ABCDEFGHMNPQ", " abcd efgh mnpq", "abcd－efgh–mnpq"])
def test_a_one_time_password_may_be_typed_without_its_hyphens(
    small: Database, make: Make, log_in: LogIn, typed: str
) -> None:
    make(password="abcd-efgh-mnpq")
    with small.writing() as session:
        session.scalars(select(Account)).one().one_time_until = after(days=14)
    actor = who(small, log_in(typed))
    assert actor is not None
    assert actor.one_time
    assert waiting_for(actor) is Waiting.FIRST_PASSWORD


def test_a_one_time_password_opens_nothing_after_its_time(small: Database, make: Make, log_in: LogIn) -> None:
    make()
    with small.writing() as session:
        session.scalars(select(Account)).one().one_time_until = after(hours=1)
    token = log_in()
    assert who(small, token, after(hours=1)) is None
    with pytest.raises(SlipExpired):
        log_in(now=after(hours=1))


def test_a_deputys_role_holds_from_its_first_to_its_last_day_in_shanghai(
    small: Database, make: Make, log_in: LogIn
) -> None:
    make()
    with small.writing() as session:
        (role,) = session.scalars(select(Account)).one().roles
        role.first_day, role.last_day = date(2026, 11, 23), date(2026, 11, 24)
    token = log_in(now=after(hours=3))
    held = [
        bool((actor := who(small, token, moment)) and actor.roles)
        for moment in (after(hours=11, minutes=59), after(hours=12))  # midnight in Shanghai comes between
    ]
    assert held == [False, True]
    late = log_in(now=after(days=2, hours=3))
    held = [
        bool((actor := who(small, late, moment)) and actor.roles)
        for moment in (after(days=2, hours=11, minutes=59), after(days=2, hours=12))
    ]
    assert held == [True, False]


def test_one_time_passwords_are_long_enough_and_hold_nothing_that_is_taken_for_another(
    cheap_hasher: PasswordHasher,
) -> None:
    made = {make_one_time(cheap_hasher).password for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(r"([a-z2-9]{4}-){2}[a-z2-9]{4}", password) for password in made)
    assert not set("".join(made)) & set("ilo01")
    assert log2(len(LETTERS)) * GROUP * GROUPS > 50
    assert good_until(NOON) == datetime(2026, 12, 6, 16, tzinfo=NOON.tzinfo)  # midnight after 6 December
