"""Total, rank and band."""

from fractions import Fraction

import pytest

from portal.core.plan import Weights
from portal.core.total import band, ranks, total_score

NONE = Fraction(0)


def fractions(*texts: str | None) -> list[Fraction | None]:
    return [None if text is None else Fraction(text) for text in texts]


def test_the_dimensions_weigh_forty_thirty_thirty_and_the_bonus_comes_on_top() -> None:
    post, module, team = Fraction("93.10"), Fraction("88.00"), Fraction("85.42")
    # 37.24 + 26.4 + 25.626 + 2 = 91.266
    assert total_score(post, module, team, Fraction(2), Weights()) == Fraction("91.27")


def test_a_missing_dimension_takes_its_weight_with_it_and_the_bonus_stays_whole() -> None:
    assert total_score(Fraction(90), None, Fraction(83), Fraction(2), Weights()) == 89  # 6090 / 70 + 2


def test_without_any_dimension_there_is_no_total_whatever_the_bonus() -> None:
    assert total_score(None, None, None, Fraction(5), Weights()) is None


def test_a_total_may_pass_a_hundred() -> None:
    full = Fraction(100)
    assert total_score(Fraction(140), full, full, Fraction(5), Weights()) == 121


def test_a_group_with_its_own_weights_is_weighed_by_them() -> None:
    own = Weights(Fraction(50), Fraction(20), Fraction(30))
    assert total_score(Fraction(90), Fraction(80), Fraction(70), NONE, own) == 82


def test_a_dimension_that_weighs_nothing_gives_no_total_alone() -> None:
    own = Weights(Fraction(100), Fraction(0), Fraction(0))
    assert total_score(None, Fraction(80), None, NONE, own) is None


def test_a_total_is_rounded_half_up_once() -> None:
    assert total_score(Fraction("80.01"), Fraction("80.01"), Fraction("80.06"), NONE, Weights()) == Fraction(
        "80.03"
    )


def test_equal_totals_share_a_rank_and_the_next_is_skipped() -> None:
    assert ranks(fractions("80", "90", "80", "70")) == [2, 1, 2, 4]


def test_who_has_no_total_has_no_rank_and_takes_no_place() -> None:
    assert ranks(fractions(None, "90", None, "70")) == [None, 1, None, 2]
    assert ranks([]) == []


@pytest.mark.parametrize(
    ("rank", "count", "expected"),
    [
        (1, 10, 20),
        (2, 10, 20),
        (3, 10, 50),
        (5, 10, 50),
        (6, 10, 80),
        (8, 10, 80),
        (9, 10, 100),
        (10, 10, 100),
    ],
)
def test_a_band_is_the_smallest_part_of_the_group_that_the_rank_lies_in(
    rank: int, count: int, expected: int
) -> None:
    assert band(rank, range(1, count + 1)) == expected


def test_the_first_of_a_small_group_is_not_among_its_first_fifth() -> None:
    assert [band(1, range(1, count + 1)) for count in (1, 2, 4, 5)] == [100, 50, 50, 20]


def test_a_band_counts_only_those_who_have_a_rank() -> None:
    assert band(1, [1, 2, None, None, None]) == 50
    assert band(None, [1, 2]) is None
    assert band(None, []) is None
