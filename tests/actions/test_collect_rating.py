"""A rating sent from the form: one voice a resident, village and quarter, and what stays of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from portal.actions.ratings import SentForm, collect_rating
from portal.core import form
from portal.core.book import Way
from portal.store import roster
from portal.store.engine import Database
from portal.store.residents import Rating
from tests.actions.making import (
    LUOSHAN,
    count,
    entries,
    rating,
    results,
    send,
    stored,
    told,
    township_id,
    voices,
)
from tests.conftest import NOON

TODAY = date(2026, 3, 1)
TOMORROW = date(2026, 3, 2)


@pytest.fixture
def sent(small: Database) -> SentForm:
    own = township_id(small)
    with small.reading() as session:
        village = roster.ids(session, own, "villages")[LUOSHAN]
    return SentForm(
        own, village, LUOSHAN, form.STANDARD, (("overall", "5"),), "", Way.ANONYMOUS, "cookie-1", "key-1"
    )


def collect(database: Database, sent: SentForm, today: date = TODAY, **other: Any) -> bool:
    with database.writing() as session:
        return collect_rating(session, replace(sent, **other), today)


def level(number: int) -> dict[str, Any]:
    return {"answers": (("overall", str(number)),), "key": f"key-of-{number}"}


def test_a_rating_is_stored_with_its_day(small: Database, sent: SentForm) -> None:
    assert collect(small, sent, comment="路灯坏了")
    (row,) = stored(small)
    assert (row.day, row.answers, row.comment, row.way) == (TODAY, "overall=5", "路灯坏了", Way.ANONYMOUS)
    assert (row.valued, row.first, row.replaced_on) == (True, True, None)


def test_the_same_page_sent_twice_is_one_rating(small: Database, sent: SentForm) -> None:
    assert collect(small, sent)
    assert not collect(small, sent)
    assert count(small, Rating) == 1
    assert len(entries(small, "rating.received")) == 1


def test_another_page_with_the_same_answers_takes_its_place(small: Database, sent: SentForm) -> None:
    assert collect(small, sent)
    assert collect(small, sent, TOMORROW, key="key-2")
    assert told(small) == [("03-01", "5", True, "03-02"), ("03-02", "5", False, "")]


def test_an_older_rating_of_the_quarter_gives_way(small: Database, sent: SentForm) -> None:
    for day, number in ((TODAY, 5), (TODAY, 4), (TOMORROW, 1)):
        assert collect(small, sent, day, **level(number))
    assert told(small) == [
        ("03-01", "5", True, "03-01"),
        ("03-01", "4", False, "03-02"),
        ("03-02", "1", False, ""),
    ]
    assert voices(results(small)) == {"1": 1}


def test_a_new_quarter_is_a_new_voice(small: Database, sent: SentForm) -> None:
    collect(small, sent, date(2026, 3, 31))
    collect(small, sent, date(2026, 4, 1))
    assert voices(results(small)) == {"5": 2}
    assert [row.first for row in stored(small)] == [True, True]


def test_another_person_is_another_voice(small: Database, sent: SentForm) -> None:
    collect(small, sent)
    collect(small, sent, respondent="cookie-2", key="key-2")
    assert voices(results(small)) == {"5": 2}


def test_a_rating_without_value_replaces_nothing(small: Database, sent: SentForm) -> None:
    collect(small, sent)
    collect(small, sent, TOMORROW, answers=(("overall", "unknown"),), key="key-2")
    assert told(small) == [("03-01", "5", True, ""), ("03-02", "unknown", False, "")]
    assert [row.valued for row in stored(small)] == [True, False]


def test_the_form_and_a_file_never_share_a_voice(small: Database, sent: SentForm) -> None:
    """A file's pseudonym that happens to read like a cookie is somebody else."""
    collect(small, sent)
    send(small, rating("1", "cookie-1"))
    assert voices(results(small)) == {"5": 1, "1": 1}


def test_the_ledger_tells_the_day_and_neither_answers_nor_person(small: Database, sent: SentForm) -> None:
    collect(small, sent, comment="路灯坏了")
    (entry,) = entries(small, "rating.received")
    assert (entry.actor, entry.subject, entry.after) == ("resident", LUOSHAN, {"day": "2026-03-01"})
    assert (entry.at.hour, entry.at.minute, entry.at.second) == (
        16,
        0,
        0,
    )  # midnight in Shanghai: no hour is told
    assert entry.at != NOON


def test_nothing_of_the_respondent_is_kept(small: Database, sent: SentForm) -> None:
    collect(small, sent)
    (row,) = stored(small)
    assert not [value for value in vars(row).values() if "cookie-1" in str(value) or "key-1" in str(value)]


def test_who_goes_back_to_the_first_answer_means_the_first_answer(small: Database, sent: SentForm) -> None:
    """From one page: content, then not at all, then content again: the last one counts, and is one voice."""
    for number in (5, 1, 5):
        assert collect(small, sent, **level(number))
    with small.reading() as session:
        standing = session.scalars(select(Rating.answers).where(Rating.replaced_on.is_(None))).all()
    assert standing == ["overall=5"]
    assert not collect(small, sent, **level(5))
