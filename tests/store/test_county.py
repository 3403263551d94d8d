"""The county's ledger and its readers, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.book import Role
from portal.store import county
from portal.store.county import CountyContact, CountyEntry
from portal.store.engine import Database
from portal.store.people import Account, AccountRole
from tests.conftest import NOON

TODAY = date(2026, 11, 22)
COUNTY = "330825"


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writer() as own:
        yield own
        own.rollback()


def reviewer(session: Session, role: Role = Role.COUNTY_REVIEWER, **more: Any) -> None:
    days = {name: more.pop(name) for name in ("first_day", "last_day") if name in more}
    values = {"username": "xian", "password_hash": "x", "county_code": COUNTY, **more}
    session.add(Account(**values, roles=[AccountRole(role=role, **days)]))
    session.flush()


def entry(**more: Any) -> CountyEntry:
    body = {
        "township_code": "330825111",
        "township": "塔石镇",
        "village_code": "330825111201",
        "village": "一村",
        "happened": ["gift"],
        "words": "",
    }
    values = {"id": 1, "report": 1, "day": TODAY, "actor": "resident", "kind": "pressure.reported"}
    return CountyEntry(**{**values, "county_code": COUNTY, "body": body, **more})


def test_an_open_account_of_the_county_reads_reports(session: Session) -> None:
    assert not county.listens(session, COUNTY, TODAY)
    reviewer(session)
    assert county.listens(session, COUNTY, TODAY)
    assert not county.listens(session, "330802", TODAY)


@pytest.mark.parametrize(
    "more",
    [
        {"closed_at": datetime(2026, 1, 1, tzinfo=NOON.tzinfo)},
        {"role": Role.CITY_REVIEWER},
        {"first_day": TODAY + timedelta(days=1)},
        {"first_day": TODAY - timedelta(days=9), "last_day": TODAY - timedelta(days=1)},
    ],
)
def test_who_is_closed_has_another_role_or_not_today_reads_none(
    session: Session, more: dict[str, Any]
) -> None:
    reviewer(session, **more)
    assert not county.listens(session, COUNTY, TODAY)


def test_a_deputy_reads_on_the_first_and_on_the_last_day(session: Session) -> None:
    reviewer(session, first_day=TODAY, last_day=TODAY)
    assert county.listens(session, COUNTY, TODAY)


def test_whether_somebody_reads_is_one_statement_that_an_index_answers(sqlite_database: Database) -> None:
    """It is asked whenever a form is opened."""
    asked: list[tuple[str, Any]] = []

    def note(conn: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        del conn, cursor, rest
        asked.append((statement, parameters))

    with sqlite_database.reading() as session:
        event.listen(sqlite_database.engine, "before_cursor_execute", note)
        county.listens(session, COUNTY, TODAY)
        event.remove(sqlite_database.engine, "before_cursor_execute", note)
        ((statement, parameters),) = [one for one in asked if one[0].startswith("SELECT")]
        rows = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    steps = [row[-1] for row in rows if "account" in row[-1]]
    assert steps
    assert all(step.startswith("SEARCH") for step in steps), steps


@pytest.mark.parametrize("statement", ["UPDATE county_entry SET actor = 'other'", "DELETE FROM county_entry"])
def test_the_countys_ledger_only_grows(session: Session, statement: str) -> None:
    session.add(entry())
    session.flush()
    with pytest.raises(IntegrityError, match="append-only"), session.begin_nested():
        session.execute(text(statement))
    assert session.execute(text("SELECT actor FROM county_entry")).scalars().all() == ["resident"]


def test_one_submission_is_one_entry(session: Session) -> None:
    session.add(entry(submission="s"))
    session.flush()
    session.add(entry(id=2, report=2, submission="s"))
    with pytest.raises(IntegrityError):
        session.flush()


def test_a_contact_is_seen_up_to_its_day_and_then_goes(session: Session) -> None:
    session.add(CountyContact(report=1, erase_on=TODAY, sealed="x"))
    session.flush()
    before = TODAY - timedelta(days=1)
    assert county.contact(session, 1, before) is not None
    assert county.with_contact(session, before) == {1}
    assert county.contact(session, 1, TODAY) is None
    assert county.with_contact(session, TODAY) == frozenset()
    assert county.forget_contacts(session, before) == 0
    assert county.forget_contacts(session, TODAY) == 1
    assert session.execute(text("SELECT count(*) FROM county_contact")).scalar() == 0


def test_reports_stand_by_day_with_their_steps_in_order(session: Session) -> None:
    session.add_all(
        [
            entry(),
            entry(id=2, report=2, day=TODAY - timedelta(days=1)),
            *(
                entry(
                    id=9 - step,
                    kind="pressure.noted",
                    actor="xian",
                    body={"step": step, "at": NOON.isoformat(), "stage": stage, "note": ""},
                )
                for step, stage in ((1, "checking"), (2, "handled"))
            ),
        ]
    )
    session.flush()
    first, second = county.reports(session, COUNTY)
    assert (first.id, second.id) == (1, 2)
    assert [step.stage for step in first.steps] == ["checking", "handled"]
    assert (first.stage, second.stage) == ("handled", "received")
    assert county.reports(session, "330802") == []
    assert county.one_report(session, "330802", 1) is None
