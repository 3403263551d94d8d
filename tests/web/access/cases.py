"""Residents' requests: the author's page by receipt, and the township's."""

from __future__ import annotations

from typing import Any

from portal.core.book import Role
from tests.conftest import NOON
from tests.web.access.expected import Addresses, Table, everybody, only, only_post
from tests.web.requests import case_of, opened

HANDLERS = {Role.TOWNSHIP_ADMIN}
ACCESS: Table = {
    ("/case/<receipt>", "GET"): everybody(200),
    ("/case/<receipt>", "POST"): everybody(422),  # an empty one
    ("/admin/cases", "GET"): only(HANDLERS),
    ("/admin/cases/<path:number>", "GET"): only(HANDLERS),
    ("/admin/cases/<path:number>", "POST"): only_post(HANDLERS),
}


def receipt(portal: Any) -> str:
    with portal.database.writing() as session:
        return opened(session, NOON, "access")


def number(portal: Any) -> str:
    known = receipt(portal)
    with portal.database.reading() as session:
        return case_of(session, known).number


ADDRESSES: Addresses = {
    "/case/<receipt>": lambda portal: f"/case/{receipt(portal)}",
    "/admin/cases/<path:number>": lambda portal: f"/admin/cases/{number(portal)}",
}
