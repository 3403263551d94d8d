"""The words in which the tables say who may open what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from portal.core.book import Role

NOBODY = "nobody"
VISITORS = (NOBODY, *Role)
SCORED = {Role.CADRE, Role.MODULE_LEADER, Role.TEAM_LEADER}
OFFICE = {Role.CLERK, Role.TOWNSHIP_ADMIN, Role.APPROVER}
EDITORS = {Role.CLERK, Role.TOWNSHIP_ADMIN}
READERS = OFFICE | {Role.AUDITOR}
Statuses = Mapping[str, int]
Table = Mapping[tuple[str, str], Statuses]  # rule and method → what each visitor gets, in the own township
Addresses = Mapping[str, Callable[[Any], str]]  # rule → an address of it that exists in the street township


def everybody(status: int) -> Statuses:
    return dict.fromkeys(VISITORS, status)


def only(allowed: set[Role], status: int = 200) -> Statuses:
    """The allowed get `status`, other staff a 403, who is not logged in goes to the log-in."""
    return {**everybody(403), NOBODY: 302, **dict.fromkeys(allowed, status)}


def only_post(allowed: set[Role], status: int = 422) -> Statuses:
    """The same for a post: who is not logged in has no page with a key to post."""
    return {**only(allowed, status), NOBODY: 400}


def staff(status: int, nobody: int) -> Statuses:
    return {**everybody(status), NOBODY: nobody}
