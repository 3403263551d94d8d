"""Residents' requests (诉求): what is overdue, and one request with everything to answer and to finish it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import Field, RadioField, TextAreaField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from portal.actions import answering
from portal.actions.answering import LONGEST_WORDS, AnsweringRefused, Desk
from portal.actions.seen import ChangedMeanwhile, seen_of
from portal.clock import SHANGHAI, local_day
from portal.core.case_state import Progress, Stage
from portal.core.form import LEVEL_POINTS, STANDARD
from portal.core.plan import Plan
from portal.core.rights import Right
from portal.store import bonuses, ledger_search, moderation, resident_cases, townships
from portal.store.organisation import Village
from portal.store.resident_cases import Listed, Told
from portal.store.residents import Case, Outcome, StepKind
from portal.web import formats, guards, unit
from portal.web.case_words import NOT_TEXT, OUTCOMES, STAGES, VERDICTS, clock, written
from portal.web.ledger_words import actor_words

pages = Blueprint("cases", __name__, url_prefix="/admin")
guards.protect(pages, Right.HANDLE_CASES)

A_PAGE = 50
SMALLEST = 5  # so many requests that were rated are told together, and never fewer
VIEWS: Mapping[str, tuple[str, frozenset[Stage]]] = {
    "open": ("要办的", frozenset({Stage.WAITING, Stage.DOING})),
    "finished": ("等群众反馈", frozenset({Stage.FINISHED})),
    "heard": ("群众已反馈", frozenset({Stage.HEARD})),
    "all": ("全部", frozenset(Stage)),
}
HINTS: Mapping[Outcome, str] = {
    Outcome.SOLVED: "事情办好了",
    Outcome.ANSWERED: "答复了，现在还解决不了，写清为什么",
    Outcome.EXPLAINED: "把政策或情况说清楚了，不用另外办",
    Outcome.PASSED_ON: "不归乡镇办，写清转给了谁、群众找谁问",
}
DONE: Mapping[str, str] = {
    "answer": "已答复。群众用回执能看到。",
    "finish": "已办结。群众用回执能看到，并说一说解决了没有。",
}
STEPS: Mapping[StepKind, str] = {
    StepKind.ANSWERED: "答复",
    StepKind.FINISHED: "办结",
    StepKind.HEARD: "群众反馈",
    StepKind.REOPENED: "群众说没解决，重新办理",
    StepKind.CONTACT_SEEN: "看了联系电话",
    StepKind.CONTACT_ERASED: "联系电话到期删除",
}


def _words(label: str, missing: str) -> TextAreaField:
    return TextAreaField(
        label,
        filters=[written],
        validators=[
            InputRequired(missing),
            _Filled(missing),
            Length(max=LONGEST_WORDS, message=f"最多写 {LONGEST_WORDS} 个字。"),
        ],
    )


class _Filled:
    """Something is left after the blanks are gone."""

    def __init__(self, words: str) -> None:
        self.words = words

    def __call__(self, form: FlaskForm, field: Field) -> None:
        del form
        if not field.data:
            raise ValidationError(self.words)


class AnswerForm(FlaskForm):  # type: ignore[misc]
    """An answer that its author reads."""

    answer = _words("答复的话", "请写答复的话。")


class FinishForm(FlaskForm):  # type: ignore[misc]
    """What came of it, and what was done."""

    outcome = RadioField(
        "办理结果",
        choices=[SelectChoice(one.value, f"{OUTCOMES[one.value]}：{hint}") for one, hint in HINTS.items()],
        validators=[InputRequired("请选办理结果。")],
        invalid_choice_message="请从列出的里面选一项。",
    )
    done = _words("办了什么", "请写办了什么，群众会看到。")


@dataclass(frozen=True, slots=True)
class Line:
    """A request in a list; `clock` is '' where no limit runs."""

    listed: Listed
    stage: str
    clock: str
    late: bool


@dataclass(frozen=True, slots=True)
class Event:
    """A step in words, newest first on the page."""

    at: str
    who: str
    what: str
    words: str


@pages.get("/cases")
def inbox() -> str:
    """Which requests wait, the overdue ones first?"""
    session, township, now = unit.session(), guards.township(), unit.now()
    view = request.args.get("state", "open")
    if view not in VIEWS:
        view = "open"
    everyone = resident_cases.listed(session, township.id)
    chosen = [one for one in everyone if one.progress.stage in VIEWS[view][1]]
    lines = _lines(chosen, _Limits(township.id), now)
    last = max(1, -(-len(lines) // A_PAGE))
    text = request.args.get("page", "1")
    page = min(max(int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1, 1), last)
    return render_template(
        "admin/cases/index.html",
        lines=lines[(page - 1) * A_PAGE : page * A_PAGE],
        late=sum(line.late for line in lines),
        nothing=not everyone,
        tabs=_tabs(everyone, view),
        view=view,
        name=VIEWS[view][0],
        verdicts=VERDICTS,
        page=page,
        last=last,
        address=lambda number: url_for(".inbox", state=view, page=number),
        levels=_levels(township.id, now),
    )


@pages.get("/cases/<path:number>")
def one(number: str) -> str:
    """One request: what was said, what was done, and what is to do."""
    return _page(_desk(number), AnswerForm(), FinishForm())


@pages.post("/cases/<path:number>")
def handle(number: str) -> BaseResponse | tuple[str, int]:
    """Answer, finish, or look at the contact; who comes second sees what the first one did."""
    desk, do = _desk(number), request.form.get("do", "")
    forms = AnswerForm(), FinishForm()
    try:
        if do == "contact":
            answering.see_contact(desk)
            return redirect(url_for(".one", number=number, contact=1), 303)
        if do == "answer" and forms[0].validate():
            answering.answer(desk, forms[0].answer.data, request.form.get("seen", ""))
        elif do == "finish" and forms[1].validate():
            outcome = Outcome(forms[1].outcome.data)
            answering.finish(desk, outcome, forms[1].done.data, request.form.get("seen", ""))
        else:
            return _page(desk, *forms, refusal="" if do in DONE else "没有收到您要办什么，请再点一次。"), 422
    except ChangedMeanwhile:
        unit.undo()
        return _page(_desk(number), *forms, changed=True), 409
    except AnsweringRefused as refusal:
        unit.undo()
        return _page(_desk(number), *forms, refusal=str(refusal)), 422
    return redirect(url_for(".one", number=number, done=do), 303)


def _desk(number: str) -> Desk:
    """The township's own case before whoever is logged in; 404 for one that there is not."""
    session, township = unit.session(), guards.township()
    found = None if NOT_TEXT.search(number) else moderation.case(session, township.id, number)
    if found is None:
        abort(404)
    return Desk(session, guards.known_actor(), found[0], unit.now(), unit.fixtures().settings.secret_key)


