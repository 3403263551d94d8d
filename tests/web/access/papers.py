"""Paper forms and interviews."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from portal.actions.second_factor import Vault
from portal.core.book import Role
from portal.store.organisation import Village
from portal.store.papers import EntryCheck, EntryKind
from portal.store.people import Account
from tests.conftest import NOON
from tests.web.access.expected import EDITORS, READERS, Addresses, Table, only, only_post
from tests.web.filling import COMMUNITY, SECRET_KEY, STREET, user

CHECK = 77
ACCESS: Table = {
    ("/admin/papers", "GET"): only(READERS),
    ("/admin/papers/print", "GET"): only(EDITORS),
    ("/admin/papers/print", "POST"): only_post(EDITORS),
    ("/admin/papers/enter", "GET"): only(EDITORS),
    ("/admin/papers/enter", "POST"): only_post(EDITORS),
    ("/admin/papers/checks", "GET"): only(EDITORS),
    ("/admin/papers/checks/<int:check_id>", "GET"): only(EDITORS),
    ("/admin/papers/checks/<int:check_id>", "POST"): only_post(EDITORS),
}


def drawn(portal: Any) -> str:
    """An interview of the street's that a team leader's account, which may check nothing, is said to have typed."""
    own = portal.filled.street
    with portal.database.writing() as session:
        if session.get(EntryCheck, CHECK) is None:
            village = session.scalar(
                select(Village.id).where(Village.township_id == own, Village.code == COMMUNITY)
            )
            typed_by = session.scalar(
                select(Account.id).where(Account.username == user(Role.TEAM_LEADER, STREET))
            )
            session.add(
                EntryCheck(
                    id=CHECK,
                    township_id=own,
                    village_id=village,
                    kind=EntryKind.PHONE,
                    sealed=Vault(SECRET_KEY).sealed(b"13800000000"),
                    digest="d",
                    entered_by_id=typed_by,
                    entered_on=NOON.date(),
                )
            )
    return f"/admin/papers/checks/{CHECK}"


ADDRESSES: Addresses = {"/admin/papers/checks/<int:check_id>": drawn}
