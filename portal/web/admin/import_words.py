"""How the changes of an import look on a page: rows as people name them, columns as the workbook's headers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from portal.actions.import_work import SheetOutcome
from portal.actions.imports import Line
from portal.clock import local
from portal.core.book import Fault, Role
from portal.files.sheets import MARK_KINDS, ROLES, SHEET_NAMES, VILLAGE_KINDS
from portal.web import formats

EMPTY = "（空）"
SHOWN, PER_PAGE, MOST_FAULTS = 20, 100, 200
_DAYS = {"first_day": "开始", "last_day": "结束"}
COLUMNS: Mapping[str, Mapping[str, str]] = {
    "township": {"name": "乡镇", "county": "县市区"},
    "period": {"name": "考评周期", "first_day": "周期开始", "last_day": "周期结束"},
    "village": {
        "code": "村社代码",
        "name": "村社名称",
        "kind": "类型",
        "households": "户数",
        "first_day": "从哪天起",
    },
    "period_village": {"households": "户数"},
    "module": {"name": "模块名称", "first_day": "从哪天起"},
    "post": {"name": "岗位名称", "first_day": "从哪天起"},
    "period_post": {"coefficient": "系数"},
    "cadre": {"number": "工号", "name": "姓名", "phone": "手机"},
    "service": {
        "group_name": "组别",
        "post_id": "岗位",
        "module_id": "模块",
        "roles": "角色",
        **_DAYS,
        "staffing": "编制",
        "exempt": "不参评",
    },
    "extra_post": {"cadre_id": "工号", "post_id": "岗位", **_DAYS},
    "move": {"cadre_id": "工号", "day": "日期", "post_id": "新岗位", "module_id": "新模块"},
    "team": {"name": "组团名称", "first_day": "从哪天起"},
    "team_leader": {"cadre_id": "团长工号"},
    "team_membership": {"team_id": "组团名称", "cadre_id": "工号", **_DAYS, "factor": "个人系数"},
    "team_link": {"team_id": "组团名称", "village_id": "村社代码", **_DAYS},
    "task_force": {"name": "专班名称", "leader_id": "负责人工号", **_DAYS},
    "task": {"cadre_id": "工号", "post_id": "岗位", "name": "任务", "weight": "权重", "mark": "完成得分"},
    "module_mark": {
        "cadre_id": "工号",
        "kind": "类别",
        "day": "日期",
        "mark": "得分",
        "marker_id": "评分人",
        "by_committee": "党委评分",
        "reason": "理由",
    },
    "contest": {"day": "日期", "name": "比赛", "module_id": "模块名称", "points": "加减分"},
    "governance_mark": {"team_id": "组团名称", "item": "事项", "weight": "权重", "mark": "得分"},
    "bonus": {"task_force_id": "专班名称", "cadre_id": "工号", "points": "加分", "reason": "理由"},
    "resident_case": {
        "number": "编号",
        "village_id": "村社代码",
        "opened_at": "提出时间",
        "answered_at": "响应时间",
        "finished_at": "办结时间",
        "confirmed": "群众确认",
        "level": "满意度",
        "not_counted": "不计",
    },
}
_WORDS: Mapping[str, str] = {
    **{role.value: word for word, role in ROLES.items()},
    **{kind.value: word for word, kind in VILLAGE_KINDS.items()},
    **{kind.value: word for word, kind in MARK_KINDS.items()},
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of a change, in words."""

    head: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One row of the workbook that would be added or changed."""

    label: str
    added: bool
    own: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class SheetShown:
    """One sheet of a preview: its counts, and its changed rows in the order of the workbook."""

    outcome: SheetOutcome
    rows: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class SheetFaults:
    """The faults of one sheet; `left` more are not shown."""

    sheet: str
    faults: tuple[Fault, ...]
    left: int


def by_sheet(outcomes: Sequence[SheetOutcome], lines: Sequence[Line]) -> list[SheetShown]:
    """The sheets of the workbook, each with its changes; what is several rows here is one row there."""
    groups: dict[str, list[list[Line]]] = {}
    latest: dict[tuple[str, str], list[Line]] = {}
    for line in lines:
        group = latest.get((line.sheet, line.label))
        if group is None or line.table in {one.table for one in group}:
            group = latest[line.sheet, line.label] = []
            groups.setdefault(line.sheet, []).append(group)
        group.append(line)
    counts = {outcome.sheet: outcome for outcome in outcomes}
    township = sum(line.table == "township" for line in lines)
    if township and "考评" in counts:
        found = counts["考评"]
        counts["考评"] = SheetOutcome("考评", found.added, found.changed + township, found.unchanged)
    return [
        SheetShown(counts[name], tuple(_shown(group) for group in groups.get(name, ())))
        for name in SHEET_NAMES
        if name in counts
    ]


def own_rows(sheets: Iterable[SheetShown]) -> list[tuple[str, str]]:
    """Sheet and row of what moves the own score or the own team's."""
    return [(one.outcome.sheet, row.label) for one in sheets for row in one.rows if row.own]


def faults_by_sheet(faults: Sequence[Fault], follows: bool) -> list[SheetFaults]:
    """The faults that stand for themselves, or those that only follow from others."""
    groups: dict[str, list[Fault]] = {}
    for fault in faults:
        if fault.follows is follows:
            groups.setdefault(fault.sheet, []).append(fault)
    return [
        SheetFaults(sheet, tuple(found[:MOST_FAULTS]), max(0, len(found) - MOST_FAULTS))
        for sheet, found in groups.items()
    ]


def _shown(group: Sequence[Line]) -> Shown:
    cells: dict[str, Cell] = {}
    for line in group:
        heads = COLUMNS[line.table]
        for column, value in line.after.items():
            if column in heads and heads[column] not in cells:
                before = "" if line.before is None else value_words(line.before.get(column))
                cells[heads[column]] = Cell(heads[column], before, value_words(value))
    added = group[0].before is None and group[0].table not in ("team_leader", "service", "period_village")
    shown = [cell for cell in cells.values() if not added or cell.after not in (EMPTY, "否")]
    return Shown(group[0].label, added, any(line.own for line in group), tuple(shown))


def value_words(value: Any) -> str:
    """A column's value as it stands in the workbook."""
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, date):
        return formats.day(value)
    if isinstance(value, Enum | Role):
        return _WORDS.get(value.value, str(value.value))
    if isinstance(value, list | tuple):
        return "、".join(_WORDS.get(str(one), str(one)) for one in value) or EMPTY
    return str(value)
