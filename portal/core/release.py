"""Which voices staff pages count already (scoring.md, last section): whole days in batches, never a single voice.

A village's voices of a quarter are gathered by day, in order, into batches of at least the plan's size; a batch is
released at 06:00 after the next one is full, what remains at the quarter's close. A voice fills a batch once a
quarter, on the day its author first spoke: rating again fills nothing, and neither does one that was taken back before
the batch was full. Otherwise four that come and go would let a page grow by the single voice between them. Where the village changes teams within the
quarter, each team's days are gathered for themselves: a batch over both would let a team's page grow by one voice.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import accumulate

from portal.core.days import Quarter, quarter_of
from portal.core.facts import Link
from portal.core.voices import Cutoff, DailyCount, teams_by_day

MORNING = time(6)


def released_through(
    new_voices: Mapping[date, int],
    quarter: Quarter,
    now: datetime,
    batch: int,
    standing: Callable[[date], int] | None = None,
) -> date | None:
    """The day up to whose end a village-quarter's voices may be shown at `now` (Asia/Shanghai); None: none yet.

    `new_voices` holds how many residents spoke for the first time in the quarter, by day; `standing`
    tells how many voices stood at the end of a day (without it all that came): a batch is full when so many are new and
    so many more stand than when the one before it was full. A batch size of 1 holds nothing back.
    """
    if batch <= 1 or now >= _morning_after(quarter.span.last):
        return min(now.date(), quarter.span.last)
    shown: date | None = None
    waiting: date | None = None
    gathered = before = 0
    for day in sorted(new_voices):
        if now < _morning_after(day):
            break
        gathered += new_voices[day]
        stood = standing(day) if standing else before + gathered
        if min(gathered, stood - before) >= batch:
            shown, waiting, gathered, before = waiting, day, 0, stood
    return shown


def release(daily: Iterable[DailyCount], links: Sequence[Link], now: datetime, batch: int) -> Cutoff:
    """The cutoff of every village, quarter and team at `now`, for `count_voices`."""
    team_on = teams_by_day(links)
    spoke: dict[tuple[str, Quarter, str | None], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    moves: dict[tuple[str, Quarter, str | None], dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for rating in daily:
        cell = rating.village, quarter_of(rating.day), team_on(rating.village, rating.day)
        if rating.first:
            spoke[cell][rating.day] += rating.count
        moves[cell][rating.day] += rating.count
        if rating.replaced_on is not None:
            moves[cell][rating.replaced_on] -= rating.count

    @cache  # asked for every rating
    def cutoff(village: str, quarter: Quarter, team: str | None) -> date | None:
        cell = village, quarter, team
        return released_through(spoke[cell], quarter, now, batch, _standing(moves[cell]))

    return cutoff


def _standing(moves: Mapping[date, int]) -> Callable[[date], int]:
    """How many stood at the end of each day, by how many came and went on the days before it."""
    days = sorted(moves)
    totals = [0, *accumulate(moves[day] for day in days)]
    return lambda day: totals[bisect_right(days, day)]


def _morning_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), MORNING)
