"""Import a checked workbook: the township, its period, its organisation and every mark in it (workbook.md)."""

from __future__ import annotations

import secrets
from itertools import count

from sqlalchemy.orm import Session

from portal.actions.import_marks import import_cases, import_marks
from portal.actions.import_organisation import import_organisation
from portal.actions.import_work import Choose, SheetOutcome, Work
from portal.actions.ledger import Act
from portal.actions.merge import Change, Wanted
from portal.actions.periods import DEFAULT_PLAN, beginning
from portal.core.book import Book
from portal.core.plan import Plan
from portal.store import appraisal, organisation, residents, townships


def import_township(
    session: Session,
    book: Book,
    act: Act,
    choose: Choose = secrets.choice,
    plan: Plan = DEFAULT_PLAN,
    reason: str = "",
) -> tuple[organisation.Township, list[SheetOutcome]]:
    """Bring the township to what the workbook says; the same workbook twice changes nothing the second time.

    The township is made when its code is new; a period that is new begins with `plan`; `reason` goes into the ledger.
    Raises ImportRefused, and IntegrityError where the database's own rules are broken.
    """
    township, changes = _township(session, book)
    own = Act(act.actor, act.at, township.id, act.id)
    work = Work(session, own, book, township.id, choose, reason=reason)
    work.tell("township", changes)
    _bring(work, plan)
    return township, work.outcomes


def look_at_import(session: Session, book: Book, act: Act, township: organisation.Township) -> Work:
    """What the workbook would change in this township; nothing is written. Raises ImportRefused."""
    work = Work(session, act, book, township.id, secrets.choice, made_up=count(-1, -1))
    work.tell("township", _township_changes(township, book))
    _bring(work, DEFAULT_PLAN)
    return work


def _bring(work: Work, plan: Plan) -> None:
    period = _period(work, plan)
    import_organisation(work, period)
    import_marks(work, period)
    import_cases(work)


def _township(session: Session, book: Book) -> tuple[organisation.Township, list[Change]]:
    row = book.period
    township = townships.by_code(session, row.township_code)
    wanted = {"name": row.township, "county": row.county}
    if township is None:
        township = organisation.Township(code=row.township_code, **wanted)
        session.add(township)
        session.flush()
        return township, [Change(row.township_code, None, wanted, township)]
    changes = _township_changes(township, book)
    if changes:
        township.name, township.county = row.township, row.county
    return township, changes


def _township_changes(township: organisation.Township, book: Book) -> list[Change]:
    wanted = {"name": book.period.township, "county": book.period.county}
    before = {"name": township.name, "county": township.county}
    return [] if before == wanted else [Change(township.code, before, wanted, township)]


def _period(work: Work, plan: Plan) -> appraisal.Period:
    """The period, a first plan version for it, and the standard form."""
    row = work.book.period
    days = {"first_day": row.first_day, "last_day": row.last_day}
    period = work.merge("考评", appraisal.Period, [Wanted(row.name, {"name": row.name}, days)]).rows[0]
    version, shown = beginning(period, work.act.at, plan)
    work.merge_quietly(appraisal.PlanVersion, [version])
    work.merge_quietly(residents.FormEdition, [shown])
    return period
