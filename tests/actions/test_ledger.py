"""The door into the ledger: what an entry holds, in words that JSON keeps."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from portal.actions.ledger import LONGEST_SUBJECT, Act, Entry, random_id, record, record_all
from portal.core.book import MarkKind
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from tests.conftest import NOON


@pytest.fixture
def act() -> Act:
    return Act("operator", NOON, None)


def kept(database: Database) -> list[LedgerEntry]:
    with database.reading() as session:
        return list(session.scalars(select(LedgerEntry).order_by(LedgerEntry.subject)))


def test_numbers_days_and_words_stand_as_text(database: Database, act: Act) -> None:
    values = {
        "mark": Decimal("86.30"),
        "day": date(2026, 3, 1),
        "at": NOON,
        "kind": MarkKind.DAILY,
        "none": None,
    }
    with database.writing() as session:
        record(session, act, "mark.entered", "5111001", None, values, "理由")
    (entry,) = kept(database)
    assert entry.after == {
        "mark": "86.30",
        "day": "2026-03-01",
        "at": "2026-11-22T04:00:00+00:00",
        "kind": "daily",
        "none": None,
    }
    assert (entry.before, entry.reason, entry.actor, entry.at) == (None, "理由", "operator", NOON)


def test_what_was_not_there_is_null_and_not_a_word(database: Database, act: Act) -> None:
    with database.writing() as session:
        record(session, act, "mark.entered", "a")
    with database.reading() as session:
        null = select(LedgerEntry.subject).where(LedgerEntry.before.is_(None), LedgerEntry.after.is_(None))
        assert session.scalars(null).all() == ["a"]


def test_many_changes_of_one_act_share_it(database: Database, act: Act) -> None:
    with database.writing() as session:
        record_all(session, act, "mark.entered", [Entry("a", None, {"n": 1}, 7), Entry("b", {"n": 1})])
        record_all(session, act, "mark.entered", [])
    entries = kept(database)
    assert [(entry.subject, entry.before, entry.after, entry.row_id) for entry in entries] == [
        ("a", None, {"n": 1}, 7),
        ("b", {"n": 1}, None, None),
    ]
    assert {entry.act for entry in entries} == {act.id}


def test_a_subject_too_long_is_cut_rather_than_refused(database: Database, act: Act) -> None:
    with database.writing() as session:
        record(session, act, "mark.entered", "长" * (LONGEST_SUBJECT + 50))
    assert [entry.subject for entry in kept(database)] == ["长" * LONGEST_SUBJECT]


def test_an_entry_can_be_changed_through_no_session(database: Database, act: Act) -> None:
    with database.writing() as session:
        record(session, act, "mark.entered", "a")
    with database.writer() as session:
        session.scalars(select(LedgerEntry)).one().reason = "anders"
        with pytest.raises(DBAPIError, match="append-only"):
            session.flush()


def test_ids_are_random_and_fit_the_column() -> None:
    ids = {random_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert max(ids) < 2**62
    assert Act("a", NOON, None).id != Act("a", NOON, None).id
