"""Connections: durable on SQLite, serialised writes, and read-only sessions for pages that only look."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.orm import Session

READ_ONLY = "portal_read_only"
BUSY_MS = 15_000
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",  # a quarter's secret that was deleted must not stay in a free page
    "recursive_triggers=ON",  # else INSERT OR REPLACE takes a ledger entry away without its trigger
    f"busy_timeout={BUSY_MS}",
)


class Database:
    """One database: `writing()` for a transaction that commits at its end, `reading()` for one that can't write."""

    def __init__(self, url: str) -> None:
        self.engine = make_engine(url)
        self._reader = self.engine.execution_options(**{READ_ONLY: True})

    def writer(self) -> Session:
        """A session that may write; whoever opens it commits and closes it."""
        return Session(self.engine)

    def reader(self) -> Session:
        """A session that can't write."""
        return Session(self._reader, autoflush=False)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with self.writer() as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        with self.reader() as session:
            yield session

    def dispose(self) -> None:
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine for a SQLAlchemy URL; `postgresql://` means psycopg 3."""
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    # what residents write must not reach a log, not even in the words of an error
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_other)
    return engine


def _prepare_sqlite(connection: Any, record: Any) -> None:
    del record
    connection.isolation_level = None  # the driver must not begin by itself: _begin_sqlite does, and says how
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # Without an explicit begin each statement would commit alone; a deferred begin that writes later can lose its
    # place to another writer and fail. So whoever may write takes the lock first.
    reads = connection.get_execution_options().get(READ_ONLY)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _begin_other(connection: Connection) -> None:
    if connection.get_execution_options().get(READ_ONLY):
        # one page reads with many statements: all of them must see the same moment
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
