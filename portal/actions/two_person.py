"""The kinds of two-person acts, each with how it is carried out once it is approved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from portal.actions import bonuses, cases, improvements, moderation, plans
from portal.actions.coefficients import COEFFICIENT
from portal.actions.import_undo import UNDO
from portal.actions.imports import IMPORT
from portal.actions.manage_accounts import ROLES_KIND
from portal.actions.proposals import Kind, may_decide
from portal.actions.slips import RESET_KIND
from portal.core.rights import Actor
from portal.store import proposals

_KINDS: tuple[Kind, ...] = (
    bonuses.KIND,
    cases.NOT_COUNTED,
    cases.COUNTED_AGAIN,
    moderation.SET_ASIDE,
    COEFFICIENT,
    plans.PLAN,
    IMPORT,
    UNDO,
    ROLES_KIND,
    RESET_KIND,
    improvements.PUBLISH,
)
KINDS: Mapping[str, Kind] = {kind.key: kind for kind in _KINDS}


def waiting_for(session: Session, actor: Actor, now: datetime) -> int:
    """How many wait that this one may decide (0 for who belongs to no township): one statement."""
    if actor.township_id is None:
        return 0
    found = proposals.waiting(session, actor.township_id, now)
    return sum(
        proposal.kind in KINDS and may_decide(actor, proposal, KINDS[proposal.kind])
        for proposal, _, _ in found
    )
