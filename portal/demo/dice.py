"""A year of the demo: what is told of it, and the dice it is thrown with.

A running year is thrown whole and then cut: what lies on or after its `until` is not told. So a later day only adds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar

from portal.core.days import Span

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class DemoTime:
    """The calendar year `number`, told up to the day before `until`."""

    seed: int
    number: int
    until: date

    @property
    def first(self) -> date:
        return date(self.number, 1, 1)

    @property
    def last(self) -> date:
        return date(self.number, 12, 31)

    @property
    def span(self) -> Span:
        return Span(self.first, self.last)

    @property
    def finished(self) -> bool:
        return self.until > self.last

    def dice(self, *about: object) -> Random:
        """A dice of its own for one matter of this year, so that matters don't disturb each other."""
        return dice(self.seed, self.number, *about)

    def told(self, day: date) -> bool:
        return day < self.until

    def told_time(self, moment: datetime | None) -> datetime | None:
        """`moment`, or None when it has not come yet."""
        return moment if moment is not None and moment < datetime.combine(self.until, time()) else None

    def told_span(self, span: Span) -> Span | None:
        """A stretch as it stands now: None if it has not begun, open to the year's end if its end has not come."""
        if span.first > self.first and not self.told(span.first):
            return None
        ended = span.last + timedelta(days=1) < self.until
        return span if ended else Span(span.first, self.last)


def dice(seed: int, *about: object) -> Random:
    """A dice for one matter: equal arguments throw equal numbers, in every process."""
    return Random("/".join(str(part) for part in (seed, *about)))


def chosen(thrown: Random, shares: Mapping[Key, float]) -> Key:
    """One of the keys, each as often as its share of the whole."""
    return thrown.choices(list(shares), list(shares.values()))[0]


def between(value: float, low: float, high: float) -> float:
    return min(max(value, low), high)


def tenths(value: float) -> Decimal:
    """`value` as a mark with one decimal, held within 0–100."""
    return Decimal(f"{between(value, 0, 100):.1f}")


def halves(value: float) -> Decimal:
    """`value` in steps of a half, held within 0–100."""
    return Decimal(round(between(value, 0, 100) * 2)) / 2
