"""A smoke of the connections; the promises of the database stand in test_constraints.py."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.store.engine import Database


def test_a_reading_session_cannot_write(database: Database) -> None:
    with database.reading() as session, pytest.raises(DBAPIError, match=r"read-?only"):
        session.execute(text("INSERT INTO township (code, name, county) VALUES ('330825111', 'x', 'y')"))


def test_sqlite_keeps_every_commit_through_a_power_cut(sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        assert session.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert session.execute(text("PRAGMA synchronous")).scalar() == 2
        assert session.execute(text("PRAGMA foreign_keys")).scalar() == 1
