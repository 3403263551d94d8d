"""The `portal` command in this process, on a database of its own and with a clock that stands still."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import inspect, select, table, text

from portal import cli
from portal.core.book import Book
from portal.files.township_out import township_workbook
from portal.store.engine import Database
from tests.conftest import NOON, import_tashi
from tests.databases import SqliteMaker
from tests.files.typed_workbook import book

TASHI = "330825111"


class Portal:
    """`run` is the command line; what stands in the database can be looked at beside it."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.env = {"PORTAL_DATABASE_URL": f"sqlite:///{file}"}

    def run(self, *words: str | Path, stdin: str | bytes | None = None, **env: str) -> Result:
        """Run a command; a traceback is a failed test, an exit status is not."""
        given = {**self.env, **{f"PORTAL_{name}": value for name, value in env.items()}}
        result = CliRunner().invoke(cli.main, list(map(str, words)), input=stdin, env=given)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def done(self, *words: str | Path, **more: Any) -> Result:
        """Run a command that must succeed."""
        result = self.run(*words, **more)
        assert result.exit_code == 0, result.output
        return result

    def refused(self, *words: str | Path, **more: Any) -> list[str]:
        """Run a command that must say why not, and change nothing: its sentences."""
        before = self.tables()
        result = self.run(*words, **more)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        assert self.tables() == before
        return result.stderr.splitlines()

    def results(self, *more: str) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.done("results", "--township", TASHI, *more).stdout)
        return told

    @contextmanager
    def database(self) -> Iterator[Database]:
        own = Database(f"sqlite:///{self.file}")
        yield own
        own.dispose()

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table."""
        with self.database() as database, database.reading() as session:
            names = inspect(session.connection()).get_table_names()
            return {
                name: [tuple(row) for row in session.execute(select(text("*")).select_from(table(name)))]
                for name in names
            }

    def empty(self) -> bool:
        """Whether no table holds a row (but for where the migrations stand)."""
        return not any(rows for name, rows in self.tables().items() if name != "alembic_version")


@pytest.fixture(autouse=True)
def still_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is noon of 22 November 2026, and nothing of the machine's own settings is seen."""
    monkeypatch.setattr(cli, "system_clock", lambda: NOON)
    for name in ("DATABASE_URL", "SECRET_KEY", "BASE_URL", "DEMO"):
        monkeypatch.delenv(f"PORTAL_{name}", raising=False)


@pytest.fixture
def portal(sqlite_maker: SqliteMaker, tmp_path: Path) -> Portal:
    """On an empty database at its newest migration."""
    return Portal(Path(shutil.copyfile(sqlite_maker.template, tmp_path / "portal.db")))


@pytest.fixture(scope="session")
def tashi_file(sqlite_maker: SqliteMaker, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tashi") / "tashi.db"
    shutil.copyfile(sqlite_maker.template, file)
    database = Database(f"sqlite:///{file}")
    import_tashi(database)
    database.dispose()
    return file


@pytest.fixture
def tashi(tashi_file: Path, tmp_path: Path) -> Portal:
    """With the real year of 塔石镇."""
    return Portal(Path(shutil.copyfile(tashi_file, tmp_path / "tashi.db")))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Writes a workbook as the portal does: what reads like a formula stays text."""

    def write(wanted: Book | None = None, name: str = "book.xlsx") -> Path:
        file = tmp_path / name
        file.write_bytes(township_workbook(wanted or book()))
        return file

    return write


@pytest.fixture
def small(portal: Portal, written: Callable[..., Path]) -> Portal:
    """With the small township of the workbook tests."""
    portal.done("import-township", written())
    return portal
