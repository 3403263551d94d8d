"""Overview, set-up, periods and plans."""

from __future__ import annotations

from portal.core.book import Role
from portal.store import periods
from tests.web.access.expected import EDITORS, READERS, Addresses, Table, only, only_post
from tests.web.conftest import Portal

ADMIN = {Role.TOWNSHIP_ADMIN}
ACCESS: Table = {
    ("/admin", "GET"): only(READERS),
    ("/admin/setup", "GET"): only(READERS),
    ("/admin/setup", "POST"): only_post(EDITORS),
    ("/admin/setup/<step>", "GET"): only(READERS),
    ("/admin/setup/villages/listed", "GET"): only(EDITORS),
    ("/admin/setup/villages/listed", "POST"): only_post(EDITORS),
    ("/admin/periods", "GET"): only(READERS),
    ("/admin/periods/<int:period_id>/open", "GET"): only(ADMIN),
    ("/admin/periods/<int:period_id>/open", "POST"): only_post(ADMIN),
    ("/admin/periods/new", "GET"): only(ADMIN),
    ("/admin/periods/new", "POST"): only_post(ADMIN),
    ("/admin/plan", "GET"): only(READERS),
    ("/admin/plan/edit", "GET"): only(EDITORS),
    ("/admin/plan/edit", "POST"): only_post(EDITORS),
}


def own_period(portal: Portal) -> int:
    """The period of the street township."""
    with portal.database.reading() as session:
        return periods.listed(session, portal.filled.street)[0].id


ADDRESSES: Addresses = {
    "/admin/setup/<step>": lambda _: "/admin/setup/people",
    "/admin/periods/<int:period_id>/open": lambda portal: f"/admin/periods/{own_period(portal)}/open",
}
