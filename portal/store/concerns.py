"""Whose score hangs on what in a stretch of days: who held a post, was in a module or a team, and who linked a village."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.core.days import Span
from portal.store.organisation import (
    Cadre,
    ExtraPost,
    Move,
    Service,
    Team,
    TeamLink,
    TeamMembership,
)
from portal.store.rows import overlapping

Groups = Mapping[int, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Concerns:
    """By the id of a row: the 工号 of a cadre, the name of a team, and whose score a post, module or village moves."""

    cadres: Mapping[int, str]
    teams: Mapping[int, str]
    on_post: Groups
    in_module: Groups
    linking: Groups
    teams_of: Mapping[str, frozenset[str]]  # by 工号


def concerns(session: Session, township_id: int, days: Span) -> Concerns:
    """What a township's rows say of these days."""

    def pairs(table: Any, value: Any, *scope: ColumnElement[bool]) -> list[tuple[int, str]]:
        rows = session.execute(
            select(value, Cadre.number)
            .join(Cadre, Cadre.id == table.cadre_id)
            .where(table.township_id == township_id, value.is_not(None), *scope)
        )
        return [(row[0], row[1]) for row in rows]

    serving, extra = overlapping(Service, days), overlapping(ExtraPost, days)
    moved = Move.day <= days.last
    members = session.execute(
        select(Cadre.number, Team.name)
        .join(TeamMembership, TeamMembership.cadre_id == Cadre.id)
        .join(Team, Team.id == TeamMembership.team_id)
        .where(TeamMembership.township_id == township_id, overlapping(TeamMembership, days))
    )
    links = session.execute(
        select(TeamLink.village_id, Team.name)
        .join(Team, Team.id == TeamLink.team_id)
        .where(TeamLink.township_id == township_id, overlapping(TeamLink, days))
    )
    return Concerns(
        cadres=_named(session, township_id, Cadre, Cadre.number),
        teams=_named(session, township_id, Team, Team.name),
        on_post=_groups(
            [
                *pairs(Service, Service.post_id, serving),
                *pairs(Move, Move.post_id, moved),
                *pairs(ExtraPost, ExtraPost.post_id, extra),
            ]
        ),
        in_module=_groups([*pairs(Service, Service.module_id, serving), *pairs(Move, Move.module_id, moved)]),
        linking=_groups((row[0], row[1]) for row in links),
        teams_of=_groups((row[0], row[1]) for row in members),
    )


def _named(session: Session, township_id: int, table: Any, name: Any) -> dict[int, str]:
    rows = session.execute(select(table.id, name).where(table.township_id == township_id))
    return {row[0]: row[1] for row in rows}


def _groups(found: Iterable[tuple[Any, str]]) -> dict[Any, frozenset[str]]:
    groups: dict[Any, set[str]] = defaultdict(set)
    for key, name in found:
        groups[key].add(name)
    return {key: frozenset(names) for key, names in groups.items()}
