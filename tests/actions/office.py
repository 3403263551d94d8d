"""A township office for tests of two-person acts: people with every right that matters, on any database."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions.proposals import Carrying, Kind, ProposalRefused, Wish
from portal.core.book import Role
from portal.core.rights import Actor
from portal.store.appraisal import GovernanceMark, Period
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.office import Proposal
from portal.store.organisation import Service
from portal.store.people import Account
from tests.conftest import NOON
from tests.store.rows import YEAR, Ground

CADRE, OTHER_CADRE = "1", "2"  # 工号 of the two cadres; both are scored in the period that holds NOON
TEAM = "甲组"


@dataclass(frozen=True, slots=True)
class Office:
    """The township's database, its ids, and who acts in it."""

    database: Database
    township: int
    period: int
    force: int
    village: int
    edition: int
    cadre: int
    clerk: Actor
    admin: Actor
    approver: Actor
    other_approver: Actor
    twin: Actor  # a second account of the same cadre as `leader`
    leader: Actor  # an approver and administrator who is the cadre 1, of the team 甲组
    auditor: Actor

    def entries(self) -> list[LedgerEntry]:
        """The township's ledger, as it was written."""
        with self.database.reading() as session:
            return list(session.scalars(select(LedgerEntry).order_by(LedgerEntry.at, LedgerEntry.kind)))

    def kept(self, proposal_id: int) -> Proposal:
        with self.database.reading() as session:
            return session.get_one(Proposal, proposal_id)


def open_office(database: Database, code: str = "330825111") -> Office:
    """Fill an empty database with one township, or add another one."""
    with database.writing() as session:
        ground = Ground(session, code)
        for cadre in (ground.cadre, ground.other_cadre):
            ground.add(
                Service(township_id=ground.township, cadre_id=cadre, group_name="一般干部", roles=[], **YEAR)
            )
        ground.add(ground.link(date(2026, 1, 1), date(2026, 12, 31)))
        people: dict[str, Actor] = {}
        for name, roles, cadre in (
            ("clerk", {Role.CLERK}, None),
            ("admin", {Role.TOWNSHIP_ADMIN}, None),
            ("approver", {Role.APPROVER}, None),
            ("other_approver", {Role.APPROVER}, None),
            ("leader", {Role.APPROVER, Role.TOWNSHIP_ADMIN}, ground.cadre),
            ("twin", {Role.APPROVER, Role.TOWNSHIP_ADMIN}, ground.cadre),
            ("auditor", {Role.AUDITOR}, None),
        ):
            account = Account(
                username=f"{name}@{code}", password_hash="x", township_id=ground.township, cadre_id=cadre
            )
            ground.add(account)
            people[name] = Actor(
                account_id=account.id,
                username=account.username,
                township_id=ground.township,
                roles=frozenset(roles),
                cadre=CADRE if cadre else None,
                cadre_id=cadre,
                teams=frozenset({TEAM}) if cadre else frozenset(),
            )
        return Office(
            database=database,
            township=ground.township,
            period=ground.period,
            force=ground.force,
            village=ground.village,
            edition=ground.edition,
            cadre=ground.cadre,
            **people,
        )


def publish(office: Office, moment: datetime = NOON) -> None:
    """Publish the period's result."""
    with office.database.writing() as session:
        session.get_one(Period, office.period).published_at = moment


def _mark(session: Session, carrying: Carrying) -> None:
    """Carry the sample act out: a governance mark of the first team; refused afterwards where the payload says so."""
    own = carrying.proposal.township_id
    period = session.scalars(select(Period).where(Period.township_id == own)).one()
    values = {"team_id": carrying.payload["team"], "item": "样例", "weight": Decimal(1)}
    session.add(GovernanceMark(township_id=own, period_id=period.id, **values))
    session.flush()
    if carrying.payload.get("fails"):
        raise ProposalRefused("现在办不成了。")


SAMPLE = Kind("sample", "样例", _mark)
WISH = Wish("一件事", "因为需要", {"team": 1})


def moving(wish: Wish = WISH, cadres: tuple[str, ...] = (), teams: tuple[str, ...] = ()) -> Wish:
    """The wish, moving these people's and teams' scores."""
    return replace(wish, moves_cadres=cadres, moves_teams=teams)
