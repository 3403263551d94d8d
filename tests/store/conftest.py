"""A township in the tables, on each engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.store.engine import Database
from tests.store.rows import Ground


@pytest.fixture
def ground(database: Database) -> Iterator[Ground]:
    """The small township inside a transaction that is taken back at the end."""
    with database.writer() as session:
        yield Ground(session)
