"""Both ends of a stretch count, and quarters are the calendar's."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.days import Quarter, Span, quarter_of, quarters_in, shared_days
from tests.core.making import YEAR, day, days

DATES = st.dates(date(2000, 1, 1), date(2100, 12, 31))


def test_both_ends_of_a_stretch_count() -> None:
    assert days("03-01", "03-01").days == 1
    assert days("03-01", "03-31").days == 31
    assert YEAR.days == 365
    assert day("03-01") in days("03-01", "03-31")
    assert day("03-31") in days("03-01", "03-31")
    assert day("04-01") not in days("03-01", "03-31")
    assert day("02-28") not in days("03-01", "03-31")


def test_a_leap_year_has_its_day() -> None:
    assert Span(date(2024, 1, 1), date(2024, 12, 31)).days == 366
    assert Quarter(2024, 1).span.days == 91
    assert Quarter(2026, 1).span.days == 90


def test_stretches_share_the_days_that_both_have() -> None:
    assert days("03-01", "03-31").within(days("03-31", "04-30")) == days("03-31", "03-31")
    assert days("03-01", "03-31").within(days("04-01", "04-30")) is None
    assert days("03-10", "03-20").within(YEAR) == days("03-10", "03-20")


def test_stretches_at_the_same_time_count_each_for_itself() -> None:
    held = [days("01-01", "01-10"), days("01-06", "01-20"), days("02-01", "02-05")]
    assert shared_days(held, days("01-01", "01-15")) == 10 + 10
    assert shared_days([], YEAR) == 0


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("01-01", 1),
        ("03-31", 1),
        ("04-01", 2),
        ("06-30", 2),
        ("07-01", 3),
        ("09-30", 3),
        ("10-01", 4),
        ("12-31", 4),
    ],
)
def test_a_day_lies_in_its_calendar_quarter(text: str, number: int) -> None:
    assert quarter_of(day(text)) == Quarter(2026, number)


@pytest.mark.parametrize(
    ("number", "first", "last"),
    [(1, "01-01", "03-31"), (2, "04-01", "06-30"), (3, "07-01", "09-30"), (4, "10-01", "12-31")],
)
def test_a_quarter_has_three_whole_months(number: int, first: str, last: str) -> None:
    assert Quarter(2026, number).span == days(first, last)


def test_the_quarter_after_the_fourth_is_next_years_first() -> None:
    assert Quarter(2026, 4).next() == Quarter(2027, 1)
    assert Quarter(2026, 1).next() == Quarter(2026, 2)
    assert Quarter(2025, 4) < Quarter(2026, 1)


def test_a_quarter_has_words_for_people_and_a_key_for_columns() -> None:
    assert (Quarter(2026, 3).words, Quarter(2026, 3).key) == ("2026年三季度", "2026Q3")


def test_a_stretch_over_the_turn_of_the_year_has_every_quarter_that_it_touches() -> None:
    span = Span(date(2025, 11, 10), date(2026, 4, 1))
    assert list(quarters_in(span)) == [Quarter(2025, 4), Quarter(2026, 1), Quarter(2026, 2)]


@given(DATES)
def test_every_day_lies_in_exactly_the_quarter_that_it_is_said_to(one: date) -> None:
    quarter = quarter_of(one)
    assert one in quarter.span
    assert one not in quarter.next().span
    assert quarter.next().span.first == quarter.span.last + timedelta(days=1)


@given(DATES, st.integers(0, 900))
def test_the_quarters_of_a_stretch_hold_each_of_its_days_once(first: date, length: int) -> None:
    span = Span(first, first + timedelta(days=length))
    assert sum(shared_days([quarter.span], span) for quarter in quarters_in(span)) == span.days
