"""Workbooks brought in by the web in tests of the verbs: put down, looked at, confirmed, taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO

from portal.actions import import_undo, imports
from portal.actions.proposals import approve
from portal.actions.two_person import KINDS
from portal.core.book import Book, Known, PeriodRow, Role
from portal.core.rights import Actor
from portal.files.township_in import read_township
from portal.files.township_out import township_workbook
from portal.store import people, roster
from portal.store.engine import Database
from portal.store.office import Proposal
from tests.actions.making import township_id
from tests.conftest import NOON

LATER = NOON + timedelta(minutes=5)
MUCH_LATER = NOON + timedelta(hours=1)


def read(content: bytes, code: str, known: Callable[[PeriodRow], Known]) -> Book | None:
    """What the web hands to the actions, without the web."""
    del code
    return read_township(BytesIO(content), known).book


imports.read_with(read)


def clerk(
    database: Database, cadre: str | None = None, name: str = "clerk", role: Role = Role.CLERK
) -> Actor:
    """An account of the small township, as its session would tell it."""
    own = township_id(database)
    with database.writing() as session:
        number = None if cadre is None else roster.cadre_id(session, own, cadre)
        account = people.Account(township_id=own, username=name, password_hash="x", cadre_id=number)
        session.add(account)
        session.flush()
        return Actor(account.id, name, own, frozenset({role}), cadre, frozenset(), number)


def staged(database: Database, actor: Actor, book: Book, now: datetime = LATER) -> int:
    with database.writing() as session:
        return imports.stage(session, actor, "township.xlsx", township_workbook(book), now).id


def looked_at(database: Database, actor: Actor, book: Book) -> imports.Preview:
    with database.reading() as session:
        return imports.preview(session, actor, book, LATER)


def brought(database: Database, actor: Actor, book: Book, now: datetime = LATER) -> int:
    """Put down, looked at and confirmed; gives the file's id."""
    file = staged(database, actor, book, now)
    seen = looked_at(database, actor, book)
    with database.writing() as session:
        assert imports.confirm(session, actor, file, book, seen.digest, now)
    return file


def undone(database: Database, actor: Actor, file: int, now: datetime = MUCH_LATER) -> bool:
    with database.writing() as session:
        return import_undo.undo_import(session, actor, file, "导错了", now)


def approved(database: Database, actor: Actor, proposal: int, now: datetime = MUCH_LATER) -> None:
    """Approve a two-person act, which carries it out."""
    with database.writing() as session:
        found = session.get_one(Proposal, proposal)
        approve(session, actor, found, KINDS[found.kind], now)
