"""The kinds of two-person acts, each with how it is carried out once it is approved."""

from __future__ import annotations

from collections.abc import Mapping

from portal.actions.manage_accounts import ROLES_KIND
from portal.actions.proposals import Kind
from portal.actions.slips import RESET_KIND

_KINDS: tuple[Kind, ...] = (ROLES_KIND, RESET_KIND)
KINDS: Mapping[str, Kind] = {kind.key: kind for kind in _KINDS}
