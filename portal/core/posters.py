"""What is said of a poster: whether anybody opened its page lately. A state in words, never a count and never a day."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

QUIET = timedelta(days=14)  # nobody for so long: somebody should go and look whether it still hangs
LONGEST_PLACE = 40


class Scanned(StrEnum):
    """How lately a poster's code was scanned."""

    LATELY = "lately"  # 近 14 天有人扫
    NOT_LATELY = "not_lately"  # 14 天无人扫
    NOT_YET = "not_yet"  # 还没有人扫过


def scanned(issued_on: date, scanned_on: date | None, today: date) -> Scanned:
    """The state of a poster today; one that nobody ever scanned has the same 14 days from when it was issued."""
    if (scanned_on or issued_on) <= quiet_since(today):
        return Scanned.NOT_LATELY
    return Scanned.NOT_YET if scanned_on is None else Scanned.LATELY


def quiet_since(today: date) -> date:
    """The last day whose scan no longer makes a poster one that is scanned today."""
    return today - QUIET
