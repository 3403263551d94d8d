"""Looking up posters of a township, and writing down on which day each was last scanned."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from portal.core.posters import quiet_since
from portal.store.organisation import Poster, Village


def listed(session: Session, township_id: int) -> list[tuple[Poster, Village]]:
    """Every poster that the township ever had, with its village: by the village's code, the oldest first."""
    rows = session.execute(
        select(Poster, Village)
        .join(Village, Village.id == Poster.village_id)
        .where(Poster.township_id == township_id)
        .order_by(Village.code, Poster.issued_on, Poster.id)
    )
    return [(poster, village) for poster, village in rows]


def one(session: Session, township_id: int, token: str) -> tuple[Poster, Village] | None:
    """The township's own poster with this token, which may be retired."""
    row = session.execute(
        select(Poster, Village)
        .join(Village, Village.id == Poster.village_id)
        .where(Poster.township_id == township_id, Poster.token == token)
    ).first()
    return None if row is None else (row[0], row[1])


def quiet(session: Session, township_id: int, today: date) -> int:
    """How many posters hang that nobody scanned for 14 days."""
    found = (
        select(func.count())
        .select_from(Poster)
        .where(
            Poster.township_id == township_id,
            or_(Poster.retired_on.is_(None), Poster.retired_on > today),
            func.coalesce(Poster.scanned_on, Poster.issued_on) <= quiet_since(today),
        )
    )
    return session.scalar(found) or 0


def not_known_as_scanned(session: Session, posters: Collection[int], day: date) -> list[int]:
    """Those of the posters, by id, whose last scan is written down as of an earlier day than this."""
    return list(session.scalars(select(Poster.id).where(_before(posters, day))))


def write_scanned(session: Session, posters: Collection[int], day: date) -> None:
    """These posters were scanned on the day; a later day that stands there already stays."""
    session.execute(update(Poster).where(_before(posters, day)).values(scanned_on=day))


def _before(posters: Collection[int], day: date) -> ColumnElement[bool]:
    earlier = or_(Poster.scanned_on.is_(None), Poster.scanned_on < day)
    return Poster.id.in_(posters) & earlier
