"""你说我办: a village's public page, and the office's."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from portal.actions.improvements import NewImprovement, publish
from portal.clock import local_day
from portal.core.book import Role
from portal.store.engine import Database
from portal.store.improvements import Improvement
from portal.store.organisation import Village
from tests.conftest import NOON, operator
from tests.web.access.expected import EDITORS, READERS, Addresses, Table, everybody, only, only_post
from tests.web.filling import COMMUNITY

OFFICE = "/admin/improvements"
OF_VILLAGE, DOWN = f"{OFFICE}/villages/<int:village_id>", f"{OFFICE}/<int:improvement_id>/down"
APPROVERS = {Role.TOWNSHIP_ADMIN, Role.APPROVER}
SAID, DONE, DAY = "村口的路灯不亮", "换了 6 盏灯，都亮了", date(2026, 11, 8)
ACCESS: Table = {
    ("/v/<token>/done", "GET"): everybody(200),
    (OFFICE, "GET"): only(READERS),
    (OF_VILLAGE, "GET"): only(READERS),
    (f"{OFFICE}/new", "GET"): only(EDITORS),
    (f"{OFFICE}/new", "POST"): only_post(EDITORS),
    (DOWN, "GET"): only(APPROVERS),
    (DOWN, "POST"): only_post(APPROVERS),
}


def village_id(database: Database, code: str = COMMUNITY) -> int:
    with database.reading() as session:
        return session.scalars(select(Village.id).where(Village.code == code)).one()


def put_up(
    database: Database,
    township: int,
    code: str = COMMUNITY,
    said: str = SAID,
    done: str = DONE,
    day: date = DAY,
) -> int:
    """An entry that a village's page shows, once however often it is asked for; gives its id."""
    village = village_id(database, code)
    with database.writing() as session:
        own = (Improvement.village_id == village, Improvement.said == said, Improvement.day == day)
        found = session.scalar(select(Improvement.id).where(*own, Improvement.taken_down_on.is_(None)))
        wanted = NewImprovement(village, said, done, day)
        return found or publish(session, operator(township), wanted, local_day(NOON)).id


def _down(portal: Any) -> str:
    return f"{OFFICE}/{put_up(portal.database, portal.filled.street)}/down"


ADDRESSES: Addresses = {
    OF_VILLAGE: lambda portal: f"{OFFICE}/villages/{village_id(portal.database)}",
    DOWN: _down,
}
