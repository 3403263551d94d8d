"""What every test may ask for: a database on each engine, a clock that stands still, a cheap hasher, the real township."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from portal.actions.import_township import import_township
from portal.actions.ledger import Act
from portal.actions.ratings import import_ratings
from portal.core import form
from portal.core.book import Book, RatingRow
from portal.files.ratings_in import read_ratings
from portal.files.township_in import read_township
from portal.store.engine import Database
from tests.databases import Maker, SqliteMaker, postgres_maker

DATA = Path(__file__).parent / "data"
NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)  # 12:00 in Asia/Shanghai


@pytest.fixture(scope="session")
def sqlite_maker(tmp_path_factory: pytest.TempPathFactory) -> SqliteMaker:
    return SqliteMaker(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Maker]:
    with postgres_maker() as maker:
        yield maker


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def maker(request: pytest.FixtureRequest) -> Maker:
    """Makes databases; a test that asks for it runs on SQLite and on PostgreSQL."""
    name = "sqlite_maker" if request.param == "sqlite" else "postgres"
    found: Maker = request.getfixturevalue(name)
    return found


@pytest.fixture
def database(maker: Maker) -> Iterator[Database]:
    """A migrated, empty database on each engine."""
    own = Database(maker.make())
    yield own
    own.dispose()


@pytest.fixture
def sqlite_database(sqlite_maker: SqliteMaker) -> Iterator[Database]:
    """A migrated, empty database where the engine makes no difference."""
    own = Database(sqlite_maker.make())
    yield own
    own.dispose()


@pytest.fixture(scope="session")
def cheap_hasher() -> PasswordHasher:
    """As strong as needed for invented passwords: tests log in often."""
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture
def clock() -> Callable[[], datetime]:
    return lambda: NOON


@cache
def tashi_book() -> Book:
    """The real year of 塔石镇, as its workbook says."""
    reading = read_township(DATA / "township.xlsx")
    assert reading.book is not None
    return reading.book


@cache
def tashi_ratings() -> tuple[RatingRow, ...]:
    return read_ratings(DATA / "ratings.csv", {village.code for village in tashi_book().villages}).rows


def operator(township_id: int | None = None) -> Act:
    return Act("operator", NOON, township_id)


def import_tashi(database: Database, with_ratings: bool = True) -> int:
    """Import the real year and give the township's id."""
    with database.writing() as session:
        township, _ = import_township(session, tashi_book(), operator())
        if with_ratings:
            import_ratings(session, township.id, tashi_ratings(), form.STANDARD, operator(township.id))
        return township.id


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing may be skipped: a test that did not run proves nothing."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
