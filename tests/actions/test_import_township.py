"""What an import of a workbook does to the tables, and what it tells in the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from portal.actions.import_organisation import LETTERS, new_token
from portal.actions.import_township import import_township
from portal.core.book import Book, ContestRow
from portal.files.township_in import read_township
from portal.store import appraisal, organisation, roster
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from tests.actions.making import (
    DUSHAN,
    LAST_YEAR,
    LUOSHAN,
    bring,
    count,
    counted,
    entries,
    rating,
    results,
    send,
    tables,
)
from tests.conftest import DATA, import_tashi, operator
from tests.databases import SqliteMaker
from tests.files.typed_workbook import book, typed, workbook


def with_marks(**marks: str) -> Book:
    """The small township, the first cadre's task and module mark changed."""
    own = book()
    tasks = (replace(own.tasks[0], mark=Decimal(marks["task"])),) if "task" in marks else own.tasks
    return replace(own, tasks=tasks)


def test_a_clerks_messy_workbook_makes_the_same_tables(sqlite_maker: SqliteMaker) -> None:
    made = []
    for file in ("township.xlsx", "messy.xlsx"):
        database = Database(sqlite_maker.make())
        found = read_township(DATA / file).book
        assert found is not None
        bring(database, found)
        made.append(tables(database, "ledger_entry"))
        database.dispose()
    clean, messy = made
    assert {name: len(rows) for name, rows in messy.items()} == {
        name: len(rows) for name, rows in clean.items()
    }
    assert messy == clean
    assert len(clean["cadre"]) > 90


def test_a_workbook_fills_every_table_it_has_a_sheet_for(small: Database) -> None:
    empty = {name for name, rows in tables(small).items() if not rows}
    people = {"account", "account_role", "staff_session", "rating", "quarter_secret"}
    spoken = {"case_step", "county_contact", "county_entry", "entry_check", "improvement", "paper_form"}
    by_hand = {"absence", "former_name", "import_file", "proposal", "voice_key"}
    assert empty == people | spoken | by_hand


def test_the_same_workbook_again_changes_nothing(sqlite_database: Database) -> None:
    import_tashi(sqlite_database, with_ratings=False)
    before = tables(sqlite_database)
    found = read_township(DATA / "township.xlsx").book
    assert found is not None
    added, changed, unchanged = counted(bring(sqlite_database, found))
    assert (added, changed) == (0, 0)
    assert unchanged > 2000
    assert tables(sqlite_database) == before


def test_every_added_row_is_in_the_ledger(small: Database) -> None:
    per_kind: dict[str, int] = {}
    for entry in entries(small):
        assert entry.before is None
        per_kind[entry.kind] = per_kind.get(entry.kind, 0) + 1
    rows = {f"import.{name}": len(found) for name, found in tables(small).items() if found}
    del rows["import.ledger_entry"]
    assert per_kind == rows


def test_all_entries_of_one_import_are_one_act_of_the_township(small: Database) -> None:
    acts = {(entry.act, entry.actor, entry.township_id) for entry in entries(small)}
    assert len(acts) == 1
    (_, actor, township) = acts.pop()
    assert actor == "operator"
    assert township is not None


def test_a_changed_mark_is_one_change_with_before_and_after(small: Database) -> None:
    known = count(small, LedgerEntry)
    outcomes = bring(small, with_marks(task="90.5"))
    assert counted(outcomes)[:2] == (0, 1)
    assert next(o for o in outcomes if o.changed).sheet == "岗位任务"
    (entry,) = [entry for entry in entries(small, "import.task") if entry.before is not None]
    assert (entry.before, entry.after) == ({"mark": "80.5"}, {"mark": "90.5"})
    assert "5111001" in entry.subject
    assert count(small, LedgerEntry) == known + 1


def test_a_mark_that_is_spelt_otherwise_is_no_change(small: Database) -> None:
    assert counted(bring(small, with_marks(task="80.50")))[:2] == (0, 0)


