"""The township's pages: everybody's four dimensions, why, and the same as a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, render_template, request

from portal.actions.guard import require
from portal.core.rights import Right
from portal.core.score import CadreScore
from portal.files.results_out import ResultSheet, results_csv, results_xlsx
from portal.pinyin import by_pinyin
from portal.store import people_over_time
from portal.web import guards, scores, unit

pages = Blueprint("admin", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_ALL_SCORES)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FILES: Mapping[str, tuple[Callable[[ResultSheet], bytes], str]] = {
    "csv": (results_csv, "text/csv"),
    "xlsx": (results_xlsx, XLSX),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column that the table may be sorted by: its key in the address, its head, and what it sorts."""

    key: str
    head: str
    of: Callable[[CadreScore], Any]
    highest_first: bool = True
    numeric: bool = True


COLUMNS = (
    Column("rank", "名次", lambda score: score.rank, highest_first=False),
    Column("number", "工号", lambda score: score.number, highest_first=False, numeric=False),
    Column("group", "组别", lambda score: score.group, highest_first=False, numeric=False),
    Column("group_rank", "组内", lambda score: score.group_rank, highest_first=False),
    Column("module_name", "模块", lambda score: score.module_name, highest_first=False, numeric=False),
    Column("post", "岗位赋分", lambda score: score.post.score),
    Column("module", "模块评分", lambda score: score.module.score),
    Column("team", "组团积分", lambda score: score.team.score),
    Column("bonus", "专班加分", lambda score: score.bonus.score),
    Column("total", "总分", lambda score: score.total),
)


@pages.get("/results")
def results() -> str:
    """Can I stand behind this table? Everybody, sorted and filtered as asked."""
    township = guards.township()
    if not scores.has_period(township):
        return render_template("admin/no_period.html", township=township)
    found = scores.asked_result(township)
    everybody = found.result.cadres
    column = next((column for column in COLUMNS if column.key == request.args.get("sort")), COLUMNS[0])
    group, module = request.args.get("group", ""), request.args.get("module", "")
    return render_template(
        "admin/results.html",
        township=township,
        found=found,
        cadres=_sorted([score for score in everybody if _wanted(score, group, module)], column),
        columns=COLUMNS,
        sorted_by=column,
        groups=sorted({score.group for score in everybody}, key=by_pinyin),
        modules=sorted({score.module_name for score in everybody if score.module_name}, key=by_pinyin),
        group=group,
        module=module,
        stations=scores.station_links(township, found),
        asked=_asked(),
    )


@pages.get("/results.<kind>")
def export(kind: str) -> Response:
    """The same table as a file."""
    require(guards.known_actor(), Right.EXPORT_SCORES)
    township = guards.township()
    if kind not in FILES or not scores.has_period(township):
        abort(404)
    write, mimetype = FILES[kind]
    found = scores.asked_result(township)
    name = f"{township.name}{found.period.name}考评结果_{found.result.as_of}.{kind}"
    content = write(ResultSheet(township.name, township.code, found.period.name, found.result))
    disposition = f"attachment; filename=results.{kind}; filename*=UTF-8''{quote(name)}"
    return Response(content, mimetype=mimetype, headers={"Content-Disposition": disposition})


@pages.get("/results/<path:number>")
def cadre(number: str) -> str:
    """Why this number? The same explanation that the cadre sees."""
    township = guards.township()
    found = scores.asked_result(township)
    score = found.result.cadre(number)
    if score is None:
        abort(404)
    person = people_over_time.by_number(unit.session(), township.id, number)
    return render_template(
        "admin/cadre.html",
        person_id=None if person is None else person.id,
        **scores.explanation(found, score),
        stations=scores.station_links(township, found),
        asked=_asked(),
    )


def _asked() -> dict[str, str]:
    """What of the address must follow into every link of the page."""
    return {
        key: value
        for key in ("period", "as_of", "group", "module", "sort")
        if (value := request.args.get(key))
    }


def _wanted(score: CadreScore, group: str, module: str) -> bool:
    return (not group or score.group == group) and (not module or score.module_name == module)


def _sorted(cadres: list[CadreScore], column: Column) -> list[CadreScore]:
    """By the column, those without a value last; equal ones stay in the order of rank."""
    there = [score for score in cadres if column.of(score) is not None]
    missing = [score for score in cadres if column.of(score) is None]
    return sorted(there, key=column.of, reverse=column.highest_first) + missing
