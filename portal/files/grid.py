"""A sheet of the workbook as rows under known headers, whatever the order of its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from operator import is_not
from typing import Any

from openpyxl.cell.read_only import EMPTY_CELL

from portal.core.book import Fault
from portal.files.cells import Percent, Uncomputed, blank, fold_word, shown
from portal.files.faults import Faults, UnreadableFile
from portal.files.unpack import RawSheet

UNCOMPUTED = Uncomputed()
_FILLED = partial(is_not, EMPTY_CELL)


class Grid:
    """The rows of one sheet; only cells under the headers asked for are looked at."""

    def __init__(self, name: str, raw: RawSheet, headers: Mapping[str, bool], columns: int) -> None:
        """`headers` tells of each header whether the column may be missing; `columns` is how many are read."""
        self.name = name
        self._raw = raw
        self._columns = max(1, min(columns, raw.facts.last_column))
        self._places: dict[str, int] = {}
        self._twice: list[tuple[str, object]] = []
        self.unknown: list[str] = []
        wanted = {fold_word(header): header for header in headers}
        for place, value in enumerate(self._top()):
            header = wanted.get(fold_word(value)) if isinstance(value, str) else None
            if header is None:
                self.unknown += [] if blank(value) else [shown(value)]
            elif header in self._places:
                self._twice.append((header, value))
            else:
                self._places[header] = place
        self._columns = max(self._places.values(), default=0) + 1
        self._kept: list[tuple[int, dict[str, object]]] | None = None
        self._missing = [
            header for header, may_lack in headers.items() if not may_lack and header not in self._places
        ]

    @property
    def empty(self) -> bool:
        return self._raw.facts.rows == 0

    def has(self, header: str) -> bool:
        return header in self._places

    @property
    def whole(self) -> bool:
        """Whether every column is there, once."""
        return not self._missing and not self._twice

    def tell(self, faults: Faults) -> None:
        """Add what is wrong with the headers."""
        for header, value in self._twice:
            faults.add(Fault(self.name, 1, header, shown(value), "这一列有两个：请只留一个"))
        for header in self._missing:
            faults.add(Fault(self.name, 1, header, "", f"缺少“{header}”这一列：请在第 1 行补上这个表头"))

    def rows(self) -> list[tuple[int, dict[str, object]]]:
        """Every row under row 1 that holds something: its number and its cells by header."""
        if self._kept is None:
            self._kept = list(self._read())
        return self._kept

    def _read(self) -> Iterator[tuple[int, dict[str, object]]]:
        for number, row in self._all(2):
            if any(map(_FILLED, row)):
                cells = {header: self._value(row[place]) for header, place in self._places.items()}
                if not all(map(blank, cells.values())):
                    yield number - self._raw.shift, cells

    def _top(self) -> list[object]:
        _, row = next(self._all(1), (1, ()))
        return [self._value(cell) for cell in row]

    def _all(self, first: int) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Rows from `first` up to the last one that holds something, each as wide as the sheet."""
        last = self._raw.facts.last_row
        if last < first:
            return
        rows = self._raw.worksheet.iter_rows(min_row=first, max_row=last, max_col=self._columns)
        for number in range(first, last + 1):
            try:
                row = next(rows, None)
            except Exception as error:  # whatever openpyxl stumbles over, in a file from anywhere
                raise UnreadableFile(
                    f"工作表“{self.name}”里有读不出来的内容：请在 Excel 或 WPS 里打开，另存一次再导入"
                ) from error
            if row is None:
                return
            yield number, row

    def _value(self, cell: Any) -> object:
        value: object = cell.value
        if value is None:
            found = getattr(cell, "row", None), getattr(cell, "column", None)
            return UNCOMPUTED if found in self._raw.facts.uncomputed else None
        if isinstance(value, int | float) and not isinstance(value, bool) and _percent(cell):
            return Percent(value)
        return value


def _percent(cell: Any) -> bool:
    """Whether the cell shows its number as a percentage; a style that isn't there says nothing."""
    try:
        return "%" in str(cell.number_format)
    except (IndexError, AttributeError):
        return False
