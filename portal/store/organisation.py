"""Tables of a township's organisation over time: villages, modules, posts, cadres, teams, links, task forces."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.book import VillageKind
from portal.store.base import Base, Dated, Stretch, Tenant, ends_after_start, words
from portal.store.types import Exact, in_range


class Secondment(StrEnum):
    """How somebody from another unit serves here; the township scores such a cadre like any other."""

    BORROWED = "borrowed"  # 借调
    POSTED = "posted"  # 挂职


class AbsenceKind(StrEnum):
    """Why days of service don't count."""

    MATERNITY = "maternity"  # 产假
    SICK = "sick"  # 病假
    LENT = "lent"  # 借调外出
    POSTED_AWAY = "posted_away"  # 挂职外出
    OTHER = "other"  # 其他


class NameKind(StrEnum):
    """What had another name before (`FormerName`)."""

    VILLAGE = "village"
    MODULE = "module"
    POST = "post"
    TEAM = "team"


class Township(Base):
    """The tenant. Its code (统计用区划代码, 9 digits) is unique over all."""

    __tablename__ = "township"
    __table_args__ = (CheckConstraint("length(code) = 9", name="code_has_9_digits"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(9), unique=True)
    name: Mapped[str] = mapped_column(Text)
    county: Mapped[str] = mapped_column(Text)


class Village(Tenant, Dated, Base):
    """A village or community; `households` weighs it in the team's score.

    A village that was merged ends the day before, and `merged_into_id` is the one that its people belong to since.
    """

    __tablename__ = "village"
    __table_args__ = (
        UniqueConstraint("township_id", "code"),
        CheckConstraint("length(code) = 12", name="code_has_12_digits"),
        CheckConstraint("households >= 1", name="has_households"),
        CheckConstraint("merged_into_id IS NULL OR last_day IS NOT NULL", name="merged_is_over"),
        CheckConstraint("merged_into_id IS NULL OR merged_into_id <> id", name="merged_into_another"),
        ends_after_start(),
    )

    code: Mapped[str] = mapped_column(String(12))
    name: Mapped[str] = mapped_column(Text)
    kind: Mapped[VillageKind] = mapped_column(words(VillageKind, "kind_is_known"))
    households: Mapped[int]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))


class FormerName(Tenant, Base):
    """What a village, module, post or team was called up to `last_day`; its own row holds what it is called since.

    `row_id` is the row's id in the table that `kind` names; `code` is a village's, '' for others.
    """

    __tablename__ = "former_name"
    __table_args__ = (UniqueConstraint("township_id", "kind", "row_id", "last_day"),)

    kind: Mapped[NameKind] = mapped_column(words(NameKind, "kind_is_known"))
    row_id: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(12), default="")
    last_day: Mapped[date]


class Poster(Tenant, Base):
    """A village's code on paper. The token alone must find it, so it is unique over all townships.

    `place` says where it hangs; `scanned_on` is the last day on which anybody opened it, written once an hour.
    """

    __tablename__ = "poster"
    __table_args__ = (
        UniqueConstraint("token"),
        CheckConstraint("length(token) = 6", name="token_has_6_characters"),
        Index(
            "uq_poster_one_in_use",
            "township_id",
            "village_id",
            unique=True,
            sqlite_where=text("retired_on IS NULL"),
            postgresql_where=text("retired_on IS NULL"),
        ),
    )

    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
    token: Mapped[str] = mapped_column(String(6))
    issued_on: Mapped[date]
    retired_on: Mapped[date | None]
    place: Mapped[str] = mapped_column(Text, default="", server_default="")
    scanned_on: Mapped[date | None]


class Module(Tenant, Dated, Base):
    __tablename__ = "module"
    __table_args__ = (UniqueConstraint("township_id", "name"), ends_after_start())

    name: Mapped[str] = mapped_column(Text)


class Post(Tenant, Dated, Base):
    """A post; its coefficient belongs to the period (`PeriodPost`)."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("township_id", "name"), ends_after_start())

    name: Mapped[str] = mapped_column(Text)


class Cadre(Tenant, Base):
    """A person; what he or she was and when stands in `Service`, `Move`, `ExtraPost` and `TeamMembership`."""

    __tablename__ = "cadre"
    __table_args__ = (UniqueConstraint("township_id", "number"),)

    number: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    phone: Mapped[str] = mapped_column(Text, default="")


class Service(Tenant, Stretch, Base):
    """A stretch of service; post and module are those of its first day, `Move` changes them from a day on."""

    __tablename__ = "service"
    __table_args__ = (UniqueConstraint("township_id", "cadre_id", "first_day"), ends_after_start())

    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))
    group_name: Mapped[str] = mapped_column(Text)
    staffing: Mapped[str] = mapped_column(Text, default="")
    secondment: Mapped[Secondment | None] = mapped_column(words(Secondment, "secondment_is_known"))
    exempt: Mapped[bool] = mapped_column(default=False)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))
    roles: Mapped[list[str]] = mapped_column(JSON, default=list)


class Absence(Tenant, Stretch, Base):
    """Days of service that don't count, such as 产假 and 病假."""

    __tablename__ = "absence"
    __table_args__ = (Index(None, "township_id", "cadre_id"), ends_after_start())

    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))
    kind: Mapped[AbsenceKind] = mapped_column(words(AbsenceKind, "kind_is_known"))
    reason: Mapped[str] = mapped_column(Text)


class Move(Tenant, Base):
    """调动: from `day` on another main post or module; None leaves it."""

    __tablename__ = "move"
    __table_args__ = (
        Index(None, "township_id", "cadre_id", "day"),
        CheckConstraint("post_id IS NOT NULL OR module_id IS NOT NULL", name="moves_something"),
    )

    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))
    day: Mapped[date]
    post_id: Mapped[int | None] = mapped_column(ForeignKey("post.id"))
    module_id: Mapped[int | None] = mapped_column(ForeignKey("module.id"))


class ExtraPost(Tenant, Stretch, Base):
    """兼岗: a further post beside the main one."""

    __tablename__ = "extra_post"
    __table_args__ = (Index(None, "township_id", "cadre_id"), ends_after_start())

    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("post.id"))


class Team(Tenant, Dated, Base):
    """A team (组团); teams stand in the order in which they were entered, which is that of their ids."""

    __tablename__ = "team"
    __table_args__ = (UniqueConstraint("township_id", "name"), ends_after_start())

    name: Mapped[str] = mapped_column(Text)


class TeamLeader(Tenant, Stretch, Base):
    """团长, over time."""

    __tablename__ = "team_leader"
    __table_args__ = (UniqueConstraint("township_id", "team_id", "first_day"), ends_after_start())

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))


class TeamMembership(Tenant, Stretch, Base):
    __tablename__ = "team_membership"
    __table_args__ = (
        Index(None, "township_id", "team_id", "cadre_id"),
        CheckConstraint(in_range("factor", "0.9", "1.1"), name="factor_in_bounds"),
        ends_after_start(),
    )

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    cadre_id: Mapped[int] = mapped_column(ForeignKey("cadre.id"))
    factor: Mapped[Decimal] = mapped_column(Exact)


class TeamLink(Tenant, Stretch, Base):
    """A team links a village; a trigger keeps two links of one village from sharing a day."""

    __tablename__ = "team_link"
    __table_args__ = (UniqueConstraint("township_id", "village_id", "first_day"), ends_after_start())

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    village_id: Mapped[int] = mapped_column(ForeignKey("village.id"))
