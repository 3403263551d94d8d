"""A township in the tables, on each engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from portal.store.engine import Database
from tests.databases import Maker
from tests.store.rows import Ground


@pytest.fixture(scope="session")
def shared_database() -> Iterator[Callable[[Maker], Database]]:
    """One database an engine, for tests that take back all they did."""
    made: dict[type[Maker], Database] = {}

    def shared(maker: Maker) -> Database:
        if type(maker) not in made:
            made[type(maker)] = Database(maker.make())
        return made[type(maker)]

    yield shared
    for database in made.values():
        database.dispose()


@pytest.fixture
def ground(maker: Maker, shared_database: Callable[[Maker], Database]) -> Iterator[Ground]:
    """The small township inside a transaction that is taken back at the end."""
    with shared_database(maker).writer() as session:
        yield Ground(session)
