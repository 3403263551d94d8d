"""Rows of a sheet as values: each cell read by the kind of its column, and what the cells of a row say together."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from portal.core.book import PARTY_COMMITTEE, Fault, Role
from portal.core.days import Span
from portal.files.cells import (
    NOT_EMPTY,
    NUMBER_WANTED,
    Misread,
    as_code,
    as_day,
    as_name,
    as_number,
    as_text,
    as_time,
    as_word,
    blank,
    fold,
    fold_word,
    one_of,
    shown,
)
from portal.files.faults import Faults
from portal.files.grid import Grid
from portal.files.keys import Table, check_digits
from portal.files.sheets import ROLES, YES_NO, Column, Kind, Sheet

Cells = Mapping[str, object]
Values = dict[str, Any]
_UNREAD = object()


class RowReader:
    """Reads the rows of all sheets of a workbook whose keys are known; `period` is None if it can't be read."""

    def __init__(self, tables: Mapping[str, Table], period: Span | None, faults: Faults) -> None:
        self._tables = tables
        self._period = period
        self._faults = faults
        self._first = period.first if period else date.min
        self._last = period.last if period else date.max

    def rows(self, sheet: Sheet, grid: Grid) -> tuple[Any, ...]:
        """The rows that can be read; what is wrong in the others is added to the faults."""
        found = []
        extra = _EXTRA.get(sheet.name, _nothing)
        for number, cells in grid.rows():
            values = {column.field: self._cell(sheet, column, number, cells) for column in sheet.columns}
            wrong = [*_span_faults(values), *extra(values)]
            for header, wanted in wrong:
                header = header if not blank(cells.get(header)) else _first_filled(header, cells)
                self._faults.add(Fault(sheet.name, number, header, shown(cells.get(header)), wanted))
            if _UNREAD not in values.values():
                found.append((number, cells, sheet.row(**values)))
        return tuple(found)

    def _cell(self, sheet: Sheet, column: Column, number: int, cells: Cells) -> object:
        raw = cells.get(column.header)
        if column.header == sheet.key and number in self._tables[sheet.name].faulty:
            return _UNREAD  # told when the keys were read
        try:
            if blank(raw):
                return self._empty(column)
            value = self._value(column, raw)
        except Misread as misread:
            self._faults.add(Fault(sheet.name, number, column.header, shown(raw), misread.wanted))
            return _UNREAD
        names = column.names or (sheet.name if column.header == sheet.key else "")
        if not names or (value == PARTY_COMMITTEE and column.kind is Kind.MARKER):
            return value
        table = self._tables[names]
        spelling = table.spelling(str(value))
        if spelling is None:
            wanted = f"“{names}”里没有这个{table.sheet.key}：请改正，或先在“{names}”里加上"
            table.miss(Fault(sheet.name, number, column.header, shown(raw), wanted), str(value))
            return _UNREAD
        return spelling

    def _empty(self, column: Column) -> object:
        if column.kind is Kind.FIRST_DAY:
            return self._first
        if column.kind is Kind.LAST_DAY:
            return self._last
        if column.needed:
            raise Misread(NOT_EMPTY)
        return column.empty

    def _value(self, column: Column, raw: object) -> object:
        return READERS[column.kind](raw, column)


def _read_code(raw: object, column: Column) -> str:
    code = as_code(raw)
    check_digits(code, column)
    return code


def _read_number(raw: object, column: Column) -> Decimal:
    wanted = _bounds_wanted(column)
    number = as_number(raw, wanted)
    too_low = column.low is not None and (number <= column.low if column.above else number < column.low)
    if too_low or (column.high is not None and number > column.high):
        raise Misread(wanted)
    return number


def _read_whole(raw: object, column: Column) -> int:
    number = _read_number(raw, column)
    if number != number.to_integral_value():
        raise Misread(_bounds_wanted(column))
    return int(number)


def _bounds_wanted(column: Column) -> str:
    number = "整数" if column.kind is Kind.WHOLE else "数"
    if column.low is None or column.high is None:
        return NUMBER_WANTED
    if column.above:
        return f"要大于 {column.low} 的{number}"
    if column.high >= 1_000_000:
        return f"要 {column.low} 或更大的{number}" if column.low > 0 else NUMBER_WANTED
    return f"要 {column.low}–{column.high} 的{number}"


def _read_roles(raw: object, _: Column) -> tuple[Role, ...]:
    words = [word for word in re.split(r"[、,;/|\s]+", fold(as_text(raw))) if word]
    known = {fold_word(word): role for word, role in ROLES.items()}
    if not words or not all(word.upper() in known for word in words):
        raise Misread(one_of(ROLES) + "，几个之间用“、”隔开")
    chosen = {known[word.upper()] for word in words}
    return tuple(role for role in Role if role in chosen)


READERS: Mapping[Kind, Callable[[object, Column], object]] = {
    Kind.CODE: _read_code,
    Kind.NAME: lambda raw, _: as_name(raw),
    Kind.TEXT: lambda raw, _: as_text(raw),
    Kind.MARKER: lambda raw, _: as_code(raw),
    Kind.NUMBER: _read_number,
    Kind.WHOLE: _read_whole,
    Kind.WORD: lambda raw, column: as_word(raw, column.words or {}),
    Kind.YES: lambda raw, _: as_word(raw, YES_NO),
    Kind.ROLES: _read_roles,
    Kind.DAY: lambda raw, _: as_day(raw),
    Kind.FIRST_DAY: lambda raw, _: as_day(raw),
    Kind.LAST_DAY: lambda raw, _: as_day(raw),
    Kind.TIME: lambda raw, _: as_time(raw),
}

Wrong = list[tuple[str, str]]  # header, what is wanted


def _nothing(_: Values) -> Wrong:
    return []


def _span_faults(values: Values) -> Wrong:
    first, last = values.get("first_day"), values.get("last_day")
    if isinstance(first, date) and isinstance(last, date) and last < first:
        return [("结束", f"结束要不早于开始，现在是 {first} 至 {last}（空着的按考评周期算）")]
    return []


def _first_filled(header: str, cells: Cells) -> str:
    return "开始" if header == "结束" and not blank(cells.get("开始")) else header


def _move_faults(values: Values) -> Wrong:
    if values["post"] == "" and values["module"] == "":
        return [("新岗位", "新岗位和新模块至少要填一个")]
    return []


def _mark_faults(values: Values) -> Wrong:
    if values["marker"] not in ("", _UNREAD) and values["marker"] == values["cadre"]:
        return [("评分人", "不能给自己评分：要别人的工号或“党委”")]
    return []


def _case_faults(values: Values) -> Wrong:
    opened = values["opened_at"]
    wrong = []
    for header, field in (("响应时间", "answered_at"), ("办结时间", "finished_at")):
        later = values[field]
        if later not in (None, _UNREAD) and opened is not _UNREAD and later < opened:
            wrong.append((header, f"{header}要不早于提出时间（{opened}）"))
    return wrong


_EXTRA: Mapping[str, Callable[[Values], Wrong]] = {
    "调动": _move_faults,
    "模块评分": _mark_faults,
    "诉求": _case_faults,
}
