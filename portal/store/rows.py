"""Rows of any township's table: those that a merge may touch, and those that share days with a span."""

from __future__ import annotations

from typing import Any, TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from portal.core.days import Span
from portal.store.base import Base

LARGEST_ID = 2**31 - 1  # the databases can't even look for a larger one
Row = TypeVar("Row", bound=Base)


def in_township(
    session: Session, table: type[Row], township_id: int, *scope: ColumnElement[bool]
) -> list[Row]:
    """The township's rows inside `scope`, in the order in which they were entered."""
    columns: Any = table
    found = select(table).where(columns.township_id == township_id, *scope).order_by(columns.id)
    return list(session.scalars(found))


def one(session: Session, table: type[Row], township_id: int, row_id: int) -> Row | None:
    """The township's own row of this id; None for one of another township's."""
    if row_id > LARGEST_ID:
        return None
    columns: Any = table
    return session.scalar(select(table).where(columns.township_id == township_id, columns.id == row_id))


def overlapping(table: Any, span: Span) -> ColumnElement[bool]:
    """The rows of a dated table that share a day with the span."""
    shared: ColumnElement[bool] = (table.first_day <= span.last) & (table.last_day >= span.first)
    return shared
