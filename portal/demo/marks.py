"""What cadres and teams are given in a year: tasks' marks, module marks, contests, governance marks, bonuses."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from portal.core.book import (
    PARTY_COMMITTEE,
    BonusRow,
    ContestRow,
    GovernanceRow,
    MarkKind,
    MarkRow,
    Role,
    TaskRow,
)
from portal.core.days import Span
from portal.demo import words
from portal.demo.dice import DemoTime, dice, halves, tenths
from portal.demo.organisation import Organisation, qualities
from portal.demo.people import MODULE_LEADERS, TEAMS, Seat, work_number

BONUSES_A_YEAR = 30
MARK_DAYS = range(5, 29)  # daily marks are given between the 5th and the 28th
STRICTNESS = dict(zip(words.MODULES, (0.5, -1.5, 1.0, -0.5, 1.5), strict=True))  # of the modules' leaders
LEADER_OF = {module: work_number(number) for number, module in MODULE_LEADERS.items()}
COEFFICIENTS = {post.name: post.coefficient for post in words.POSTS}


def scored(plan: Organisation) -> list[Seat]:
    """Everybody but the 不参评."""
    return [seat for seat in plan.seats if not seat.person.exempt]


def tasks(plan: Organisation) -> tuple[TaskRow, ...]:
    """岗位任务: four to six for each holding that has begun; the last of them is marked at the year's close."""
    rows: list[TaskRow] = []
    for seat in scored(plan):
        thrown = plan.when.dice("tasks", seat.person.number)
        for post, first in plan.holdings(seat):
            told = first == seat.service.first or plan.when.told(first)
            made = list(_tasks_of_holding(plan, seat, post, first, thrown))
            rows += made if told else []
    return tuple(rows)


def _tasks_of_holding(
    plan: Organisation, seat: Seat, post: str, first: date, thrown: Random
) -> Iterator[TaskRow]:
    when = plan.when
    weights = list(thrown.choice(words.TASK_WEIGHTS))
    thrown.shuffle(weights)
    usual = next((p.module for p in words.POSTS if p.name == post and p.module), seat.module)
    names = [
        *thrown.sample(words.COMMON_TASKS, 2),
        *thrown.sample(words.MODULE_TASKS[usual], len(weights) - 2),
    ]
    mean = (
        88 + 2.5 * ability(when, seat) - 24 * (float(COEFFICIENTS[post]) - 1)
    )  # hard posts leave more undone
    days = sorted(_day(thrown, Span(first, seat.service.last)) for _ in weights)
    days[0] = min(days[0], first + timedelta(days=thrown.randint(10, 50)))  # something is judged early on
    days[-1] = seat.service.last
    for name, weight, day in zip(names, weights, days, strict=True):
        mark = tenths(min(thrown.gauss(mean, 5), 99))
        yield TaskRow(seat.person.number, post, name, Decimal(weight), mark if when.told(day) else None)


def ability(when: DemoTime, seat: Seat) -> float:
    """How able somebody is, around 0 within ±2, the same in both years."""
    return max(-2.0, min(dice(when.seed, "ability", seat.person.number).gauss(0, 1), 2.0))


def marks(plan: Organisation) -> tuple[MarkRow, ...]:
    """模块评分 up to today: daily about monthly, stage quarterly, annual when the year is over.

    Who leaves within the year gets the annual mark on the last day of service (scoring.md, 2).
    """
    rows = []
    for seat in scored(plan):
        thrown = plan.when.dice("marks", seat.person.number)
        # Everything is thrown before it is told, so that the dice falls alike on every day of the year.
        rows += [row for row in _marks_of(plan, seat, thrown) if plan.when.told(row.day)]
    return tuple(rows)


