import json
import re
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from portal.core.book import Fault, Known, MarkKind, Role, VillageKind
from portal.core.days import Span
from portal.files.faults import UnreadableFile, fault_line
from portal.files.sheets import SHEETS
from portal.files.township_in import read_township
from portal.files.unpack import Limits
from tests.files.typed_workbook import SHEETS as TYPED
from tests.files.typed_workbook import book, faults, places, repacked, typed, workbook

DATA = Path(__file__).parents[1] / "data"


def test_the_same_facts_typed_worse_are_the_same_book():
    clean, messy = read_township(DATA / "township.xlsx"), read_township(DATA / "messy.xlsx")
    assert clean.faults == messy.faults == ()
    assert clean.book is not None
    assert messy.book == clean.book


def test_a_whole_workbook_is_read():
    found = read_township(DATA / "township.xlsx").book
    assert found is not None
    assert found.period.span == Span(date(2026, 1, 1), date(2026, 12, 31))
    assert [len(getattr(found, sheet.rows)) for sheet in SHEETS] == [
        *(26, 5, 20, 95, 6, 7, 13, 99, 32, 4, 483, 1360, 20, 39, 32, 150)
    ]


def test_every_planted_fault_is_named_and_nothing_else_but_what_follows():
    reading = read_township(DATA / "faults.xlsx")
    planted = {tuple(fault.values()) for fault in json.loads((DATA / "faults.json").read_text("utf-8"))}
    assert reading.book is None
    assert {place for place in places(reading.faults) if place in planted} == planted
    others = [fault for fault in reading.faults if places((fault,))[0] not in planted]
    assert {fault.value for fault in others} == {"5111014", "330825111215"}  # whose own rows are faulty
    assert all(fault.follows for fault in others)
    assert [fault.follows for fault in reading.faults] == sorted(fault.follows for fault in reading.faults)


def test_faults_stand_in_the_order_of_sheets_and_rows():
    found = faults(诉求_G2=6, 村社_D3=0, 村社_D2=0, 干部_E2="无此岗")
    assert [(fault.sheet, fault.row) for fault in found] == [
        ("村社", 2),
        ("村社", 3),
        ("干部", 2),
        ("诉求", 2),
    ]


def test_sheets_columns_and_their_names_may_stand_in_any_order_and_spacing():
    sheets = {
        f" {name}\u3000".replace("模块PK", "模块ＰＫ"): rows for name, rows in reversed(typed().items())
    }
    turned = {
        name: [list(reversed(row + [None] * (len(rows[0]) - len(row)))) for row in rows]
        for name, rows in sheets.items()
    }
    for rows in turned.values():
        rows[0] = [f"\u3000{str(header)[0]} {str(header)[1:]} " for header in rows[0]]
    reading = read_township(workbook(turned))
    assert reading.faults == ()
    assert reading.book == book()


def test_empty_rows_are_passed_over_and_rows_keep_their_numbers():
    sheets = typed()
    sheets["村社"][2:2] = [[None, " \u3000", None, None], []]
    sheets["村社"] += [["", None, None, None]] * 3
    assert read_township(workbook(sheets)).book == book()
    sheets["村社"][4][3] = 0
    assert places(read_township(workbook(sheets)).faults) == [("村社", 5, "户数", "0")]


def test_only_the_five_required_sheets_are_needed():
    names = ("考评", "村社", "模块", "岗位", "干部")
    reading = read_township(workbook({name: TYPED[name] for name in names}))
    assert reading.book is not None
    assert reading.book.tasks == ()
    assert len(reading.book.cadres) == 3


@pytest.mark.parametrize("name", ["考评", "村社", "模块", "岗位", "干部"])
def test_a_missing_required_sheet_is_one_fault_and_hides_what_names_its_rows(name):
    sheets = typed()
    del sheets[name]
    assert [(f.sheet, f.row) for f in read_township(workbook(sheets)).faults] == [(name, 0)]


