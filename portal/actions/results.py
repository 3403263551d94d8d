"""A township's results: exact at once for the operator, released voices only for the pages of staff."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.clock import local, local_day
from portal.core.days import Span
from portal.core.naming import renamed, renamed_plan
from portal.core.periods import NoSuchPeriod, PeriodDays, choose, stations
from portal.core.release import release
from portal.core.score import Result, score_township
from portal.core.voices import count_voices
from portal.store import scoring, townships
from portal.store.names import names_on
from portal.store.organisation import Township


@dataclass(frozen=True, slots=True)
class TownshipResult:
    """A result with what it is of."""

    township: Township
    period: PeriodDays
    result: Result


def exact_results(
    session: Session, township: Township, period_name: str | None, as_of: date | None, now: datetime
) -> TownshipResult:
    """Every voice counts at once. Raises NoSuchPeriod and BeforePeriod."""
    period, day = choose(townships.periods(session, township.id), period_name, as_of, local_day(now))
    return _results(session, township, period, day, None)


def shown_results(
    session: Session, township: Township, period_name: str | None, station: date | None, now: datetime
) -> TownshipResult:
    """What staff may see at `now`: as of a station (a quarter's end, or today), released voices only.

    Raises NoSuchPeriod, also for a day that is no station of the period.
    """
    today = local_day(now)
    period, _ = choose(townships.periods(session, township.id), period_name, None, today)
    days = stations(period, today)
    if not days or (station is not None and station not in days):
        raise NoSuchPeriod(period.name)
    return _results(session, township, period, station or days[-1], now)


def _results(
    session: Session, township: Township, period: PeriodDays, as_of: date, shown_at: datetime | None
) -> TownshipResult:
    names = names_on(session, township.id, min(as_of, period.span.last))
    plan = renamed_plan(townships.plan_of(session, township.id, period.id), names)
    facts = renamed(scoring.load_facts(session, township.id, period.id, period.span, as_of), names)
    daily = scoring.daily_counts(session, township.id, period.span)
    cutoff = None if shown_at is None else release(daily, facts.links, local(shown_at), plan.release_batch)
    days = Span(period.span.first, max(period.span.first, min(as_of, period.span.last)))
    voices = count_voices(daily, facts.links, days, cutoff)
    return TownshipResult(township, period, score_township(replace(facts, voices=voices), plan, as_of))
