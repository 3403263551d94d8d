"""Two people on one row: the second sees what the first changed, and nothing is overwritten."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portal.actions.seen import ChangedMeanwhile, Differing, must_be_as_seen, seen_of
from portal.core.book import VillageKind

ROW = {
    "name": "罗山村",
    "since": date(2026, 1, 1),
    "factor": Decimal("1.10"),
    "kind": VillageKind.VILLAGE,
    "leader": None,
}


def test_a_row_that_nobody_touched_passes() -> None:
    must_be_as_seen(seen_of(ROW), dict(ROW))


def test_what_somebody_else_changed_is_told_field_by_field() -> None:
    seen = seen_of(ROW)
    with pytest.raises(ChangedMeanwhile) as refused:
        must_be_as_seen(seen, {**ROW, "name": "新罗山村", "leader": "5111001"})
    assert refused.value.differing == (
        Differing("name", "罗山村", "新罗山村"),
        Differing("leader", None, "5111001"),
    )


@pytest.mark.parametrize("seen", ["", "not JSON", "[]", "null", "{}"])
def test_a_form_that_lost_what_was_seen_counts_as_changed(seen: str) -> None:
    with pytest.raises(ChangedMeanwhile) as refused:
        must_be_as_seen(seen, {"name": "罗山村"})
    assert refused.value.differing == (Differing("name", None, "罗山村"),)


def test_a_field_that_the_form_did_not_show_does_not_matter_when_the_row_has_it_no_more() -> None:
    must_be_as_seen(seen_of({**ROW, "gone": "x"}), ROW)