def _page(
    desk: Desk, answer: AnswerForm, finish: FinishForm, refusal: str = "", changed: bool = False
) -> str:
    session, case = desk.session, desk.case
    free = answering.look(session, desk.actor, case, desk.now)
    steps = resident_cases.steps(session, case)
    progress = resident_cases.progress(case)
    own = resident_cases.is_own(case)
    return render_template(
        "admin/cases/one.html",
        case=case,
        own=own,
        free=free,
        facts=_facts(desk, progress),
        events=_events(case, steps),
        unfinished=case.finished_at is None,
        answer=answer,
        finish=finish,
        refusal=refusal,
        changed=changed,
        failed=answer if answer.errors else finish,
        done=DONE.get(request.args.get("done", ""), ""),
        seen=seen_of(answering.last_step(session, case)),
        contact=answering.contact(desk) if request.args.get("contact") else None,
        longest=LONGEST_WORDS,
    )


def _facts(desk: Desk, progress: Progress) -> list[tuple[str, str]]:
    case = desk.case
    village = desk.session.get_one(Village, case.village_id)
    told = [
        ("村社", village.name),
        ("提出时间", formats.moment(case.opened_at)),
        ("所属组团", answering.concerns(desk.session, case) or "当天没有组团联这个村社"),
        ("状态", STAGES[progress.stage]),
    ]
    due = _Limits(case.township_id).due(progress)
    if due is not None and not case.not_counted:
        what = "答复期限" if progress.stage is Stage.WAITING else "办结期限"
        told.append((what, f"{formats.moment(due)}，{clock(due, desk.now)}"))
    if case.outcome is not None:
        told.append(("办理结果", OUTCOMES[case.outcome.value]))
    if case.verdict is not None:
        told.append(("群众反馈", VERDICTS[case.verdict.value]))
    elif case.confirmed is not None:
        told.append(("群众确认", "是" if case.confirmed else "否"))
    return told


