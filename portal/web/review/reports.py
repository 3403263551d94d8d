"""Reports of pressure: which there are, one with everything about it, what was done, and the number behind a button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import RadioField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.actions import pressure as acts
from portal.actions.seen import ChangedMeanwhile, seen_of
from portal.clock import local_day
from portal.core.pressure import HAPPENING_WORDS, LONGEST_NOTE, STAGE_WORDS, Stage
from portal.store import county
from portal.store.county import CountyKind, Report
from portal.web import formats, guards, unit
from portal.web.conflict import conflict_page
from portal.web.review.blueprint import pages

A_PAGE = 50
LARGEST_ID = 2**62
STAGES = {words: stage for stage, words in STAGE_WORDS.items()}
STAGE_TAGS = {Stage.RECEIVED: "warn", Stage.CHECKING: "", Stage.HANDLED: "ok"}
LABELS = {"stage": "进展", "steps": "记录"}


@dataclass(frozen=True, slots=True)
class Event:
    """A step in words."""

    day: str
    who: str
    words: str


class StepForm(FlaskForm):  # type: ignore[misc]
    """How far the county is, and what it found. The values are the words, as the page for a conflict shows them."""

    stage = RadioField(
        "进展",
        [InputRequired("请选现在到了哪一步。")],
        choices=list(STAGES),
        validate_choice=False,
    )
    note = TextAreaField(
        "情况",
        [Length(max=LONGEST_NOTE, message=f"情况最多写 {LONGEST_NOTE} 个字。")],
        filters=[lambda typed: (typed or "").replace("\r\n", "\n").strip()],
    )


@pages.get("/reports")
def reports() -> str:
    """What has come in, newest first, and what is still to be handled?"""
    session, today = unit.session(), local_day(unit.now())
    everything = acts.readable(session, guards.known_actor())
    township, stage = request.args.get("township", ""), request.args.get("stage", "")
    found = [
        report
        for report in everything
        if (not township or report.township_code == township) and (not stage or report.stage.value == stage)
    ]
    last = max(1, -(-len(found) // A_PAGE))
    page = min(max(_number(request.args.get("page", "")), 1), last)
    return render_template(
        "review/reports.html",
        found=found[(page - 1) * A_PAGE : page * A_PAGE],
        total=len(everything),
        matching=len(found),
        waiting=sum(report.stage is not Stage.HANDLED for report in everything),
        with_contact=county.with_contact(session, today),
        townships=sorted({(one.township_code, one.township) for one in everything}),
        chosen={"township": township, "stage": stage},
        happenings=HAPPENING_WORDS,
        stages=STAGE_WORDS,
        tags=STAGE_TAGS,
        page=page,
        last=last,
        address=lambda number: url_for(".reports", township=township, stage=stage, page=number),
    )


@pages.get("/reports/<int:report_id>")
def report(report_id: int) -> str:
    """What does this one say, and what was done about it?"""
    found = _found(report_id)
    return _one(found, StepForm(formdata=None, data={"stage": STAGE_WORDS[found.stage]}), _seen(found))


@pages.post("/reports/<int:report_id>")
def note(report_id: int) -> BaseResponse | tuple[str, int]:
    """Enter how far the county is; who comes second sees what the first one entered."""
    found, form = _found(report_id), StepForm()
    seen = request.form.get("seen", "")
    stage = STAGES.get(form.stage.data or "")
    if not form.validate():
        return _one(found, form, seen), 422
    if stage is None:
        form.stage.errors = ["请从列出的里面选一项。"]
        return _one(found, form, seen), 422
    try:
        acts.note(unit.session(), guards.known_actor(), found.id, (stage, form.note.data), seen, unit.now())
    except acts.PressureRefused as refusal:
        form.note.errors = [str(refusal)]
        return _one(found, form, seen), 422
    except ChangedMeanwhile as changed:
        unit.undo()
        back = url_for(".report", report_id=found.id)
        who = found.steps[-1].actor if found.steps else ""
        typed = request.form.to_dict()
        return conflict_page("这一条反映", changed, LABELS, typed, _seen(_found(report_id)), back, who)
    return redirect(url_for(".report", report_id=found.id, done=1), 303)


@pages.post("/reports/<int:report_id>/contact")
def contact(report_id: int) -> BaseResponse:
    """Look at the telephone number, which stands in the county's ledger from then on."""
    if not acts.see_contact(unit.session(), guards.known_actor(), _found(report_id).id, unit.now()):
        return redirect(url_for(".report", report_id=report_id), 303)
    return redirect(url_for(".report", report_id=report_id, _anchor="contact"), 303)


def _found(report_id: int) -> Report:
    """The own county's report; 404 for another one's and for one that there is not."""
    known = report_id <= LARGEST_ID
    found = acts.readable_one(unit.session(), guards.known_actor(), report_id) if known else None
    if found is None:
        abort(404)
    return found


def _seen(found: Report) -> str:
    return seen_of(acts.as_seen(found))


def _one(found: Report, form: StepForm, seen: str) -> str:
    session, actor, today = unit.session(), guards.known_actor(), local_day(unit.now())
    secret_key = unit.fixtures().settings.secret_key
    return render_template(
        "review/report.html",
        report=found,
        form=form,
        seen=seen,
        happenings=[HAPPENING_WORDS[one] for one in found.happened],
        stage=STAGE_WORDS[found.stage],
        tag_kind=STAGE_TAGS[found.stage],
        events=_events(found),
        kept=county.contact(session, found.id, today),
        contact=acts.contact_of(session, actor, found, secret_key, today),
        done="done" in request.args,
    )


def _events(found: Report) -> Sequence[Event]:
    """What happened, newest first; of the report itself only the day is known."""
    events = [Event(formats.day(found.day), "", "收到群众的反映。")]
    for step in found.steps:
        moment = formats.moment(datetime.fromisoformat(step.at))
        if step.kind is CountyKind.CONTACT_SEEN:
            words = "看了联系电话。"
        else:
            stage = f"进展：{STAGE_WORDS[step.stage]}。" if step.stage else ""
            words = stage + step.note
        events.append(Event(moment, step.actor, words))
    return events[::-1]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
