"""Looking again: entries drawn by lot, each checked by somebody who didn't type it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import checking
from portal.actions.checking import Check, CheckRefused, Finding
from portal.actions.editions import edition_on
from portal.actions.guard import require
from portal.clock import local_day
from portal.core.days import quarter_of
from portal.core.form import Edition, answers_text
from portal.core.paper_forms import typed_serial
from portal.core.rights import Right
from portal.store import accounts, entry_checks
from portal.store.papers import CheckResult, EntryKind
from portal.web import guards, unit
from portal.web.admin.papers.blueprint import KINDS, pages
from portal.web.admin.papers.forms import SheetForm, sheet_form

DONE: Mapping[str, str] = {
    "agrees": "一致，查好了。",
    "corrected": "不一致。已按您录的更正，以这一次为准。",
    "differs": "不一致，已记下。这一份现在不能更正了（换了季度、换了组团，或后来又评过）。",
    "missing": "已记下：找不到这张纸。",
    "visited": "已记下：确实访问过。",
    "unreachable": "已记下：打不通、问不到。",
    "denied": "已记下：没有访问过。这条评价已经不在计入的里面，或已经有人提出不计。",
}
AGAIN: Mapping[Finding, str] = {
    Finding.LOOK_AGAIN: "和第一次录的不一样（台账里记了）。请对照纸再看一遍；看准了，照样再按一次“核对”，就按您录的更正。",
    Finding.TOO_OFTEN: f"已经有 {checking.MOST_COMPARED} 次和第一次录的不一样，这一次没有比。请对照纸看准；"
    "看准了，照样再按一次“核对”，不一样就按您录的更正。找不到纸，请按“找不到这张纸”。",
}
NOTHING = "没有收到您的决定，请按下面的一个按钮。"
NONE_CHOSEN = "一题也没有选。请对照纸上打的勾，填选项前的数字；纸上真的一题没选，请按“找不到这张纸”。"


@dataclass(frozen=True, slots=True)
class Line:
    """An entry that waits, in words; `why_not` where the reader may not check it."""

    id: int
    village: str
    kind: str
    day: date
    why_not: str


@dataclass(frozen=True, slots=True)
class Typist:
    """How somebody's entries of this quarter that were drawn turned out."""

    name: str
    drawn: int
    agrees: int
    differs: int
    not_found: int
    waiting: int


@pages.get("/papers/checks")
def checks() -> str:
    """Which entries am I to look at again, and how have they turned out?"""
    require(guards.known_actor(), Right.ENTER_VOICES)
    session, township, today = unit.session(), guards.township(), local_day(unit.now())
    lines = [
        Line(
            id=one.check.id,
            village=one.village.name,
            kind=KINDS[one.check.kind],
            day=one.check.entered_on,
            why_not=why_not,
        )
        for one, why_not in checking.waiting(session, guards.known_actor(), township.id, today)
    ]
    return render_template(
        "admin/papers/checks.html",
        mine=[line for line in lines if not line.why_not],
        others=[line for line in lines if line.why_not],
        typists=_typists(township.id),
        quarter=quarter_of(today).words,
        done=DONE.get(request.args.get("done", ""), ""),
        asked=_proposal(),
    )


@pages.get("/papers/checks/<int:check_id>")
def check(check_id: int) -> str | tuple[str, int]:
    """One entry: the paper to find and type again, or whom to ask."""
    require(guards.known_actor(), Right.ENTER_VOICES)
    try:
        found = _opened(check_id)
    except CheckRefused as refused:
        return render_template("admin/papers/no_check.html", refusal=str(refused))
    return _page(found, sheet_form(_edition(found), None))


