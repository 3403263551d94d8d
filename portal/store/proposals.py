"""Looking up two-person acts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from portal.store.ledger import LedgerEntry
from portal.store.office import Proposal, ProposalState
from portal.store.organisation import Cadre
from portal.store.people import Account

Named = tuple[Proposal, str, str]  # with the user names of who proposed and who decided it, '' for nobody


def by_id(session: Session, township_id: int, proposal_id: int, *, lock: bool = False) -> Proposal | None:
    """A township's own proposal; with `lock` nobody else decides it until this transaction ends."""
    found = select(Proposal).where(Proposal.township_id == township_id, Proposal.id == proposal_id)
    if lock:  # whoever waited for the lock must see what the other one made of the row
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalar(found)


def listed(
    session: Session, township_id: int, state: ProposalState | None = None, most: int = 200
) -> list[Named]:
    """Proposals, newest first."""
    conditions = [] if state is None else [Proposal.state == state]
    newest = (Proposal.proposed_at.desc(), Proposal.id.desc())
    return _named(session, township_id, conditions, newest, most)


def named(session: Session, township_id: int, proposal_id: int) -> Named | None:
    """One proposal of the township."""
    return next(iter(_named(session, township_id, [Proposal.id == proposal_id], (), 1)), None)


def waiting(session: Session, township_id: int, now: datetime) -> list[Named]:
    """Those that wait and whose time is not over; what expires first comes first."""
    conditions = [Proposal.state == ProposalState.WAITING, Proposal.expires_at > now]
    return _named(session, township_id, conditions, (Proposal.expires_at, Proposal.id), None)


def done(session: Session, township_id: int, now: datetime, first: int, most: int) -> list[Named]:
    """Those that wait no more, the last to be closed first: `most` of them from the `first`-th (0, 1, …) on."""
    latest = (func.coalesce(Proposal.decided_at, Proposal.expires_at).desc(), Proposal.id.desc())
    return _named(session, township_id, [_over(now)], latest, most, first)


def count_done(session: Session, township_id: int, now: datetime) -> int:
    found = select(func.count()).where(Proposal.township_id == township_id, _over(now))
    return session.execute(found).scalar_one()


def add_waiting(session: Session, proposal: Proposal) -> bool:
    """Add it; False where one of the same kind and subject waits already (the database's own rule)."""
    try:
        with session.begin_nested():
            session.add(proposal)
            session.flush()
    except IntegrityError:
        if waiting_on(session, proposal.township_id, proposal.kind, proposal.subject) is None:
            raise
        return False
    return True


def waiting_on(session: Session, township_id: int, kind: str, subject: str) -> Proposal | None:
    """The proposal of this kind about this subject that is not closed, if there is one."""
    return session.scalar(
        select(Proposal).where(
            Proposal.township_id == township_id,
            Proposal.kind == kind,
            Proposal.subject == subject,
            Proposal.state == ProposalState.WAITING,
        )
    )


def cadre_names(session: Session, township_id: int, numbers: Iterable[str]) -> dict[str, str]:
    """Names by 工号 of those whose score somebody's proposals move."""
    rows = session.execute(
        select(Cadre.number, Cadre.name).where(
            Cadre.township_id == township_id, Cadre.number.in_(set(numbers))
        )
    )
    return {row[0]: row[1] for row in rows}


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


def handed_out(session: Session, proposal: Proposal, username: str, since: datetime) -> bool:
    """Whether this account made the proposer's account, or a new password for it, after a moment."""
    found = (
        select(LedgerEntry.id)
        .join(Account, Account.username == LedgerEntry.subject)
        .where(
            LedgerEntry.township_id == proposal.township_id,
            LedgerEntry.kind.in_(("account.created", "account.reset")),
            LedgerEntry.actor == username,
            LedgerEntry.at > since,
            Account.id == proposal.proposer_id,
        )
    )
    return session.scalar(found.limit(1)) is not None


def overdue(session: Session, township_id: int, now: datetime) -> list[Proposal]:
    """Those that still stand as waiting although their time is over; what somebody else is closing is left out."""
    return list(
        session.scalars(
            select(Proposal)
            .where(
                Proposal.township_id == township_id,
                Proposal.state == ProposalState.WAITING,
                Proposal.expires_at <= now,
            )
            .with_for_update(skip_locked=True)
        )
    )


def _over(now: datetime) -> ColumnElement[bool]:
    return or_(Proposal.state != ProposalState.WAITING, Proposal.expires_at <= now)


def _named(
    session: Session,
    township_id: int,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[Any],
    most: int | None,
    first: int = 0,
) -> list[Named]:
    proposer, decider = aliased(Account), aliased(Account)
    found = (
        select(Proposal, proposer.username, func.coalesce(decider.username, ""))
        .join(proposer, proposer.id == Proposal.proposer_id)
        .outerjoin(decider, decider.id == Proposal.decider_id)
        .where(Proposal.township_id == township_id, *conditions)
        .order_by(*order)
        .offset(first)
        .limit(most)
    )
    return [(proposal, by, decided) for proposal, by, decided in session.execute(found)]
