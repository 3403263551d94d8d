"""Column types that keep what they are given on SQLite and PostgreSQL alike."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, Numeric, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

# SQLite counts a primary key as its row id only when it is declared INTEGER
BigId = BigInteger().with_variant(Integer, "sqlite")


class Exact(TypeDecorator[Decimal]):
    """A decimal number, kept to the last digit: NUMERIC on PostgreSQL, its text on SQLite (which has only floats)."""

    impl = Numeric
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(Text() if dialect.name == "sqlite" else Numeric())

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return _shortest(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        del dialect
        return None if value is None else Decimal(value)


class Instant(TypeDecorator[datetime]):
    """A moment: aware in Python, UTC in the database. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone can't be stored")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _shortest(value: Decimal) -> str:
    """All its digits and no zero too many; Decimal.normalize would round to 28 digits."""
    text = format(value, "f") if value else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def in_range(column: str, low: str, high: str) -> str:
    """A CHECK that both databases understand, although one keeps exact numbers as text."""
    number = f"CAST({column} AS DOUBLE PRECISION)"
    return f"{number} >= {low} AND {number} <= {high}"
