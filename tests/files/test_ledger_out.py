"""The ledger as files: real times, frozen header, no formula, whatever somebody typed."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import openpyxl
import pytest

from portal.files.ledger_out import COLUMNS, LONGEST_CELL, LedgerLine, ledger_csv, ledger_xlsx

AT = datetime(2026, 11, 22, 12, 30, 15)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(1)", "＝1+1", "http://x.cn", "12")


def line(subject: str = "5111001", **other: str) -> LedgerLine:
    values = {"before": "得分 80", "after": "得分 90", "reason": "复核", "act": "4611686018427387000"}
    return LedgerLine(AT, "clerk", "导入：岗位任务", subject, **{**values, **other})


def test_a_sheet_has_a_frozen_header_and_real_times() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(ledger_xlsx("台账", [line()]))).active
    assert sheet is not None
    heads, row = [tuple(cell.value for cell in cells) for cells in sheet.iter_rows()]
    assert heads == tuple(name for name, _ in COLUMNS)
    assert row[0] == AT
    assert row[1:] == (
        *("clerk", "导入：岗位任务", "5111001", "得分 80", "得分 90", "复核"),
        "4611686018427387000",
    )
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:H2"


@pytest.mark.parametrize("typed", FORMULAS)
def test_no_cell_is_a_formula_a_number_or_a_link(typed: str) -> None:
    content = ledger_xlsx("台账", [line(typed, reason=typed)])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    for cell in (sheet["D2"], sheet["G2"]):
        assert (cell.value, cell.data_type, cell.hyperlink) == (typed, "s", None)


def test_a_cell_is_cut_to_what_excel_takes() -> None:
    content = ledger_xlsx("台账", [line(after="长" * (LONGEST_CELL + 9))])
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    assert sheet["F2"].value == "长" * LONGEST_CELL


def test_nothing_chosen_is_a_sheet_with_a_header() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(ledger_xlsx("台账", []))).active
    assert sheet is not None
    assert sheet.max_row == 1


def test_csv_is_read_by_excel_and_begins_no_cell_like_a_formula() -> None:
    content = ledger_csv("台账", [line("=1+1", before="")])
    assert content.startswith(b"\xef\xbb\xbf")
    _, row = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert row[0] == "2026-11-22 12:30:15"
    assert row[3] == "'=1+1"
    assert row[4] == ""
