"""A small township in a database: read and imported once, then copied."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.store.engine import Database
from tests.actions.making import bring
from tests.conftest import import_tashi
from tests.databases import SqliteMaker
from tests.files.typed_workbook import book


@pytest.fixture(scope="session")
def small_file(sqlite_maker: SqliteMaker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("small") / "small.db"
    shutil.copyfile(sqlite_maker.template, file)
    database = Database(f"sqlite:///{file}")
    bring(database, book())
    database.dispose()
    return file


@pytest.fixture
def small(small_file: Path, tmp_path: Path) -> Iterator[Database]:
    """The small township of the workbook tests."""
    own = Database(f"sqlite:///{shutil.copyfile(small_file, tmp_path / 'small.db')}")
    yield own
    own.dispose()


@pytest.fixture(scope="session")
def year(sqlite_maker: SqliteMaker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real year, imported once."""
    file = tmp_path_factory.mktemp("year") / "year.db"
    shutil.copyfile(sqlite_maker.template, file)
    database = Database(f"sqlite:///{file}")
    import_tashi(database)
    database.dispose()
    return file


@pytest.fixture
def tashi(year: Path, tmp_path: Path) -> Iterator[Database]:
    own = Database(f"sqlite:///{shutil.copyfile(year, tmp_path / 'year.db')}")
    yield own
    own.dispose()
