"""Two-person acts: one person proposes, another one with the right approves, and only then it is carried out.

One mechanism for everything that needs it. A kind of act says who may propose and approve it, how long it waits, and
how it is carried out; `portal.actions.two_person` lists the kinds. Both steps stand in the ledger.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.actions.guard import MustStandBack, require
from portal.actions.ledger import LONGEST_SUBJECT, Act, plain, record
from portal.core.rights import ROLES_WITH, Actor, Right, has_right, must_stand_back
from portal.store import proposals
from portal.store.office import Proposal, ProposalState

USUAL_WAIT = timedelta(days=14)
HANDED_OUT = timedelta(days=14)  # who knows a slip's password could be both persons
Told = Sequence[tuple[str, str]]  # labels and words


class ProposalRefused(ValueError):
    """It can't be proposed, decided or carried out; the message says why and what to do, in a sentence."""


@dataclass(frozen=True, slots=True)
class Carrying:
    """What a kind is given to carry an approved act out: the proposal, who approved it, and the act for the ledger."""

    proposal: Proposal
    approver: Actor
    act: Act

    @property
    def payload(self) -> Mapping[str, Any]:
        return self.proposal.payload


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of two-person act. `carry_out` raises ProposalRefused where the world has changed meanwhile.

    `told` says in words what would be done and what it would change, as of a moment; without it a page shows the
    payload field by field. Who would be moved may propose it unless `concerned_may_propose` is False. The ledger
    never holds the payload of a `confidential` kind.
    """

    key: str
    words: str
    carry_out: Callable[[Session, Carrying], None]
    propose: Right = Right.PROPOSE
    approve: Right = Right.APPROVE
    waits: timedelta = USUAL_WAIT
    told: Callable[[Session, Proposal, datetime], Told] | None = None
    concerned_may_propose: bool = True
    confidential: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody proposes: `moves_cadres` (工号) and `moves_teams` (names) are whose score it would move."""

    subject: str
    reason: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    moves_cadres: Sequence[str] = ()
    moves_teams: Sequence[str] = ()


def propose(session: Session, actor: Actor, kind: Kind, wish: Wish, now: datetime) -> Proposal:
    """Put an act before a second person.

    The same said twice by one account is one proposal. Raises NotAllowed, MustStandBack where those concerned may
    not even propose it, and ProposalRefused without a reason or when another one of the kind waits on the subject.
    """
    township_id = _township(actor)
    require(actor, kind.propose)
    if not kind.concerned_may_propose and _moved(actor, wish.moves_cadres, wish.moves_teams):
        raise MustStandBack(kind.propose.value)
    if not wish.reason.strip():
        raise ProposalRefused("请写明理由：两人办理的事，批的人要知道为什么。")
    expire_overdue(session, township_id, now)
    proposal = Proposal(
        township_id=township_id,
        kind=kind.key,
        subject=wish.subject[:LONGEST_SUBJECT],
        payload=plain(wish.payload),
        moves_cadres=list(wish.moves_cadres),
        moves_teams=list(wish.moves_teams),
        reason=wish.reason.strip(),
        proposer_id=actor.account_id,
        proposer_cadre_id=actor.cadre_id,
        proposed_at=now,
        expires_at=now + kind.waits,
        state=ProposalState.WAITING,
    )
    if not proposals.add_waiting(session, proposal):
        waiting = proposals.waiting_on(session, township_id, kind.key, proposal.subject)
        if waiting is not None and _as_said(waiting) == _as_said(proposal):
            return waiting  # the same tapped twice
        raise ProposalRefused(f"“{proposal.subject}”已经有一件在等人批，请先等它办完，或撤回它。")
    after: dict[str, Any] = {"kind": kind.key, "expires_at": proposal.expires_at}
    if not kind.confidential:
        after["payload"] = proposal.payload
    act = Act(actor.username, now, township_id)
    record(session, act, "proposal.proposed", proposal.subject, None, after, proposal.reason, proposal.id)
    return proposal


def approve(
    session: Session, actor: Actor, proposal: Proposal, kind: Kind, now: datetime, words: str = ""
) -> None:
    """Approve and carry out: both or neither, also where the caller goes on after a refusal.

    The proposal was read with a lock. Raises NotAllowed, MustStandBack, and ProposalRefused for the same person, an
    expired or a decided one, or where it can no longer be carried out.
    """
    with session.begin_nested():
        act = _decide(session, actor, proposal, kind, now, ProposalState.APPROVED, words)
        kind.carry_out(session, Carrying(proposal, actor, act))
        session.flush()


def refuse(session: Session, actor: Actor, proposal: Proposal, kind: Kind, now: datetime, words: str) -> None:
    """Refuse with a reason; nothing is carried out. Raises as `approve` does."""
    if not words.strip():
        raise ProposalRefused("请写明不同意的理由。")
    _decide(session, actor, proposal, kind, now, ProposalState.REFUSED, words)