def test_what_the_portal_does_not_read_is_told():
    sheets = typed(模块_B1="备注", 模块_B2="党建办")
    sheets["备注"] = [["填表备注"]]
    reading = read_township(workbook(sheets))
    assert reading.book == book()
    assert set(reading.ignored) == {"工作表“备注”", "工作表“模块”的列“备注”"}


def test_columns_that_may_be_missing_may():
    sheets = typed()
    for name, header in [
        ("干部", "编制"),
        ("干部", "不参评"),
        ("诉求", "不计"),
        ("组团成员", "个人系数"),
        ("模块评分", "理由"),
        ("专班加分", "理由"),
    ]:
        place = sheets[name][0].index(header)
        for row in sheets[name]:
            del row[place]
    found = read_township(workbook(sheets)).book
    assert found is not None
    assert {cadre.staffing for cadre in found.cadres} == {""}
    assert {member.factor for member in found.members} == {Decimal(1)}


@pytest.mark.parametrize(
    ("name", "header"),
    [(sheet.name, column.header) for sheet in SHEETS for column in sheet.columns if not column.may_lack],
)
def test_any_other_missing_column_is_one_fault_of_row_1(name, header):
    sheets = typed()
    place = sheets[name][0].index(header)
    for row in sheets[name]:
        del row[place]
    assert places(read_township(workbook(sheets)).faults) == [(name, 1, header, "")]


def test_an_optional_sheet_with_nothing_in_it_has_no_rows():
    sheets = typed()
    sheets["调动"] = []
    found = read_township(workbook(sheets)).book
    assert found is not None
    assert found.moves == ()


def test_a_header_twice_is_a_fault():
    assert places(faults(岗位_C1=" 系数")) == [("岗位", 1, "系数", " 系数")]


def test_a_sheet_twice_is_a_fault():
    sheets = typed()
    sheets["干部 "] = sheets["干部"]
    assert places(read_township(workbook(sheets)).faults) == [("干部", 0, "", "干部 ")]


def test_an_item_missing_from_the_first_sheet_is_a_fault():
    assert places(faults(考评_A4="县")) == [("考评", 0, "项目", "县市区")]


@pytest.mark.parametrize(
    ("cell", "value", "shown"),
    [
        ("考评_B3", "33082511", "33082511"),
        ("考评_B3", "33082511X", "33082511X"),
        ("考评_B2", None, ""),
        ("考评_B6", "年初", "年初"),
        ("考评_B7", date(2025, 12, 31), "2025-12-31 00:00:00"),
        ("考评_B7", date(2226, 12, 31), "2226-12-31 00:00:00"),
    ],
)
def test_an_item_that_cannot_be_is_a_fault(cell, value, shown):
    row = int(cell[-1])
    assert places(faults(**{cell: value})) == [("考评", row, "内容", shown)]


def test_an_item_twice_is_a_fault():
    assert places(faults(考评_A8="乡 镇", 考评_B8="塔石镇")) == [("考评", 8, "项目", "乡 镇")]


