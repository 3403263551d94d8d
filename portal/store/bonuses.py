"""Looking up 专班加分: the period they are given in, task forces, who may get one, and what somebody has already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.days import Span
from portal.store.appraisal import Bonus, Period, TaskForce
from portal.store.organisation import Cadre, Service
from portal.store.rows import overlapping


@dataclass(frozen=True, slots=True)
class Given:
    """A bonus that stands: who got it, from which task force, and how many points."""

    number: str
    name: str
    task_force: str
    points: Decimal
    reason: str


def period_on(session: Session, township_id: int, day: date) -> Period | None:
    """The period that holds a day."""
    return session.scalar(
        select(Period).where(
            Period.township_id == township_id, Period.first_day <= day, Period.last_day >= day
        )
    )


def period(session: Session, township_id: int, period_id: int) -> Period | None:
    return session.scalar(select(Period).where(Period.township_id == township_id, Period.id == period_id))


def task_forces(session: Session, township_id: int, period_id: int) -> Sequence[TaskForce]:
    """The period's task forces, in the order in which they were entered."""
    found = select(TaskForce).where(TaskForce.township_id == township_id, TaskForce.period_id == period_id)
    return session.scalars(found.order_by(TaskForce.id)).all()


def cadres(session: Session, township_id: int, of: Period) -> Sequence[Cadre]:
    """Those who serve and are scored in the period, by 工号."""
    serves = select(Service.cadre_id).where(
        Service.township_id == township_id,
        overlapping(Service, Span(of.first_day, of.last_day)),
        Service.exempt.is_(False),
    )
    found = select(Cadre).where(Cadre.township_id == township_id, Cadre.id.in_(serves))
    return session.scalars(found.order_by(Cadre.number)).all()


def given(session: Session, township_id: int, period_id: int, cadre_id: int | None = None) -> list[Given]:
    """The period's bonuses, of one cadre or of all, by 工号."""
    found = (
        select(Cadre.number, Cadre.name, TaskForce.name, Bonus.points, Bonus.reason)
        .join(Cadre, Cadre.id == Bonus.cadre_id)
        .join(TaskForce, TaskForce.id == Bonus.task_force_id)
        .where(Bonus.township_id == township_id, Bonus.period_id == period_id)
        .order_by(Cadre.number, Bonus.id)
    )
    if cadre_id is not None:
        found = found.where(Bonus.cadre_id == cadre_id)
    return [Given(*row) for row in session.execute(found)]
