"""Looking up accounts, their roles and their sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, delete, func, or_, select, update
from sqlalchemy.orm import Session

from portal.clock import local_day
from portal.core.book import Role
from portal.core.rights import Actor
from portal.store.appraisal import Period
from portal.store.organisation import Cadre, Service, Team, TeamLeader, TeamMembership
from portal.store.people import Account, AccountRole, StaffSession


@dataclass(frozen=True, slots=True)
class Holder:
    """An account and whose it is: 工号 ('' without one) and name ('' where nobody wrote one down)."""

    account: Account
    number: str
    name: str

    @property
    def who(self) -> str:
        return self.name or self.account.username


@dataclass(frozen=True, slots=True)
class Serving:
    """A cadre who serves, with the roles of the newest stretch of service."""

    cadre_id: int
    number: str
    name: str
    roles: tuple[Role, ...]


def by_username(session: Session, username: str, *, lock: bool = False) -> Account | None:
    """The account; with `lock` nobody else changes it until this transaction ends."""
    found = select(Account).where(Account.username == username)
    return session.scalar(found.with_for_update() if lock else found)


def by_id(session: Session, account_id: int, *, lock: bool = False) -> Account:
    """An account that is known to be there."""
    found = select(Account).where(Account.id == account_id)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalars(found).one()


def held_by(session: Session, township_id: int, account_id: int, *, lock: bool = False) -> Holder | None:
    """A township's own account, or None; with `lock` nobody else changes it until this transaction ends."""
    if lock:
        session.scalar(
            select(Account.id)
            .where(Account.township_id == township_id, Account.id == account_id)
            .with_for_update()
        )
    row = session.execute(
        _holders(township_id).where(Account.id == account_id).execution_options(populate_existing=lock)
    ).first()
    return None if row is None else Holder(row[0], row[1], row[2])


def listed(session: Session, township_id: int) -> list[Holder]:
    """Every account of a township: those of cadres by 工号, then the others by user name."""
    order = (Cadre.number.is_(None), Cadre.number, Account.username)
    return [Holder(row[0], row[1], row[2]) for row in session.execute(_holders(township_id).order_by(*order))]


def usernames(session: Session, wanted: Sequence[str]) -> frozenset[str]:
    """Which of these names are taken, by whichever township."""
    return frozenset(session.scalars(select(Account.username).where(Account.username.in_(wanted))))


def cadre_name(session: Session, township_id: int, number: str) -> str:
    """A cadre's name by 工号; '' where there is none."""
    found = select(Cadre.name).where(Cadre.township_id == township_id, Cadre.number == number)
    return session.scalar(found) or ""


def labels(session: Session, account_ids: Sequence[int]) -> dict[int, str]:
    """What people call these accounts, by id."""
    rows = session.execute(
        select(Account.id, Cadre.name, Account.holder, Account.username)
        .outerjoin(Cadre, Cadre.id == Account.cadre_id)
        .where(Account.id.in_(account_ids))
    )
    return {row[0]: row[1] or row[2] or row[3] for row in rows}


def administrators(session: Session, township_id: int, *, lock: bool = False) -> list[Account]:
    """The township's open accounts that are administrators for good, not as deputies."""
    found = (
        select(Account)
        .where(
            Account.township_id == township_id,
            Account.closed_at.is_(None),
            Account.id.in_(
                select(AccountRole.account_id).where(
                    AccountRole.role == Role.TOWNSHIP_ADMIN, AccountRole.last_day.is_(None)
                )
            ),
        )
        .order_by(Account.id)
    )
    return list(session.scalars(found.with_for_update() if lock else found))


def administrators_by_township(session: Session) -> dict[int, list[Account]]:
    """Every account that is or was an administrator for good, also a closed one, by township id."""
    rows = session.scalars(
        select(Account)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(AccountRole.role == Role.TOWNSHIP_ADMIN, AccountRole.last_day.is_(None))
        .order_by(Account.id)
    )
    found: dict[int, list[Account]] = {}
    for account in rows:
        if account.township_id is not None:
            found.setdefault(account.township_id, []).append(account)
    return found


def numbers_by_township(session: Session) -> dict[int, int]:
    """How many accounts each township has that are not closed."""
    rows = session.execute(
        select(Account.township_id, func.count())
        .where(Account.township_id.is_not(None), Account.closed_at.is_(None))
        .group_by(Account.township_id)
    )
    return {township: number for township, number in rows if township is not None}


def opened(session: Session, township_id: int) -> bool:
    """Whether the township has opened a period: from then on trusted roles take two persons."""
    found = select(Period.id).where(Period.township_id == township_id, Period.opened_at.is_not(None))
    return session.scalar(found.limit(1)) is not None