def test_an_absent_row_is_left_alone(small: Database) -> None:
    before = tables(small)
    own = book()
    bring(small, replace(own, tasks=(), marks=(), cadres=own.cadres[:1], moves=(), links=(), cases=()))
    assert tables(small) == before


def test_changed_households_are_one_change(small: Database) -> None:
    outcomes = bring(small, book(村社_D2=500))
    assert [(o.sheet, o.changed) for o in outcomes if o.changed] == [("村社", 1)]
    (entry,) = [entry for entry in entries(small, "import.village") if entry.before is not None]
    assert (entry.before, entry.after) == ({"households": 481}, {"households": 500})


def test_a_renamed_village_keeps_its_poster(small: Database) -> None:
    with small.reading() as session:
        tokens = set(session.scalars(select(organisation.Poster.token)))
    bring(small, book(村社_B2="罗山新村"))
    with small.reading() as session:
        assert set(session.scalars(select(organisation.Poster.token))) == tokens


def test_a_cadre_whose_name_and_group_changed_counts_once(small: Database) -> None:
    outcomes = {o.sheet: o for o in bring(small, book(干部_B2="何佳", 干部_D2="中层干部"))}
    assert (outcomes["干部"].added, outcomes["干部"].changed, outcomes["干部"].unchanged) == (0, 1, 2)


def test_equal_rows_are_told_apart_by_their_order(small: Database) -> None:
    own = book()
    first, second = (ContestRow(date(2026, 3, 15), "季度", "大党建模块", Decimal(n)) for n in (1, 2))
    bring(small, replace(own, contests=(first, second)))
    outcomes = bring(small, replace(own, contests=(first, replace(second, points=Decimal(-2)))))
    assert counted(outcomes)[:2] == (0, 1)
    with small.reading() as session:
        named = (
            select(appraisal.Contest.points)
            .where(appraisal.Contest.name == "季度")
            .order_by(appraisal.Contest.id)
        )
        assert session.scalars(named).all() == [1, -2]


def test_a_link_that_ends_earlier_makes_room_for_the_next_team(sqlite_database: Database) -> None:
    own = book()
    bring(sqlite_database, replace(own, links=(replace(own.links[0], last_day=date(2026, 12, 31)),)))
    linked = next(o for o in bring(sqlite_database, own) if o.sheet == "组团联村")
    assert (linked.added, linked.changed, linked.unchanged) == (1, 1, 0)


def test_a_new_year_leaves_last_years_results_as_they_were(sqlite_database: Database) -> None:
    bring(sqlite_database, book(**LAST_YEAR))
    send(sqlite_database, rating("3", time="2025-03-01 08:00:00"), rating("5", "李", "2025-09-01 08:00:00"))
    before = results(sqlite_database, "2025年度")
    bring(sqlite_database, book(岗位_B2=1.3, 干部_D2="中层干部", 组团_B2="5111003"))
    send(sqlite_database, rating("1"))
    assert results(sqlite_database, "2025年度") == before
    assert results(sqlite_database, "2026年度") != before


def test_last_years_workbook_may_come_after_this_years(sqlite_maker: SqliteMaker) -> None:
    years = [book(**LAST_YEAR), book()]
    made = []
    for order in (years, years[::-1]):
        database = Database(sqlite_maker.make())
        for year in order:
            bring(database, year)
        send(database, rating("3", time="2025-03-01 08:00:00"))
        made.append([results(database, name) for name in ("2025年度", "2026年度")])
        database.dispose()
    assert made[0] == made[1]
    assert set(made[0][0].teams) == {"第1组团", "第2组团"}


def test_that_something_was_there_earlier_is_in_the_ledger(small: Database) -> None:
    bring(small, book(**LAST_YEAR))
    moved = [entry for entry in entries(small, "import.team") if entry.before is not None]
    assert [(e.subject, e.before, e.after) for e in moved] == [
        (f"第{n}组团", {"first_day": "2026-01-01"}, {"first_day": "2025-01-01"}) for n in (1, 2)
    ]


