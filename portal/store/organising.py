"""What the pages of the organisation show, and what its changes look up first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.store.appraisal import Period, PeriodPost, PeriodVillage, TaskForce
from portal.store.ledger import LedgerEntry
from portal.store.organisation import (
    Cadre,
    ExtraPost,
    Module,
    Post,
    Service,
    Team,
    TeamLeader,
    TeamLink,
    TeamMembership,
    Township,
    Village,
)
from portal.store.residents import Rating


@dataclass(frozen=True, slots=True)
class Linked:
    """A link with the names of both sides."""

    id: int
    team_id: int
    team: str
    village_id: int
    village: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class Person:
    """A cadre on some days: as a leader, or as a member with a factor."""

    cadre_id: int
    number: str
    name: str
    first_day: date
    last_day: date
    factor: Any = None


def lock(session: Session, township_id: int) -> None:
    """One change of a township's organisation at a time: the second waits until the first is through."""
    session.execute(select(Township.id).where(Township.id == township_id).with_for_update(key_share=True))


def teams_linking(session: Session, township_id: int, villages: Collection[int], since: date) -> list[str]:
    """The names of the teams that link one of the villages on the day or later."""
    rows = session.scalars(
        select(Team.name)
        .join(TeamLink, TeamLink.team_id == Team.id)
        .where(
            TeamLink.township_id == township_id,
            TeamLink.village_id.in_(villages),
            TeamLink.last_day >= since,
        )
        .distinct()
    )
    return sorted(rows)


def was_rated(session: Session, township_id: int, village_id: int) -> bool:
    """Whether anybody ever rated the village."""
    found = (
        select(Rating.id).where(Rating.township_id == township_id, Rating.village_id == village_id).limit(1)
    )
    return session.scalar(found) is not None


def team_names(session: Session, township_id: int) -> dict[int, str]:
    rows = session.execute(select(Team.id, Team.name).where(Team.township_id == township_id))
    return {row.id: row.name for row in rows}


def links(
    session: Session, township_id: int, *, village_id: int | None = None, team_id: int | None = None
) -> list[Linked]:
    """Links of one village or one team or all, newest first."""
    found = (
        select(
            TeamLink.id, Team.id, Team.name, Village.id, Village.name, TeamLink.first_day, TeamLink.last_day
        )
        .join(Team, Team.id == TeamLink.team_id)
        .join(Village, Village.id == TeamLink.village_id)
        .where(TeamLink.township_id == township_id)
        .order_by(TeamLink.first_day.desc(), Village.code)
    )
    if village_id is not None:
        found = found.where(TeamLink.village_id == village_id)
    if team_id is not None:
        found = found.where(TeamLink.team_id == team_id)
    return [Linked(*row) for row in session.execute(found)]


def leaders(session: Session, township_id: int, team_id: int | None = None) -> dict[int, list[Person]]:
    """Who led each team when, newest first, by team."""
    found = (
        select(
            TeamLeader.team_id, Cadre.id, Cadre.number, Cadre.name, TeamLeader.first_day, TeamLeader.last_day
        )
        .join(Cadre, Cadre.id == TeamLeader.cadre_id)
        .where(TeamLeader.township_id == township_id)
        .order_by(TeamLeader.first_day.desc())
    )
    if team_id is not None:
        found = found.where(TeamLeader.team_id == team_id)
    by_team: dict[int, list[Person]] = {}
    for row in session.execute(found):
        by_team.setdefault(row[0], []).append(Person(*row[1:]))
    return by_team


def members_on(session: Session, township_id: int, day: date) -> dict[int, list[Person]]:
    """Who belongs to each team on a day, by 工号."""
    found = (
        select(
            TeamMembership.team_id,
            Cadre.id,
            Cadre.number,
            Cadre.name,
            TeamMembership.first_day,
            TeamMembership.last_day,
            TeamMembership.factor,
        )
        .join(Cadre, Cadre.id == TeamMembership.cadre_id)
        .where(
            TeamMembership.township_id == township_id,
            TeamMembership.first_day <= day,
            TeamMembership.last_day >= day,
        )
        .order_by(Cadre.number)
    )
    by_team: dict[int, list[Person]] = {}
    for row in session.execute(found):
        by_team.setdefault(row[0], []).append(Person(*row[1:]))
    return by_team


