"""Exact numbers: every score is a fraction until a rule says that it is rounded."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

HUNDRED = Fraction(100)


def rounded(value: Fraction, places: int = 2) -> Fraction:
    """`value` rounded half up (四舍五入: a half goes away from zero), as scoring.md wants before combining."""
    scaled = abs(value) * 10**places + Fraction(1, 2)
    whole = scaled.numerator // scaled.denominator
    return Fraction(whole if value >= 0 else -whole, 10**places)


def decimal_of(value: Fraction, places: int = 2) -> Decimal:
    """`value` rounded half up as a Decimal that prints with exactly `places` decimals."""
    shown = rounded(value, places)
    whole = shown.numerator * 10**places // shown.denominator
    return Decimal(whole).scaleb(-places).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def weighted_mean(parts: Iterable[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """The mean of (weight, value) over the values that are there; None when there is none (暂缺)."""
    there = [(weight, value) for weight, value in parts if value is not None]
    total = sum((weight for weight, _ in there), Fraction(0))
    if not total:
        return None
    return sum((weight * value for weight, value in there), Fraction(0)) / total


def held_within(value: Fraction, low: Fraction, high: Fraction) -> Fraction:
    """`value`, or the bound it went past."""
    return min(max(value, low), high)
