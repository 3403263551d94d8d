"""Reports of pressure: once however often they are sent, for the county alone, and a number that goes in time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.actions import pressure
from portal.actions.guard import NotAllowed
from portal.actions.pressure import PressureRefused, SentReport, as_seen
from portal.actions.seen import ChangedMeanwhile, seen_of
from portal.core.book import Role
from portal.core.pressure import Happening, Stage
from portal.core.rights import Actor
from portal.store.county import CountyContact, CountyEntry, Report
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.tables import Base
from tests.conftest import NOON

TODAY = date(2026, 11, 22)
KEY, SECRET = "a-key-that-is-long-enough", "a secret that is long enough for tests"
PHONE = "13812345678"
SENT = SentReport(("330825111", "塔石镇"), ("330825111201", "一村"), [Happening.GIFT], "给了鸡蛋", PHONE, KEY)
READER = Actor(1, "xian", None, frozenset({Role.COUNTY_REVIEWER}), county_code="330825")
OTHER = replace(READER, account_id=2, username="xian2")
ELSEWHERE = replace(READER, county_code="330802")


@pytest.fixture
def session(database: Database) -> Iterator[Session]:
    with database.writer() as own:
        yield own
        own.rollback()


def sent(session: Session, when: date = TODAY, **changes: object) -> None:
    pressure.report(session, replace(SENT, **changes), SECRET, when)  # type: ignore[arg-type]


def only_one(session: Session) -> Report:
    (found,) = pressure.readable(session, READER)
    return found


def noted(session: Session, stage: Stage, words: str = "", by: Actor = READER, now: datetime = NOON) -> None:
    found = only_one(session)
    assert pressure.note(session, by, found.id, (stage, words), seen_of(as_seen(found)), now)


def number(session: Session, now: datetime = NOON, by: Actor = READER) -> str | None:
    today = now.date()
    return pressure.contact_of(session, by, only_one(session), SECRET, today)


def test_a_report_says_where_what_and_on_which_day_and_nothing_of_who(session: Session) -> None:
    sent(session)
    row = session.scalars(select(CountyEntry)).one()
    assert (row.county_code, row.day, row.actor) == ("330825", TODAY, "resident")
    assert row.body == {
        "township_code": "330825111",
        "township": "塔石镇",
        "village_code": "330825111201",
        "village": "一村",
        "happened": ["gift"],
        "words": "给了鸡蛋",
    }


def test_the_number_stands_apart_and_encrypted(session: Session) -> None:
    sent(session)
    kept = session.scalars(select(CountyContact)).one()
    assert PHONE not in kept.sealed
    assert kept.erase_on == TODAY + timedelta(days=180)


def test_the_same_page_sent_again_is_one_report_also_next_day(session: Session) -> None:
    for when in (TODAY, TODAY, TODAY + timedelta(days=1)):
        sent(session, when)
    assert only_one(session).day == TODAY
    assert session.scalar(select(func.count()).select_from(CountyContact)) == 1


def test_a_digit_mended_before_the_page_was_sent_again_is_the_one_that_counts(session: Session) -> None:
    sent(session, contact="13812345670")
    sent(session)
    assert pressure.see_contact(session, READER, only_one(session).id, NOON)
    assert number(session) == PHONE


@pytest.mark.parametrize(
    "changes",
    [
        {"words": "又给了一次"},
        {"happened": [Happening.GIFT, Happening.WATCHED]},
        {"contact": ""},
        {"village": ("330825111202", "二村")},
        {"key": "another-key-that-is-long"},
    ],
)
def test_whoever_says_something_else_is_heard_again(session: Session, changes: dict[str, object]) -> None:
    sent(session)
    sent(session, **changes)
    assert len(pressure.readable(session, READER)) == 2


def test_what_is_kept_of_the_sending_can_not_give_the_number_away(session: Session) -> None:
    """A digest of it could be tried out, number by number, after it was forgotten."""
    sent(session)
    first = session.scalars(select(CountyEntry.submission)).one()
    sent(session, contact="13900000000")
    assert session.scalars(select(CountyEntry.submission)).all() == [first]


def test_a_report_touches_the_countys_tables_and_no_other(session: Session) -> None:
    def rows() -> dict[str, int | None]:
        tables = Base.metadata.tables.items()
        return {name: session.scalar(select(func.count()).select_from(table)) for name, table in tables}

    before = rows()
    sent(session)
    assert {name for name, number in rows().items() if number != before[name]} == {
        "county_entry",
        "county_contact",
    }


def test_the_county_of_another_code_reads_nothing_of_it(session: Session) -> None:
    sent(session)
    number = only_one(session).id
    assert pressure.readable(session, ELSEWHERE) == []
    assert pressure.readable_one(session, ELSEWHERE, number) is None
    assert not pressure.see_contact(session, ELSEWHERE, number, NOON)
    assert not pressure.note(session, ELSEWHERE, number, (Stage.HANDLED, ""), "", NOON)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.COUNTY_REVIEWER])
def test_no_other_role_reads_reports_whatever_county_it_names(session: Session, role: Role) -> None:
    stranger = replace(READER, roles=frozenset({role}))
    sent(session)
    with pytest.raises(NotAllowed):
        pressure.readable(session, stranger)
    with pytest.raises(NotAllowed):
        pressure.see_contact(session, stranger, only_one(session).id, NOON)


def test_a_reviewer_without_a_county_reads_nothing(session: Session) -> None:
    with pytest.raises(NotAllowed):
        pressure.readable(session, replace(READER, county_code=None))


def test_how_far_the_county_is_stands_step_by_step(session: Session) -> None:
    sent(session)
    assert only_one(session).stage is Stage.RECEIVED
    noted(session, Stage.CHECKING, "打了电话")
    noted(session, Stage.HANDLED, "谈了话")
    found = only_one(session)
    assert found.stage is Stage.HANDLED
    assert [(step.actor, step.stage, step.note) for step in found.steps] == [
        ("xian", Stage.CHECKING, "打了电话"),
        ("xian", Stage.HANDLED, "谈了话"),
    ]


def test_a_step_that_says_nothing_new_is_refused(session: Session) -> None:
    sent(session)
    with pytest.raises(PressureRefused, match="没有什么可记的"):
        noted(session, Stage.RECEIVED)


def test_a_second_tap_enters_nothing_more(session: Session) -> None:
    sent(session)
    found = only_one(session)
    for _ in range(2):
        wanted = (Stage.CHECKING, "打了电话")
        assert pressure.note(session, READER, found.id, wanted, seen_of(as_seen(found)), NOON)
    assert len(only_one(session).steps) == 1


def test_the_second_of_two_reviewers_sees_what_the_first_one_entered(session: Session) -> None:
    sent(session)
    opened = seen_of(as_seen(only_one(session)))
    noted(session, Stage.CHECKING)
    with pytest.raises(ChangedMeanwhile) as refusal:
        pressure.note(session, OTHER, only_one(session).id, (Stage.HANDLED, ""), opened, NOON)
    assert [one.now for one in refusal.value.differing] == ["在核", "1 条"]
    assert only_one(session).stage is Stage.CHECKING


def test_who_looks_at_the_number_stands_in_the_ledger_once_a_day(session: Session) -> None:
    sent(session)
    assert number(session) is None
    for now in (NOON, NOON + timedelta(hours=1)):
        assert pressure.see_contact(session, READER, only_one(session).id, now)
        assert number(session) == PHONE
    assert [(step.actor, step.kind) for step in only_one(session).steps] == [
        ("xian", "pressure.contact_seen")
    ]
    assert number(session, by=OTHER) is None
    assert number(session, NOON + timedelta(days=1)) is None, "each day it is asked for anew"


def test_a_number_that_nobody_left_can_not_be_looked_at(session: Session) -> None:
    sent(session, contact="")
    assert not pressure.see_contact(session, READER, only_one(session).id, NOON)
    assert only_one(session).steps == ()


def test_the_number_goes_thirty_days_after_the_report_was_handled(session: Session) -> None:
    sent(session)
    noted(session, Stage.HANDLED)
    last = TODAY + timedelta(days=29)
    assert pressure.forget_contacts(session, last) == 0
    assert pressure.see_contact(session, READER, only_one(session).id, NOON + timedelta(days=29))
    assert not pressure.see_contact(session, READER, only_one(session).id, NOON + timedelta(days=30))
    assert pressure.forget_contacts(session, last + timedelta(days=1)) == 1
    assert session.scalars(select(CountyContact)).all() == []


def test_a_report_that_is_taken_up_again_keeps_its_number(session: Session) -> None:
    sent(session)
    noted(session, Stage.HANDLED)
    noted(session, Stage.CHECKING, now=NOON + timedelta(days=5))
    assert pressure.forget_contacts(session, TODAY + timedelta(days=179)) == 0
    assert pressure.forget_contacts(session, TODAY + timedelta(days=180)) == 1


def test_the_next_report_and_the_next_step_forget_what_is_due(session: Session) -> None:
    """Also where nobody runs a worker."""
    sent(session)
    sent(session, TODAY + timedelta(days=180), key="another-key-that-is-long", contact="")
    assert session.scalars(select(CountyContact)).all() == []


def test_no_ledger_of_a_township_knows_of_any_of_it(session: Session) -> None:
    sent(session)
    noted(session, Stage.HANDLED, "谈了话")
    pressure.see_contact(session, READER, only_one(session).id, NOON)
    assert session.scalars(select(LedgerEntry)).all() == []
