"""Task forces of an appraisal period: adding one, its name, its leader, its first and last day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from portal.actions.organising import (
    Order,
    OrganisationRefused,
    own_row,
    period_of,
    proper_name,
    words_of,
)
from portal.store import organising, roster, rows
from portal.store.appraisal import Period, TaskForce


@dataclass(frozen=True, slots=True)
class TaskForceDays:
    """What a task force is entered with; the leader is a 工号, '' where there is none yet."""

    name: str
    leader: str
    first_day: date
    last_day: date


def add_task_force(order: Order, wanted: TaskForceDays) -> TaskForce:
    """Enter a task force of the period that holds the order's day. Raises OrganisationRefused."""
    order.allow()
    organising.lock(order.session, order.township_id)
    period = period_of(order.session, order.township_id, order.day)
    if period is None:
        raise OrganisationRefused("现在没有考评周期，专班要属于一个周期。请先设好考评周期。")
    columns = _columns(order, wanted, period, None)
    force = TaskForce(township_id=order.township_id, period_id=period.id, **columns)
    order.session.add(force)
    order.note("task_force.added", force, wanted.name, None, columns)
    return force


def change_task_force(order: Order, force_id: int, wanted: TaskForceDays) -> None:
    """Change what differs. Raises OrganisationRefused."""
    order.allow()
    force: TaskForce = own_row(order, TaskForce, force_id)
    period: Period = own_row(order, Period, force.period_id)
    if period.published_at is not None:
        raise OrganisationRefused(f"“{period.name}”已经公布，它的专班不能再改。")
    after = _columns(order, wanted, period, force.id)
    before = {name: getattr(force, name) for name in after}
    changed = [name for name in after if after[name] != before[name]]
    if not changed:
        raise OrganisationRefused("和现在的一样，没有要改的。", "name")
    for name in changed:
        setattr(force, name, after[name])
    order.note(
        "task_force.changed",
        force,
        force.name,
        {name: before[name] for name in changed},
        {name: after[name] for name in changed},
    )


def _columns(order: Order, wanted: TaskForceDays, period: Period, own: int | None) -> dict[str, Any]:
    name = proper_name(wanted.name)
    same = rows.in_township(
        order.session,
        TaskForce,
        order.township_id,
        TaskForce.period_id == period.id,
        TaskForce.name == name,
    )
    if [row for row in same if row.id != own]:
        raise OrganisationRefused(f"这个周期已经有专班叫“{name}”，请换一个名称。", "name")
    if wanted.last_day < wanted.first_day:
        raise OrganisationRefused("结束的日子不能早于开始的日子。", "last_day")
    if wanted.first_day > period.last_day or wanted.last_day < period.first_day:
        span = f"{words_of(period.first_day)}到{words_of(period.last_day)}"
        raise OrganisationRefused(f"专班的日子要和考评周期（{span}）有重合。", "first_day")
    leader = roster.cadre_id(order.session, order.township_id, wanted.leader) if wanted.leader else None
    if wanted.leader and leader is None:
        raise OrganisationRefused(f"没有工号为“{wanted.leader}”的干部。", "leader")
    return {
        "name": name,
        "leader_id": leader,
        "first_day": wanted.first_day,
        "last_day": wanted.last_day,
    }
