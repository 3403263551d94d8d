"""A township's workbook as a Book, or every fault in it at once (workbook.md)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from portal.core.book import Book, CaseRow, Fault, Known, LinkRow, MemberRow, PeriodRow, TeamRow
from portal.core.days import Span
from portal.files.cells import NOT_EMPTY, Misread, blank, fold_word, shown
from portal.files.faults import Faults
from portal.files.grid import Grid
from portal.files.keys import Table
from portal.files.rows_in import READERS, Cells, RowReader
from portal.files.sheets import (
    CONTENT,
    ITEM,
    NOTES_SHEET,
    PERIOD_ITEMS,
    PERIOD_SHEET,
    SHEET_NAMES,
    SHEETS,
    Column,
)
from portal.files.unpack import LIMITS, Limits, RawSheet, opened

_NOTHING_KNOWN = Known()
_REQUIRED = (PERIOD_SHEET, *(sheet.name for sheet in SHEETS if sheet.required))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workbook gave: `book` is None if there are faults; `ignored` names sheets and columns not read."""

    book: Book | None
    faults: tuple[Fault, ...]
    ignored: tuple[str, ...] = ()


def read_township(
    source: Path | BinaryIO,
    known: Known | Callable[[PeriodRow], Known] = _NOTHING_KNOWN,
    limits: Limits = LIMITS,
) -> Reading:
    """Read a workbook; UnreadableFile if it can't be read as one. `known` may be asked for by what 考评 says;
    if that can't be read, names that no row defines are listed as following from it."""
    with opened(source, limits) as sheets:
        return read_sheets(sheets, known, limits)


def read_sheets(
    sheets: Sequence[RawSheet],
    known: Known | Callable[[PeriodRow], Known] = _NOTHING_KNOWN,
    limits: Limits = LIMITS,
    required: Sequence[str] = _REQUIRED,
) -> Reading:
    """The same of sheets that are open already; those of `required` must be among them."""
    faults = Faults(limits.faults)
    ignored: list[str] = []
    grids = _grids(sheets, limits, required, faults, ignored)
    period = _period(grids.get(PERIOD_SHEET), faults)
    doubtful = callable(known) and period is None
    if callable(known):
        known = known(period) if period else _NOTHING_KNOWN
    tables = _tables(grids, known, faults, required)
    reader = RowReader(tables, period.span if period else None, faults)
    read = {
        sheet.rows: reader.rows(sheet, grids[sheet.name]) for sheet in SHEETS if _whole(grids, sheet.name)
    }
    if period:
        _other_periods(grids[PERIOD_SHEET], period, known, faults)
        _overlaps(read.get("links", ()), known, faults)
        _used_numbers(read.get("cases", ()), period, known, faults)
    for table in tables.values():
        table.settle(faults, doubtful)
    if faults or period is None:
        return Reading(None, faults.listed(SHEET_NAMES), tuple(ignored))
    rows: dict[str, Any] = {field: tuple(row for _, _, row in found) for field, found in read.items()}
    rows["members"] = _leaders_at_one(rows.get("members", ()), rows.get("teams", ()))
    return Reading(Book(period, **rows), (), tuple(ignored))


def _whole(grids: dict[str, Grid], name: str) -> bool:
    return name in grids and grids[name].whole


def _grids(
    sheets: Sequence[RawSheet], limits: Limits, required: Sequence[str], faults: Faults, ignored: list[str]
) -> dict[str, Grid]:
    """The sheets of the workbook by name, each with its headers found; what is missing is a fault."""
    headers = {sheet.name: {column.header: column.may_lack for column in sheet.columns} for sheet in SHEETS}
    headers[PERIOD_SHEET] = {ITEM: False, CONTENT: False}
    names = {fold_word(name): name for name in SHEET_NAMES}
    grids: dict[str, Grid] = {}
    for raw in sheets:
        name = names.get(fold_word(raw.title))
        if name is None:
            if fold_word(raw.title) != NOTES_SHEET:
                ignored.append(f"工作表“{raw.title}”")
        elif name in grids:
            faults.add(Fault(name, 0, "", raw.title, "同名的工作表有两张：请只留一张"))
        else:
            grids[name] = Grid(name, raw, headers[name], limits.columns)
            ignored += [f"工作表“{name}”的列“{header}”" for header in grids[name].unknown]
    for name in required:
        if name not in grids:
            faults.add(Fault(name, 0, "", "", f"缺少“{name}”这张工作表：请补上"))
    for name, grid in grids.items():
        if name in required or not grid.empty:
            grid.tell(faults)
    return grids


def _period(grid: Grid | None, faults: Faults) -> PeriodRow | None:
    """考评: its rows are items, each with one value."""
    if grid is None or not grid.whole:
        return None
    rows = _items(grid, faults)
    values = {
        column.field: _item(column, *rows[column.header], faults)
        for column in PERIOD_ITEMS
        if column.header in rows
    }
    if len(values) < len(PERIOD_ITEMS) or None in values.values():
        return None
    period = PeriodRow(**values)
    if _sensible(period):
        return period
    number, raw = rows["周期结束"]
    faults.add(Fault(PERIOD_SHEET, number, CONTENT, shown(raw), _period_wanted(period)))
    return None


