"""The empty workbook for a township to fill in: headers with notes, drop-downs, and what is known already.

Nothing in it is younger than the file format of 2007, so that Excel and WPS open it the same. A drop-down only warns:
what was typed is checked when it is brought in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import xlsxwriter

from portal.files.sheets import (
    CONTENT,
    ITEM,
    NOTES_SHEET,
    PERIOD_ITEMS,
    PERIOD_SHEET,
    ROLES,
    SHEETS,
    Column,
    Kind,
    Sheet,
)

_LAST_ROW = 2_000  # how far down drop-downs and checks go
_TEXTS = (Kind.CODE, Kind.NAME, Kind.TEXT, Kind.MARKER, Kind.WORD, Kind.YES, Kind.ROLES)
_DAYS = (Kind.DAY, Kind.FIRST_DAY, Kind.LAST_DAY)
_WARNING = {"error_type": "warning", "error_title": "请再看看"}
_INTRODUCTION = (
    "这份工作簿用来把乡镇的考评资料放进门户，填好后在“导入”页上传。",
    "每张表填一样东西，一行一条；第 1 行是表头，请不要改，也不要合并单元格。",
    "考评、村社、模块、岗位、干部这五张要填；其余的没有就空着。",
    "鼠标放在表头上，会显示这一列怎么填。",
    "先填模块、岗位，再填干部；先填干部、村社，再填组团，后面的表就能从下拉里选。",
    "工号由乡镇自己定，每人一个，不重复；以后各张表都用工号认人。",
    "开始、结束空着，就是整个考评周期；日期写成 2026-03-01。",
    "上传以后先看到会新增、修改什么；点“确认导入”之前，什么也不保存。",
    "有错时会逐处列出：哪张表、哪一行、哪一列、要改成什么。",
    "同一份工作簿可以反复上传：已有的不会重复，没有写的不会删除。本页不会被读取。",
)
_NOTES: Mapping[Kind, str] = {
    Kind.CODE: "按文字填，前面的 0 不要丢。",
    Kind.NAME: "填名称，最多 200 个字。",
    Kind.TEXT: "填文字，可以空着。",
    Kind.MARKER: "填评分人的工号，或者“党委”；可以空着，不能是本人。",
    Kind.YES: "是的填“是”，不是的空着。",
    Kind.ROLES: "几个角色之间用“、”隔开；空着就是干部。",
    Kind.DAY: "填日期，例如 2026-03-01。",
    Kind.FIRST_DAY: "填日期，例如 2026-03-01；空着就是考评周期的第一天。",
    Kind.LAST_DAY: "填日期，例如 2026-12-31；空着就是考评周期的最后一天。",
    Kind.TIME: "填日期和时间，例如 2026-03-01 07:37:41。",
}
_OWN_NOTES: Mapping[tuple[str, str], str] = {
    ("村社", "村社代码"): "12 位统计用区划代码，按文字填，不重复。",
    ("村社", "户数"): "填户数，1 或更大的整数；它决定这个村在组团得分里占多少。",
    ("干部", "工号"): "每人一个，由乡镇自己定，不重复。",
    ("干部", "岗位"): "本周期第一天的主岗，要是“岗位”表里有的；换岗写在“调动”里。",
    ("干部", "模块"): "本周期第一天的模块，要是“模块”表里有的；换模块写在“调动”里。",
    ("干部", "组别"): "随乡镇怎么分，例如班子成员、中层干部、一般干部。",
    ("调动", "新岗位"): "不变就空着；新岗位和新模块至少填一个。",
    ("调动", "新模块"): "不变就空着；新岗位和新模块至少填一个。",
    ("诉求", "编号"): "每件一个，不重复；建议前面加年份，例如 2026-0001。",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands in the template already: the values of 考评 by field (None: left empty), and the places."""

    period: Mapping[str, str | date | None]
    places: Sequence[tuple[str, str, str]]  # code, name, 村 or 社区


def template_workbook(filled: Filled) -> bytes:
    """The workbook as bytes."""
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as workbook:
        writer = _Writer(workbook)
        writer.introduction()
        writer.period(filled.period)
        for sheet in SHEETS:
            writer.sheet(sheet, filled.places if sheet.name == "村社" else ())
        workbook.worksheets()[1].activate()
    return out.getvalue()


