"""Taking back a rating: it stops standing today, nothing comes back in its place, and the past keeps it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.actions.import_township import import_township
from portal.actions.ratings import SentForm, _Arrival, _chain, collect_rating
from portal.actions.results import exact_results
from portal.actions.withdrawing import AlreadyPublished, Said, Withdrawal, said, withdraw_rating
from portal.core import form
from portal.core.book import Way
from portal.core.days import Quarter
from portal.core.release import released_through
from portal.store import ratings, roster, townships
from portal.store.appraisal import Period
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Village
from portal.store.residents import Rating, Standing
from tests.actions.making import (
    DUSHAN,
    LUOSHAN,
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
from tests.conftest import operator
from tests.files.typed_workbook import book

FIRST, SECOND, THIRD = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)
SILENT = (("overall", "unknown"),)


@pytest.fixture
def sent(small: Database) -> SentForm:
    return form_of(small)


def form_of(database: Database, village: str = LUOSHAN) -> SentForm:
    own = township_id(database)
    with database.reading() as session:
        row = roster.ids(session, own, "villages")[village]
    level = (("overall", "5"),)
    return SentForm(own, row, village, form.STANDARD, level, "", Way.ANONYMOUS, "cookie:1", "key-1")


def collect(database: Database, sent: SentForm, day: date = FIRST, level: str = "5", **other: Any) -> None:
    answers = (("overall", level),)
    with database.writing() as session:
        collect_rating(session, replace(sent, answers=answers, key=f"{day}{level}{other}", **other), day)


def withdraw(database: Database, sent: SentForm, day: date = SECOND, respondent: str = "cookie:1") -> bool:
    wanted = Withdrawal(sent.township_id, sent.village_id, sent.village, respondent)
    with database.writing() as session:
        return withdraw_rating(session, wanted, day)


def heard(database: Database, as_of: date) -> dict[str, int]:
    return voices(results(database, "2026年度", as_of))


def test_what_was_taken_back_stands_no_more_and_results_of_earlier_days_keep_it(
    small: Database, sent: SentForm
) -> None:
    collect(small, sent)
    before = heard(small, FIRST)
    assert withdraw(small, sent)
    assert told(small) == [("03-01", "5", True, "03-02")]
    assert heard(small, FIRST) == before == {"5": 1}
    assert heard(small, SECOND) == {}


def test_nothing_comes_back_in_its_place(small: Database, sent: SentForm) -> None:
    collect(small, sent, FIRST, "1")
    collect(small, sent, SECOND, "5")
    withdraw(small, sent, THIRD)
    assert heard(small, THIRD) == {}
    assert [row.withdrawn for row in stored(small)] == [False, True]


def test_no_export_tells_what_was_taken_back_nor_what_it_had_replaced(
    small: Database, sent: SentForm
) -> None:
    collect(small, sent, FIRST, "1")
    collect(small, sent, SECOND, "5")
    withdraw(small, sent, THIRD)
    with small.reading() as session:
        gone = ratings.all_stored(session, sent.township_id)
    assert [(row.answers, row.is_voice) for row in gone] == [((), False)] * 2
    collect(small, sent, THIRD, "4")
    with small.reading() as session:
        again = ratings.all_stored(session, sent.township_id)
    assert [row.answers for row in again if row.is_voice] == [(("overall", "4"),)]
    assert [row.answers for row in again if not row.is_voice] == [()] * 2


def test_on_the_day_it_was_sent_it_never_counted(small: Database, sent: SentForm) -> None:
    collect(small, sent)
    withdraw(small, sent, FIRST)
    assert heard(small, FIRST) == {}


def test_a_form_sent_afterwards_counts_and_is_nobodys_first(small: Database, sent: SentForm) -> None:
    """Who takes back and rates again fills no second batch: else pages would release voices one by one."""
    collect(small, sent, FIRST, "1")
    withdraw(small, sent, FIRST)
    collect(small, sent, SECOND, "4")
    assert told(small) == [("03-01", "1", True, "03-01"), ("03-02", "4", False, "")]
    assert heard(small, SECOND) == {"4": 1}


def test_the_same_page_sent_again_after_taking_back_counts_again(small: Database, sent: SentForm) -> None:
    with small.writing() as session:
        assert collect_rating(session, sent, FIRST)
    withdraw(small, sent, FIRST)
    with small.writing() as session:
        assert collect_rating(session, sent, FIRST)
        assert not collect_rating(session, sent, FIRST)
    assert heard(small, FIRST) == {"5": 1}


def test_every_word_that_went_with_the_voice_is_forgotten(small: Database, sent: SentForm) -> None:
    collect(small, sent, FIRST, comment="第一句")
    collect(small, sent, FIRST, "unknown", comment="没有分的一句")
    collect(small, sent, SECOND, comment="第二句")
    collect(small, sent, SECOND, respondent="cookie:2", comment="别人的")
    withdraw(small, sent, SECOND)
    assert sorted(row.comment for row in stored(small)) == ["", "", "", "别人的"]


def test_a_rating_without_value_loses_its_words_and_stays_no_voice(small: Database, sent: SentForm) -> None:
    collect(small, sent, FIRST, "unknown", comment="一句")
    assert withdraw(small, sent)
    (row,) = stored(small)
    assert (row.comment, row.replaced_on, row.withdrawn) == ("", None, False)
    assert len(entries(small, "rating.withdrawn")) == 1


@pytest.mark.parametrize("other", [{"respondent": "cookie:2"}, {"day": date(2026, 4, 1)}])
def test_another_phone_or_another_quarter_takes_nothing_back(
    small: Database, sent: SentForm, other: dict[str, Any]
) -> None:
    collect(small, sent, comment="一句")
    before = tables(small)
    assert not withdraw(small, sent, **other)
    assert tables(small) == before


def test_a_form_that_waited_over_midnight_is_the_later_one_all_the_same(
    small: Database, sent: SentForm
) -> None:
    """Its day is the day before; the one that came through first gives way on its own day and never before it."""
    collect(small, sent, SECOND, "1")
    collect(small, sent, FIRST, "5")
    assert heard(small, FIRST) == heard(small, SECOND) == {"5": 1}
    assert told(small)[1] == ("03-02", "1", True, "03-02")


def test_taking_back_that_waited_over_midnight_takes_back(small: Database, sent: SentForm) -> None:
    collect(small, sent, SECOND)
    assert withdraw(small, sent, FIRST)
    assert heard(small, SECOND) == {}


def test_another_village_is_another_voice(small: Database, sent: SentForm) -> None:
    elsewhere = form_of(small, DUSHAN)
    collect(small, sent)
    collect(small, elsewhere)
    assert withdraw(small, elsewhere)
    assert heard(small, SECOND) == {"5": 1}


def test_taking_back_twice_changes_nothing_more(small: Database, sent: SentForm) -> None:
    collect(small, sent)
    withdraw(small, sent)
    before = tables(small)
    assert withdraw(small, sent, THIRD), "it is still told that it is done"
    assert tables(small) == before


def test_what_a_phone_is_told_of_its_own_voice(small: Database, sent: SentForm) -> None:
    wanted = Withdrawal(sent.township_id, sent.village_id, sent.village, "cookie:1")

    def now() -> Said:
        with small.reading() as session:
            return said(session, wanted, SECOND)

    assert now() is Said.NOTHING
    collect(small, sent)
    assert now() is Said.STANDS
    withdraw(small, sent)
    assert now() is Said.TAKEN_BACK
    collect(small, sent, SECOND, "1")
    assert now() is Said.STANDS


def test_a_voice_whose_place_another_way_took_has_nothing_to_take_back(
    small: Database, sent: SentForm
) -> None:
    collect(small, sent)
    with small.writing() as session:
        session.scalars(select(Rating)).one().replaced_on = FIRST
    before = tables(small)
    withdraw(small, sent)
    assert tables(small) == before
    with small.reading() as session:
        wanted = Withdrawal(sent.township_id, sent.village_id, sent.village, "cookie:1")
        assert said(session, wanted, SECOND) is Said.NOTHING


def test_what_was_said_of_a_village_that_was_merged_is_taken_back_where_it_went(
    small: Database, sent: SentForm
) -> None:
    collect(small, sent)
    into = form_of(small, DUSHAN)
    with small.writing() as session:
        village = session.get_one(Village, sent.village_id)
        village.merged_into_id, village.last_day = into.village_id, FIRST
    assert withdraw(small, into)
    assert heard(small, SECOND) == {}


def test_the_ledger_tells_the_village_and_the_day_and_neither_hour_nor_answers(
    small: Database, sent: SentForm
) -> None:
    collect(small, sent, comment="一句")
    withdraw(small, sent)
    (entry,) = entries(small, "rating.withdrawn")
    assert (entry.actor, entry.subject, entry.after) == ("resident", LUOSHAN, {"day": "2026-03-02"})
    assert entry.at == datetime(2026, 3, 1, 16, tzinfo=UTC), "midnight in Shanghai"
    assert (entry.row_id, entry.before, entry.reason) == (None, None, "")


def test_once_the_period_is_published_nothing_is_taken_back(small: Database, sent: SentForm) -> None:
    collect(small, sent, comment="一句")
    with small.writing() as session:
        for period in session.scalars(select(Period)):
            period.published_at = datetime(2026, 3, 1, tzinfo=UTC)
    before = tables(small)
    with pytest.raises(AlreadyPublished):
        withdraw(small, sent)
    assert tables(small) == before


def test_one_that_moderation_set_aside_stays_so_and_is_taken_back(small: Database, sent: SentForm) -> None:
    collect(small, sent)
    with small.writing() as session:
        session.scalars(select(Rating)).one().standing = Standing.SET_ASIDE
    assert withdraw(small, sent)
    (row,) = stored(small)
    assert (row.standing, row.withdrawn) == (Standing.SET_ASIDE, True)


def test_an_import_brings_nothing_back_that_was_taken_back(small: Database) -> None:
    """A file has no voice of a phone; but whatever joins a chain must not let a withdrawn link stand again."""
    send(small, rating("5"))
    with small.writing() as session:
        row = session.scalars(select(Rating)).one()
        row.replaced_on, row.withdrawn = THIRD, True
        earlier = _Arrival(rating("3", time="2026-02-01 08:00:00"), row.voice, "s", valued=True)
        _chain(session, row.township_id, [earlier])
        assert (earlier.first, earlier.replaced_on) == (True, FIRST)
        assert (row.first, row.replaced_on) == (False, THIRD)
        later = _Arrival(rating("1", time="2026-03-02 08:00:00"), row.voice, "t", valued=True)
        _chain(session, row.township_id, [later])
        assert (row.replaced_on, later.replaced_on) == (SECOND, None), "one of them stands on any day"


def test_pages_drop_it_only_together_with_the_batch_that_releases_its_day() -> None:
    """A voice of the 1st was taken back on the 9th: pages that stand at the 1st count it, whoever opens them when."""
    spoke = {date(2026, 3, 1): 5, date(2026, 3, 8): 5, date(2026, 3, 20): 5}
    quarter = Quarter(2026, 1)
    on_tenth = released_through(spoke, quarter, datetime(2026, 3, 10, 12), 5)
    assert on_tenth == date(2026, 3, 1)
    after_third_batch = released_through(spoke, quarter, datetime(2026, 3, 21, 6), 5)
    assert after_third_batch == date(2026, 3, 8), "the 9th is released with the batch of the 20th"


# --- whatever somebody does in whatever order ------------------------------------------------------------------

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["1", "4", "5", "unknown", "take back"]),
        st.integers(0, 2),  # days later
        st.sampled_from(["cookie:1", "cookie:2"]),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_of_any_order_of_rating_and_taking_back_the_last_word_stands(
    small: Database, sent: SentForm, steps: Sequence[tuple[str, int, str]]
) -> None:
    with small.writing() as session:
        session.connection().exec_driver_sql("DELETE FROM rating")
    day, last = FIRST, dict[str, str | None]()
    past: dict[date, dict[str, int]] = {}
    for number, (what, later, who) in enumerate(steps):
        if later:
            past[day] = heard(small, day)
            day = date.fromordinal(day.toordinal() + later)
        if what == "take back":
            withdraw(small, sent, day, who)
            last[who] = None
        else:
            collect(small, sent, day, what, respondent=who, comment=str(number))
            last[who] = last.get(who) if what == "unknown" else what
    expected = [level for level in last.values() if level]
    assert heard(small, day) == {level: expected.count(level) for level in set(expected)}
    assert {on: heard(small, on) for on in past} == past


# --- at once, on both engines ----------------------------------------------------------------------------------


@pytest.fixture
def street(database: Database) -> tuple[Database, SentForm]:
    with database.writing() as session:
        import_township(session, book(), operator())
    sent = form_of(database)
    collect(database, sent)
    return database, sent


def at_once(*calls: Any) -> None:
    start = threading.Barrier(len(calls))

    def run(call: Any) -> None:
        start.wait()
        call()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_double_tap_takes_back_once(street: tuple[Database, SentForm]) -> None:
    database, sent = street
    answers: list[bool] = []
    at_once(*[lambda: answers.append(withdraw(database, sent))] * 3)
    assert answers == [True, True, True]
    with database.reading() as session:
        found = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "rating.withdrawn"))
        assert len(list(found)) == 1


def test_taking_back_and_rating_at_once_leaves_one_voice_at_most(street: tuple[Database, SentForm]) -> None:
    database, sent = street
    at_once(lambda: withdraw(database, sent), lambda: collect(database, sent, SECOND, "1"))
    with database.reading() as session:
        voice = {row.voice for row in session.scalars(select(Rating))}
        chain = ratings.of_voices(session, sent.township_id, voice)
        township = townships.by_id(session, sent.township_id)
        counted = voices(exact_results(session, township, None, SECOND, datetime.now(UTC)).result)
    assert [row.first for row in chain] == [True, False]
    assert counted in ({"1": 1}, {}), "whichever was later"
