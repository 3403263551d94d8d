"""Taking an import back: the tables are as before, or nothing happens and what stands against it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.actions import import_undo, imports
from portal.actions.import_undo import CannotUndo
from portal.actions.import_work import ImportRefused
from portal.actions.proposals import ProposalRefused
from portal.core.book import Book, Role
from portal.core.rights import Actor
from portal.store.appraisal import Period, Task
from portal.store.engine import Database
from portal.store.office import ImportFile
from portal.store.organisation import Village
from tests.actions.importing import MUCH_LATER, approved, brought, clerk, undone
from tests.actions.making import bring, entries, rating, results, send, tables
from tests.conftest import operator
from tests.files.typed_workbook import book

PAPER = ("ledger_entry", "import_file", "account", "proposal")
MUCH = {
    "考评_B2": "塔石街道",
    "村社_D2": 500,
    "村社_A4": "330825111211",
    "村社_B4": "新村",
    "村社_C4": "村",
    "村社_D4": 80,
    "干部_B2": "何佳",
    "干部_A5": "5111009",
    "干部_B5": "新来的",
    "干部_D5": "一般干部",
    "岗位_B2": 1.25,
    "岗位任务_E2": 91.5,
    "组团联村_D2": date(2026, 6, 30),
    "组团_B3": "5111003",
    "组团_B2": "5111002",
    "模块评分_D3": 77,
    "诉求_G2": 4,
}


def bare(own: Book) -> Book:
    return replace(own, links=(), members=(), tasks=(), marks=(), cases=())


def test_what_was_imported_goes_again_and_comes_again(database: Database) -> None:
    bring(database, book())
    actor = clerk(database)
    before, scores = tables(database, *PAPER), results(database)
    changed = book(**MUCH)
    file = brought(database, actor, changed)
    after = results(database)
    assert tables(database, *PAPER) != before
    assert undone(database, actor, file)
    assert tables(database, *PAPER) == before
    assert results(database) == scores
    brought(database, actor, changed, MUCH_LATER)
    assert results(database) == after


def test_a_first_import_can_be_taken_back_whole_but_for_the_township(database: Database) -> None:
    bring(database, Book(book().period))
    actor = clerk(database)
    before = tables(database, *PAPER)
    file = brought(database, actor, book())
    assert undone(database, actor, file)
    assert tables(database, *PAPER) == before


def test_every_counter_entry_tells_the_row_before_and_after(small: Database) -> None:
    actor = clerk(small)
    file = brought(small, actor, book(岗位任务_E2=90))
    undone(small, actor, file)
    (entry,) = entries(small, "import_undone.task")
    assert (entry.before, entry.after, entry.reason) == ({"mark": "90"}, {"mark": "80.5"}, "导错了")
    with small.reading() as session:
        assert session.get_one(ImportFile, file).undone_act == entry.act


def test_taking_back_twice_does_it_once(small: Database) -> None:
    actor = clerk(small)
    file = brought(small, actor, book(岗位任务_E2=90))
    assert undone(small, actor, file)
    assert not undone(small, actor, file)


def refusal(database: Database, file: int, actor: Actor) -> str:
    """Why it can't be taken back; nothing was changed."""
    before = tables(database)
    with pytest.raises(CannotUndo) as refused:
        undone(database, actor, file)
    assert tables(database) == before
    return "".join(refused.value.obstacles)


def test_a_row_changed_since_stands_against_it(small: Database) -> None:
    actor = clerk(small)
    file = brought(small, actor, book(岗位任务_E2=90))
    with small.writing() as session:
        session.scalars(select(Task)).one().mark = Decimal(70)
    assert "招商引资：这一条后来被改过" in refusal(small, file, actor)


def test_a_later_import_of_the_same_row_stands_against_it_until_it_is_taken_back(small: Database) -> None:
    actor = clerk(small)
    first = brought(small, actor, book(岗位任务_E2=90))
    second = brought(small, actor, book(岗位任务_E2=90, 岗位任务_D2=30), MUCH_LATER)
    assert "后面的一次导入" in refusal(small, first, actor)
    assert undone(small, actor, second)
    assert undone(small, actor, first)


