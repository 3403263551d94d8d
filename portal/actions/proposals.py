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
from portal.actions.ledger import Act, record
from portal.core.rights import Actor, Right, has_right
from portal.store import proposals
from portal.store.office import Proposal, ProposalState

USUAL_WAIT = timedelta(days=14)


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
    """A kind of two-person act. `carry_out` raises ProposalRefused where the world has changed meanwhile."""

    key: str
    words: str
    carry_out: Callable[[Session, Carrying], None]
    propose: Right = Right.PROPOSE
    approve: Right = Right.APPROVE
    waits: timedelta = USUAL_WAIT


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody proposes: `moves_cadres` (工号) and `moves_teams` (names) are whose score it would move."""

    subject: str
    reason: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    moves_cadres: Sequence[str] = ()
    moves_teams: Sequence[str] = ()


def propose(session: Session, actor: Actor, kind: Kind, wish: Wish, now: datetime) -> Proposal:
    """Put an act before a second person. Raises NotAllowed, and ProposalRefused without a reason or when it waits already.

    Whoever is moved by it may still propose it where the kind says so; approving is what needs somebody unconcerned.
    """
    township_id = _township(actor)
    require(actor, kind.propose)
    if not wish.reason.strip():
        raise ProposalRefused("请写明理由：两人办理的事，批的人要知道为什么。")
    if proposals.waiting_on(session, township_id, kind.key, wish.subject) is not None:
        raise ProposalRefused(f"“{wish.subject}”已经有一件在等人批，请先等它办完，或撤回它。")
    proposal = Proposal(
        township_id=township_id,
        kind=kind.key,
        subject=wish.subject,
        payload=dict(wish.payload),
        moves_cadres=list(wish.moves_cadres),
        moves_teams=list(wish.moves_teams),
        reason=wish.reason.strip(),
        proposer_id=actor.account_id,
        proposer_cadre_id=actor.cadre_id,
        proposed_at=now,
        expires_at=now + kind.waits,
        state=ProposalState.WAITING,
    )
    session.add(proposal)
    session.flush()
    act = Act(actor.username, now, township_id)
    after = {"kind": kind.key, "payload": proposal.payload, "expires_at": proposal.expires_at}
    record(session, act, "proposal.proposed", wish.subject, None, after, proposal.reason)
    return proposal


def approve(
    session: Session, actor: Actor, proposal: Proposal, kind: Kind, now: datetime, words: str = ""
) -> None:
    """Approve and carry out, in one transaction.

    Raises NotAllowed, MustStandBack, and ProposalRefused for the same person, an expired or a decided one, or where
    it can no longer be carried out.
    """
    act = _decide(session, actor, proposal, kind, now, ProposalState.APPROVED, words)
    kind.carry_out(session, Carrying(proposal, actor, act))


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


def may_decide(actor: Actor, proposal: Proposal, kind: Kind) -> bool:
    """Whether this is one of those who may approve or refuse it."""
    return (
        has_right(actor, kind.approve)
        and not _same_person(actor, proposal)
        and not _concerned(actor, proposal)
    )


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
    record(session, act, f"proposal.{state.value}", proposal.subject, before, after, words)
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


def _concerned(actor: Actor, proposal: Proposal) -> bool:
    return actor.cadre in proposal.moves_cadres or bool(actor.teams & set(proposal.moves_teams))


def _township(actor: Actor) -> int:
    if actor.township_id is None:
        raise ProposalRefused("这类事由乡镇的账号办理。")
    return actor.township_id
