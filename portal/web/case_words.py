"""Residents' requests in words: how far one has come, what came of it, and clocks as people say them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from portal.clock import local
from portal.core.case_state import Stage
from portal.store.residents import Outcome, Verdict
from portal.web.formats import day, short_day

STAGES: Mapping[Stage, str] = {
    Stage.WAITING: "等答复",
    Stage.DOING: "办理中",
    Stage.FINISHED: "已办结，等群众反馈",
    Stage.HEARD: "群众已反馈",
}
OUTCOMES: Mapping[str, str] = {
    Outcome.SOLVED.value: "已解决",
    Outcome.ANSWERED.value: "已答复未解决",
    Outcome.EXPLAINED.value: "解释说明",
    Outcome.PASSED_ON.value: "转 12345 或信访",
}
VERDICTS: Mapping[str, str] = {
    Verdict.SOLVED.value: "解决了",
    Verdict.PARTLY.value: "部分解决",
    Verdict.UNSOLVED.value: "没解决",
}
NEAR: Mapping[int, str] = {-2: "前天", -1: "昨天", 0: "今天", 1: "明天", 2: "后天"}
NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


def written(typed: str | None) -> str:
    """What somebody wrote, without control characters and with plain line breaks."""
    return NOT_TEXT.sub("", (typed or "").replace("\r\n", "\n")).strip()


def day_near(moment: datetime, now: datetime) -> str:
    """The day of a moment as it is said today: 明天, 11月24日, of another year with the year."""
    here, today = local(moment).date(), local(now).date()
    return NEAR.get((here - today).days) or (short_day(here) if here.year == today.year else day(here))


def when(moment: datetime, now: datetime) -> str:
    """A moment as it is said today: 明天 9:30."""
    here = local(moment)
    return f"{day_near(moment, now)} {here.hour}:{here:%M}"


def clock(due: datetime, now: datetime) -> str:
    """How long it is to a limit or since it: 还剩 6 小时, 超时 2 天; a limit that ends now is over (scoring.md 3)."""
    return f"还剩{_long(due - now)}" if due > now else f"超时{_long(now - due)}"


def _long(stretch: timedelta) -> str:
    hours = int(stretch.total_seconds()) // 3600
    if hours >= 48:
        return f" {hours // 24} 天"
    return f" {hours} 小时" if hours else "不到 1 小时"