def test_ratings_of_a_new_village_stand_against_it(small: Database) -> None:
    actor = clerk(small)
    file = brought(
        small, actor, book(**{k: v for k, v in MUCH.items() if k.startswith("村社_") and k[-1] == "4"})
    )
    send(small, rating(village="330825111211"))
    assert "群众评价 1 条" in refusal(small, file, actor)


def test_an_account_of_a_new_cadre_stands_against_it(small: Database) -> None:
    actor = clerk(small)
    file = brought(small, actor, book(干部_A5="5111009", 干部_B5="新来的"))
    clerk(small, "5111009", "newcomer", Role.CADRE)
    assert "账号 1 条" in refusal(small, file, actor)


def test_a_village_that_ended_since_stands_against_it(small: Database) -> None:
    actor = clerk(small)
    file = brought(
        small, actor, book(**{k: v for k, v in MUCH.items() if k.startswith("村社_") and k[-1] == "4"})
    )
    with small.writing() as session:
        new = session.scalars(select(Village).where(Village.code == "330825111211")).one()
        new.last_day = date(2026, 12, 1)
    assert "新村：这一条后来被改过" in refusal(small, file, actor)


def test_a_published_period_stands_against_it(small: Database) -> None:
    actor = clerk(small)
    file = brought(small, actor, book(岗位任务_E2=90))
    with small.writing() as session:
        session.scalars(select(Period)).one().published_at = operator().at
    assert "已经公布" in refusal(small, file, actor)


def test_an_opened_period_is_not_taken_away(sqlite_database: Database) -> None:
    bring(sqlite_database, book())
    actor = clerk(sqlite_database)
    next_year = replace(
        bare(book()),
        period=replace(
            book().period, name="2027年度", first_day=date(2027, 1, 1), last_day=date(2027, 12, 31)
        ),
        cadres=(),
        extra_posts=(),
        moves=(),
    )
    file = brought(sqlite_database, actor, next_year)
    with sqlite_database.writing() as session:
        session.scalars(select(Period).where(Period.name == "2027年度")).one().opened_at = operator().at
    assert "2027年度：这一条后来被改过" in refusal(sqlite_database, file, actor)


def test_without_a_reason_nothing_is_taken_back(small: Database) -> None:
    actor = clerk(small)
    file = brought(small, actor, book(岗位任务_E2=90))
    with pytest.raises(ImportRefused, match="为什么"), small.writing() as session:
        import_undo.undo_import(session, actor, file, " ", MUCH_LATER)


def test_what_moved_the_own_score_is_taken_back_by_two(small: Database) -> None:
    file = brought(small, clerk(small), book(岗位任务_E2=90))
    own = clerk(small, "5111001", "own")
    with pytest.raises(imports.NeedsTwo), small.writing() as session:
        import_undo.undo_import(session, own, file, "导错了", MUCH_LATER)
    with small.writing() as session:
        proposal = import_undo.propose_undo(session, own, file, "导错了", MUCH_LATER)
        wish = proposal.id
        assert import_undo.UNDO.told is not None
        told = dict(import_undo.UNDO.told(session, proposal, MUCH_LATER))
    assert told["这次导入"] == "新增 0 条，修改 1 条"
    assert told["关系到提出人自己的"].startswith("岗位任务 5111001")
    boss = clerk(small, None, "boss", Role.APPROVER)
    approved(small, boss, wish)
    with small.reading() as session:
        assert session.scalars(select(Task.mark)).all() == [Decimal("80.5")]


def test_a_bonus_of_an_open_period_is_taken_back_by_two(small: Database) -> None:
    actor = clerk(small)
    file = brought(small, actor, book(专班加分_C2=3))
    with small.writing() as session:
        session.scalars(select(Period)).one().opened_at = operator().at
    with small.reading() as session:
        assert import_undo.undo_needs_two(session, actor, session.get_one(ImportFile, file))
    with pytest.raises(imports.NeedsTwo):
        undone(small, actor, file)
    with small.writing() as session:
        wish = import_undo.propose_undo(session, actor, file, "导错了", MUCH_LATER).id
    with pytest.raises(ProposalRefused, match="党委"):
        approved(small, clerk(small, None, "admin", Role.TOWNSHIP_ADMIN), wish)
    approved(small, clerk(small, None, "boss", Role.APPROVER), wish)
