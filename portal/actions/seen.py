"""Two people on one row: whoever saves second sees the first one's change and decides; nothing is overwritten silently."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.actions.ledger import plain


@dataclass(frozen=True, slots=True)
class Differing:
    """A field that somebody else changed meanwhile: what stood there when the page was opened, and what stands now."""

    field: str
    seen: Any
    now: Any


class ChangedMeanwhile(Exception):
    """Somebody changed the row after the page was opened; nothing was saved."""

    def __init__(self, differing: tuple[Differing, ...]) -> None:
        super().__init__("、".join(one.field for one in differing))
        self.differing = differing


def seen_of(values: Mapping[str, Any]) -> str:
    """A row's values as a hidden field of its form carries them."""
    return json.dumps(plain(values), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def values_seen(seen: str) -> dict[str, Any]:
    """What stood there when the page was opened; nothing where the hidden field can't be read."""
    try:
        before = json.loads(seen)
    except ValueError:
        return {}
    return before if isinstance(before, dict) else {}


def must_be_as_seen(seen: str, now: Mapping[str, Any]) -> None:
    """Pass when the row still is what the form's reader saw.

    Raises ChangedMeanwhile; a field that can't be read counts as everything having changed.
    """
    before = values_seen(seen)
    current = plain(now)
    differing = tuple(
        Differing(name, before.get(name), value)
        for name, value in current.items()
        if before.get(name) != value
    )
    if differing:
        raise ChangedMeanwhile(differing)
