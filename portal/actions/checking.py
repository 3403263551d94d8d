"""Entries drawn by lot, looked at by a second person: a paper form is typed again, who was interviewed is asked.

The second person of a paper form does not see what the first one typed, so no page joins a serial to answers.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.actions import moderation
from portal.actions.entering import Voice, digest_of, voice_of
from portal.actions.guard import require
from portal.actions.ledger import Act, record
from portal.actions.proposals import ProposalRefused
from portal.actions.ratings import QuarterSealed, SentForm, collect_rating, quarter_secret, standing
from portal.actions.second_factor import Vault
from portal.clock import local_day
from portal.core import form
from portal.core.book import Way
from portal.core.days import quarter_of
from portal.core.rights import Actor, Right, has_right, must_stand_back
from portal.store import entry_checks, organising
from portal.store.entry_checks import Drawn
from portal.store.office import Proposal
from portal.store.organising import Linked
from portal.store.papers import CheckResult, EntryCheck
from portal.store.residents import Rating, Standing

MOST_COMPARED = 3  # a slip of the hand or two; more would be guessing what was typed
COMPARED = "entry.compared"


class CheckRefused(ValueError):
    """It can't be checked, or not by this one; the message says why in a sentence."""


class Finding(StrEnum):
    """What came of typing a paper form again."""

    AGREES = "agrees"
    LOOK_AGAIN = "look_again"  # entered as a try, and nothing is changed yet
    TOO_OFTEN = "too_often"  # not even compared
    CORRECTED = "corrected"
    DIFFERS = "differs"  # entered as such, and nothing could be corrected


@dataclass(frozen=True, slots=True)
class Check:
    """An entry that this account may check, and what was sealed with it: serial, telephone number or door.

    `who` is None where it was sealed under another key of the portal's.
    """

    drawn: Drawn
    who: str | None

    @property
    def voice(self) -> Voice | None:
        return None if self.who is None else voice_of(self.drawn.check.kind, self.who)


def waiting(session: Session, actor: Actor, township_id: int, today: date) -> list[tuple[Drawn, str]]:
    """Every entry that waits, each with why the actor may not check it ('' for who may)."""
    links = organising.links(session, township_id)
    return [
        (drawn, _why_not(actor, drawn, links, today)) for drawn in entry_checks.waiting(session, township_id)
    ]


def _why_not(actor: Actor, drawn: Drawn, links: Sequence[Linked], today: date) -> str:
    check = drawn.check
    if not has_right(actor, Right.ENTER_VOICES):
        return "您的账号不能抽查。"
    same_cadre = actor.cadre_id is not None and actor.cadre_id == drawn.typed_by_cadre_id
    if check.entered_by_id == actor.account_id or same_cadre:
        return "这份是您自己录的，要由另一个人来查。"
    teams = _teams(links, check, today)
    if any(must_stand_back(actor.cadre, actor.teams, None, team) for team in teams):
        return "这个村由您所在的组团联系，您要回避，请别人来查。"
    return ""


def opened(
    session: Session, actor: Actor, check_id: int, secret_key: str, today: date, *, lock: bool = False
) -> Check:
    """The entry, for somebody who may check it now; with `lock` nobody else does meanwhile.

    Raises CheckRefused, and LookupError for one that the actor's township doesn't have.
    """
    own = actor.township_id
    drawn = None if own is None else entry_checks.one(session, own, check_id, lock=lock)
    if drawn is None:
        raise LookupError(check_id)
    reason = _why_not(actor, drawn, _links(session, drawn), today)
    if reason:
        raise CheckRefused(reason)
    if drawn.check.result is not None:
        raise CheckRefused("这一份已经查过了。")
    if drawn.check.sealed is None:
        raise CheckRefused("这一份已经过了能查的时候（季度封存了）。")
    who = Vault(secret_key).opened(drawn.check.sealed)
    return Check(drawn, None if who is None else who.decode())


def see(session: Session, actor: Actor, check: Check, now: datetime) -> None:
    """Note that this account looks at the number or door of an interview, to ask there."""
    row = check.drawn.check
    row.checked_by_id = actor.account_id
    session.flush()
    _record(session, actor, check, "entry.seen", {"kind": row.kind}, now)


