"""Finding a township's own account for its administrators' pages; every other one is not there."""

from __future__ import annotations

from flask import abort
from sqlalchemy.orm import Session

from portal.actions.guard import NotAllowed
from portal.core.rights import Right
from portal.store import accounts as stored
from portal.store.accounts import Holder
from portal.web import guards

LARGEST_ID = 2**31


def own_township() -> int:
    """The id of the actor's township, without opening the request's session. Raises NotAllowed without one."""
    own = guards.known_actor().township_id
    if own is None:
        raise NotAllowed(Right.MANAGE_ACCOUNTS)
    return own


def holder_of(session: Session, account_id: int, *, lock: bool = False) -> Holder:
    """The township's own account, or a 404; with `lock` nobody else changes it until the request is done."""
    township_id = own_township()
    found = None
    if account_id < LARGEST_ID:
        found = stored.held_by(session, township_id, account_id, lock=lock)
    if found is None:
        abort(404)
    return found