FAULTY = [
    ("村社_A2", "33082511120", "村社代码", "33082511120"),
    ("村社_A2", None, "村社代码", ""),
    ("村社_B2", None, "村社名称", ""),
    ("村社_C2", "乡", "类型", "乡"),
    ("村社_D2", 0, "户数", "0"),
    ("村社_D2", 481.5, "户数", "481.5"),
    ("村社_D2", True, "户数", "True"),
    ("岗位_B2", 0.79, "系数", "0.79"),
    ("岗位_B2", 1.41, "系数", "1.41"),
    ("岗位_B2", None, "系数", ""),
    ("干部_A2", "党委", "工号", "党委"),
    ("干部_E2", "无此岗", "岗位", "无此岗"),
    ("干部_F2", "无此模块", "模块", "无此模块"),
    ("干部_G2", "干部、厨师", "角色", "干部、厨师"),
    ("干部_J2", "临时", "编制", "临时"),
    ("干部_K2", "也许", "不参评", "也许"),
    ("干部_H2", date(2027, 1, 1), "开始", "2027-01-01 00:00:00"),
    ("干部_I2", date(2025, 1, 1), "结束", "2025-01-01 00:00:00"),
    ("兼岗_A2", "无此人", "工号", "无此人"),
    ("兼岗_B2", None, "岗位", ""),
    ("调动_D2", None, "新岗位", ""),
    ("调动_C2", "无此岗", "新岗位", "无此岗"),
    ("组团_B2", "无此人", "团长工号", "无此人"),
    ("组团成员_A3", "第3组团", "组团名称", "第3组团"),
    ("组团成员_E2", 1.11, "个人系数", "1.11"),
    ("组团成员_E3", 0.89, "个人系数", "0.89"),
    ("组团联村_B2", "999999999999", "村社代码", "999999999999"),
    ("专班_B2", "无此人", "负责人工号", "无此人"),
    ("岗位任务_D2", 0, "权重", "0"),
    ("岗位任务_D2", -1, "权重", "-1"),
    ("岗位任务_E2", 100.5, "完成得分", "100.5"),
    ("岗位任务_E2", "85%", "完成得分", "85%"),
    ("岗位任务_E2", "1e1", "完成得分", "1e1"),
    ("岗位任务_C2", None, "任务", ""),
    ("模块评分_B2", "随便", "类别", "随便"),
    ("模块评分_C2", "2026-02-30", "日期", "2026-02-30"),
    ("模块评分_D2", -0.1, "得分", "-0.1"),
    ("模块评分_E2", "5111001", "评分人", "5111001"),
    ("模块评分_E2", "５１１１００１", "评分人", "５１１１００１"),
    ("模块评分_E2", "无此人", "评分人", "无此人"),
    ("模块PK_C2", "无此模块", "模块名称", "无此模块"),
    ("模块PK_D2", "nan", "加减分", "nan"),
    ("治理评分_C2", "0", "权重", "0"),
    ("治理评分_D2", "优", "得分", "优"),
    ("专班加分_A2", "无此专班", "专班名称", "无此专班"),
    ("专班加分_C2", 5.01, "加分", "5.01"),
    ("专班加分_C2", -0.5, "加分", "-0.5"),
    ("诉求_B2", "12345", "村社代码", "12345"),
    ("诉求_C2", None, "提出时间", ""),
    ("诉求_D2", datetime(2026, 3, 1, 7, 59, 59), "响应时间", "2026-03-01 07:59:59"),
    ("诉求_E2", "2026-02-28 23:00", "办结时间", "2026-02-28 23:00"),
    ("诉求_F2", "大概", "群众确认", "大概"),
    ("诉求_G2", 0, "满意度", "0"),
    ("诉求_G2", 6, "满意度", "6"),
    ("诉求_G2", 4.5, "满意度", "4.5"),
    ("诉求_H2", "可能", "不计", "可能"),
]


@pytest.mark.parametrize(("cell", "value", "column", "shown"), FAULTY)
def test_what_is_wrong_in_a_cell_is_one_fault_at_that_cell(cell, value, column, shown):
    found = faults(**{cell: value})
    primary = tuple(fault for fault in found if not fault.follows)
    assert places(primary) == [(cell.split("_")[0], int(cell[-1]), column, shown)]
    assert primary[0].wanted


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("岗位_B2", "0.80"),
        ("岗位_B2", "１．４０"),
        ("岗位任务_E2", 0),
        ("岗位任务_E2", 100),
        ("岗位任务_E2", None),
        ("岗位任务_D2", 0.01),
        ("专班加分_C2", 5),
        ("专班加分_C2", 0),
        ("村社_D2", 1),
        ("村社_D2", 481.0),
        ("组团成员_E3", 0.9),
        ("组团成员_E3", 1.1),
        ("模块评分_C2", date(2025, 6, 1)),  # outside the period: kept
        ("模块评分_E2", None),
        ("诉求_D2", datetime(2026, 3, 1, 8)),
        ("诉求_G2", 1),
        ("诉求_H2", "否"),
        ("干部_K2", "否"),
        ("干部_J2", None),
        ("村社_B3", "罗山村"),  # villages' names may repeat
        ("干部_B3", "何佳怡"),  # people's too
    ],
)
def test_what_is_just_within_bounds_or_may_be_empty_is_read(cell, value):
    assert faults(**{cell: value}) == ()