def counts(session: Session, township_id: int, village_id: int) -> list[tuple[str, date, int]]:
    """Period, first day and number of households of a village, oldest first."""
    rows = session.execute(
        select(Period.name, PeriodVillage.first_day, PeriodVillage.households)
        .join(Period, Period.id == PeriodVillage.period_id)
        .where(PeriodVillage.township_id == township_id, PeriodVillage.village_id == village_id)
        .order_by(PeriodVillage.first_day)
    )
    return [(name, first_day, households) for name, first_day, households in rows]


def coefficients(session: Session, township_id: int, period_id: int) -> dict[int, Any]:
    """The period's coefficient of each post, by the post's id."""
    rows = session.execute(
        select(PeriodPost.post_id, PeriodPost.coefficient).where(
            PeriodPost.township_id == township_id, PeriodPost.period_id == period_id
        )
    )
    return {row.post_id: row.coefficient for row in rows}


def serving(session: Session, township_id: int, since: date) -> list[tuple[Service, str, str]]:
    """Every stretch of service that lasts to the day or longer, with the cadre's 工号 and name."""
    rows = session.execute(
        select(Service, Cadre.number, Cadre.name)
        .join(Cadre, Cadre.id == Service.cadre_id)
        .where(Service.township_id == township_id, Service.last_day >= since)
        .order_by(Cadre.number, Service.first_day)
    )
    return [(service, number, name) for service, number, name in rows]


def cadres_serving(session: Session, township_id: int, day: date) -> list[Cadre]:
    """Who serves on a day, by 工号."""
    serves = select(Service.id).where(
        Service.township_id == township_id,
        Service.cadre_id == Cadre.id,
        Service.first_day <= day,
        Service.last_day >= day,
    )
    found = select(Cadre).where(Cadre.township_id == township_id, serves.exists()).order_by(Cadre.number)
    return list(session.scalars(found))


def extra_holders(session: Session, township_id: int, post_id: int, since: date) -> list[tuple[str, str]]:
    """工号 and name of those who hold the post beside their main one on the day or later."""
    rows = session.execute(
        select(Cadre.number, Cadre.name)
        .join(ExtraPost, ExtraPost.cadre_id == Cadre.id)
        .where(
            ExtraPost.township_id == township_id, ExtraPost.post_id == post_id, ExtraPost.last_day >= since
        )
        .distinct()
        .order_by(Cadre.number)
    )
    return [(number, name) for number, name in rows]


def task_forces(session: Session, township_id: int, period_id: int) -> list[tuple[TaskForce, str]]:
    """The period's task forces, each with its leader as 工号 and name ('' for nobody)."""
    rows = session.execute(
        select(TaskForce, Cadre.number, Cadre.name)
        .outerjoin(Cadre, Cadre.id == TaskForce.leader_id)
        .where(TaskForce.township_id == township_id, TaskForce.period_id == period_id)
        .order_by(TaskForce.first_day, TaskForce.id)
    )
    return [(force, f"{number} {name}" if number else "") for force, number, name in rows]


def history(
    session: Session, township_id: int, kinds: Sequence[tuple[str, Collection[int]]], most: int = 300
) -> list[LedgerEntry]:
    """Ledger entries, newest first: for each beginning of a kind, those about the rows of these ids."""
    if not kinds:
        return []
    about = [LedgerEntry.kind.like(f"{start}%") & LedgerEntry.row_id.in_(list(ids)) for start, ids in kinds]
    found = (
        select(LedgerEntry)
        .where(LedgerEntry.township_id == township_id, or_(*about))
        .order_by(LedgerEntry.at.desc(), LedgerEntry.id)
        .limit(most)
    )
    return list(session.scalars(found))


def counted(session: Session, township_id: int, day: date) -> Mapping[str, int]:
    """How many villages, modules, posts and teams there are on a day."""
    numbers: dict[str, int] = {}
    for table in (Village, Module, Post, Team):
        numbers[table.__tablename__] = (
            session.scalar(
                select(func.count())
                .select_from(table)
                .where(
                    table.township_id == township_id,
                    table.first_day <= day,
                    or_(table.last_day.is_(None), table.last_day >= day),
                )
            )
            or 0
        )
    return numbers
