"""Looking up a township's own names: 工号, codes and names to the ids of their rows, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.clock import local
from portal.core.book import Known
from portal.core.days import Span
from portal.store import names
from portal.store.appraisal import Period, TaskForce
from portal.store.organisation import (
    Cadre,
    FormerName,
    Module,
    NameKind,
    Post,
    Team,
    TeamLink,
    Township,
    Village,
)
from portal.store.residents import Case

NAMED: Mapping[str, tuple[Any, Any]] = {
    "villages": (Village, Village.code),
    "modules": (Module, Module.name),
    "posts": (Post, Post.name),
    "cadres": (Cadre, Cadre.number),
    "teams": (Team, Team.name),
}
FORMER: Mapping[NameKind, tuple[str, str]] = {  # the sheet, and which of NAMED it is
    NameKind.VILLAGE: ("村社", "villages"),
    NameKind.MODULE: ("模块", "modules"),
    NameKind.POST: ("岗位", "posts"),
    NameKind.TEAM: ("组团", "teams"),
}


def ids(session: Session, township_id: int, what: str) -> dict[str, int]:
    """Ids by key, of one of `NAMED`; a village also goes by a code that it had before, unless another has it now."""
    now = _ids_now(session, township_id, what)
    return {**names.former_codes(session, township_id), **now} if what == "villages" else now


def _ids_now(session: Session, township_id: int, what: str) -> dict[str, int]:
    table, key = NAMED[what]
    rows = session.execute(select(key, table.id).where(table.township_id == township_id))
    return {row[0]: row[1] for row in rows}


def task_force_ids(session: Session, township_id: int, period_id: int) -> dict[str, int]:
    rows = session.execute(
        select(TaskForce.name, TaskForce.id).where(
            TaskForce.township_id == township_id, TaskForce.period_id == period_id
        )
    )
    return {row[0]: row[1] for row in rows}


def known(session: Session, township_id: int, period_id: int | None) -> Known:
    """What a workbook may name without listing it."""
    known_names = {what: frozenset(_ids_now(session, township_id, what)) for what in NAMED}
    forces = frozenset(task_force_ids(session, township_id, period_id)) if period_id else frozenset()
    rows = session.execute(
        select(Village.code, Team.name, TeamLink.first_day, TeamLink.last_day)
        .join(Village, Village.id == TeamLink.village_id)
        .join(Team, Team.id == TeamLink.team_id)
        .where(TeamLink.township_id == township_id)
        .order_by(TeamLink.id)
    )
    links = tuple((village, team, Span(first, last)) for village, team, first, last in rows)
    periods = session.execute(
        select(Period.name, Period.first_day, Period.last_day).where(Period.township_id == township_id)
    )
    spans = tuple((name, Span(first, last)) for name, first, last in periods)
    cases = session.execute(select(Case.number, Case.opened_at).where(Case.township_id == township_id))
    return Known(
        **known_names,
        task_forces=forces,
        links=links,
        periods=spans,
        cases={number: local(opened) for number, opened in cases},
        former={sheet: _former_keys(session, township_id, kind) for kind, (sheet, _) in FORMER.items()},
    )


def _former_keys(session: Session, township_id: int, kind: NameKind) -> dict[str, str]:
    """What a code or name of before stands for today; what somebody else is called today is that one's."""
    key = NAMED[FORMER[kind][1]][1]
    old = FormerName.code if kind is NameKind.VILLAGE else FormerName.name
    rows = session.execute(
        select(old, key)
        .join(key.class_, key.class_.id == FormerName.row_id)
        .where(FormerName.township_id == township_id, FormerName.kind == kind)
        .order_by(FormerName.last_day)
    )
    return {former: today for former, today in rows if former and former != today}


def former_names(session: Session, township_id: int, kind: NameKind) -> dict[int, set[str]]:
    """What each row of a kind was called before, by the id of the row."""
    names: dict[int, set[str]] = {}
    rows = session.execute(
        select(FormerName.row_id, FormerName.name).where(
            FormerName.township_id == township_id, FormerName.kind == kind
        )
    )
    for row_id, name in rows:
        names.setdefault(row_id, set()).add(name)
    return names


def cadre_id(session: Session, township_id: int, number: str) -> int | None:
    return session.scalar(select(Cadre.id).where(Cadre.township_id == township_id, Cadre.number == number))


def known_to(session: Session, township_code: str, period_name: str) -> Known:
    """The same, by what a workbook calls the township and its period; nothing where the township is new."""
    row = session.execute(
        select(Township.id, Period.id)
        .outerjoin(Period, (Period.township_id == Township.id) & (Period.name == period_name))
        .where(Township.code == township_code)
    ).first()
    return Known() if row is None else known(session, row[0], row[1])
