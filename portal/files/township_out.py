"""A Book as the workbook that a clerk keeps in Excel or WPS, with real types; it imports unchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from io import BytesIO
from typing import Any

import xlsxwriter

from portal.core.book import Book
from portal.files.sheets import CONTENT, ITEM, PERIOD_ITEMS, PERIOD_SHEET, ROLES, SHEETS, Column, Kind, Sheet

_DIGITS = 15  # what a spreadsheet's number holds exactly
_FIRST_DATE = "1900-03-01"  # before it spreadsheets disagree on what day it is
_LONGEST = 32_767  # characters in a cell
_TEXTS = (Kind.CODE, Kind.NAME, Kind.TEXT, Kind.MARKER, Kind.WORD, Kind.YES, Kind.ROLES)
_DAYS = (Kind.DAY, Kind.FIRST_DAY, Kind.LAST_DAY)
_ROLE_WORDS: Mapping[object, str] = {role: word for word, role in ROLES.items()}


def township_workbook(book: Book) -> bytes:
    """The workbook, every sheet of it, those without rows too; what an import would add by itself stays empty."""
    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as workbook:
        writer = _Writer(workbook, book)
        writer.period()
        for sheet in SHEETS:
            writer.sheet(sheet)
    return out.getvalue()


class _Writer:
    def __init__(self, workbook: Any, book: Book) -> None:
        self._workbook = workbook
        self._book = book
        self._header = workbook.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "num_format": "@"}
        )
        self._text = workbook.add_format({"num_format": "@"})
        self._day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._time = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})

    def period(self) -> None:
        """考评: an item a row."""
        sheet = self._add(PERIOD_SHEET, [(ITEM, 14, self._text), (CONTENT, 24, None)])
        for number, column in enumerate(PERIOD_ITEMS, 1):
            self._write(sheet, number, 0, column.header)
            self._write(sheet, number, 1, getattr(self._book.period, column.field))

    def sheet(self, sheet: Sheet) -> None:
        """Any other sheet: a row a row."""
        out = self._add(
            sheet.name, [(column.header, column.width, self._format(column)) for column in sheet.columns]
        )
        for number, row in enumerate(getattr(self._book, sheet.rows), 1):
            for place, column in enumerate(sheet.columns):
                self._write(out, number, place, self._value(column, getattr(row, column.field)))

    def _add(self, name: str, columns: list[tuple[str, int, Any]]) -> Any:
        sheet = self._workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for place, (header, width, look) in enumerate(columns):
            sheet.set_column(place, place, width, look)
            sheet.write_string(0, place, header, self._header)
        return sheet

    def _format(self, column: Column) -> Any:
        if column.kind in _TEXTS:
            return self._text
        if column.kind in _DAYS:
            return self._day
        return self._time if column.kind is Kind.TIME else None

    def _value(self, column: Column, value: object) -> object:
        """What the cell holds: None where it stays empty."""
        if value is None or (column.empty != "" and value == column.empty and column.kind is Kind.NUMBER):
            return None
        if column.kind is Kind.FIRST_DAY and value == self._book.period.first_day:
            return None
        if column.kind is Kind.LAST_DAY and value == self._book.period.last_day:
            return None
        worded = _WORDED.get(column.kind)
        return worded(column, value) if worded else value

    def _write(self, sheet: Any, row: int, place: int, value: object) -> None:
        if isinstance(value, Enum | bool):
            raise TypeError(f"no words for {value!r}")
        if isinstance(value, date) and value.isoformat() >= _FIRST_DATE:
            sheet.write_datetime(row, place, value, self._time if isinstance(value, datetime) else self._day)
        elif isinstance(value, int) or (
            isinstance(value, Decimal) and len(value.as_tuple().digits) <= _DIGITS
        ):
            sheet.write_number(row, place, value)
        elif value is not None and value != "":
            text = f"{value:f}" if isinstance(value, Decimal) else str(value)
            sheet.write_string(row, place, text[:_LONGEST], self._text)


def _word(column: Column, value: object) -> str:
    if value == "":
        return ""
    return next(word for word, meant in (column.words or {}).items() if meant == value)


def _roles(_: Column, value: object) -> str:
    chosen = value if isinstance(value, tuple) else ()
    return "、".join(_ROLE_WORDS[role] for role in chosen if role in _ROLE_WORDS)


_WORDED: Mapping[Kind, Callable[[Column, object], str]] = {
    Kind.WORD: _word,
    Kind.YES: lambda _, value: "是" if value else "",
    Kind.ROLES: _roles,
}
