"""撤回: a resident takes back this quarter's rating from the phone that sent it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.actions.ledger import RESIDENT, Act, record
from portal.clock import moment_of
from portal.core.days import quarter_of
from portal.core.voice_key import voice_key
from portal.store import bonuses, names, ratings, townships
from portal.store.residents import Rating


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who takes back what: the village as it stands now, and the pseudonym under which the form was sent."""

    township_id: int
    village_id: int
    village: str
    respondent: str


class AlreadyPublished(Exception):
    """The result of the rating's period is published: nobody changes any more what it was made of."""


class Said(StrEnum):
    """What a phone's voice of this quarter is."""

    NOTHING = "nothing"
    STANDS = "stands"
    TAKEN_BACK = "taken_back"


def said(session: Session, wanted: Withdrawal, today: date) -> Said:
    """What became of all that this respondent said of the village this quarter.

    NOTHING too where another way took its place, such as a paper form of the same person.
    """
    own = _said(session, wanted, today, lock=False)
    if any(map(_stands, own)):
        return Said.STANDS
    taken_back = any(rating.withdrawn for rating in own) or not any(rating.valued for rating in own)
    return Said.TAKEN_BACK if own and taken_back else Said.NOTHING


def withdraw_rating(session: Session, wanted: Withdrawal, today: date) -> bool:
    """Take back what this respondent said of the village this quarter. False: nothing was ever said.

    The rating that stands stops standing today and nothing comes back in its place; results as of earlier days keep
    it. So pages that count released voices drop it only together with the batch of new voices that releases today,
    and no page shows what it was. Every word that went with the voice is forgotten. Doing it again changes nothing.
    Of a village that others were merged into, what was said of those counts as said of it.
    Raises AlreadyPublished.
    """
    own = _said(session, wanted, today, lock=True)
    standing = [rating for rating in own if _stands(rating)]
    if any(_published(session, rating) for rating in standing):
        raise AlreadyPublished
    worded = [rating for rating in own if rating.comment]
    for rating in standing:
        rating.replaced_on, rating.withdrawn = max(today, rating.day), True
    for rating in worded:
        rating.comment = ""
    if standing or worded:
        session.flush()
        # as when it was received: the day only
        act = Act(RESIDENT, moment_of(datetime.combine(today, time())), wanted.township_id)
        record(session, act, "rating.withdrawn", wanted.village, None, {"day": today.isoformat()})
    return bool(own)


def _said(session: Session, wanted: Withdrawal, today: date, *, lock: bool) -> list[Rating]:
    voices = _voices(session, wanted, today)
    return ratings.said_by(session, wanted.township_id, voices, lock=lock) if voices else []


def _stands(rating: Rating) -> bool:
    return rating.valued and rating.replaced_on is None


def _voices(session: Session, wanted: Withdrawal, today: date) -> list[str]:
    """The voices that are this respondent's this quarter: of the village, and of those that became part of it."""
    kept = ratings.secret_of(session, wanted.township_id, quarter_of(today))
    if kept is None or kept.secret is None:
        return []
    first = names.first_codes(session, wanted.township_id)
    codes = [wanted.village, *townships.merged_into(session, wanted.township_id, wanted.village_id)]
    return [voice_key(kept.secret, first.get(code, code), wanted.respondent) for code in codes]


def _published(session: Session, rating: Rating) -> bool:
    period = bonuses.period_on(session, rating.township_id, rating.day)
    return period is not None and period.published_at is not None
