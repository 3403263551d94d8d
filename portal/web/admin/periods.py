"""Appraisal periods: all of them, opening one for good, and a new year."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import new_year, periods
from portal.actions.guard import require
from portal.clock import local_day
from portal.core.periods import stations
from portal.core.rights import Right
from portal.store import periods as rows
from portal.store.appraisal import Period
from portal.web import guards, unit
from portal.web.admin.period_forms import OpenForm, PeriodForm
from portal.web.admin.tasks import tasks

pages = Blueprint("periods", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)


@pages.get("/periods")
def index() -> str:
    """Every period, newest first, each with its state, its results and its plan."""
    today = local_day(unit.now())
    found = reversed(rows.listed(unit.session(), guards.township().id))
    return render_template(
        "periods/index.html",
        lines=[
            (period, periods.state(period, today), stations(periods.days_of(period), today))
            for period in found
        ],
        local_day=local_day,
        done=request.args.get("done"),
    )


@pages.get("/periods/<int:period_id>/open")
def opening(period_id: int) -> str:
    """What opening means, and what is missing."""
    require(guards.known_actor(), Right.OPEN_PERIOD)
    return _opening_page(_own(period_id), OpenForm(formdata=None))


@pages.post("/periods/<int:period_id>/open")
def open_for_good(period_id: int) -> tuple[str, int] | BaseResponse:
    actor = guards.known_actor()
    require(actor, Right.OPEN_PERIOD)
    period, asked = _own(period_id), OpenForm(request.form)
    if not asked.validate():
        return _opening_page(period, asked), 422
    try:
        periods.open_period(unit.session(), actor, period, asked.reason.data, unit.now())
    except periods.PeriodRefused as refusal:
        if refusal.field:
            asked.reason.errors = [str(refusal)]
            return _opening_page(period, asked), 422
        return _opening_page(period, asked, str(refusal)), 422
    return redirect(url_for(".index", done="opened"), 303)


@pages.get("/periods/new")
def next_year() -> str | BaseResponse:
    """A new year: name and days first, then what is carried over."""
    require(guards.known_actor(), Right.OPEN_PERIOD)
    old = _latest()
    if old is None:
        return redirect(url_for("setup.page"))
    return _new_page(old, PeriodForm(formdata=None, data=_year_after(old)))


@pages.post("/periods/new")
def begin_next_year() -> tuple[str, int] | str | BaseResponse:
    """First a look at what would be carried over, then, confirmed, the new period itself."""
    actor = guards.known_actor()
    require(actor, Right.OPEN_PERIOD)
    if request.form.get("step") != "begin":
        unit.only_look()
    old = _latest()
    if old is None:
        abort(404)
    asked = PeriodForm(request.form)
    if not asked.validate():
        return _new_page(old, asked), 422
    try:
        if request.form.get("step") == "begin":
            new_year.begin_new_year(unit.session(), actor, _meant(old), asked.wanted(), unit.now())
            return redirect(url_for(".index", done="new"), 303)
        carried = new_year.preview(unit.session(), guards.township().id, old, asked.wanted())
    except periods.PeriodRefused as refusal:
        asked.refuse(str(refusal), refusal.field)
        return _new_page(old, asked), 422
    return render_template("periods/new_preview.html", old=old, wanted=asked.wanted(), carried=carried)


def _meant(latest: Period) -> Period:
    """The period that the preview carried over from: sending twice must not make a year out of the new one."""
    return latest if request.form.get("old") == str(latest.id) else _own(_number(request.form.get("old")))


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _own(period_id: int) -> Period:
    """The township's own period; another one's is not there."""
    period = rows.by_id(unit.session(), guards.township().id, period_id)
    if period is None:
        abort(404)
    return period


def _latest() -> Period | None:
    return next(reversed(rows.listed(unit.session(), guards.township().id)), None)


def _opening_page(period: Period, asked: OpenForm, refusal: str = "") -> str:
    ready = periods.ready(unit.session(), guards.township().id, period, unit.now())
    asked.reason.flags.required = bool(ready.gaps)
    return render_template(
        "periods/open.html", period=period, form=asked, tasks=tasks(ready), ready=ready, refusal=refusal
    )


def _new_page(old: Period, asked: PeriodForm) -> str:
    return render_template("periods/new.html", old=old, form=asked)


def _year_after(old: Period) -> dict[str, str | date]:
    """The next calendar year, or where the old period ends within it, from the day after."""
    first = old.last_day + timedelta(days=1)
    return {
        "name": f"{first.year}年度",
        "first_day": first,
        "last_day": date(first.year, 12, 31),
    }
