"""The kinds of two-person acts, each with how it is carried out once it is approved."""

from __future__ import annotations

from collections.abc import Mapping

from portal.actions.import_undo import UNDO
from portal.actions.imports import IMPORT
from portal.actions.proposals import Kind

_KINDS: tuple[Kind, ...] = (IMPORT, UNDO)
KINDS: Mapping[str, Kind] = {kind.key: kind for kind in _KINDS}
