"""The county's own ledger, where reports of pressure on residents go. No township's page, export or query reads it.

Triggers in the database refuse to change or delete an entry. A report has its day and no finer time, no address and
no cookie; its id is random.
"""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.base import Base
from portal.store.types import BigId


class CountyEntry(Base):
    """Something that a county's reviewer must know. Entries about one report share `report`."""

    __tablename__ = "county_entry"
    __table_args__ = (
        Index(None, "county_code", "day"),
        Index(None, "report"),
        CheckConstraint("length(county_code) = 6", name="code_has_6_digits"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    county_code: Mapped[str] = mapped_column(String(6))
    report: Mapped[int] = mapped_column(BigId)
    day: Mapped[date]
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    submission: Mapped[str | None] = mapped_column(Text, unique=True)
