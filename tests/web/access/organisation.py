"""Villages, modules, posts, teams, task forces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal.store.appraisal import TaskForce
from portal.store.organisation import Module, Post, Team, Village
from tests.web.access.expected import EDITORS, READERS, Addresses, Table, only, only_post

SEEN = ("/admin/organisation", "/admin/villages", "/admin/modules", "/admin/posts", "/admin/teams")
VILLAGE, TEAM = "/admin/villages/<int:village_id>", "/admin/teams/<int:team_id>"
MODULE, POST = "/admin/modules/<int:module_id>", "/admin/posts/<int:post_id>"
FORCE = "/admin/task-forces/<int:force_id>"
OF_ROWS = (VILLAGE, f"{VILLAGE}/history", TEAM, f"{TEAM}/history")
CHANGED = (
    *(f"{VILLAGE}/{act}" for act in ("rename", "households", "link", "retire")),
    *(f"{TEAM}/{act}" for act in ("rename", "leader", "link", "retire")),
    *(f"{MODULE}/{act}" for act in ("rename", "retire")),
    *(f"{POST}/{act}" for act in ("rename", "coefficient", "retire")),
    FORCE,
)
NEW = (
    *(f"/admin/{what}/new" for what in ("villages", "modules", "posts", "teams", "task-forces")),
    "/admin/villages/merge",
)


def first_of(table: Any) -> Callable[[Any], int]:
    """The first row of the street township in the table."""

    def found(portal: Any) -> int:
        with portal.database.reading() as session:
            own = select(table.id).where(table.township_id == portal.filled.street).order_by(table.id)
            return int(session.scalars(own.limit(1)).one())

    return found


def address(rule: str) -> Callable[[Any], str]:
    """The rule with the id of a row that the street has."""
    tables = {
        "village_id": Village,
        "team_id": Team,
        "module_id": Module,
        "post_id": Post,
        "force_id": TaskForce,
    }
    name = rule.partition("<int:")[2].partition(">")[0]
    return lambda portal: rule.replace(f"<int:{name}>", str(first_of(tables[name])(portal)))


ACCESS: Table = {
    **{(rule, "GET"): only(READERS) for rule in (*SEEN, "/admin/task-forces", *OF_ROWS)},
    **{(rule, "GET"): only(EDITORS) for rule in (*NEW, *CHANGED)},
    **{(rule, "POST"): only_post(EDITORS) for rule in (*NEW, *CHANGED)},
}
ADDRESSES: Addresses = {rule: address(rule) for rule in (*OF_ROWS, *CHANGED)}
