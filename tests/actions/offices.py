"""A small township with an office: accounts to manage others with, and a period that may be open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import select

from portal.actions import logging_in, proposals
from portal.actions.accounts import NewAccount, create_account
from portal.actions.two_person import KINDS
from portal.core.book import Role
from portal.core.rights import Actor
from portal.store import accounts
from portal.store.accounts import Holder
from portal.store.appraisal import Period
from portal.store.engine import Database
from portal.store.office import Proposal
from portal.store.people import Account
from tests.actions.making import township_id
from tests.conftest import NOON, operator

PASSWORD = "correct-horse"


@dataclass
class Office:
    """Makes accounts of the small township and acts in their names."""

    database: Database
    hasher: PasswordHasher

    @property
    def own(self) -> int:
        return township_id(self.database)

    def make(self, username: str, *roles: Role, cadre: str | None = None) -> None:
        wanted = NewAccount(
            username, PASSWORD, roles, self.own, cadre=cadre, holder="" if cadre else username
        )
        with self.database.writing() as session:
            create_account(session, wanted, operator(self.own), self.hasher)

    def log_in(self, username: str, now: datetime = NOON) -> str:
        with self.database.writing() as session:
            return logging_in.log_in(session, username, True, now)

    def actor(self, username: str, now: datetime = NOON) -> Actor:
        token = self.log_in(username, now)
        with self.database.reading() as session:
            found = logging_in.who(session, token, now)
        assert found is not None
        return found

    def holder(self, username: str) -> Holder:
        with self.database.reading() as session:
            found = accounts.by_username(session, username)
            assert found is not None
            holder = accounts.held_by(session, self.own, found.id)
        assert holder is not None
        return holder

    def roles(self, username: str) -> set[Role]:
        return {row.role for row in self.holder(username).account.roles}

    def open_period(self) -> None:
        with self.database.writing() as session:
            for period in session.scalars(select(Period)):
                period.opened_at = NOON

    def approve(self, username: str, now: datetime = NOON) -> None:
        """Somebody approves the one proposal that waits."""
        actor = self.actor(username, now)
        with self.database.writing() as session:
            (proposal,) = session.scalars(select(Proposal).where(Proposal.decided_at.is_(None)))
            proposals.approve(session, actor, proposal, KINDS[proposal.kind], now)

    def account(self, username: str) -> Account:
        return self.holder(username).account


def later(**time: float) -> datetime:
    return NOON + timedelta(**time)
