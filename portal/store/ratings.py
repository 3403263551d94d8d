"""Ratings and the secrets behind their keys: looking up, never judging."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from portal.core import form
from portal.core.days import Quarter
from portal.store.organisation import Village
from portal.store.residents import FormEdition, QuarterSecret, Rating, Standing

CHUNK = 500


@dataclass(frozen=True, slots=True)
class StoredRating:
    """A rating as an export shows it; `voice` is a pseudonym of its quarter."""

    village: str
    voice: str
    way: str
    day: date
    edition: str
    answers: form.Answers
    comment: str
    standing: Standing
    is_voice: bool


def secret_of(session: Session, township_id: int, quarter: Quarter) -> QuarterSecret | None:
    return session.scalar(
        select(QuarterSecret).where(
            QuarterSecret.township_id == township_id, QuarterSecret.quarter == quarter.key
        )
    )


def edition_id(session: Session, township_id: int, key: str) -> int:
    return session.execute(
        select(FormEdition.id).where(FormEdition.township_id == township_id, FormEdition.key == key)
    ).scalar_one()


def editions(session: Session, township_id: int) -> dict[str, form.Edition]:
    """The township's form editions by key."""
    stored = session.scalars(select(FormEdition.definition).where(FormEdition.township_id == township_id))
    return {edition.key: edition for edition in map(form.from_json, stored)}


def by_submission(session: Session, township_id: int, submission: str) -> Rating | None:
    """The rating that was stored under this submission key."""
    return session.scalar(
        select(Rating).where(Rating.township_id == township_id, Rating.submission == submission)
    )


def submissions(session: Session, township_id: int, keys: Iterable[str]) -> set[str]:
    """Which of these submissions are stored already."""
    found: set[str] = set()
    for chunk in _chunks(list(keys)):
        found |= set(
            session.scalars(
                select(Rating.submission).where(
                    Rating.township_id == township_id, Rating.submission.in_(chunk)
                )
            )
        )
    return found


def of_voices(session: Session, township_id: int, voices: Iterable[str]) -> list[Rating]:
    """The valued ratings of these voices, each voice's in the order in which they came.

    Within a day the last is the one that no other of that day replaced; `first` tells the first.
    """
    rows: list[Rating] = []
    for chunk in _chunks(list(voices)):
        rows += session.scalars(
            select(Rating).where(Rating.township_id == township_id, Rating.voice.in_(chunk), Rating.valued)
        )
    return sorted(rows, key=lambda row: (row.day, not row.first, row.replaced_on or date.max))


def said_by(session: Session, township_id: int, voices: Iterable[str], *, lock: bool) -> list[Rating]:
    """Every rating of these voices, with value or without; with `lock` nobody else changes them meanwhile."""
    found = select(Rating).where(Rating.township_id == township_id, Rating.voice.in_(list(voices)))
    if lock:  # whoever waited for the lock must see what the other one made of the rows
        found = found.with_for_update().execution_options(populate_existing=True)
    return list(session.scalars(found))


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Add ratings, given as column values."""
    session.execute(insert(Rating), rows)


def all_stored(session: Session, township_id: int) -> list[StoredRating]:
    """Every rating by village and day; within a day in an order that tells nothing.

    Of what its author took back only that it was there: neither it nor what it had replaced has answers here.
    """
    taken_back = set(
        session.scalars(select(Rating.voice).where(Rating.township_id == township_id, Rating.withdrawn))
    )
    rows = session.execute(
        select(Rating, Village.code, FormEdition.key)
        .join(Village, Village.id == Rating.village_id)
        .join(FormEdition, FormEdition.id == Rating.edition_id)
        .where(Rating.township_id == township_id)
        .order_by(Village.code, Rating.day, Rating.submission)
    )
    return [
        StoredRating(
            village=code,
            voice=row.voice,
            way=row.way.value,
            day=row.day,
            edition=edition,
            answers=() if gone else form.answers_of(row.answers),
            comment="" if gone else row.comment,
            standing=row.standing,
            is_voice=row.valued and row.replaced_on is None,
        )
        for row, code, edition in rows
        for gone in [row.replaced_on is not None and row.voice in taken_back]
    ]


def _chunks(keys: Sequence[str]) -> Iterable[Sequence[str]]:
    return (keys[start : start + CHUNK] for start in range(0, len(keys), CHUNK))
