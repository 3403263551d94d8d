"""What is said of a poster, by the days on which it was issued and last scanned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.core.posters import Scanned, scanned

TODAY = date(2026, 11, 22)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("issued", "last", "state"),
    [
        (0, None, Scanned.NOT_YET),
        (13, None, Scanned.NOT_YET),
        (14, None, Scanned.NOT_LATELY),
        (300, None, Scanned.NOT_LATELY),
        (300, 14, Scanned.NOT_LATELY),
        (300, 13, Scanned.LATELY),
        (300, 0, Scanned.LATELY),
        (3, 1, Scanned.LATELY),
    ],
)
def test_a_poster_is_quiet_after_14_days_without_a_scan(
    issued: int, last: int | None, state: Scanned
) -> None:
    assert scanned(ago(issued), None if last is None else ago(last), TODAY) is state
