"""The ledger: one append-only table of every write that changes a score, a right or what residents see.

Triggers in the database refuse to change or delete an entry. Ids are random, and a resident's rating is entered
with its day only, so that the ledger doesn't tell when somebody stood at a poster.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.store.base import Base
from portal.store.types import BigId, Instant


class LedgerEntry(Base):
    """Who, when, what kind, about what, before, after, why. Entries of one act share `act`.

    `row_id` is the row of the table that the kind names, so that a change can be found again and countered.
    """

    __tablename__ = "ledger_entry"
    __table_args__ = (
        Index(None, "township_id", "at"),
        Index(None, "township_id", "kind", "subject"),
        Index(None, "township_id", "act"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    township_id: Mapped[int | None] = mapped_column(ForeignKey("township.id"))
    act: Mapped[int] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    row_id: Mapped[int | None] = mapped_column(BigId)
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    reason: Mapped[str] = mapped_column(Text, default="")


def enter(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add entries, given as column values."""
    session.execute(insert(LedgerEntry), rows)
