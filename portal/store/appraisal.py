"""Tables of an appraisal period: the period, its plan, and every mark that the township gives in it."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.book import MarkKind
from portal.store.base import Base, Stretch, Tenant, ends_after_start, words
from portal.store.types import Exact, Instant, in_range


class Period(Tenant, Stretch, Base):
    """An appraisal period (考评周期). From `opened_at` on its plan changes only by two persons.

    `edition_id` is the form that residents meet in it; None is the standard one.
    """

    __tablename__ = "period"
    __table_args__ = (UniqueConstraint("township_id", "name"), ends_after_start())

    name: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime | None] = mapped_column(Instant)
    published_at: Mapped[datetime | None] = mapped_column(Instant)
    edition_id: Mapped[int | None] = mapped_column(ForeignKey("form_edition.id"))


class PlanVersion(Tenant, Base):
    """A scoring plan as it stood from `made_at` on; the highest number counts, none is ever changed."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("township_id", "period_id", "number"),)

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    number: Mapped[int]
    parameters: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(Instant)


class PeriodPost(Tenant, Base):
    """A post's coefficient in a period."""

    __tablename__ = "period_post"
    __table_args__ = (
        UniqueConstraint("township_id", "period_id", "post_id"),
        CheckConstraint(in_range("coefficient", "0.8", "1.4"), name="coefficient_in_bounds"),
    )

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    coefficient: Mapped[Decimal] = mapped_column(Exact)


class PeriodVillage(Tenant, Base):
    """A village's households in a period from a day on: next year's number must not move last year's score.

    The first row of a period begins with it; a later one says what a merger or a count made of them.
    """

    __tablename__ = "period_village"
    __table_args__ = (
        UniqueConstraint("township_id", "period_id", "village_id", "first_day"),
        CheckConstraint("households >= 1", name="has_households"),
    )

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    first_day: Mapped[date]
    households: Mapped[int]


class Task(Tenant, Base):
    """岗位任务; no mark yet is None, never 0."""

    __tablename__ = "task"
    __table_args__ = (
        Index(None, "township_id", "period_id", "cadre_id"),
        CheckConstraint("CAST(weight AS DOUBLE PRECISION) > 0", name="weight_above_0"),
        CheckConstraint(in_range("mark", "0", "100"), name="mark_in_bounds"),
    )

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))
    name: Mapped[str] = mapped_column(Text)
    weight: Mapped[Decimal] = mapped_column(Exact)
    mark: Mapped[Decimal | None] = mapped_column(Exact)


class ModuleMark(Tenant, Base):
    """模块评分. Nobody marks himself or herself (回避)."""

    __tablename__ = "module_mark"
    __table_args__ = (
        Index(None, "township_id", "period_id", "cadre_id"),
        CheckConstraint(in_range("mark", "0", "100"), name="mark_in_bounds"),
        CheckConstraint("marker_id IS NULL OR marker_id <> cadre_id", name="nobody_marks_himself"),
        CheckConstraint("marker_id IS NULL OR NOT by_committee", name="one_marker"),
    )

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))
    kind: Mapped[MarkKind] = mapped_column(words(MarkKind, "kind_is_known"))
    day: Mapped[date]
    mark: Mapped[Decimal | None] = mapped_column(Exact)
    marker_id: Mapped[int | None] = mapped_column(ForeignKey("cadre.id"))
    by_committee: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")


class Contest(Tenant, Base):
    """模块PK: points that a module won or lost."""

    __tablename__ = "contest"
    __table_args__ = (Index(None, "township_id", "period_id"),)

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    module_id: Mapped[int] = mapped_column(ForeignKey("module.id"))
    day: Mapped[date]
    name: Mapped[str] = mapped_column(Text)
    points: Mapped[Decimal] = mapped_column(Exact)


class GovernanceMark(Tenant, Base):
    """治理评分: a team's mark for a named item."""

    __tablename__ = "governance_mark"
    __table_args__ = (
        Index(None, "township_id", "period_id", "team_id"),
        CheckConstraint("CAST(weight AS DOUBLE PRECISION) > 0", name="weight_above_0"),
        CheckConstraint(in_range("mark", "0", "100"), name="mark_in_bounds"),
    )

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    item: Mapped[str] = mapped_column(Text)
    weight: Mapped[Decimal] = mapped_column(Exact)
    mark: Mapped[Decimal | None] = mapped_column(Exact)


class TaskForce(Tenant, Stretch, Base):
    """专班 of a period."""

    __tablename__ = "task_force"
    __table_args__ = (UniqueConstraint("township_id", "period_id", "name"), ends_after_start())

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    name: Mapped[str] = mapped_column(Text)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("cadre.id"))


class Bonus(Tenant, Base):
    """专班加分: an approved one."""

    __tablename__ = "bonus"
    __table_args__ = (
        Index(None, "township_id", "period_id", "cadre_id"),
        CheckConstraint(in_range("points", "0", "5"), name="points_in_bounds"),
    )

    period_id: Mapped[int] = mapped_column(ForeignKey("period.id"))
    task_force_id: Mapped[int] = mapped_column(ForeignKey("task_force.id"))
    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))
    points: Mapped[Decimal] = mapped_column(Exact)
    reason: Mapped[str] = mapped_column(Text, default="")