@pytest.mark.parametrize(
    ("cell", "value", "first"),
    [
        ("村社_A3", 330825111205, 2),
        ("模块_A3", "大党建模块 ", 2),
        ("岗位_A3", "Ａ岗", 2),
        ("干部_A4", "５１１１００１", 2),
        ("组团_A3", "第１组团", 2),
        ("专班_A3", "征迁专班", 2),
        ("诉求_A3", "２０２６－０００１", 2),
    ],
)
def test_of_a_key_twice_the_second_row_is_named_after_folding_too(cell, value, first):
    found = faults(**{cell: value})
    name, row = cell.split("_")[0], int(cell[-1])
    twice = [fault for fault in found if not fault.follows and "重复" in fault.wanted]
    assert [(fault.sheet, fault.row, fault.value) for fault in twice] == [(name, row, str(value))]
    assert f"第 {first} 行" in twice[0].wanted


def test_rows_that_name_a_row_with_a_fault_of_its_own_are_not_faults():
    assert places(faults(干部_E2="无此岗")) == [("干部", 2, "岗位", "无此岗")]
    assert places(faults(岗位_B2=9)) == [("岗位", 2, "系数", "9")]
    assert places(faults(组团_B2="无此人")) == [("组团", 2, "团长工号", "无此人")]


def test_a_name_lost_to_a_duplicate_is_listed_last_once_a_sheet():
    found = faults(
        干部_A3="5111001", 岗位任务_A3="5111002", 岗位任务_B3="A岗", 岗位任务_C3="防汛", 岗位任务_D3=1
    )
    assert [(f.sheet, f.row, f.follows) for f in found] == [
        ("干部", 3, False),
        ("组团成员", 3, True),
        ("岗位任务", 3, True),
        ("模块评分", 3, True),
        ("专班加分", 2, True),
    ]


def test_a_wrong_name_beside_a_duplicate_stays_a_fault_of_its_own():
    found = faults(干部_A3="5111001", 兼岗_A2="无此人")
    assert ("兼岗", 2, "工号", "无此人") in places(tuple(fault for fault in found if not fault.follows))


def test_of_two_unknown_codes_the_one_more_like_the_others_is_the_lost_one():
    found = faults(
        村社_A3="330825111205",  # was 330825111210
        诉求_B2="330825111210",
        组团联村_B2="999999999999",
        组团联村_B3="999999999999",
    )
    assert [(f.sheet, f.row, f.follows) for f in found] == [
        ("村社", 3, False),
        ("组团联村", 2, False),
        ("组团联村", 3, False),
        ("诉求", 2, True),
    ]


def test_the_same_row_twice_loses_no_key():
    found = faults(干部_A5="5111001", 干部_B5="何佳怡", 兼岗_A2="5111009")
    assert [(f.sheet, f.follows) for f in found] == [("干部", False), ("兼岗", False)]


def test_a_name_is_shown_as_its_own_row_spells_it():
    found = book(兼岗_B2="信访专员(兼)", 干部_E2="Ａ岗")
    assert found.extra_posts[0].post == "信访专员（兼）"
    assert found.cadres[0].post == "A岗"


def test_what_the_portal_knows_may_be_named_without_being_listed():
    cells = {
        "干部_E2": "文书（兼）",
        "组团成员_B3": "５１１１０９９",
        "专班加分_A2": "防汛专班",
        "诉求_B2": 330825111299,
    }
    known = Known(
        posts=frozenset({"文书(兼)"}),
        cadres=frozenset({"5111099"}),
        task_forces=frozenset({"防汛专班"}),
        villages=frozenset({"330825111299"}),
    )
    reading = read_township(workbook(typed(**cells)), known)
    assert reading.faults == ()
    assert reading.book is not None
    assert reading.book.cadres[0].post == "文书(兼)"
    assert reading.book.members[1].cadre == "5111099"
    assert len(faults(**cells)) == 4


