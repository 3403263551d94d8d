"""Changing a plan: at once while the period is prepared, by two persons once it is open; and who would move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from portal.actions.accounts import NewAccount, create_account
from portal.actions.guard import NotAllowed
from portal.actions.plans import PLAN, PlanRefused, change_plan, preview
from portal.actions.proposals import ProposalRefused, approve
from portal.actions.results import shown_results
from portal.actions.two_person import KINDS
from portal.core.book import Role
from portal.core.plan import Plan, Verified, Weights
from portal.core.rights import Actor
from portal.store import periods, proposals, townships
from portal.store.appraisal import Period
from portal.store.engine import Database
from portal.store.office import ProposalState
from tests.actions.making import entries, rating, send, township_id
from tests.conftest import NOON, import_tashi, operator

SLOWER = Plan(answer_hours=48)
HEAVIER = Plan(weights=Weights(Fraction(60), Fraction(20), Fraction(20)))


@pytest.fixture
def people(small: Database, cheap_hasher: PasswordHasher) -> dict[Role, Actor]:
    own = township_id(small)
    found = {}
    with small.writing() as session:
        for role in (Role.CLERK, Role.TOWNSHIP_ADMIN, Role.APPROVER):
            wanted = NewAccount(role.value, "long enough for it", (role,), own)
            account = create_account(session, wanted, operator(own), cheap_hasher)
            found[role] = Actor(account.id, role.value, own, frozenset({role}))
    return found


@contextmanager
def at_work(database: Database, *, opened: bool = False) -> Iterator[tuple[Session, Period]]:
    with database.writing() as session:
        (period,) = periods.listed(session, township_id(database))
        if opened:
            period.opened_at = NOON
            session.flush()
        yield session, period


def in_force(database: Database) -> Plan:
    with at_work(database) as (session, period):
        return townships.plan_of(session, period.township_id, period.id)


def propose(database: Database, actor: Actor, wanted: Plan = SLOWER, now: datetime = NOON) -> None:
    with at_work(database, opened=True) as (session, period):
        assert not change_plan(session, actor, period, wanted, "答复来不及", 1, now)


def decide(database: Database, actor: Actor) -> None:
    with at_work(database) as (session, period):
        ((proposal, _, _),) = proposals.listed(session, period.township_id, ProposalState.WAITING)
        approve(session, actor, proposal, PLAN, NOON)


def test_before_opening_a_new_version_holds_at_once(small: Database, people: dict[Role, Actor]) -> None:
    with at_work(small) as (session, period):
        assert change_plan(session, people[Role.CLERK], period, SLOWER, "答复来不及", 1, NOON)
        newest, first = periods.versions(session, period.township_id, period.id)
    assert in_force(small) == SLOWER
    assert (newest.number, newest.who, newest.reason) == (2, "clerk", "答复来不及")
    assert first.plan == Plan()
    (entry,) = entries(small, "plan.changed")
    assert (entry.before, entry.after) == (
        {"number": 1, "answer_hours": 24},
        {"number": 2, "answer_hours": 48},
    )


@pytest.mark.parametrize(
    ("wanted", "reason", "seen"), [(SLOWER, " ", 1), (Plan(), "没变", 1), (SLOWER, "旧的", 0)]
)
def test_without_a_reason_or_a_change_or_from_an_old_version_nothing_is_saved(
    small: Database, people: dict[Role, Actor], wanted: Plan, reason: str, seen: int
) -> None:
    with at_work(small) as (session, period), pytest.raises(PlanRefused):
        change_plan(session, people[Role.CLERK], period, wanted, reason, seen, NOON)
    assert in_force(small) == Plan()


def test_the_committee_does_not_edit_the_plan(small: Database, people: dict[Role, Actor]) -> None:
    with at_work(small) as (session, period), pytest.raises(NotAllowed):
        change_plan(session, people[Role.APPROVER], period, SLOWER, "改", 1, NOON)


def test_once_open_a_change_waits_for_the_committee(small: Database, people: dict[Role, Actor]) -> None:
    propose(small, people[Role.CLERK])
    assert in_force(small) == Plan()
    decide(small, people[Role.APPROVER])
    assert in_force(small) == SLOWER
    with at_work(small) as (session, period):
        newest, _ = periods.versions(session, period.township_id, period.id)
    assert (newest.number, newest.who, newest.reason) == (2, "approver", "答复来不及")
    assert KINDS["plan"] is PLAN


def test_an_administrator_does_not_approve_a_plan(small: Database, people: dict[Role, Actor]) -> None:
    propose(small, people[Role.CLERK])
    with pytest.raises(NotAllowed):
        decide(small, people[Role.TOWNSHIP_ADMIN])
    assert in_force(small) == Plan()


def test_a_second_change_waits_until_the_first_is_decided(small: Database, people: dict[Role, Actor]) -> None:
    propose(small, people[Role.CLERK])
    with pytest.raises(ProposalRefused, match="已经有一件"):
        propose(small, people[Role.TOWNSHIP_ADMIN], HEAVIER)


def test_a_change_that_was_made_from_an_older_plan_is_not_carried_out(
    small: Database, people: dict[Role, Actor]
) -> None:
    with at_work(small, opened=True) as (session, period):
        change_plan(session, people[Role.CLERK], period, SLOWER, "改", 1, NOON)
        period.opened_at = None
        session.flush()
        change_plan(session, people[Role.CLERK], period, HEAVIER, "改", 1, NOON + timedelta(hours=1))
    with pytest.raises(ProposalRefused, match="又改过了"):
        decide(small, people[Role.APPROVER])
    assert in_force(small) == HEAVIER


def test_a_preview_is_what_the_page_of_results_would_show(sqlite_database: Database) -> None:
    import_tashi(sqlite_database)
    with at_work(sqlite_database) as (session, period):
        told = preview(session, period.township_id, period, HEAVIER, NOON)
        township = townships.by_id(session, period.township_id)
        before = shown_results(session, township, None, None, NOON).result
        actor = Actor(0, "jingban", township.id, frozenset({Role.CLERK}))
        change_plan(session, actor, period, HEAVIER, "改", 1, NOON)
        after = shown_results(session, township, None, None, NOON).result
    assert told is not None
    assert told.scored == len(before.cadres)
    then, now = ({cadre.number: cadre for cadre in one.cadres} for one in (before, after))
    assert {one.number: (one.before, one.after) for one in told.moved} == {
        number: (cadre.total, now[number].total)
        for number, cadre in then.items()
        if (cadre.total, cadre.rank) != (now[number].total, now[number].rank)
    }
    sizes = [abs(one.by) for one in told.moved if one.by is not None]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) > 80


@pytest.mark.parametrize(
    "change",
    [{"prior_strength": Fraction(0)}, {"anonymous_weight": Fraction(1)}, {"verified": Verified.NONE}],
)
def test_trying_out_how_a_voice_weighs_tells_nothing_about_anybodys_voice(
    sqlite_database: Database, change: dict[str, object]
) -> None:
    import_tashi(sqlite_database)
    with at_work(sqlite_database) as (session, period):
        told = preview(session, period.township_id, period, replace(Plan(), **change), NOON)  # type: ignore[arg-type]
    assert told is not None
    assert (told.moved, told.voices_left_out) == ((), True)


def test_a_smaller_batch_releases_nothing_more_in_a_preview(sqlite_database: Database) -> None:
    import_tashi(sqlite_database)
    with at_work(sqlite_database) as (session, period):
        told = preview(session, period.township_id, period, Plan(release_batch=1), NOON)
    assert told is not None
    assert told.moved == ()


def test_before_the_first_day_there_is_nothing_to_compare(small: Database) -> None:
    with at_work(small) as (session, period):
        assert preview(session, period.township_id, period, HEAVIER, NOON - timedelta(days=700)) is None


@pytest.mark.parametrize(
    "wanted",
    [
        Plan(anonymous_weight=Fraction(1, 3)),
        Plan(prior_strength=Fraction(9)),
        Plan(verified=Verified.NONE),
        Plan(release_batch=7),
        Plan(smallest_crowd=6),
    ],
)
def test_how_voices_weigh_is_never_tried_out_alone(
    small: Database, people: dict[Role, Actor], wanted: Plan
) -> None:
    send(small, rating("5", "张", "2026-07-02 08:00:00"))
    with at_work(small) as (session, period):
        assert not change_plan(session, people[Role.CLERK], period, wanted, "试试", 1, NOON)
        assert change_plan(session, people[Role.CLERK], period, SLOWER, "答复来不及", 1, NOON)
    assert in_force(small) == SLOWER


def test_before_anybody_was_heard_the_weight_of_voices_is_set_alone(
    small: Database, people: dict[Role, Actor]
) -> None:
    with at_work(small) as (session, period):
        wanted = Plan(release_batch=7)
        assert change_plan(session, people[Role.CLERK], period, wanted, "村小", 1, NOON)
