"""诉求办理: answered within 24 hours, resolved and confirmed, liked; as known at the end of the day.

The day is 31 March unless a test says otherwise: what came before 1 April 00:00 is known.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.cases import CasesScore, Rate, cases_score
from portal.core.facts import Case
from portal.core.plan import Plan
from tests.core.making import case, day
from tests.core.worlds import CASES, DAYS

LATER = "05-01 00:00"


def score(*cases: Case, on: str = "03-31", plan: Plan | None = None) -> CasesScore:
    return cases_score(cases, day(on), plan or Plan())


def test_the_three_parts_weigh_thirty_forty_thirty() -> None:
    told = score(
        case("03-01 08:00", "03-01 09:00", "03-02 08:00", True, 4),
        case("03-01 08:00", "03-03 09:00", "03-09 08:00", False, 2),
        case("03-01 08:00", "03-01 10:00", "03-09 08:00", True),
    )
    # answered 2 of 3, confirmed 2 of 3, levels (85 + 40) / 2 = 62.5
    assert (told.response, told.resolution, told.satisfaction) == (Rate(2, 3), Rate(2, 3), Fraction("62.5"))
    assert told.exact == Fraction(30 * 200 + 40 * 200, 300) + Fraction(30 * 625, 1000)
    assert told.score == Fraction("65.42")


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        ("03-02 08:00:00", Rate(1, 1)),  # exactly 24 hours is within
        ("03-02 08:00:01", Rate(0, 1)),
        ("03-01 08:00:00", Rate(1, 1)),
        (None, Rate(0, 1)),
    ],
)
def test_an_answer_is_in_time_up_to_exactly_twenty_four_hours(answered: str | None, expected: Rate) -> None:
    assert score(case("03-01 08:00", answered)).response == expected


def test_a_limit_that_ends_exactly_now_is_over() -> None:
    assert score(case("03-31 00:00")).response == Rate(0, 1)
    assert score(case("03-31 00:00:01")).response == Rate(0, 0)


def test_an_answer_at_midnight_is_not_yet_known() -> None:
    assert score(case("03-31 00:00", "04-01 00:00")).response == Rate(0, 1)
    assert score(case("03-31 00:00", "04-01 00:00"), on="04-01").response == Rate(1, 1)
    assert score(case("03-31 00:00", "03-31 23:59:59")).response == Rate(1, 1)


def test_an_early_answer_counts_before_the_day_is_over() -> None:
    assert score(case("03-31 20:00", "03-31 21:00")).response == Rate(1, 1)


def test_an_unfinished_case_counts_against_the_team_after_exactly_fifteen_days() -> None:
    assert score(case("03-17 00:00")).resolution == Rate(0, 1)
    assert score(case("03-17 00:00:01")).resolution == Rate(0, 0)
    assert score(case("03-17 00:00", finished="04-01 00:00", confirmed=True)).resolution == Rate(0, 1)


def test_a_finished_case_that_is_confirmed_counts_however_late() -> None:
    assert score(case("01-02 08:00", finished="03-31 23:59:59", confirmed=True)).resolution == Rate(1, 1)


def test_a_finished_case_that_is_denied_counts_against_the_team() -> None:
    assert score(case("03-30 08:00", finished="03-31 08:00", confirmed=False)).resolution == Rate(0, 1)


def test_a_finished_case_that_nobody_confirmed_counts_for_neither() -> None:
    told = score(case("01-02 08:00", finished="01-03 08:00", level=5))
    assert (told.resolution, told.resolution.value) == (Rate(0, 0), None)
    assert told.satisfaction == 100


def test_what_the_resident_said_is_known_from_the_finish_on() -> None:
    told = score(case("03-30 08:00", "03-30 09:00", LATER, True, 5))
    assert (told.resolution, told.satisfaction) == (Rate(0, 0), None)
    assert told.levels == ((5, 0), (4, 0), (3, 0), (2, 0), (1, 0))


def test_satisfaction_is_the_mean_over_all_finished_cases_with_a_level() -> None:
    done = [
        case("03-01 08:00", finished="03-02 08:00", confirmed=confirmed, level=level)
        for confirmed, level in ((True, 5), (False, 1), (None, 3), (True, None))
    ]
    assert score(*done).satisfaction == Fraction(170, 3)


def test_a_case_outside_the_teams_duty_counts_nowhere_and_is_told() -> None:
    told = score(case("03-01 08:00", not_counted=True), case("03-01 08:00", "03-01 09:00"))
    assert (told.response, told.opened, told.not_counted) == (Rate(1, 1), 2, 1)


def test_a_part_without_a_case_takes_its_weight_with_it() -> None:
    # response 100 and resolution 0: 30 of 70
    assert score(case("03-01 08:00", "03-01 09:00")).exact == Fraction(3000, 70)


def test_without_cases_there_is_no_score() -> None:
    assert score().score is None
    assert score(case("03-01 08:00", not_counted=True)).score is None


def test_the_plan_sets_both_limits() -> None:
    plan = Plan(answer_hours=48, resolve_days=30)
    told = score(case("03-01 08:00", "03-03 08:00"), plan=plan)
    assert (told.response, told.resolution) == (Rate(1, 1), Rate(0, 1))
    assert score(case("03-03 08:00", "03-03 09:00"), plan=plan).resolution == Rate(0, 0)


# --- what a resident says in the portal ---------------------------------------------------------------------------


def test_what_the_resident_says_here_is_known_from_then_on() -> None:
    heard = case("03-01 08:00", finished="03-02 08:00", confirmed=True, level=4, heard="03-20 09:00")
    before, after = score(heard, on="03-19"), score(heard, on="03-20")
    assert (before.resolution, before.satisfaction) == (Rate(0, 0), None)
    assert (after.resolution, after.satisfaction) == (Rate(1, 1), 85)


def test_what_is_said_at_midnight_is_not_yet_known() -> None:
    heard = case("03-01 08:00", finished="03-02 08:00", confirmed=False, heard="04-01 00:00")
    assert score(heard).resolution == Rate(0, 0)
    assert score(heard, on="04-01").resolution == Rate(0, 1)


def test_a_case_that_is_partly_solved_counts_with_its_level_alone() -> None:
    told = score(case("03-01 08:00", finished="03-02 08:00", level=3, heard="03-03 08:00"))
    assert (told.resolution, told.satisfaction) == (Rate(0, 0), 70)


TAKEN_UP = case("01-05 08:00", "01-05 09:00", first_finished="01-10 08:00", reopened="02-10 08:00")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        ("01-09", Rate(0, 0)),
        ("02-09", Rate(0, 0)),  # finished, neither confirmed nor denied: 15 days don't count against it
        ("02-10", Rate(0, 1)),  # taken up again: it lies there since it was opened
    ],
)
def test_a_case_stands_as_finished_until_it_is_taken_up_again(on: str, expected: Rate) -> None:
    assert score(TAKEN_UP, on=on).resolution == expected


def test_a_case_taken_up_again_counts_once_it_is_finished_and_confirmed() -> None:
    done = replace(
        TAKEN_UP, finished_at=datetime(2026, 3, 1, 8), heard_at=datetime(2026, 3, 5, 8), confirmed=True
    )
    told = [score(replace(done, level=5), on=on) for on in ("02-09", "02-28", "03-01", "03-05")]
    assert [one.resolution for one in told] == [Rate(0, 0), Rate(0, 1), Rate(0, 0), Rate(1, 1)]
    assert [one.satisfaction for one in told] == [None, None, None, 100]


LATER_SAID = st.tuples(st.booleans() | st.none(), st.integers(1, 5) | st.none())


@given(CASES.filter(lambda one: one.heard_at is None), DAYS, st.integers(0, 40), LATER_SAID)
def test_nothing_said_or_done_later_changes_the_result_of_a_day(
    one: Case, on: date, days: int, said: tuple[bool | None, int | None]
) -> None:
    """From the state at the end of a day any of the portal's steps may follow."""
    end = datetime.combine(on + timedelta(days=1), time())
    if one.finished_at is None or one.finished_at >= end or one.opened_at >= end:
        return
    own = replace(one, confirmed=None, level=None)
    later = end + timedelta(days=days)
    if own.reopened_at is None or own.reopened_at < end:
        heard = replace(own, confirmed=said[0], level=said[1], heard_at=later)
        assert score_of(heard, on) == score_of(own, on)
    if own.reopened_at is None:
        again = replace(own, finished_at=None, first_finished_at=own.finished_at, reopened_at=later)
        finished = replace(again, finished_at=later, confirmed=said[0], level=said[1], heard_at=later)
        assert score_of(again, on) == score_of(finished, on) == score_of(own, on)


def score_of(one: Case, on: date) -> CasesScore:
    return cases_score([one], on, Plan())