def test_what_is_known_may_be_asked_for_by_the_township_and_period_of_the_file():
    asked = []

    def known(period):
        asked.append((period.township_code, period.name))
        return Known(posts=frozenset({"文书"}))

    assert read_township(workbook(typed(干部_E2="文书")), known).faults == ()
    assert asked == [("330825111", "2026年度")]
    found = read_township(workbook(typed(干部_E2="文书", 考评_B3="1")), known).faults
    assert [(fault.sheet, fault.follows) for fault in found] == [("考评", False), ("干部", True)]
    assert len(asked) == 1


def test_two_teams_for_one_village_on_one_day_is_a_fault_of_the_later_row():
    found = faults(组团联村_C3=date(2026, 8, 7))
    assert places(found) == [("组团联村", 3, "村社代码", "330825111205")]
    assert "第 2 行" in found[0].wanted


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        (["2026-5-1 2026-5-31", "2026-1-1 2026-1-31", "2026-3-1 2026-3-31", "2026-1-31 2026-2-1"], 5),
        (["2026-5-1 2026-5-31", "2026-1-1 2026-1-31", "2026-3-1 2026-3-31", "2026-2-1 2026-3-1"], 5),
        (["2026-5-1 2026-5-31", "2026-4-1 2026-5-1", "2026-4-1 2026-4-30"], 3),
        (["2026-5-1 2026-5-31", "2026-5-1 2026-5-31", "2026-6-1 2026-6-1"], 3),
    ],
)
def test_an_overlap_is_found_whatever_the_order_of_the_rows(rows, fault):
    sheets = typed()
    sheets["组团联村"][1:] = [["第1组团", "330825111205", *days.split()] for days in rows]
    assert [found.row for found in read_township(workbook(sheets)).faults] == [fault]


def test_a_link_that_overlaps_a_stored_one_is_a_fault_unless_it_is_that_one():
    year = Span(date(2026, 1, 1), date(2026, 8, 7))
    same = Known(links=(("330825111205", "第1组团", year),))
    other = Known(links=(("330825111205", "第2组团", year),))
    assert read_township(workbook(), same).faults == ()
    assert places(read_township(workbook(), other).faults) == [("组团联村", 2, "村社代码", "330825111205")]


def test_a_stored_link_that_the_workbook_ends_earlier_leaves_room_for_the_next_team():
    stored = Known(links=(("330825111205", "第1组团", Span(date(2026, 1, 1), date(2026, 12, 31))),))
    sheets = typed()
    sheets["组团联村"][1:] = [
        ["第1组团", "330825111205", "", "2026-5-31"],
        ["第2组团", "330825111205", "2026-6-1", ""],
    ]
    assert read_township(workbook(sheets), stored).faults == ()


def test_a_period_that_overlaps_another_one_is_a_fault_unless_it_is_that_one():
    year = Span(date(2026, 1, 1), date(2026, 12, 31))
    assert read_township(workbook(), Known(periods=(("2026年度", year),))).faults == ()
    other = read_township(
        workbook(), Known(periods=(("2026上半年", Span(date(2026, 1, 1), date(2026, 6, 30))),))
    )
    assert [(fault.sheet, fault.row, fault.column) for fault in other.faults] == [("考评", 6, "内容")]
    before = Known(periods=(("2025年度", Span(date(2025, 1, 1), date(2025, 12, 31))),))
    assert read_township(workbook(), before).faults == ()


def test_empty_cells_become_what_they_stand_for():
    found = book()
    assert found.cadres[1].roles == (Role.CADRE,)
    assert (found.cadres[1].post, found.cadres[1].phone, found.cadres[1].exempt) == ("", "", False)
    assert (found.cadres[1].first_day, found.cadres[1].last_day) == (date(2026, 1, 1), date(2026, 12, 31))
    assert found.marks[1].mark is None
    assert found.cases[0].answered_at == datetime(2026, 3, 1, 9)
    assert (found.cases[0].finished_at, found.cases[0].confirmed, found.cases[0].level) == (None, None, None)
    assert found.villages[1].kind is VillageKind.COMMUNITY
    assert found.marks[0].kind is MarkKind.DAILY


