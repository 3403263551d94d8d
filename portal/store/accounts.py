"""Looking up accounts and their sessions."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from portal.clock import local_day
from portal.core.rights import Actor
from portal.store.organisation import Cadre, Team, TeamMembership
from portal.store.people import Account, StaffSession


def by_username(session: Session, username: str, *, lock: bool = False) -> Account | None:
    """The account; with `lock` nobody else changes it until this transaction ends."""
    found = select(Account).where(Account.username == username)
    return session.scalar(found.with_for_update() if lock else found)


def end_session(session: Session, digest: str) -> None:
    """End the session whose token has this digest, if there is one."""
    session.execute(delete(StaffSession).where(StaffSession.token_digest == digest))


def end_expired_sessions(session: Session, account_id: int, now: datetime) -> None:
    """Forget the account's sessions that are over at `now`."""
    session.execute(
        delete(StaffSession).where(StaffSession.account_id == account_id, StaffSession.ends_at <= now)
    )


def end_other_sessions(session: Session, account_id: int, digest: str) -> None:
    """End every session of the account but the one whose token has this digest."""
    session.execute(
        delete(StaffSession).where(StaffSession.account_id == account_id, StaffSession.token_digest != digest)
    )


def actor(session: Session, digest: str, now: datetime) -> Actor | None:
    """The account of a session that has not ended, with its cadre's teams of the day."""
    row = session.execute(
        select(Account, Cadre.number)
        .join(StaffSession, StaffSession.account_id == Account.id)
        .outerjoin(Cadre, Cadre.id == Account.cadre_id)
        .where(StaffSession.token_digest == digest, StaffSession.ends_at > now)
    ).first()
    if row is None:
        return None
    account, number = row
    return Actor(
        account_id=account.id,
        username=account.username,
        township_id=account.township_id,
        roles=frozenset(role.role for role in account.roles),
        cadre=number,
        cadre_id=account.cadre_id,
        teams=_teams(session, account, local_day(now)) if number else frozenset(),
    )


def _teams(session: Session, account: Account, day: date) -> frozenset[str]:
    rows = session.scalars(
        select(Team.name)
        .join(TeamMembership, TeamMembership.team_id == Team.id)
        .where(
            TeamMembership.township_id == account.township_id,
            TeamMembership.cadre_id == account.cadre_id,
            TeamMembership.first_day <= day,
            TeamMembership.last_day >= day,
        )
    )
    return frozenset(rows)
