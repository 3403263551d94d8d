"""Tables of what residents said: form editions, ratings, cases, and the secrets that make one voice of one person.

A rating holds its day and no finer time, no address and no user agent; its id is random, so that the order in
which people stood at a poster can't be read from it. Nothing in it leads to a person once the quarter's secret is gone.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.book import Way
from portal.store.base import Base, Tenant, words
from portal.store.types import BigId, Instant


class Standing(StrEnum):
    """What moderation says of a rating; a doubted one counts until two persons set it aside."""

    COUNTED = "counted"  # 计入
    DOUBTED = "doubted"  # 待核
    SET_ASIDE = "set_aside"  # 不计


class FormEdition(Tenant, Base):
    """A form as data; ratings keep theirs, so an edition never changes."""

    __tablename__ = "form_edition"
    __table_args__ = (UniqueConstraint("township_id", "key"),)

    key: Mapped[str] = mapped_column(String(40))
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)


class QuarterSecret(Tenant, Base):
    """Under which a quarter's voice keys are made; without it nobody can tell which rating was whose."""

    __tablename__ = "quarter_secret"
    __table_args__ = (UniqueConstraint("township_id", "quarter"),)

    quarter: Mapped[str] = mapped_column(String(6))
    secret: Mapped[bytes] = mapped_column(LargeBinary(32))


class Rating(Tenant, Base):
    """One sent form. `voice` tells which ratings are one voice within a village and quarter.

    `replaced_on` is the day a later valued rating of the same voice took its place, `first` is True when it took
    nobody's; a rating without value is no voice: it replaces nothing and is never replaced.
    """

    __tablename__ = "rating"
    __table_args__ = (
        UniqueConstraint("township_id", "submission"),
        Index(None, "township_id", "village_id", "day"),
        Index(
            "uq_rating_one_voice",
            "township_id",
            "voice",
            unique=True,
            sqlite_where=text("valued AND replaced_on IS NULL"),
            postgresql_where=text("valued AND replaced_on IS NULL"),
        ),
        Index(None, "township_id", "voice", "day"),
        CheckConstraint("replaced_on IS NULL OR replaced_on >= day", name="replaced_later"),
        CheckConstraint("valued OR (replaced_on IS NULL AND NOT first)", name="only_voices_are_replaced"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("form_edition.id"))
    day: Mapped[date]
    voice: Mapped[str] = mapped_column(String(43))
    way: Mapped[Way] = mapped_column(words(Way, "way_is_known"))
    answers: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, default="")
    valued: Mapped[bool]
    first: Mapped[bool]
    replaced_on: Mapped[date | None]
    standing: Mapped[Standing] = mapped_column(words(Standing, "standing_is_known"), default=Standing.COUNTED)
    submission: Mapped[str] = mapped_column(String(43))


class Case(Tenant, Base):
    """诉求: a resident's request and how it went."""

    __tablename__ = "resident_case"
    __table_args__ = (
        UniqueConstraint("township_id", "number"),
        Index(None, "township_id", "village_id", "opened_at"),
        CheckConstraint("answered_at IS NULL OR answered_at >= opened_at", name="answered_after_opened"),
        CheckConstraint("finished_at IS NULL OR finished_at >= opened_at", name="finished_after_opened"),
        CheckConstraint("level IS NULL OR level BETWEEN 1 AND 5", name="level_is_known"),
    )

    number: Mapped[str] = mapped_column(Text)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed: Mapped[bool | None]
    level: Mapped[int | None]
    not_counted: Mapped[bool] = mapped_column(default=False)