def _events(case: Case, steps: Sequence[Told]) -> list[Event]:
    holders = ledger_search.accounts(unit.session(), case.township_id)
    told = []
    heard = [step.id for step in steps if step.kind is StepKind.HEARD]
    for step in reversed(steps):
        what = STEPS[step.kind]
        if step.kind is StepKind.HEARD:
            # all but the last were denials: nothing else takes a request up again
            verdict = case.verdict if step.id == heard[-1] else None
            what = f"{what}：{VERDICTS[verdict.value] if verdict else '没解决'}"
        by = step.username and actor_words(step.username, holders)
        who = by or ("群众" if step.kind in (StepKind.HEARD, StepKind.REOPENED) else "门户自动")
        told.append(Event(formats.moment(step.at), who, what, step.words))
    return told


class _Limits:
    """When limits end, by the plan of the period in which a request was opened."""

    def __init__(self, township_id: int) -> None:
        self._periods = [
            (period.span, townships.plan_of(unit.session(), township_id, period.id))
            for period in townships.periods(unit.session(), township_id)
        ]

    def due(self, progress: Progress) -> datetime | None:
        day = local_day(progress.opened_at)
        plan = next((plan for span, plan in self._periods if day in span), Plan())
        return progress.due(plan.answer_hours, plan.resolve_days)


def _lines(chosen: Iterable[Listed], limits: _Limits, now: datetime) -> list[Line]:
    """What has a limit first, the longest overdue on top; the rest newest first."""
    running, rest = [], []
    for one in chosen:
        due = None if one.not_counted else limits.due(one.progress)
        stage = STAGES[one.progress.stage]
        if due is None:
            rest.append(Line(one, stage, "", False))
        else:
            running.append((due, one.number, Line(one, stage, clock(due, now), due <= now)))
    return [line for _, _, line in sorted(running, key=lambda three: three[:2])] + rest


def _tabs(everyone: Sequence[Listed], view: str) -> list[tuple[str, str, bool]]:
    def count(stages: frozenset[Stage]) -> int:
        return sum(one.progress.stage in stages for one in everyone)

    return [
        (f"{words}（{count(stages)}）", url_for(".inbox", state=key), key == view)
        for key, (words, stages) in VIEWS.items()
    ]


def _levels(township_id: int, now: datetime) -> list[tuple[str, int]]:
    """How many of this period's requests were rated how; told by fives, so that nobody's own level shows."""
    session = unit.session()
    period = bonuses.period_on(session, township_id, local_day(now))
    if period is None:
        return []
    first = datetime.combine(period.first_day, time(), SHANGHAI)
    after = datetime.combine(period.last_day + timedelta(days=1), time(), SHANGHAI)
    rated = resident_cases.levels(session, township_id, first, after)
    told = rated[: len(rated) // SMALLEST * SMALLEST]
    words = {int(o.key): o.words for o in STANDARD.questions[-1].options if o.points is not None}
    return [(words[level], told.count(level)) for level in LEVEL_POINTS] if told else []
