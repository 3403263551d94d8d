"""A new year: what is carried over, what is not, and that the old year keeps its scores to the last digit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.actions import villages
from portal.actions.guard import NotAllowed
from portal.actions.import_township import import_township
from portal.actions.new_year import begin_new_year, preview
from portal.actions.organising import Order
from portal.actions.periods import NewPeriod, PeriodRefused
from portal.core.book import Book, Role
from portal.core.days import Span
from portal.core.plan import Plan
from portal.core.rights import Actor
from portal.files.results_out import ResultSheet, results_csv
from portal.store import appraisal, organisation, periods, scoring, townships
from portal.store.engine import Database
from portal.store.rows import overlapping
from tests.actions.making import bring, entries, results, tables, township_id
from tests.conftest import NOON, import_tashi, operator, tashi_book
from tests.files.typed_workbook import book

NEXT = Span(date(2027, 1, 1), date(2027, 12, 31))
WANTED = NewPeriod("2027年度", NEXT)


def admin(own: int) -> Actor:
    return Actor(0, "guanli", own, frozenset({Role.TOWNSHIP_ADMIN}))


def begin(database: Database, wanted: NewPeriod = WANTED) -> None:
    own = township_id(database)
    with database.writing() as session:
        old = periods.listed(session, own)[-1]
        begin_new_year(session, admin(own), old, wanted, NOON)


def stretches(database: Database, table: Any, span: Span = NEXT) -> list[Any]:
    with database.reading() as session:
        return list(session.scalars(select(table).where(overlapping(table, span))))


def file_of(database: Database) -> bytes:
    result = results(database, "2026年度")
    return results_csv(ResultSheet("塔石镇", "330825111", "2026年度", result)) + repr(result).encode()


@pytest.mark.postgres
def test_the_old_year_keeps_its_results_to_the_last_byte(database: Database) -> None:
    import_tashi(database)
    before = file_of(database)
    begin(database)
    assert file_of(database) == before


@pytest.mark.postgres
def test_whoever_serves_on_the_last_day_serves_on_with_the_post_and_module_held_then(
    database: Database,
) -> None:
    own = import_tashi(database, with_ratings=False)
    begin(database)
    with database.reading() as session:
        old, new = periods.listed(session, own)
        facts = [
            scoring.load_facts(session, own, one.id, Span(one.first_day, one.last_day)) for one in (old, new)
        ]
    last, first = old.last_day, new.first_day
    then = {
        cadre.number: (
            cadre.group,
            cadre.exempt,
            {holding.post for holding in cadre.holdings if last in holding.span},
            {stay.module for stay in cadre.stays if last in stay.span},
            {(member.team, member.factor) for member in cadre.memberships if last in member.span},
        )
        for cadre in facts[0].cadres
        if any(last in span for span in cadre.services)
    }
    now = {
        cadre.number: (
            cadre.group,
            cadre.exempt,
            {holding.post for holding in cadre.holdings if first in holding.span},
            {stay.module for stay in cadre.stays if first in stay.span},
            {(member.team, member.factor) for member in cadre.memberships if first in member.span},
        )
        for cadre in facts[1].cadres
    }
    assert now == then
    assert len(now) == 93
    assert {link.team: link.village for link in facts[1].links if first in link.span} == {
        link.team: link.village for link in facts[0].links if last in link.span
    }
    assert facts[1].posts == facts[0].posts
    assert {v.code: v.households for v in facts[1].villages} == {
        v.code: v.households for v in facts[0].villages
    }
    assert not any(cadre.tasks or cadre.marks or cadre.bonuses for cadre in facts[1].cadres)
    assert (facts[1].contests, facts[1].governance) == ((), ())


def test_the_preview_says_what_will_be_done(sqlite_database: Database) -> None:
    own = import_tashi(sqlite_database, with_ratings=False)
    before = tables(sqlite_database)
    with sqlite_database.reading() as session:
        told = preview(session, own, periods.listed(session, own)[0], WANTED)
    assert tables(sqlite_database) == before
    leavers = {row.number for row in tashi_book().cadres if row.last_day < date(2026, 12, 31)}
    assert {name.split()[0] for name in told.gone} == leavers
    begin(sqlite_database)
    assert told.counts["干部"] == len(stretches(sqlite_database, organisation.Service))
    assert told.counts["组团成员"] == len(stretches(sqlite_database, organisation.TeamMembership))
    assert told.counts["组团联村"] == len(stretches(sqlite_database, organisation.TeamLink))
    assert told.counts["组团团长"] == len(stretches(sqlite_database, organisation.TeamLeader))


def test_the_plan_goes_along_from_its_newest_version(small: Database) -> None:
    own = township_id(small)
    with small.writing() as session:
        (old,) = periods.listed(session, own)
        later = {"parameters": {"answer_hours": 48}, "reason": "缓一缓", "made_at": NOON}
        session.add(appraisal.PlanVersion(township_id=own, period_id=old.id, number=2, **later))
    begin(small)
    with small.reading() as session:
        new = periods.listed(session, own)[-1]
        assert townships.plan_of(session, own, new.id) == Plan(answer_hours=48)
        (version,) = periods.versions(session, own, new.id)
    assert (version.number, version.reason, version.who) == (1, "沿用2026年度方案", "guanli")


def test_everything_that_is_carried_is_in_the_ledger_as_one_act(small: Database) -> None:
    begin(small)
    told = [entry for entry in entries(small) if entry.kind.startswith("new_year.")]
    assert len({entry.act for entry in told}) == 1
    assert {entry.actor for entry in told} == {"guanli"}
    added = {
        table.__tablename__: len(stretches(small, table))
        for table in (organisation.Service, organisation.TeamMembership, organisation.TeamLink)
    }
    assert {name: [entry.kind for entry in told].count(f"new_year.{name}") for name in added} == added
    assert all(entry.row_id is not None for entry in told if entry.kind != "new_year.form_edition")


def test_twice_is_refused_and_changes_nothing(small: Database) -> None:
    begin(small)
    before = tables(small)
    own = township_id(small)
    with small.writing() as session:
        old = periods.listed(session, own)[0]
        with pytest.raises(PeriodRefused, match="已经有"):
            begin_new_year(session, admin(own), old, WANTED, NOON)
    assert tables(small) == before


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (NewPeriod("2027年度", Span(date(2026, 12, 31), date(2027, 12, 31))), "first_day"),
        (NewPeriod("2025年度", Span(date(2025, 1, 1), date(2025, 12, 31))), "first_day"),
        (NewPeriod("2026年度", NEXT), "name"),
        (NewPeriod("", NEXT), "name"),
        (NewPeriod("2027年度", Span(date(2027, 12, 31), date(2027, 1, 1))), "last_day"),
        (NewPeriod("2027年度", Span(date(2027, 1, 1), date(2207, 1, 1))), "last_day"),
    ],
)
def test_days_and_names_that_do_not_follow_are_refused(
    small: Database, wanted: NewPeriod, field: str
) -> None:
    with pytest.raises(PeriodRefused) as refused:
        begin(small, wanted)
    assert refused.value.field == field


def test_only_an_administrator_begins_a_year(small: Database) -> None:
    own = township_id(small)
    clerk = Actor(0, "jingban", own, frozenset({Role.CLERK}))
    with small.writing() as session, pytest.raises(NotAllowed):
        begin_new_year(session, clerk, periods.listed(session, own)[0], WANTED, NOON)


def test_what_ended_stays_behind_and_what_runs_on_is_left_alone(small: Database) -> None:
    own = township_id(small)
    with small.writing() as session:
        village, *_ = townships.villages(session, own)
        village.last_day = date(2026, 12, 31)
        service = session.scalars(select(organisation.Service).order_by(organisation.Service.id)).first()
        assert service is not None
        service.last_day = date(2027, 6, 30)
        ended, runs = village.id, service.cadre_id
    begin(small)
    assert ended not in {link.village_id for link in stretches(small, organisation.TeamLink)}
    own_days = [row.last_day for row in stretches(small, organisation.Service) if row.cadre_id == runs]
    assert own_days == [date(2027, 6, 30)]
    with small.reading() as session:
        new = periods.listed(session, own)[-1]
        counted = periods.households_on(session, own, new.id, NEXT.first)
    assert ended not in counted


def test_households_are_those_in_force_at_the_end(small: Database) -> None:
    own = township_id(small)
    with small.writing() as session:
        (old,) = periods.listed(session, own)
        village = townships.villages(session, own)[0]
        later = {"first_day": date(2026, 7, 1), "households": 777}
        session.add(
            appraisal.PeriodVillage(township_id=own, period_id=old.id, village_id=village.id, **later)
        )
        key = village.id
    begin(small)
    with small.reading() as session:
        new = periods.listed(session, own)[-1]
        assert periods.households_on(session, own, new.id, NEXT.first)[key] == 777


def test_whose_absence_ends_with_the_year_is_named(small: Database) -> None:
    own = township_id(small)
    with small.writing() as session:
        service = session.scalars(
            select(organisation.Service).where(organisation.Service.last_day == date(2026, 12, 31))
        ).first()
        assert service is not None
        days = {"first_day": date(2026, 11, 1), "last_day": date(2026, 12, 31)}
        kind = organisation.AbsenceKind.SICK
        session.add(
            organisation.Absence(township_id=own, cadre_id=service.cadre_id, kind=kind, reason="病假", **days)
        )
        session.flush()
        told = preview(session, own, periods.listed(session, own)[0], WANTED)
    assert len(told.away) == 1


def next_years(own: Book) -> Book:
    """The small township's workbook a year on: the same organisation, no marks yet."""
    period = replace(own.period, name="2027年度", first_day=NEXT.first, last_day=NEXT.last)
    here = {row.number for row in own.cadres if row.last_day == date(2026, 12, 31)}
    days = {"first_day": NEXT.first, "last_day": NEXT.last}
    return Book(
        period=period,
        villages=own.villages,
        modules=own.modules,
        posts=own.posts,
        cadres=tuple(replace(row, **days) for row in own.cadres if row.number in here),
        teams=own.teams,
        members=tuple(
            replace(row, **days, factor=Decimal("1.05"))
            for row in own.members
            if row.last_day == date(2026, 12, 31) and row.cadre in here
        ),
        links=tuple(replace(row, **days) for row in own.links if row.last_day == date(2026, 12, 31)),
    )


