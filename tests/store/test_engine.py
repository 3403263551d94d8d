"""Connections: durable, serialised where they write, unable to write where they only look."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.store.engine import Database, make_engine

TOWNSHIP = "INSERT INTO township (code, name, county) VALUES ('330825111', '0', 'y')"
TURNS = 20


def test_a_reading_session_cannot_write(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text(TOWNSHIP))


def test_a_connection_that_only_read_can_write_for_the_next_who_asks(database: Database) -> None:
    with database.reading() as session:
        session.execute(text("SELECT count(*) FROM township"))
    with database.writing() as session:
        session.execute(text(TOWNSHIP))
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM township")).scalar() == 1


def test_sqlite_keeps_every_commit_through_a_power_cut(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert session.execute(text("PRAGMA recursive_triggers")).scalar() == 1


def test_two_writers_on_sqlite_lose_no_update(sqlite_database: Database) -> None:
    """Both read a number and write it one higher: whoever may write takes the lock before reading."""
    with sqlite_database.writing() as session:
        session.execute(text(TOWNSHIP))
    start = threading.Barrier(2)

    def count_up() -> None:
        start.wait()
        for _ in range(TURNS):
            with sqlite_database.writing() as session:
                seen = session.execute(text("SELECT name FROM township")).scalar_one()
                session.execute(text("UPDATE township SET name = :more"), {"more": str(int(seen) + 1)})

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(count_up) for _ in range(2)]:
            done.result()
    with sqlite_database.reading() as session:
        assert session.execute(text("SELECT name FROM township")).scalar() == str(2 * TURNS)


def test_a_failed_transaction_leaves_nothing(database: Database) -> None:
    def fail_after_writing() -> None:
        with database.writing() as session:
            session.execute(text(TOWNSHIP))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_writing()
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM township")).scalar() == 0


def test_a_reader_sees_what_was_committed_while_somebody_writes(database: Database) -> None:
    with database.writing() as writer:
        writer.execute(text(TOWNSHIP))
        with database.reading() as session:
            assert session.execute(text("SELECT count(*) FROM township")).scalar() == 0


def test_a_postgresql_address_means_psycopg_3() -> None:
    engine = make_engine("postgresql://somebody@localhost/portal")
    assert (engine.dialect.name, engine.dialect.driver) == ("postgresql", "psycopg")
    engine.dispose()
