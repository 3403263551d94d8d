"""What the hub of residents' voices tells of its rooms."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.store.improvements import Improvement
from portal.store.papers import EntryCheck


def checks_waiting(session: Session, township_id: int) -> int:
    """How many entries, drawn by lot, wait for a second person."""
    waiting = EntryCheck.checked_on.is_(None) & EntryCheck.sealed.is_not(None)
    found = select(func.count()).select_from(EntryCheck).where(EntryCheck.township_id == township_id, waiting)
    return session.scalar(found) or 0


def improvements_shown(session: Session, township_id: int) -> int:
    """How many entries of 你说我办 residents can read now."""
    found = (
        select(func.count())
        .select_from(Improvement)
        .where(Improvement.township_id == township_id, Improvement.taken_down_on.is_(None))
    )
    return session.scalar(found) or 0
