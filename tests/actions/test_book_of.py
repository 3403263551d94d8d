"""A township as its own workbook: what is read out comes in unchanged."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from portal.core.book import Book
from portal.store import townships
from portal.store.appraisal import PeriodVillage
from portal.store.book import book_of
from portal.store.engine import Database
from portal.store.organisation import (
    Cadre,
    FormerName,
    Module,
    NameKind,
    Service,
    TeamLeader,
    Village,
)
from tests.actions.making import LAST_YEAR, bring, counted, tables, township_id
from tests.conftest import import_tashi, tashi_book
from tests.files.typed_workbook import book


def read_out(database: Database, period: str = "2026年度") -> Book:
    own = township_id(database)
    with database.reading() as session:
        named = {one.name: one.id for one in townships.periods(session, own)}
        return book_of(session, own, named[period])


def unchanged(database: Database, period: str = "2026年度") -> None:
    before = tables(database)
    added, changed, _ = counted(bring(database, read_out(database, period)))
    assert (added, changed) == (0, 0)
    assert tables(database) == before


def test_the_real_township_is_read_out_as_it_came_in(database: Database) -> None:
    import_tashi(database, with_ratings=False)
    assert read_out(database) == tashi_book()
    unchanged(database)


def test_two_years_are_each_read_out_unchanged(sqlite_database: Database) -> None:
    bring(sqlite_database, book(**LAST_YEAR))
    bring(sqlite_database, book(岗位_B2=1.3, 干部_D2="中层干部"))
    unchanged(sqlite_database, "2025年度")
    unchanged(sqlite_database)


def by_hand(database: Database) -> None:
    """What a clerk changed by page: two stretches of service, two leaders, a late module, a count, a rename, a merger."""
    with database.writing() as session:
        own = townships.by_code(session, "330825111")
        assert own is not None
        cadre = session.scalars(select(Cadre).where(Cadre.number == "5111002")).one()
        served = session.scalars(select(Service).where(Service.cadre_id == cadre.id)).one()
        served.last_day = date(2026, 3, 31)
        session.flush()
        again = {"first_day": date(2026, 6, 1), "last_day": date(2026, 12, 31), "group_name": "中层干部"}
        session.add(Service(township_id=own.id, cadre_id=cadre.id, roles=["cadre"], **again))
        led = session.scalars(select(TeamLeader)).one()
        led.last_day = date(2026, 6, 30)
        session.flush()
        days = {"first_day": date(2026, 7, 1), "last_day": date(2026, 12, 31)}
        session.add(TeamLeader(township_id=own.id, team_id=led.team_id, cadre_id=cadre.id, **days))
        session.add(Module(township_id=own.id, name="新模块", first_day=date(2026, 5, 1)))
        first, second = session.scalars(select(Village).order_by(Village.code))
        period = townships.periods(session, own.id)[0].id
        later = {"first_day": date(2026, 8, 1), "households": 785}
        session.add(PeriodVillage(township_id=own.id, period_id=period, village_id=first.id, **later))
        first.households = 785
        old = {"row_id": first.id, "code": first.code, "name": first.name, "last_day": date(2026, 7, 31)}
        session.add(FormerName(township_id=own.id, kind=NameKind.VILLAGE, **old))
        first.code, first.name = "330825111299", "罗杜村"
        second.last_day, second.merged_into_id = date(2026, 7, 31), first.id


def test_what_was_changed_by_hand_is_read_out_and_comes_in_unchanged(small: Database) -> None:
    by_hand(small)
    unchanged(small)
    served = next(row for row in read_out(small).cadres if row.number == "5111002")
    assert (served.first_day, served.last_day) == (date(2026, 1, 1), date(2026, 12, 31))
    assert served.group == "中层干部"
