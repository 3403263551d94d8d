"""A day that people type, in every spelling that the workbook takes too: 2026-3-1, 2026/3/1, 2026年3月1日, 20260301.

A browser's own date box hides what it can't read, can't be pasted into, and stops the Tab key several times.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import Field
from wtforms.widgets import TextInput

from portal.files.cells import Misread, as_day

FIRST_YEAR, LAST_YEAR = 2000, 2100
WRITTEN = "要写成 2026-03-01 这样的日期"


class NoDay(ValueError):
    """What was typed is no day; the message goes on from the field's label."""


def read_day(text: str) -> date:
    """The day that the text says. Raises NoDay."""
    try:
        day = as_day(text)
    except Misread:
        raise NoDay(f"{WRITTEN}。") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NoDay(f"{WRITTEN}，年份在 {FIRST_YEAR} 和 {LAST_YEAR} 之间。")
    return day


class DayField(Field):  # type: ignore[misc]
    """A day; `data` is None where nothing was typed or what was typed is no day, which stays as it was typed."""

    widget = TextInput()
    data: Any  # a date, or None
    raw_data: list[Any]

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        text = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not text:
            self.raw_data = []  # white space is nothing, also for InputRequired
            return
        try:
            self.data = read_day(text)
        except NoDay as fault:
            raise ValueError(f"{self.label.text}{fault}") from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""
