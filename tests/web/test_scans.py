"""Whether a poster is scanned: noted in memory, written as a day, never while a page is answered."""

from __future__ import annotations

import logging
import subprocess
import sys
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from portal.clock import local_day
from portal.config import ROOT
from portal.core.book import Role
from portal.store.engine import Database
from portal.store.organisation import Poster
from portal.web.scans import Scans
from tests.conftest import NOON
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import COMMUNITY, STREET, VILLAGE, Filled, user
from tests.web.sending import open_form, send

TODAY = local_day(NOON)


def scans(portal: Portal) -> Scans:
    found: Scans = portal.app.extensions["scans"]
    return found


def days(database: Database, filled: Filled) -> dict[str, date | None]:
    """The day that is written down for each poster of the street, by village."""
    with database.reading() as session:
        known = {row.token: row.scanned_on for row in session.scalars(select(Poster))}
    return {village: known[filled.posters[village]] for village in (VILLAGE, COMMUNITY)}


def test_an_opened_form_is_written_down_later_and_as_a_day(portal: Portal, visitor: PageClient) -> None:
    visitor.page(portal.form(VILLAGE))
    assert days(portal.database, portal.filled) == {VILLAGE: None, COMMUNITY: None}
    scans(portal).write()
    assert days(portal.database, portal.filled) == {VILLAGE: TODAY, COMMUNITY: None}


def test_a_day_is_written_once_however_often_a_poster_is_scanned(portal: Portal, visitor: PageClient) -> None:
    watch = visitor.watch
    for _ in range(2):
        visitor.page(portal.form(VILLAGE))
        watch.begin()
        scans(portal).write()
    assert watch.statements == [], "nobody came whom the database does not know of"
    portal.clock.turn(days=1)
    visitor.page(portal.form(VILLAGE))
    watch.begin()
    scans(portal).write()
    assert len(watch.writes) == 1
    assert days(portal.database, portal.filled)[VILLAGE] == TODAY + timedelta(days=1)


def test_another_process_that_wrote_the_day_is_not_written_over(portal: Portal, visitor: PageClient) -> None:
    visitor.page(portal.form(VILLAGE))
    with portal.database.writing() as session:
        for poster in session.scalars(select(Poster)):
            poster.scanned_on = TODAY
    watch = visitor.watch
    watch.begin()
    scans(portal).write()
    assert watch.writes == []


@pytest.mark.parametrize("header", ["Purpose", "Sec-Purpose", "X-Moz"])
def test_a_browser_that_looks_ahead_is_nobody(portal: Portal, visitor: PageClient, header: str) -> None:
    visitor.page(portal.form(VILLAGE), headers={header: "prefetch;prerender"})
    visitor.page(portal.form(COMMUNITY))
    scans(portal).write()
    assert days(portal.database, portal.filled) == {VILLAGE: None, COMMUNITY: TODAY}


def test_staff_who_look_at_a_form_and_programs_that_ask_for_its_head_are_nobody(portal: Portal) -> None:
    portal.staff(user(Role.CLERK, STREET)).page(portal.form(VILLAGE))
    assert portal.visitor().head(portal.form(VILLAGE)).status_code == 200
    portal.visitor().page(portal.form(COMMUNITY))
    scans(portal).write()
    assert days(portal.database, portal.filled) == {VILLAGE: None, COMMUNITY: TODAY}


def test_a_sent_form_adds_nothing_to_its_opening(portal: Portal, visitor: PageClient) -> None:
    key = open_form(visitor, portal.form(VILLAGE))
    scans(portal).write()
    portal.clock.turn(days=1)
    assert send(visitor, portal.form(VILLAGE), key).status_code == 303
    scans(portal).write()
    assert days(portal.database, portal.filled)[VILLAGE] == TODAY


def test_what_could_not_be_written_is_told_once_kept_and_written_later(
    portal: Portal, visitor: PageClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: object) -> None:
        raise OperationalError("UPDATE poster", {}, Exception("database is locked"))

    visitor.page(portal.form(VILLAGE))
    with caplog.at_level(logging.WARNING), monkeypatch.context() as broken:
        broken.setattr("portal.store.posters.write_scanned", locked)
        for _ in range(3):
            scans(portal).write()
    assert [record.getMessage() for record in caplog.records if record.name == "portal.web.scans"] == [
        "which posters are scanned was not written, and is tried again: OperationalError"
    ]
    visitor.page(portal.form(COMMUNITY))
    scans(portal).write()
    assert days(portal.database, portal.filled) == {VILLAGE: TODAY, COMMUNITY: TODAY}


PROCESS = """
import sys, threading
from portal.config import Settings
from portal.web.app import create_app
from portal.web.scans import write_hourly

def threads():
    return [one.name for one in threading.enumerate()].count("scans")

url, path = sys.argv[1:]
app = create_app(Settings(url, "x" * 48, "http://localhost", secure_cookies=False))
write_hourly(app)
told = [threads()]
for _ in range(2):
    assert app.test_client().get(path).status_code == 200
    told.append(threads())
print(told)
"""


def test_a_server_begins_to_write_with_the_first_scan_and_writes_the_rest_when_it_ends(
    portal: Portal, filled: Filled
) -> None:
    """In a process of its own, which must end by itself."""
    command = [sys.executable, "-c", PROCESS, str(portal.database.engine.url), portal.form(VILLAGE)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "[0, 1, 1]\n"), done.stderr
    written = days(portal.database, filled)
    assert written[VILLAGE] is not None
    assert written[COMMUNITY] is None
