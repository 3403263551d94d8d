"""Which form residents meet: the standard one, or the edition that the township made for the period.

A township makes its form before the period opens; from then on it stays. Unlike a plan, a new form never takes two
persons, even where residents have rated already: a stored rating keeps the edition that it answered, so nothing that
was said weighs otherwise than before, and nobody can learn from a change what somebody said.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from portal.actions.guard import require
from portal.actions.ledger import Act, record
from portal.actions.periods import own_township
from portal.actions.seen import must_be_as_seen, seen_of
from portal.clock import local_day
from portal.core import form, form_fields
from portal.core.form_catalogue import place_of
from portal.core.rights import Actor, Right
from portal.store import editions, periods, townships
from portal.store.appraisal import Period

LOCKED = "考评周期已经打开，这一期的问卷不能再改；下一期可以用另一份。"
NOT_ASKED = "（不问）"
OVER = "考评周期已经结束，问卷不用再改。"


class Comparison(NamedTuple):
    """A question before and after a change, in words."""

    column: str
    before: str
    after: str


class EditionRefused(ValueError):
    """The form can't be changed so; the message says why, in a sentence."""


def edition_on(session: Session, township_id: int, day: date) -> form.Edition:
    """The edition of the period that a day lies in; the standard form where the township has made none."""
    return editions.edition_on(session, township_id, day) or form.STANDARD


def edition_of(session: Session, period: Period) -> form.Edition:
    """The edition that residents meet in a period."""
    return editions.of_period(session, period) or form.STANDARD


def why_locked(period: Period, now: datetime) -> str:
    """Why the period's form can't be changed any more, in a sentence; '' while it can."""
    if period.opened_at is not None:
        return LOCKED
    return OVER if period.last_day < local_day(now) else ""


def seen_form(session: Session, period: Period) -> str:
    """The period's form as a hidden field carries it from page to page."""
    return seen_of(_values(session, period))


def look(
    session: Session, actor: Actor, period: Period, wanted: form.Edition, seen: str, now: datetime
) -> tuple[Comparison, ...]:
    """What another form would change, question by question; nothing is written.

    Raises NotAllowed, ChangedMeanwhile where it is not the form any more that `seen` tells of, and EditionRefused.
    """
    require(actor, Right.EDIT_PLAN)
    name, before = _may_change(session, period, wanted, seen, now)
    old, new = ({line.key: line for line in form_fields.lines(one, name)} for one in (before, wanted))
    return tuple(
        Comparison((new.get(key) or old[key]).column, _words(old.get(key)), _words(new.get(key)))
        for key in sorted({**old, **new}, key=place_of)
    )


def change_form(
    session: Session,
    actor: Actor,
    period: Period,
    wanted: form.Edition,
    reason: str,
    seen: str,
    now: datetime,
) -> None:
    """Give a period that isn't open yet another form, also the standard one again; equal forms are kept once.

    Raises as `look`, and EditionRefused without a reason.
    """
    require(actor, Right.EDIT_PLAN)
    periods.lock(session, own_township(actor))
    session.refresh(period)
    name, before = _may_change(session, period, wanted, seen, now)
    if not reason.strip():
        raise EditionRefused("请写明为什么改。")
    standard = wanted.key == form.STANDARD.key
    period.edition_id = None if standard else editions.kept(session, period.township_id, wanted)
    session.flush()
    act = Act(actor.username, now, period.township_id)
    old, new = _told(before, name), _told(wanted, name)
    record(session, act, "form.changed", f"{period.name}问卷", old, new, reason.strip(), period.id)


def _may_change(
    session: Session, period: Period, wanted: form.Edition, seen: str, now: datetime
) -> tuple[str, form.Edition]:
    """The township's name and the form to be replaced."""
    locked = why_locked(period, now)
    if locked:
        raise EditionRefused(locked)
    must_be_as_seen(seen, _values(session, period))
    before = edition_of(session, period)
    if wanted.key == before.key:
        raise EditionRefused("和现在的问卷一样，没有什么要保存。")
    return townships.by_id(session, period.township_id).name, before


def _words(line: form_fields.Line | None) -> str:
    return line.words if line else NOT_ASKED


def _values(session: Session, period: Period) -> dict[str, str]:
    name = townships.by_id(session, period.township_id).name
    return form_fields.seen_of(edition_of(session, period), name)


def _told(edition: form.Edition, township: str) -> dict[str, str]:
    """The form as the ledger tells it: its name, and question by question in words."""
    return {
        "问卷": form.title(edition.key),
        **{line.column: line.words for line in form_fields.lines(edition, township)},
    }
