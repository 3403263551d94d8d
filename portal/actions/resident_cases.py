"""What a resident does with an own request (诉求): opens it with a form, and later says whether it was solved.

What is said after the period's results were published is taken in like any other: published results are kept as they
were published, and results as of earlier days never change by it (scoring.md 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.actions.ledger import RESIDENT, SYSTEM, Act, record
from portal.actions.ratings import quarter_secret
from portal.actions.second_factor import Vault
from portal.clock import local_day
from portal.core.days import quarter_of
from portal.core.receipts import receipt_digest, receipt_of
from portal.core.voice_key import submission_key
from portal.store import resident_cases
from portal.store.residents import Case, CaseStep, StepKind, Verdict

CONFIRMED = {Verdict.SOLVED: True, Verdict.PARTLY: None, Verdict.UNSOLVED: False}


@dataclass(frozen=True, slots=True)
class NewCase:
    """A request as it was sent: the words, how to reach its author, and whether the linking team may see it.

    `page` is what makes the same page sent twice one request: whose it was and its one-time key.
    """

    township_id: int
    village_id: int
    village: str
    words: str
    contact: str
    not_for_team: bool
    page: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """What the author says of a finished request: `level` is 1–5 or None, `finish` which finish the page showed."""

    verdict: Verdict
    level: int | None
    words: str
    finish: int


class MovedOn(ValueError):
    """The request is no longer where the page showed it; nothing was stored."""


def open_case(session: Session, wanted: NewCase, secret_key: str, now: datetime) -> str:
    """Open a case and give its receipt; the same page sent again gives the same one and opens nothing.

    Raises IntegrityError when it arrives twice at once: then the caller tries again.
    """
    secret = quarter_secret(session, wanted.township_id, quarter_of(local_day(now)))
    submission = submission_key(secret, "case", wanted.village, *wanted.page, wanted.words, wanted.contact)
    receipt = receipt_of(secret_key, submission)
    if resident_cases.by_submission(session, wanted.township_id, submission) is not None:
        return receipt
    case = Case(
        township_id=wanted.township_id,
        number=resident_cases.next_number(session, wanted.township_id, local_day(now).year),
        village_id=wanted.village_id,
        opened_at=now,
        words=wanted.words,
        contact=Vault(secret_key).sealed(wanted.contact.encode()) if wanted.contact else None,
        not_for_team=wanted.not_for_team,
        receipt=receipt_digest(secret_key, receipt),
        submission=submission,
    )
    session.add(case)
    session.flush()
    act = Act(RESIDENT, now, wanted.township_id)
    record(session, act, "case.opened", case.number, None, {"village": wanted.village}, row_id=case.id)
    return receipt


def say(session: Session, case: Case, said: Said, now: datetime) -> None:
    """Take in what the author says of a finished case: once for each finish, and it stands.

    解决了 confirms it, 没解决 denies it, 部分解决 does neither. The first 没解决 takes the case up again: it is
    unfinished then, and neither verdict nor level stays with it (scoring.md 3). The same sent twice is once; raises
    MovedOn where the case has another finish, or this one was heard already and otherwise.
    """
    case = resident_cases.locked(session, case)
    if _known(case, said):
        return
    finish = resident_cases.progress(case).finishes
    if case.finished_at is None or case.heard_at is not None or said.finish != finish:
        raise MovedOn
    act = Act(RESIDENT, now, case.township_id)
    _step(session, case, StepKind.HEARD, said.words, now)
    after = {"verdict": said.verdict}  # never the level: the ledger is read by those whom it rates
    record(session, act, "case.heard", case.number, None, after, row_id=case.id)
    if said.verdict is Verdict.UNSOLVED and case.reopened_at is None:
        _reopen(session, case, act)
        return
    case.verdict, case.level, case.heard_at = said.verdict, said.level, now
    case.confirmed = CONFIRMED[said.verdict]


def erase_contact(session: Session, case: Case, now: datetime) -> None:
    """Erase how to reach the author; what was said and done stays. A case without a contact stays as it is."""
    case = resident_cases.locked(session, case)
    if case.contact is None:
        return
    case.contact = None
    _step(session, case, StepKind.CONTACT_ERASED, "", now)
    act = Act(SYSTEM, now, case.township_id)
    record(session, act, "case.contact_erased", case.number, row_id=case.id)


def _known(case: Case, said: Said) -> bool:
    """Whether just this was said of just this finish already."""
    if said.finish == resident_cases.progress(case).finishes and case.heard_at is not None:
        return (case.verdict, case.level) == (said.verdict, said.level)
    return said.finish == 1 and case.reopened_at is not None and said.verdict is Verdict.UNSOLVED


def _reopen(session: Session, case: Case, act: Act) -> None:
    before = {"finished_at": case.finished_at, "outcome": case.outcome}
    case.first_finished_at, case.reopened_at = case.finished_at, act.at
    case.finished_at = case.outcome = case.verdict = case.level = case.confirmed = case.heard_at = None
    _step(session, case, StepKind.REOPENED, "", act.at)
    record(session, act, "case.reopened", case.number, before, {"reopened_at": act.at}, row_id=case.id)


def _step(session: Session, case: Case, kind: StepKind, words: str, at: datetime) -> None:
    session.add(CaseStep(township_id=case.township_id, case_id=case.id, at=at, kind=kind, words=words))
    session.flush()
