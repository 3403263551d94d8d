"""Numbers are exact until a rule says that they are rounded, and then half up."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.exact import decimal_of, held_within, rounded, weighted_mean

NUMBERS = st.fractions(-1000, 1000, max_denominator=100_000)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("84.125", "84.13"),
        ("84.135", "84.14"),  # a float would give 84.13
        ("84.1249999", "84.12"),
        ("0.005", "0.01"),
        ("0.00499", "0"),
        ("99.995", "100"),
        ("-0.005", "-0.01"),  # a half goes away from zero
        ("-0.00499", "0"),
        ("77.06", "77.06"),
    ],
)
def test_a_half_cent_goes_up(value: str, expected: str) -> None:
    assert rounded(Fraction(value)) == Fraction(expected)


@pytest.mark.parametrize(("places", "expected"), [(0, "67"), (2, "66.67"), (4, "66.6667")])
def test_a_number_is_rounded_to_as_many_places_as_wanted(places: int, expected: str) -> None:
    assert rounded(Fraction(200, 3), places) == Fraction(expected)
    assert str(decimal_of(Fraction(200, 3), places)) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [("0", "0.00"), ("5", "5.00"), ("0.1", "0.10"), ("-1.5", "-1.50")]
)
def test_a_shown_number_has_all_its_decimals(value: str, expected: str) -> None:
    assert str(decimal_of(Fraction(value))) == expected


@given(NUMBERS)
def test_what_is_shown_is_the_rounded_number_and_at_most_half_a_cent_off(value: Fraction) -> None:
    assert Fraction(decimal_of(value)) == rounded(value)
    assert abs(rounded(value) - value) <= Fraction(1, 200)
    assert decimal_of(value).as_tuple().exponent == -2


@given(NUMBERS, NUMBERS)
def test_rounding_never_turns_an_order_round(one: Fraction, other: Fraction) -> None:
    assert rounded(min(one, other)) <= rounded(max(one, other))


def test_a_value_that_is_not_there_takes_its_weight_with_it() -> None:
    parts = [(Fraction(60), Fraction(90)), (Fraction(25), None), (Fraction(15), Fraction(70))]
    assert weighted_mean(parts) == Fraction(60 * 90 + 15 * 70, 75) == 86


def test_no_value_at_all_gives_no_mean() -> None:
    assert weighted_mean([]) is None
    assert weighted_mean([(Fraction(1), None)]) is None


def test_values_that_weigh_nothing_give_no_mean() -> None:
    assert weighted_mean([(Fraction(0), Fraction(50))]) is None


def test_zero_is_a_value_and_not_missing() -> None:
    assert weighted_mean([(Fraction(1), Fraction(0)), (Fraction(1), Fraction(100))]) == 50


def test_a_value_past_a_bound_becomes_the_bound() -> None:
    low, high = Fraction(0), Fraction(100)
    assert [held_within(Fraction(value), low, high) for value in (-1, 0, 55, 100, 101)] == [
        0,
        0,
        55,
        100,
        100,
    ]


def test_a_shown_number_is_a_decimal_that_a_person_can_add() -> None:
    assert decimal_of(Fraction("88.1")) + decimal_of(Fraction("0.905")) == Decimal("89.01")
