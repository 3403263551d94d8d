"""Days as the rules count them: stretches with both ends included, and calendar quarters. All in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The days from `first` to `last`, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def within(self, other: Span) -> Span | None:
        """The days that both have, or None."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Span(first, last) if first <= last else None


def shared_days(spans: Iterable[Span], within: Span) -> int:
    """How many days of `within` the spans hold, each span for itself (two at once count twice)."""
    return sum(part.days for span in spans if (part := span.within(within)))


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A calendar quarter, the time in which one resident has one voice for one village."""

    year: int
    number: int

    @property
    def span(self) -> Span:
        first = date(self.year, 3 * self.number - 2, 1)
        following = date(self.year + self.number // 4, 3 * (self.number % 4) + 1, 1)
        return Span(first, following - timedelta(days=1))

    @property
    def words(self) -> str:
        return f"{self.year}年{'一二三四'[self.number - 1]}季度"

    @property
    def key(self) -> str:
        """A short form for keys and columns: 2026Q1."""
        return f"{self.year}Q{self.number}"

    def next(self) -> Quarter:
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month + 2) // 3)


def quarters_in(span: Span) -> Iterator[Quarter]:
    """The quarters that share a day with `span`, in order."""
    quarter = quarter_of(span.first)
    while quarter.span.first <= span.last:
        yield quarter
        quarter = quarter.next()
