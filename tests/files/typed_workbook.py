"""A small township as a clerk might type it, for tests that change one thing in it."""

from copy import deepcopy
from datetime import date, datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl

from portal.core.book import Book, Fault
from portal.files.township_in import read_township

SHEETS: dict[str, list[list[object]]] = {
    "考评": [
        ["项目", "内容"],
        ["乡镇", "塔石镇"],
        ["乡镇代码", "330825111"],
        ["县市区", "龙游县"],
        ["考评周期", "2026年度"],
        ["周期开始", date(2026, 1, 1)],
        ["周期结束", date(2026, 12, 31)],
    ],
    "村社": [
        ["村社代码", "村社名称", "类型", "户数"],
        ["330825111205", "罗山村", "村", 481],
        ["330825111210", "杜山徐村", "社区", 304],
    ],
    "模块": [["模块名称"], ["大党建模块"], ["大治理模块"]],
    "岗位": [["岗位名称", "系数"], ["A岗", 1.1], ["信访专员（兼）", 0.9]],
    "干部": [
        ["工号", "姓名", "手机", "组别", "岗位", "模块", "角色", "开始", "结束", "编制", "不参评"],
        [
            "5111001",
            "何佳怡",
            "13986319863",
            "班子成员",
            "A岗",
            "大党建模块",
            "干部",
            None,
            None,
            "公务员",
            None,
        ],
        ["5111002", "施志强", None, None, None, None, None, None, None, None, None],
        [
            "5111003",
            "喻国平",
            None,
            "中层干部",
            "信访专员（兼）",
            "大治理模块",
            "干部",
            None,
            None,
            "事业",
            "是",
        ],
    ],
    "兼岗": [["工号", "岗位", "开始", "结束"], ["5111001", "信访专员（兼）", date(2026, 5, 26), None]],
    "调动": [["工号", "日期", "新岗位", "新模块"], ["5111001", date(2026, 7, 1), None, "大治理模块"]],
    "组团": [["组团名称", "团长工号"], ["第1组团", "5111001"], ["第2组团", None]],
    "组团成员": [
        ["组团名称", "工号", "开始", "结束", "个人系数"],
        ["第1组团", "5111001", None, None, 1.05],
        ["第1组团", "5111002", None, None, 1.05],
    ],
    "组团联村": [
        ["组团名称", "村社代码", "开始", "结束"],
        ["第1组团", "330825111205", None, date(2026, 8, 7)],
        ["第2组团", "330825111205", date(2026, 8, 8), None],
    ],
    "专班": [["专班名称", "负责人工号", "开始", "结束"], ["征迁专班", None, None, None]],
    "岗位任务": [["工号", "岗位", "任务", "权重", "完成得分"], ["5111001", "A岗", "招商引资", 20, 80.5]],
    "模块评分": [
        ["工号", "类别", "日期", "得分", "评分人", "理由"],
        ["5111001", "日常", date(2026, 3, 15), 90.7, "党委", "到村及时"],
        ["5111002", "年度", date(2026, 12, 1), None, "5111001", None],
    ],
    "模块PK": [["日期", "比赛", "模块名称", "加减分"], [date(2026, 3, 15), "1季度", "大党建模块", -0.5]],
    "治理评分": [["组团名称", "事项", "权重", "得分"], ["第1组团", "平安建设", 40, 78.7]],
    "专班加分": [["专班名称", "工号", "加分", "理由"], ["征迁专班", "5111002", 1.5, "表现好"]],
    "诉求": [
        ["编号", "村社代码", "提出时间", "响应时间", "办结时间", "群众确认", "满意度", "不计"],
        [
            "2026-0001",
            "330825111205",
            datetime(2026, 3, 1, 8),
            datetime(2026, 3, 1, 9),
            None,
            None,
            None,
            None,
        ],
    ],
}


def typed(**cells: object) -> dict[str, list[list[object]]]:
    """The small township with some cells changed: 干部_B3=… is the sheet and the cell."""
    sheets = deepcopy(SHEETS)
    for place, value in cells.items():
        name, _, cell = place.rpartition("_")
        rows = sheets[name]
        row, column = int(cell[1:]) - 1, ord(cell[0]) - ord("A")
        while len(rows) <= row:
            rows.append([None] * len(rows[0]))
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = value
    return sheets


def workbook(sheets: dict[str, list[list[object]]] | None = None) -> BytesIO:
    """The sheets as an .xlsx."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in (SHEETS if sheets is None else sheets).items():
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
    out = BytesIO()
    made.save(out)
    out.seek(0)
    return out


def book(**cells: object) -> Book:
    """What the small township with those changes is read as."""
    reading = read_township(workbook(typed(**cells)))
    assert reading.faults == ()
    assert reading.book is not None
    return reading.book


def faults(**cells: object) -> tuple[Fault, ...]:
    """What is wrong in the small township with those changes."""
    reading = read_township(workbook(typed(**cells)))
    assert (reading.book is None) == bool(reading.faults)
    return reading.faults


def places(found: tuple[Fault, ...]) -> list[tuple[str, int, str, str]]:
    return [(fault.sheet, fault.row, fault.column, fault.value) for fault in found]


def repacked(change: dict[str, object], source: BytesIO | None = None) -> BytesIO:
    """The workbook with some parts changed by a function, or replaced, or left out (None)."""
    out = BytesIO()
    with ZipFile(source or workbook()) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            how = change.get(name, old.read(name))
            if how is not None:
                new.writestr(name, how(old.read(name)) if callable(how) else how)
    out.seek(0)
    return out
