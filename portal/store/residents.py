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
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.book import Way
from portal.store.base import Base, Tenant
from portal.store.base import words as one_of
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
    """Under which a quarter's voice keys are made; without it nobody can tell which rating was whose.

    Some time after the quarter the secret is deleted and only `deleted_on` stays: no other one may take its place,
    or what was stored could be stored again.
    """

    __tablename__ = "quarter_secret"
    __table_args__ = (
        UniqueConstraint("township_id", "quarter"),
        CheckConstraint("(secret IS NULL) = (deleted_on IS NOT NULL)", name="there_or_deleted"),
    )

    quarter: Mapped[str] = mapped_column(String(6))
    secret: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    deleted_on: Mapped[date | None]


class Rating(Tenant, Base):
    """One sent form. `voice` tells which ratings are one voice within a village and quarter.

    `replaced_on` is the day a later valued rating of the same voice took its place, `first` is True when it took
    nobody's; a rating without value is no voice: it replaces nothing and is never replaced. One that its author took
    back (`withdrawn`) was replaced by nothing on that day.
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
        CheckConstraint("NOT withdrawn OR replaced_on IS NOT NULL", name="withdrawn_on_a_day"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    edition_id: Mapped[int] = mapped_column(ForeignKey("form_edition.id"))
    day: Mapped[date]
    voice: Mapped[str] = mapped_column(String(43))
    way: Mapped[Way] = mapped_column(one_of(Way, "way_is_known"))
    answers: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text, default="")
    valued: Mapped[bool]
    first: Mapped[bool]
    replaced_on: Mapped[date | None]
    withdrawn: Mapped[bool] = mapped_column(default=False, server_default=false())
    standing: Mapped[Standing] = mapped_column(
        one_of(Standing, "standing_is_known"), default=Standing.COUNTED
    )
    submission: Mapped[str] = mapped_column(String(43))


class Outcome(StrEnum):
    """How a case was finished (办结)."""

    SOLVED = "solved"  # 已解决
    ANSWERED = "answered"  # 已答复未解决
    EXPLAINED = "explained"  # 解释说明
    PASSED_ON = "passed_on"  # 转 12345 或信访


class Verdict(StrEnum):
    """What the resident says of a finished case."""

    SOLVED = "solved"  # 解决了
    PARTLY = "partly"  # 部分解决
    UNSOLVED = "unsolved"  # 没解决


class StepKind(StrEnum):
    """What happened to a case."""

    ANSWERED = "answered"  # 答复
    FINISHED = "finished"  # 办结
    HEARD = "heard"  # 群众反馈
    REOPENED = "reopened"  # 重新办理
    CONTACT_SEEN = "contact_seen"  # 看了联系电话
    CONTACT_ERASED = "contact_erased"  # 删了联系电话


class Case(Tenant, Base):
    """诉求: a resident's request and how it went. One from a workbook has neither words nor a receipt.

    `finished_at`, `confirmed` and `level` are those of the last time it was finished. `heard_at` is when the resident
    said so; without it (workbooks) both are known from `finished_at` on. A case that was denied is reopened once, and
    `first_finished_at` keeps when it was finished before. `receipt` is a digest of the code that only the author
    holds, `contact` is encrypted, `submission` is the same for the same page sent twice.
    """

    __tablename__ = "resident_case"
    __table_args__ = (
        UniqueConstraint("township_id", "number"),
        UniqueConstraint("township_id", "submission"),
        UniqueConstraint("receipt"),
        Index(None, "township_id", "village_id", "opened_at"),
        CheckConstraint("answered_at IS NULL OR answered_at >= opened_at", name="answered_after_opened"),
        CheckConstraint("finished_at IS NULL OR finished_at >= opened_at", name="finished_after_opened"),
        CheckConstraint("level IS NULL OR level BETWEEN 1 AND 5", name="level_is_known"),
        CheckConstraint(
            "heard_at IS NULL OR (finished_at IS NOT NULL AND heard_at >= finished_at)",
            name="heard_after_finished",
        ),
        CheckConstraint(
            "(reopened_at IS NULL) = (first_finished_at IS NULL)", name="reopened_after_finished"
        ),
        CheckConstraint("reopened_at IS NULL OR reopened_at >= first_finished_at", name="reopened_later"),
    )

    number: Mapped[str] = mapped_column(Text)
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    answered_at: Mapped[datetime | None] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed: Mapped[bool | None]
    level: Mapped[int | None]
    not_counted: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(Text, default="", server_default="")
    contact: Mapped[str | None] = mapped_column(Text)
    not_for_team: Mapped[bool] = mapped_column(default=False, server_default=false())
    receipt: Mapped[str | None] = mapped_column(String(43))
    submission: Mapped[str | None] = mapped_column(String(43))
    outcome: Mapped[Outcome | None] = mapped_column(one_of(Outcome, "outcome_is_known"))
    verdict: Mapped[Verdict | None] = mapped_column(one_of(Verdict, "verdict_is_known"))
    heard_at: Mapped[datetime | None] = mapped_column(Instant)
    first_finished_at: Mapped[datetime | None] = mapped_column(Instant)
    reopened_at: Mapped[datetime | None] = mapped_column(Instant)


class CaseStep(Tenant, Base):
    """One thing that happened to a case after it was opened; `words` is what was said then.

    `account_id` is who did it; None for the resident and for what the portal does by itself.
    """

    __tablename__ = "case_step"
    __table_args__ = (Index(None, "township_id", "case_id", "at"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("resident_case.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    kind: Mapped[StepKind] = mapped_column(one_of(StepKind, "kind_is_known"))
    words: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
