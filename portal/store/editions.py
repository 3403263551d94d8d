"""Which form a township's periods have, and keeping a form that was made."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core import form
from portal.core.days import Span
from portal.core.form import STANDARD, Edition, InForce
from portal.store import ratings
from portal.store.appraisal import Period
from portal.store.residents import FormEdition


def edition_on(session: Session, township_id: int, day: date) -> Edition | None:
    """The edition that the period of a day was given; None where it was given none."""
    stored = session.scalar(
        select(FormEdition.definition)
        .join(Period, Period.edition_id == FormEdition.id)
        .where(Period.township_id == township_id, Period.first_day <= day, Period.last_day >= day)
    )
    return None if stored is None else form.from_json(stored)


def of_period(session: Session, period: Period) -> Edition | None:
    """The edition that a period was given; None where it was given none."""
    if period.edition_id is None:
        return None
    row = select(FormEdition.definition).where(
        FormEdition.township_id == period.township_id, FormEdition.id == period.edition_id
    )
    return form.from_json(session.execute(row).scalar_one())


def in_force(session: Session, township_id: int) -> InForce:
    """Every edition of a township, and which day has which."""
    rows = session.execute(
        select(Period.first_day, Period.last_day, FormEdition.key)
        .join(FormEdition, Period.edition_id == FormEdition.id)
        .where(Period.township_id == township_id)
        .order_by(Period.first_day)
    )
    known = {STANDARD.key: STANDARD, **ratings.editions(session, township_id)}
    return InForce(known, tuple((Span(first, last), key) for first, last, key in rows))


def kept(session: Session, township_id: int, edition: Edition) -> int:
    """The id of the row that holds this edition; it is added when the township has none like it."""
    row = session.scalar(
        select(FormEdition).where(FormEdition.township_id == township_id, FormEdition.key == edition.key)
    )
    if row is None:
        row = FormEdition(township_id=township_id, key=edition.key, definition=form.to_json(edition))
        session.add(row)
        session.flush()
    return row.id