def _other_periods(grid: Grid, period: PeriodRow, known: Known, faults: Faults) -> None:
    """A day belongs to one period: two that overlap would both claim its services and marks."""
    number, raw = _items(grid, Faults(0))["周期开始"]
    for name, span in known.periods:
        if name != period.name and span.within(period.span):
            wanted = (
                f"与已有的考评周期“{name}”（{span.first} 至 {span.last}）日期重叠：请改日期，或用原来的名称"
            )
            faults.add(Fault(PERIOD_SHEET, number, CONTENT, shown(raw), wanted))


def _items(grid: Grid, faults: Faults) -> dict[str, tuple[int, object]]:
    """The row and the content of every item; one that is missing or there twice is a fault."""
    names = {fold_word(column.header): column.header for column in PERIOD_ITEMS}
    rows: dict[str, tuple[int, object]] = {}
    for number, cells in grid.rows():
        name = names.get(fold_word(shown(cells[ITEM])), "")
        if name in rows:
            faults.add(Fault(PERIOD_SHEET, number, ITEM, shown(cells[ITEM]), f"“{name}”有两行：请只留一行"))
        elif name:
            rows[name] = number, cells[CONTENT]
    for column in PERIOD_ITEMS:
        if column.header not in rows:
            faults.add(Fault(PERIOD_SHEET, 0, ITEM, column.header, f"缺少“{column.header}”这一行：请补上"))
    return rows


def _item(column: Column, number: int, raw: object, faults: Faults) -> Any:
    try:
        if blank(raw):
            raise Misread(NOT_EMPTY)
        return READERS[column.kind](raw, column)
    except Misread as misread:
        faults.add(Fault(PERIOD_SHEET, number, CONTENT, shown(raw), f"{column.header}：{misread.wanted}"))
        return None


def _sensible(period: PeriodRow) -> bool:
    first, last = period.first_day, period.last_day
    return first <= last and first.year >= 2000 and last.year <= 2100


def _period_wanted(period: PeriodRow) -> str:
    if period.last_day < period.first_day:
        return f"周期结束要不早于周期开始（{period.first_day}）"
    return "考评周期要在 2000–2100 年之内"


def _tables(
    grids: dict[str, Grid], known: Known, faults: Faults, required: Sequence[str]
) -> dict[str, Table]:
    """The keys of every sheet that has some, and what the portal knows already."""
    tables = {sheet.name: Table(sheet) for sheet in SHEETS if sheet.key}
    tables["村社"].know(known.villages)
    tables["模块"].know(known.modules)
    tables["岗位"].know(known.posts)
    tables["干部"].know(known.cadres)
    tables["组团"].know(known.teams)
    tables["专班"].know(known.task_forces)
    for name, former in known.former.items():
        tables[name].know_former(former)
    for name, table in tables.items():
        table.define(grids.get(name), faults, needed=name in required)
    return tables


def _overlaps(found: Sequence[tuple[int, Cells, LinkRow]], known: Known, faults: Faults) -> None:
    """A village has at most one team on a day, in the workbook and in what the portal knows already.

    A stored link that the workbook lists with the same team, village and first day is that row from now on.
    """
    listed = {(row.village, row.team, row.first_day) for _, _, row in found}
    stored: dict[str, list[tuple[str, Span]]] = defaultdict(list)
    for village, team, span in known.links:
        if (village, team, span.first) not in listed:
            stored[village].append((team, span))
    taken: dict[str, list[tuple[Span, int]]] = defaultdict(list)  # of each village: in order, apart
    for number, cells, row in found:
        span = Span(row.first_day, row.last_day)
        before = _taken(span, number, taken[row.village]) or _stored(span, stored[row.village])
        if before:
            wanted = f"与{before}的日期重叠：一个村社同一天只能有一个组团"
            faults.add(Fault("组团联村", number, "村社代码", shown(cells["村社代码"]), wanted))


def _used_numbers(
    found: Sequence[tuple[int, Cells, CaseRow]], period: PeriodRow, known: Known, faults: Faults
) -> None:
    """A case's number is used once, not anew every year: the row would rewrite the case of a finished period."""
    for number, cells, row in found:
        opened = known.cases.get(row.number)
        if opened is not None and opened != row.opened_at and opened.date() not in period.span:
            wanted = f"这个编号已经用在 {opened:%Y-%m-%d} 提出的诉求上：请换一个编号，例如前面加上年份"
            faults.add(Fault("诉求", number, "编号", shown(cells["编号"]), wanted))


def _taken(span: Span, number: int, spans: list[tuple[Span, int]]) -> str:
    """The earlier row that has a day of `span`; if there is none, the span is taken from now on."""
    place = bisect_right(spans, (span, number))
    for other, row in spans[max(place - 1, 0) : place + 1]:
        if other.within(span):
            return f"第 {row} 行（{other.first} 至 {other.last}）"
    spans.insert(place, (span, number))
    return ""


def _stored(span: Span, links: Sequence[tuple[str, Span]]) -> str:
    """The stored link that has a day of `span`."""
    overlapping = (
        f"已存的“{name}”（{other.first} 至 {other.last}）" for name, other in links if other.within(span)
    )
    return next(overlapping, "")


def _leaders_at_one(members: Sequence[MemberRow], teams: Sequence[TeamRow]) -> tuple[MemberRow, ...]:
    """个人系数 of a team's leader is 1, whatever the sheet says."""
    leaders = {(team.name, team.leader) for team in teams if team.leader}
    return tuple(
        replace(member, factor=Decimal(1)) if (member.team, member.cadre) in leaders else member
        for member in members
    )
