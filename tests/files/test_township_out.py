from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.book import Book, MarkKind, MarkRow, Role
from portal.files.sheets import SHEET_NAMES, SHEETS
from portal.files.township_in import read_township
from portal.files.township_out import township_workbook
from tests.files.typed_workbook import book

DATA = Path(__file__).parents[1] / "data"


def again(written: Book) -> Book:
    """What the written workbook is read as."""
    reading = read_township(BytesIO(township_workbook(written)))
    assert reading.faults == ()
    assert reading.ignored == ()
    assert reading.book is not None
    return reading.book


def cells(written: Book, name: str) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(BytesIO(township_workbook(written)))[name].values)


def test_the_real_township_comes_back_unchanged():
    found = read_township(DATA / "township.xlsx").book
    assert found is not None
    assert again(found) == found


def test_a_township_with_everything_comes_back_unchanged():
    assert again(book()) == book()


def test_a_township_that_is_only_named_comes_back_unchanged():
    bare = Book(book().period)
    assert again(bare) == bare


def test_sheets_and_columns_stand_in_the_order_of_the_description():
    written = openpyxl.load_workbook(BytesIO(township_workbook(book())))
    assert tuple(written.sheetnames) == SHEET_NAMES
    for sheet in SHEETS:
        assert [cell.value for cell in written[sheet.name][1]] == [column.header for column in sheet.columns]
        assert written[sheet.name].freeze_panes == "A2"


def test_cells_have_real_types():
    assert cells(book(), "考评")[5] == ("周期开始", datetime(2026, 1, 1))
    assert cells(book(), "村社")[1] == ("330825111205", "罗山村", "村", 481)
    assert cells(book(), "诉求")[1][2] == datetime(2026, 3, 1, 8)
    assert cells(book(), "岗位任务")[1][3:] == (20, 80.5)


def test_what_an_import_fills_in_stays_empty():
    assert cells(book(), "干部")[1][7:9] == (None, None)
    assert cells(book(), "组团成员")[1][4] is None
    assert cells(book(), "组团成员")[2][4] == 1.05
    assert cells(book(), "组团联村")[1][2:] == (None, datetime(2026, 8, 7))


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "https://a.cn", "mailto:a@b.cn", "1e5", "007", "{=1}"]
)
def test_text_is_never_a_formula_or_a_link(text):
    named = replace(
        book(), marks=(MarkRow("5111001", MarkKind.DAILY, date(2026, 3, 1), Decimal(1), "", text),)
    )
    cell = openpyxl.load_workbook(BytesIO(township_workbook(named)))["模块评分"]["F2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert again(named) == named


def test_several_roles_are_written_as_words():
    several = replace(book().cadres[0], roles=(Role.CADRE, Role.APPROVER))
    assert cells(replace(book(), cadres=(several, *book().cadres[1:])), "干部")[1][6] == "干部、党委"


def test_a_day_before_spreadsheets_count_is_written_as_text():
    old = replace(book().cadres[0], first_day=date(1899, 1, 1))
    assert cells(replace(book(), cadres=(old,)), "干部")[1][7] == "1899-01-01"


@settings(max_examples=25, deadline=None)
@given(
    st.decimals(min_value=0, max_value=100, places=None, allow_nan=False, allow_infinity=False).filter(
        lambda mark: len(f"{mark:f}") <= 40
    ),
    st.dates(min_value=date(1900, 3, 1)),
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)).map(
        lambda t: t.replace(microsecond=0)
    ),
    st.text(st.characters(categories=["L", "N", "P", "S"]), max_size=20).filter(
        lambda text: "x00" not in text
    ),
)
def test_whatever_mark_day_time_and_words_come_back_unchanged(mark, day, time, words):
    marked = MarkRow("5111001", MarkKind.ANNUAL, day, mark, "党委", words)
    case = replace(
        book().cases[0], opened_at=time, answered_at=time, confirmed=False, level=5, not_counted=True
    )
    written = replace(book(), marks=(marked,), cases=(case,))
    assert again(written) == written
