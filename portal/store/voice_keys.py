"""Looking up the keys that were left with voices: what holds one voice across ways."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.store.papers import VoiceKey
from portal.store.residents import QuarterSecret


def lock(session: Session, township_id: int, quarter: str) -> None:
    """Forms that share keys come in one after the other, quarter by quarter: two must not overlook each other."""
    session.execute(
        select(QuarterSecret.id)
        .where(QuarterSecret.township_id == township_id, QuarterSecret.quarter == quarter)
        .with_for_update()
    )


def of_voice(session: Session, township_id: int, voice: str) -> set[str]:
    """The keys that were left with a voice."""
    found = select(VoiceKey.key).where(VoiceKey.township_id == township_id, VoiceKey.voice == voice)
    return set(session.scalars(found))


def voices_with(session: Session, township_id: int, keys: Iterable[str]) -> set[str]:
    """The voices that one of the keys was left with."""
    wanted = sorted(keys)
    if not wanted:
        return set()
    found = select(VoiceKey.voice).where(VoiceKey.township_id == township_id, VoiceKey.key.in_(wanted))
    return set(session.scalars(found))


def leave(session: Session, township_id: int, voice: str, keys: Iterable[str]) -> None:
    """Leave keys with a voice that has none of them yet."""
    rows = [{"township_id": township_id, "key": key, "voice": voice} for key in sorted(keys)]
    if rows:
        session.execute(insert(VoiceKey), rows)
