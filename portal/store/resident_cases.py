"""Looking up residents' requests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI
from portal.core.case_state import ERASE_AFTER, Progress
from portal.store.organisation import Township, Village
from portal.store.people import Account
from portal.store.residents import Case, CaseStep, StepKind, Verdict


@dataclass(frozen=True, slots=True)
class Listed:
    """A request as a list shows it; never what its author said of its author's satisfaction."""

    number: str
    village_id: int
    village: str
    progress: Progress
    verdict: Verdict | None
    not_counted: bool
    not_for_team: bool
    own: bool  # it came by the portal's form, not by a workbook


@dataclass(frozen=True, slots=True)
class Told:
    """A step of a request with the user name of whoever took it: None for the resident and for the portal itself."""

    id: int
    at: datetime
    kind: StepKind
    words: str
    username: str | None


def is_own(case: Case) -> bool:
    """Whether it came by the portal's form: its steps are taken here, and no workbook changes it."""
    return case.submission is not None


def progress(case: Case) -> Progress:
    """How far it has come. Of a workbook's request the answer of its author is a figure without a time."""
    heard = (
        case.heard_at is not None if is_own(case) else case.confirmed is not None or case.level is not None
    )
    return Progress(case.opened_at, case.answered_at, case.finished_at, case.reopened_at, heard)


def unanswered(session: Session, township_id: int) -> int:
    """How many requests that came by the portal's form nobody has answered or finished yet."""
    waiting = select(func.count()).where(
        Case.township_id == township_id,
        Case.submission.is_not(None),
        Case.answered_at.is_(None),
        Case.finished_at.is_(None),
    )
    return session.execute(waiting).scalar_one()


def own_numbers(session: Session, township_id: int) -> frozenset[str]:
    """The numbers of the cases that came by the portal's form."""
    found = select(Case.number).where(Case.township_id == township_id, Case.submission.is_not(None))
    return frozenset(session.scalars(found))


def by_submission(session: Session, township_id: int, submission: str) -> Case | None:
    """The case that was opened with this submission."""
    return session.scalar(select(Case).where(Case.township_id == township_id, Case.submission == submission))


def by_receipt(session: Session, digest: str) -> tuple[Case, Village, Township] | None:
    """The case of a receipt's digest, with its village and township as they are called now."""
    row = session.execute(
        select(Case, Village, Township)
        .join(Village, Village.id == Case.village_id)
        .join(Township, Township.id == Case.township_id)
        .where(Case.receipt == digest)
    ).first()
    return None if row is None else (row[0], row[1], row[2])


def opened_with(session: Session, village_id: int, receipt: str) -> datetime | None:
    """When the village's case with this receipt (its digest) was opened; None where there is no such case."""
    return session.scalar(
        select(Case.opened_at).where(Case.receipt == receipt, Case.village_id == village_id)
    )


def locked(session: Session, case: Case) -> Case:
    """The case as it stands now; until the transaction ends nobody else changes it."""
    session.refresh(case, with_for_update=True)
    return case


def steps(session: Session, case: Case) -> list[Told]:
    """What happened to a case since it was opened, in order."""
    rows = session.execute(
        select(CaseStep.id, CaseStep.at, CaseStep.kind, CaseStep.words, Account.username)
        .outerjoin(Account, Account.id == CaseStep.account_id)
        .where(CaseStep.township_id == case.township_id, CaseStep.case_id == case.id)
        .order_by(CaseStep.at, CaseStep.id)
    )
    return [Told(*row) for row in rows]


def seen_contact_since(session: Session, case: Case, account_id: int, since: datetime) -> bool:
    """Whether this account asked for the contact at this moment or later."""
    found = select(CaseStep.id).where(
        CaseStep.township_id == case.township_id,
        CaseStep.case_id == case.id,
        CaseStep.kind == StepKind.CONTACT_SEEN,
        CaseStep.account_id == account_id,
        CaseStep.at >= since,
    )
    return session.scalar(found.limit(1)) is not None


def listed(session: Session, township_id: int) -> list[Listed]:
    """Every case of the township, newest first."""
    rows = session.execute(
        select(Case, Village.name)
        .join(Village, Village.id == Case.village_id)
        .where(Case.township_id == township_id)
        .order_by(Case.opened_at.desc(), Case.id.desc())
    )
    return [
        Listed(
            number=case.number,
            village_id=case.village_id,
            village=village,
            progress=progress(case),
            verdict=case.verdict,
            not_counted=case.not_counted,
            not_for_team=case.not_for_team,
            own=is_own(case),
        )
        for case, village in rows
    ]


def levels(session: Session, township_id: int, first: datetime, after: datetime) -> list[int]:
    """The levels of finished cases that were opened from `first` on and before `after`, as they came."""
    known = func.coalesce(Case.heard_at, Case.finished_at)
    return list(
        session.scalars(
            select(Case.level)
            .where(
                Case.township_id == township_id,
                Case.opened_at >= first,
                Case.opened_at < after,
                Case.finished_at.is_not(None),
                Case.level.is_not(None),
            )
            .order_by(known, Case.id)
        )
    )


def contacts_due(session: Session, day: date) -> list[Case]:
    """The cases of every township whose contact is to be erased on this day: finished 30 days ago, not taken up again."""
    after = datetime.combine(day - ERASE_AFTER + timedelta(days=1), time(), SHANGHAI)
    return list(
        session.scalars(
            select(Case).where(Case.contact.is_not(None), Case.finished_at < after).order_by(Case.id)
        )
    )


def next_number(session: Session, township_id: int, year: int) -> str:
    """A 编号 that no case has: the year, and how many came by the portal's forms so far, such as 群2026-0001.

    A workbook may have numbers that begin alike; what isn't a number behind the dash is passed over.
    """
    prefix = f"群{year}-"
    taken = session.scalars(
        select(Case.number).where(Case.township_id == township_id, Case.number.startswith(prefix))
    )
    tails = [number.removeprefix(prefix) for number in taken]
    last = max((int(tail) for tail in tails if tail.isascii() and tail.isdecimal()), default=0)
    return f"{prefix}{last + 1:04}"
