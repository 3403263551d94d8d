"""Typing in: a village and a way are chosen once, then sheet after sheet by keyboard alone."""

from __future__ import annotations

import re
import secrets

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import entering, papers
from portal.actions.editions import edition_on
from portal.actions.entering import EntryRefused, Typed
from portal.actions.guard import require
from portal.clock import local_day
from portal.core.form import Answers, Edition
from portal.core.rights import Right
from portal.store.organisation import Village
from portal.store.papers import EntryKind
from portal.web import guards, unit
from portal.web.admin.papers.blueprint import KINDS, pages
from portal.web.admin.papers.forms import SheetForm, sheet_form

KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,43}")
NOT_TEXT = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
LARGEST_ID = 2**31 - 1
MOST_COUNTED = 9_999


@pages.get("/papers/enter")
def enter() -> str | tuple[str, int]:
    """The next sheet of a village; first which village, and which way."""
    require(guards.known_actor(), Right.ENTER_VOICES)
    kind = _kind()
    if kind is None or "village" not in request.args:
        return _choose("")
    try:
        village = _village()
    except EntryRefused as refused:
        return _choose(str(refused)), 422
    return _sheet(village, kind, sheet_form(_edition(), kind))


@pages.post("/papers/enter")
def take_in() -> BaseResponse | tuple[str, int]:
    """Take one sheet in and come back empty, with the same village and way."""
    require(guards.known_actor(), Right.ENTER_VOICES)
    kind = _kind()
    try:
        village = _village()
    except EntryRefused as refused:
        return _choose(str(refused)), 422
    if kind is None:
        return _choose("请选怎么收来的。"), 422
    edition = _edition()
    form = sheet_form(edition, kind)
    valid = form.validate()
    answers = form.read(edition)
    typed = _typed(kind, village, form, answers)
    if not valid or form.errors:
        fault = entering.who_fault(unit.session(), guards.known_actor(), typed, unit.now())
        if fault:
            form.say(entering.WHO, fault)
        return _sheet(village, kind, form), 422
    try:
        done = entering.enter(
            unit.session(), guards.known_actor(), typed, unit.fixtures().settings.secret_key, unit.now()
        )
    except EntryRefused as refused:
        unit.undo()
        form.say(refused.field if refused.field == entering.WHO else f"q_{refused.field}", str(refused))
        return _sheet(_village(), kind, form), 422
    count = min(_counted() + done.stored, MOST_COUNTED)
    again = "1" if done.again else None
    return redirect(
        url_for(".enter", village=typed.village_id, kind=kind.value, n=count or None, again=again), 303
    )


def _typed(kind: EntryKind, village: Village, form: SheetForm, answers: Answers) -> Typed:
    key = request.form.get("key", "")
    return Typed(
        kind=kind,
        village_id=village.id,
        who=NOT_TEXT.sub("", form["who"].data or "")[:100],
        answers=answers,
        comment=NOT_TEXT.sub(" ", form["comment"].data or "").strip(),
        key=key if KEY_SHAPE.fullmatch(key) else secrets.token_urlsafe(16),
    )


def _edition() -> Edition:
    return edition_on(unit.session(), guards.township().id, local_day(unit.now()))


def _kind() -> EntryKind | None:
    asked = request.values.get("kind", "")
    return next((kind for kind in EntryKind if kind.value == asked), None)


def _village() -> Village:
    """The village that is typed for. Raises EntryRefused, and MustStandBack for one of the own team."""
    asked = request.values.get("village", "")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 11 else 0
    number = number if number <= LARGEST_ID else 0
    return entering.must_be_ours(unit.session(), guards.known_actor(), number, unit.now())


def _counted() -> int:
    asked = request.values.get("n", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 0


def _choose(refusal: str) -> str:
    township = guards.township()
    today = local_day(unit.now())
    mine, others = papers.villages_for(unit.session(), guards.known_actor(), township.id, today)
    return render_template(
        "admin/papers/choose.html",
        villages=mine,
        others=others,
        kinds=KINDS,
        village=request.values.get("village", ""),
        kind=_kind() or EntryKind.PAPER,
        refusal=refusal,
    )


def _sheet(village: Village, kind: EntryKind, form: SheetForm) -> str:
    wrong = next((item.name for item in form if item.errors), "who")
    return render_template(
        "admin/papers/enter.html",
        village=village,
        kind=kind,
        kind_words=KINDS[kind],
        form=form,
        focus=wrong,
        key=request.form.get("key") if form.errors else secrets.token_urlsafe(16),
        count=_counted(),
        again="again" in request.args,
    )
