"""The base of all tables: one naming convention, and the mixins that most of them share."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Enum, ForeignKey, MetaData
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


def words(kind: type[StrEnum], name: str) -> Enum:
    """A column that holds one of the enum's words and nothing else."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=24,
        values_callable=lambda members: [member.value for member in members],
    )


class Tenant:
    """A row of one township. `township_id` comes first in every unique key and index of such a table."""

    id: Mapped[int] = mapped_column(primary_key=True)

    @declared_attr
    def township_id(cls) -> Mapped[int]:  # noqa: N805
        return mapped_column(ForeignKey("township.id"))


class Dated:
    """True from `first_day` to `last_day`, both included; no last day while it lasts."""

    first_day: Mapped[date]
    last_day: Mapped[date | None]


class Stretch:
    """Days with both ends known: an empty end in a workbook means the period's."""

    first_day: Mapped[date]
    last_day: Mapped[date]


def ends_after_start(name: str = "ends_after_start") -> CheckConstraint:
    return CheckConstraint("last_day IS NULL OR last_day >= first_day", name=name)
