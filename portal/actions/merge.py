"""Bringing rows of a table to what a workbook says: what is new is added, what differs changed, the rest left alone.

A row is known by its identity columns; rows with the same identity are told apart by their order. A row that the
workbook does not hold is never touched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from portal.store.base import Base
from portal.store.rows import in_township

Row = TypeVar("Row", bound=Base)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row as the workbook has it: `label` names it to people, `identity` and `figures` are column values."""

    label: str
    identity: Mapping[str, Any]
    figures: Mapping[str, Any] = field(default_factory=dict)
    fresh: Mapping[str, Any] = field(default_factory=dict)  # set when the row is added, left alone later


@dataclass(frozen=True, slots=True)
class Change:
    """What a merge did to one row; `before` is None where the row was added."""

    label: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    row: Base

    @property
    def row_id(self) -> int:
        """The id of the row, once it is flushed."""
        row: Any = self.row
        return int(row.id)


@dataclass(frozen=True, slots=True)
class Merged(Generic[Row]):
    """The rows as they stand now, in the order wanted, and what changed."""

    rows: tuple[Row, ...]
    changes: tuple[Change, ...]
    unchanged: int

    @property
    def added(self) -> int:
        return sum(change.before is None for change in self.changes)

    @property
    def changed(self) -> int:
        return len(self.changes) - self.added


def merge(
    session: Session,
    table: type[Row],
    township_id: int,
    wanted: Iterable[Wanted],
    *scope: ColumnElement[bool],
    made_up: Iterator[int] | None = None,
) -> Merged[Row]:
    """Bring the rows of one township inside `scope` to what is wanted, and flush.

    With `made_up` ids it only tells what would change: new rows get one each and stay out of the session, known ones
    stay as they are.
    """
    wishes = list(wanted)
    if not wishes:
        return Merged((), (), 0)
    known = _known(session, table, township_id, tuple(wishes[0].identity), scope)
    seen: dict[Hashable, int] = defaultdict(int)
    rows: list[Row] = []
    changes: list[Change] = []
    new: list[Row] = []
    for wish in wishes:
        key = tuple(wish.identity.values())
        place, seen[key] = seen[key], seen[key] + 1
        there = known[key][place] if place < len(known[key]) else None
        if there is None:
            row, change = _added(table, township_id, wish, made_up)
            new.append(row)
        else:
            row, change = _changed(there, wish, save=made_up is None)
        rows.append(row)
        changes += [change] if change else []
    if made_up is not None:
        return Merged(tuple(rows), tuple(changes), len(wishes) - len(changes))
    # changes first: a link that became shorter makes room for the one that follows it
    session.flush()
    session.add_all(new)
    session.flush()
    return Merged(tuple(rows), tuple(changes), len(wishes) - len(changes))


def _known(
    session: Session,
    table: type[Row],
    township_id: int,
    identity: Sequence[str],
    scope: Sequence[ColumnElement[bool]],
) -> Mapping[Hashable, list[Row]]:
    known: dict[Hashable, list[Row]] = defaultdict(list)
    for row in in_township(session, table, township_id, *scope):
        known[tuple(getattr(row, name) for name in identity)].append(row)
    return known


def _added(
    table: type[Row], township_id: int, wish: Wanted, made_up: Iterator[int] | None
) -> tuple[Row, Change | None]:
    values = {**wish.identity, **wish.figures}
    own = {} if made_up is None else {"id": next(made_up)}
    row = table(township_id=township_id, **values, **wish.fresh, **own)
    return row, Change(wish.label, None, values, row)


def _changed(row: Row, wish: Wanted, save: bool) -> tuple[Row, Change | None]:
    before = {name: getattr(row, name) for name in wish.figures}
    differing = [name for name, value in wish.figures.items() if not same(before[name], value)]
    if not differing:
        return row, None
    for name in differing if save else ():
        setattr(row, name, wish.figures[name])
    after = {name: wish.figures[name] for name in differing}
    return row, Change(wish.label, {name: before[name] for name in differing}, after, row)


def same(stored: Any, wanted: Any) -> bool:
    """Whether two column values mean the same: 80.5 is 80.50."""
    if isinstance(stored, Decimal) and isinstance(wanted, Decimal):
        return stored.compare(wanted) == 0
    return bool(stored == wanted)
