"""What residents ask for in a year (诉求), and how the teams see to it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from random import Random

from portal.core.book import CaseRow
from portal.demo.dice import DemoTime, between, chosen
from portal.demo.organisation import Organisation, qualities
from portal.demo.villages import VILLAGES

CASES_A_YEAR = 150
MIDDLING = 0.5  # the quality on a day without a team
ANSWER_LIMIT = timedelta(hours=24)
WORK_BEGINS, WORK_ENDS = 8, 18


def cases(plan: Organisation) -> tuple[CaseRow, ...]:
    """诉求 opened so far, numbered in order; what has not come yet is None."""
    when = plan.when
    quality = qualities(when)
    rows = []
    for place, (opened, village) in enumerate(sorted(_openings(when)), start=1):
        if when.told(opened.date()):
            thrown = when.dice("case", place)
            team = plan.team_on(village, opened.date())
            row = _case(f"{when.number}-{place:04d}", village, opened, quality.get(team, MIDDLING), thrown)
            rows.append(_as_known(when, row))
    return tuple(rows)


def _openings(when: DemoTime) -> Iterator[tuple[datetime, str]]:
    """(time, village) evenly through the year, 07:00–21:00, larger villages more often."""
    thrown = when.dice("openings")
    codes = [village.code for village in VILLAGES]
    households = [village.households for village in VILLAGES]
    for place in range(CASES_A_YEAR):
        day = when.first + timedelta(days=int((place + thrown.random()) * when.span.days / CASES_A_YEAR))
        seconds = thrown.randrange(7 * 3600, 21 * 3600)
        yield datetime.combine(day, time()) + timedelta(seconds=seconds), thrown.choices(codes, households)[0]


def _case(number: str, village: str, opened: datetime, quality: float, thrown: Random) -> CaseRow:
    """A case as it will have gone in the end."""
    answered = _answered(opened, quality, thrown)
    finished = _finished(answered, quality, thrown) if answered else None
    confirmed = level = None
    if finished:
        good = 0.72 + 0.2 * quality
        confirmed = chosen(thrown, {True: good - 0.1, False: (1 - good) * 0.6, None: 0.2})
        level = _level(quality - 0.5 * (confirmed is False), thrown) if thrown.random() < 0.6 else None
    not_counted = answered is not None and thrown.random() < 0.03
    return CaseRow(number, village, opened, answered, finished, confirmed, level, not_counted)


def _answered(opened: datetime, quality: float, thrown: Random) -> datetime | None:
    """Within a day mostly, at working hours; now and then late, rarely never."""
    fate = chosen(thrown, {"prompt": 0.78 + 0.18 * quality, "late": 0.19 - 0.16 * quality, "never": 0.03})
    if fate == "never":
        return None
    if fate == "late":
        return _at_work(opened + timedelta(hours=thrown.uniform(26, 96)), thrown)
    answered = _at_work(opened + timedelta(minutes=thrown.uniform(15, 60 * (16 - 8 * quality))), thrown)
    if answered - opened > ANSWER_LIMIT:  # next morning would be too late: by telephone, at once
        return opened + timedelta(seconds=thrown.randrange(600, 7200))
    return answered


def _finished(answered: datetime, quality: float, thrown: Random) -> datetime | None:
    fate = chosen(
        thrown, {"soon": 0.80 + 0.12 * quality, "long": 0.12 - 0.09 * quality, "never": 0.08 - 0.06 * quality}
    )
    if fate == "never":
        return None
    days = thrown.uniform(16, 40) if fate == "long" else 0.1 + thrown.expovariate(1 / (4.5 - 2 * quality))
    return max(answered, _at_work(answered + timedelta(days=min(days, 45)), thrown, hours=9))


def _at_work(moment: datetime, thrown: Random, hours: int = 2) -> datetime:
    """`moment`, or within so many hours after work begins next; whole seconds."""
    moment = moment.replace(microsecond=0)
    if moment.hour >= WORK_ENDS:
        moment = datetime.combine(moment.date() + timedelta(days=1), time())
    if moment.hour < WORK_BEGINS:
        begins = datetime.combine(moment.date(), time(WORK_BEGINS))
        moment = begins + timedelta(seconds=thrown.randrange(3600 * hours))
    return moment


def _level(quality: float, thrown: Random) -> int:
    warmth = between(quality + 0.25, 0, 1)
    shares = {
        5: 0.25 + 0.45 * warmth,
        4: 0.30,
        3: 0.25 - 0.2 * warmth,
        2: 0.12 - 0.11 * warmth,
        1: 0.08 - 0.07 * warmth,
    }
    return chosen(thrown, shares)


def _as_known(when: DemoTime, row: CaseRow) -> CaseRow:
    """The case as it stands at the start of today."""
    answered = when.told_time(row.answered_at)
    finished = when.told_time(row.finished_at)
    return replace(
        row,
        answered_at=answered,
        finished_at=finished,
        confirmed=row.confirmed if finished else None,
        level=row.level if finished else None,
        not_counted=row.not_counted and answered is not None,
    )
