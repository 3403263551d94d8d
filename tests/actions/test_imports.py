"""Imports by the web: what a preview tells, what a confirmation does, and who needs a second person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from portal.actions import imports
from portal.actions.guard import MustStandBack, NotAllowed
from portal.actions.proposals import ProposalRefused
from portal.core.book import Book, Role
from portal.store import imports as stored_imports
from portal.store.appraisal import Period, Task
from portal.store.engine import Database
from portal.store.office import ImportFile, Proposal
from portal.store.organisation import Township
from tests.actions.importing import LATER, approved, brought, clerk, looked_at, staged
from tests.actions.making import bring, counted, entries, tables
from tests.conftest import operator, tashi_book
from tests.files.typed_workbook import book

NEW = {
    "干部_A5": "5111009",
    "干部_B5": "新来的",
    "干部_D5": "一般干部",
    "干部_E5": "新岗",
    "岗位_A4": "新岗",
    "岗位_B4": 1,
}


def marked(mark: str) -> Book:
    own = book()
    return replace(own, tasks=(replace(own.tasks[0], mark=Decimal(mark)),))


def test_looking_writes_nothing_and_tells_what_the_import_then_does(database: Database) -> None:
    bring(database, book())
    actor = clerk(database)
    before = tables(database)
    changed = book(村社_D2=500, 干部_B2="何佳", **NEW)
    seen = looked_at(database, actor, changed)
    assert tables(database) == before
    assert counted(list(seen.outcomes)) == counted(bring(database, changed))


def test_a_preview_names_rows_as_people_do(small: Database) -> None:
    seen = looked_at(small, clerk(small), book(岗位任务_E2=90, **NEW))
    told = {(line.sheet, line.label): line for line in seen.lines}
    assert told["岗位任务", "5111001 A岗 招商引资"].before == {"mark": Decimal("80.5")}
    (served,) = [line for line in seen.lines if line.table == "service"]
    assert served.after["post_id"] == "新岗"
    assert served.after["cadre_id"] == "5111009"


def test_what_is_confirmed_is_what_was_looked_at(small: Database) -> None:
    actor = clerk(small)
    file = staged(small, actor, marked("90"))
    digest = looked_at(small, actor, marked("90")).digest
    bring(small, marked("85"))
    before = tables(small)
    with pytest.raises(imports.PreviewChanged), small.writing() as session:
        imports.confirm(session, actor, file, marked("90"), digest, LATER)
    assert tables(small) == before


def test_a_second_confirmation_does_nothing(small: Database) -> None:
    actor = clerk(small)
    file = brought(small, actor, marked("90"))
    before = tables(small)
    with small.writing() as session:
        assert not imports.confirm(session, actor, file, marked("90"), "", LATER)
    assert tables(small) == before


def test_a_confirmed_import_is_one_act_of_whoever_confirmed_it(small: Database) -> None:
    file = brought(small, clerk(small), marked("90"))
    (entry,) = [entry for entry in entries(small, "import.task") if entry.before]
    with small.reading() as session:
        assert session.get_one(ImportFile, file).act == entry.act
    assert entry.actor == "clerk"


def test_another_townships_file_is_not_there(small: Database) -> None:
    actor = clerk(small)
    file = staged(small, actor, marked("90"))
    stranger = replace(actor, township_id=99)
    with pytest.raises(LookupError), small.writing() as session:
        imports.confirm(session, stranger, file, marked("90"), "", LATER)


def test_who_may_not_import_puts_nothing_down(small: Database) -> None:
    with pytest.raises(NotAllowed):
        staged(small, clerk(small, role=Role.APPROVER), marked("90"))


@pytest.mark.parametrize(
    ("cells", "cadre"),
    [
        ({"岗位任务_E2": 90}, "5111001"),
        ({"模块评分_D2": 50}, "5111001"),
        ({"专班加分_C2": 3}, "5111002"),
        ({"岗位_B2": 1.3}, "5111001"),
        ({"模块PK_D2": 7}, "5111001"),
        ({"治理评分_D2": 50}, "5111002"),
        ({"组团成员_E3": 1.1}, "5111002"),
        ({"诉求_G2": 5}, "5111002"),
        ({"村社_D2": 900}, "5111002"),
        ({"干部_E2": "信访专员（兼）"}, "5111001"),
        ({"兼岗_D2": date(2026, 6, 1)}, "5111001"),
        ({"考评_B7": date(2026, 12, 30)}, "5111003"),
    ],
)
def test_what_moves_the_own_score_needs_two(small: Database, cells: dict[str, object], cadre: str) -> None:
    actor, unconcerned = clerk(small, cadre), clerk(small, None, "other")
    changed = book(**cells)
    seen = looked_at(small, actor, changed)
    assert seen.needs_two
    assert any(line.own for line in seen.lines)
    assert not looked_at(small, unconcerned, changed).needs_two
    file = staged(small, actor, changed)
    before = tables(small)
    with pytest.raises(imports.NeedsTwo), small.writing() as session:
        imports.confirm(session, actor, file, changed, seen.digest, LATER)
    assert tables(small) == before


def proposed(database: Database, changed: Book, cadre: str = "5111001") -> tuple[int, int]:
    actor = clerk(database, cadre)
    file = staged(database, actor, changed)
    digest = looked_at(database, actor, changed).digest
    with database.writing() as session:
        return file, imports.propose_import(session, actor, file, changed, digest, "补录", LATER).id


def test_an_approved_import_is_carried_out_and_names_both(small: Database) -> None:
    file, wish = proposed(small, marked("90"))
    boss = clerk(small, None, "boss", Role.APPROVER)
    with small.writing() as session:
        proposal = session.get_one(Proposal, wish)
        assert proposal.moves_cadres == ["5111001"]
    approved(small, boss, wish)
    (entry,) = [entry for entry in entries(small, "import.task") if entry.before]
    assert entry.actor == "clerk"
    assert "boss" in entry.reason
    with small.reading() as session:
        assert session.get_one(ImportFile, file).confirmed_at is not None
        assert session.scalars(select(Task.mark)).all() == [Decimal(90)]


def test_nobody_approves_an_import_of_the_own_marks(small: Database) -> None:
    _, wish = proposed(small, marked("90"), "5111001")
    own = clerk(small, "5111001", "own", Role.APPROVER)
    with pytest.raises((MustStandBack, ProposalRefused)):
        approved(small, own, wish)


def test_what_changed_after_the_proposal_is_not_carried_out(small: Database) -> None:
    _, wish = proposed(small, marked("90"))
    bring(small, marked("85"))
    boss = clerk(small, None, "boss", Role.APPROVER)
    with pytest.raises(ProposalRefused, match="变了"):
        approved(small, boss, wish)
    with small.reading() as session:
        assert session.scalars(select(Task.mark)).all() == [Decimal(85)]


def test_a_published_period_is_corrected_by_two_only(small: Database) -> None:
    with small.writing() as session:
        session.scalars(select(Period)).one().published_at = operator().at
    assert looked_at(small, clerk(small), marked("90")).needs_two


BY_TWO = [
    {"专班加分_C2": 3},
    {"岗位_B2": 1.3},
    {"考评_B7": date(2026, 12, 30)},
    {"诉求_H2": "是"},
]


@pytest.mark.parametrize("cells", BY_TWO)
def test_what_takes_two_by_hand_takes_two_from_a_workbook(small: Database, cells: dict[str, object]) -> None:
    actor, changed = clerk(small), book(**cells)
    assert not looked_at(small, actor, changed).needs_two
    opened(small)
    seen = looked_at(small, actor, changed)
    assert seen.by_two
    file, before = staged(small, actor, changed), tables(small)
    with pytest.raises(imports.NeedsTwo), small.writing() as session:
        imports.confirm(session, actor, file, changed, seen.digest, LATER)
    assert tables(small) == before
    assert not looked_at(small, actor, marked("90")).needs_two


def test_a_bonus_from_a_workbook_is_approved_by_the_committee_only(small: Database) -> None:
    opened(small)
    _, wish = proposed(small, book(专班加分_C2=3))
    with pytest.raises(ProposalRefused, match="党委"):
        approved(small, clerk(small, None, "admin", Role.TOWNSHIP_ADMIN), wish)
    approved(small, clerk(small, None, "boss", Role.APPROVER), wish)
    assert [entry.after for entry in entries(small, "import.bonus") if entry.before] == [{"points": "3"}]


def opened(database: Database) -> None:
    with database.writing() as session:
        session.scalars(select(Period)).one().opened_at = operator().at


def test_a_proposal_tells_the_file_the_counts_and_the_own_rows(small: Database) -> None:
    _, wish = proposed(small, book(岗位任务_E2=90, **NEW))
    with small.reading() as session:
        proposal = session.get_one(Proposal, wish)
        assert imports.IMPORT.told is not None
        told = dict(imports.IMPORT.told(session, proposal, LATER))
    assert told["文件"].endswith(".xlsx")
    assert told["“干部”表"] == "新增 1 条"
    assert told["“岗位任务”表"] == "修改 1 条"
    assert told["关系到提出人自己的"] == "岗位任务 5111001 A岗 招商引资"


def test_a_proposal_says_when_the_world_has_changed_since(small: Database) -> None:
    _, wish = proposed(small, marked("90"))
    bring(small, marked("85"))
    with small.reading() as session:
        proposal = session.get_one(Proposal, wish)
        assert imports.IMPORT.told is not None
        told = dict(imports.IMPORT.told(session, proposal, LATER))
    assert "又变了" in told["现在导不进去"]


def test_the_list_counts_rows_as_the_preview_did(database: Database) -> None:
    """A village with other households, a cadre with a new name and a team's new leader are one row each."""
    bring(database, book())
    actor = clerk(database)
    changed = book(村社_D2=500, 干部_B2="何佳", 组团_B2="5111002", **NEW)
    added, altered, _ = counted(list(looked_at(database, actor, changed).outcomes))
    file = brought(database, actor, changed)
    with database.reading() as session:
        told = stored_imports.line(session, session.get_one(ImportFile, file))
    assert (told.added, told.changed) == (added, altered)
    assert (added, altered) == (2, 4)  # the former leader's 个人系数 counts again, too


def test_a_whole_workbook_is_counted_as_its_preview(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        session.add(Township(code="330825111", name="塔石镇", county="龙游县"))
    actor = clerk(sqlite_database, None)
    added, altered, _ = counted(list(looked_at(sqlite_database, actor, tashi_book()).outcomes))
    file = brought(sqlite_database, actor, tashi_book())
    with sqlite_database.reading() as session:
        told = stored_imports.line(session, session.get_one(ImportFile, file))
    assert (told.added, told.changed) == (added, altered)
