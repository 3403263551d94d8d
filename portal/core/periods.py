"""Which appraisal period is meant, and up to which day (`portal results`, and the pages' stations)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.days import Span, quarters_in


@dataclass(frozen=True, slots=True)
class PeriodDays:
    """A period's name and days."""

    id: int
    name: str
    span: Span


class NoSuchPeriod(LookupError):
    """No period of that name, or none that holds or precedes the day."""


def choose(
    periods: Sequence[PeriodDays], name: str | None, as_of: date | None, today: date
) -> tuple[PeriodDays, date]:
    """The period meant and the day up to which facts count.

    Without a name: the period that holds as_of (default today), else the latest begun before it. With a name, as_of
    defaults to today, or to the last day of a period that is over. Raises NoSuchPeriod.
    """
    if name is not None:
        named = next((period for period in periods if period.name == name), None)
        if named is None:
            raise NoSuchPeriod(name)
        return named, as_of if as_of is not None else min(today, named.span.last)
    day = as_of if as_of is not None else today
    begun = [period for period in periods if period.span.first <= day]
    holding = [period for period in begun if day in period.span]
    if not begun:
        raise NoSuchPeriod(day.isoformat())
    return max(holding or begun, key=lambda period: period.span.first), day


@dataclass(frozen=True, slots=True)
class Gap:
    """A day in no period: when the last one ended and when the next one begins, as far as there are such."""

    ended_on: date | None
    opens_on: date | None


def gap_on(periods: Sequence[PeriodDays], day: date) -> Gap | None:
    """What lies around a day that no period covers; None where one does."""
    if any(day in period.span for period in periods):
        return None
    ended = [period.span.last for period in periods if period.span.last < day]
    coming = [period.span.first for period in periods if period.span.first > day]
    return Gap(max(ended, default=None), min(coming, default=None))


def stations(period: PeriodDays, today: date) -> list[date]:
    """The days as of which pages may show a result: the ended quarters' last days, and today while it runs.

    Not every day: the difference of two neighbouring days would show who spoke in between.
    """
    ends = [min(quarter.span.last, period.span.last) for quarter in quarters_in(period.span)]
    days = [end for end in ends if end < today]
    if today in period.span:
        days.append(today)
    return days
