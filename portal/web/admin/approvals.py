"""What waits for a second person: an inbox, one act with everything about it, and proposing one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import bonuses, cases, proposals
from portal.actions.guard import NotAllowed, require
from portal.actions.improvements import PUBLISH
from portal.actions.proposals import Kind, ProposalRefused
from portal.actions.two_person import KINDS
from portal.clock import local_day
from portal.core.rights import Right, has_right
from portal.pinyin import by_pinyin
from portal.store import bonuses as bonus_rows
from portal.store import ledger_search, townships
from portal.store import proposals as kept
from portal.store.appraisal import TaskForce
from portal.store.office import Proposal, ProposalState
from portal.store.organisation import Cadre
from portal.web import formats, guards, unit
from portal.web import ledger_words as words
from portal.web.admin.approval_forms import AGAIN, LONGEST_NUMBER, LONGEST_REASON, BonusForm, CaseForm

pages = Blueprint("approvals", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)

DONE_A_PAGE = 20
LARGEST_ID = 2**31 - 1
DECISIONS = ("approve", "refuse", "withdraw")
DONE_WORDS = {
    ProposalState.WAITING: "已经提出，等另一个人来批。批了才生效。",
    ProposalState.APPROVED: "已同意，已经生效。",
    ProposalState.REFUSED: "已写明不同意，什么也没有改变。",
    ProposalState.WITHDRAWN: "已撤回，什么也没有改变。",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal in words; `mine` tells its own proposer, `why_not` why the reader may not decide it."""

    id: int
    what: str
    subject: str
    reason: str
    moves: str
    by: str
    since: str
    left: str
    state: str
    state_words: str
    decided_by: str
    decided_at: str
    decision_reason: str
    mine: bool
    why_not: str