def type_again(
    session: Session,
    actor: Actor,
    check: Check,
    edition: form.Edition,
    answers: form.Answers,
    sure: bool,
    secret_key: str,
    now: datetime,
) -> Finding:
    """Compare a paper form's second typing with the first; `sure` says that it was typed the same way twice.

    Who is sure corrects: the rating gives way to one with these answers, of the same voice. Every other difference is
    entered, and after MOST_COMPARED of them, whosever they were, only who is sure goes on: without the paper somebody
    could try out what was ticked, and nobody would know. Raises CheckRefused once the quarter is sealed.
    """
    row, secret = check.drawn.check, _secret(session, check)
    if secret is None or row.digest is None:
        raise CheckRefused("这个季度已经封存，不能再核对了。")
    village = check.drawn.village.name
    if not sure and entry_checks.times_compared(session, row, village, COMPARED) >= MOST_COMPARED:
        return Finding.TOO_OFTEN
    digest = digest_of(secret, secret_key, row.id, answers)
    if hmac.compare_digest(digest, row.digest):
        finish(session, actor, check, CheckResult.AGREES, now)
        return Finding.AGREES
    if not sure:
        _record(session, actor, check, COMPARED, {"kind": row.kind}, now)
        return Finding.LOOK_AGAIN
    corrected = _correct(session, check, edition, answers, local_day(now))
    finish(session, actor, check, CheckResult.DIFFERS, now)
    if corrected:
        _record(session, actor, check, "entry.corrected", {"kind": row.kind}, now)
    return Finding.CORRECTED if corrected else Finding.DIFFERS


def denied(session: Session, actor: Actor, check: Check, now: datetime) -> Proposal | None:
    """Nobody was interviewed there: propose that the rating does not count.

    None where there is nothing to propose: it doesn't stand any more, or somebody has proposed the same.
    """
    rating = _standing(session, check)
    finish(session, actor, check, CheckResult.DIFFERS, now)
    if rating is None:
        return None
    why = moderation.SetAsideReason.NOT_THEIR_OWN
    try:
        with session.begin_nested():
            return moderation.propose_set_aside(session, actor, rating.township_id, rating.id, why, now)
    except ProposalRefused:
        return None


def finish(session: Session, actor: Actor, check: Check, result: CheckResult, now: datetime) -> None:
    """Enter what was found, and forget what was sealed."""
    row, today = check.drawn.check, local_day(now)
    for team in _teams(_links(session, check.drawn), row, today):
        require(actor, Right.ENTER_VOICES, moves_team=team)
    row.result, row.checked_by_id, row.checked_on = result, actor.account_id, today
    row.sealed = row.digest = None
    session.flush()
    _record(session, actor, check, "entry.checked", {"kind": row.kind, "result": result}, now)


def _correct(
    session: Session, check: Check, edition: form.Edition, answers: form.Answers, today: date
) -> bool:
    """Put these answers in the place of those that count. False where that would change more than the answers:

    in a later quarter it would be another voice; another team may link the village by now; and what somebody sent
    since, or two persons set aside, is not the first typing any more.
    """
    row, rating, sent = check.drawn.check, _standing(session, check), _sent(check, edition, answers)
    quarters = {quarter_of(row.entered_on), quarter_of(today)}
    teams = _teams(_links(session, check.drawn), row, today)
    if rating is None or sent is None or len(quarters) > 1 or len(teams) > 1:
        return False
    if rating.standing is not Standing.COUNTED or edition.value(answers) is None:
        return False
    sent = replace(sent, comment=rating.comment)
    return collect_rating(session, sent, today)


def _standing(session: Session, check: Check) -> Rating | None:
    """The entry's rating, while it counts; one that came later under the same key is another entry's."""
    sent, day = _sent(check, form.STANDARD, ()), check.drawn.check.entered_on
    try:
        found = None if sent is None else standing(session, sent, day)
    except QuarterSealed:
        return None
    return found if found is not None and found.day == day else None


def _sent(check: Check, edition: form.Edition, answers: form.Answers) -> SentForm | None:
    row, voice = check.drawn.check, check.voice
    if voice is None:
        return None
    return SentForm(
        township_id=row.township_id,
        village_id=row.village_id,
        village=check.drawn.village.code,
        edition=edition,
        answers=answers,
        comment="",
        way=Way.PAPER,
        respondent=voice.respondent,
        key=secrets.token_urlsafe(16),
        sought=voice.sought,
    )


def _secret(session: Session, check: Check) -> bytes | None:
    try:
        row = check.drawn.check
        return quarter_secret(session, row.township_id, quarter_of(row.entered_on))
    except QuarterSealed:
        return None


def _links(session: Session, drawn: Drawn) -> Sequence[Linked]:
    return organising.links(session, drawn.check.township_id, village_id=drawn.check.village_id)


def _teams(links: Sequence[Linked], check: EntryCheck, today: date) -> set[str | None]:
    """The teams that linked the village on the day of the entry and that link it today; None on a day without one."""
    return {
        next(
            (
                link.team
                for link in links
                if link.village_id == check.village_id and link.first_day <= day <= link.last_day
            ),
            None,
        )
        for day in (check.entered_on, today)
    }


def _record(
    session: Session, actor: Actor, check: Check, kind: str, after: dict[str, object], now: datetime
) -> None:
    act = Act(actor.username, now, check.drawn.check.township_id)
    row_id = check.drawn.check.id if kind == COMPARED else None
    record(session, act, kind, check.drawn.village.name, None, after, row_id=row_id)
