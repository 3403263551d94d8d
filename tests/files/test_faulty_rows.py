"""A workbook with its faults marked is as it was but for the marks, and can be mended."""

import json
from datetime import datetime
from io import BytesIO

import openpyxl

from portal.files.faulty_rows import faulty_rows, marked_workbook
from portal.files.pasted import kept_sheets
from portal.files.township_in import read_township
from tests.conftest import DATA, tashi_book
from tests.files.typed_workbook import book, typed, workbook

WRONG = {"岗位_B2": 9, "村社_D3": None, "组团联村_D2": "以后", "岗位任务_A2": "没有的人"}


def made(write, **cells):
    content = workbook(typed(**cells)).getvalue()
    faults = read_township(BytesIO(content)).faults
    with kept_sheets(content) as sheets:
        return write(sheets, faults)


def test_a_whole_workbook_comes_back_as_it_was():
    reading = read_township(BytesIO(made(marked_workbook)))
    assert (reading.faults, reading.book) == ((), book())


def test_the_marked_workbook_has_the_same_faults_in_the_same_places():
    again = read_township(BytesIO(made(marked_workbook, **WRONG))).faults
    assert again == read_township(workbook(typed(**WRONG))).faults


def test_a_faulty_cell_is_coloured_and_says_what_is_wanted():
    found = openpyxl.load_workbook(BytesIO(made(marked_workbook, **WRONG)))
    for sheet, cell in (("岗位", "B2"), ("村社", "D3"), ("组团联村", "D2"), ("岗位任务", "A2")):
        assert found[sheet][cell].comment.text, sheet
        assert found[sheet][cell].fill.fgColor.rgb == "FFFFC7CE"
    assert found["岗位"]["B3"].comment is None


def test_formulas_come_back_as_values_and_days_as_days():
    found = openpyxl.load_workbook(BytesIO(made(marked_workbook, 岗位_A2="=1+1", **WRONG)))
    assert found["岗位"]["A2"].data_type != "f"
    assert found["兼岗"]["C2"].value == datetime(2026, 5, 26)


def test_the_faulty_rows_alone_have_their_numbers():
    found = openpyxl.load_workbook(BytesIO(made(faulty_rows, **WRONG)))
    assert list(found["村社"].values)[1][:3] == (3, "330825111210", "杜山徐村")
    assert found["村社"].max_row == 2
    assert "模块" not in found.sheetnames


def test_the_real_townships_faults_mended_in_the_marked_workbook_are_the_real_township() -> None:
    """As a clerk would: the marked cells of faults.xlsx typed anew, the rest left alone."""
    file = DATA / "faults.xlsx"
    with kept_sheets(file.read_bytes()) as sheets:
        marked = openpyxl.load_workbook(BytesIO(marked_workbook(sheets, read_township(file).faults)))
    right = openpyxl.load_workbook(DATA / "township.xlsx", data_only=True)
    for fault in json.loads((DATA / "faults.json").read_text(encoding="utf-8")):
        sheet, row = fault["sheet"], fault["row"]
        column = 1 + [cell.value for cell in right[sheet][1]].index(fault["column"])
        marked[sheet].cell(row, column).value = right[sheet].cell(row, column).value
    mended = BytesIO()
    marked.save(mended)
    assert read_township(BytesIO(mended.getvalue())).book == tashi_book()
