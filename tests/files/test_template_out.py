"""The template: everything that the workbook has, nothing that only one program opens, and it can be brought in."""

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import openpyxl

from portal.files.sheets import NOTES_SHEET, SHEET_NAMES, SHEETS
from portal.files.template_out import Filled, template_workbook
from portal.files.township_in import read_township

PERIOD = {
    "township": "塔石镇",
    "township_code": "330825111",
    "county": "龙游县",
    "name": "2026年度",
    "first_day": date(2026, 1, 1),
    "last_day": date(2026, 12, 31),
}
MADE = template_workbook(Filled(PERIOD, [("330825111205", "罗山村", "村")]))


def sheets():
    return openpyxl.load_workbook(BytesIO(MADE))


def test_every_sheet_and_column_is_there_with_a_note():
    found = sheets()
    assert tuple(found.sheetnames) == (NOTES_SHEET, *SHEET_NAMES)
    for sheet in SHEETS:
        head = list(found[sheet.name][1])
        assert [cell.value for cell in head] == [column.header for column in sheet.columns]
        assert all(cell.comment.text.endswith("。") for cell in head)
        assert found[sheet.name].freeze_panes == "A2"


def test_an_unfilled_template_says_only_what_is_left_to_fill_in():
    reading = read_township(BytesIO(MADE))
    assert {(fault.sheet, fault.column) for fault in reading.faults} == {("村社", "户数")}
    assert reading.ignored == ()


def test_lists_name_the_words_and_the_keys_of_other_sheets_and_only_warn():
    checks = {
        (name, str(check.sqref)): check
        for name in SHEET_NAMES
        for check in sheets()[name].data_validations.dataValidation
    }
    assert checks["村社", "C2:C2001"].formula1 == '"村,社区"'
    assert checks["干部", "E2:E2001"].formula1 == "'岗位'!$A$2:$A$2000"
    assert checks["治理评分", "A2:A2001"].formula1 == "'组团'!$A$2:$A$2000"
    assert {check.errorStyle for check in checks.values()} == {"warning"}
    assert all(check.error for check in checks.values())


def test_codes_are_text_and_places_are_filled_in():
    row = sheets()["村社"][2]
    assert [cell.value for cell in row[:3]] == ["330825111205", "罗山村", "村"]
    assert row[0].number_format == "@"


def test_nothing_in_it_is_younger_than_the_format_of_2007():
    with ZipFile(BytesIO(MADE)) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode()
            assert "x14" not in text, name
            assert "extLst" not in text, name
