"""Staff pages count released voices: whole days in batches of five, and never somebody alone."""

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.book import Way
from portal.core.days import Span
from portal.core.form import STANDARD
from portal.core.release import release, released_through
from portal.core.voices import DailyCount, count_voices
from tests.core.making import SPRING, SUMMER, YEAR, day, link, moment

BATCHES = {day("01-03"): 2, day("01-05"): 3, day("01-09"): 5, day("01-20"): 4}
SPOKE = st.dictionaries(
    st.integers(0, 89).map(lambda n: SPRING.span.first + timedelta(days=n)), st.integers(1, 9), max_size=12
)
NOWS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 4, 2))


def through(now: str, batch: int = 5, spoke: dict[date, int] = BATCHES) -> date | None:
    """What is released at `now`, when only what came by then is known."""
    at = moment(now)
    return released_through({on: n for on, n in spoke.items() if on <= at.date()}, SPRING, at, batch)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("01-06 06:00", None),  # the first batch (3 and 5 January) is full and waits for the next
        ("01-09 23:59", None),
        ("01-10 05:59", None),
        ("01-10 06:00", "01-05"),  # the second was full on the 9th
        ("02-28 12:00", "01-05"),  # the third never fills
        ("04-01 05:59", "01-05"),
        ("04-01 06:00", "03-31"),  # what remains comes with the quarter's close
        ("09-09 12:00", "03-31"),
    ],
)
def test_a_batch_of_five_comes_out_at_six_after_the_next_one_is_full(now: str, expected: str | None) -> None:
    assert through(now) == (None if expected is None else day(expected))


def test_a_crowd_of_one_day_is_one_batch() -> None:
    crowd = {day("01-03"): 50, day("01-04"): 4, day("01-06"): 1}
    assert through("01-04 12:00", spoke=crowd) is None
    assert through("01-06 12:00", spoke=crowd) is None
    assert through("01-07 06:00", spoke=crowd) == day("01-03")


def test_a_batch_of_one_holds_nothing_back() -> None:
    assert through("01-03 00:01", batch=1) == day("01-03")
    assert through("05-03 00:01", batch=1) == day("03-31")


def test_a_village_in_which_nobody_spoke_waits_for_the_quarters_close() -> None:
    assert through("03-31 12:00", spoke={}) is None
    assert through("04-01 06:00", spoke={}) == day("03-31")


def rated(on: str, count: int = 1, village: str = "甲村") -> DailyCount:
    answers = (("overall", "5"),)
    return DailyCount(village, day(on), None, True, Way.WECHAT, STANDARD.key, answers, count)


def test_a_person_who_rates_again_fills_nothing() -> None:
    spoke = [rated("01-03", 5), rated("01-05", 4)]
    again = replace(rated("01-06"), first=False)
    cutoff = release([*spoke, again], (link(),), moment("01-20 12:00"), 5)
    assert cutoff("甲村", SPRING, "一组") is None
    assert release([*spoke, rated("01-06")], (link(),), moment("01-20 12:00"), 5)(
        "甲村", SPRING, "一组"
    ) == day("01-03")


def test_a_voice_that_was_taken_back_fills_nothing() -> None:
    """Four that came and went would leave the fifth alone on the page."""
    alone, gone = rated("01-03"), replace(rated("01-03", 4), replaced_on=day("01-04"))
    full = [rated("01-05", 5), rated("01-09", 5)]
    spoke = [alone, gone, *full]
    at = moment("01-06 06:00")
    assert release(spoke[:3], (link(),), at, 5)("甲村", SPRING, "一组") is None
    assert release(spoke, (link(),), moment("01-10 06:00"), 5)("甲村", SPRING, "一组") == day("01-03")
    same_day = [alone, replace(gone, replaced_on=day("01-03")), *full]
    assert release(same_day, (link(),), moment("01-10 06:00"), 5)("甲村", SPRING, "一组") == day("01-05")


def test_who_takes_back_and_rates_again_all_day_holds_nothing_back() -> None:
    loops = [replace(rated("01-05"), first=False, replaced_on=day("01-05")) for _ in range(50)]
    spoke = [rated("01-03", 5), *loops, rated("01-05", 5)]
    assert release(spoke, (link(),), moment("01-06 06:00"), 5)("甲村", SPRING, "一组") == day("01-03")


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.booleans()), max_size=60), st.integers(2, 6)
)
def test_however_many_take_theirs_back_a_page_grows_by_a_whole_batch_before_the_close(
    spoke: list[tuple[int, int, bool]], batch: int
) -> None:
    start, before = SPRING.span.first, 0
    for n in range(60):
        today = start + timedelta(days=n)
        known = [
            replace(
                rated(f"{start + timedelta(days=came):%m-%d}"),
                replaced_on=start + timedelta(days=came + stays) if leaves and came + stays <= n else None,
            )
            for came, stays, leaves in spoke
            if came <= n
        ]
        now = datetime(today.year, today.month, today.day, 12)
        voices = count_voices(known, (link(),), YEAR, release(known, (link(),), now, batch))
        shown = sum(voice.count for voice in voices)
        assert shown == before or shown - before >= batch
        before = shown


