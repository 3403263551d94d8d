"""A township on a day of its period, as `core.readiness` looks at it: a fixed number of statements, whatever its size.

Also what else an overview tells: the last workbooks, what waits for a second person, deputies whose time is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from portal.core.days import Span
from portal.core.facts import Cadre as ScoredCadre
from portal.core.facts import Facts
from portal.core.periods import PeriodDays
from portal.core.plan import Plan, PostMode
from portal.core.readiness import Group, Helper, Person, Place, Snapshot
from portal.core.rights import ROLES_WITH, Right
from portal.store import organisation as tables
from portal.store import scoring
from portal.store.office import ImportFile, Proposal, ProposalState
from portal.store.people import Account, AccountRole
from portal.store.rows import in_township

Lasting = TypeVar("Lasting", tables.Team, tables.Village, tables.Module)
DEPUTY_NEWS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ImportNews:
    """A workbook that was brought in, without its content."""

    id: int
    name: str
    uploaded_at: datetime
    confirmed_at: datetime | None
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class EndedDeputy:
    """A role that somebody had in another one's place, and whose last day is over."""

    username: str
    role: str
    last_day: date


def snapshot(
    session: Session, township_id: int, period: PeriodDays | None, plan: Plan, day: date
) -> Snapshot:
    """The township on `day`; without a period only what needs none."""
    helpers = _helpers(session, township_id, day)
    if period is None:
        bare = scoring.load_facts(session, township_id, 0, Span(day, day))
        return Snapshot(has_period=False, helpers=helpers, **_told(session, township_id, bare, day))
    facts = scoring.load_facts(session, township_id, period.id, period.span)
    told = _told(session, township_id, facts, day)
    return Snapshot(helpers=helpers, tiers_missing=_tiers_missing(plan, facts), **told)


def _told(session: Session, township_id: int, facts: Facts, day: date) -> dict[str, Any]:
    teams = _there(session, tables.Team, township_id, day)
    villages = _there(session, tables.Village, township_id, day)
    leaders = _leaders(session, township_id, day)
    linked = {link.village: link.team for link in facts.links if day in link.span}
    members = [member.team for cadre in facts.cadres for member in cadre.memberships if day in member.span]
    held = {holding.post for cadre in facts.cadres for holding in cadre.holdings}
    return {
        "villages": tuple(Place(row.code, row.name, linked.get(row.code, "")) for row in villages),
        "cadres": tuple(_person(cadre, day) for cadre in facts.cadres if _serves(cadre, day)),
        "teams": tuple(
            Group(
                row.name,
                leaders.get(row.name, ""),
                list(linked.values()).count(row.name),
                members.count(row.name),
            )
            for row in teams
        ),
        "modules": tuple(row.name for row in _there(session, tables.Module, township_id, day)),
        "posts": {post: post in facts.posts for post in sorted({*held, *facts.posts})},
    }


def _there(session: Session, table: type[Lasting], township_id: int, day: date) -> list[Lasting]:
    """Rows of a lasting table that are there on `day`."""
    return in_township(
        session,
        table,
        township_id,
        table.first_day <= day,
        or_(table.last_day.is_(None), table.last_day >= day),
    )


def _serves(cadre: ScoredCadre, day: date) -> bool:
    return any(day in span for span in cadre.services)


def _person(cadre: ScoredCadre, day: date) -> Person:
    posts = [holding.post for holding in cadre.holdings if day in holding.span]
    modules = [stay.module for stay in cadre.stays if day in stay.span]
    exempt = [standing.exempt for standing in cadre.standings if standing.first <= day]
    return Person(
        number=cadre.number,
        name=cadre.name,
        exempt=exempt[-1] if exempt else cadre.exempt,
        post=posts[0] if posts else "",
        module=modules[0] if modules else "",
        teams=tuple(member.team for member in cadre.memberships if day in member.span),
    )


def _tiers_missing(plan: Plan, facts: Facts) -> tuple[str, ...]:
    if plan.post_mode is not PostMode.TIER:
        return ()
    return tuple(sorted(post for post in facts.posts if post not in plan.tiers))


def _leaders(session: Session, township_id: int, day: date) -> dict[str, str]:
    rows = session.execute(
        select(tables.Team.name, tables.Cadre.name)
        .join(tables.TeamLeader, tables.TeamLeader.team_id == tables.Team.id)
        .join(tables.Cadre, tables.Cadre.id == tables.TeamLeader.cadre_id)
        .where(
            tables.TeamLeader.township_id == township_id,
            tables.TeamLeader.first_day <= day,
            tables.TeamLeader.last_day >= day,
        )
    )
    return {row[0]: row[1] for row in rows}


def _helpers(session: Session, township_id: int, day: date) -> tuple[Helper, ...]:
    """Accounts that are open on the day and may propose or approve then, deputies among them."""
    wanted = ROLES_WITH[Right.PROPOSE] | ROLES_WITH[Right.APPROVE_FOR_COMMITTEE]
    rows = session.execute(
        select(Account.username, Account.cadre_id, AccountRole.role)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(
            Account.township_id == township_id,
            Account.closed_at.is_(None),
            AccountRole.role.in_(wanted),
            or_(AccountRole.first_day.is_(None), AccountRole.first_day <= day),
            or_(AccountRole.last_day.is_(None), AccountRole.last_day >= day),
        )
        .order_by(Account.username)
    )
    return tuple(
        Helper(
            username,
            cadre_id,
            proposes=role in ROLES_WITH[Right.PROPOSE],
            approves=role in ROLES_WITH[Right.APPROVE_FOR_COMMITTEE],
        )
        for username, cadre_id, role in rows
    )


def waiting(session: Session, township_id: int, now: datetime) -> int:
    """How many two-person acts wait for their second person."""
    found = select(func.count()).where(
        Proposal.township_id == township_id,
        Proposal.state == ProposalState.WAITING,
        Proposal.expires_at > now,
    )
    return session.execute(found).scalar_one()


def last_imports(session: Session, township_id: int, most: int = 3) -> Sequence[ImportNews]:
    rows = session.execute(
        select(
            ImportFile.id,
            ImportFile.name,
            ImportFile.uploaded_at,
            ImportFile.confirmed_at,
            ImportFile.undone_at,
        )
        .where(ImportFile.township_id == township_id)
        .order_by(ImportFile.uploaded_at.desc(), ImportFile.id.desc())
        .limit(most)
    )
    return [ImportNews(*row) for row in rows]


def ended_deputies(session: Session, township_id: int, today: date) -> Sequence[EndedDeputy]:
    """Deputies whose last day was within the last month."""
    rows = session.execute(
        select(Account.username, AccountRole.role, AccountRole.last_day)
        .join(AccountRole, AccountRole.account_id == Account.id)
        .where(
            Account.township_id == township_id,
            Account.closed_at.is_(None),
            AccountRole.stands_for_id.is_not(None),
            AccountRole.last_day < today,
            AccountRole.last_day >= today - DEPUTY_NEWS,
        )
        .order_by(AccountRole.last_day, Account.username)
    )
    return [EndedDeputy(username, role.value, last) for username, role, last in rows if last is not None]
