"""Bringing a database to the newest migration, and telling whether it is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

ROOT = Path(__file__).resolve().parents[2]


def _config() -> Config:
    return Config(toml_file=str(ROOT / "pyproject.toml"))


def upgrade(engine: Engine) -> None:
    """Run every migration that the database has not seen, in one transaction."""
    config = _config()
    with _rebuilding(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def downgrade(engine: Engine, revision: str = "base") -> None:
    """Take back every migration after `revision` (tests and nobody else)."""
    config = _config()
    with _rebuilding(engine) as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


@contextmanager
def _rebuilding(engine: Engine) -> Iterator[Connection]:
    """A transaction in which SQLite lets a table be replaced although others refer to it.

    SQLite changes a table by making it anew; with foreign keys watched, dropping the old one would fail. They are
    watched again afterwards, and what the migration left is looked through before it is committed.
    """
    with engine.connect() as connection:
        lite = engine.dialect.name == "sqlite"
        driver = connection.connection.driver_connection
        if lite and driver is not None:
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if lite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise RuntimeError("a migration left rows that refer to nothing")
        finally:
            if lite and driver is not None:
                driver.execute("PRAGMA foreign_keys=ON")


def is_newest(connection: Connection) -> bool:
    """Whether the database stands at the newest migration."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head