def _marks_of(plan: Organisation, seat: Seat, thrown: Random) -> Iterator[MarkRow]:
    for kind, day in _mark_days(plan.when, seat, thrown):
        module = plan.module_on(seat, day)
        mark = halves(min(thrown.gauss(90 + STRICTNESS[module] + 2.5 * ability(plan.when, seat), 2.5), 99))
        leads = Role.MODULE_LEADER in seat.person.roles
        marker = PARTY_COMMITTEE if leads else LEADER_OF[module]
        yield MarkRow(seat.person.number, kind, day, mark, marker, _reason(mark, thrown))


def _mark_days(when: DemoTime, seat: Seat, thrown: Random) -> Iterator[tuple[MarkKind, date]]:
    service = seat.service
    for month in range(1, 13):
        often = thrown.choices((0, 1, 2), (8, 82, 10))[0] if month > 1 else 1
        for day in sorted(thrown.sample(MARK_DAYS, often)):
            if date(when.number, month, day) in service:
                yield MarkKind.DAILY, date(when.number, month, day)
        stage = date(when.number, month, thrown.randint(20, 28))
        if month % 3 == 0 and stage in service:
            yield MarkKind.STAGE, stage
    known = when.told_span(service)
    left = known is not None and known.last < when.last
    if when.finished or left:
        yield MarkKind.ANNUAL, service.last if left else date(when.number, 12, thrown.randint(16, 29))


def _reason(mark: Decimal, thrown: Random) -> str:
    """Outstanding marks have a reason, and every tenth of the others."""
    said = thrown.random() < 0.1
    if mark < 85:
        return thrown.choice(words.LOW_REASONS)
    return thrown.choice(words.HIGH_REASONS) if mark > 95 or said else ""


def contests(when: DemoTime) -> tuple[ContestRow, ...]:
    """模块PK: one a quarter, in the middle of its last month."""
    rows = []
    for quarter, name in enumerate(words.CONTESTS, start=1):
        thrown = when.dice("contest", quarter)
        day = date(when.number, 3 * quarter, thrown.randint(11, 19))
        order = thrown.sample(words.MODULES, len(words.MODULES))
        rows += [
            ContestRow(day, f"{'一二三四'[quarter - 1]}季度{name}", module, Decimal(points))
            for module, points in zip(order, words.CONTEST_POINTS, strict=True)
            if when.told(day)
        ]
    return tuple(rows)


def governance(when: DemoTime) -> tuple[GovernanceRow, ...]:
    """治理评分 of every team and item: None until it is judged, which some is on the year's last day."""
    quality = qualities(when)
    rows = []
    for team in TEAMS:
        thrown = when.dice("governance", team)
        for item, weight in words.GOVERNANCE_ITEMS:
            mark = tenths(min(78 + 17 * quality[team] + thrown.gauss(0, 3), 98))
            day = date(when.number, thrown.randint(2, 11), 25)
            if team in TEAMS[::4] and item == "环境整治":
                day = when.last
            rows.append(GovernanceRow(team, item, Decimal(weight), mark if when.told(day) else None))
    return tuple(rows)


def bonuses(plan: Organisation) -> tuple[BonusRow, ...]:
    """专班加分: about thirty a year, evenly through it; half-point steps, small ones mostly."""
    when = plan.when
    thrown = when.dice("bonuses")
    pairs = [(force, seat) for force in words.TASK_FORCES for seat in scored(plan) if thrown.random() < 0.12]
    rows = []
    for place, (force, seat) in enumerate(thrown.sample(pairs, BONUSES_A_YEAR)):
        day = when.first + timedelta(days=(2 * place + 1) * 365 // (2 * BONUSES_A_YEAR))
        steps = thrown.choices(range(1, 11), (12, 16, 14, 12, 9, 7, 4, 3, 2, 1))[0]
        reason = thrown.choice(words.BONUS_REASONS[force])
        if when.told(day) and day in seat.service:
            rows.append(BonusRow(force, seat.person.number, Decimal(steps) / 2, reason))
    return tuple(rows)


def _day(thrown: Random, within: Span) -> date:
    return within.first + timedelta(days=thrown.randrange(within.days))
