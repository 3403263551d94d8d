"""What villages, modules, posts and teams are called on a day: the own name of a row, and those it had before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import literal, select, union_all
from sqlalchemy.orm import Session

from portal.core.naming import Names
from portal.store.organisation import FormerName, Module, NameKind, Post, Team, Village

TABLES: Mapping[NameKind, Any] = {
    NameKind.VILLAGE: Village,
    NameKind.MODULE: Module,
    NameKind.POST: Post,
    NameKind.TEAM: Team,
}


@dataclass(frozen=True, slots=True)
class Former:
    """What a row was called up to the end of a day; `code` is a village's, '' for others."""

    name: str
    code: str
    last_day: date


def names_on(session: Session, township_id: int, day: date) -> Names:
    """The names in force on a day. No two modules, posts or teams share one: else the names of now stand."""
    now = _now(session, township_id)
    former = _former(session, township_id)
    on_day = {kind: _on(now[kind], former.get(kind, {}), day) for kind in NameKind}
    by_name = {
        kind: {now[kind][row][0]: name for row, name in on_day[kind].items()}
        for kind in (NameKind.MODULE, NameKind.POST, NameKind.TEAM)
    }
    once = {
        one.name: on_day[NameKind.POST][row]
        for row, earlier in former.get(NameKind.POST, {}).items()
        for one in earlier
    }
    villages = _latest(now[NameKind.VILLAGE], former.get(NameKind.VILLAGE, {}), day)
    return Names(
        villages={now[NameKind.VILLAGE][row][1]: name for row, name in villages.items()},
        modules=by_name[NameKind.MODULE],
        posts=by_name[NameKind.POST],
        teams=by_name[NameKind.TEAM],
        any_post={**once, **by_name[NameKind.POST]},
    )


def former_names(session: Session, township_id: int, kind: NameKind, row_id: int) -> list[Former]:
    """What one row was called before, oldest first."""
    return _former(session, township_id).get(kind, {}).get(row_id, [])


def once_called(session: Session, township_id: int, kind: NameKind, name: str) -> set[int]:
    """The rows of this kind that had the name before."""
    rows = session.scalars(
        select(FormerName.row_id).where(
            FormerName.township_id == township_id, FormerName.kind == kind, FormerName.name == name
        )
    )
    return set(rows)


def former_codes(session: Session, township_id: int) -> dict[str, int]:
    """Ids of villages by the codes that they had before; the latest bearer of a code is the one meant."""
    rows = session.execute(
        select(FormerName.code, FormerName.row_id)
        .where(
            FormerName.township_id == township_id,
            FormerName.kind == NameKind.VILLAGE,
            FormerName.code != "",
        )
        .order_by(FormerName.last_day, FormerName.id)
    )
    return {row.code: row.row_id for row in rows}


def _now(session: Session, township_id: int) -> dict[NameKind, dict[int, tuple[str, str]]]:
    """Name and code of every row by kind and id."""
    parts = [
        select(
            literal(kind.value),
            table.id,
            table.name,
            Village.code if kind is NameKind.VILLAGE else literal(""),
        ).where(table.township_id == township_id)
        for kind, table in TABLES.items()
    ]
    found: dict[NameKind, dict[int, tuple[str, str]]] = {kind: {} for kind in NameKind}
    for kind, row, name, code in session.execute(union_all(*parts)):
        found[NameKind(kind)][row] = name, code
    return found


def _former(session: Session, township_id: int) -> dict[NameKind, dict[int, list[Former]]]:
    rows = session.execute(
        select(FormerName.kind, FormerName.row_id, FormerName.name, FormerName.code, FormerName.last_day)
        .where(FormerName.township_id == township_id)
        .order_by(FormerName.last_day)
    )
    found: dict[NameKind, dict[int, list[Former]]] = {}
    for kind, row, name, code, last_day in rows:
        found.setdefault(kind, {}).setdefault(row, []).append(Former(name, code, last_day))
    return found


def _latest(
    now: Mapping[int, tuple[str, str]], former: Mapping[int, list[Former]], day: date
) -> dict[int, str]:
    """The name of each row on the day: the first of its former names that lasted until then, or that of now."""
    return {
        row: next((one.name for one in former.get(row, []) if one.last_day >= day), name)
        for row, (name, _) in now.items()
    }


def _on(now: Mapping[int, tuple[str, str]], former: Mapping[int, list[Former]], day: date) -> dict[int, str]:
    """The same for what is known by its name alone, so that two never share one."""
    names = _latest(now, former, day)
    while doubled := {name for name, count in Counter(names.values()).items() if count > 1}:
        for row, name in names.items():
            if name in doubled:
                names[row] = now[row][0]
    return names
