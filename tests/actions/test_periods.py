"""The first period of a township, and opening one for good."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher

from portal.actions.accounts import NewAccount, create_account
from portal.actions.guard import NotAllowed
from portal.actions.listed_villages import ListedVillage, add_listed_villages
from portal.actions.periods import (
    NewPeriod,
    PeriodRefused,
    PeriodState,
    begin_first_period,
    current,
    open_period,
    ready,
    state,
)
from portal.core.book import Role, VillageKind
from portal.core.days import Span
from portal.core.plan import Plan
from portal.core.readiness import Lack
from portal.core.rights import Actor
from portal.store import organisation, periods, residents, townships
from portal.store.appraisal import Period, PeriodVillage
from portal.store.engine import Database
from tests.actions.making import count, entries, tables, township_id
from tests.conftest import NOON, import_tashi, operator

YEAR = NewPeriod("2026年度", Span(date(2026, 1, 1), date(2026, 12, 31)))
HAMLET = ListedVillage("330825201200", "席家村", VillageKind.VILLAGE, 312)


def actor(own: int, role: Role = Role.TOWNSHIP_ADMIN) -> Actor:
    return Actor(0, role.value, own, frozenset({role}))


@pytest.fixture
def bare(sqlite_database: Database) -> Database:
    """A township with its name and nothing else."""
    with sqlite_database.writing() as session:
        session.add(organisation.Township(code="330825201", name="罗家乡", county="龙游县"))
    return sqlite_database


def begin(database: Database) -> int:
    own = township_id(database, "330825201")
    with database.writing() as session:
        begin_first_period(session, actor(own, Role.CLERK), YEAR, NOON)
    return own


def two_persons(database: Database, own: int, hasher: PasswordHasher) -> None:
    with database.writing() as session:
        for name, role in (("jingban", Role.CLERK), ("dangwei", Role.APPROVER)):
            wanted = NewAccount(name, "long enough for it", (role,), own)
            create_account(session, wanted, operator(own), hasher)


def test_a_first_period_begins_with_the_default_plan_and_the_standard_form(bare: Database) -> None:
    own = begin(bare)
    with bare.reading() as session:
        (period,) = periods.listed(session, own)
        assert (period.name, period.opened_at) == ("2026年度", None)
        assert townships.plan_of(session, own, period.id) == Plan()
        (version,) = periods.versions(session, own, period.id)
        assert (version.number, version.who) == (1, "clerk")
    assert count(bare, residents.FormEdition) == 1
    assert {entry.kind for entry in entries(bare)} >= {"period.period", "period.plan_version"}


def test_a_second_first_period_is_refused(bare: Database) -> None:
    begin(bare)
    before = tables(bare)
    with pytest.raises(PeriodRefused, match="已经有考评周期"):
        begin(bare)
    assert tables(bare) == before


def test_an_empty_township_may_not_open(bare: Database) -> None:
    own = begin(bare)
    with bare.writing() as session:
        period = periods.listed(session, own)[0]
        with pytest.raises(PeriodRefused, match="还没有模块"):
            open_period(session, actor(own), period, "不管了", NOON)
        assert period.opened_at is None


def test_opening_with_a_mild_gap_takes_a_reason_and_happens_once(
    sqlite_database: Database, cheap_hasher: PasswordHasher
) -> None:
    own = import_tashi(sqlite_database, with_ratings=False)
    two_persons(sqlite_database, own, cheap_hasher)
    with sqlite_database.writing() as session:
        (period,) = periods.listed(session, own)
        assert {gap.lack for gap in ready(session, own, period, NOON).gaps} == {Lack.TEAM_VILLAGE}
        with pytest.raises(PeriodRefused) as refused:
            open_period(session, actor(own), period, " ", NOON)
        assert refused.value.field == "reason"
        open_period(session, actor(own), period, "第8组团机动", NOON)
        open_period(session, actor(own), period, "再来一次", NOON + timedelta(hours=1))
        assert period.opened_at == NOON
    (entry,) = entries(sqlite_database, "period.opened")
    assert (entry.reason, entry.before) == ("第8组团机动", {"opened_at": None})


def test_a_clerk_does_not_open(bare: Database) -> None:
    own = begin(bare)
    with bare.writing() as session, pytest.raises(NotAllowed):
        open_period(session, actor(own, Role.CLERK), periods.listed(session, own)[0], "", NOON)


def test_the_period_worked_in_is_todays_else_the_latest_begun_else_the_first_to_come(bare: Database) -> None:
    own = begin(bare)
    with bare.writing() as session:
        days = {"first_day": date(2028, 1, 1), "last_day": date(2028, 12, 31)}
        session.add(Period(township_id=own, name="2028年度", **days))
    with bare.reading() as session:
        names = [
            found.name if (found := current(session, own, NOON + timedelta(days=days))) else ""
            for days in (-700, 0, 200, 500)
        ]
    assert names == ["2026年度", "2026年度", "2026年度", "2028年度"]


@pytest.mark.parametrize(
    ("opened", "today", "expected"),
    [
        (False, date(2026, 5, 1), PeriodState.PREPARED),
        (True, date(2026, 5, 1), PeriodState.OPEN),
        (True, date(2025, 12, 1), PeriodState.NEXT),
        (False, date(2027, 1, 1), PeriodState.OVER),
    ],
)
def test_a_period_has_a_state(opened: bool, today: date, expected: PeriodState) -> None:
    period = Period(
        name="", first_day=YEAR.span.first, last_day=YEAR.span.last, opened_at=NOON if opened else None
    )
    assert state(period, today) is expected


def test_a_listed_village_comes_with_its_poster_and_its_households(bare: Database) -> None:
    own = begin(bare)
    with bare.writing() as session:
        period = periods.listed(session, own)[0]
        assert add_listed_villages(session, actor(own), period, [HAMLET], NOON) == 1
    with bare.reading() as session:
        (village,) = townships.villages(session, own)
        assert (village.name, village.households, village.first_day) == ("席家村", 312, date(2026, 1, 1))
        assert set(townships.posters_in_use(session, own)) == {village.id}
        assert periods.households_on(session, own, 1, date(2026, 1, 1)) == {village.id: 312}
    (entry,) = entries(bare, "village.listed")
    assert entry.row_id == village.id


def test_sending_the_list_twice_adds_nothing_twice(bare: Database) -> None:
    own = begin(bare)
    for expected in (1, 0):
        with bare.writing() as session:
            period = periods.listed(session, own)[0]
            assert add_listed_villages(session, actor(own), period, [HAMLET], NOON) == expected
    assert count(bare, PeriodVillage) == 1


def test_a_village_of_another_township_is_refused(bare: Database) -> None:
    own = begin(bare)
    other = ListedVillage("330825111205", "罗山村", VillageKind.VILLAGE, 1)
    with bare.writing() as session, pytest.raises(PeriodRefused):
        add_listed_villages(session, actor(own), periods.listed(session, own)[0], [HAMLET, other], NOON)
    assert count(bare, organisation.Village) == 0
