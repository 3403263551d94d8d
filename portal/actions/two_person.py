"""The kinds of two-person acts, each with how it is carried out once it is approved."""

from __future__ import annotations

from collections.abc import Mapping

from portal.actions import plans
from portal.actions.proposals import Kind

_KINDS: tuple[Kind, ...] = (plans.PLAN,)
KINDS: Mapping[str, Kind] = {kind.key: kind for kind in _KINDS}
