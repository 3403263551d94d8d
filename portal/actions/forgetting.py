"""What is forgotten by itself, and when: what leads from a rating back to a phone, and how to reach who asked for an answer.

The page /privacy promises it in words; `portal worker` does it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.actions.ledger import SYSTEM, Act, record
from portal.actions.resident_cases import erase_contact
from portal.clock import local_day
from portal.core.days import Quarter
from portal.store import forgetting, resident_cases

AFTER = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing quarters took away: their secrets, keys that voices left, and what was kept to check entries again."""

    secrets: int = 0
    voice_keys: int = 0
    checks: int = 0

    def __add__(self, other: Sealed) -> Sealed:
        return Sealed(
            self.secrets + other.secrets,
            self.voice_keys + other.voice_keys,
            self.checks + other.checks,
        )


def seal_quarters(session: Session, township_id: int, now: datetime) -> Sealed:
    """Delete the secrets of the quarters that ended 30 days ago or earlier, and whatever was keyed with them.

    From then on nobody can tell which rating came from which phone, and nothing can be added to what was said in
    such a quarter (`ratings.QuarterSealed`). Doing it again changes nothing.
    """
    today = local_day(now)
    sealed = Sealed()
    act = Act(SYSTEM, now, township_id)
    for kept in forgetting.secrets_due(session, township_id, today - AFTER):
        quarter = Quarter(int(kept.quarter[:4]), int(kept.quarter[-1]))
        kept.secret, kept.deleted_on = None, today
        session.flush()
        last = quarter.span.last
        keys = forgetting.forget_voice_keys(session, township_id, last)
        checks = forgetting.forget_checks(session, township_id, last)
        sealed += Sealed(1, keys, checks)
        record(session, act, "secret.deleted", quarter.words, None, {"deleted_on": today}, row_id=kept.id)
    return sealed


def erase_contacts(session: Session, now: datetime) -> int:
    """Erase the contacts of requests that were finished 30 days ago and not taken up again; how many."""
    due = resident_cases.contacts_due(session, local_day(now))
    for case in due:
        erase_contact(session, case, now)
    return len(due)
