"""A block of cells copied out of Excel or WPS, read as one sheet of the workbook; and what is kept of it.

Whatever is kept of an import is either an .xlsx as it came or such a block, with a first line that says which sheet,
township and period it is for. Rows are counted as the lines that were pasted.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl.cell.read_only import EMPTY_CELL

from portal.core.book import Book, Fault, Known, PeriodRow
from portal.files.cells import fold_word
from portal.files.faults import UnreadableFile
from portal.files.scan import SheetFacts
from portal.files.sheets import CONTENT, ITEM, PERIOD_ITEMS, PERIOD_SHEET, SHEETS, Sheet
from portal.files.township_in import Reading, read_sheets, read_township
from portal.files.unpack import LIMITS, RawSheet, opened

MARK = b"\x00pasted "
MOST_LINES = 5_000
Asks = Callable[[PeriodRow], Known]


@dataclass(frozen=True, slots=True)
class _Cell:
    value: object
    number_format: str = "General"


@dataclass(frozen=True, slots=True)
class _Rows:
    """Stands where openpyxl's worksheet does."""

    rows: tuple[tuple[object, ...], ...]

    def iter_rows(self, min_row: int, max_row: int, max_col: int) -> Iterator[tuple[Any, ...]]:
        for row in self.rows[min_row - 1 : max_row]:
            cells = [_Cell(value) if value not in (None, "") else EMPTY_CELL for value in row[:max_col]]
            yield (*cells, *[EMPTY_CELL] * (max_col - len(cells)))


@dataclass(frozen=True, slots=True)
class Pasted:
    """A block for a sheet of a township's period."""

    sheet: str
    period: PeriodRow
    text: str

    def kept(self) -> bytes:
        """The block as it is stored."""
        row = self.period
        told = {"sheet": self.sheet, **{item.field: str(getattr(row, item.field)) for item in PERIOD_ITEMS}}
        return MARK + json.dumps(told, ensure_ascii=False).encode() + b"\n" + self.text.encode()


def pasted_in(content: bytes) -> Pasted | None:
    """The block that was kept, or None for a workbook."""
    if not content.startswith(MARK):
        return None
    head, _, text = content[len(MARK) :].partition(b"\n")
    told = json.loads(head)
    values = {item.field: told[item.field] for item in PERIOD_ITEMS}
    values |= {name: date.fromisoformat(values[name]) for name in ("first_day", "last_day")}
    return Pasted(told["sheet"], PeriodRow(**values), text.decode())


def read_kept(content: bytes, known: Asks) -> Reading:
    """Read what was kept, a workbook or a block. Raises UnreadableFile."""
    found = pasted_in(content)
    if found is None:
        return read_township(BytesIO(content), known)
    found = _of_today(found, known)
    return read_sheets(_sheets(found), known, LIMITS, required=(PERIOD_SHEET,))


def read_for(content: bytes, code: str, known: Asks) -> Reading:
    """The same for one township only: another one's workbook is a fault and nothing is asked about it."""
    stranger: list[str] = []

    def own(period: PeriodRow) -> Known:
        if period.township_code == code:
            return known(period)
        stranger.append(period.township_code)
        return Known()

    reading = read_kept(content, own)
    if not stranger:
        return reading
    wanted = f"这份工作簿是别的乡镇的：本乡镇的代码是 {code}。请换成本乡镇的工作簿"
    return Reading(None, (Fault(PERIOD_SHEET, 0, CONTENT, stranger[0], wanted),), reading.ignored)


def book_for(content: bytes, code: str, known: Asks) -> Book | None:
    """The book in what was kept, None where it has faults."""
    try:
        return read_for(content, code, known).book
    except UnreadableFile:
        return None


@contextmanager
def kept_sheets(content: bytes) -> Iterator[list[RawSheet]]:
    """The sheets in what was kept, to copy them; of a block only its own one."""
    found = pasted_in(content)
    if found is not None:
        yield _sheets(found)[1:]
        return
    with opened(BytesIO(content)) as sheets:
        yield sheets


def sheet_named(name: str) -> Sheet | None:
    """The sheet that a block may be pasted for."""
    return next((sheet for sheet in SHEETS if sheet.name == name), None)


def _of_today(found: Pasted, known: Asks) -> Pasted:
    """The period may have got other days since."""
    span = dict(known(found.period).periods).get(found.period.name)
    if span is None:
        return found
    return replace(found, period=replace(found.period, first_day=span.first, last_day=span.last))


def _sheets(found: Pasted) -> list[RawSheet]:
    period = [(ITEM, CONTENT), *((item.header, getattr(found.period, item.field)) for item in PERIOD_ITEMS)]
    sheet = sheet_named(found.sheet)
    if sheet is None:
        raise UnreadableFile(f"没有“{found.sheet}”这张表")
    lines = _lines(found.text)
    if len(lines) > MOST_LINES:
        raise UnreadableFile(f"粘贴的内容超过 {MOST_LINES} 行：请分几次粘贴，或者上传工作簿")
    headed = bool(lines) and _is_head(lines[0], sheet)
    rows = lines if headed else [tuple(column.header for column in sheet.columns), *lines]
    return [_raw(PERIOD_SHEET, period, 0), _raw(sheet.name, rows, 0 if headed else 1)]


def _lines(text: str) -> list[tuple[str, ...]]:
    """Cells of a block: a cell with a line break or a tab in it comes in quotes."""
    lines = csv.reader(text.replace("\r\n", "\n").splitlines(keepends=True), delimiter="\t")
    try:
        return [tuple(line) for line in lines]
    except csv.Error as error:
        raise UnreadableFile("粘贴的内容读不出来：请在 Excel 或 WPS 里重新选中、复制，再粘贴一次") from error


def _is_head(line: Sequence[str], sheet: Sheet) -> bool:
    """Whether the first line names columns, not cells: two of the headers, or the only one."""
    headers = {fold_word(column.header) for column in sheet.columns}
    return len(headers & {fold_word(cell) for cell in line}) >= min(2, len(headers))


def _raw(title: str, rows: Sequence[Sequence[object]], shift: int) -> RawSheet:
    filled = [number for number, row in enumerate(rows, 1) if any(cell not in (None, "") for cell in row)]
    width = max((len(row) for row in rows), default=0)
    facts = SheetFacts(
        listed=len(rows), rows=len(filled), last_row=max(filled, default=0), last_column=width, widest=width
    )
    return RawSheet(title, _Rows(tuple(tuple(row) for row in rows)), facts, shift)


def headers_of(sheet: Sheet) -> Mapping[str, bool]:
    """The headers of a sheet, and whether a cell under each must hold something."""
    return {column.header: column.needed for column in sheet.columns}
