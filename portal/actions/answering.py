"""What the township does with a resident's request: answer it, finish it, look how its author can be reached.

Only for requests that came by the portal's form; those of a workbook are kept in the workbook. Who belongs to the team
that linked the village on the day of the request stands back (回避). Like what residents say, an answer after the
period's publication is taken in: results as of earlier days never change by it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.actions.guard import MustStandBack, require
from portal.actions.ledger import Act, record
from portal.actions.second_factor import Vault
from portal.actions.seen import must_be_as_seen
from portal.clock import local_day
from portal.core.case_state import reveals
from portal.core.rights import Actor, Right, must_stand_back
from portal.store import resident_cases, townships
from portal.store.residents import Case, CaseStep, Outcome, StepKind

LONGEST_WORDS = 500
CONTACT_SHOWN = timedelta(minutes=10)
LAST = "last"  # the id of the newest step, as a form's reader saw it
STAFF_STEPS = frozenset({StepKind.ANSWERED, StepKind.FINISHED})


class AnsweringRefused(ValueError):
    """It can't be done; the message says why and what to do, in a sentence."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Who handles which request when; `secret_key` opens the contact."""

    session: Session
    actor: Actor
    case: Case
    now: datetime
    secret_key: str

    @property
    def act(self) -> Act:
        return Act(self.actor.username, self.now, self.case.township_id)


def concerns(session: Session, case: Case) -> str | None:
    """The team whose score the case moves: the one that linked the village on the day it was opened."""
    return townships.team_linking(session, case.township_id, case.village_id, local_day(case.opened_at))


def may_handle(session: Session, actor: Actor, case: Case, now: datetime) -> bool:
    """Whether the actor stands back from none of the teams that the case concerns: see `_teams`."""
    return not any(
        must_stand_back(actor.cadre, actor.teams, None, team) for team in _teams(session, case, now)
    )


def _teams(session: Session, case: Case, now: datetime) -> set[str | None]:
    """The team whose score the case moves; of one that the linking cadres are not to see also the team that links now.

    Its author meets those who come to the village today, whoever came on the day of the request.
    """
    teams = {concerns(session, case)}
    if case.not_for_team:
        teams.add(townships.team_linking(session, case.township_id, case.village_id, local_day(now)))
    return teams


def look(session: Session, actor: Actor, case: Case, now: datetime) -> bool:
    """Whether the actor may handle the case; who may not still reads one that its author kept from nobody.

    Raises NotAllowed, and MustStandBack for one that the linking team is not to see.
    """
    require(actor, Right.HANDLE_CASES)
    free = may_handle(session, actor, case, now)
    if not free and case.not_for_team:
        raise MustStandBack(Right.HANDLE_CASES.value)
    return free


def last_step(session: Session, case: Case) -> dict[str, int]:
    """What a form of the case carries, to tell whether somebody took a step meanwhile."""
    told = [step for step in resident_cases.steps(session, case) if step.kind is not StepKind.CONTACT_SEEN]
    return {LAST: told[-1].id if told else 0}


def answer(desk: Desk, words: str, seen: str) -> None:
    """Answer a case that isn't finished; the first answer is the one that is timed.

    `seen` is `seen_of(last_step(…))` of the page. Raises NotAllowed, MustStandBack, ChangedMeanwhile, and
    AnsweringRefused for a case of a workbook, a finished one, and words that give the contact away.
    """
    case = _begin(desk, words, seen)
    _answered(desk, case)
    _step(desk, case, StepKind.ANSWERED, words)
    record(
        desk.session,
        desk.act,
        "case.answered",
        case.number,
        None,
        {"answered_at": case.answered_at},
        row_id=case.id,
    )


def finish(desk: Desk, outcome: Outcome, words: str, seen: str) -> None:
    """Finish a case, with what came of it and what was done. Raises as `answer` does.

    One that nobody has answered yet is answered by this: its author reads these words.
    """
    case = _begin(desk, words, seen)
    before = {"finished_at": None, "answered_at": case.answered_at}
    _answered(desk, case)
    case.finished_at, case.outcome = desk.now, outcome
    _step(desk, case, StepKind.FINISHED, words)
    after = {"finished_at": desk.now, "answered_at": case.answered_at, "outcome": outcome}
    record(desk.session, desk.act, "case.finished", case.number, before, after, row_id=case.id)


def see_contact(desk: Desk) -> None:
    """Enter that somebody looks at the contact; `contact` then gives it to this account for a while. Once a while.

    Raises NotAllowed, MustStandBack, and AnsweringRefused without a contact.
    """
    case = _mine(desk)
    if case.contact is None:
        raise AnsweringRefused("这件诉求没有留电话，或者已经删掉了。")
    if _looks(desk):
        return
    _step(desk, case, StepKind.CONTACT_SEEN, "")
    record(desk.session, desk.act, "case.contact_seen", case.number, row_id=case.id)


def contact(desk: Desk) -> str | None:
    """The contact, for an account that asked for it within the last minutes; None for anybody else."""
    if not _looks(desk) or not may_handle(desk.session, desk.actor, desk.case, desk.now):
        return None
    return opened_contact(desk.case, desk.secret_key)


def opened_contact(case: Case, secret_key: str) -> str | None:
    """How the author can be reached; None without a contact, or where it was sealed under another key."""
    opened = None if case.contact is None else Vault(secret_key).opened(case.contact)
    return None if opened is None else opened.decode()


def _looks(desk: Desk) -> bool:
    since = desk.now - CONTACT_SHOWN
    return resident_cases.seen_contact_since(desk.session, desk.case, desk.actor.account_id, since)


def _mine(desk: Desk) -> Case:
    """The case, for somebody who may handle it; nobody else changes it meanwhile."""
    case = resident_cases.locked(desk.session, desk.case)
    for team in _teams(desk.session, case, desk.now):
        require(desk.actor, Right.HANDLE_CASES, moves_team=team)
    if not resident_cases.is_own(case):
        raise AnsweringRefused("这件诉求来自工作簿，不能在这里办：请改工作簿里的“诉求”表再导入。")
    return case


def _begin(desk: Desk, words: str, seen: str) -> Case:
    case = _mine(desk)
    must_be_as_seen(seen, last_step(desk.session, case))
    if case.finished_at is not None:
        raise AnsweringRefused("这件诉求已经办结了，等群众说一说解决了没有。")
    if reveals(words, opened_contact(case, desk.secret_key) or ""):
        raise AnsweringRefused("里面有群众的联系电话，请删去：群众自己知道电话，写出来别人也会看到。")
    return case


def _answered(desk: Desk, case: Case) -> None:
    if case.answered_at is None:
        case.answered_at = desk.now


def _step(desk: Desk, case: Case, kind: StepKind, words: str) -> None:
    desk.session.add(
        CaseStep(
            township_id=case.township_id,
            case_id=case.id,
            at=desk.now,
            kind=kind,
            words=words,
            account_id=desk.actor.account_id,
        )
    )
    desk.session.flush()
