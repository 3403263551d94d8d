"""What an import of ratings.csv does: one resident, one voice, whatever order the files come in."""

from __future__ import annotations

import json
from datetime import date
from itertools import pairwise

import pytest

from portal.actions.ratings import STEP, import_ratings
from portal.core import form
from portal.core.book import Way
from portal.store.engine import Database
from portal.store.residents import QuarterSecret, Rating
from tests.actions.making import (
    DUSHAN,
    LAST_YEAR,
    bring,
    count,
    entries,
    rating,
    results,
    send,
    stored,
    tables,
    told,
    township_id,
    voices,
)
from tests.conftest import import_tashi, operator, tashi_ratings
from tests.files.typed_workbook import book

NOTHING_SAID = (("overall", "unknown"),)


def test_the_same_file_again_is_nothing_new(small: Database) -> None:
    rows = [rating("5"), rating("1", "李"), rating("3", "", comment="好"), rating("3", "", comment="好")]
    assert send(small, *rows).added == 4
    before = tables(small)
    outcome = send(small, *rows)
    assert (outcome.added, outcome.known) == (0, 4)
    assert tables(small) == before


def test_the_real_file_again_is_nothing_new(sqlite_database: Database) -> None:
    own = import_tashi(sqlite_database)
    steps: list[int] = []
    with sqlite_database.writing() as session:
        rows = tashi_ratings()
        outcome = import_ratings(session, own, rows, form.STANDARD, operator(own), steps.append)
    assert (outcome.added, outcome.known) == (0, len(rows))
    assert sum(steps) == len(rows) == count(sqlite_database, Rating)


def test_the_progress_adds_up_to_the_rows(small: Database) -> None:
    rows = [rating("5", str(number)) for number in range(STEP + 7)]
    send(small, *rows[:3])
    own = township_id(small)
    steps: list[int] = []
    with small.writing() as session:
        import_ratings(session, own, rows, form.STANDARD, operator(own), steps.append)
    assert sum(steps) == len(rows)
    assert len(steps) > 2


def test_of_one_resident_the_latest_counts(small: Database) -> None:
    send(small, rating("1", time="2026-03-05 08:00:00"), rating("5", time="2026-03-01 08:00:00"))
    assert told(small) == [("03-01", "5", True, "03-05"), ("03-05", "1", False, "")]
    assert voices(results(small)) == {"1": 1}


def test_of_the_same_second_the_one_further_down_counts(small: Database) -> None:
    a, b = rating("5"), rating("1")
    send(small, a, b, a)
    assert [(level, first, replaced) for _, level, first, replaced in told(small)].count(
        ("5", False, "")
    ) == 1
    assert sum(not replaced for _, _, _, replaced in told(small)) == 1
    assert voices(results(small)) == {"5": 1}


def test_of_the_same_day_the_later_hour_counts(small: Database) -> None:
    send(small, rating("1", time="2026-03-01 09:00:00"), rating("5", time="2026-03-01 08:59:59"))
    assert voices(results(small)) == {"1": 1}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (1, 0, 2), (2, 0, 1), (0, 2, 1)])
def test_files_may_come_in_any_order(small: Database, order: tuple[int, ...]) -> None:
    files = [rating(level, time=f"2026-03-0{day} 08:00:00") for level, day in (("5", 1), ("3", 4), ("1", 7))]
    for place in order:
        send(small, files[place])
    assert told(small) == [
        ("03-01", "5", True, "03-04"),
        ("03-04", "3", False, "03-07"),
        ("03-07", "1", False, ""),
    ]


def test_a_later_file_of_the_same_day_stands_last(small: Database) -> None:
    for level in ("5", "4", "3", "1"):
        send(small, rating(level))
    assert voices(results(small)) == {"1": 1}
    assert [first for _, _, first, _ in told(small)] == [True, False, False, False]


def test_as_of_a_day_before_it_was_replaced_the_old_one_counts(small: Database) -> None:
    send(small, rating("5", time="2026-03-01 08:00:00"), rating("1", time="2026-03-20 08:00:00"))
    heard = {
        day: voices(results(small, as_of=date(2026, *day)))
        for day in ((2, 28), (3, 1), (3, 19), (3, 20), (12, 31))
    }
    assert heard == {(2, 28): {}, (3, 1): {"5": 1}, (3, 19): {"5": 1}, (3, 20): {"1": 1}, (12, 31): {"1": 1}}


