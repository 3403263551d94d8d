"""Looking up two-person acts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from portal.store.office import Proposal, ProposalState
from portal.store.people import Account


def by_id(session: Session, township_id: int, proposal_id: int, *, lock: bool = False) -> Proposal | None:
    """A township's own proposal; with `lock` nobody else decides it until this transaction ends."""
    found = select(Proposal).where(Proposal.township_id == township_id, Proposal.id == proposal_id)
    return session.scalar(found.with_for_update() if lock else found)


def listed(
    session: Session, township_id: int, state: ProposalState | None = None, most: int = 200
) -> list[tuple[Proposal, str, str]]:
    """Proposals, newest first, each with the user names of who proposed and who decided it ('' for nobody)."""
    proposer, decider = aliased(Account), aliased(Account)
    found = (
        select(Proposal, proposer.username, func.coalesce(decider.username, ""))
        .join(proposer, proposer.id == Proposal.proposer_id)
        .outerjoin(decider, decider.id == Proposal.decider_id)
        .where(Proposal.township_id == township_id)
        .order_by(Proposal.proposed_at.desc(), Proposal.id.desc())
        .limit(most)
    )
    if state is not None:
        found = found.where(Proposal.state == state)
    return [(proposal, by, decided) for proposal, by, decided in session.execute(found)]


def waiting_on(session: Session, township_id: int, kind: str, subject: str) -> Proposal | None:
    """The proposal of this kind about this subject that still waits, if there is one."""
    return session.scalar(
        select(Proposal).where(
            Proposal.township_id == township_id,
            Proposal.kind == kind,
            Proposal.subject == subject,
            Proposal.state == ProposalState.WAITING,
        )
    )


def decided_since(
    session: Session, township_id: int, kind: str, subject: str, since: datetime, state: ProposalState
) -> list[Proposal]:
    """Those of this kind about this subject that were decided so after a moment, oldest first."""
    return list(
        session.scalars(
            select(Proposal)
            .where(
                Proposal.township_id == township_id,
                Proposal.kind == kind,
                Proposal.subject == subject,
                Proposal.state == state,
                Proposal.decided_at > since,
            )
            .order_by(Proposal.id)
        )
    )


def overdue(session: Session, township_id: int, now: datetime) -> list[Proposal]:
    """Those that still wait although their time is over."""
    return list(
        session.scalars(
            select(Proposal).where(
                Proposal.township_id == township_id,
                Proposal.state == ProposalState.WAITING,
                Proposal.expires_at <= now,
            )
        )
    )