@pytest.mark.postgres
def test_next_years_workbook_finds_what_was_carried(database: Database) -> None:
    bring(database, book())
    begin(database)
    kinds = (
        organisation.Service,
        organisation.TeamMembership,
        organisation.TeamLink,
        organisation.TeamLeader,
    )
    carried = [len(stretches(database, table)) for table in kinds]
    with database.writing() as session:
        import_township(session, next_years(book()), operator())
    assert [len(stretches(database, table)) for table in kinds] == carried
    factors = {row.factor for row in stretches(database, organisation.TeamMembership)}
    assert factors == {Decimal("1.05"), Decimal("1")}  # the leader's own is 1


def test_a_count_entered_late_goes_along_into_the_year_that_carried_the_old_number(small: Database) -> None:
    own = township_id(small)
    begin(small)

    def recount(day: date, households: int) -> list[int]:
        clerk = Actor(1, "clerk", own, frozenset({Role.CLERK}))
        with small.writing() as session:
            village = townships.villages(session, own)[0]
            villages.recount(Order(session, clerk, NOON, day, "核实"), village.id, households)
        with small.reading() as session:
            village = townships.villages(session, own)[0]
            old, new = periods.listed(session, own)
            days = ((old, old.last_day), (new, NEXT.first), (new, NEXT.last))
            counted = [periods.households_on(session, own, one.id, on)[village.id] for one, on in days]
            return [*counted, village.households]

    assert recount(date(2026, 11, 1), 785) == [785, 785, 785, 785]
    assert recount(date(2027, 2, 1), 800) == [785, 785, 800, 800]
    assert recount(date(2026, 12, 1), 790) == [790, 790, 800, 800]
    assert recount(NEXT.first, 795) == [790, 795, 800, 800]
    assert recount(date(2026, 12, 15), 791) == [791, 795, 800, 800]
