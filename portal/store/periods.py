"""Looking up a township's periods and the versions of their plans."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from portal.core import plan as plans
from portal.core.days import Span
from portal.core.plan import Plan
from portal.store.appraisal import Period, PeriodPost, PeriodVillage, PlanVersion
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Post, Service, Township
from portal.store.residents import Rating
from portal.store.rows import one, overlapping

PLAN_KINDS = ("plan.changed", "period.plan_version", "import.plan_version", "new_year.plan_version")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a plan: `who` made it ('' where the ledger doesn't say)."""

    number: int
    plan: Plan
    reason: str
    made_at: datetime
    who: str


def lock(session: Session, township_id: int) -> None:
    """Nobody else begins a period or changes a plan of the township until this transaction ends."""
    session.execute(select(Township.id).where(Township.id == township_id).with_for_update())


def listed(session: Session, township_id: int) -> list[Period]:
    """The township's periods, earliest first."""
    found = select(Period).where(Period.township_id == township_id).order_by(Period.first_day)
    return list(session.scalars(found))


def by_id(session: Session, township_id: int, period_id: int) -> Period | None:
    return one(session, Period, township_id, period_id)


def heard(session: Session, period: Period) -> bool:
    """Whether any resident has rated in the period."""
    own, day = Rating.township_id == period.township_id, Rating.day.between(period.first_day, period.last_day)
    return session.scalar(select(Rating.id).where(own, day).limit(1)) is not None


def versions(session: Session, township_id: int, period_id: int) -> list[Version]:
    """Every version of a period's plan, newest first."""
    entered = and_(
        LedgerEntry.township_id == PlanVersion.township_id,
        LedgerEntry.kind.in_(PLAN_KINDS),
        LedgerEntry.row_id == PlanVersion.id,
    )
    rows = session.execute(
        select(PlanVersion, func.coalesce(LedgerEntry.actor, ""))
        .outerjoin(LedgerEntry, entered)
        .where(PlanVersion.township_id == township_id, PlanVersion.period_id == period_id)
        .order_by(PlanVersion.number.desc())
    )
    return [
        Version(row.number, plans.from_json(row.parameters), row.reason, row.made_at, who)
        for row, who in rows
    ]


def newest_number(session: Session, township_id: int, period_id: int) -> int:
    """The number of the plan in force; 0 where the period has none."""
    found = select(func.max(PlanVersion.number)).where(
        PlanVersion.township_id == township_id, PlanVersion.period_id == period_id
    )
    return session.scalar(found) or 0


def groups(session: Session, township_id: int, days: Span) -> list[str]:
    """The groups (组别) in which anybody serves on these days."""
    found = (
        select(Service.group_name)
        .where(Service.township_id == township_id, overlapping(Service, days))
        .distinct()
    )
    return sorted(session.scalars(found))


def posts(session: Session, township_id: int, period_id: int) -> list[str]:
    """The posts that have a coefficient in the period."""
    found = (
        select(Post.name)
        .join(PeriodPost, PeriodPost.post_id == Post.id)
        .where(PeriodPost.township_id == township_id, PeriodPost.period_id == period_id)
    )
    return sorted(session.scalars(found))


def households_on(session: Session, township_id: int, period_id: int, day: date) -> Mapping[int, int]:
    """Households by village id as they stand in the period on a day."""
    rows = session.execute(
        select(PeriodVillage.village_id, PeriodVillage.households)
        .where(
            PeriodVillage.township_id == township_id,
            PeriodVillage.period_id == period_id,
            PeriodVillage.first_day <= day,
        )
        .order_by(PeriodVillage.first_day)
    )
    return {row[0]: row[1] for row in rows}
