"""The two years of the demo township: last year complete, this year told up to yesterday.

Each year is planned whole from the seed and the calendar year, then cut at today. So equal arguments give equal
years, a later day only adds to what an earlier one told, and nothing is told that has not happened. Ends of
service, memberships, links and task forces that still lie ahead stand open, at the year's last day.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from portal.core.book import (
    Book,
    CadreRow,
    ExtraPostRow,
    LinkRow,
    MemberRow,
    ModuleRow,
    PeriodRow,
    PostRow,
    RatingRow,
    TaskForceRow,
    TeamRow,
)
from portal.core.days import Span
from portal.demo import words
from portal.demo.cases import cases
from portal.demo.dice import DemoTime
from portal.demo.marks import bonuses, contests, governance, marks, tasks
from portal.demo.organisation import Organisation, first_links, organisation
from portal.demo.people import TEAM_LEADERS, TEAMS, last_years_seats, people, this_years_seats, work_number
from portal.demo.ratings import ratings
from portal.demo.villages import COUNTY, TOWNSHIP, TOWNSHIP_CODE, VILLAGES

Stretch = TypeVar("Stretch", ExtraPostRow, MemberRow, LinkRow)


@dataclass(frozen=True, slots=True)
class DemoYear:
    """A book as an import workbook would give it, and the ratings that go with it in order of time."""

    book: Book
    ratings: tuple[RatingRow, ...]


def demo_years(today: date, seed: int = 330825111) -> tuple[DemoYear, DemoYear]:
    """The calendar year before today's, complete, and today's year with what happened before today."""
    last_year = DemoTime(seed, today.year - 1, date(today.year, 1, 1))
    this_year = DemoTime(seed, today.year, today)
    everybody = people(seed)
    last_plan = organisation(last_year, last_years_seats(last_year, everybody), first_links())
    seats = this_years_seats(this_year, everybody, last_plan.ends())
    this_plan = organisation(this_year, seats, last_plan.last_links())
    return _year(last_plan), _year(this_plan)


def _year(plan: Organisation) -> DemoYear:
    when = plan.when
    leaders = (work_number(number) for number in TEAM_LEADERS)
    book = Book(
        period=PeriodRow(TOWNSHIP, TOWNSHIP_CODE, COUNTY, f"{when.number}年度", when.first, when.last),
        villages=VILLAGES,
        modules=tuple(ModuleRow(name) for name in words.MODULES),
        posts=tuple(PostRow(post.name, post.coefficient) for post in words.POSTS),
        cadres=_cadres(plan),
        extra_posts=_told(when, plan.extra_posts),
        moves=tuple(row for row in plan.moves if when.told(row.day)),
        teams=tuple(TeamRow(name, leader) for name, leader in zip(TEAMS, leaders, strict=True)),
        members=_told(when, plan.members),
        links=_told(when, plan.links),
        task_forces=_task_forces(when),
        tasks=tasks(plan),
        marks=marks(plan),
        contests=contests(when),
        governance=governance(when),
        bonuses=bonuses(plan),
        cases=cases(plan),
    )
    return DemoYear(book, ratings(plan))


def _told(when: DemoTime, rows: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """The rows that have begun, each with its last day as it is known now."""
    found = []
    for row in rows:
        span = when.told_span(Span(row.first_day, row.last_day))
        if span:
            found.append(replace(row, first_day=span.first, last_day=span.last))
    return tuple(found)


def _cadres(plan: Organisation) -> tuple[CadreRow, ...]:
    rows = []
    for seat in plan.seats:
        who, service = seat.person, plan.when.told_span(seat.service) or seat.service
        rows.append(
            CadreRow(
                number=who.number,
                name=who.name,
                phone=who.phone,
                group=who.group,
                post=seat.post,
                module=seat.module,
                roles=who.roles,
                first_day=service.first,
                last_day=service.last,
                staffing=who.staffing,
                exempt=who.exempt,
            )
        )
    return tuple(rows)


def _task_forces(when: DemoTime) -> tuple[TaskForceRow, ...]:
    """Through the whole year, each led by one of the 班子."""
    leaders = (work_number(number) for number in (8, 9, 10, 11))
    return tuple(
        TaskForceRow(name, leader, when.first, when.last)
        for name, leader in zip(words.TASK_FORCES, leaders, strict=True)
    )
