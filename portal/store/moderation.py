"""Looking up what two persons may take out of the count: residents' cases and single ratings."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.store.organisation import Village
from portal.store.residents import Case, Rating


def case(session: Session, township_id: int, number: str) -> tuple[Case, Village] | None:
    """The case with this 编号, and its village."""
    row = session.execute(
        select(Case, Village)
        .join(Village, Village.id == Case.village_id)
        .where(Case.township_id == township_id, Case.number == number)
    ).first()
    return None if row is None else (row[0], row[1])


def rating(session: Session, township_id: int, rating_id: int) -> tuple[Rating, Village] | None:
    """The rating with this id, and its village."""
    row = session.execute(
        select(Rating, Village)
        .join(Village, Village.id == Rating.village_id)
        .where(Rating.township_id == township_id, Rating.id == rating_id)
    ).first()
    return None if row is None else (row[0], row[1])
