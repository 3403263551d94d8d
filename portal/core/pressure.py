"""Pressure on a resident to rate well (有人要求打好评): what may have happened, how far the county is, how long it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

LONGEST_WORDS = 500
LONGEST_CONTACT = 40
LONGEST_NOTE = 500
AFTER_HANDLED = timedelta(days=30)
AT_MOST = timedelta(days=180)
COUNTY_DIGITS = 6  # of a township's nine


class Happening(StrEnum):
    """What somebody did to get a good rating."""

    WATCHED = "watched"
    FILLED = "filled"
    GIFT = "gift"
    THREAT = "threat"
    SCREENSHOT = "screenshot"
    OTHER = "other"


class Stage(StrEnum):
    """How far the county is with a report."""

    RECEIVED = "received"
    CHECKING = "checking"
    HANDLED = "handled"


HAPPENING_WORDS: Mapping[Happening, str] = {
    Happening.WATCHED: "当面看着我填",
    Happening.FILLED: "拿我的手机替我填",
    Happening.GIFT: "给好处、送东西",
    Happening.THREAT: "说不打好评就怎么样",
    Happening.SCREENSHOT: "要我截图给他看",
    Happening.OTHER: "别的",
}
STAGE_WORDS: Mapping[Stage, str] = {
    Stage.RECEIVED: "收到",
    Stage.CHECKING: "在核",
    Stage.HANDLED: "已处理",
}


def county_of(township_code: str) -> str:
    """The county's code, 6 digits, of a township's, 9 digits."""
    return township_code[:COUNTY_DIGITS]


def erased_on(reported: date, handled: date | None) -> date:
    """From which day on a telephone number left with a report is gone: 30 days after it was handled, 180 at most."""
    latest = reported + AT_MOST
    return latest if handled is None else min(latest, handled + AFTER_HANDLED)
