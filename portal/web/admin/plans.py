"""The scoring plan: every parameter in plain words, its versions, and changing it after a look at who would move."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import plans
from portal.actions.guard import require
from portal.actions.periods import days_of
from portal.actions.plans import PlanRefused
from portal.actions.proposals import ProposalRefused
from portal.actions.seen import ChangedMeanwhile, must_be_as_seen, seen_of
from portal.clock import local_day
from portal.core import plan_fields
from portal.core.plan import Plan
from portal.core.plan_fields import Field
from portal.core.rights import Right
from portal.store import periods as rows
from portal.store import townships
from portal.store.appraisal import Period
from portal.web import guards, unit
from portal.web.admin.asked_period import asked_period
from portal.web.admin.links import link
from portal.web.admin.period_forms import plan_form
from portal.web.conflict import conflict_page

pages = Blueprint("plans", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)


@pages.get("/plan")
def page() -> str:
    """The plan in force, and every version with who, when and why."""
    period = asked_period()
    if period is None:
        return render_template("periods/no_plan.html")
    versions = rows.versions(unit.session(), period.township_id, period.id)
    plan = versions[0].plan if versions else Plan()
    groups, posts = _sheet(period, plan)
    typed = plan_fields.typed_of(plan, groups, posts)
    told = [
        (version, plan_fields.changes(older.plan, version.plan, groups, posts) if older else ())
        for version, older in zip(versions, [*versions[1:], None], strict=True)
    ]
    return render_template(
        "periods/plan.html",
        period=period,
        sections=_sections(plan_fields.fields(groups, posts)),
        typed=typed,
        versions=told,
        approvals=link("/admin/approvals"),
        local_day=local_day,
        done=request.args.get("done"),
    )


@pages.get("/plan/edit")
def form() -> str:
    require(guards.known_actor(), Right.EDIT_PLAN)
    period = asked_period()
    if period is None:
        return render_template("periods/no_plan.html")
    plan = townships.plan_of(unit.session(), period.township_id, period.id)
    groups, posts = _sheet(period, plan)
    asked = plan_form(groups, posts)(formdata=None, data=plan_fields.typed_of(plan, groups, posts))
    return _form_page(period, asked, groups, posts, _seen(period))


@pages.post("/plan/edit")
def change() -> str | tuple[str, int] | BaseResponse:
    """A look at who would move first; then a new version, or a proposal once the period is open."""
    actor = guards.known_actor()
    require(actor, Right.EDIT_PLAN)
    if request.form.get("step") != "save":
        unit.only_look()  # scoring everybody twice takes its time
    period = asked_period()
    if period is None:
        abort(404)
    in_force = townships.plan_of(unit.session(), period.township_id, period.id)
    groups, posts = _sheet(period, in_force)
    asked, seen = plan_form(groups, posts)(request.form), request.form.get("seen", "")
    wanted = _read(asked, groups, posts)
    if wanted is None or request.form.get("step") == "edit":
        page = _form_page(period, asked, groups, posts, seen or _seen(period))
        return (page, 422) if wanted is None else page
    refusal = ""
    try:
        version = _version(period)
        must_be_as_seen(seen, version)
        if request.form.get("step") == "save":
            made_from, reason = version["number"], asked.reason.data
            at_once = plans.change_plan(unit.session(), actor, period, wanted, reason, made_from, unit.now())
            done = "saved" if at_once else "waiting"
            return redirect(url_for(".page", period=period.id, done=done), 303)
        return _preview_page(period, asked, wanted, seen)
    except ChangedMeanwhile as changed:
        typed = {key: value for key, value in request.form.items() if key != "step"}
        back = url_for(".page", period=period.id)
        what = f"{period.name}考评方案"
        return conflict_page(what, changed, {"number": "方案版本"}, typed, _seen(period), back)
    except (PlanRefused, ProposalRefused) as refused:
        refusal = str(refused)
    return _form_page(period, asked, groups, posts, seen, refusal), 422


def _read(asked: FlaskForm, groups: tuple[str, ...], posts: tuple[str, ...]) -> Plan | None:
    """The plan that was typed; what is wrong stands at its fields."""
    fewest = 1 if unit.fixtures().settings.demo else plan_fields.FEWEST_IN_A_CROWD
    valid = asked.validate()
    typed = {key: value or "" for key, value in asked.data.items() if isinstance(value, str | None)}
    plan, faults = plan_fields.read(typed, groups, posts, fewest)
    for key, sentence in faults.items():
        asked[key].errors = [sentence]
    return plan if valid else None


def _preview_page(period: Period, asked: FlaskForm, wanted: Plan, seen: str) -> str | tuple[str, int]:
    session, township_id = unit.session(), period.township_id
    differing = plans.changes_of(session, township_id, period, wanted)
    if not differing:
        in_force = townships.plan_of(session, township_id, period.id)
        groups, posts = _sheet(period, in_force)
        return _form_page(period, asked, groups, posts, seen, "和现在的方案一样，没有什么要保存。"), 422
    kept = {key: value for key, value in request.form.items() if key not in ("csrf_token", "seen", "step")}
    return render_template(
        "periods/plan_preview.html",
        period=period,
        changes=differing,
        preview=plans.preview(session, township_id, period, wanted, unit.now()),
        two=plans.takes_two(session, period, wanted),
        reason=asked.reason.data,
        kept=kept,
        seen=seen,
    )


def _form_page(
    period: Period,
    asked: FlaskForm,
    groups: tuple[str, ...],
    posts: tuple[str, ...],
    seen: str,
    refusal: str = "",
) -> str:
    return render_template(
        "periods/plan_edit.html",
        period=period,
        form=asked,
        sections=_sections(plan_fields.fields(groups, posts)),
        seen=seen,
        refusal=refusal,
    )


def _sheet(period: Period, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The groups and posts that the plan's sheet has fields for."""
    session, township_id = unit.session(), period.township_id
    serving = rows.groups(session, township_id, days_of(period).span)
    groups = plan_fields.groups_of(plan, serving)
    return groups, plan_fields.posts_of(plan, rows.posts(session, township_id, period.id))


def _sections(fields: tuple[Field, ...]) -> list[tuple[str, list[Field]]]:
    return [(name, list(own)) for name, own in groupby(fields, key=lambda one: one.section)]


def _version(period: Period) -> dict[str, int]:
    return {"number": rows.newest_number(unit.session(), period.township_id, period.id)}


def _seen(period: Period) -> str:
    return seen_of(_version(period))
