"""The scorer's input, read from the tables: a fixed number of statements whatever the township's size."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI, local
from portal.core import facts, form, roster
from portal.core.days import Span
from portal.core.voices import DailyCount
from portal.store.appraisal import (
    Bonus,
    Contest,
    GovernanceMark,
    ModuleMark,
    PeriodPost,
    PeriodVillage,
    Task,
    TaskForce,
)
from portal.store.organisation import (
    Absence,
    Cadre,
    ExtraPost,
    Module,
    Move,
    Post,
    Service,
    Team,
    TeamLeader,
    TeamLink,
    TeamMembership,
    Village,
)
from portal.store.ratings import editions
from portal.store.residents import Case, FormEdition, Rating, Standing
from portal.store.rows import overlapping

T = TypeVar("T")


def load_facts(
    session: Session, township_id: int, period_id: int, period: Span, as_of: date | None = None
) -> facts.Facts:
    """Everything but the voices, which `daily_counts` gives and `core.voices` counts, in the names of now.

    Teams are those of the period up to `as_of` (its last day): one that was founded later isn't there yet.
    """
    days = period if as_of is None else Span(period.first, max(period.first, min(as_of, period.last)))
    return facts.Facts(
        period=period,
        posts=_coefficients(session, township_id, period_id),
        cadres=_cadres(session, township_id, period_id, period),
        teams=_teams(session, township_id, period_id, days),
        villages=_villages(session, township_id, period_id),
        links=load_links(session, township_id, period),
        contests=_contests(session, township_id, period_id),
        governance=_governance(session, township_id, period_id),
        cases=_cases(session, township_id, period),
        editions=editions(session, township_id),
    )


def daily_counts(session: Session, township_id: int, days: Span) -> list[DailyCount]:
    """Valued ratings of these days, counted; the answers of single persons are never read."""
    counted = Rating.standing != Standing.SET_ASIDE
    columns = (
        Village.code,
        Rating.day,
        Rating.replaced_on,
        Rating.first,
        Rating.way,
        FormEdition.key,
        Rating.answers,
        counted,
    )
    rows = session.execute(
        select(*columns, func.count())
        .join(Village, Village.id == Rating.village_id)
        .join(FormEdition, FormEdition.id == Rating.edition_id)
        .where(Rating.township_id == township_id, Rating.valued, Rating.day.between(days.first, days.last))
        .group_by(*columns)
    )
    return [
        DailyCount(village, day, replaced, first, way, edition, form.answers_of(answers), count, bool(counts))
        for village, day, replaced, first, way, edition, answers, counts, count in rows
    ]


def load_links(session: Session, township_id: int, days: Span) -> tuple[facts.Link, ...]:
    rows = session.execute(
        select(Team.name, Village.code, TeamLink.first_day, TeamLink.last_day)
        .join(Team, Team.id == TeamLink.team_id)
        .join(Village, Village.id == TeamLink.village_id)
        .where(TeamLink.township_id == township_id, overlapping(TeamLink, days))
        .order_by(TeamLink.id)
    )
    return tuple(facts.Link(team, village, Span(first, last)) for team, village, first, last in rows)


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _coefficients(session: Session, township_id: int, period_id: int) -> dict[str, Fraction]:
    rows = session.execute(
        select(Post.name, PeriodPost.coefficient)
        .join(Post, Post.id == PeriodPost.post_id)
        .where(PeriodPost.township_id == township_id, PeriodPost.period_id == period_id)
    )
    return {name: Fraction(coefficient) for name, coefficient in rows}


def _cadres(session: Session, township_id: int, period_id: int, period: Span) -> tuple[facts.Cadre, ...]:
    services = _services(session, township_id, period)
    moves = _moves(session, township_id)
    absences = _absences(session, township_id, period)
    extra = _extra_posts(session, township_id, period)
    tasks = _tasks(session, township_id, period_id)
    marks = _marks(session, township_id, period_id)
    memberships = _memberships(session, township_id, period)
    bonuses = _bonuses(session, township_id, period_id)
    cadres = session.execute(
        select(Cadre.id, Cadre.number, Cadre.name)
        .where(Cadre.township_id == township_id)
        .order_by(Cadre.number)
    )
    return tuple(
        facts.Cadre(
            number=number,
            name=name,
            group=services[key][-1][1],
            exempt=services[key][-1][2],
            standings=tuple(
                facts.Standing(s.span.first, group, exempt) for s, group, exempt in services[key]
            ),
            services=roster.present(
                [service.span for service, _, _ in services[key]], [absence.span for absence in absences[key]]
            ),
            absences=tuple(absences[key]),
            holdings=(
                *roster.holdings([s for s, _, _ in services[key]], moves[key], period.first),
                *extra[key],
            ),
            stays=roster.module_stays([s for s, _, _ in services[key]], moves[key], period.first),
            tasks=tuple(tasks[key]),
            marks=tuple(marks[key]),
            memberships=tuple(memberships[key]),
            bonuses=tuple(bonuses[key]),
        )
        for key, number, name in cadres
        if key in services
    )


def _services(
    session: Session, township_id: int, period: Span
) -> dict[int, list[tuple[roster.Service, str, bool]]]:
    rows = session.execute(
        select(Service, func.coalesce(Post.name, ""), func.coalesce(Module.name, ""))
        .outerjoin(Post, Post.id == Service.post_id)
        .outerjoin(Module, Module.id == Service.module_id)
        .where(Service.township_id == township_id, overlapping(Service, period))
        .order_by(Service.first_day)
    )
    return _grouped(
        (
            row.cadre_id,
            (roster.Service(Span(row.first_day, row.last_day), post, module), row.group_name, row.exempt),
        )
        for row, post, module in rows
    )


def _absences(session: Session, township_id: int, period: Span) -> dict[int, list[facts.Absence]]:
    rows = session.execute(
        select(Absence.cadre_id, Absence.kind, Absence.first_day, Absence.last_day)
        .where(Absence.township_id == township_id, overlapping(Absence, period))
        .order_by(Absence.first_day, Absence.id)
    )
    return _grouped(
        (cadre, facts.Absence(kind.value, Span(first, last))) for cadre, kind, first, last in rows
    )


def _moves(session: Session, township_id: int) -> dict[int, list[roster.Move]]:
    rows = session.execute(
        select(Move.cadre_id, Move.day, func.coalesce(Post.name, ""), func.coalesce(Module.name, ""))
        .outerjoin(Post, Post.id == Move.post_id)
        .outerjoin(Module, Module.id == Move.module_id)
        .where(Move.township_id == township_id)
        .order_by(Move.day, Move.id)
    )
    return _grouped((cadre, roster.Move(day, post, module)) for cadre, day, post, module in rows)


def _extra_posts(session: Session, township_id: int, period: Span) -> dict[int, list[facts.Holding]]:
    rows = session.execute(
        select(ExtraPost.cadre_id, Post.name, ExtraPost.first_day, ExtraPost.last_day)
        .join(Post, Post.id == ExtraPost.post_id)
        .where(ExtraPost.township_id == township_id, overlapping(ExtraPost, period))
        .order_by(ExtraPost.id)
    )
    return _grouped((cadre, facts.Holding(post, Span(first, last))) for cadre, post, first, last in rows)


def _tasks(session: Session, township_id: int, period_id: int) -> dict[int, list[facts.Task]]:
    rows = session.execute(
        select(Task.cadre_id, Post.name, Task.name, Task.weight, Task.mark)
        .join(Post, Post.id == Task.post_id)
        .where(Task.township_id == township_id, Task.period_id == period_id)
        .order_by(Task.id)
    )
    return _grouped(
        (cadre, facts.Task(post, name, Fraction(weight), _fraction(mark)))
        for cadre, post, name, weight, mark in rows
    )


def _marks(session: Session, township_id: int, period_id: int) -> dict[int, list[facts.Mark]]:
    rows = session.execute(
        select(ModuleMark.cadre_id, ModuleMark.kind, ModuleMark.day, ModuleMark.mark, ModuleMark.reason)
        .where(
            ModuleMark.township_id == township_id,
            ModuleMark.period_id == period_id,
            ModuleMark.mark.is_not(None),
        )
        .order_by(ModuleMark.day, ModuleMark.id)
    )
    return _grouped(
        (cadre, facts.Mark(kind, day, Fraction(mark), reason))
        for cadre, kind, day, mark, reason in rows
        if mark is not None
    )


def _memberships(session: Session, township_id: int, period: Span) -> dict[int, list[facts.Membership]]:
    """Memberships by cadre; on the days of leading the team the factor is always 1 (scoring.md 3)."""
    led = _led(session, township_id, period)
    rows = session.execute(
        select(
            TeamMembership.cadre_id,
            TeamMembership.team_id,
            Team.name,
            TeamMembership.first_day,
            TeamMembership.last_day,
            TeamMembership.factor,
        )
        .join(Team, Team.id == TeamMembership.team_id)
        .where(TeamMembership.township_id == township_id, overlapping(TeamMembership, period))
        .order_by(TeamMembership.id)
    )
    return _grouped(
        (cadre, facts.Membership(name, span, Fraction(1) if leads else Fraction(factor)))
        for cadre, team, name, first, last, factor in rows
        for span, leads in roster.led_days(Span(first, last), led[team, cadre])
    )


def _led(session: Session, township_id: int, period: Span) -> dict[tuple[int, int], list[Span]]:
    """When who led which team, by team and cadre."""
    rows = session.execute(
        select(TeamLeader.team_id, TeamLeader.cadre_id, TeamLeader.first_day, TeamLeader.last_day).where(
            TeamLeader.township_id == township_id, overlapping(TeamLeader, period)
        )
    )
    led: dict[tuple[int, int], list[Span]] = defaultdict(list)
    for team, cadre, first, last in rows:
        led[team, cadre].append(Span(first, last))
    return led


def _bonuses(session: Session, township_id: int, period_id: int) -> dict[int, list[facts.Bonus]]:
    rows = session.execute(
        select(Bonus.cadre_id, TaskForce.name, Bonus.points, Bonus.reason)
        .join(TaskForce, TaskForce.id == Bonus.task_force_id)
        .where(Bonus.township_id == township_id, Bonus.period_id == period_id)
        .order_by(Bonus.id)
    )
    return _grouped(
        (cadre, facts.Bonus(name, Fraction(points), reason)) for cadre, name, points, reason in rows
    )


def _teams(session: Session, township_id: int, period_id: int, days: Span) -> tuple[str, ...]:
    """The teams of these days: those first named in them, and older ones that still have anybody or anything to do."""
    works = [
        select(table.id).where(table.team_id == Team.id, overlapping(table, days)).exists()
        for table in (TeamLeader, TeamMembership, TeamLink)
    ]
    marked = (GovernanceMark.team_id == Team.id) & (GovernanceMark.period_id == period_id)
    works.append(select(GovernanceMark.id).where(marked).exists())
    rows = session.scalars(
        select(Team.name)
        .where(Team.township_id == township_id, or_(Team.first_day.between(days.first, days.last), *works))
        .order_by(Team.id)
    )
    return tuple(rows)


def _villages(session: Session, township_id: int, period_id: int) -> tuple[facts.Village, ...]:
    """Every village with its households in the period, or, where the period names none, those it has now.

    The first number of a period holds from its beginning, each later one from its day on.
    """
    own = (PeriodVillage.village_id == Village.id) & (PeriodVillage.period_id == period_id)
    rows = session.execute(
        select(
            Village.code,
            Village.name,
            func.coalesce(PeriodVillage.households, Village.households),
            PeriodVillage.first_day,
        )
        .outerjoin(PeriodVillage, own)
        .where(Village.township_id == township_id)
        .order_by(Village.code, PeriodVillage.first_day)
    )
    return tuple(
        facts.Village(code, name, first, tuple((day, households) for _, _, households, day in later))
        for (code, name), ((_, _, first, _), *later) in _by_village(rows)
    )


def _by_village(rows: Iterable[Any]) -> Iterator[tuple[tuple[str, str], list[Any]]]:
    """The rows of each village together; they stand next to each other."""
    for village, own in groupby(rows, key=lambda row: (row[0], row[1])):
        yield village, list(own)


def _contests(session: Session, township_id: int, period_id: int) -> tuple[facts.Contest, ...]:
    rows = session.execute(
        select(Contest.day, Contest.name, Module.name, Contest.points)
        .join(Module, Module.id == Contest.module_id)
        .where(Contest.township_id == township_id, Contest.period_id == period_id)
        .order_by(Contest.day, Contest.id)
    )
    return tuple(facts.Contest(day, name, module, Fraction(points)) for day, name, module, points in rows)


def _governance(session: Session, township_id: int, period_id: int) -> tuple[facts.GovernanceMark, ...]:
    rows = session.execute(
        select(Team.name, GovernanceMark.item, GovernanceMark.weight, GovernanceMark.mark)
        .join(Team, Team.id == GovernanceMark.team_id)
        .where(GovernanceMark.township_id == township_id, GovernanceMark.period_id == period_id)
        .order_by(GovernanceMark.id)
    )
    return tuple(
        facts.GovernanceMark(team, item, Fraction(weight), _fraction(mark))
        for team, item, weight, mark in rows
    )


def _cases(session: Session, township_id: int, period: Span) -> tuple[facts.Case, ...]:
    first = datetime.combine(period.first, time(), SHANGHAI)
    after = datetime.combine(period.last + timedelta(days=1), time(), SHANGHAI)
    rows = session.execute(
        select(Case, Village.code)
        .join(Village, Village.id == Case.village_id)
        .where(Case.township_id == township_id, Case.opened_at >= first, Case.opened_at < after)
        .order_by(Case.opened_at, Case.id)
    )
    return tuple(
        facts.Case(
            number=case.number,
            village=village,
            opened_at=local(case.opened_at),
            answered_at=_wall(case.answered_at),
            finished_at=_wall(case.finished_at),
            confirmed=case.confirmed,
            level=case.level,
            not_counted=case.not_counted,
            heard_at=_wall(case.heard_at),
            first_finished_at=_wall(case.first_finished_at),
            reopened_at=_wall(case.reopened_at),
        )
        for case, village in rows
    )


def _wall(moment: datetime | None) -> datetime | None:
    return None if moment is None else local(moment)


def _fraction(value: Any) -> Fraction | None:
    return None if value is None else Fraction(value)