@pages.get("/approvals")
def inbox() -> str:
    """What waits, first what the reader may decide; below what is done."""
    township, session, now = guards.township(), unit.session(), unit.now()
    total = kept.count_done(session, township.id, now)
    last = max(1, -(-total // DONE_A_PAGE))
    text = request.args.get("page", "1")
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    page = min(max(asked, 1), last)
    waiting = _shown_all(kept.waiting(session, township.id, now))
    done = kept.done(session, township.id, now, (page - 1) * DONE_A_PAGE, DONE_A_PAGE)
    return render_template(
        "admin/approvals/inbox.html",
        for_me=[shown for shown in waiting if not shown.why_not],
        for_others=[shown for shown in waiting if shown.why_not],
        done=_shown_all(done),
        total=total,
        page=page,
        last=last,
        address=lambda number: url_for(".inbox", page=number),
    )


@pages.get("/approvals/<int:proposal_id>")
def one(proposal_id: int) -> str:
    """Everything about one act: what it would do, to whom, and what came of it."""
    return _one(_named(proposal_id), "", "")


@pages.post("/approvals/<int:proposal_id>")
def decide(proposal_id: int) -> BaseResponse | tuple[str, int]:
    """Agree, refuse or withdraw; who comes second sees what the first one did."""
    actor, township, session, now = guards.known_actor(), guards.township(), unit.session(), unit.now()
    if not has_right(actor, Right.PROPOSE) and not has_right(actor, Right.APPROVE):
        raise NotAllowed(Right.APPROVE)
    proposals.expire_overdue(session, township.id, now)
    proposal = kept.by_id(session, township.id, proposal_id, lock=True) if proposal_id <= LARGEST_ID else None
    if proposal is None:
        abort(404)
    if proposal.state is not ProposalState.WAITING:
        return redirect(url_for(".one", proposal_id=proposal_id, late=1), 303)
    decision, typed = request.form.get("decision", ""), request.form.get("words", "").strip()
    kind = KINDS.get(proposal.kind)
    if decision not in DECISIONS:
        refusal = "没有收到您的决定：请按“同意”“不同意”或“撤回”。"
    elif len(typed) > LONGEST_REASON:
        refusal = f"理由最多 {LONGEST_REASON} 个字，您写了 {len(typed)} 个。什么也没有保存。"
    else:
        refusal = _carry(proposal, kind, decision, typed)
    if refusal:
        return _one(_named(proposal_id), refusal, typed), 422
    return redirect(url_for(".one", proposal_id=proposal_id, done=1), 303)


def _carry(proposal: Proposal, kind: Kind | None, decision: str, typed: str) -> str:
    """Do what was decided; a sentence where it can't be done."""
    actor, session, now = guards.known_actor(), unit.session(), unit.now()
    try:
        if decision == "withdraw":
            proposals.withdraw(session, actor, proposal, now)
        elif kind is None:
            return "这类事现在不能在这里批，请联系系统管理员。"
        elif decision == "approve":
            proposals.approve(session, actor, proposal, kind, now, typed)
        else:
            proposals.refuse(session, actor, proposal, kind, now, typed)
    except ProposalRefused as refused:
        return str(refused)
    return ""


@pages.get("/approvals/bonus/new")
def new_bonus() -> str:
    """Propose a bonus of a task force."""
    require(guards.known_actor(), Right.PROPOSE)
    return _bonus_page(BonusForm(), "")


@pages.post("/approvals/bonus/new")
def propose_bonus() -> BaseResponse | tuple[str, int]:
    require(guards.known_actor(), Right.PROPOSE)
    form, refusal = _offered(BonusForm()), ""
    if form.validate():
        wish = bonuses.BonusWish(
            int(form.task_force.data), int(form.cadre.data), Decimal(form.points.data), form.reason.data
        )
        try:
            made = bonuses.propose_bonus(
                unit.session(), guards.known_actor(), guards.township().id, wish, unit.now()
            )
            return redirect(url_for(".one", proposal_id=made.id, done=1), 303)
        except ProposalRefused as refused:
            refusal = str(refused)
    return _bonus_page(form, refusal), 422


@pages.get("/approvals/case/new")
def new_case() -> str:
    """Propose that a case does not count, or counts again."""
    require(guards.known_actor(), Right.PROPOSE)
    named = request.args.get("number", "")[:LONGEST_NUMBER]
    return render_template("admin/approvals/case.html", form=CaseForm(data={"number": named}), refusal="")


@pages.post("/approvals/case/new")
def propose_case() -> BaseResponse | tuple[str, int]:
    require(guards.known_actor(), Right.PROPOSE)
    form, refusal = CaseForm(), ""
    if form.validate():
        who = (unit.session(), guards.known_actor(), guards.township().id, form.number.data)
        try:
            if form.what.data == AGAIN:
                made = cases.propose_counted_again(*who, form.words.data, unit.now())
            else:
                why = cases.Why(form.what.data)
                made = cases.propose_not_counted(*who, why, form.words.data, unit.now())
            return redirect(url_for(".one", proposal_id=made.id, done=1), 303)
        except ProposalRefused as refused:
            refusal = str(refused)
    return render_template("admin/approvals/case.html", form=form, refusal=refusal), 422


def _offered(form: BonusForm) -> BonusForm:
    """The form with what may be chosen in the period that holds today."""
    session, township = unit.session(), guards.township()
    period = bonus_rows.period_on(session, township.id, local_day(unit.now()))
    forces: Sequence[TaskForce] = ()
    people: Sequence[Cadre] = ()
    if period is not None:
        forces = bonus_rows.task_forces(session, township.id, period.id)
        people = bonus_rows.cadres(session, township.id, period)
    form.offer(
        ((force.id, force.name) for force in forces),
        (
            (cadre.id, f"{cadre.name}（{cadre.number}）")
            for cadre in sorted(people, key=lambda one: by_pinyin(one.name))
        ),
    )
    return form


def _bonus_page(form: BonusForm, refusal: str) -> str:
    session, township = unit.session(), guards.township()
    period = bonus_rows.period_on(session, township.id, local_day(unit.now()))
    return render_template(
        "admin/approvals/bonus.html",
        form=_offered(form),
        refusal=refusal,
        period=period,
        has_forces=period is not None and bool(bonus_rows.task_forces(session, township.id, period.id)),
        cap=None if period is None else townships.plan_of(session, township.id, period.id).bonus_cap,
        given=[] if period is None else bonus_rows.given(session, township.id, period.id),
    )


def _named(proposal_id: int) -> kept.Named:
    found = (
        kept.named(unit.session(), guards.township().id, proposal_id) if proposal_id <= LARGEST_ID else None
    )
    if found is None:
        abort(404)
    return found


def _one(named: kept.Named, refusal: str, typed: str) -> str:
    proposal = named[0]
    actor, now = guards.known_actor(), unit.now()
    (shown,) = _shown_all([named])
    state = proposals.state_at(proposal, now)
    may_ask = has_right(actor, Right.PROPOSE) or has_right(actor, Right.APPROVE)
    own = shown.mine if state is ProposalState.WAITING else proposal.decider_id == actor.account_id
    finished = "done" in request.args or ("late" in request.args and own)
    return render_template(
        "admin/approvals/one.html",
        shown=shown,
        told=_told(proposal, now),
        file=proposal.payload.get("file") if proposal.kind in ("import", "import.undo") else None,
        waiting=state is ProposalState.WAITING,
        may_ask=may_ask,
        refusal=refusal,
        typed=typed,
        done=DONE_WORDS.get(state, "") if finished and own else "",
        late="late" in request.args and not own,
    )


def _told(proposal: Proposal, now: datetime) -> proposals.Told:
    """What it would do, in words: the kind's own, or its payload field by field."""
    session, kind = unit.session(), KINDS.get(proposal.kind)
    if kind is not None and kind.told is not None:
        return kind.told(session, proposal, now)
    names = ledger_search.names(session, proposal.township_id, words.references([proposal.payload]))
    return [(line.label, line.after) for line in words.lines(None, {"payload": proposal.payload}, names)]


def _shown_all(found: list[kept.Named]) -> list[Shown]:
    """Proposals in words, with the names of those they move."""
    session, township, now = unit.session(), guards.township(), unit.now()
    numbers = {number for proposal, _, _ in found for number in proposal.moves_cadres}
    people = kept.cadre_names(session, township.id, numbers) if numbers else {}
    holders = ledger_search.accounts(session, township.id) if found else {}
    return [_shown(named, people, holders, now) for named in found]


def _shown(named: kept.Named, people: dict[str, str], holders: dict[str, str], now: datetime) -> Shown:
    proposal, by, decided_by = named
    actor, kind = guards.known_actor(), KINDS.get(proposal.kind)
    state = proposals.state_at(proposal, now)
    moved = [f"{people.get(number, '')}（{number}）" for number in proposal.moves_cadres]
    closed = proposal.decided_at or (proposal.expires_at if state is ProposalState.EXPIRED else None)
    return Shown(
        id=proposal.id,
        what=kind.words if kind else proposal.kind,
        subject=proposal.subject,
        reason=proposal.reason,
        moves=_moves(moved, proposal),
        by=words.actor_words(by, holders),
        since=formats.moment(proposal.proposed_at),
        left=_left(proposal.expires_at, now),
        state=state.value,
        state_words=words.STATES[state.value],
        decided_by=words.actor_words(decided_by, holders) if decided_by else "",
        decided_at=formats.moment(closed) if closed else "",
        decision_reason=proposal.decision_reason,
        mine=proposal.proposer_id == actor.account_id,
        why_not=proposals.why_not(actor, proposal, kind) if kind else "这类事现在不能在这里批。",
    )


def _moves(cadres: list[str], proposal: Proposal) -> str:
    """Whose score an act moves. What is shown to a village moves none: its team is named only because it stands back."""
    if proposal.kind == PUBLISH.key:
        return "、".join(["不直接动谁的得分", *(f"{team}回避" for team in proposal.moves_teams)])
    return "、".join([*cadres, *proposal.moves_teams]) or "不直接动谁的得分"


def _left(expires_at: datetime, now: datetime) -> str:
    days = (expires_at - now).days
    return "已过期" if expires_at <= now else f"还剩 {days} 天" if days else "不到 1 天"
