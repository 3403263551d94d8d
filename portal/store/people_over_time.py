"""Cadres with everything that was ever true of them: a fixed number of statements for one as for all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.core.days import Span
from portal.core.lives import Away, Belonging, During, Life, Moved, Served
from portal.store.appraisal import Period, TaskForce
from portal.store.base import Base
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
    TeamMembership,
    Township,
)
from portal.store.rows import LARGEST_ID

Row = TypeVar("Row", bound=Base)
T = TypeVar("T")


def one_at_a_time(session: Session, township_id: int) -> None:
    """Whoever changes people of a township waits for whoever does so already, and sees what became of it."""
    session.scalar(select(Township.id).where(Township.id == township_id).with_for_update())
    session.expire_all()


def lives(session: Session, township_id: int, cadre_id: int | None = None) -> list[Life]:
    """Everybody by 工号, or only one cadre."""
    own = (session, township_id, cadre_id)
    services, moves, absences = _services(*own), _moves(*own), _absences(*own)
    extra, leads, memberships = _extra_posts(*own), _leads(*own), _memberships(*own)
    found = select(Cadre).where(Cadre.township_id == township_id).order_by(Cadre.number)
    if cadre_id is not None:
        found = found.where(Cadre.id == cadre_id)
    return [
        Life(
            id=cadre.id,
            number=cadre.number,
            name=cadre.name,
            phone=cadre.phone,
            services=tuple(services[cadre.id]),
            moves=tuple(moves[cadre.id]),
            extra_posts=tuple(extra[cadre.id]),
            memberships=tuple(memberships[cadre.id]),
            leads=tuple(leads[cadre.id]),
            absences=tuple(absences[cadre.id]),
        )
        for cadre in session.scalars(found)
    ]


def life(session: Session, township_id: int, cadre_id: int) -> Life | None:
    return next(iter(lives(session, township_id, cadre_id)), None)


def by_number(session: Session, township_id: int, number: str) -> Cadre | None:
    return session.scalar(select(Cadre).where(Cadre.township_id == township_id, Cadre.number == number))


def cadre_row(session: Session, township_id: int, cadre_id: int) -> Cadre | None:
    return session.scalar(select(Cadre).where(Cadre.township_id == township_id, Cadre.id == cadre_id))


def row(session: Session, table: type[Row], township_id: int, cadre_id: int, row_id: int) -> Row | None:
    """A row of this cadre in this township, or None."""
    if row_id > LARGEST_ID:
        return None
    columns: Any = table
    return session.scalar(
        select(table).where(
            columns.township_id == township_id, columns.cadre_id == cadre_id, columns.id == row_id
        )
    )


def rows(session: Session, table: type[Row], township_id: int, cadre_id: int) -> list[Row]:
    """Every row of this cadre, by its first day."""
    columns: Any = table
    first = columns.day if table is Move else columns.first_day
    found = select(table).where(columns.township_id == township_id, columns.cadre_id == cadre_id)
    return list(session.scalars(found.order_by(first, columns.id)))


def led_forces(session: Session, township_id: int, cadre_id: int, after: date) -> list[TaskForce]:
    """The task forces that this cadre leads and that go on after the day."""
    return list(
        session.scalars(
            select(TaskForce)
            .where(
                TaskForce.township_id == township_id,
                TaskForce.leader_id == cadre_id,
                TaskForce.last_day > after,
            )
            .order_by(TaskForce.id)
        )
    )


def named(session: Session, table: type[Post] | type[Module] | type[Team], township_id: int) -> list[Any]:
    """The township's posts, modules or teams, in the order in which they were entered."""
    return list(session.scalars(select(table).where(table.township_id == township_id).order_by(table.id)))


def groups(session: Session, township_id: int) -> list[str]:
    """The groups that anybody was ever in."""
    found = select(Service.group_name).where(Service.township_id == township_id).distinct()
    return list(session.scalars(found.order_by(Service.group_name)))


def periods(session: Session, township_id: int) -> list[Period]:
    return list(
        session.scalars(select(Period).where(Period.township_id == township_id).order_by(Period.first_day))
    )


def _grouped(pairs: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups


def _of(table: Any, township_id: int, cadre_id: int | None) -> Any:
    whose = table.township_id == township_id
    return whose if cadre_id is None else whose & (table.cadre_id == cadre_id)


def _services(session: Session, township_id: int, cadre_id: int | None) -> dict[int, list[Served]]:
    found = session.execute(
        select(Service, func.coalesce(Post.name, ""), func.coalesce(Module.name, ""))
        .outerjoin(Post, Post.id == Service.post_id)
        .outerjoin(Module, Module.id == Service.module_id)
        .where(_of(Service, township_id, cadre_id))
        .order_by(Service.first_day)
    )
    return _grouped(
        (
            one.cadre_id,
            Served(
                id=one.id,
                span=Span(one.first_day, one.last_day),
                group=one.group_name,
                staffing=one.staffing,
                secondment="" if one.secondment is None else one.secondment.value,
                exempt=one.exempt,
                post=post,
                module=module,
                roles=tuple(one.roles),
            ),
        )
        for one, post, module in found
    )


def _moves(session: Session, township_id: int, cadre_id: int | None) -> dict[int, list[Moved]]:
    found = session.execute(
        select(Move, func.coalesce(Post.name, ""), func.coalesce(Module.name, ""))
        .outerjoin(Post, Post.id == Move.post_id)
        .outerjoin(Module, Module.id == Move.module_id)
        .where(_of(Move, township_id, cadre_id))
        .order_by(Move.day, Move.id)
    )
    return _grouped((one.cadre_id, Moved(one.id, one.day, post, module)) for one, post, module in found)


def _extra_posts(session: Session, township_id: int, cadre_id: int | None) -> dict[int, list[During]]:
    found = session.execute(
        select(ExtraPost, Post.name)
        .join(Post, Post.id == ExtraPost.post_id)
        .where(_of(ExtraPost, township_id, cadre_id))
        .order_by(ExtraPost.first_day, ExtraPost.id)
    )
    return _grouped(
        (one.cadre_id, During(one.id, name, Span(one.first_day, one.last_day))) for one, name in found
    )


def _leads(session: Session, township_id: int, cadre_id: int | None) -> dict[int, list[During]]:
    found = session.execute(
        select(TeamLeader, Team.name)
        .join(Team, Team.id == TeamLeader.team_id)
        .where(_of(TeamLeader, township_id, cadre_id))
        .order_by(TeamLeader.first_day, TeamLeader.id)
    )
    return _grouped(
        (one.cadre_id, During(one.id, name, Span(one.first_day, one.last_day))) for one, name in found
    )


def _memberships(session: Session, township_id: int, cadre_id: int | None) -> dict[int, list[Belonging]]:
    found = session.execute(
        select(TeamMembership, Team.name)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(_of(TeamMembership, township_id, cadre_id))
        .order_by(TeamMembership.first_day, TeamMembership.id)
    )
    return _grouped(
        (one.cadre_id, Belonging(one.id, team, Span(one.first_day, one.last_day), one.factor))
        for one, team in found
    )


def _absences(session: Session, township_id: int, cadre_id: int | None) -> dict[int, list[Away]]:
    found = session.scalars(
        select(Absence).where(_of(Absence, township_id, cadre_id)).order_by(Absence.first_day, Absence.id)
    )
    return _grouped(
        (one.cadre_id, Away(one.id, one.kind.value, Span(one.first_day, one.last_day), one.reason))
        for one in found
    )