class _Writer:
    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._header = workbook.add_format(
            {"bold": True, "bg_color": "#E8EEF4", "bottom": 1, "num_format": "@"}
        )
        self._needed = workbook.add_format(
            {"bold": True, "bg_color": "#FFF4D6", "bottom": 1, "num_format": "@"}
        )
        self._text = workbook.add_format({"num_format": "@"})
        self._wrapped = workbook.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self._day = workbook.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
        self._time = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "align": "left"})

    def introduction(self) -> None:
        out = self._workbook.add_worksheet(NOTES_SHEET)
        out.set_column(0, 0, 90, self._wrapped)
        for number, line in enumerate(_INTRODUCTION):
            out.write_string(number, 0, f"{number + 1}. {line}", self._wrapped)

    def period(self, values: Mapping[str, str | date | None]) -> None:
        out = self._workbook.add_worksheet(PERIOD_SHEET)
        out.freeze_panes(1, 0)
        out.set_column(0, 0, 14, self._text)
        out.set_column(1, 1, 24, self._text)
        for place, header in enumerate((ITEM, CONTENT)):
            out.write_string(0, place, header, self._header)
        for number, column in enumerate(PERIOD_ITEMS, 1):
            out.write_string(number, 0, column.header, self._text)
            value = values.get(column.field)
            if isinstance(value, date):
                out.write_datetime(number, 1, value, self._day)
            elif value:
                out.write_string(number, 1, value, self._text)
            else:
                out.write_blank(number, 1, None, self._day if column.kind in _DAYS else self._text)
            if column.kind in _DAYS:
                out.data_validation(number, 1, number, 1, _day_check())
        out.write_comment(0, 1, "每一项在这一列填一个值，六项都要填。", {"x_scale": 1.5})

    def sheet(self, sheet: Sheet, places: Iterable[tuple[str, str, str]]) -> None:
        out = self._workbook.add_worksheet(sheet.name)
        out.freeze_panes(1, 0)
        for place, column in enumerate(sheet.columns):
            out.set_column(place, place, column.width, self._look(column))
            out.write_string(0, place, column.header, self._needed if column.needed else self._header)
            out.write_comment(0, place, _note(sheet, column), {"x_scale": 1.5})
            check = _check(column)
            if check:
                out.data_validation(1, place, _LAST_ROW, place, {**check, **_WARNING})
        for number, values in enumerate(places, 1):
            for place, value in enumerate(values):
                out.write_string(number, place, value, self._text)

    def _look(self, column: Column) -> Any:
        if column.kind in _TEXTS:
            return self._text
        if column.kind in _DAYS:
            return self._day
        return self._time if column.kind is Kind.TIME else None


def _note(sheet: Sheet, column: Column) -> str:
    own = _OWN_NOTES.get((sheet.name, column.header))
    if own:
        return own
    needed = "要填。" if column.needed else "可以空着。"
    if column.names:
        key = next(one.key for one in SHEETS if one.name == column.names)
        return f"{needed}填“{column.names}”表里有的{key}。"
    if column.words:
        return f"{needed}从下拉里选：{'、'.join(column.words)}。"
    if column.kind in (Kind.NUMBER, Kind.WHOLE):
        return needed + _numbers(column) + "。"
    return (
        _NOTES[column.kind] if not column.needed else needed + _NOTES[column.kind].replace("，可以空着", "")
    )


def _numbers(column: Column) -> str:
    kind = "整数" if column.kind is Kind.WHOLE else "数字"
    if column.low is None or column.high is None or column.low < 0:
        return f"填{kind}，可以是负数"
    if column.above:
        return f"填大于 {column.low} 的{kind}"
    return f"填{kind}" if column.high >= 1_000_000 else f"填 {column.low}–{column.high} 的{kind}"


def _check(column: Column) -> dict[str, Any] | None:
    """The drop-down or the check of a column's cells."""
    if column.names:
        return {
            "validate": "list",
            "source": f"='{column.names}'!${_key_column(column.names)}$2:${_key_column(column.names)}${_LAST_ROW}",
            "error_message": f"“{column.names}”表里没有这一个，要用吗？",
        }
    words = column.words or (ROLES if column.kind is Kind.ROLES else None)
    words = {"是": True} if column.kind is Kind.YES else words
    if words:
        several = "（几个角色用“、”隔开时，点“是”就行）" if column.kind is Kind.ROLES else ""
        return {
            "validate": "list",
            "source": list(words),
            "error_message": f"要从下拉里选：{'、'.join(words)}。{several}",
        }
    if column.kind in _DAYS:
        return _day_check()
    if column.kind in (Kind.NUMBER, Kind.WHOLE) and column.low is not None and column.high is not None:
        return {
            "validate": "integer" if column.kind is Kind.WHOLE else "decimal",
            "criteria": "between",
            "minimum": _bound(column.low),
            "maximum": _bound(column.high),
            "error_message": f"要{_numbers(column).removeprefix('填')}。",
        }
    return None


def _key_column(name: str) -> str:
    sheet = next(one for one in SHEETS if one.name == name)
    headers = [column.header for column in sheet.columns]
    return chr(ord("A") + headers.index(sheet.key))


def _bound(value: Decimal) -> float | int:
    return int(value) if value == value.to_integral_value() else float(value)


def _day_check() -> dict[str, Any]:
    return {
        "validate": "date",
        "criteria": "between",
        "minimum": date(2000, 1, 1),
        "maximum": date(2100, 12, 31),
        "error_message": "要日期，例如 2026-03-01。",
        **_WARNING,
    }
