"""The residents' form of a period: what they meet, a form of the township's own, and a look at it in a phone's frame."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import editions, periods
from portal.actions.editions import EditionRefused
from portal.actions.guard import require
from portal.actions.seen import ChangedMeanwhile
from portal.clock import local_day
from portal.core import form_fields
from portal.core.book import VillageKind
from portal.core.form import STANDARD, Edition, called, kind_of_township, title
from portal.core.form_catalogue import CATALOGUE
from portal.core.rights import Right
from portal.store import periods as rows
from portal.store import townships
from portal.store.appraisal import Period
from portal.store.organisation import Village
from portal.web import form_preview, guards, unit
from portal.web.admin import edition_forms
from portal.web.admin.asked_period import asked_period
from portal.web.admin.edition_forms import EditionForm
from portal.web.admin.links import link
from portal.web.conflict import conflict_page

pages = Blueprint("editions", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)


@pages.get("/form")
def page() -> str:
    """The form of a period, question by question and as a phone shows it."""
    period = asked_period()
    if period is None:
        return render_template("admin/editions/no_period.html")
    _let_frame()
    edition = editions.edition_of(unit.session(), period)
    return render_template(
        "admin/editions/page.html",
        period=period,
        periods=_periods(period),
        title=title(edition.key),
        standard=edition.key == STANDARD.key,
        lines=form_fields.lines(edition, guards.township().name),
        locked=editions.why_locked(period, unit.now()),
        heard=rows.heard(unit.session(), period),
        hub=link("/admin/voices"),
        today=local_day(unit.now()),
        office=kind_of_township(guards.township().name),
        done=request.args.get("done"),
    )


@pages.get("/form/edit")
def edit() -> str | BaseResponse:
    """The catalogue as a form, filled with what the period has."""
    require(guards.known_actor(), Right.EDIT_PLAN)
    period = asked_period()
    if period is None:
        return render_template("admin/editions/no_period.html")
    if editions.why_locked(period, unit.now()):
        return redirect(url_for(".page", period=period.id))
    asked = edition_forms.filled(editions.edition_of(unit.session(), period), guards.township().name)
    return _form_page(period, asked, editions.seen_form(unit.session(), period))


@pages.post("/form/edit")
def change() -> str | tuple[str, int] | BaseResponse:
    """A look at it on a phone first; then it is the period's form."""
    actor = guards.known_actor()
    require(actor, Right.EDIT_PLAN)
    step = request.form.get("step", "look")
    if step != "save":
        unit.only_look()
    period = asked_period()
    if period is None:
        abort(404)
    asked, name = EditionForm(request.form), guards.township().name
    seen = request.form.get("seen", "")
    if step == "standard":
        return _form_page(period, edition_forms.filled(STANDARD, name, asked.reason.data), seen)
    wanted = edition_forms.read(asked, name)
    if wanted is None or step == "edit":
        page = _form_page(period, asked, seen)
        return (page, 422) if wanted is None else page
    try:
        if step == "save":
            reason = asked.reason.data
            editions.change_form(unit.session(), actor, period, wanted, reason, seen, unit.now())
            return redirect(url_for(".page", period=period.id, done="saved"), 303)
        changes = editions.look(unit.session(), actor, period, wanted, seen, unit.now())
        return _look_page(period, wanted, changes, asked.reason.data, seen)
    except ChangedMeanwhile as changed:
        return _conflict(period, changed)
    except EditionRefused as refused:
        return _form_page(period, asked, seen, str(refused)), 422


@pages.get("/form/preview")
def preview() -> str:
    """The form as a phone shows it, for a frame on the pages above: one in force, or a draft that the address holds."""
    township = guards.township()
    draft = request.args.get("draft")
    if draft is None:
        period = asked_period()
        edition = editions.edition_of(unit.session(), period) if period else STANDARD
    else:
        found = edition_forms.from_draft(draft, township.name)
        if found is None:
            abort(404)
        edition = found
    kind = VillageKind.COMMUNITY if request.args.get("kind") == "community" else VillageKind.VILLAGE
    unit.allow("frame-ancestors", "'self'")
    return form_preview.preview(_village(township.id, kind), township, edition)


def _let_frame() -> None:
    unit.allow("frame-src", "'self'")


def _village(township_id: int, kind: VillageKind) -> Village:
    """One of the township's villages (or communities), an invented one where it has none."""
    there = townships.villages(unit.session(), township_id)
    invented = Village(name="某某社区" if kind is VillageKind.COMMUNITY else "某某村", kind=kind)
    return next((village for village in there if village.kind is kind), invented)


def _periods(shown: Period) -> list[tuple[str, str, bool]]:
    """The periods that aren't over, as tabs: a new form is made for one that is still to be opened."""
    today = local_day(unit.now())
    return [
        (
            f"{period.name}（{periods.state(period, today).value}）",
            url_for(".page", period=period.id),
            period.id == shown.id,
        )
        for period in rows.listed(unit.session(), shown.township_id)
        if period.last_day >= today or period.id == shown.id
    ]


def _form_page(period: Period, asked: FlaskForm, seen: str, refusal: str = "") -> str:
    name = guards.township().name
    return render_template(
        "admin/editions/edit.html",
        period=period,
        form=asked,
        questions=[(question, form_fields.fields_of(question)) for question in CATALOGUE],
        overall=form_fields.lines(STANDARD, name)[-1].text,
        in_villages=called(VillageKind.VILLAGE, name),
        in_communities=called(VillageKind.COMMUNITY, name),
        most=form_fields.MOST,
        longest=form_fields.LONGEST_TEXT,
        heard=rows.heard(unit.session(), period),
        seen=seen or editions.seen_form(unit.session(), period),
        refusal=refusal,
    )


def _look_page(
    period: Period, wanted: Edition, changes: tuple[editions.Comparison, ...], reason: str, seen: str
) -> str:
    _let_frame()
    kept = {key: value for key, value in request.form.items() if key not in ("csrf_token", "seen", "step")}
    return render_template(
        "admin/editions/look.html",
        period=period,
        title=title(wanted.key),
        changes=changes,
        draft=edition_forms.draft_of(wanted, guards.township().name),
        reason=reason,
        kept=kept,
        seen=seen,
    )


def _conflict(period: Period, changed: ChangedMeanwhile) -> tuple[str, int]:
    labels = {field.key: field.label for field in form_fields.fields()}
    typed = {key: value for key, value in request.form.items() if key != "step"}
    back = url_for(".page", period=period.id)
    seen = editions.seen_form(unit.session(), period)
    return conflict_page(f"{period.name}问卷", changed, labels, typed, seen, back)
