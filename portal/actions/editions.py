"""Which form residents meet: the standard one, or the edition that the township made for the period."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from portal.core import form
from portal.store import ratings


def edition_on(session: Session, township_id: int, day: date) -> form.Edition:
    """The edition of the period that a day lies in; the standard form where the township has made none."""
    return ratings.edition_on(session, township_id, day) or form.STANDARD
