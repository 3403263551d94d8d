"""Two-person acts and the ledger."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.actions.cases import Why, propose_not_counted
from portal.clock import moment_of
from portal.core.book import Role
from portal.core.rights import Actor
from portal.store.ledger import LedgerEntry
from portal.store.office import Proposal
from portal.store.organisation import Village
from portal.store.people import Account
from portal.store.residents import Case
from tests.conftest import NOON
from tests.web.access.expected import EDITORS, OFFICE, READERS, Addresses, Table, only, only_post
from tests.web.filling import COMMUNITY, STREET, user

CASE = "街道诉求1"
ACCESS: Table = {
    ("/admin/approvals", "GET"): only(READERS),
    ("/admin/approvals/<int:proposal_id>", "GET"): only(READERS),
    ("/admin/approvals/<int:proposal_id>", "POST"): only_post(OFFICE),
    ("/admin/approvals/bonus/new", "GET"): only(EDITORS),
    ("/admin/approvals/bonus/new", "POST"): only_post(EDITORS),
    ("/admin/approvals/case/new", "GET"): only(EDITORS),
    ("/admin/approvals/case/new", "POST"): only_post(EDITORS),
    ("/admin/ledger", "GET"): only(READERS),
    ("/admin/ledger.<kind>", "GET"): only(READERS),
    ("/admin/ledger/<int:act>", "GET"): only(READERS),
}


def waiting(portal: Any) -> int:
    """A proposal of the street's clerk that waits: a case that should not count."""
    own = portal.filled.street
    with portal.database.writing() as session:
        found = session.scalar(select(Proposal.id).where(Proposal.subject == CASE))
        if found is not None:
            return int(found)
        village = session.scalar(
            select(Village.id).where(Village.township_id == own, Village.code == COMMUNITY)
        )
        opened = moment_of(NOON.replace(tzinfo=None, month=10))
        session.add(Case(township_id=own, number=CASE, village_id=village, opened_at=opened))
        clerk = user(Role.CLERK, STREET)
        account = session.scalar(select(Account.id).where(Account.username == clerk))
        actor = Actor(account, clerk, own, frozenset({Role.CLERK}))
        return propose_not_counted(session, actor, own, CASE, Why.UNTRUE, "没有这回事", NOON).id


def act(portal: Any) -> int:
    """An operation in the street's ledger."""
    with portal.database.reading() as session:
        found = select(LedgerEntry.act).where(LedgerEntry.township_id == portal.filled.street)
        return int(session.scalar(found.where(LedgerEntry.kind == "import.cadre")))


ADDRESSES: Addresses = {
    "/admin/approvals/<int:proposal_id>": lambda portal: f"/admin/approvals/{waiting(portal)}",
    "/admin/ledger/<int:act>": lambda portal: f"/admin/ledger/{act(portal)}",
}
