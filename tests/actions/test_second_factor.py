"""The second factor: the codes of RFC 6238, each taken once, their secret kept encrypted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.actions import logging_in, own_account, second_factor
from portal.actions.accounts import AccountRefused, NewAccount, create_account
from portal.actions.logging_in import PausedLogin, WrongCode
from portal.actions.own_account import Checked, CodeDoesNotFit
from portal.actions.second_factor import Vault, code_at, matching_step
from portal.core.book import Role
from portal.core.rights import Actor, Waiting, waiting_for
from portal.store.engine import Database
from portal.store.people import Account
from tests.actions.making import entries
from tests.conftest import NOON, operator

SECRET = b"12345678901234567890"  # RFC 6238, appendix B
VAULT = Vault("a secret key of the portal, long enough")


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_the_standard(second: int, code: str) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    assert code_at(SECRET, moment) == code
    assert matching_step(SECRET, code, moment) == second // 30


def test_a_clock_may_be_one_step_off_and_no_more() -> None:
    fits = [
        matching_step(SECRET, code_at(SECRET, NOON + timedelta(seconds=30 * off)), NOON) is not None
        for off in (-2, -1, 0, 1, 2)
    ]
    assert fits == [False, True, True, True, False]


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３４５６", "-12345"])
def test_what_is_no_code_fits_nothing(typed: str) -> None:
    assert matching_step(SECRET, typed, NOON) is None


def test_a_code_may_be_typed_with_a_gap_and_is_taken_once() -> None:
    code = code_at(SECRET, NOON)
    step = matching_step(SECRET, f"{code[:3]} {code[3:]}", NOON)
    assert step is not None
    assert matching_step(SECRET, code, NOON, after=step) is None


def test_a_secret_is_sealed_under_the_portals_own_key() -> None:
    sealed = VAULT.sealed(SECRET)
    assert SECRET.decode() not in sealed
    assert len(sealed) <= 200
    assert VAULT.opened(sealed) == SECRET
    assert Vault("another secret key, as long as that").opened(sealed) is None


def test_a_draft_is_for_one_account() -> None:
    draft = VAULT.draft(7, b"1:" + SECRET)
    assert VAULT.drafted(7, draft) == b"1:" + SECRET
    assert VAULT.drafted(1, draft) is None
    assert VAULT.drafted(7, "made up") is None


@pytest.fixture
def token(small: Database, cheap_hasher: object) -> str:
    """The session of a system administrator who has no second factor yet."""
    with small.writing() as session:
        wanted = NewAccount("wang", "correct-horse", (Role.SYSTEM_ADMIN,))
        create_account(session, wanted, operator(), cheap_hasher)  # type: ignore[arg-type]
        return logging_in.log_in(session, "wang", True, NOON)


def actor_of(database: Database, token: str) -> Actor:
    with database.reading() as session:
        found = logging_in.who(session, token, NOON)
    assert found is not None
    return found


def set_up(database: Database, token: str) -> None:
    with database.writing() as session:
        code = code_at(SECRET, NOON)
        own_account.set_second(session, actor_of(database, token), token, SECRET, code, NOON, VAULT)


def give(database: Database, token: str, code: str, moment: datetime = NOON) -> None:
    actor = actor_of(database, token)
    with database.writer() as session:
        try:
            logging_in.give_code(session, actor, token, code, moment, VAULT)
        finally:
            session.commit()


def log_in(database: Database) -> str:
    with database.writing() as session:
        return logging_in.log_in(session, "wang", True, NOON)


def test_setting_it_up_wants_a_code_and_lets_this_session_in_and_no_other(
    small: Database, token: str
) -> None:
    assert waiting_for(actor_of(small, token)) is Waiting.SECOND
    assert waiting_for(actor_of(small, token), second_required=False) is None
    other = log_in(small)
    with small.writing() as session, pytest.raises(CodeDoesNotFit):
        own_account.set_second(session, actor_of(small, token), token, SECRET, "000000", NOON, VAULT)
    set_up(small, token)
    assert waiting_for(actor_of(small, token)) is None
    with small.reading() as session:
        assert logging_in.who(session, other, NOON) is None
        kept = session.scalars(select(Account)).one().second_secret
    assert kept is not None
    (entry,) = entries(small, "account.second_set")
    assert (entry.before, entry.after) == ({"second": False}, {"second": True})


def test_the_next_log_in_waits_for_a_code_that_was_not_used_before(small: Database, token: str) -> None:
    set_up(small, token)
    later = log_in(small)
    assert waiting_for(actor_of(small, later)) is Waiting.CODE
    with pytest.raises(WrongCode):
        give(small, later, code_at(SECRET, NOON))  # it set the factor up
    give(small, later, code_at(SECRET, NOON + timedelta(seconds=30)))
    assert waiting_for(actor_of(small, later)) is None


def test_wrong_codes_are_counted_and_a_right_password_does_not_forget_them(
    small: Database, token: str
) -> None:
    set_up(small, token)
    for _ in range(3):
        later = log_in(small)
        with pytest.raises(WrongCode):
            give(small, later, "000000")
    with pytest.raises(PausedLogin):
        give(small, later, code_at(SECRET, NOON + timedelta(seconds=30)))
    with pytest.raises(PausedLogin):
        log_in(small)


def test_roles_that_need_it_can_not_do_without(small: Database, token: str) -> None:
    set_up(small, token)
    with small.writing() as session, pytest.raises(AccountRefused, match="不能关掉"):
        own_account.drop_second(session, actor_of(small, token), Checked(True, ""), NOON)


def test_a_secret_can_be_typed_instead_of_scanned() -> None:
    typed = second_factor.typed_secret(SECRET)
    assert typed == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    address = second_factor.setup_address(SECRET, "王")
    assert address.startswith("otpauth://totp/")
    assert typed.replace(" ", "") in address
