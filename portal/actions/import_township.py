"""Import a checked workbook: the township, its period, its organisation and every mark in it (workbook.md)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from sqlalchemy.orm import Session

from portal.actions.import_marks import import_cases, import_marks
from portal.actions.import_organisation import import_organisation
from portal.actions.import_work import Choose, SheetOutcome, Work
from portal.actions.ledger import Act, record
from portal.actions.merge import Wanted
from portal.actions.periods import DEFAULT_PLAN, beginning
from portal.core.book import Book
from portal.core.plan import Plan
from portal.store import appraisal, organisation, residents, townships


def import_township(
    session: Session, book: Book, act: Act, choose: Choose = secrets.choice, plan: Plan = DEFAULT_PLAN
) -> tuple[organisation.Township, list[SheetOutcome]]:
    """Bring the township to what the workbook says; the same workbook twice changes nothing the second time.

    The township is made when its code is new; a period that is new begins with `plan`. Raises IntegrityError where the database's own rules are broken.
    """
    township = _township(session, book, act)
    own = Act(act.actor, act.at, township.id, act.id)
    work = Work(session, own, book, township.id, choose)
    period = _period(work, plan)
    import_organisation(work, period)
    import_marks(work, period)
    import_cases(work)
    return township, work.outcomes


def _township(session: Session, book: Book, act: Act) -> organisation.Township:
    row = book.period
    township = townships.by_code(session, row.township_code)
    wanted = {"name": row.township, "county": row.county}
    if township is None:
        township = organisation.Township(code=row.township_code, **wanted)
        session.add(township)
        session.flush()
        _record_township(session, act, township, None, wanted)
        return township
    before = {"name": township.name, "county": township.county}
    if before != wanted:
        township.name, township.county = row.township, row.county
        _record_township(session, act, township, before, wanted)
    return township


def _record_township(
    session: Session,
    act: Act,
    township: organisation.Township,
    before: Mapping[str, str] | None,
    after: Mapping[str, str],
) -> None:
    own = Act(act.actor, act.at, township.id, act.id)
    record(session, own, "import.township", township.code, before, after)


def _period(work: Work, plan: Plan) -> appraisal.Period:
    """The period, a first plan version for it, and the standard form."""
    row = work.book.period
    days = {"first_day": row.first_day, "last_day": row.last_day}
    period = work.merge("考评", appraisal.Period, [Wanted(row.name, {"name": row.name}, days)]).rows[0]
    version, shown = beginning(period, work.act.at, plan)
    work.merge_quietly(appraisal.PlanVersion, [version])
    work.merge_quietly(residents.FormEdition, [shown])
    return period
