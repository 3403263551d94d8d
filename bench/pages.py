"""What pages cost one visitor: milliseconds over loopback, SQL statements, bytes on the wire."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from bench.client import Browser
from bench.load import ANSWERS
from bench.server import SECRET, Town, portal_server
from bench.table import Figure
from portal.config import Settings
from portal.store.engine import Database
from portal.web.app import create_app

CADRE, CLERK = "ganbu", "jingban"  # roles that log in with a password alone
PAGES = (("/me", CADRE), ("/admin/results", CLERK))
TIMES = 3  # requests behind one round's figure


def measure(town: Town, folder: Path, workers: int, rounds: int) -> tuple[list[Figure], list[list[str]]]:
    """Times of the staff's pages, and a table of bytes."""
    figures = {path: Figure(f"GET {path}, one client", "ms") for path, _ in PAGES}
    with portal_server(town.url, folder, workers) as portal:
        browsers = {who: _logged_in(town, portal.port, who) for _, who in PAGES}
        for number in range(rounds + 1):
            for path, who in PAGES:
                took = _milliseconds(browsers[who], path)
                if number:  # the first round warms up
                    figures[path].values.append(took)
        sizes = _sizes(town, portal.port, browsers)
    return list(figures.values()), sizes


def statements(town: Town) -> list[list[str]]:
    """SQL statements by request, counted in this process."""
    database = Database(town.url)
    app = create_app(Settings(town.url, SECRET, "http://localhost", secure_cookies=False), database)
    form = f"/v/{town.tokens[0]}"
    rows = [["request", "SQL statements"]]

    def row(client: FlaskClient, method: str, path: str, fields: dict[str, str] | None = None) -> None:
        with _counted(database) as seen:
            client.open(path, method=method, data=fields).close()
        rows.append([f"{method} {path.replace(town.tokens[0], '<code>')}", str(len(seen))])

    resident = app.test_client()
    row(resident, "GET", form)
    row(resident, "POST", form, ANSWERS | {"q_overall": "4", "key": "statements-are-counted"})
    row(resident, "GET", f"{form}/thanks")
    for path, who in PAGES:
        staff = app.test_client()
        login = town.logins[who]
        staff.post("/login", data={"username": login.username, "password": login.password})
        row(staff, "GET", path)
    database.dispose()
    return rows


@contextmanager
def _counted(database: Database) -> Iterator[list[str]]:
    """Statements that ask or change something; settings and BEGIN do neither."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.split(None, 1)[0].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            seen.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def _logged_in(town: Town, port: int, who: str) -> Browser:
    browser, login = Browser(port), town.logins[who]
    if browser.log_in(login.username, login.password).status != 303:
        raise RuntimeError(f"log-in of {who} was refused")
    return browser


def _milliseconds(browser: Browser, path: str) -> float:
    begun = time.perf_counter()
    for _ in range(TIMES):
        if browser.get(path).status != 200:
            raise RuntimeError(f"{path} was refused")
    return (time.perf_counter() - begun) * 1000 / TIMES


def _sizes(town: Town, port: int, browsers: dict[str, Browser]) -> list[list[str]]:
    """Whole answers with their heads, by what the browser unpacks."""
    form = f"/v/{town.tokens[0]}"
    looks: list[tuple[str, str, Callable[[], Browser]]] = [
        ("form (first visit)", form, lambda: Browser(port)),
        ("thanks", f"{form}/thanks", lambda: Browser(port)),
        *((path, path, lambda who=who: browsers[who]) for path, who in PAGES),
    ]
    rows = [["page", "gzip", "brotli", "unpacked page"]]
    for name, path, browser in looks:
        cells = []
        for encodings in ("gzip", "gzip, br", "identity"):
            own = browser()
            own.encodings = encodings
            answer = own.get(path)
            cells.append(answer.size if encodings != "identity" else len(answer.body))
        rows.append([name, *(f"{size:,}" for size in cells)])
    return rows
