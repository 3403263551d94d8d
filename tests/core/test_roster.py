"""Who held which post and module when, and which days of service count."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.days import Span
from portal.core.facts import Holding
from portal.core.roster import Move, Service, holdings, led_days, module_stays, present
from tests.core.making import YEAR, day, days
from tests.core.worlds import DAYS, SPANS


def move(on: str, post: str = "", module: str = "") -> Move:
    return Move(day(on), post, module)


def held(*moves: Move, service: Span = YEAR, first: str = "岗位") -> list[tuple[str, Span]]:
    return [(one.post, one.span) for one in holdings([Service(service, first, "农业")], moves, YEAR.first)]


def stayed(*moves: Move, first: str = "农业") -> list[tuple[str, Span]]:
    return [(one.module, one.span) for one in module_stays([Service(YEAR, "岗位", first)], moves, YEAR.first)]


def test_without_a_move_the_first_days_post_is_held_throughout() -> None:
    assert held() == [("岗位", YEAR)]
    assert stayed() == [("农业", YEAR)]


def test_a_move_counts_from_its_day_on() -> None:
    assert held(move("06-01", "重岗")) == [("岗位", days("01-01", "05-31")), ("重岗", days("06-01", "12-31"))]


def test_a_move_of_the_module_alone_leaves_the_post() -> None:
    only = move("06-01", module="综合")
    assert held(only) == [("岗位", YEAR)]
    assert stayed(only) == [("农业", days("01-01", "05-31")), ("综合", days("06-01", "12-31"))]


def test_moves_count_in_the_order_of_their_days() -> None:
    told = held(move("09-01", "轻岗"), move("06-01", "重岗"))
    assert told == [
        ("岗位", days("01-01", "05-31")),
        ("重岗", days("06-01", "08-31")),
        ("轻岗", days("09-01", "12-31")),
    ]


def test_of_two_moves_of_one_day_the_later_row_counts() -> None:
    assert held(move("06-01", "重岗"), move("06-01", "轻岗"))[-1] == ("轻岗", days("06-01", "12-31"))
    assert len(held(move("06-01", "重岗"), move("06-01", "轻岗"))) == 2


def test_two_rows_of_one_day_may_move_post_and_module() -> None:
    two = move("06-01", post="重岗"), move("06-01", module="综合")
    assert held(*two)[-1][0] == "重岗"
    assert stayed(*two)[-1][0] == "综合"


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (
            "02-28",
            [("重岗", days("03-01", "10-31"))],
        ),  # in the period: it holds from the first day of service on
        ("03-01", [("重岗", days("03-01", "10-31"))]),
        ("03-02", [("岗位", days("03-01", "03-01")), ("重岗", days("03-02", "10-31"))]),
        ("10-31", [("岗位", days("03-01", "10-30")), ("重岗", days("10-31", "10-31"))]),
        ("11-01", [("岗位", days("03-01", "10-31"))]),
    ],
)
def test_a_move_of_the_period_counts_to_the_last_day_of_service(
    on: str, expected: list[tuple[str, Span]]
) -> None:
    assert held(move(on, "重岗"), service=days("03-01", "10-31")) == expected


def test_what_was_moved_before_the_period_is_history_that_the_first_days_post_tells() -> None:
    assert held(Move(date(2025, 12, 31), "重岗", "")) == [("岗位", YEAR)]
    since_spring = Span(date(2025, 3, 1), YEAR.last)
    told = held(Move(date(2025, 12, 31), "重岗", ""), service=since_spring)
    assert told[-1] == ("重岗", Span(date(2025, 12, 31), YEAR.last))


def test_who_came_without_a_post_holds_one_from_the_move_on() -> None:
    assert held(move("06-01", "重岗"), first="") == [("重岗", days("06-01", "12-31"))]
    assert held(first="") == []


def test_each_stretch_of_service_starts_with_its_own_post() -> None:
    services = [
        Service(days("01-01", "03-31"), "岗位", "农业"),
        Service(days("07-01", "12-31"), "轻岗", "综合"),
    ]
    moves = [move("02-01", "重岗"), move("05-01", "重岗")]
    assert holdings(services, moves, YEAR.first) == (
        Holding("岗位", days("01-01", "01-31")),
        Holding("重岗", days("02-01", "03-31")),
        Holding("轻岗", days("07-01", "12-31")),
    )


def test_days_of_absence_are_no_days_of_service() -> None:
    assert present([YEAR], [days("03-01", "08-31")]) == (days("01-01", "02-28"), days("09-01", "12-31"))


@pytest.mark.parametrize(
    ("absence", "expected"),
    [
        (days("01-01", "12-31"), ()),
        (days("01-01", "01-01"), (days("01-02", "12-31"),)),
        (days("12-31", "12-31"), (days("01-01", "12-30"),)),
        (Span(date(2025, 11, 1), day("04-07")), (days("04-08", "12-31"),)),  # it began the year before
        (Span(day("11-01"), date(2027, 4, 7)), (days("01-01", "10-31"),)),
        (Span(date(2025, 1, 1), date(2025, 12, 31)), (YEAR,)),
    ],
)
def test_an_absence_takes_its_own_days_and_no_others(absence: Span, expected: tuple[Span, ...]) -> None:
    assert present([YEAR], [absence]) == expected


SPANS_OF_THE_YEAR = st.lists(SPANS, max_size=4)


@given(SPANS_OF_THE_YEAR, st.permutations(range(3)), st.sets(DAYS, min_size=4, max_size=4))
def test_exactly_the_days_served_and_not_absent_are_left(
    absences: list[Span], order: list[int], cuts: set[date]
) -> None:
    first, second, third, fourth = sorted(cuts)
    stretches = [Span(YEAR.first, first), Span(first + timedelta(days=1), second), Span(third, fourth)]
    parts = present([stretches[place] for place in order], absences)
    counted = [on for part in parts for on in days_of(part)]
    wanted = {on for stretch in stretches for on in days_of(stretch)} - {
        on for absence in absences for on in days_of(absence)
    }
    assert len(counted) == len(set(counted))
    assert set(counted) == wanted
    assert list(parts) == sorted(parts)


def days_of(span: Span) -> list[date]:
    return [span.first + timedelta(days=n) for n in range(span.days)]


def test_a_membership_is_cut_where_its_member_begins_and_ceases_to_lead() -> None:
    led = [days("03-01", "03-31"), days("06-01", "08-31")]
    assert led_days(days("01-01", "06-30"), led) == (
        (days("01-01", "02-28"), False),
        (days("03-01", "03-31"), True),
        (days("04-01", "05-31"), False),
        (days("06-01", "06-30"), True),
    )
    assert led_days(days("01-01", "02-01"), led) == ((days("01-01", "02-01"), False),)
    assert led_days(days("03-05", "03-06"), led) == ((days("03-05", "03-06"), True),)
