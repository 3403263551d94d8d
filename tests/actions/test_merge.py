"""Bringing rows to what is wanted: known by their identity, told apart by order, changed only where they differ."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.actions.merge import Merged, Wanted, merge
from portal.store.appraisal import Contest, Period
from portal.store.engine import Database
from portal.store.organisation import Module, Township

DAY = date(2026, 3, 1)


@pytest.fixture
def contests(sqlite_database: Database) -> Database:
    """A township with a module and a period, and nothing else."""
    with sqlite_database.writing() as session:
        session.add(Township(id=1, code="330825111", name="塔石镇", county="龙游县"))
        session.flush()
        session.add(Module(id=1, township_id=1, name="党建", first_day=DAY))
        session.add(Period(id=1, township_id=1, name="2026年度", first_day=DAY, last_day=DAY))
    return sqlite_database


def want(points: str, name: str = "比武") -> Wanted:
    identity = {"period_id": 1, "module_id": 1, "day": DAY, "name": name}
    return Wanted(name, identity, {"points": Decimal(points)})


def bring(database: Database, *wanted: Wanted) -> Merged[Contest]:
    with database.writing() as session:
        return merge(session, Contest, 1, wanted)


def points(database: Database) -> list[str]:
    with database.reading() as session:
        return [str(value) for value in session.scalars(select(Contest.points).order_by(Contest.id))]


def tally(merged: Merged[Contest]) -> tuple[int, int, int]:
    return merged.added, merged.changed, merged.unchanged


def test_new_rows_are_added_in_the_order_wanted(contests: Database) -> None:
    assert tally(bring(contests, want("3"), want("1", "演讲"), want("2"))) == (3, 0, 0)
    assert points(contests) == ["3", "1", "2"]


def test_rows_of_one_identity_are_told_apart_by_their_order(contests: Database) -> None:
    bring(contests, want("3"), want("2"))
    merged = bring(contests, want("3"), want("5"), want("7"))
    assert tally(merged) == (1, 1, 1)
    assert points(contests) == ["3", "5", "7"]


def test_fewer_rows_of_one_identity_leave_the_others_alone(contests: Database) -> None:
    bring(contests, want("3"), want("2"))
    assert tally(bring(contests, want("4"))) == (0, 1, 0)
    assert points(contests) == ["4", "2"]


def test_a_change_tells_only_what_differs(contests: Database) -> None:
    bring(contests, want("3"))
    (change,) = bring(contests, want("4")).changes
    assert (change.label, change.before, change.after) == (
        "比武",
        {"points": Decimal(3)},
        {"points": Decimal(4)},
    )


def test_the_rows_come_back_in_the_order_wanted(contests: Database) -> None:
    bring(contests, want("1", "a"), want("2", "b"))
    with contests.writing() as session:
        merged = merge(session, Contest, 1, [want("2", "b"), want("3", "c"), want("1", "a")])
        assert [row.name for row in merged.rows] == ["b", "c", "a"]


def test_rows_out_of_scope_are_not_known(contests: Database) -> None:
    bring(contests, want("3"))
    with contests.writing() as session:
        merged = merge(session, Contest, 1, [want("3")], Contest.day > DAY)
    assert tally(merged) == (1, 0, 0)


def test_rows_of_another_township_are_never_touched(contests: Database) -> None:
    bring(contests, want("3"))
    with contests.writing() as session:
        session.add(Township(id=2, code="330825112", name="湖镇镇", county="龙游县"))
        session.flush()
        assert tally(merge(session, Contest, 2, [want("9")])) == (1, 0, 0)
    assert points(contests) == ["3", "9"]


def test_what_is_set_when_a_row_is_new_is_left_alone_later(contests: Database) -> None:
    def module(day: date) -> Wanted:
        return Wanted("党建", {"name": "党建"}, fresh={"first_day": day})

    with contests.writing() as session:
        merged = merge(session, Module, 1, [module(date(2027, 1, 1))])
        assert (merged.unchanged, merged.rows[0].first_day) == (1, DAY)


def test_nothing_wanted_is_nothing_done(contests: Database) -> None:
    assert tally(bring(contests)) == (0, 0, 0)
