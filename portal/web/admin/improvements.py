"""你说我办 for the office: what each village's page shows, proposing an entry, taking one down."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from portal.actions import improvements as acts
from portal.actions.guard import require
from portal.actions.improvements import ImprovementRefused, NewImprovement
from portal.actions.proposals import ProposalRefused, state_at
from portal.clock import local_day
from portal.core.improvements import LONGEST
from portal.core.rights import Right
from portal.store import improvements as kept
from portal.store import rows, townships
from portal.store.improvements import Improvement
from portal.store.office import Proposal, ProposalState
from portal.store.organisation import Village
from portal.web import guards, unit
from portal.web.day_field import DayField

pages = Blueprint("improvements", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)

LONGEST_REASON = 500
DONE_WORDS = {"proposed": "已经提出，等另一个人来批。批了村民才看得到。", "down": "已撤下，村民看不到了。"}


def _plain(typed: str | None) -> str:
    """One paragraph, as the village's page shows it."""
    return " ".join((typed or "").split())


def _words(label: str) -> TextAreaField:
    wanted, most = f"请写{label}。", f"{label}最多 {LONGEST} 个字。"
    return TextAreaField(
        label, filters=[_plain], validators=[DataRequired(wanted), Length(max=LONGEST, message=most)]
    )


class ImprovementForm(FlaskForm):  # type: ignore[misc]
    """What people said, what was done, where and when, and what the second person should know."""

    village = SelectField("村社", [InputRequired("请选一个村社。")], validate_choice=False)
    said = _words("群众说的")
    done = _words("办了的")
    day = DayField("哪天办好的", [InputRequired("请填哪天办好的。")])
    reason = TextAreaField(
        "依据",
        filters=[_plain],
        validators=[
            DataRequired("请写依据：批的人要知道这件事是真的。"),
            Length(max=LONGEST_REASON, message=f"依据最多 {LONGEST_REASON} 个字。"),
        ],
    )


class DownForm(FlaskForm):  # type: ignore[misc]
    """Why an entry is taken down."""

    reason = TextAreaField(
        "为什么撤下",
        filters=[_plain],
        validators=[
            DataRequired("请写明为什么撤下。"),
            Length(max=LONGEST_REASON, message=f"理由最多 {LONGEST_REASON} 个字。"),
        ],
    )


@pages.get("/improvements")
def index() -> str:
    """What does each village's page show, and what waits?"""
    session, township, now = unit.session(), guards.township(), unit.now()
    villages = townships.villages(session, township.id)
    today = local_day(now)
    waiting = [one for one in kept.waiting(session, township.id, acts.PUBLISH.key) if _waits(one)]
    numbers: dict[int, int] = {}
    for proposal in waiting:
        numbers[proposal.payload["village_id"]] = numbers.get(proposal.payload["village_id"], 0) + 1
    shown = kept.counts(session, township.id)
    return render_template(
        "admin/improvements/index.html",
        villages=[one for one in villages if _there(one, today) or one.id in shown],
        name_of={one.id: one.name for one in villages},
        shown=shown,
        numbers=numbers,
        waiting=waiting,
        day_of=_days(waiting),
        posters=townships.posters_in_use(session, township.id),
        done=DONE_WORDS.get(request.args.get("done", ""), ""),
    )


@pages.get("/improvements/villages/<int:village_id>")
def village(village_id: int) -> str:
    """What does this village's page show, and what was taken down?"""
    session, township = unit.session(), guards.township()
    found = rows.one(session, Village, township.id, village_id)
    if found is None:
        abort(404)
    all_waiting = kept.waiting(session, township.id, acts.PUBLISH.key)
    waiting = [one for one in all_waiting if _waits(one) and one.payload["village_id"] == village_id]
    return render_template(
        "admin/improvements/village.html",
        village=found,
        rows=kept.of_village(session, township.id, village_id),
        waiting=waiting,
        day_of=_days(waiting),
        poster=townships.posters_in_use(session, township.id).get(village_id),
        done=DONE_WORDS.get(request.args.get("done", ""), ""),
    )


def _days(waiting: list[Proposal]) -> dict[int, date]:
    """When it was done, of each proposal by its id."""
    return {one.id: date.fromisoformat(one.payload["day"]) for one in waiting}


@pages.get("/improvements/new")
def new() -> str:
    require(guards.known_actor(), Right.PROPOSE)
    return _new_page(ImprovementForm(data={"village": request.args.get("village", "")}))


@pages.post("/improvements/new")
def propose() -> BaseResponse | tuple[str, int]:
    """Put an entry before a second person."""
    require(guards.known_actor(), Right.PROPOSE)
    form, refusal = ImprovementForm(), ""
    form.village.choices = _choices()
    if form.validate():
        typed = form.village.data
        village_id = int(typed) if typed in {key for key, _ in form.village.choices} else 0
        wanted = NewImprovement(village_id, form.said.data, form.done.data, form.day.data)
        try:
            made = acts.propose_improvement(
                unit.session(), guards.known_actor(), wanted, form.reason.data, unit.now()
            )
            return redirect(url_for("approvals.one", proposal_id=made.id, done=1), 303)
        except ImprovementRefused as refused:
            form[refused.field].errors = [str(refused)]
        except ProposalRefused as refused:
            refusal = str(refused)
    return _new_page(form, refusal), 422


@pages.get("/improvements/<int:improvement_id>/down")
def down(improvement_id: int) -> str | BaseResponse:
    """Before an entry is taken down: which one, and why?"""
    require(guards.known_actor(), Right.APPROVE)
    return _down_page(_own(improvement_id), DownForm())


@pages.post("/improvements/<int:improvement_id>/down")
def take_down(improvement_id: int) -> BaseResponse | tuple[str, int] | str:
    require(guards.known_actor(), Right.APPROVE)
    row, form = _own(improvement_id), DownForm()
    if not form.validate():
        page = _down_page(row, form)
        return (page, 422) if isinstance(page, str) else page
    acts.take_down(unit.session(), guards.known_actor(), row.id, form.reason.data, unit.now())
    return redirect(url_for(".village", village_id=row.village_id, done="down"), 303)


def _own(improvement_id: int) -> Improvement:
    row = rows.one(unit.session(), Improvement, guards.township().id, improvement_id)
    if row is None:
        abort(404)
    return row


def _down_page(row: Improvement, form: DownForm) -> str | BaseResponse:
    """The question; of what is down already the village's page, which says so."""
    if row.taken_down_on is not None:
        return redirect(url_for(".village", village_id=row.village_id))
    found = rows.one(unit.session(), Village, row.township_id, row.village_id)
    return render_template("admin/improvements/down.html", entry=row, village=found, form=form)


def _new_page(form: ImprovementForm, refusal: str = "") -> str:
    form.village.choices = _choices()
    return render_template("admin/improvements/new.html", form=form, refusal=refusal, longest=LONGEST)


def _choices() -> list[tuple[str, str]]:
    """Villages that are there today, after an empty line."""
    today = local_day(unit.now())
    everywhere = townships.villages(unit.session(), guards.township().id)
    return [("", "请选择"), *((str(one.id), one.name) for one in everywhere if _there(one, today))]


def _there(one: Village, today: date) -> bool:
    return one.last_day is None or one.last_day >= today


def _waits(proposal: Proposal) -> bool:
    return state_at(proposal, unit.now()) is ProposalState.WAITING