def test_a_new_period_has_the_plan_it_was_made_with_and_keeps_it(small: Database) -> None:
    bring(small, book())
    with small.reading() as session:
        (plan,) = session.scalars(select(appraisal.PlanVersion))
    assert (plan.number, plan.reason) == (1, "默认方案")
    assert plan.parameters["release_batch"] in (5, "5")


def test_a_changed_township_name_is_in_the_ledger(small: Database) -> None:
    bring(small, book(考评_B2="塔石街道"))
    (entry,) = [entry for entry in entries(small, "import.township") if entry.before is not None]
    assert entry.before is not None
    assert entry.after is not None
    assert (entry.before["name"], entry.after["name"]) == ("塔石镇", "塔石街道")


def test_a_preview_saves_nothing(small: Database) -> None:
    before = tables(small)
    with small.writer() as session:
        _, outcomes = import_township(session, book(村社_D2=500, 干部_A4="5111009"), operator())
        session.rollback()
    assert counted(outcomes)[:2] == (1, 1)
    assert tables(small) == before


def test_an_import_that_the_database_refuses_saves_nothing(small: Database) -> None:
    before = tables(small)
    own = book()
    too_high = replace(own, posts=(replace(own.posts[0], coefficient=Decimal(9)), *own.posts[1:]))
    with pytest.raises(IntegrityError):
        bring(small, replace(too_high, villages=(replace(own.villages[0], households=999),)))
    assert tables(small) == before


def test_every_village_gets_one_poster_with_a_code_that_nobody_mistypes(small: Database) -> None:
    with small.reading() as session:
        posters = session.scalars(select(organisation.Poster)).all()
    assert len(posters) == len({poster.village_id for poster in posters}) == 2
    for poster in posters:
        assert len(poster.token) == 6
        assert not set(poster.token) - set(LETTERS)
    assert not set(LETTERS) & set("0O1IL")


def test_a_token_is_never_given_out_twice() -> None:
    dice = iter("AAAAAABBBBBB")
    assert new_token({"AAAAAA"}, lambda _: next(dice)) == "BBBBBB"


def test_the_marks_of_a_case_may_change(small: Database) -> None:
    outcomes = bring(small, book(诉求_H2="是", 诉求_G2=4))
    assert [(o.sheet, o.changed) for o in outcomes if o.changed] == [("诉求", 1)]


def test_the_two_villages_are_those_of_the_workbook(small: Database) -> None:
    with small.reading() as session:
        assert set(session.scalars(select(organisation.Village.code))) == {LUOSHAN, DUSHAN}


def test_next_years_households_and_days_of_service_leave_this_year_alone(small: Database) -> None:
    """Also for somebody whose 开始 is the true one, years ago, in both workbooks, and who is 不参评 only from now on."""
    since = {"干部_H2": date(2015, 3, 1)}
    bring(small, book(**LAST_YEAR, **since))
    send(small, rating("3", time="2025-03-01 08:00:00"))
    before = results(small, "2025年度")
    bring(small, book(**since, 村社_D2=9999, 干部_K2="是"))
    assert results(small, "2025年度") == before
    assert {cadre.number for cadre in results(small, "2026年度").cadres}.isdisjoint({"5111001"})


def test_a_cases_number_of_a_finished_period_is_not_used_again(small: Database) -> None:
    spring = {"诉求_C2": datetime(2025, 3, 1, 8)}
    bring(small, book(**LAST_YEAR, **spring))
    with small.reading() as session:
        known = roster.known_to(session, "330825111", "2026年度")
    again = read_township(workbook(typed(诉求_A2="2025-0001")), known)
    assert [(fault.sheet, fault.column, fault.value) for fault in again.faults] == [
        ("诉求", "编号", "2025-0001")
    ]
    with small.reading() as session:
        known = roster.known_to(session, "330825111", "2025年度")
    assert read_township(workbook(typed(**LAST_YEAR, **spring)), known).faults == ()
