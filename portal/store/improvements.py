"""你说我办: what changed in a village after people spoke. A row is what the township has approved."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.base import Base, Tenant


class Improvement(Tenant, Base):
    """What people said, what was done, on which day; shown from `published_on` until it is taken down."""

    __tablename__ = "improvement"
    __table_args__ = (
        Index(None, "township_id", "village_id", "day"),
        CheckConstraint("taken_down_on IS NULL OR taken_down_on >= published_on", name="taken_down_later"),
    )

    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    said: Mapped[str] = mapped_column(Text)
    done: Mapped[str] = mapped_column(Text)
    day: Mapped[date]
    published_on: Mapped[date]
    taken_down_on: Mapped[date | None]