def test_the_leaders_factor_is_read_as_one_and_the_members_as_given():
    assert [member.factor for member in book().members] == [Decimal(1), Decimal("1.05")]


@pytest.mark.parametrize(
    "cell", ["干部、组团团长", "组团团长,干部", "组团团长，干部/干部", "组团团长 干部", "组团团长；干部"]
)
def test_several_roles_stand_in_one_order_once(cell):
    assert book(干部_G2=cell).cadres[0].roles == (Role.CADRE, Role.TEAM_LEADER)


def test_a_date_counts_from_1904_where_the_workbook_does():
    made = openpyxl.load_workbook(workbook())
    made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    out = BytesIO()
    made.save(out)
    out.seek(0)
    assert read_township(out).book == book()


def formula(cell: bytes) -> BytesIO:
    """The workbook with the coefficient of the first post as this cell."""
    names = list(TYPED)
    part = f"xl/worksheets/sheet{names.index('岗位') + 1}.xml"
    return repacked({part: lambda xml: xml.replace(b'<c r="B2" t="n"><v>1.1</v></c>', cell)})


def test_a_formula_counts_as_what_it_came_to():
    found = read_township(formula(b'<c r="B2"><f>1+0.2</f><v>1.2</v></c>')).book
    assert found is not None
    assert found.posts[0].coefficient == Decimal("1.2")


def test_a_formula_without_a_result_is_a_fault_that_says_what_to_do():
    found = read_township(formula(b'<c r="B2"><f>1+0.2</f><v></v></c>')).faults
    assert places(found) == [("岗位", 2, "系数", "公式")]
    assert "保存一次" in found[0].wanted


def test_a_formula_that_came_to_nothing_is_an_empty_cell():
    found = read_township(formula(b'<c r="B2" t="str"><f>IF(1,"","")</f><v></v></c>')).faults
    assert places(found) == [("岗位", 2, "系数", "")]


def test_an_error_of_a_formula_is_a_fault():
    found = read_township(formula(b'<c r="B2" t="e"><f>NA()</f><v>#N/A</v></c>')).faults
    assert places(found) == [("岗位", 2, "系数", "#N/A")]


def test_a_mark_shown_as_a_percentage_is_a_fault():
    made = openpyxl.load_workbook(workbook(typed(岗位任务_E2=0.857)))
    made["岗位任务"]["E2"].number_format = "0.0%"
    out = BytesIO()
    made.save(out)
    out.seek(0)
    assert places(read_township(out).faults) == [("岗位任务", 2, "完成得分", "85.7%")]


def test_what_openpyxl_warns_of_is_no_hindrance():
    styles = {"xl/styles.xml": lambda xml: re.sub(rb"<cellStyles.*</cellStyles>", b"", xml, flags=re.DOTALL)}
    with pytest.warns(UserWarning, match="no default style"):
        openpyxl.load_workbook(repacked(styles))
    assert read_township(repacked(styles)).book == book()


def test_more_faults_than_a_page_can_show_are_counted():
    sheets = typed()
    sheets["模块"] += [["大党建模块"]] * 30
    found = read_township(workbook(sheets), limits=Limits(faults=10)).faults
    assert len(found) == 11
    assert "20" in found[-1].wanted


def test_more_rows_than_a_township_has_are_refused():
    with pytest.raises(UnreadableFile, match="20 行"):
        read_township(workbook(), limits=Limits(rows=20))


def test_a_fault_is_one_line_with_its_place_its_value_and_what_is_wanted():
    assert (
        fault_line(Fault("组团联村", 8, "结束", "2020-01-01 00:00:00", "要晚些"))
        == "组团联村 第8行 结束 “2020-01-01 00:00:00”：要晚些"
    )
    assert fault_line(Fault("干部", 0, "", "", "缺少")) == "干部：缺少"
    assert fault_line(Fault("干部", 2, "工号", "", "不能为空")) == "干部 第2行 工号 （空）：不能为空"
    assert "\n" not in fault_line(Fault("干部", 2, "工号", "a\nb" * 50, "短些"))
    assert len(fault_line(Fault("干部", 2, "工号", "长" * 500, "短些"))) < 80
