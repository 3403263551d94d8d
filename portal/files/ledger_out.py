"""The ledger as files for people: one line an entry, times in Asia/Shanghai; text stays text."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

import xlsxwriter

from portal.files.text_cells import safe_text

COLUMNS = (
    ("时间", 18),
    ("操作人", 20),
    ("类别", 22),
    ("对象", 32),
    ("改前", 48),
    ("改后", 48),
    ("理由", 32),
    ("操作编号", 22),
)
LONGEST_CELL = 32_767  # what Excel takes


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """An entry in words; `at` is the naive wall time in Asia/Shanghai, `act` the number its operation goes by."""

    at: datetime
    actor: str
    kind: str
    subject: str
    before: str
    after: str
    reason: str
    act: str


def ledger_xlsx(title: str, lines: Sequence[LedgerLine]) -> bytes:
    """One sheet with real times, a frozen header and a filter; no cell is a formula."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": title})
        header = book.add_format({"bold": True, "bg_color": "#f3f5f7", "border": 1})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"})
        words = book.add_format({"text_wrap": True, "valign": "top"})
        page = book.add_worksheet("台账")
        for place, (name, width) in enumerate(COLUMNS):
            page.set_column(place, place, width)
            page.write_string(0, place, name, header)
        page.freeze_panes(1, 0)
        page.autofilter(0, 0, max(len(lines), 1), len(COLUMNS) - 1)
        for row, line in enumerate(lines, start=1):
            page.write_datetime(row, 0, line.at, moment)
            for place, text in enumerate(astuple(line)[1:], start=1):
                if text:
                    page.write_string(row, place, text[:LONGEST_CELL], words)
    return out.getvalue()


def ledger_csv(title: str, lines: Sequence[LedgerLine]) -> bytes:
    """The same as UTF-8 with BOM, so that Excel reads it; no cell begins like a formula."""
    del title
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([name for name, _ in COLUMNS])
    for line in lines:
        at, *texts = astuple(line)
        writer.writerow([f"{at:%Y-%m-%d %H:%M:%S}", *map(safe_text, texts)])
    return out.getvalue().encode("utf-8-sig")
