"""Requests per second over loopback: the form and a rating, beside a bare WSGI application and a bare durable write."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count, cycle
from pathlib import Path

from bench.client import Answer, Browser, Wire, request_bytes
from bench.server import Server, Town, bare_server, portal_server
from bench.table import Figure

ANSWERS = {"q_visited": "yes", "q_contact": "yes", "q_solved": "done"}
FLOOR_ROW = "x" * 200  # about what a rating takes
Make = Callable[[], bytes]
See = Callable[[Answer], None]


class WrongAnswer(RuntimeError):
    """A server answered something that the measurement did not ask for: its figure would mean nothing."""


def hammer(port: int, make: Make, expected: int, see: See, threads: int, seconds: float) -> float:
    """Requests per second of some clients that each wait for their answer."""
    start = threading.Barrier(threads)

    def client() -> tuple[int, float]:
        wire = Wire(port)
        start.wait()
        begun = time.perf_counter()
        for done in count():
            elapsed = time.perf_counter() - begun
            if elapsed >= seconds:
                wire.close()
                return done, elapsed
            answer = wire.ask(make())
            if answer.status != expected:
                raise WrongAnswer(f"{answer.status} instead of {expected}")
            see(answer)
        raise AssertionError

    with ThreadPoolExecutor(threads) as pool:
        futures = [pool.submit(client) for _ in range(threads)]
        return sum(done / elapsed for done, elapsed in (future.result() for future in futures))


class Requests:
    """Endless requests of residents: forms of every village, ratings of those who opened one."""

    def __init__(self, tokens: tuple[str, ...], port: int) -> None:
        self.port = port
        self.cookies: list[str] = []
        self._tokens = cycle(tokens)
        self._residents = count()
        self._lock = threading.Lock()

    def form(self) -> bytes:
        return request_bytes("GET", f"/v/{self._token()}", self.port, {})

    def opened(self, answer: Answer) -> None:
        """A new resident has a cookie now."""
        self.cookies += answer.cookies.values()

    def rating(self) -> bytes:
        with self._lock:
            cookie = self.cookies[next(self._residents) % len(self.cookies)]
        fields = ANSWERS | {"q_overall": "5", "key": secrets.token_urlsafe(16)}
        return request_bytes("POST", f"/v/{self._token()}", self.port, {"r": cookie}, fields)

    def _token(self) -> str:
        with self._lock:
            return next(self._tokens)


def nothing(_: Answer) -> None:
    """Look at nothing."""


class DurableWrites:
    """One connection that inserts a row of a rating's size and commits it, as durably as the portal does."""

    def __init__(self, file: Path) -> None:
        self.connection = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.execute("CREATE TABLE floor (id INTEGER PRIMARY KEY, row TEXT)")

    def rate(self, seconds: float) -> float:
        begun = time.perf_counter()
        for done in count():
            if (elapsed := time.perf_counter() - begun) >= seconds:
                return done / elapsed
            self.connection.execute("BEGIN IMMEDIATE")
            self.connection.execute("INSERT INTO floor (row) VALUES (?)", (FLOOR_ROW,))
            self.connection.execute("COMMIT")
        raise AssertionError


def measure(
    town: Town, folder: Path, workers: int, threads: int, rounds: int, seconds: float
) -> list[Figure]:
    """The form and a rating per second; every round asks each server in turn."""
    get = Figure(f"GET form, {threads} clients", "per s", "bare WSGI app, same granian settings")
    post = Figure(f"POST rating, {threads} clients", "per s", "bare WSGI app, same granian settings")
    write = Figure("POST rating, the same", "per s", "one durable SQLite INSERT + COMMIT after another")
    durable = DurableWrites(folder / "floor.db")
    with portal_server(town.url, folder, workers) as portal, _bare(town, portal, folder, workers) as bare:
        requests, floor = Requests(town.tokens, portal.port), Requests(town.tokens, bare.port)
        for length in _lengths(rounds, seconds):
            gets = hammer(portal.port, requests.form, 200, requests.opened, threads, length)
            floor.cookies = requests.cookies
            bare_gets = hammer(bare.port, floor.form, 200, nothing, threads, length)
            posts = hammer(portal.port, requests.rating, 303, nothing, threads, length)
            bare_posts = hammer(bare.port, floor.rating, 303, nothing, threads, length)
            writes = durable.rate(length)
            if length == seconds:
                for figure, value, own_floor in (
                    (get, gets, bare_gets),
                    (post, posts, bare_posts),
                    (write, posts, writes),
                ):
                    figure.values.append(value)
                    figure.floors.append(own_floor)
    return [get, post, write]


def _bare(town: Town, portal: Server, folder: Path, workers: int) -> Server:
    """A server that answers with as many bytes as the form has."""
    page = Browser(portal.port).get(f"/v/{town.tokens[0]}")
    return bare_server(folder, workers, len(page.body))


def _lengths(rounds: int, seconds: float) -> Iterator[float]:
    """A short round to warm everything up, then the real ones."""
    yield seconds / 3
    for _ in range(rounds):
        yield seconds
