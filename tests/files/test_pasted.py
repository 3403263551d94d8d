"""A block out of Excel: read like a sheet, counted by its own lines, kept as it was."""

from datetime import date
from decimal import Decimal

import pytest

from portal.core.book import Known, PeriodRow
from portal.core.days import Span
from portal.files.faults import UnreadableFile
from portal.files.pasted import MOST_LINES, Pasted, pasted_in, read_for, read_kept

PERIOD = PeriodRow("塔石镇", "330825111", "龙游县", "2026年度", date(2026, 1, 1), date(2026, 12, 31))
KNOWN = Known(cadres=frozenset({"5111001"}), teams=frozenset({"第1组团"}))


def read(sheet, text, known=KNOWN):
    return read_kept(Pasted(sheet, PERIOD, text).kept(), lambda _: known)


def test_what_is_kept_comes_back():
    block = Pasted("岗位", PERIOD, "甲\t1\r\n乙\t0.9")
    assert pasted_in(block.kept()) == block
    assert pasted_in(b"PK\x03\x04") is None


@pytest.mark.parametrize(
    "text", ["甲岗\t1.1", "岗位名称\t系数\n甲岗\t1.1", "系数\t岗位名称\n１．１\t 甲岗 \n\n"]
)
def test_with_or_without_its_head_a_block_is_the_same(text):
    (row,) = read("岗位", text).book.posts
    assert (row.name, row.coefficient) == ("甲岗", Decimal("1.1"))


def test_the_only_header_of_a_sheet_is_a_head_too():
    assert [row.name for row in read("模块", "模块名称\n党建").book.modules] == ["党建"]
    assert [row.name for row in read("模块", "党建").book.modules] == ["党建"]


def test_a_block_may_name_what_the_portal_knows_and_nothing_else():
    assert read("组团成员", "第1组团\t5111001").faults == ()
    (fault,) = read("组团成员", "第1组团\t5111001\n第1组团\t5111002").faults
    assert (fault.sheet, fault.row, fault.column, fault.value) == ("组团成员", 2, "工号", "5111002")


def test_lines_are_counted_as_they_were_pasted_with_and_without_a_head():
    assert [fault.row for fault in read("岗位", "甲\t9").faults] == [1]
    assert [fault.row for fault in read("岗位", "岗位名称\t系数\n甲\t9").faults] == [2]


def test_a_cell_with_a_line_break_is_one_cell():
    (row,) = read("模块评分", '5111001\t日常\t2026-03-01\t90\t党委\t"到村\n及时"').book.marks
    assert "到村" in row.reason


def test_the_period_has_the_days_that_it_has_now():
    known = Known(periods=(("2026年度", Span(date(2026, 2, 1), date(2026, 12, 31))),))
    assert read("模块", "党建", known).book.period.first_day == date(2026, 2, 1)


def test_too_many_lines_are_refused():
    with pytest.raises(UnreadableFile, match="分几次"):
        read("模块", "党建\n" * (MOST_LINES + 1))


def test_nothing_is_asked_for_another_township():
    asked = []
    reading = read_for(Pasted("模块", PERIOD, "党建").kept(), "330825112", asked.append)
    assert asked == []
    assert "别的乡镇" in reading.faults[0].wanted
