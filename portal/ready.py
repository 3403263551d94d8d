"""A command's database, open and at its newest migration; or a sentence on the screen and exit status 1."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import click
from sqlalchemy import inspect
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InternalError,
    ProgrammingError,
)

from portal.config import DEFAULT_DATABASE, ROOT, Settings
from portal.store import migrate
from portal.store.engine import Database


def refuse(*sentences: str) -> NoReturn:
    """End the command: the input is bad, nothing was changed."""
    for sentence in sentences:
        click.echo(sentence, err=True)
    raise SystemExit(1)


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The configured database, whatever its structure."""
    if settings.database_url == DEFAULT_DATABASE:
        (ROOT / "instance").mkdir(exist_ok=True)
    try:
        database = Database(settings.database_url)
    except (ArgumentError, ImportError):
        refuse("PORTAL_DATABASE_URL 写得不对：要 sqlite:////路径/文件.db 或 postgresql://用户:密码@主机/库名")
    try:
        yield database
    except (ProgrammingError, InternalError):
        raise  # a mistake of ours: whoever mends it needs the whole story
    except (IntegrityError, DataError) as error:
        refuse(f"数据库没有收下这些数据，什么也没有保存：{_first_line(error)}")
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # SQLite's word for such a mistake
        refuse(f"数据库用不了，请检查 PORTAL_DATABASE_URL 和数据库本身：{_first_line(error)}")
    finally:
        database.dispose()


@contextmanager
def ready_database(settings: Settings, *, make_new: bool = False) -> Iterator[Database]:
    """The database at its newest migration; an empty one is made ready where a command may begin with it."""
    with open_database(settings) as database:
        with database.reading() as session:  # waits for nobody: an import may be writing
            connection = session.connection()
            ready, empty = migrate.is_newest(connection), not inspect(connection).get_table_names()
        if not ready and not (make_new and empty):
            refuse("数据库还没有建好，或者不是最新的结构：请先运行 portal db upgrade")
        if not ready:
            migrate.upgrade(database.engine)
        yield database


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).partition("\n")[0]
