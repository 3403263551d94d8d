"""回避 in imports: whose score each change of an import would move."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from portal.actions.merge import Change
from portal.core.rights import Actor
from portal.store.concerns import Concerns

OF_A_CADRE = frozenset(
    {"task", "module_mark", "bonus", "move", "service", "extra_post", "team_membership", "team_leader"}
)
OF_A_TEAM = frozenset({"governance_mark", "team_link", "team_leader"})
OF_A_VILLAGE = frozenset({"village", "period_village", "resident_case"})
# what only the 党委 approves once the period is open: by hand these wait for it too
FOR_COMMITTEE = frozenset({"bonus", "period_post", "period"})
Named = tuple[frozenset[str], frozenset[str]]  # 工号, names of teams
_NOBODY: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Moved:
    """Whose score a set of changes moves, and which of the changes (by place) move the actor's own or own team's."""

    cadres: frozenset[str]
    teams: frozenset[str]
    own: tuple[int, ...]


def moved_by(changes: Sequence[tuple[str, Change]], concerns: Concerns, actor: Actor | None = None) -> Moved:
    """Look at every change (with the name of its table); without an actor none is anybody's own."""
    cadres: set[str] = set()
    teams: set[str] = set()
    own: list[int] = []
    own_teams = _own_teams(actor, concerns)
    for place, (table, change) in enumerate(changes):
        moved, with_teams = _moved(table, change, concerns)
        cadres |= moved
        teams |= with_teams
        if actor is not None and (actor.cadre in moved or own_teams & with_teams):
            own.append(place)
    return Moved(frozenset(cadres), frozenset(teams), tuple(own))


def for_committee(table: str, change: Change) -> bool:
    """Whether the change takes the 党委 in an open period: a bonus, a coefficient, the period's own days."""
    return table in FOR_COMMITTEE and not (table == "period" and change.before is None)


def for_two(table: str, change: Change) -> bool:
    """Whether the change takes two persons in an open period, as it does by hand."""
    if table == "resident_case" and (change.before is not None or change.after["not_counted"]):
        return "not_counted" in change.after
    return for_committee(table, change)


def _own_teams(actor: Actor | None, concerns: Concerns) -> frozenset[str]:
    """The teams of today, and those of any other day of the period."""
    if actor is None:
        return _NOBODY
    return actor.teams | concerns.teams_of.get(actor.cadre or "", _NOBODY)


def _moved(table: str, change: Change, concerns: Concerns) -> Named:
    if table == "period" and change.before is not None:
        return frozenset(concerns.cadres.values()), frozenset(concerns.teams.values())
    cadres, teams = _NOBODY, _NOBODY
    if table in OF_A_CADRE:
        cadres = _names(_ids(change, "cadre_id"), concerns.cadres)
    if table in OF_A_TEAM:
        teams = _names(_ids(change, "team_id"), concerns.teams)
    if table in OF_A_VILLAGE and not (table == "village" and "households" not in change.after):
        ids = [_value(change, "id")] if table == "village" else _ids(change, "village_id")
        teams |= _all(ids, concerns.linking)
    if table == "contest":
        cadres |= _all(_ids(change, "module_id"), concerns.in_module)
    if table == "period_post":
        cadres |= _all(_ids(change, "post_id"), concerns.on_post)
    return cadres, teams


def _ids(change: Change, column: str) -> list[int]:
    """What the row refers to by a column: before, after, and as it stands."""
    values = [
        (change.before or {}).get(column),
        change.after.get(column),
        _value(change, column),
    ]
    return [value for value in values if value is not None]


def _value(change: Change, column: str) -> Any:
    return getattr(change.row, column, None)


def _names(ids: Iterable[int], names: Mapping[int, str]) -> frozenset[str]:
    return frozenset(names[one] for one in ids if one in names)


def _all(ids: Iterable[int], groups: Mapping[int, frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*(groups.get(one, _NOBODY) for one in ids))
