"""Accounts, rights, the own account, the installation."""

from __future__ import annotations

from portal.core.book import Role
from tests.web.access.expected import Addresses, Table, only, staff

ADMIN, SYSTEM = {Role.TOWNSHIP_ADMIN}, {Role.SYSTEM_ADMIN}
ACCESS: Table = {
    ("/login/code", "GET"): staff(302, nobody=302),
    ("/login/code", "POST"): staff(403, nobody=400),  # only who is halfway in
    ("/account/first-password", "GET"): staff(302, nobody=302),
    ("/account/first-password", "POST"): staff(403, nobody=400),
    ("/account/sessions", "POST"): staff(422, nobody=400),
    ("/account/second", "GET"): staff(200, nobody=302),
    ("/account/second", "POST"): staff(422, nobody=400),
    ("/account/second/off", "GET"): staff(302, nobody=302),  # nothing to switch off
    ("/account/second/off", "POST"): staff(422, nobody=400),
    ("/system", "GET"): only(SYSTEM),
}
ADDRESSES: Addresses = {}
