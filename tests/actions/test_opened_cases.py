"""A request and a rating that came with one form: nothing joins them, and the same page is one request."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from portal.actions.import_township import look_at_import
from portal.actions.ratings import SentForm, collect_rating
from portal.actions.resident_cases import NewCase, Said, open_case, say
from portal.clock import local_day, moment_of
from portal.core import form
from portal.core.book import CaseRow, Way
from portal.core.receipts import ALPHABET, receipt_digest, receipt_of, typed_receipt
from portal.files.results_out import ResultSheet, results_json
from portal.store import resident_cases, townships
from portal.store.book import book_of
from portal.store.engine import Database
from portal.store.organisation import Village
from portal.store.residents import Case, Outcome, Rating, Verdict
from tests.actions.making import LUOSHAN, bring, count, results, tables
from tests.actions.office import Office, open_office
from tests.conftest import NOON, operator
from tests.files.typed_workbook import book

SECRET = "a secret that is long enough for tests"
PAGE = ("cookie:somebody", "the page's own key")


def wanted(office: Office, **changes: Any) -> NewCase:
    with office.database.reading() as session:
        code = session.get_one(Village, office.village).code
    one = NewCase(office.township, office.village, code, "路灯坏了", "13812345678", False, PAGE)
    return replace(one, **changes)


def opened(office: Office, at: datetime = NOON, **changes: Any) -> str:
    one = wanted(office, **changes)
    with office.database.writing() as session:
        return open_case(session, one, SECRET, at)


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    return open_office(sqlite_database)


def test_the_same_page_sent_twice_is_one_request_with_one_receipt(database: Database) -> None:
    office = open_office(database)
    receipts = {opened(office) for _ in range(3)}
    assert len(receipts) == 1
    assert count(database, Case.__table__) == 1


def test_another_page_or_other_words_are_another_request(office: Office) -> None:
    receipts = {
        opened(office),
        opened(office, words="井盖坏了"),
        opened(office, page=(PAGE[0], "another key")),
    }
    assert len(receipts) == 3
    with office.database.reading() as session:
        numbers = session.scalars(select(Case.number).order_by(Case.number))
        assert list(numbers) == ["群2026-0001", "群2026-0002", "群2026-0003"]


def test_a_receipt_can_not_be_made_from_what_is_stored(office: Office) -> None:
    receipt = opened(office)
    assert len(receipt) == 10
    assert set(receipt) <= set(ALPHABET)
    with office.database.reading() as session:
        case = session.scalars(select(Case)).one()
        stored = " ".join(str(getattr(case, column.name)) for column in Case.__table__.columns)
    assert receipt not in stored
    assert typed_receipt(receipt) not in stored
    assert case.submission is not None
    assert receipt_of("another secret of the portal's", case.submission) != receipt
    assert case.receipt == receipt_digest(SECRET, receipt)


@pytest.mark.parametrize("level", ["5", "1", "unknown"])
def test_no_column_of_a_request_joins_its_rating_whatever_the_level(office: Office, level: str) -> None:
    one = wanted(office, contact="")
    sent = SentForm(
        township_id=office.township,
        village_id=office.village,
        village=one.village,
        edition=form.STANDARD,
        answers=(("overall", level),),
        comment="",
        way=Way.ANONYMOUS,
        respondent=PAGE[0],
        key=PAGE[1],
    )
    with office.database.writing() as session:
        collect_rating(session, sent, local_day(NOON))
        open_case(session, one, SECRET, NOON)
    with office.database.reading() as session:
        rating, case = session.scalars(select(Rating)).one(), session.scalars(select(Case)).one()
    shared = [
        (own, other)
        for own in {column.name for column in Rating.__table__.columns} - {"township_id", "village_id"}
        for other in {column.name for column in Case.__table__.columns} - {"township_id", "village_id"}
        if (value := getattr(rating, own)) not in (None, "", True, False) and value == getattr(case, other)
    ]
    assert shared == []
    assert rating.comment == ""
    assert (rating.day, case.opened_at) == (local_day(NOON), NOON)
    assert not isinstance(rating.day, datetime)


def test_numbers_that_a_workbook_made_up_are_no_hindrance(office: Office) -> None:
    numbers = ("群2026-0007", "群2026-补1", "群2026-9999", "2026-0012")
    with office.database.writing() as session:
        for number in numbers:
            own = {"township_id": office.township, "village_id": office.village, "opened_at": NOON}
            session.add(Case(**own, number=number))
    opened(office)
    opened(office, words="另一件")
    with office.database.reading() as session:
        found = set(session.scalars(select(Case.number)))
    assert found - set(numbers) == {"群2026-10000", "群2026-10001"}


# --- the past keeps its truth -------------------------------------------------------------------------------------


def told(database: Database, as_of: date) -> tuple[str, str]:
    result = results(database, "2026年度", as_of)
    return results_json(ResultSheet("塔石镇", "330825111", "2026年度", result)), repr(
        (result.cadres, result.teams)
    )


def at(day: date, hour: int = 10) -> datetime:
    return moment_of(datetime.combine(day, datetime.min.time().replace(hour=hour)))


def test_what_is_done_and_said_later_changes_no_earlier_day(tashi: Database) -> None:
    """Each step moves the results from its own day on, and no day before it."""
    with tashi.writing() as session:
        village = session.scalars(select(Village).order_by(Village.code)).first()
        assert village is not None
        own = (village.township_id, village.id, village.code, "路灯坏了", "", False, PAGE)
        receipt = open_case(session, NewCase(*own), SECRET, at(date(2026, 3, 2), 18))
    steps = [
        (date(2026, 3, 3), "answer"),
        (date(2026, 3, 25), "finish"),
        (date(2026, 4, 8), "unsolved"),
        (date(2026, 5, 6), "finish"),
        (date(2026, 6, 3), "solved"),
    ]
    days = [date(2026, 3, 2), *(day for day, _ in steps), date(2026, 12, 31)]
    for day, step in steps:
        before = {one: told(tashi, one) for one in days}
        with tashi.writing() as session:
            take(session, receipt, step, at(day))
        after = {one: told(tashi, one) for one in days}
        assert [one for one in days if after[one] != before[one] and one < day] == []
        assert after[day] != before[day], step


def take(session: Any, receipt: str, step: str, now: datetime) -> None:
    """A step as the portal takes it, whoever takes it."""
    case = session.scalars(select(Case).where(Case.receipt == receipt_digest(SECRET, receipt))).one()
    if step == "answer":
        case.answered_at = now
    elif step == "finish":
        case.finished_at, case.outcome = now, Outcome.SOLVED
    else:
        finish = resident_cases.progress(case).finishes
        say(session, case, Said(Verdict(step), 5, "", finish), now)


# --- workbooks ----------------------------------------------------------------------------------------------------


def case_row(database: Database, number: str) -> CaseRow:
    """The request as a workbook that was taken out has it."""
    with database.reading() as session:
        township = townships.by_code(session, "330825111")
        assert township is not None
        (period,) = townships.periods(session, township.id)
        return next(row for row in book_of(session, township.id, period.id).cases if row.number == number)


def test_a_workbook_that_was_taken_out_shows_no_level_and_brings_nothing_back(small: Database) -> None:
    with small.writing() as session:
        village = session.scalars(select(Village).where(Village.code == LUOSHAN)).one()
        own = (village.township_id, village.id, village.code, "路灯坏了", "", False, PAGE)
        receipt = open_case(session, NewCase(*own), SECRET, NOON.replace(microsecond=7))
    for step, day in (("answer", 22), ("finish", 23), ("solved", 24)):
        with small.writing() as session:
            take(session, receipt, step, at(date(2026, 11, day), 13))
    row = case_row(small, "群2026-0001")
    assert (row.confirmed, row.level, row.opened_at.microsecond) == (True, None, 0)
    before = tables(small, "ledger_entry")
    changed = replace(row, confirmed=False, level=1, finished_at=None, not_counted=True)
    with small.writing() as session:
        township = townships.by_code(session, "330825111")
        assert township is not None
        everything = replace(book(), cases=(*book().cases, changed))
        looked = look_at_import(session, everything, operator(township.id), township)
        assert looked.kept == ["群2026-0001"]
    bring(small, everything)
    bring(small, book())  # one that leaves it out takes nothing away
    assert tables(small, "ledger_entry") == before
