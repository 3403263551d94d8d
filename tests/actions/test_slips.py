"""One-time slips: accounts in bulk, recovery through the township, and through whoever runs the installation."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from portal.actions import install_township, logging_in, slips
from portal.actions.accounts import AccountRefused, NewAccount
from portal.actions.guard import NotAllowed
from portal.actions.install_township import NewTownship
from portal.actions.ledger import Act
from portal.actions.manage_accounts import close
from portal.actions.one_time import OneTime, make_one_time
from portal.actions.slips import Planned, ResetNeedsTwo
from portal.core.book import Role
from portal.core.rights import Actor
from portal.store import townships
from portal.store.accounts import administrators, held_by
from portal.store.engine import Database
from portal.store.people import Account
from tests.actions.making import entries
from tests.actions.offices import Office, later
from tests.conftest import NOON

ADMIN, CADRE, APPROVER = Role.TOWNSHIP_ADMIN, Role.CADRE, Role.APPROVER
ABOVE = Actor(0, "root", None, frozenset({Role.SYSTEM_ADMIN}))


@pytest.fixture
def office(small: Database, cheap_hasher: PasswordHasher) -> Office:
    made = Office(small, cheap_hasher)
    made.make("admin", ADMIN)
    made.make("second", ADMIN)
    return made


def plan_new(office: Office) -> list[Planned]:
    with office.database.reading() as session:
        return slips.plan_new(session, office.own, NOON)


def plan_again(office: Office) -> list[Planned]:
    with office.database.reading() as session:
        return slips.plan_again(session, office.own, NOON)


def carry_out(office: Office, planned: list[Planned], again: bool = False) -> list[OneTime]:
    made = [make_one_time(office.hasher) for _ in planned]
    actor = office.actor("admin")
    with office.database.writing() as session:
        (slips.carry_out_again if again else slips.carry_out_new)(session, actor, planned, made, NOON)
    return made


def reset(
    office: Office, whom: str, *, second: bool = False, who: str = "admin", hours: float = 0
) -> OneTime:
    one_time, now = make_one_time(office.hasher), later(hours=hours)
    actor, own = office.actor(who, now), office.account(whom).id
    with office.database.writing() as session:
        holder = held_by(session, office.own, own, lock=True)
        assert holder is not None
        slips.reset(session, actor, holder, one_time, "忘了", now, second=second)
    return one_time


def propose_reset(office: Office, whom: str) -> None:
    actor = office.actor("admin")
    with office.database.writing() as session:
        slips.propose_reset(session, actor, office.holder(whom), "手机丢了", NOON)


def opens(office: Office, username: str, password: str) -> bool:
    with office.database.reading() as session:
        return logging_in.password_matches(session, username, password, office.hasher)


def test_everybody_who_serves_and_has_no_account_gets_one_by_the_number(office: Office) -> None:
    planned = plan_new(office)
    assert planned
    assert all(one.username == one.number and one.roles for one in planned)
    made = carry_out(office, planned)
    for one, one_time in zip(planned, made, strict=True):
        assert opens(office, one.username, one_time.password)
        assert office.roles(one.username) == set(one.roles)
        assert office.account(one.username).one_time_until is not None
    assert plan_new(office) == []
    told = str([(entry.before, entry.after, entry.reason) for entry in entries(office.database)])
    assert not [one_time.password for one_time in made if one_time.password in told]


def test_a_number_that_is_taken_elsewhere_gets_the_townships_code_before_it(office: Office) -> None:
    first = plan_new(office)[0].number
    office.make(first, Role.AUDITOR)
    assert plan_new(office)[0].username == f"330825111-{first}"


def test_who_has_left_gets_none(office: Office) -> None:
    with office.database.reading() as session:
        late = slips.plan_new(session, office.own, later(days=400))
    assert {one.number for one in late} <= {one.number for one in plan_new(office)}


def test_trusted_roles_are_left_out_once_a_period_is_open(office: Office) -> None:
    trusted = [one for one in plan_new(office) if {ADMIN, APPROVER} & set(one.roles)]
    office.open_period()
    now = {one.number: one for one in plan_new(office)}
    assert all(not {ADMIN, APPROVER} & set(one.roles) for one in now.values())
    assert {number for number, one in now.items() if one.left_out} == {one.number for one in trusted}


def test_a_list_that_is_old_makes_nothing_at_all(office: Office) -> None:
    planned = plan_new(office)
    office.make("early", CADRE, cadre=planned[0].number)
    with pytest.raises(AccountRefused, match="什么也没有做"):
        carry_out(office, planned)
    assert len(plan_new(office)) == len(planned) - 1


def test_slips_that_were_lost_are_printed_again_and_the_old_ones_open_nothing(office: Office) -> None:
    planned = plan_new(office)
    old = carry_out(office, planned)
    again = plan_again(office)
    assert {one.username for one in again} == {one.username for one in planned}
    new = carry_out(office, again, again=True)
    by_name = {one.username: one_time for one, one_time in zip(again, new, strict=True)}
    for one, lost in zip(planned, old, strict=True):
        assert not opens(office, one.username, lost.password)
        assert opens(office, one.username, by_name[one.username].password)


def test_only_administrators_make_accounts(office: Office) -> None:
    office.make("clerk", Role.CLERK)
    wanted = NewAccount("x", "", (CADRE,), office.own, holder="某人")
    actor = office.actor("clerk")
    with office.database.writing() as session, pytest.raises(NotAllowed):
        slips.add_by_hand(session, actor, wanted, make_one_time(office.hasher), NOON)


@pytest.mark.parametrize(
    ("roles", "cadre", "words"),
    [
        ((Role.SYSTEM_ADMIN,), None, "乡镇只能给"),
        ((ADMIN,), None, "两人办理"),
        ((Role.CLERK,), None, "两人办理"),
        ((CADRE,), "5111001", "已经有账号"),
    ],
)
def test_an_account_by_hand_that_can_not_be_is_refused(
    office: Office, roles: tuple[Role, ...], cadre: str | None, words: str
) -> None:
    office.make("wang", CADRE, cadre="5111001")
    office.open_period()
    actor = office.actor("admin")
    wanted = NewAccount("new", "", roles, office.own, cadre=cadre)
    with office.database.writing() as session, pytest.raises(AccountRefused, match=words):
        slips.add_by_hand(session, actor, wanted, make_one_time(office.hasher), NOON)


def test_a_reset_ends_sessions_and_takes_the_second_factor_only_when_asked(office: Office) -> None:
    office.make("wang", CADRE)
    with office.database.writing() as session:
        session.scalars(select(Account).where(Account.username == "wang")).one().second_secret = "sealed"
    token = office.log_in("wang")
    one_time = reset(office, "wang")
    assert opens(office, "wang", one_time.password)
    assert office.account("wang").second_secret == "sealed"
    with office.database.reading() as session:
        assert logging_in.who(session, token, NOON) is None
    reset(office, "wang", second=True)
    assert office.account("wang").second_secret is None
    first, last = entries(office.database, "account.reset")
    assert {str(first.after), str(last.after)} == {"{'second': True}", "{'second': False}"}


def test_a_trusted_account_is_reset_by_two_persons_once_and_within_a_day(office: Office) -> None:
    office.make("third", APPROVER)
    reset(office, "third")
    office.open_period()
    with pytest.raises(ResetNeedsTwo):
        reset(office, "third")
    propose_reset(office, "third")
    with pytest.raises(ResetNeedsTwo):
        reset(office, "third")
    office.approve("second")
    with pytest.raises(ResetNeedsTwo):
        reset(office, "third", hours=24)
    office.make("fourth", ADMIN)
    with pytest.raises(ResetNeedsTwo):
        reset(office, "third", who="fourth")  # only whoever proposed it prints the slip
    assert opens(office, "third", reset(office, "third").password)
    with pytest.raises(ResetNeedsTwo):
        reset(office, "third")


def test_a_closed_account_is_not_reset(office: Office) -> None:
    office.make("wang", CADRE)
    actor = office.actor("admin")
    with office.database.writing() as session:
        holder = held_by(session, office.own, office.account("wang").id, lock=True)
        assert holder is not None
        close(session, actor, holder, "调离", NOON)
    with pytest.raises(AccountRefused, match="已停用"):
        reset(office, "wang")


def above() -> Act:
    return Act("root", NOON, None)


def test_a_township_begins_with_one_administrator(office: Office) -> None:
    wanted = NewTownship("330802005", "新新街道", "柯城区")
    with office.database.writing() as session:
        one_time = make_one_time(office.hasher)
        made = install_township.install(session, ABOVE, wanted, "xinxin", "王某", one_time, above())
        (admin,) = administrators(session, made.id)
        assert (admin.username, admin.holder, admin.township_id) == ("xinxin", "王某", made.id)
        own = made.id
    assert {entry.township_id for entry in entries(office.database, "township.added")} == {own}


@pytest.mark.parametrize(
    ("code", "name", "words"),
    [("33080200", "街道", "9 位"), ("330825111", "塔石镇", "已经有了"), ("330802005", " ", "乡镇名称")],
)
def test_a_township_that_can_not_be_is_refused(office: Office, code: str, name: str, words: str) -> None:
    wanted = NewTownship(code, name, "龙游县")
    with office.database.writing() as session, pytest.raises(AccountRefused, match=words):
        install_township.add_township(session, wanted, above())


def test_an_administrator_who_lost_everything_comes_back_from_above(office: Office) -> None:
    office.open_period()
    with office.database.writing() as session:
        lost = session.scalars(select(Account).where(Account.username == "second")).one()
        lost.second_secret, lost.closed_at = "sealed", NOON
    one_time = make_one_time(office.hasher)
    with office.database.writing() as session:
        township = townships.by_id(session, office.own)
        install_township.recover_administrator(
            session,
            ABOVE,
            township,
            office.account("second").id,
            one_time,
            "来函",
            above(),
        )
    found = office.account("second")
    assert (found.second_secret, found.closed_at) == (None, None)
    assert opens(office, "second", one_time.password)
    (entry,) = entries(office.database, "account.recovered")
    assert (entry.township_id, entry.actor, entry.reason) == (office.own, "root", "来函")


def test_only_administrators_are_brought_back_from_above(office: Office) -> None:
    office.make("wang", CADRE)
    own, one_time = office.account("wang").id, make_one_time(office.hasher)
    admin = office.actor("admin")
    with office.database.writing() as session:
        township = townships.by_id(session, office.own)
        act = above()
        with pytest.raises(AccountRefused, match="没有这位"):
            install_township.recover_administrator(session, ABOVE, township, own, one_time, "来函", act)
        with pytest.raises(AccountRefused, match="有管理员"):
            install_township.first_administrator(session, ABOVE, township, "new", "王某", one_time, act)
        with pytest.raises(NotAllowed):
            install_township.first_administrator(session, admin, township, "new", "王某", one_time, act)