def test_every_village_and_quarter_fills_batches_of_its_own() -> None:
    spoke = [rated("01-03", 5), rated("01-05", 4), rated("01-05", 5, "乙村"), rated("04-05", 5)]
    cutoff = release(spoke, (link(),), moment("04-20 12:00"), 5)
    assert cutoff("甲村", SPRING, "一组") == day("03-31")
    assert cutoff("甲村", SUMMER, "一组") is None
    assert release(spoke, (link(),), moment("01-20 12:00"), 5)("甲村", SPRING, "一组") is None
    assert release([*spoke, rated("01-06")], (link(),), moment("01-20 12:00"), 5)(
        "甲村", SPRING, "一组"
    ) == day("01-03")


def test_a_team_that_takes_a_village_over_fills_batches_of_its_own() -> None:
    """A batch over both teams' days would let one page grow by the single voice of the 9th."""
    spoke = [rated("01-03", 5), rated("01-04", 5), rated("01-09"), rated("01-11", 4), rated("01-20", 5)]
    links = (
        link(span=Span(day("01-01"), day("01-10"))),
        link(team="二组", span=Span(day("01-11"), day("12-31"))),
    )
    cutoff = release(spoke, links, moment("01-25 12:00"), 5)
    assert cutoff("甲村", SPRING, "一组") == day("01-03")
    assert cutoff("甲村", SPRING, "二组") is None
    after = release(spoke, links, moment("04-01 06:00"), 5)
    assert after("甲村", SPRING, "一组") == after("甲村", SPRING, "二组") == day("03-31")


def test_voices_set_aside_still_filled_their_batch() -> None:
    spoke = [replace(rated("01-03", 5), counts=False), rated("01-05", 5)]
    assert release(spoke, (link(),), moment("01-06 06:00"), 5)("甲村", SPRING, "一组") == day("01-03")


def test_a_page_counts_released_voices_only() -> None:
    spoke = [rated("01-03", 5), rated("01-05", 5), rated("01-09", 3)]
    now = moment("01-10 12:00")
    shown = count_voices(spoke, (link(),), YEAR, release(spoke, (link(),), now, 5))
    assert sum(voice.count for voice in shown) == 5


@given(SPOKE, NOWS, NOWS, st.integers(1, 7))
def test_the_cutoff_never_moves_back_as_days_go_by(
    spoke: dict[date, int], one: datetime, other: datetime, batch: int
) -> None:
    earlier, later = sorted([one, other])

    def at(now: datetime) -> date:
        known = {on: count for on, count in spoke.items() if on <= now.date()}
        return released_through(known, SPRING, now, batch) or date.min

    assert at(earlier) <= at(later)


@given(SPOKE, st.integers(2, 7))
def test_what_a_page_shows_before_the_close_grows_by_at_least_a_batch_and_a_whole_one_is_held_back(
    spoke: dict[date, int], batch: int
) -> None:
    before = 0
    for n in range(90):
        today = SPRING.span.first + timedelta(days=n)
        known = Counter({on: count for on, count in spoke.items() if on <= today})
        through = released_through(known, SPRING, datetime(today.year, today.month, today.day, 12), batch)
        shown = sum(count for on, count in known.items() if through and on <= through)
        assert shown == before or shown - before >= batch
        if shown > before:
            assert sum(known.values()) - shown >= batch
        before = shown


@given(SPOKE, st.integers(0, 89), st.integers(2, 7))
def test_whoever_speaks_today_is_not_seen_today(spoke: dict[date, int], n: int, batch: int) -> None:
    today = SPRING.span.first + timedelta(days=n)
    now = datetime(today.year, today.month, today.day, 23, 59)
    until_yesterday = {on: count for on, count in spoke.items() if on < today}
    with_today = {**until_yesterday, today: 1000}
    shown = released_through(with_today, SPRING, now, batch)
    assert shown == released_through(until_yesterday, SPRING, now, batch)
    assert shown is None or shown < today
