"""What is wrong in a workbook, shown in a workbook: the whole of it with its faulty cells marked, or the faulty rows alone.

The marked whole is for mending and bringing in again; the rows alone are for looking at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from portal.core.book import Fault
from portal.files.cells import fold_word, shown
from portal.files.sheets import CONTENT, ITEM, PERIOD_SHEET, SHEET_NAMES, SHEETS
from portal.files.unpack import LIMITS, RawSheet

ROW_HEADER = "行号"
_DATE, _TIME = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_WIDTHS = {
    (sheet.name, fold_word(column.header)): column.width for sheet in SHEETS for column in sheet.columns
} | {(PERIOD_SHEET, ITEM): 14, (PERIOD_SHEET, CONTENT): 24}
_LONGEST_NOTE = 500
Marks = Mapping[tuple[int, str], Sequence[str]]  # by row and folded header: what is wanted


def marked_workbook(sheets: Sequence[RawSheet], faults: Sequence[Fault]) -> bytes:
    """Every sheet as it is, formulas as their values; a faulty cell is coloured and has a note of what is wanted."""
    return _written(sheets, faults, only_faulty=False)


def faulty_rows(sheets: Sequence[RawSheet], faults: Sequence[Fault]) -> bytes:
    """Only the rows with a fault, with the number of each row before it."""
    return _written(sheets, faults, only_faulty=True)


def _written(sheets: Sequence[RawSheet], faults: Sequence[Fault], only_faulty: bool) -> bytes:
    out = BytesIO()
    names = {fold_word(name): name for name in SHEET_NAMES}
    with xlsxwriter.Workbook(out, _OPTIONS) as workbook:
        writer = _Writer(workbook)
        done: set[str] = set()
        for raw in sheets:
            name = names.get(fold_word(raw.title), "")
            marks = _marks(faults, name) if name and name not in done else {}
            done.add(name)
            if marks or not only_faulty:
                writer.sheet(raw, name, marks, only_faulty)
        if not workbook.worksheets():
            workbook.add_worksheet("没有错行")
    return out.getvalue()


def _marks(faults: Sequence[Fault], sheet: str) -> Marks:
    marks: dict[tuple[int, str], list[str]] = defaultdict(list)
    for fault in faults:
        if fault.sheet == sheet and fault.row:
            marks[fault.row, fold_word(fault.column)].append(fault.wanted)
    return marks


class _Writer:
    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._formats: dict[tuple[str, bool, bool], Any] = {}
        self._titles: set[str] = set()

    def sheet(self, raw: RawSheet, name: str, marks: Marks, only_faulty: bool) -> None:
        """One sheet; `marks` is empty for one that isn't read."""
        out = self._workbook.add_worksheet(self._title(raw.title))
        out.freeze_panes(1, 0)
        left = 1 if only_faulty else 0
        if only_faulty:
            out.write_string(0, 0, ROW_HEADER, self._format("", False, True))
        headers: list[str] = []
        rows = {row for row, _ in marks}
        target = 0
        for number, cells in _rows(raw):
            is_head = number == 1 - raw.shift
            if is_head:
                headers = [fold_word(shown(cell.value)) for cell in cells]
                for place, header in enumerate(headers):
                    out.set_column(place + left, place + left, _WIDTHS.get((name, header), 14))
            elif only_faulty and number not in rows:
                continue
            if only_faulty and not is_head:
                out.write_number(target, 0, number)
            self._row(out, target if only_faulty else number + raw.shift - 1, left, cells, is_head)
            self._notes(
                out, target if only_faulty else number + raw.shift - 1, left, number, headers, cells, marks
            )
            target += 1

    def _row(self, out: Any, row: int, left: int, cells: Sequence[Any], is_head: bool) -> None:
        for place, cell in enumerate(cells):
            self._write(out, row, place + left, cell, False, is_head)

    def _notes(
        self,
        out: Any,
        row: int,
        left: int,
        number: int,
        headers: Sequence[str],
        cells: Sequence[Any],
        marks: Marks,
    ) -> None:
        for (marked, header), wanted in marks.items():
            if marked != number:
                continue
            place = headers.index(header) if header in headers else 0
            if place < len(cells):
                self._write(out, row, place + left, cells[place], True, False)
            else:
                out.write_blank(row, place + left, None, self._format("", True, False))
            out.write_comment(row, place + left, "；".join(wanted)[:_LONGEST_NOTE], {"x_scale": 2})

    def _write(self, out: Any, row: int, place: int, cell: Any, faulty: bool, is_head: bool) -> None:
        value = cell.value
        shape = str(getattr(cell, "number_format", "") or "")
        if isinstance(value, datetime | date | time):
            usual = _DATE if isinstance(value, date) and not isinstance(value, datetime) else _TIME
            look = self._format(shape if shape != "General" else usual, faulty, is_head)
            out.write_datetime(row, place, value, look)
        elif isinstance(value, bool):
            out.write_boolean(row, place, value, self._format("", faulty, is_head))
        elif isinstance(value, int | float | Decimal):
            out.write_number(row, place, value, self._format(shape, faulty, is_head))
        elif value is None:
            if faulty:
                out.write_blank(row, place, None, self._format("", True, False))
        else:
            out.write_string(row, place, str(value)[:32_767], self._format("@", faulty, is_head))

    def _format(self, shape: str, faulty: bool, is_head: bool) -> Any:
        key = (shape, faulty, is_head)
        if key not in self._formats:
            look: dict[str, object] = {"num_format": shape} if shape else {}
            if faulty:
                look |= {"bg_color": "#FFC7CE", "border": 1, "border_color": "#B00020"}
            if is_head:
                look |= {"bold": True, "bg_color": "#E8EEF4", "bottom": 1}
            self._formats[key] = self._workbook.add_format(look)
        return self._formats[key]

    def _title(self, title: str) -> str:
        """A title that no other sheet has: two that differ only by case are one to a spreadsheet."""
        wanted, number = title[:31] or "工作表", 2
        while wanted.casefold() in self._titles:
            wanted = f"{title[:27]}_{number}"
            number += 1
        self._titles.add(wanted.casefold())
        return wanted


def _rows(raw: RawSheet) -> Iterator[tuple[int, Sequence[Any]]]:
    """Every row that holds something, with its number; the head too."""
    columns = max(1, min(LIMITS.columns, raw.facts.last_column))
    rows = raw.worksheet.iter_rows(min_row=1, max_row=max(1, raw.facts.last_row), max_col=columns)
    for number, cells in enumerate(rows, 1 - raw.shift):
        if number == 1 - raw.shift or any(cell.value is not None for cell in cells):
            yield number, cells
