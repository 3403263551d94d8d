"""Setting a township up: the period and four steps, from a workbook, from Excel's cells or by hand, in any order."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal import divisions
from portal.actions import periods
from portal.actions.guard import require
from portal.actions.listed_villages import ListedVillage, add_listed_villages
from portal.clock import local_day
from portal.core.book import VillageKind
from portal.core.readiness import Step
from portal.core.rights import Right
from portal.store import townships
from portal.store.organisation import Township
from portal.web import guards, unit
from portal.web.admin.links import link
from portal.web.admin.period_forms import PeriodForm
from portal.web.admin.tasks import tasks

pages = Blueprint("setup", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)

STEPS = {step.value: step for step in (Step.PEOPLE, Step.VILLAGES, Step.TEAMS, Step.PLAN)}
SHEETS = {
    Step.PEOPLE: ("模块", "干部", "兼岗"),
    Step.VILLAGES: ("村社",),
    Step.TEAMS: ("组团", "组团成员", "组团联村"),
    Step.PLAN: ("岗位",),
}
BY_HAND = {
    Step.PEOPLE: (("/admin/modules", "加模块"), ("/admin/cadres/new", "加一名干部")),
    Step.VILLAGES: (("/admin/villages", "加一个村社"),),
    Step.TEAMS: (("/admin/teams", "加组团、成员和联村社"),),
    Step.PLAN: (("/admin/posts", "加岗位、定系数"), ("/admin/plan/edit", "改考评方案")),
}
NO_PERIOD = "请先定考评周期：村社的户数从周期第一天算起。"
KINDS = {"村": VillageKind.VILLAGE, "社区": VillageKind.COMMUNITY}
MOST_HOUSEHOLDS, LONGEST_NAME, FIRST_ROWS = 1_000_000, 40, 5


@dataclass(slots=True)
class Row:
    """A village of the list as it stands in the table form, with what is wrong at its cells."""

    code: str
    listed: str  # the name on the list; `name` may be typed over
    name: str
    kind: str
    households: str = ""
    take: bool = True
    faults: dict[str, str] = field(default_factory=dict)


@pages.get("/setup")
def page() -> str:
    """The task list; the first thing is a period."""
    return _page(PeriodForm(formdata=None, data=_this_year()))


@pages.post("/setup")
def begin() -> tuple[str, int] | BaseResponse:
    """The township's first period, with the default plan."""
    actor = guards.known_actor()
    require(actor, Right.EDIT_ORGANISATION)
    asked = PeriodForm(request.form)
    if not asked.validate():
        return _page(asked), 422
    try:
        periods.begin_first_period(unit.session(), actor, asked.wanted(), unit.now())
    except periods.PeriodRefused as refusal:
        asked.refuse(str(refusal), refusal.field)
        return _page(asked), 422
    return redirect(url_for(".page", done="period"), 303)


@pages.get("/setup/<step>")
def step(step: str) -> str:
    """One step: what is there, what is missing, and three ways to enter it."""
    if step not in STEPS:
        abort(404)
    township, one = guards.township(), STEPS[step]
    period = periods.current(unit.session(), township.id, unit.now())
    ready = periods.ready(unit.session(), township.id, period, unit.now())
    order = list(STEPS.values())
    place = order.index(one)
    return render_template(
        "setup/step.html",
        period=period,
        task=next(task for task in tasks(ready) if task.step is one),
        there=ready.township,
        sheets=[(name, link(f"/admin/import/paste/{name}")) for name in SHEETS[one]],
        by_hand=[(words, link(path)) for path, words in BY_HAND[one]],
        workbook=link("/admin/import"),
        listed=len(_rows(township)) if one is Step.VILLAGES else 0,
        following=order[place + 1].value if place + 1 < len(order) else "",
        first_rows=FIRST_ROWS,
        done=request.args.get("done", "", str),
    )


@pages.get("/setup/villages/listed")
def listed() -> str:
    """The township's villages of the public list that aren't here yet, as a table to fill in."""
    require(guards.known_actor(), Right.EDIT_ORGANISATION)
    township = guards.township()
    period = periods.current(unit.session(), township.id, unit.now())
    return _listed_page(_rows(township), notice="" if period else NO_PERIOD)


@pages.post("/setup/villages/listed")
def add_listed() -> tuple[str, int] | BaseResponse:
    """Add the rows that are ticked; a fault at any cell adds nothing."""
    actor = guards.known_actor()
    require(actor, Right.EDIT_ORGANISATION)
    township = guards.township()
    period = periods.current(unit.session(), township.id, unit.now())
    rows = [_typed(row) for row in _rows(township, everything=True)]
    taken = [row for row in rows if row.take]
    if period is None:
        return _listed_page(rows, NO_PERIOD), 422
    if not taken:
        return _listed_page(rows, "一个也没有勾。请勾上要添加的村社，填上户数。"), 422
    if any(row.faults for row in rows):
        return _listed_page(rows), 422
    wanted = [ListedVillage(row.code, row.name, KINDS[row.kind], int(row.households)) for row in taken]
    added = add_listed_villages(unit.session(), actor, period, wanted, unit.now())
    return redirect(url_for(".step", step=Step.VILLAGES.value, done=added), 303)


def _page(asked: PeriodForm) -> str:
    township = guards.township()
    period = periods.current(unit.session(), township.id, unit.now())
    ready = periods.ready(unit.session(), township.id, period, unit.now())
    return render_template(
        "setup/tasks.html",
        township=township,
        period=period,
        form=asked,
        tasks=tasks(ready),
        ready=ready,
        workbook=link("/admin/import"),
        done=request.args.get("done"),
    )


def _this_year() -> dict[str, str | date]:
    year = local_day(unit.now()).year
    return {
        "name": f"{year}年度",
        "first_day": date(year, 1, 1),
        "last_day": date(year, 12, 31),
    }


def _rows(township: Township, *, everything: bool = False) -> list[Row]:
    """The list's villages, without those that are here already; with `everything` all of them."""
    division = divisions.township(township.code)
    if division is None:
        return []
    here = {village.code for village in townships.villages(unit.session(), township.id)}
    return [
        Row(place.code, place.name, place.name, place.kind)
        for place in division.places
        if everything or place.code not in here
    ]


def _typed(row: Row) -> Row:
    """The row as it was posted, with a sentence at each cell that is wrong."""
    asked = request.form
    taken = f"take_{row.code}" in asked
    name = asked.get(f"name_{row.code}", row.name).strip()
    kind = asked.get(f"kind_{row.code}", row.kind)
    households = asked.get(f"households_{row.code}", "").strip()
    found = Row(row.code, row.listed, name, kind, households, taken)
    if not taken:
        return found
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        found.faults["name"] = f"{row.listed}：名称要 1–{LONGEST_NAME} 个字。"
    if kind not in KINDS:
        found.faults["kind"] = f"{row.listed}：类型要选村或社区。"
    whole = households.isascii() and households.isdigit() and len(households) < 9
    if not whole or not 1 <= int(households) <= MOST_HOUSEHOLDS:
        wrong = f"“{households[:20]}”不是" if households else "现在是空的"
        found.faults["households"] = f"{row.listed}：户数要填大于 0 的整数，{wrong}。"
    return found


def _listed_page(rows: list[Row], refusal: str = "", notice: str = "") -> str:
    here = {v.code for v in townships.villages(unit.session(), guards.township().id)}
    shown = [row for row in rows if row.code not in here]
    return render_template("setup/listed.html", rows=shown, kinds=list(KINDS), refusal=refusal, notice=notice)
