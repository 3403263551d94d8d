"""One import under way: what every sheet's merge needs, and the count of what it did."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from portal.actions.ledger import Act, Entry, record_all
from portal.actions.merge import Change, Merged, Wanted, merge
from portal.core.book import Book
from portal.core.days import Span
from portal.store import appraisal, roster
from portal.store.base import Base

Row = TypeVar("Row", bound=Base)
Choose = Callable[[str], str]  # one character out of a string: the dice, handed in


class ImportRefused(ValueError):
    """It can't be brought in, or taken back; the message says why and what to do, in a sentence."""


@dataclass(frozen=True, slots=True)
class SheetOutcome:
    """What an import did (or would do) to one sheet's rows."""

    sheet: str
    added: int
    changed: int
    unchanged: int


@dataclass(slots=True)
class Work:
    """An import of one book into one township, inside the caller's transaction.

    With `made_up` ids it only looks: nothing is written, and `changes` tells what would be.
    """

    session: Session
    act: Act
    book: Book
    township_id: int
    choose: Choose
    made_up: Iterator[int] | None = None
    reason: str = ""
    outcomes: list[SheetOutcome] = field(default_factory=list)
    changes: list[tuple[str, Change]] = field(default_factory=list)  # with the name of the table
    kept: list[str] = field(default_factory=list)  # numbers of requests that the portal keeps itself
    _new: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))

    @property
    def span(self) -> Span:
        return self.book.period.span

    def merge(
        self, sheet: str, table: type[Row], wanted: Iterable[Wanted], *scope: ColumnElement[bool]
    ) -> Merged[Row]:
        """Merge the rows that stand for one sheet, and count them as the sheet's."""
        merged = self.merge_quietly(table, wanted, *scope)
        self.outcomes.append(SheetOutcome(sheet, merged.added, merged.changed, merged.unchanged))
        return merged

    def merge_quietly(
        self, table: type[Row], wanted: Iterable[Wanted], *scope: ColumnElement[bool]
    ) -> Merged[Row]:
        """Merge rows that go along with a sheet's; what changed is in the ledger all the same."""
        merged = merge(self.session, table, self.township_id, wanted, *scope, made_up=self.made_up)
        self.tell(table.__tablename__, merged.changes)
        return merged

    def tell(self, table: str, changes: Iterable[Change]) -> None:
        """Remember changes of a table's rows, and enter them where this is no mere look."""
        found = list(changes)
        self.changes += [(table, change) for change in found]
        if self.made_up is not None:
            self._new[table] += [change.row for change in found if change.before is None]
            return
        entries = [Entry(change.label, change.before, change.after, change.row_id) for change in found]
        record_all(self.session, self.act, f"import.{table}", entries, self.reason)

    def count_together(
        self, sheet: str, main: Merged[Any], labels: Iterable[str], *others: Iterable[Change]
    ) -> None:
        """Count a sheet whose row is several rows here: once, as added when the main one is, else as changed
        when any of them is."""
        rows = list(labels)
        added = {change.label for change in main.changes if change.before is None}
        touched = {change.label for changes in (main.changes, *others) for change in changes} & set(rows)
        changed = len(touched - added)
        self.outcomes.append(SheetOutcome(sheet, len(added), changed, len(rows) - len(added) - changed))

    def ids(self, what: str) -> Mapping[str, int]:
        """Ids by key of villages, modules, posts, cadres or teams."""
        table, key = roster.NAMED[what]
        stored = roster.ids(self.session, self.township_id, what)
        return {**stored, **{getattr(row, key.key): row.id for row in self._new[table.__tablename__]}}

    def task_force_ids(self, period_id: int) -> Mapping[str, int]:
        """Ids of the period's task forces by name."""
        stored = roster.task_force_ids(self.session, self.township_id, period_id)
        return {**stored, **{row.name: row.id for row in self._new[appraisal.TaskForce.__tablename__]}}
