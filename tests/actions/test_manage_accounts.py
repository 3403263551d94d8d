"""A township's accounts: roles, deputies, closing; two persons for trusted roles; nobody on the own account."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from argon2 import PasswordHasher

from portal.actions import logging_in, manage_accounts
from portal.actions.accounts import AccountRefused
from portal.actions.guard import NotAllowed
from portal.actions.manage_accounts import Deputy
from portal.actions.proposals import ProposalRefused
from portal.core.book import Role
from portal.store.accounts import held_by
from portal.store.engine import Database
from portal.store.office import Proposal
from tests.actions.making import count, entries
from tests.actions.offices import Office, later
from tests.conftest import NOON

ADMIN, CLERK, CADRE, APPROVER = Role.TOWNSHIP_ADMIN, Role.CLERK, Role.CADRE, Role.APPROVER
FIRST, LAST = date(2026, 11, 22), date(2026, 12, 31)


@pytest.fixture
def office(small: Database, cheap_hasher: PasswordHasher) -> Office:
    made = Office(small, cheap_hasher)
    made.make("admin", ADMIN)
    made.make("second", ADMIN, APPROVER)
    made.make("wang", CADRE, cadre="5111001")
    return made


def do(office: Office, verb: Callable[..., object], who: str, whom: str, *rest: object) -> object:
    """Let somebody do something to an account, at NOON."""
    actor, own = office.actor(who), office.account(whom).id
    with office.database.writing() as session:
        holder = held_by(session, office.own, own, lock=True)
        return verb(session, actor, holder, *rest, NOON)


def set_roles(office: Office, whom: str, *roles: Role, who: str = "admin") -> object:
    return do(office, manage_accounts.set_roles, who, whom, roles, "接替")


def deputise(
    office: Office, whom: str, role: Role, of: str, first: date = FIRST, last: date = LAST
) -> object:
    wanted = Deputy(role, first, last, office.account(of).id)
    return do(office, manage_accounts.set_deputy, "admin", whom, wanted, "产假")


def close(office: Office, whom: str, who: str = "admin") -> object:
    return do(office, manage_accounts.close, who, whom, "调离")


def test_one_person_may_hold_several_roles_and_the_ledger_says_before_and_after(office: Office) -> None:
    assert set_roles(office, "wang", CADRE, CLERK) is None
    assert office.roles("wang") == {CADRE, CLERK}
    (entry,) = entries(office.database, "account.roles_changed")
    assert (entry.before, entry.after) == ({"roles": ["cadre"]}, {"roles": ["cadre", "clerk"]})
    assert (entry.actor, entry.subject, entry.reason) == ("admin", "wang", "接替")


@pytest.mark.parametrize("verb", [set_roles, close])
def test_nobody_changes_the_own_account(office: Office, verb: Callable[..., object]) -> None:
    with pytest.raises(AccountRefused, match="自己的账号"):
        verb(office, "admin", who="admin")


def test_another_account_of_the_same_cadre_is_the_own_one(office: Office) -> None:
    office.make("wang-admin", ADMIN, cadre="5111001")
    with pytest.raises(AccountRefused, match="自己的账号"):
        set_roles(office, "wang", CLERK, who="wang-admin")


def test_only_administrators_manage_accounts(office: Office) -> None:
    with pytest.raises(NotAllowed):
        set_roles(office, "admin", CLERK, who="wang")


def test_an_account_that_reaches_beyond_the_township_is_not_the_townships_to_touch(office: Office) -> None:
    office.make("root", CLERK, Role.SYSTEM_ADMIN)
    for verb in (set_roles, close):
        with pytest.raises(AccountRefused, match="系统管理员"):
            verb(office, "root")
    with pytest.raises(AccountRefused, match="乡镇只能给"):
        set_roles(office, "wang", Role.SYSTEM_ADMIN)


def test_before_the_first_period_opens_one_administrator_gives_every_role(office: Office) -> None:
    assert set_roles(office, "wang", CADRE, ADMIN) is None
    assert ADMIN in office.roles("wang")


def test_from_then_on_trusted_roles_take_two_persons(office: Office) -> None:
    office.open_period()
    assert set_roles(office, "wang", CADRE, CLERK) is None
    assert isinstance(set_roles(office, "wang", CADRE, CLERK, APPROVER), Proposal)
    assert office.roles("wang") == {CADRE, CLERK}
    with pytest.raises(AccountRefused, match="在等人批"):
        set_roles(office, "wang", CADRE, APPROVER)
    with pytest.raises(ProposalRefused, match="您自己提出"):
        office.approve("admin")
    office.approve("second")
    assert office.roles("wang") == {CADRE, CLERK, APPROVER}
    changed = entries(office.database, "account.roles_changed")
    assert {entry.actor for entry in changed} == {"admin", "second"}


def test_a_clerk_who_stands_for_no_cadre_takes_two_persons(office: Office) -> None:
    """Such an account never stands back: whoever makes one alone could move the own score with it."""
    office.make("nobody", Role.AUDITOR)
    assert set_roles(office, "nobody", CLERK) is None  # nothing is open yet
    assert set_roles(office, "nobody", Role.AUDITOR) is None
    office.open_period()
    assert isinstance(set_roles(office, "nobody", CLERK), Proposal)
    assert office.roles("nobody") == {Role.AUDITOR}


def test_taking_a_trusted_role_away_takes_one_person(office: Office) -> None:
    office.open_period()
    assert set_roles(office, "second", ADMIN) is None
    assert office.roles("second") == {ADMIN}


def test_nobody_approves_what_is_about_the_own_account(office: Office) -> None:
    office.open_period()
    office.make("third", APPROVER)
    set_roles(office, "third", APPROVER, ADMIN)
    with pytest.raises(ProposalRefused, match="您自己的账号"):
        office.approve("third")
    assert office.roles("third") == {APPROVER}


def test_a_proposal_does_not_overwrite_what_changed_meanwhile(office: Office) -> None:
    office.open_period()
    set_roles(office, "wang", CADRE, APPROVER)
    set_roles(office, "wang", CLERK)
    with pytest.raises(ProposalRefused, match="改过"):
        office.approve("second")
    assert office.roles("wang") == {CLERK}


def test_the_last_administrator_stays(office: Office) -> None:
    close(office, "second")
    office.make("deputy", CLERK)
    deputise(office, "deputy", ADMIN, "admin")
    for verb in (close, set_roles):
        with pytest.raises(AccountRefused, match="最后一位管理员"):
            verb(office, "admin", who="deputy")
    assert office.account("admin").closed_at is None


def test_closing_ends_the_sessions_and_reopening_brings_the_roles_back(office: Office) -> None:
    token = office.log_in("wang")
    close(office, "wang")
    close(office, "wang")
    with office.database.reading() as session:
        assert logging_in.who(session, token, NOON) is None
    assert do(office, manage_accounts.reopen, "admin", "wang", "回来") is None
    assert office.actor("wang").roles == {CADRE}
    assert len(entries(office.database, "account.closed")) == 1
    assert len(entries(office.database, "account.reopened")) == 1


def test_reopening_a_trusted_account_takes_two_persons(office: Office) -> None:
    office.open_period()
    office.make("third", APPROVER)
    close(office, "third")
    assert isinstance(do(office, manage_accounts.reopen, "admin", "third", "回来"), Proposal)
    assert office.account("third").closed_at is not None
    office.approve("second")
    assert office.account("third").closed_at is None


def test_a_deputy_holds_the_role_for_its_days_in_somebodys_place(office: Office) -> None:
    office.make("clerk", CLERK)
    assert deputise(office, "wang", CLERK, "clerk") is None
    held = [office.actor("wang", later(days=days)).roles for days in (0, 39, 40)]
    assert held == [{CADRE, CLERK}, {CADRE, CLERK}, {CADRE}]
    (entry,) = entries(office.database, "account.deputy_set")
    assert entry.after is not None
    assert (entry.after["last_day"], entry.after["stands_for_id"]) == (
        "2026-12-31",
        office.account("clerk").id,
    )


@pytest.mark.parametrize(
    ("role", "of", "first", "last", "words"),
    [
        (CLERK, "clerk", LAST, FIRST, "不能早于"),
        (CLERK, "clerk", date(2026, 1, 1), date(2026, 11, 21), "已经过去"),
        (CLERK, "clerk", FIRST, date(2027, 12, 31), "最多一年"),
        (CADRE, "clerk", FIRST, LAST, "本来就有"),
        (CLERK, "wang", FIRST, LAST, "不能代理自己"),
        (ADMIN, "clerk", FIRST, LAST, "要自己有这个角色"),
        (Role.SYSTEM_ADMIN, "clerk", FIRST, LAST, "乡镇只能给"),
    ],
)
def test_a_deputy_that_can_not_be_is_refused_in_a_sentence(
    office: Office, role: Role, of: str, first: date, last: date, words: str
) -> None:
    office.make("clerk", CLERK)
    with pytest.raises(AccountRefused, match=words):
        deputise(office, "wang", role, of, first, last)
    assert office.roles("wang") == {CADRE}


def test_nobody_stands_for_a_deputy(office: Office) -> None:
    office.make("clerk", CLERK)
    office.make("li", CADRE)
    deputise(office, "li", CLERK, "clerk")
    with pytest.raises(AccountRefused, match="要自己有这个角色"):
        deputise(office, "wang", CLERK, "li")


def test_a_trusted_role_takes_two_persons_for_a_deputy_too(office: Office) -> None:
    office.open_period()
    assert isinstance(deputise(office, "wang", APPROVER, "second"), Proposal)
    assert APPROVER not in office.actor("wang").roles
    office.approve("second")
    assert APPROVER in office.actor("wang").roles


@pytest.mark.parametrize(("first", "kept"), [(FIRST, 1), (date(2026, 11, 1), 2)])
def test_ending_a_deputy_holds_at_once(office: Office, first: date, kept: int) -> None:
    office.make("clerk", CLERK)
    deputise(office, "wang", CLERK, "clerk", first)
    for _ in range(2):
        do(office, manage_accounts.end_deputy, "admin", "wang", CLERK)
    assert office.actor("wang").roles == {CADRE}
    assert len(office.account("wang").roles) == kept
    assert len(entries(office.database, "account.deputy_ended")) == 1


def test_who_was_a_deputy_may_get_the_role_for_good(office: Office) -> None:
    office.make("clerk", CLERK)
    deputise(office, "wang", CLERK, "clerk")
    set_roles(office, "wang", CADRE, CLERK)
    assert office.actor("wang", later(days=100)).roles == {CADRE, CLERK}


def test_nothing_changes_where_nothing_was_changed(office: Office) -> None:
    with pytest.raises(AccountRefused, match="没有变"):
        set_roles(office, "wang", CADRE)
    assert count(office.database, Proposal) == 0
