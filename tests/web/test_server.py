"""The server that production runs, over a real socket: sizes, refusals, and no word about who came."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import select

from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from tests.web.client import hidden
from tests.web.filling import VILLAGE, Filled
from tests.web.sending import OPINION

pytestmark = pytest.mark.xdist_group("server")

START = "import sys; from portal.serving import serve; serve('127.0.0.1', int(sys.argv[1]), 1)"
PATIENCE = 30  # seconds


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes
    size: int  # on the wire, with headers


@dataclass(frozen=True, slots=True)
class Server:
    port: int
    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def ask(
        self,
        method: str,
        path: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        kind = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, path, urlencode(form or {}), {**kind, **(headers or {})})
        response = connection.getresponse()
        body = response.read()
        connection.close()
        size = len(body) + len(str(response.headers)) + len("HTTP/1.1 200 OK\r\n")
        return Answer(response.status, dict(response.headers.items()), body, size)


@pytest.fixture(scope="module")
def server(filled: Filled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    url, log = filled.copy(folder), folder / "log"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {**os.environ, "PORTAL_DATABASE_URL": url, "PORTAL_SECRET_KEY": "x" * 40}
    with log.open("wb") as out:
        process = subprocess.Popen([sys.executable, "-c", START, str(port)], env=env, stdout=out, stderr=out)
    running = Server(port, url, process, log)
    try:
        _wait(running)
        yield running
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _wait(server: Server) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if server.ask("GET", "/readyz").status == 200:
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"not ready after {PATIENCE} s: {server.log.read_text()}")


def form_path(filled: Filled) -> str:
    return f"/v/{filled.posters[VILLAGE]}"


def test_the_form_fits_into_six_kilobytes_on_the_wire(server: Server, filled: Filled) -> None:
    for method in ("gzip", "br"):
        answer = server.ask("GET", form_path(filled), headers={"Accept-Encoding": method})
        assert answer.status == 200
        assert answer.headers["content-encoding"] == method
        assert answer.size <= 6144
        again = server.ask("POST", form_path(filled), {"q_visited": "yes"}, {"Accept-Encoding": method})
        assert (again.status, again.headers["content-encoding"]) == (422, method)
        assert again.size <= 6144, "and so does the page that says what is missing"


def test_a_body_of_two_megabytes_gets_its_page_and_no_broken_line(server: Server, filled: Filled) -> None:
    answer = server.ask("POST", form_path(filled), {**OPINION, "comment": "x" * 2_000_000})
    assert answer.status == 413
    assert "写得太多了" in answer.body.decode()
    assert server.ask("GET", "/healthz").status == 200


def test_head_has_the_headers_of_the_page_and_no_body(server: Server, filled: Filled) -> None:
    answer = server.ask("HEAD", form_path(filled))
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["cache-control"] == "private, no-cache"


def test_a_rating_is_taken_in_and_the_log_says_nothing_of_it(server: Server, filled: Filled) -> None:
    page = server.ask("GET", form_path(filled))
    cookie = page.headers["set-cookie"].partition(";")[0]
    sent = {**OPINION, "key": hidden(page.body.decode(), "key")}
    answer = server.ask("POST", form_path(filled), sent, {"Cookie": cookie, "User-Agent": "Telltale/1.0"})
    assert (answer.status, answer.headers["location"]) == (303, f"{form_path(filled)}/thanks")
    database = Database(server.url)
    with database.reading() as session:
        entries = list(session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "rating.received")))
    database.dispose()
    assert len(entries) == 1
    log = server.log.read_text()
    assert not [trace for trace in ("/v/", "Telltale", filled.posters[VILLAGE], cookie) if trace in log]


def test_the_server_does_not_tell_what_it_is(server: Server) -> None:
    told = {name.lower(): value for name, value in server.ask("GET", "/").headers.items()}
    assert "x-powered-by" not in told
    assert not any(letter.isdigit() for letter in told.get("server", "")), "a version"


def test_the_server_stops_when_it_is_told_to(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(PATIENCE) == 0
