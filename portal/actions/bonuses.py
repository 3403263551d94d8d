"""专班加分: proposed by the office, approved by the 党委, and only then a bonus of the period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from sqlalchemy.orm import Session

from portal.actions.ledger import record
from portal.actions.proposals import Carrying, Kind, ProposalRefused, Told, Wish, propose
from portal.clock import local_day
from portal.core.plan import decimal_text
from portal.core.rights import Actor, Right
from portal.store import bonuses, townships
from portal.store.appraisal import Bonus, Period, TaskForce
from portal.store.office import Proposal
from portal.store.organisation import Cadre

LEAST, MOST = Decimal(0), Decimal(5)


@dataclass(frozen=True, slots=True)
class BonusWish:
    """What the office proposes: ids of the period's task force and of a cadre, points (0–5, two decimals), why."""

    task_force_id: int
    cadre_id: int
    points: Decimal
    reason: str


def propose_bonus(
    session: Session, actor: Actor, township_id: int, wish: BonusWish, now: datetime
) -> Proposal:
    """Propose a bonus in the period that holds today.

    Raises NotAllowed, MustStandBack for the own bonus, and ProposalRefused.
    """
    period = bonuses.period_on(session, township_id, local_day(now))
    if period is None:
        raise ProposalRefused("今天不在任何考评周期里，没有可以加分的周期。")
    force, cadre = _parties(session, township_id, period, wish.task_force_id, wish.cadre_id)
    points = wish.points
    if not points.is_finite() or not LEAST < points <= MOST or points != round(points, 2):
        raise ProposalRefused("加分要大于 0、不超过 5，最多两位小数。")
    payload = {
        "period_id": period.id,
        "task_force_id": force.id,
        "cadre_id": cadre.id,
        "points": decimal_text(Fraction(points)),
    }
    subject = f"{force.name} {cadre.number} {cadre.name}"
    return propose(
        session, actor, KIND, Wish(subject, wish.reason, payload, moves_cadres=[cadre.number]), now
    )


def _parties(
    session: Session, township_id: int, period: Period, task_force_id: int, cadre_id: int
) -> tuple[TaskForce, Cadre]:
    """The task force and the cadre, who both belong to the period. Raises ProposalRefused."""
    if period.published_at is not None:
        raise ProposalRefused(f"{period.name}的结果已经公布，不能再加分。")
    forces = {force.id: force for force in bonuses.task_forces(session, township_id, period.id)}
    people = {cadre.id: cadre for cadre in bonuses.cadres(session, township_id, period)}
    if task_force_id not in forces:
        raise ProposalRefused("这个专班已经不在本周期里了。")
    if cadre_id not in people:
        raise ProposalRefused("这名干部在本周期里不任职，或不参评，不能加分。")
    return forces[task_force_id], people[cadre_id]


def _carry_out(session: Session, carrying: Carrying) -> None:
    proposal, payload = carrying.proposal, carrying.payload
    period = bonuses.period(session, proposal.township_id, payload["period_id"])
    if period is None:
        raise ProposalRefused("这个考评周期已经不在了。")
    ids = (payload["task_force_id"], payload["cadre_id"])
    force, cadre = _parties(session, proposal.township_id, period, *ids)
    values = {
        "period_id": period.id,
        "task_force_id": force.id,
        "cadre_id": cadre.id,
        "points": Decimal(payload["points"]),
        "reason": proposal.reason,
    }
    row = Bonus(township_id=proposal.township_id, **values)
    session.add(row)
    session.flush()
    record(
        session, carrying.act, "bonus.added", proposal.subject, None, values, proposal.reason, row_id=row.id
    )


def _told(session: Session, proposal: Proposal, now: datetime) -> Told:
    del now
    payload, township_id = proposal.payload, proposal.township_id
    period = bonuses.period(session, township_id, payload["period_id"])
    forces = {
        force.id: force.name for force in bonuses.task_forces(session, township_id, payload["period_id"])
    }
    has = bonuses.given(session, township_id, payload["period_id"], payload["cadre_id"])
    cap = townships.plan_of(session, township_id, payload["period_id"]).bonus_cap
    already = sum((Fraction(one.points) for one in has), Fraction(0))
    after = already + Fraction(payload["points"])
    told = [
        ("考评周期", period.name if period else "（已经不在）"),
        ("专班", forces.get(payload["task_force_id"], "（已经不在）")),
        ("干部工号", "、".join(proposal.moves_cadres)),
        ("加分", payload["points"]),
        ("本周期最多计", f"{decimal_text(cap)} 分"),
    ]
    if proposal.decided_at is None:
        told += [
            ("现在已有", f"{_points(has)}，计入 {decimal_text(min(already, cap))} 分"),
            ("同意以后", f"共 {decimal_text(after)} 分，计入 {decimal_text(min(after, cap))} 分"),
        ]
    return told


def _points(has: list[bonuses.Given]) -> str:
    """What somebody has: 防汛专班 1.5 分、征迁专班 2 分."""
    return "、".join(f"{one.task_force} {decimal_text(Fraction(one.points))} 分" for one in has) or "没有加分"


KIND = Kind(
    "bonus",
    "专班加分",
    _carry_out,
    approve=Right.APPROVE_FOR_COMMITTEE,
    told=_told,
    concerned_may_propose=False,
)