def serving_without_account(session: Session, township_id: int, today: date) -> list[Serving]:
    """Cadres who serve in the current period, today or later, and have no account, by 工号.

    The current period is the one of today, else the next to begin, else the last one; past or ahead of it, its last
    or first day stands in for today.
    """
    span = _current_span(session, township_id, today)
    if span is None:
        return []
    day = min(max(today, span[0]), span[1])
    rows = session.execute(
        select(Cadre.id, Cadre.number, Cadre.name, Service.roles)
        .join(Service, Service.cadre_id == Cadre.id)
        .where(
            Cadre.township_id == township_id,
            Service.township_id == township_id,
            Service.last_day >= day,
            Service.first_day <= span[1],
            Cadre.id.not_in(
                select(Account.cadre_id).where(
                    Account.township_id == township_id, Account.cadre_id.is_not(None)
                )
            ),
        )
        .order_by(Cadre.number, Service.first_day)
    )
    newest = {row[0]: row for row in rows}
    return [
        Serving(cadre_id, number, name, tuple(Role(role) for role in roles))
        for cadre_id, number, name, roles in newest.values()
    ]


def sessions(session: Session, account_id: int, now: datetime) -> list[StaffSession]:
    """The account's sessions that last, newest first."""
    return list(
        session.scalars(
            select(StaffSession)
            .where(StaffSession.account_id == account_id, StaffSession.ends_at > now)
            .order_by(StaffSession.begun_at.desc(), StaffSession.id.desc())
        )
    )


def end_session(session: Session, digest: str) -> None:
    """End the session whose token has this digest, if there is one."""
    session.execute(delete(StaffSession).where(StaffSession.token_digest == digest))


def end_expired_sessions(session: Session, account_id: int, now: datetime) -> None:
    """Forget the account's sessions that are over at `now`."""
    _end(session, account_id, StaffSession.ends_at <= now)


def end_own_session(session: Session, account_id: int, session_id: int) -> None:
    """End one of the account's own sessions, if it is one."""
    _end(session, account_id, StaffSession.id == session_id)


def end_other_sessions(session: Session, account_id: int, digest: str) -> None:
    """End every session of the account but the one whose token has this digest."""
    _end(session, account_id, StaffSession.token_digest != digest)


def end_sessions(session: Session, account_id: int) -> None:
    """End every session of the account."""
    _end(session, account_id)


def pass_second(session: Session, digest: str) -> None:
    """The session has given a code."""
    session.execute(
        update(StaffSession).where(StaffSession.token_digest == digest).values(second_passed=True)
    )


def actor(session: Session, digest: str, now: datetime) -> Actor | None:
    """The open account of a session that has not ended, with the roles of the day and the teams it stands back for."""
    row = session.execute(
        select(Account, Cadre.number, StaffSession.second_passed)
        .join(StaffSession, StaffSession.account_id == Account.id)
        .outerjoin(Cadre, Cadre.id == Account.cadre_id)
        .where(
            StaffSession.token_digest == digest,
            StaffSession.ends_at > now,
            Account.closed_at.is_(None),
            or_(Account.one_time_until.is_(None), Account.one_time_until > now),
        )
    ).first()
    if row is None:
        return None
    account, number, second_passed = row
    today = local_day(now)
    return Actor(
        account_id=account.id,
        username=account.username,
        township_id=account.township_id,
        roles=frozenset(role.role for role in account.roles if role.holds_on(today)),
        cadre=number,
        cadre_id=account.cadre_id,
        teams=_teams(session, account, today) if number else frozenset(),
        one_time=account.one_time_until is not None,
        has_second=account.second_secret is not None,
        second_passed=second_passed,
        county_code=account.county_code,
    )


def _holders(township_id: int) -> Select[Account, str, str]:
    return (
        select(Account, func.coalesce(Cadre.number, ""), func.coalesce(Cadre.name, Account.holder))
        .outerjoin(Cadre, Cadre.id == Account.cadre_id)
        .where(Account.township_id == township_id)
    )


def _current_span(session: Session, township_id: int, today: date) -> tuple[date, date] | None:
    rows = session.execute(
        select(Period.first_day, Period.last_day)
        .where(Period.township_id == township_id)
        .order_by(Period.first_day)
    )
    spans = [(first, last) for first, last in rows]
    return next((span for span in spans if span[1] >= today), spans[-1] if spans else None)


def _end(session: Session, account_id: int, *which: ColumnElement[bool]) -> None:
    session.execute(delete(StaffSession).where(StaffSession.account_id == account_id, *which))


def _teams(session: Session, account: Account, day: date) -> frozenset[str]:
    """The teams that the cadre is in or leads today, or on any day of a period that is not published.

    Who left a team in March still has March's score of it: leaving must not open the team's rows to that hand.
    """
    names: set[str] = set()
    for table in (TeamMembership, TeamLeader):
        counts = select(Period.id).where(
            Period.township_id == table.township_id,
            Period.published_at.is_(None),
            Period.first_day <= table.last_day,
            Period.last_day >= table.first_day,
        )
        today = (table.first_day <= day) & (table.last_day >= day)
        names.update(
            session.scalars(
                select(Team.name)
                .join(table, table.team_id == Team.id)
                .where(
                    table.township_id == account.township_id,
                    table.cadre_id == account.cadre_id,
                    or_(today, counts.exists()),
                )
            )
        )
    return frozenset(names)