def test_a_new_quarter_and_another_village_are_another_voice(small: Database) -> None:
    rows = [rating("5"), rating("4", time="2026-04-01 00:00:00"), rating("1", village=DUSHAN)]
    send(small, *rows)
    assert voices(results(small)) == {"5": 1, "4": 1, "1": 1}
    assert all(first and not replaced for _, _, first, replaced in told(small))
    assert len({row.voice for row in stored(small)}) == 3


def test_the_way_makes_no_second_voice(small: Database) -> None:
    send(small, rating("5"), rating("1", time="2026-03-02 08:00:00", way=Way.PAPER))
    assert voices(results(small)) == {"1": 1}


def test_rows_without_a_respondent_are_each_their_own_voice(small: Database) -> None:
    send(small, rating("5", ""), rating("5", ""), rating("1", ""), rating("5", "", "2026-03-02 08:00:00"))
    assert voices(results(small)) == {"5": 3, "1": 1}
    assert len({row.voice for row in stored(small)}) == 4


def test_a_rating_without_value_replaces_nothing_and_is_no_voice(small: Database) -> None:
    silent = rating(time="2026-03-02 08:00:00", answers=NOTHING_SAID)
    send(small, silent, rating("5"), rating(time="2026-03-03 08:00:00", answers=()))
    assert told(small)[0] == ("03-01", "5", True, "")
    assert [(row.valued, row.first, row.replaced_on) for row in stored(small)[1:]] == [
        (False, False, None)
    ] * 2
    assert voices(results(small)) == {"5": 1}


def test_the_first_rating_with_value_is_the_first(small: Database) -> None:
    send(small, rating(answers=NOTHING_SAID), rating("5", time="2026-03-02 08:00:00"))
    assert told(small)[1] == ("03-02", "5", True, "")


def test_ratings_of_two_years_count_each_in_its_own(small: Database) -> None:
    bring(small, book(**LAST_YEAR))
    send(small, rating("5", time="2025-03-01 08:00:00"), rating("1", time="2026-03-01 08:00:00"))
    assert voices(results(small, "2025年度")) == {"5": 1}
    assert voices(results(small, "2026年度")) == {"1": 1}


def test_a_rating_outside_every_period_is_kept_and_does_not_count(small: Database) -> None:
    assert send(small, rating("5", time="2024-03-01 08:00:00")).added == 1
    assert voices(results(small)) == {}


def test_nothing_leads_from_one_quarter_to_the_next(small: Database) -> None:
    send(small, rating("5", "p1"), rating("5", "p1", "2026-04-01 08:00:00"))
    march, april = stored(small)
    assert march.voice != april.voice
    assert not {"p1"} & {march.voice, april.voice, march.submission, april.submission}
    assert count(small, QuarterSecret) == 2


def test_the_ledger_tells_how_many_a_village_and_nothing_else(small: Database) -> None:
    send(small, rating("1", "p-secret", comment="没人管"), rating("5", "q"), rating("5", "r", village=DUSHAN))
    (entry,) = entries(small, "ratings.imported")
    assert entry.after == {"added": 3, "330825111205": 2, "330825111210": 1}
    assert (entry.before, entry.subject) == (None, "ratings.csv")
    written = json.dumps([entry.after, entry.subject, entry.reason], ensure_ascii=False)
    assert not any(word in written for word in ("p-secret", "没人管", "overall"))


def test_an_import_of_nothing_new_enters_nothing(small: Database) -> None:
    send(small, rating())
    send(small, rating())
    assert len(entries(small, "ratings.imported")) == 1


def test_ids_tell_nothing_about_who_came_first(small: Database) -> None:
    rows = [rating("5", str(number), f"2026-03-01 08:00:{number:02}") for number in range(40)]
    send(small, *rows)
    ids = [row.id for row in sorted(stored(small), key=lambda row: row.id)]
    gaps = [second - first for first, second in pairwise(ids)]
    assert min(gaps) > 1
    assert max(ids) > 2**50


def test_no_hour_is_kept(small: Database) -> None:
    send(small, rating(time="2026-03-01 08:07:13"))
    (row,) = tables(small)["rating"]
    assert not [value for value in row.values() if "08:07" in str(value)]
