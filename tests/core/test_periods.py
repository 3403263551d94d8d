"""Which period is meant, up to which day, and as of which days pages may show a result."""

from datetime import date

import pytest

from portal.core.days import Span
from portal.core.periods import Gap, NoSuchPeriod, PeriodDays, choose, gap_on, stations
from tests.core.making import YEAR, day, days

LAST_YEAR = PeriodDays(1, "2025年度", Span(date(2025, 1, 1), date(2025, 12, 31)))
THIS_YEAR = PeriodDays(2, "2026年度", YEAR)
BOTH = [LAST_YEAR, THIS_YEAR]
TODAY = day("05-20")


def test_without_a_name_the_period_that_holds_the_day_is_meant() -> None:
    assert choose(BOTH, None, None, TODAY) == (THIS_YEAR, TODAY)
    assert choose(BOTH, None, date(2025, 8, 1), TODAY) == (LAST_YEAR, date(2025, 8, 1))


def test_if_none_holds_the_day_the_latest_begun_before_it_is_meant() -> None:
    assert choose(BOTH, None, date(2027, 2, 1), TODAY) == (THIS_YEAR, date(2027, 2, 1))
    gap = [LAST_YEAR, PeriodDays(3, "下半年", days("07-01", "12-31"))]
    assert choose(gap, None, TODAY, TODAY) == (LAST_YEAR, TODAY)


def test_of_two_periods_that_hold_the_day_the_later_begun_is_meant() -> None:
    quarter = PeriodDays(3, "二季度", days("04-01", "06-30"))
    assert choose([THIS_YEAR, quarter], None, TODAY, TODAY)[0] == quarter
    assert choose([quarter, THIS_YEAR], None, day("07-01"), TODAY)[0] == THIS_YEAR


def test_a_day_before_every_period_is_refused() -> None:
    with pytest.raises(NoSuchPeriod, match="2024-12-31"):
        choose(BOTH, None, date(2024, 12, 31), TODAY)
    with pytest.raises(NoSuchPeriod):
        choose([], None, None, TODAY)


def test_a_named_period_that_runs_is_told_up_to_today() -> None:
    assert choose(BOTH, "2026年度", None, TODAY) == (THIS_YEAR, TODAY)


def test_a_named_period_that_is_over_is_told_up_to_its_last_day() -> None:
    assert choose(BOTH, "2025年度", None, TODAY) == (LAST_YEAR, date(2025, 12, 31))


def test_a_named_period_is_told_up_to_the_day_asked_for() -> None:
    assert choose(BOTH, "2025年度", date(2025, 6, 30), TODAY) == (LAST_YEAR, date(2025, 6, 30))
    assert choose(BOTH, "2026年度", day("12-31"), TODAY) == (THIS_YEAR, day("12-31"))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(NoSuchPeriod, match="2030年度"):
        choose(BOTH, "2030年度", None, TODAY)


def test_pages_show_the_ended_quarters_and_today() -> None:
    assert stations(THIS_YEAR, TODAY) == [day("03-31"), TODAY]


def test_a_quarters_last_day_is_shown_once() -> None:
    assert stations(THIS_YEAR, day("03-31")) == [day("03-31")]
    assert stations(THIS_YEAR, day("04-01")) == [day("03-31"), day("04-01")]


def test_of_a_period_that_is_over_its_quarters_are_shown() -> None:
    assert stations(LAST_YEAR, TODAY) == [
        date(2025, month, last) for month, last in ((3, 31), (6, 30), (9, 30), (12, 31))
    ]


def test_a_period_that_ends_within_a_quarter_is_shown_by_its_last_day() -> None:
    short = PeriodDays(3, "试行", days("02-17", "08-09"))
    assert stations(short, day("12-01")) == [day("03-31"), day("06-30"), day("08-09")]


def test_a_period_not_yet_begun_shows_nothing() -> None:
    assert stations(THIS_YEAR, date(2025, 12, 31)) == []


@pytest.mark.parametrize("held", [date(2025, 1, 1), date(2025, 12, 31), TODAY])
def test_a_day_of_a_period_lies_in_no_gap(held: date) -> None:
    assert gap_on(BOTH, held) is None


def test_a_gap_says_what_ended_before_it_and_what_begins_after_it() -> None:
    later = PeriodDays(3, "2027年度", Span(date(2027, 3, 1), date(2027, 12, 31)))
    periods = [*BOTH, later]
    assert gap_on(periods, date(2027, 1, 5)) == Gap(date(2026, 12, 31), date(2027, 3, 1))
    assert gap_on(periods, date(2024, 6, 1)) == Gap(None, date(2025, 1, 1))
    assert gap_on(periods, date(2028, 1, 1)) == Gap(date(2027, 12, 31), None)
    assert gap_on([], TODAY) == Gap(None, None)
