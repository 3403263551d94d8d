"""Reports of pressure: a resident's way past the township, and the county's pages."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.actions.pressure import SentReport, report
from portal.clock import local_day
from portal.core.book import Role
from portal.core.pressure import Happening
from portal.store.county import CountyEntry
from portal.store.engine import Database
from tests.conftest import NOON
from tests.web.access.expected import Addresses, Table, everybody, only, only_post
from tests.web.filling import COMMUNITY, SECRET_KEY, STREET_CODE

COUNTY = {Role.COUNTY_REVIEWER}
FORM, ONE = "/v/<token>/pressure", "/review/reports/<int:report_id>"
WORDS, PHONE = "村口有人拿着我的手机按了五颗星", "13812345678"
ACCESS: Table = {
    (FORM, "GET"): everybody(200),
    (FORM, "POST"): everybody(422),  # nothing ticked, nothing said
    (f"{FORM}/done", "GET"): everybody(200),
    ("/review/reports", "GET"): only(COUNTY),
    (ONE, "GET"): only(COUNTY),
    (ONE, "POST"): only_post(COUNTY),
    (f"{ONE}/contact", "POST"): only_post(COUNTY, 303),
}


def put_in(
    database: Database, key: str = "a-key-that-is-long-enough", contact: str = PHONE, code: str = STREET_CODE
) -> int:
    """A report from the street's 社区, as if it was sent at NOON; gives its number."""
    sent = SentReport(
        township=(code, "龙洲街道"),
        village=(COMMUNITY, "太平社区"),
        happened=[Happening.FILLED, Happening.GIFT],
        words=WORDS,
        contact=contact,
        key=key,
    )
    with database.writing() as session:
        before = set(session.scalars(select(CountyEntry.report)))
        report(session, sent, SECRET_KEY, local_day(NOON))
        after = set(session.scalars(select(CountyEntry.report)))
        return (after - before or after).pop()


def _one(rest: str) -> Any:
    return lambda portal: f"/review/reports/{put_in(portal.database)}{rest}"


ADDRESSES: Addresses = {ONE: _one(""), f"{ONE}/contact": _one("/contact")}