def withdraw(session: Session, actor: Actor, proposal: Proposal, now: datetime) -> None:
    """Take the own proposal back while it waits. Raises ProposalRefused."""
    _must_wait(proposal, now)
    if proposal.proposer_id != actor.account_id:
        raise ProposalRefused("只有提出的人可以撤回。")
    _close(session, proposal, ProposalState.WITHDRAWN, actor, now, "")


def expire_overdue(session: Session, township_id: int, now: datetime) -> int:
    """Close those whose time is over, and say how many."""
    late = proposals.overdue(session, township_id, now)
    for proposal in late:
        _close(session, proposal, ProposalState.EXPIRED, None, now, "")
    return len(late)


def state_at(proposal: Proposal, now: datetime) -> ProposalState:
    """How it stands at `now`: one whose time is over has expired, whether or not somebody has closed it yet."""
    if proposal.state is ProposalState.WAITING and proposal.expires_at <= now:
        return ProposalState.EXPIRED
    return proposal.state


def may_decide(actor: Actor, proposal: Proposal, kind: Kind) -> bool:
    """Whether this is one of those who may approve or refuse it."""
    return not why_not(actor, proposal, kind)


def why_not(actor: Actor, proposal: Proposal, kind: Kind) -> str:
    """Why somebody may not decide it, in a sentence; '' for who may."""
    if proposal.proposer_id == actor.account_id:
        return "这件事是您自己提出的，要由另一个人来批。"
    if _same_person(actor, proposal):
        return "这件事是您用另一个账号提出的，要由另一个人来批。"
    if not has_right(actor, kind.approve):
        committee_only = len(ROLES_WITH[kind.approve]) == 1
        return f"这件事由{'党委' if committee_only else '管理员或党委'}的账号来批。"
    if _concerned(actor, proposal):
        return "这件事关系到您自己或您所在组团的得分，您要回避，请别人来批。"
    return ""


def _decide(
    session: Session,
    actor: Actor,
    proposal: Proposal,
    kind: Kind,
    now: datetime,
    state: ProposalState,
    words: str,
) -> Act:
    require(actor, kind.approve)
    _must_wait(proposal, now)
    if _same_person(actor, proposal):
        raise ProposalRefused("这件事是您自己提出的，要由另一个人来批。")
    if _concerned(actor, proposal):
        raise MustStandBack(kind.key)
    since = proposal.proposed_at - HANDED_OUT
    if state is ProposalState.APPROVED and proposals.handed_out(session, proposal, actor.username, since):
        raise ProposalRefused(
            "提出这件事的账号，是您两周之内新建或重发过密码的，这件事要由别的人来批（例如党委）。"
        )
    return _close(session, proposal, state, actor, now, words.strip())


def _close(
    session: Session, proposal: Proposal, state: ProposalState, actor: Actor | None, now: datetime, words: str
) -> Act:
    proposal.state, proposal.decided_at, proposal.decision_reason = state, now, words
    if actor is not None:
        proposal.decider_id, proposal.decider_cadre_id = actor.account_id, actor.cadre_id
    session.flush()
    act = Act(actor.username if actor else "system", now, proposal.township_id)
    before, after = {"state": ProposalState.WAITING.value}, {"state": state.value, "kind": proposal.kind}
    record(session, act, f"proposal.{state.value}", proposal.subject, before, after, words, proposal.id)
    return act


def _must_wait(proposal: Proposal, now: datetime) -> None:
    if proposal.state is not ProposalState.WAITING:
        raise ProposalRefused("这件事已经办完了，不能再办一次。")
    if proposal.expires_at <= now:
        raise ProposalRefused("这件事等得太久，已经过期；还要办，请重新提出。")


def _same_person(actor: Actor, proposal: Proposal) -> bool:
    """The same account, or another account of the same cadre."""
    own = actor.cadre_id is not None and actor.cadre_id == proposal.proposer_cadre_id
    return own or actor.account_id == proposal.proposer_id


def _as_said(proposal: Proposal) -> tuple[object, ...]:
    """Who said it and what."""
    return proposal.proposer_id, proposal.payload, proposal.reason


def _concerned(actor: Actor, proposal: Proposal) -> bool:
    return _moved(actor, proposal.moves_cadres, proposal.moves_teams)


def _moved(actor: Actor, cadres: Sequence[str], teams: Sequence[str]) -> bool:
    """Whether it would move the actor's own score or own team's (回避)."""
    return any(must_stand_back(actor.cadre, actor.teams, cadre, None) for cadre in cadres) or any(
        must_stand_back(actor.cadre, actor.teams, None, team) for team in teams
    )


def _township(actor: Actor) -> int:
    if actor.township_id is None:
        raise ProposalRefused("这类事由乡镇的账号办理。")
    return actor.township_id
