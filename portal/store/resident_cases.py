"""Looking up residents' requests."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI
from portal.store.residents import Case

ERASE_AFTER = timedelta(days=30)


def by_submission(session: Session, township_id: int, submission: str) -> Case | None:
    """The case that was opened with this submission."""
    return session.scalar(select(Case).where(Case.township_id == township_id, Case.submission == submission))


def locked(session: Session, case: Case) -> Case:
    """The case as it stands now; until the transaction ends nobody else changes it."""
    session.refresh(case, with_for_update=True)
    return case


def contacts_due(session: Session, day: date) -> list[Case]:
    """The cases of every township whose contact is to be erased on this day: finished 30 days ago, not taken up again."""
    after = datetime.combine(day - ERASE_AFTER + timedelta(days=1), time(), SHANGHAI)
    return list(
        session.scalars(
            select(Case).where(Case.contact.is_not(None), Case.finished_at < after).order_by(Case.id)
        )
    )


def next_number(session: Session, township_id: int, year: int) -> str:
    """A 编号 that no case has: the year, and how many came by the portal's forms so far, such as 群2026-0001."""
    prefix = f"群{year}-"
    last = session.scalar(
        select(func.max(Case.number)).where(Case.township_id == township_id, Case.number.startswith(prefix))
    )
    return f"{prefix}{int((last or prefix + '0').removeprefix(prefix)) + 1:04}"


def opened_with(session: Session, village_id: int, receipt: str) -> datetime | None:
    """When the village's case with this receipt (its digest) was opened; None where there is no such case."""
    return session.scalar(
        select(Case.opened_at).where(Case.receipt == receipt, Case.village_id == village_id)
    )
