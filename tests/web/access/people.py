"""Cadres over time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.store import people_over_time
from tests.web.access.expected import EDITORS, READERS, Addresses, Table, only, only_post

CADRE = "S02"
DO = "/admin/cadres/<int:cadre_id>/do/<what>"
ROW = "/admin/cadres/<int:cadre_id>/rows/<what>/<int:row_id>"
WITHDRAW = f"{ROW}/withdraw"

ACCESS: Table = {
    ("/admin/cadres", "GET"): only(READERS),
    ("/admin/cadres/new", "GET"): only(EDITORS),
    ("/admin/cadres/new", "POST"): only_post(EDITORS),
    ("/admin/cadres/<int:cadre_id>", "GET"): only(READERS),
    (DO, "GET"): only(EDITORS),
    (DO, "POST"): only_post(EDITORS),
    (ROW, "GET"): only(EDITORS),
    (ROW, "POST"): only_post(EDITORS),
    (WITHDRAW, "GET"): only(EDITORS),
    (WITHDRAW, "POST"): only_post(EDITORS),
}


def of_cadre(rest: str) -> Callable[[Any], str]:
    """An address under a cadre of the street township; {row} is the cadre's first membership."""

    def find(portal: Any) -> str:
        with portal.database.reading() as session:
            life = next(
                one for one in people_over_time.lives(session, portal.filled.street) if one.number == CADRE
            )
        return f"/admin/cadres/{life.id}{rest.format(row=life.memberships[0].id)}"

    return find


ADDRESSES: Addresses = {
    "/admin/cadres/<int:cadre_id>": of_cadre(""),
    DO: of_cadre("/do/absence"),
    ROW: of_cadre("/rows/team/{row}"),
    WITHDRAW: of_cadre("/rows/team/{row}/withdraw"),
}
