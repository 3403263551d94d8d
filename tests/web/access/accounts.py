"""Accounts, rights, the own account, the installation."""

from __future__ import annotations

from typing import Any

from portal.core.book import Role
from portal.store import accounts
from tests.web.access.expected import READERS, Addresses, Table, only, only_post, staff
from tests.web.filling import STREET, user

ADMIN, SYSTEM = {Role.TOWNSHIP_ADMIN}, {Role.SYSTEM_ADMIN}
ONE = "/admin/accounts/<int:account>"
CHANGES = ("roles", "deputy", "close", "reopen", "reset")
RECOVERY = "/system/townships/<int:township>/admin"
ACCESS: Table = {
    ("/login/code", "GET"): staff(302, nobody=302),
    ("/login/code", "POST"): staff(303, nobody=400),  # who is all the way in is sent on
    ("/account/first-password", "GET"): staff(302, nobody=302),
    ("/account/first-password", "POST"): staff(303, nobody=400),
    ("/account/sessions", "POST"): staff(422, nobody=400),
    ("/account/second", "GET"): staff(200, nobody=302),
    ("/account/second", "POST"): staff(422, nobody=400),
    ("/account/second/off", "GET"): staff(302, nobody=302),  # nothing to switch off
    ("/account/second/off", "POST"): staff(422, nobody=400),
    ("/admin/accounts", "GET"): only(ADMIN),
    ("/admin/accounts/new", "GET"): only(ADMIN),
    ("/admin/accounts/new", "POST"): only_post(ADMIN),
    ("/admin/accounts/slips", "GET"): only(ADMIN),
    ("/admin/accounts/slips", "POST"): only_post(ADMIN),
    (ONE, "GET"): only(ADMIN),
    **{(f"{ONE}/{change}", "GET"): only(ADMIN) for change in CHANGES},
    **{(f"{ONE}/{change}", "POST"): only_post(ADMIN) for change in (*CHANGES, "deputy/end")},
    ("/admin/rights", "GET"): only(READERS),
    ("/system", "GET"): only(SYSTEM),
    ("/system/townships/new", "GET"): only(SYSTEM),
    ("/system/townships/new", "POST"): only_post(SYSTEM),
    (RECOVERY, "GET"): only(SYSTEM),
    (RECOVERY, "POST"): only_post(SYSTEM),
}


def account_address(portal: Any, username: str, rest: str = "") -> str:
    """The address of an account's page, or of one below it."""
    with portal.database.reading() as session:
        found = accounts.by_username(session, username)
    assert found is not None
    return f"/admin/accounts/{found.id}{rest}"


def _of_the_street(rest: str) -> Any:
    return lambda portal: account_address(portal, user(Role.CADRE, STREET), rest)


ADDRESSES: Addresses = {
    ONE: _of_the_street(""),
    **{f"{ONE}/{change}": _of_the_street(f"/{change}") for change in (*CHANGES, "deputy/end")},
    RECOVERY: lambda portal: f"/system/townships/{portal.filled.street}/admin",
}
