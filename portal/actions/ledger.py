"""The one door into the ledger: every write that changes a score, a right or what residents see goes through it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from portal.store.ledger import enter

OPERATOR = "operator"  # somebody at the command line of the server
RESIDENT = "resident"
SYSTEM = "system"  # what the portal does by itself
LONGEST_SUBJECT = 200


def random_id() -> int:
    """An id that tells nothing about order: 62 random bits."""
    return secrets.randbits(62)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing done at once by one person: all its entries share its id."""

    actor: str
    at: datetime
    township_id: int | None
    id: int = field(default_factory=random_id)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change: about what, before (None: it was not there), after (None: it is gone), and in which row it stands."""

    subject: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    row_id: int | None = None


def record(
    session: Session,
    act: Act,
    kind: str,
    subject: str,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    row_id: int | None = None,
) -> None:
    """Enter one change: what it was before (None: it was not there) and what it is after (None: it is gone)."""
    record_all(session, act, kind, [Entry(subject, before, after, row_id)], reason)


def record_all(session: Session, act: Act, kind: str, entries: Sequence[Entry], reason: str = "") -> None:
    """Enter many changes of one kind at once."""
    if not entries:
        return
    rows = [
        {
            "id": random_id(),
            "township_id": act.township_id,
            "act": act.id,
            "at": act.at,
            "actor": act.actor,
            "kind": kind,
            "subject": entry.subject[:LONGEST_SUBJECT],
            "row_id": entry.row_id,
            "before": None if entry.before is None else plain(entry.before),
            "after": None if entry.after is None else plain(entry.after),
            "reason": reason,
        }
        for entry in entries
    ]
    enter(session, rows)


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Column values as JSON keeps them."""
    return {key: _plain_value(value) for key, value in values.items()}


def _plain_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, StrEnum):
        return value.value
    return value
