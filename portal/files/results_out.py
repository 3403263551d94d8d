"""Results as files: JSON for programs, CSV and xlsx for people, all with the same numbers."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import xlsxwriter

from portal.core import plan
from portal.core.exact import decimal_of
from portal.core.score import CadreScore, Result
from portal.core.team import TeamScore
from portal.files.text_cells import safe_text

MISSING_WORDS = {"post": "岗位赋分", "module": "模块评分", "team": "组团积分"}
CADRE_COLUMNS = (
    ("名次", 8),
    ("组内名次", 10),
    ("工号", 14),
    ("姓名", 12),
    ("组别", 12),
    ("岗位赋分", 10),
    ("模块评分", 10),
    ("组团积分", 10),
    ("专班加分", 10),
    ("总分", 10),
    ("暂缺", 24),
)
TEAM_COLUMNS = (("组团", 16), ("组团得分", 10), ("群众评价", 10), ("诉求办理", 10), ("治理评分", 10))
Cell = str | int | Fraction | None


@dataclass(frozen=True, slots=True)
class ResultSheet:
    """A result with the names that a file carries."""

    township: str
    township_code: str
    period: str
    result: Result


def results_json(sheet: ResultSheet) -> str:
    """The JSON of `portal results`: scores are strings with two decimals, null where 暂缺."""
    result = sheet.result
    document = {
        "township": sheet.township,
        "township_code": sheet.township_code,
        "period": sheet.period,
        "as_of": result.as_of.isoformat(),
        "plan": plan.to_json(result.plan),
        "cadres": [_cadre_json(cadre) for cadre in result.cadres],
        "teams": {team.team: _team_json(team) for team in result.teams.values()},
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def results_csv(sheet: ResultSheet) -> bytes:
    """The cadres' table, UTF-8 with BOM so that Excel reads it; no cell begins like a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([name for name, _ in CADRE_COLUMNS])
    for cadre in sheet.result.cadres:
        writer.writerow([_csv_cell(cell) for cell in _cadre_row(cadre)])
    return out.getvalue().encode("utf-8-sig")


def results_xlsx(sheet: ResultSheet) -> bytes:
    """Two sheets, 干部 and 组团: real numbers, frozen headers, widths, a filter; text stays text."""
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"title": f"{sheet.township}{sheet.period}考评结果（截至{sheet.result.as_of}）"})
        header = book.add_format({"bold": True, "bg_color": "#f3f5f7", "border": 1})
        number = book.add_format({"num_format": "0.00"})
        cadres = [_cadre_row(cadre) for cadre in sheet.result.cadres]
        _write(book.add_worksheet("干部"), CADRE_COLUMNS, cadres, header, number)
        teams = [_team_row(team) for team in sheet.result.teams.values()]
        _write(book.add_worksheet("组团"), TEAM_COLUMNS, teams, header, number)
    return out.getvalue()


def _shown(score: Fraction | None) -> str | None:
    return None if score is None else str(decimal_of(score))


def _cadre_json(cadre: CadreScore) -> dict[str, Any]:
    return {
        "工号": cadre.number,
        "姓名": cadre.name,
        "组别": cadre.group,
        "post": _shown(cadre.post.score),
        "module": _shown(cadre.module.score),
        "team": _shown(cadre.team.score),
        "bonus": _shown(cadre.bonus.score),
        "total": _shown(cadre.total),
        "rank": cadre.rank,
        "group_rank": cadre.group_rank,
        "missing": list(cadre.missing),
    }


def _team_json(team: TeamScore) -> dict[str, str | None]:
    return {
        "score": _shown(team.score),
        "mass": _shown(team.mass.score),
        "cases": _shown(team.cases.score),
        "governance": _shown(team.governance.score),
    }


def _cadre_row(cadre: CadreScore) -> list[Cell]:
    return [
        cadre.rank,
        cadre.group_rank,
        cadre.number,
        cadre.name,
        cadre.group,
        cadre.post.score,
        cadre.module.score,
        cadre.team.score,
        cadre.bonus.score,
        cadre.total,
        "、".join(MISSING_WORDS[name] for name in cadre.missing),
    ]


def _team_row(team: TeamScore) -> list[Cell]:
    return [team.team, team.score, team.mass.score, team.cases.score, team.governance.score]


def _csv_cell(cell: Cell) -> str:
    if isinstance(cell, Fraction):
        return str(decimal_of(cell))
    return "" if cell is None else safe_text(str(cell))


def _write(
    page: Any, columns: Sequence[tuple[str, int]], rows: Sequence[Sequence[Cell]], header: Any, number: Any
) -> None:
    for place, (name, width) in enumerate(columns):
        page.set_column(place, place, width)
        page.write_string(0, place, name, header)
    page.freeze_panes(1, 0)
    page.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
    for line, row in enumerate(rows, start=1):
        for place, cell in enumerate(row):
            _write_cell(page, line, place, cell, number)


def _write_cell(page: Any, line: int, place: int, cell: Cell, number: Any) -> None:
    if isinstance(cell, Fraction):
        page.write_number(line, place, float(decimal_of(cell)), number)
    elif isinstance(cell, int):
        page.write_number(line, place, cell)
    elif cell:
        page.write_string(line, place, cell)
