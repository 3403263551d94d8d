"""An import after changes by hand: stretches, leaders, names and counts that a person entered stay as they are."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from sqlalchemy import select

from portal.actions.import_work import ImportRefused
from portal.core.book import Book
from portal.files.township_in import Reading, read_township
from portal.store import roster
from portal.store.engine import Database
from portal.store.organisation import Service, TeamLeader, Village
from tests.actions.making import bring, tables, township_id
from tests.actions.test_book_of import by_hand, read_out
from tests.files.typed_workbook import typed, workbook


def reading(database: Database, **cells: object) -> Reading:
    """The clerk's old workbook, read by a portal that knows what was changed."""
    own = township_id(database)
    with database.reading() as session:
        known = roster.known(session, own, 1)
    return read_township(BytesIO(workbook(typed(**cells)).getvalue()), known)


def old_workbook(database: Database, **cells: object) -> Book:
    found = reading(database, **cells)
    assert found.faults == ()
    assert found.book is not None
    return found.book


def stretches(database: Database, number: str) -> list[tuple[date, date, str]]:
    with database.reading() as session:
        own = roster.cadre_id(session, township_id(database), number)
        rows = session.scalars(select(Service).where(Service.cadre_id == own).order_by(Service.first_day))
        return [(row.first_day, row.last_day, row.group_name) for row in rows]


def test_an_old_workbook_leaves_names_codes_counts_and_leaders_as_they_are_now(small: Database) -> None:
    by_hand(small)
    before = tables(small, "ledger_entry", "service")
    bring(small, old_workbook(small, 组团_B2="5111002", 组团成员_E3=None, 组团成员_E2=None))
    after = tables(small, "ledger_entry", "service")
    assert after["village"] == before["village"]
    assert after["team_leader"] == before["team_leader"]
    assert after["period_village"] == before["period_village"]
    assert after["poster"] == before["poster"]


def test_a_row_of_a_cadre_with_two_stretches_means_the_begin_of_one_and_the_end_of_the_other(
    small: Database,
) -> None:
    by_hand(small)
    bring(
        small, old_workbook(small, 干部_D3="班子成员", 干部_H3=date(2026, 2, 1), 干部_I3=date(2026, 11, 30))
    )
    assert stretches(small, "5111002") == [
        (date(2026, 2, 1), date(2026, 3, 31), ""),
        (date(2026, 6, 1), date(2026, 11, 30), "班子成员"),
    ]


@pytest.mark.parametrize("cell", [{"干部_H3": date(2026, 5, 1)}, {"干部_I3": date(2026, 4, 1)}])
def test_days_that_would_overlap_are_refused(small: Database, cell: dict[str, object]) -> None:
    by_hand(small)
    before = tables(small)
    with pytest.raises(ImportRefused, match="几段任职"):
        bring(small, old_workbook(small, **cell))
    assert tables(small) == before


def test_another_leader_is_the_one_of_the_last_stretch(small: Database) -> None:
    by_hand(small)
    bring(small, old_workbook(small, 组团_B2="5111003"))
    with small.reading() as session:
        third = roster.cadre_id(session, township_id(small), "5111003")
        led = session.scalars(select(TeamLeader).order_by(TeamLeader.first_day)).all()
        assert [(row.first_day, row.cadre_id == third) for row in led] == [
            (date(2026, 1, 1), False),
            (date(2026, 7, 1), True),
        ]


def test_service_that_began_before_the_period_keeps_its_first_day(small: Database) -> None:
    with small.writing() as session:
        for row in session.scalars(select(Service)):
            row.first_day = date(2024, 1, 1)
    bring(small, old_workbook(small, 干部_D2="中层干部"))
    assert stretches(small, "5111001") == [(date(2024, 1, 1), date(2026, 12, 31), "中层干部")]
    assert read_out(small).cadres[0].first_day == date(2026, 1, 1)


def test_a_village_under_its_old_code_and_its_new_one_is_there_twice(small: Database) -> None:
    by_hand(small)
    twice = {"村社_A4": "330825111299", "村社_B4": "罗杜村", "村社_C4": "村", "村社_D4": 785}
    (fault,) = reading(small, **twice).faults
    assert (fault.sheet, fault.row, fault.column) == ("村社", 4, "村社代码")


def test_a_new_village_may_have_a_code_that_nobody_has(small: Database) -> None:
    by_hand(small)
    new = {"村社_A4": "330825111300", "村社_B4": "新村", "村社_C4": "村", "村社_D4": 10}
    bring(small, old_workbook(small, **new))
    with small.reading() as session:
        assert len(session.scalars(select(Village)).all()) == 3
