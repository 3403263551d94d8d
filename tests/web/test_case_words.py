"""Days, clocks and written words as requests show them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.clock import moment_of
from portal.store.residents import Outcome, Verdict
from portal.web.case_words import OUTCOMES, STAGES, VERDICTS, Stage, clock, when, written

NOW = moment_of(datetime(2026, 11, 22, 12))


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 22, 9, 5), "今天 9:05"),
        (datetime(2026, 11, 21, 23, 59), "昨天 23:59"),
        (datetime(2026, 11, 20, 0, 0), "前天 0:00"),
        (datetime(2026, 11, 23, 9, 30), "明天 9:30"),
        (datetime(2026, 11, 24, 9, 30), "后天 9:30"),
        (datetime(2026, 11, 25, 9, 30), "11月25日 9:30"),
        (datetime(2025, 12, 31, 9, 30), "2025年12月31日 9:30"),
    ],
)
def test_a_moment_is_told_as_it_is_said_today(moment: datetime, words: str) -> None:
    assert when(moment_of(moment), NOW) == words


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=6, minutes=59), "还剩 6 小时"),
        (timedelta(minutes=59), "还剩不到 1 小时"),
        (timedelta(days=2), "还剩 2 天"),
        (timedelta(0), "超时不到 1 小时"),
        (timedelta(hours=-26), "超时 26 小时"),
        (timedelta(days=-3, hours=-23), "超时 3 天"),
    ],
)
def test_a_clock_says_how_long_it_is_or_was(left: timedelta, words: str) -> None:
    assert clock(NOW + left, NOW) == words


def test_every_stage_outcome_and_verdict_has_words() -> None:
    assert set(STAGES) == set(Stage)
    assert set(OUTCOMES) == {one.value for one in Outcome}
    assert set(VERDICTS) == {one.value for one in Verdict}


def test_control_characters_are_left_out_of_what_is_written() -> None:
    assert written(" a\x00b\r\nc\x1b ") == "ab\nc"
    assert written(None) == ""