@pages.post("/papers/checks/<int:check_id>")
def decide(check_id: int) -> BaseResponse | str | tuple[str, int]:
    """Do what was decided; who comes second sees that it is done."""
    require(guards.known_actor(), Right.ENTER_VOICES)
    try:
        found = _opened(check_id)
    except CheckRefused as refused:
        return render_template("admin/papers/no_check.html", refusal=str(refused)), 422
    decision = request.form.get("decision", "")
    if found.drawn.check.kind is EntryKind.PAPER:
        return _decide_paper(found, decision)
    return _decide_interview(found, decision)


def _decide_paper(found: Check, decision: str) -> BaseResponse | tuple[str, int]:
    session, actor, now = unit.session(), guards.known_actor(), unit.now()
    edition = _edition(found)
    form = sheet_form(edition, None)
    if decision == "missing":
        checking.finish(session, actor, found, CheckResult.NOT_FOUND, now)
        return _after("missing")
    answers = form.read(edition)
    if form.errors:
        return _page(found, form), 422
    if decision != "compare" or not answers:
        return _page(found, form, NONE_CHOSEN if decision == "compare" else NOTHING), 422
    sure = request.form.get("before", "") == answers_text(answers)
    secret_key = unit.fixtures().settings.secret_key
    finding = checking.type_again(session, actor, found, edition, answers, sure, secret_key, now)
    if finding in AGAIN:
        return _page(found, form, AGAIN[finding], answers_text(answers)), 422
    return _after(finding.value)


def _decide_interview(found: Check, decision: str) -> BaseResponse | tuple[str, int]:
    session, actor, now = unit.session(), guards.known_actor(), unit.now()
    if decision == "see":
        checking.see(session, actor, found, now)
        return redirect(url_for(".check", check_id=found.drawn.check.id), 303)
    if decision in ("visited", "unreachable"):
        result = CheckResult.AGREES if decision == "visited" else CheckResult.NOT_FOUND
        checking.finish(session, actor, found, result, now)
        return _after(decision)
    if decision == "denied":
        proposal = checking.denied(session, actor, found, now)
        return _after("denied") if proposal is None else redirect(url_for(".checks", asked=proposal.id), 303)
    return _page(found, sheet_form(_edition(found), None), NOTHING), 422


def _after(done: str) -> BaseResponse:
    return redirect(url_for(".checks", done=done), 303)


def _opened(check_id: int) -> Check:
    secret_key, today = unit.fixtures().settings.secret_key, local_day(unit.now())
    writes = request.method not in unit.READING
    try:
        return checking.opened(unit.session(), guards.known_actor(), check_id, secret_key, today, lock=writes)
    except LookupError:
        abort(404)


def _edition(found: Check) -> Edition:
    return edition_on(unit.session(), guards.township().id, found.drawn.check.entered_on)


def _page(found: Check, form: SheetForm, refusal: str = "", before: str = "") -> str:
    row, kind = found.drawn.check, found.drawn.check.kind
    who = typed_serial(found.who) if found.who and kind is EntryKind.PAPER else found.who
    return render_template(
        "admin/papers/check.html",
        village=found.drawn.village,
        row=row,
        paper=kind is EntryKind.PAPER,
        phone=kind is EntryKind.PHONE,
        kind_words=KINDS[kind],
        who=who,
        seen=row.checked_by_id == guards.known_actor().account_id,
        form=form,
        refusal=refusal,
        before=before,
    )


def _typists(township_id: int) -> list[Typist]:
    first = quarter_of(local_day(unit.now())).span.first
    counted = entry_checks.counted(unit.session(), township_id, first)
    names = accounts.labels(unit.session(), list(counted))
    return sorted(
        (
            Typist(
                name=names.get(account, str(account)),
                drawn=sum(results.values()),
                agrees=results.get(CheckResult.AGREES, 0),
                differs=results.get(CheckResult.DIFFERS, 0),
                not_found=results.get(CheckResult.NOT_FOUND, 0),
                waiting=results.get(None, 0),
            )
            for account, results in counted.items()
        ),
        key=lambda one: one.name,
    )


def _proposal() -> int | None:
    asked = request.args.get("asked", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else None
