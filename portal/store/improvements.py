"""你说我办: what changed in a village after people spoke. A row is what the township has approved."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.days import Span
from portal.core.voices import DailyCount
from portal.store.base import Base, Tenant
from portal.store.office import Proposal, ProposalState
from portal.store.organisation import Village
from portal.store.residents import Rating, Standing


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


def shown(session: Session, township_id: int, village_id: int) -> list[Improvement]:
    """What a village's page shows, newest first: its own, and those of the villages that were merged into it."""
    own = select(Village.id).where(Village.id == village_id).cte(recursive=True)
    merged = select(Village.id).join(own, Village.merged_into_id == own.c.id)
    village_ids = own.union(merged)
    found = (
        select(Improvement)
        .where(
            Improvement.township_id == township_id,
            Improvement.village_id.in_(select(village_ids.c.id)),
            Improvement.taken_down_on.is_(None),
        )
        .order_by(Improvement.day.desc(), Improvement.id.desc())
    )
    return list(session.scalars(found))


def of_village(session: Session, township_id: int, village_id: int) -> list[Improvement]:
    """Every entry of one village, also what was taken down, newest first."""
    found = (
        select(Improvement)
        .where(Improvement.township_id == township_id, Improvement.village_id == village_id)
        .order_by(Improvement.day.desc(), Improvement.id.desc())
    )
    return list(session.scalars(found))


def counts(session: Session, township_id: int) -> dict[int, tuple[int, date]]:
    """How many entries each village shows, and the day of the newest, by village id."""
    rows = session.execute(
        select(Improvement.village_id, func.count(), func.max(Improvement.day))
        .where(Improvement.township_id == township_id, Improvement.taken_down_on.is_(None))
        .group_by(Improvement.village_id)
    )
    return {village: (number, newest) for village, number, newest in rows}


def waiting(session: Session, township_id: int, kind: str) -> list[Proposal]:
    """The proposals of this kind that wait, oldest first."""
    found = (
        select(Proposal)
        .where(
            Proposal.township_id == township_id,
            Proposal.kind == kind,
            Proposal.state == ProposalState.WAITING,
        )
        .order_by(Proposal.id)
    )
    return list(session.scalars(found))


def daily_voices(
    session: Session, township_id: int, villages: Collection[str], days: Span
) -> list[DailyCount]:
    """Valued ratings of these villages (codes) and days, counted without a look at what they say.

    `answers` and `edition` stay empty.
    """
    counted = Rating.standing != Standing.SET_ASIDE
    columns = (Village.code, Rating.day, Rating.replaced_on, Rating.first, Rating.way, counted)
    found = (
        select(*columns, func.count())
        .join(Village, Village.id == Rating.village_id)
        .where(
            Rating.township_id == township_id,
            Village.code.in_(villages),
            Rating.valued,
            Rating.day.between(days.first, days.last),
        )
        .group_by(*columns)
    )
    return [
        DailyCount(village, day, replaced, first, way, "", (), count, bool(counts))
        for village, day, replaced, first, way, counts, count in session.execute(found)
    ]


def days_rated(session: Session, township_id: int, days: Span) -> list[date]:
    """The days on which anybody of the township sent a rating."""
    found = select(Rating.day).where(
        Rating.township_id == township_id, Rating.day.between(days.first, days.last)
    )
    return list(session.scalars(found.distinct()))
