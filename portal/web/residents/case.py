"""A resident's own request: what has happened to it, and whether it was solved. The receipt is all that opens it.

The address holds a secret: nothing on the page leads elsewhere with it, and no browser tells it to another page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions.answering import opened_contact
from portal.actions.resident_cases import MovedOn, Said, say
from portal.clock import local_day
from portal.core.case_state import Progress, Stage, masked
from portal.core.form import STANDARD, Option, Question
from portal.core.plan import Plan
from portal.core.receipts import as_receipt, receipt_digest
from portal.store import bonuses, resident_cases, townships
from portal.store.organisation import Township, Village
from portal.store.residents import Case, StepKind, Verdict
from portal.web import limits, unit
from portal.web.case_words import VERDICTS, day_near, when, written
from portal.web.residents.blueprint import pages
from portal.web.residents.case_story import story

LONGEST_WORDS = 200
VERDICT = Question(
    "verdict",
    "",
    "这件事解决了吗？",
    0,
    tuple(Option(key, words, 0) for key, words in VERDICTS.items()),
    True,
)
OVERALL = cast(Question, STANDARD.question("overall"))
LEVEL = Question(  # the same rows and faces as on the form
    "overall", "", "这件事办得您满意吗？", 0, tuple(o for o in OVERALL.options if o.points is not None)
)


class NoCase(Exception):
    """No request has this receipt: the same answer whether it is no receipt at all or nobody's."""


@dataclass(frozen=True, slots=True)
class Found:
    """The request that a receipt opens."""

    receipt: str
    case: Case
    village: Village
    township: Township

    @property
    def progress(self) -> Progress:
        return resident_cases.progress(self.case)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as typed; `errors` has a sentence by field, in the form's order."""

    answers: dict[str, str] = field(default_factory=dict)
    words: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@pages.errorhandler(NoCase)
def no_case(_: NoCase) -> tuple[str, int]:
    unit.undo()
    return render_template("residents/case_unknown.html"), 404


@pages.after_request
def keep_secret(response: Response) -> Response:
    if request.path.startswith("/case/"):
        response.headers["Referrer-Policy"] = "no-referrer"
    return response


@pages.get("/case/<receipt>")
def case(receipt: str) -> BaseResponse:
    """How does my request stand? Once it is finished: was it solved?"""
    return _page(_found(receipt), Typed(), 200)


@pages.post("/case/<receipt>")
def hear(receipt: str) -> BaseResponse:
    """Take in whether it was solved; somebody who comes with an old page is told what has changed."""
    found = _found(receipt)
    typed = _read()
    if typed.errors:
        return _page(found, typed, 422)
    level = typed.answers.get(LEVEL.key)
    said = Said(
        Verdict(typed.answers[VERDICT.key]),
        None if level is None else int(level),
        typed.words,
        {"1": 1, "2": 2}.get(request.form.get("finish", ""), 0),
    )
    try:
        say(unit.session(), found.case, said, unit.now())
    except MovedOn:
        unit.undo()
        return _page(_found(receipt), typed, 409)
    return redirect(url_for(".case", receipt=found.receipt), 303)


def _found(typed: str) -> Found:
    """Where a receipt leads. Raises NoCase, and TooMany for who has guessed too often."""
    limits.may_still_miss("receipt")
    receipt, secret = as_receipt(typed), unit.fixtures().settings.secret_key
    row = (
        None
        if receipt is None
        else resident_cases.by_receipt(unit.session(), receipt_digest(secret, receipt))
    )
    if receipt is None or row is None:
        limits.miss("receipt")
        raise NoCase
    return Found(receipt, *row)


def _read() -> Typed:
    answers: dict[str, str] = {}
    errors: dict[str, str] = {}
    for question in (VERDICT, LEVEL):
        chosen = request.form.get(f"q_{question.key}", "")
        if question.option(chosen) is not None:
            answers[question.key] = chosen
        elif chosen or question.required:
            errors[question.key] = f"请选一项：{question.text}"
    words = written(request.form.get("comment"))
    if len(words) > LONGEST_WORDS:
        errors["comment"] = f"最多写 {LONGEST_WORDS} 个字，现在有 {len(words)} 个，请删去一些。"
    return Typed(answers, words, errors)


def _page(found: Found, typed: Typed, status: int) -> Response:
    now, own = unit.now(), found.case
    asked = request.args.get("page", "1")
    shown = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    steps = resident_cases.steps(unit.session(), own)
    contact = opened_contact(own, unit.fixtures().settings.secret_key)
    page = render_template(
        "residents/case.html",
        found=found,
        status=_status(found, now),
        story=story(own, found.township.name, steps, now, request.args.get("all", ""), shown),
        shown=shown,
        contact=masked(contact) if contact else "",
        erased=any(step.kind is StepKind.CONTACT_ERASED for step in steps),
        asks=found.progress.stage is Stage.FINISHED,
        again=own.reopened_at is not None,
        questions=(VERDICT, LEVEL),
        typed=typed,
        moved=status == 409,
        chosen=_chosen(typed),
        longest=LONGEST_WORDS,
    )
    return make_response(page, status)


def _chosen(typed: Typed) -> list[str]:
    """What was chosen on a page that can't be sent any more, in words."""
    told = [q.option(typed.answers[q.key]) for q in (VERDICT, LEVEL) if q.key in typed.answers]
    return [option.words for option in told if option is not None] + ([typed.words] if typed.words else [])


def _status(found: Found, now: datetime) -> str:
    """How it stands, in a sentence or two."""
    own, progress = found.case, found.progress
    if progress.stage is Stage.HEARD:
        return _heard(own)
    if progress.stage is Stage.FINISHED:
        return "办完了。请您说一说：解决了没有？"
    plan = _plan(own)
    due = cast(datetime, progress.due(plan.answer_hours, plan.resolve_days))
    late = due <= now
    if progress.stage is Stage.WAITING:
        limit = (
            f"已经过了 {plan.answer_hours} 小时，您可以打 12345 催一催"
            if late
            else f"最晚{when(due, now)} 前答复您"
        )
        return f"已经收到，还没有人答复。{limit}。"
    done = "您说没解决，已经转回去重新办" if own.reopened_at else "已经答复，还在办"
    limit = "已经过了该办完的日子，您可以打 12345 催一催" if late else f"应当在{day_near(due, now)}以前办完"
    return f"{done}。{limit}。"


def _heard(own: Case) -> str:
    if own.verdict is Verdict.SOLVED:
        return "您说解决了。谢谢您告诉我们。"
    if own.verdict is Verdict.PARTLY:
        return "您说部分解决，已经记下了。没办完的，可以再反映，也可以打 12345。"
    return "您说没有解决，已经记下了。已经重新办过一次，还要办的请打 12345。"


def _plan(own: Case) -> Plan:
    """The plan of the day on which it was opened."""
    session, day = unit.session(), local_day(own.opened_at)
    period = bonuses.period_on(session, own.township_id, day)
    return Plan() if period is None else townships.plan_of(session, own.township_id, period.id)
