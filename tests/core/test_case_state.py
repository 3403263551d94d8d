"""How far a request has come, which limit runs, and telephone numbers that are not shown."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from portal.core.case_state import Progress, Stage, masked, reveals

OPENED = datetime(2026, 11, 22, 9, 30)
LATER = OPENED + timedelta(hours=1)


def progress(
    answered: bool = False, finished: bool = False, reopened: bool = False, heard: bool = False
) -> Progress:
    moments = [LATER if there else None for there in (answered, finished, reopened)]
    return Progress(OPENED, *moments, heard)


@pytest.mark.parametrize(
    ("one", "stage", "due", "finishes"),
    [
        (progress(), Stage.WAITING, OPENED + timedelta(hours=24), 0),
        (progress(answered=True), Stage.DOING, OPENED + timedelta(days=15), 0),
        (progress(True, True), Stage.FINISHED, None, 1),
        (progress(True, True, heard=True), Stage.HEARD, None, 1),
        (progress(True, False, True), Stage.DOING, OPENED + timedelta(days=15), 1),
        (progress(True, True, True), Stage.FINISHED, None, 2),
        (progress(False, True), Stage.FINISHED, None, 1),  # as workbooks may have it
    ],
)
def test_a_request_is_at_one_stage_with_the_limit_that_runs(
    one: Progress, stage: Stage, due: datetime | None, finishes: int
) -> None:
    assert (one.stage, one.due(24, 15), one.finishes) == (stage, due, finishes)


@pytest.mark.parametrize(
    ("contact", "shown"),
    [
        ("13812345678", "138****5678"),
        ("0570-7012345", "057****2345"),
        ("7012345", "70****45"),
        ("微信abc", "****"),
        ("", "****"),
    ],
)
def test_a_contact_is_shown_so_that_nobody_can_dial_it(contact: str, shown: str) -> None:
    assert masked(contact) == shown


@pytest.mark.parametrize(
    ("words", "contact", "told"),
    [
        ("请打138 1234 5678", "13812345678", True),
        ("请打12345", "13812345678", False),
        ("11 月 22 日", "老王家", False),  # no number was left
        ("12345", "12345", False),  # nor one that is anybody's own
    ],
)
def test_words_that_hold_the_number_are_found(words: str, contact: str, told: bool) -> None:
    assert reveals(words, contact) is told
