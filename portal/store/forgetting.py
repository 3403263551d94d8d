"""What is due to be forgotten, and forgetting it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.core.days import quarter_of
from portal.store.papers import EntryCheck, VoiceKey
from portal.store.residents import QuarterSecret, Rating


def secrets_due(session: Session, township_id: int, ended_by: date) -> list[QuarterSecret]:
    """The secrets that are still there of quarters that ended on this day or before, the oldest first.

    What somebody else is deleting at this moment is left out.
    """
    following = quarter_of(ended_by + timedelta(days=1))
    found = (
        select(QuarterSecret)
        .where(
            QuarterSecret.township_id == township_id,
            QuarterSecret.secret.is_not(None),
            QuarterSecret.quarter < following.key,
        )
        .order_by(QuarterSecret.quarter)
        .with_for_update(skip_locked=True)
    )
    return list(session.scalars(found))


def forget_voice_keys(session: Session, township_id: int, up_to: date) -> int:
    """Delete every key of a voice that has said nothing after this day; how many there were.

    A voice is of one quarter, so that what is kept belongs to quarters that are not closed.
    """
    later = select(Rating.voice).where(Rating.township_id == township_id, Rating.day > up_to)
    gone = delete(VoiceKey).where(VoiceKey.township_id == township_id, VoiceKey.voice.not_in(later))
    return _rows(session, gone)


def forget_checks(session: Session, township_id: int, up_to: date) -> int:
    """Empty the entries to check again that were typed up to this day: which paper or number it was, and how it went."""
    told = or_(EntryCheck.sealed.is_not(None), EntryCheck.digest.is_not(None))
    emptied = (
        update(EntryCheck)
        .where(EntryCheck.township_id == township_id, EntryCheck.entered_on <= up_to, told)
        .values(sealed=None, digest=None)
    )
    return _rows(session, emptied)


def _rows(session: Session, statement: Any) -> int:
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
