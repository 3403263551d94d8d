"""A report of pressure leaves no trace that any account of a township, or a stranger, could see.

Every page that a visitor may open is opened before and after a report, and every answer is the same, byte for byte but
for its one-time keys. What stands in the database is out of reach of these accounts; whoever operates the server may
read the county's tables, and no test can promise otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from zipfile import ZipFile

import pytest
from werkzeug.test import TestResponse

from portal.actions.ledger import record
from portal.core.book import Role
from tests.conftest import operator
from tests.web.access import NOBODY
from tests.web.access.pressure import put_in
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import NOWHERE, STREET, TASHI, user
from tests.web.test_access import ACCESS, address, come_as, words_of

VISITORS = [NOBODY, *(role for role in Role if role is not Role.COUNTY_REVIEWER)]
# what is another one on every page: keys of forms, and a second factor that is being set up
ONE_TIME = re.compile(
    r'name="(?:csrf_token|key|draft)" value="[^"]*"|<svg.*?</svg>|<code[^>]*>.*?</code>', re.DOTALL
)
# where somebody would look for more than the plain page shows
QUERIES = (
    "/admin/ledger?q=pressure",
    "/admin/ledger?q=resident",
    "/admin/ledger?q=xian",
    "/admin/ledger?first=2026-11-22",
    "/admin/ledger.csv?first=2026-11-22",
    "/admin/ledger.xlsx",
    "/admin/accounts?q=county",
    "/admin/cadres?q=x",
    "/admin/results.json",
    "/admin/results.xlsx",
    "/review/reports/1",
    "/review",
    "/metrics",
)


def said(response: TestResponse) -> tuple[int, str, str]:
    """An answer without its one-time keys; of a workbook what all its parts say."""
    if response.data.startswith(b"PK"):
        with ZipFile(BytesIO(response.data)) as parts:
            names = [
                name for name in parts.namelist() if not name.startswith("docProps/")
            ]  # says when it was made
            words = "".join(parts.read(name).decode("utf-8", "replace") for name in names)
    elif response.data.startswith(b"%PDF"):
        words = words_of(response)
    else:
        words = ONE_TIME.sub("", response.get_data(as_text=True))
    return response.status_code, response.headers.get("Location", ""), words


def addresses(portal: Portal) -> list[str]:
    """Everywhere that anybody can ask for; to name some of them, what they show is put there first."""
    apart = ("/review", "/size/")  # the county's own; and what only sets how large the letters are
    asked = [rule for rule, method in ACCESS if method == "GET" and not rule.startswith(apart)]
    return [*dict.fromkeys(address(portal, rule) for rule in asked), *QUERIES]


def answers(client: PageClient, paths: Sequence[str]) -> Mapping[str, tuple[int, str, str]]:
    with client.unchecked():
        for path in paths:
            if path.startswith("/v/"):
                client.get(path)  # the first one gives the phone its cookie
        return {path: said(client.get(path)) for path in paths}


@pytest.mark.parametrize("visitor", VISITORS)
def test_nobody_of_the_township_can_tell_that_there_was_a_report(portal: Portal, visitor: str) -> None:
    client, paths = come_as(portal, visitor), addresses(portal)
    before = answers(client, paths)
    assert sum(status == 200 for status, _, _ in before.values()) >= 5
    put_in(portal.database)
    after = answers(client, paths)
    assert [path for path in paths if before[path] != after[path]] == []


@pytest.mark.parametrize(
    "username",
    [
        user(Role.TOWNSHIP_ADMIN, TASHI),
        user(Role.AUDITOR, TASHI),
        user(Role.AUDITOR, NOWHERE),
        user(Role.SYSTEM_ADMIN, NOWHERE),
        user(Role.CITY_REVIEWER, NOWHERE),
    ],
)
def test_nor_can_those_of_another_township_or_of_none(portal: Portal, username: str) -> None:
    client = portal.staff(username)
    paths = ("/home", "/admin", "/admin/ledger", "/admin/accounts", "/system", "/account", *QUERIES)
    before = answers(client, paths)
    put_in(portal.database)
    assert answers(client, paths) == before


def test_the_walk_would_notice_a_trace(portal: Portal) -> None:
    client, paths = portal.staff(user(Role.TOWNSHIP_ADMIN, STREET)), addresses(portal)
    before = answers(client, paths)
    with portal.database.writing() as session:
        record(session, operator(portal.filled.street), "village.renamed", "太平社区")
    after = answers(client, paths)
    assert "/admin/ledger" in {path for path in paths if before[path] != after[path]}
