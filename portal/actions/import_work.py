"""One import under way: what every sheet's merge needs, and the count of what it did."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from portal.actions.ledger import Act, Entry, record_all
from portal.actions.merge import Merged, Wanted, merge
from portal.core.book import Book
from portal.core.days import Span
from portal.store import roster
from portal.store.base import Base

Row = TypeVar("Row", bound=Base)
Choose = Callable[[str], str]  # one character out of a string: the dice, handed in


@dataclass(frozen=True, slots=True)
class SheetOutcome:
    """What an import did (or would do) to one sheet's rows."""

    sheet: str
    added: int
    changed: int
    unchanged: int


@dataclass(slots=True)
class Work:
    """An import of one book into one township, inside the caller's transaction."""

    session: Session
    act: Act
    book: Book
    township_id: int
    choose: Choose
    outcomes: list[SheetOutcome] = field(default_factory=list)

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
        merged = merge(self.session, table, self.township_id, wanted, *scope)
        changes = [
            Entry(change.label, change.before, change.after, change.row_id) for change in merged.changes
        ]
        record_all(self.session, self.act, f"import.{table.__tablename__}", changes)
        return merged

    def ids(self, what: str) -> Mapping[str, int]:
        """Ids by key of villages, modules, posts, cadres or teams."""
        return roster.ids(self.session, self.township_id, what)
