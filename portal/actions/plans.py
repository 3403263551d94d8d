"""Changing a scoring plan: who would move, a new version with a reason, and two persons once the period is open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction

from sqlalchemy.orm import Session

from portal.actions.coefficients import must_not_be_published_since
from portal.actions.guard import require
from portal.actions.ledger import Act, record
from portal.actions.periods import days_of, own_township
from portal.actions.proposals import Carrying, Kind, ProposalRefused, Wish, propose
from portal.actions.results import compared_results
from portal.core import plan as plans
from portal.core.plan import Plan
from portal.core.plan_fields import CROWD_KEYS, VOICE_KEYS, Change, changes
from portal.core.rights import Actor, Right
from portal.core.score import CadreScore
from portal.store import periods, townships
from portal.store.appraisal import Period, PlanVersion


class PlanRefused(ValueError):
    """The plan can't be changed so; the message says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A cadre whose total another plan would change; `by` is how much, None where one of the two is 暂缺."""

    number: str
    name: str
    group: str
    before: Fraction | None
    after: Fraction | None
    rank_before: int | None
    rank_after: int | None

    @property
    def by(self) -> Fraction | None:
        return None if self.before is None or self.after is None else self.after - self.before


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would move under another plan, most first, out of how many.

    `voices_left_out`: the plan also changes how single voices weigh, and that part is not worked out (see `preview`).
    """

    moved: tuple[Moved, ...]
    scored: int
    voices_left_out: bool


def preview(
    session: Session, township_id: int, period: Period, wanted: Plan, now: datetime
) -> Preview | None:
    """What `wanted` would do to the scores as staff may see them now; None where there are none yet.

    How a single voice weighs (verified channel, anonymous weight, prior strength) stays as it is in the preview: whoever
    tried one value after the other could work out what the few residents of a small village said.
    """
    in_force = townships.plan_of(session, township_id, period.id)
    as_heard = {key: getattr(in_force, key) for key in VOICE_KEYS}
    found = compared_results(session, township_id, days_of(period), replace(wanted, **as_heard), now)
    if found is None:
        return None
    before, after = found
    other = {score.number: score for score in after.cadres}
    moved = [_moved(score, other[score.number]) for score in before.cadres]
    changed = [one for one in moved if one.before != one.after or one.rank_before != one.rank_after]
    voices_left_out = any(getattr(wanted, key) != value for key, value in as_heard.items())
    return Preview(tuple(sorted(changed, key=_most_first)), len(moved), voices_left_out)


def change_plan(
    session: Session, actor: Actor, period: Period, wanted: Plan, reason: str, seen: int, now: datetime
) -> bool:
    """Bring a plan that was made from version `seen` into force; True at once, False when it waits for a second person.

    It waits in a period that is open, and wherever it would change how voices that are there weigh or are released.
    Raises NotAllowed, PlanRefused without a reason or a change or where the plan changed meanwhile, and
    ProposalRefused where a change of this plan waits already.
    """
    require(actor, Right.EDIT_PLAN)
    township_id = own_township(actor)
    periods.lock(session, township_id)
    session.refresh(period)
    if not reason.strip():
        raise PlanRefused("请写明为什么改：被考评的人都会看到。")
    told = changes_of(session, township_id, period, wanted)
    if not told:
        raise PlanRefused("和现在的方案一样，没有什么要保存。")
    if periods.newest_number(session, township_id, period.id) != seen:
        raise PlanRefused("方案刚才被别人改了，请看看现在的方案，再改一次。")
    if not takes_two(session, period, wanted):
        act = Act(actor.username, now, township_id)
        _add_version(session, act, period, wanted, reason.strip())
        return True
    payload = {
        "period_id": period.id,
        "seen": seen,
        "parameters": plans.to_json(wanted),
        "changes": [[one.label, one.before, one.after] for one in told],
    }
    # a plan moves everybody, so nobody could stand back from it: that is why the 党委 approves, as one body
    propose(session, actor, PLAN, Wish(_subject(period), reason, payload), now)
    return False


def takes_two(session: Session, period: Period, wanted: Plan) -> bool:
    """Whether a second person must agree: the period is open, or it changes how voices that are there weigh or show.

    Whoever could save one value after the other alone, and look at the results each time, could work out what the few
    residents of a small village said.
    """
    in_force = townships.plan_of(session, period.township_id, period.id)
    differs = any(getattr(wanted, key) != getattr(in_force, key) for key in (*VOICE_KEYS, *CROWD_KEYS))
    return period.opened_at is not None or (differs and periods.heard(session, period))


def changes_of(session: Session, township_id: int, period: Period, wanted: Plan) -> Sequence[Change]:
    """What differs from the plan in force, in words."""
    in_force = townships.plan_of(session, township_id, period.id)
    days = days_of(period).span
    serving = periods.groups(session, township_id, days)
    groups = sorted({*serving, *in_force.weights_by_group, *wanted.weights_by_group})
    posts = sorted({*periods.posts(session, township_id, period.id), *in_force.tiers, *wanted.tiers})
    return changes(in_force, wanted, groups, posts)


def carry_out(session: Session, carrying: Carrying) -> None:
    """Make the approved plan the one in force. Raises ProposalRefused where it is not the same plan any more."""
    payload, township_id = carrying.payload, carrying.proposal.township_id
    periods.lock(session, township_id)
    period = periods.by_id(session, township_id, payload["period_id"])
    if period is None or periods.newest_number(session, township_id, period.id) != payload["seen"]:
        raise ProposalRefused("提出以后方案又改过了，请按现在的方案重新提出。")
    must_not_be_published_since(carrying.proposal, period)
    wanted = plans.from_json(payload["parameters"])
    _add_version(session, carrying.act, period, wanted, carrying.proposal.reason)


def _add_version(session: Session, act: Act, period: Period, wanted: Plan, reason: str) -> None:
    before = plans.to_json(townships.plan_of(session, period.township_id, period.id))
    after = plans.to_json(wanted)
    number = periods.newest_number(session, period.township_id, period.id)
    version = PlanVersion(
        township_id=period.township_id,
        period_id=period.id,
        number=number + 1,
        parameters=after,
        reason=reason,
        made_at=act.at,
    )
    session.add(version)
    session.flush()
    differing = [key for key in after if before.get(key) != after[key]]
    record(
        session,
        act,
        "plan.changed",
        _subject(period),
        {"number": number, **{key: before.get(key) for key in differing}},
        {"number": number + 1, **{key: after[key] for key in differing}},
        reason,
        version.id,
    )


def _subject(period: Period) -> str:
    return f"{period.name}考评方案"


def _moved(before: CadreScore, after: CadreScore) -> Moved:
    return Moved(before.number, before.name, before.group, before.total, after.total, before.rank, after.rank)


def _most_first(one: Moved) -> tuple[bool, Fraction, str]:
    return (one.by is not None, -abs(one.by or Fraction()), one.number)


PLAN = Kind("plan", "改考评方案", carry_out, propose=Right.EDIT_PLAN, approve=Right.APPROVE_FOR_COMMITTEE)
