"""Whether a poster is scanned: noted in memory while pages are answered, written as a day once an hour.

Nothing is written while a page is answered, so that the moment of a write tells nothing about who stood where. A note
is a poster and a day: no count, no time, no address.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from datetime import date

from flask import Flask, current_app, request

from portal.clock import local_day
from portal.store import posters
from portal.store.engine import Database
from portal.web import guards, unit

KEY = "scans"
HOUR = 3600.0  # seconds
JITTER = 600  # seconds: several processes don't come to the database at once
log = logging.getLogger(__name__)


class Scans:
    """The posters whose page was opened, each with the latest day; `written` are those that the database knows of."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._noted: dict[int, date] = {}
        self._written: dict[int, date] = {}
        self._told = False

    def note(self, poster: int, day: date) -> None:
        """The poster's page was opened on the day. Costs nothing where that is known."""
        with self._lock:
            if self._written.get(poster) != day:
                self._noted[poster] = day

    def write(self) -> None:
        """Write down what was noted, where the stored day is an earlier one; what fails is tried again next time."""
        with self._lock:
            noted, self._noted = self._noted, {}
        try:
            for day in set(noted.values()):
                self._write_day([poster for poster, seen in noted.items() if seen == day], day)
        except Exception as error:  # a page must be answered whatever becomes of the notes
            self._keep(noted)
            self._tell(error)
            return
        self._told = False
        with self._lock:
            self._written.update(noted)

    def _write_day(self, noted: list[int], day: date) -> None:
        with self._database.reading() as session:
            news = posters.not_known_as_scanned(session, noted, day)
        if news:
            with self._database.writing() as session:
                posters.write_scanned(session, news, day)

    def _keep(self, noted: dict[int, date]) -> None:
        with self._lock:
            self._noted = {**noted, **self._noted}

    def _tell(self, error: Exception) -> None:
        """Tell the operator once, not every hour."""
        if not self._told:
            self._told = True
            log.warning(
                "which posters are scanned was not written, and is tried again: %s", type(error).__name__
            )


class Hourly:
    """Writes once an hour, and once more when the process ends.

    The thread waits for the main thread, which is over when the process is about to end: unlike a handler at exit
    this holds in a server's worker processes too.
    """

    def __init__(self, write: Callable[[], None], seconds: float = HOUR) -> None:
        self._write, self._seconds = write, seconds
        self._started = False
        self._lock = threading.Lock()

    def start(self) -> None:
        """Begin with the first note: not before the server has made its processes."""
        with self._lock:
            if not self._started:
                self._started = True
                threading.Thread(target=self._run, name="scans", daemon=False).start()

    def _run(self) -> None:
        main = threading.main_thread()
        wait = self._seconds + secrets.randbelow(JITTER)
        while main.is_alive():
            main.join(wait)
            self._write()


def write_hourly(app: Flask) -> None:
    """Let the app's notes be written; the server says so, and no test or command."""
    app.extensions[f"{KEY}.hourly"] = Hourly(_scans(app).write)


def note(poster: int) -> None:
    """The form behind a poster is being shown; a program that only looks ahead, or staff, is nobody at the poster."""
    if request.method != "GET" or _looks_ahead() or guards.token():
        return
    _scans(current_app).note(poster, local_day(unit.now()))
    hourly: Hourly | None = current_app.extensions.get(f"{KEY}.hourly")
    if hourly is not None:
        hourly.start()


def _scans(app: Flask) -> Scans:
    if KEY not in app.extensions:
        app.extensions.setdefault(KEY, Scans(app.extensions[unit.KEY].database))  # of two at once one stays
    found: Scans = app.extensions[KEY]
    return found


def _looks_ahead() -> bool:
    """Whether a browser fetches the page before anybody asked for it."""
    told = (request.headers.get(name, "") for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    return any(words.startswith(("prefetch", "prerender", "preview")) for words in told)
