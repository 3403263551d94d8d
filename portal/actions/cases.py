"""A case that two persons find outside the team's duty (超职责) or untrue (不实) does not count (不计), and back again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from sqlalchemy.orm import Session

from portal.actions.ledger import record
from portal.actions.proposals import Carrying, Kind, ProposalRefused, Told, Wish, propose
from portal.clock import local, local_day
from portal.core.cases import cases_score
from portal.core.days import Span
from portal.core.exact import decimal_of
from portal.core.facts import Case as CaseFacts
from portal.core.rights import Actor
from portal.store import bonuses, moderation, scoring, townships
from portal.store.appraisal import Period
from portal.store.office import Proposal
from portal.store.organisation import Village
from portal.store.residents import Case


class Why(StrEnum):
    """Why a case does not count."""

    BEYOND_DUTY = "超职责"
    UNTRUE = "不实"


def propose_not_counted(
    session: Session, actor: Actor, township_id: int, number: str, why: Why, words: str, now: datetime
) -> Proposal:
    """Propose that a case does not count.

    Raises NotAllowed, MustStandBack for a case of the own team, and ProposalRefused.
    """
    return _propose(session, actor, township_id, number, NOT_COUNTED, why, words, now)


def propose_counted_again(
    session: Session, actor: Actor, township_id: int, number: str, words: str, now: datetime
) -> Proposal:
    """Propose that a case counts again. Raises as `propose_not_counted` does."""
    return _propose(session, actor, township_id, number, COUNTED_AGAIN, None, words, now)


def _propose(
    session: Session,
    actor: Actor,
    township_id: int,
    number: str,
    kind: Kind,
    why: Why | None,
    words: str,
    now: datetime,
) -> Proposal:
    case, village = _found(session, township_id, number)
    _must_move(session, case, counted=kind is NOT_COUNTED)
    if not words.strip():
        raise ProposalRefused("请写明理由：两人办理的事，批的人要知道为什么。")
    team = _team(session, case)
    wish = Wish(
        subject=case.number,
        reason=f"{why}：{words.strip()}" if why else words,
        payload={"number": case.number, "village": village.name, "why": why.value if why else ""},
        moves_teams=[team] if team else [],
    )
    return propose(session, actor, kind, wish, now)


def _found(session: Session, township_id: int, number: str) -> tuple[Case, Village]:
    found = moderation.case(session, township_id, number)
    if found is None:
        raise ProposalRefused(f"没有编号为“{number}”的诉求，请对照诉求表核对编号。")
    return found


def _must_move(session: Session, case: Case, *, counted: bool) -> None:
    """Pass when the case stands as the act expects and its period's result isn't published."""
    if case.not_counted is counted:
        raise ProposalRefused(f"诉求“{case.number}”现在{'已经不计' if counted else '就是计入的'}，不用再办。")
    period = _period(session, case)
    if period is not None and period.published_at is not None:
        raise ProposalRefused(f"{period.name}的结果已经公布，这件诉求不能这样改。")


def _period(session: Session, case: Case) -> Period | None:
    return bonuses.period_on(session, case.township_id, local_day(case.opened_at))


def _team(session: Session, case: Case) -> str | None:
    """Whose it is: the team that linked the village on the day it was opened."""
    return townships.team_linking(session, case.township_id, case.village_id, local_day(case.opened_at))


def _carry_out(session: Session, carrying: Carrying, not_counted: bool) -> None:
    proposal = carrying.proposal
    case, _ = _found(session, proposal.township_id, carrying.payload["number"])
    _must_move(session, case, counted=not_counted)
    before, after = {"not_counted": case.not_counted}, {"not_counted": not_counted}
    case.not_counted = not_counted
    kind = NOT_COUNTED if not_counted else COUNTED_AGAIN
    record(session, carrying.act, kind.key, case.number, before, after, proposal.reason, row_id=case.id)


def _set_not_counted(session: Session, carrying: Carrying) -> None:
    _carry_out(session, carrying, True)


def _set_counted(session: Session, carrying: Carrying) -> None:
    _carry_out(session, carrying, False)


def _told(session: Session, proposal: Proposal, now: datetime) -> Told:
    payload = proposal.payload
    told = [("诉求编号", payload["number"]), ("村社", payload["village"])]
    if payload["why"]:
        told.append(("认定为", payload["why"]))
    found = moderation.case(session, proposal.township_id, payload["number"])
    if found is None:
        return told
    case, _ = found
    opened = local(case.opened_at)
    told.append(("提出时间", f"{opened:%Y-%m-%d %H:%M}"))
    told.append(("所属组团", _team(session, case) or "当天没有组团联这个村社"))
    if proposal.decided_at is None and (period := _period(session, case)) is not None:
        told += _effect(session, case, period, now)
    return told


def _effect(session: Session, case: Case, period: Period, now: datetime) -> list[tuple[str, str]]:
    """What the team's 诉求办理 is today, and what it would be."""
    span = Span(period.first_day, period.last_day)
    facts = scoring.load_facts(session, case.township_id, period.id, span)
    plan = townships.plan_of(session, case.township_id, period.id)
    team = _team(session, case)

    def owner(one: CaseFacts) -> str | None:
        day = one.opened_at.date()
        holding = (link.team for link in facts.links if link.village == one.village and day in link.span)
        return next(holding, None)

    if team is None:
        return [("对得分的影响", "没有：不属于任何组团。")]
    as_of = min(local_day(now), span.last)
    own = [one for one in facts.cases if owner(one) == team and one.opened_at.date() <= as_of]
    changed = [
        replace(one, not_counted=not one.not_counted) if one.number == case.number else one for one in own
    ]
    before, after = (cases_score(cases, as_of, plan) for cases in (own, changed))
    return [
        ("诉求办理现在", f"{team} {_shown(before.score, before.opened - before.not_counted)}"),
        ("同意以后", f"{team} {_shown(after.score, after.opened - after.not_counted)}"),
    ]


def _shown(score: Fraction | None, counted: int) -> str:
    return f"{'暂缺' if score is None else decimal_of(score)} 分，计 {counted} 件"


NOT_COUNTED = Kind("case.not_counted", "诉求不计", _set_not_counted, told=_told, concerned_may_propose=False)
COUNTED_AGAIN = Kind(
    "case.counted_again", "诉求重新计入", _set_counted, told=_told, concerned_may_propose=False
)
