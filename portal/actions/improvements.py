"""你说我办: proposing what changed in a village, publishing it by a second person, taking it down, and who spoke.

An entry moves no score. Still those of the village's team stand back from approving it: what the village reads of
their work sways how it rates them next, and nobody should certify the own deeds. They may propose, as they know best.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.actions.guard import require
from portal.actions.ledger import Act, record
from portal.actions.proposals import Carrying, Kind, ProposalRefused, Told, Wish, propose
from portal.clock import local, local_day
from portal.core.days import Quarter, Span, quarter_of, quarters_in
from portal.core.improvements import LONGEST, names_a_number
from portal.core.periods import PeriodDays, stations
from portal.core.release import release
from portal.core.rights import Actor, Right
from portal.core.spoken import Neighbours, spoke_alone, teams_of
from portal.core.voices import count_voices
from portal.store import bonuses, improvements, rows, scoring, townships
from portal.store.improvements import Improvement
from portal.store.office import Proposal
from portal.store.organisation import Village

SMALLEST = 5  # of whom a public page tells, however small a crowd the plan lets staff see
QUARTERS = 4  # whose voices a village's page tells of: this one and those before it


class ImprovementRefused(ValueError):
    """It can't be done; the message says why and what is wanted, `field` which field of the form it belongs to."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class NewImprovement:
    """What people of a village said, what was done about it, and on which day it was done."""

    village_id: int
    said: str
    done: str
    day: date


@dataclass(frozen=True, slots=True)
class Spoke:
    """How many spoke in a quarter; None where it may not be shown."""

    quarter: Quarter
    voices: int | None


def propose_improvement(
    session: Session, actor: Actor, wanted: NewImprovement, reason: str, now: datetime
) -> Proposal:
    """Put an entry before a second person.

    Raises NotAllowed, ImprovementRefused at a field, and ProposalRefused without a reason or where it waits already.
    """
    require(actor, Right.PROPOSE)
    township_id = _township(actor)
    village = _checked(session, township_id, wanted, local_day(now))
    wish = Wish(
        subject=f"{village.name}：{wanted.done}",
        reason=reason,
        payload={
            "village_id": village.id,
            "said": wanted.said,
            "done": wanted.done,
            "day": wanted.day,
        },
        moves_teams=_teams(session, village, wanted.day, local_day(now)),
    )
    return propose(session, actor, PUBLISH, wish, now)


def publish(session: Session, act: Act, wanted: NewImprovement, today: date, reason: str = "") -> Improvement:
    """Show an entry on the village's page from today on. Raises ImprovementRefused."""
    township_id = act.township_id or 0
    village = _checked(session, township_id, wanted, today)
    values = {
        "village_id": village.id,
        "said": wanted.said,
        "done": wanted.done,
        "day": wanted.day,
        "published_on": today,
    }
    row = Improvement(township_id=township_id, **values)
    session.add(row)
    session.flush()
    record(session, act, "improvement.published", village.name, None, values, reason, row.id)
    return row


def take_down(session: Session, actor: Actor, improvement_id: int, reason: str, now: datetime) -> None:
    """Show an entry no more; one that is down already stays as it is.

    One person may do it, with a reason: what is wrong on a public page must not wait for another one, and taking
    down tells nobody anything new. Raises NotAllowed and ImprovementRefused.
    """
    require(actor, Right.APPROVE)
    township_id, today = _township(actor), local_day(now)
    row = rows.one(session, Improvement, township_id, improvement_id)
    if row is None:
        raise ImprovementRefused("没有这一条。")
    if row.taken_down_on is not None:
        return
    if not reason.strip():
        raise ImprovementRefused("请写明为什么撤下。", "reason")
    village = rows.one(session, Village, township_id, row.village_id)
    row.taken_down_on = today
    session.flush()
    act = Act(actor.username, now, township_id)
    before, after = {"taken_down_on": None}, {"taken_down_on": today}
    subject = village.name if village else ""
    record(session, act, "improvement.taken_down", subject, before, after, reason.strip(), row.id)


def spoke(session: Session, village: Village, now: datetime) -> list[Spoke]:
    """How many of a village spoke in this quarter and those before it, newest first.

    A number stands here only where staff pages show the same one: released voices, of a village-quarter that may
    stand alone (core.crowd). Otherwise it could be subtracted from 其余村季合计, and a small crowd would be seen.
    """
    today = local_day(now)
    wanted = list(quarters_in(Span(_back(today), today)))[-QUARTERS:]
    counts: dict[Quarter, int] = {}
    for period in townships.periods(session, village.township_id):
        if period.span.within(Span(wanted[0].span.first, today)):
            counts |= _alone(session, village, period, now)
    return [Spoke(quarter, counts.get(quarter)) for quarter in reversed(wanted)]


def _alone(session: Session, village: Village, period: PeriodDays, now: datetime) -> dict[Quarter, int]:
    """What staff pages show of the village by itself at `now`, as of the period's newest station."""
    days = Span(period.span.first, stations(period, local_day(now))[-1])
    plan = townships.plan_of(session, village.township_id, period.id)
    every = scoring.load_links(session, village.township_id, period.span)
    teams = teams_of(village.code, every)
    near = {link.village for link in every if link.team in teams}
    links = [link for link in every if link.village in near]
    daily = improvements.daily_voices(session, village.township_id, near, period.span)
    released = release(daily, links, local(now), plan.release_batch)
    rated = improvements.days_rated(session, village.township_id, days)
    around = Neighbours(links, count_voices(daily, links, days, released), frozenset(map(quarter_of, rated)))
    return spoke_alone(village.code, around, days, max(plan.smallest_crowd, SMALLEST))


def _back(today: date) -> date:
    """The first day of the quarter that lies a year back."""
    return date(today.year - 1, quarter_of(today).span.first.month, 1)


def _checked(session: Session, township_id: int, wanted: NewImprovement, today: date) -> Village:
    """The village of an entry that may be published. Raises ImprovementRefused."""
    village = rows.one(session, Village, township_id, wanted.village_id)
    if village is None:
        raise ImprovementRefused("请选一个村社。", "village")
    for field, label, words in (("said", "群众说的", wanted.said), ("done", "办了的", wanted.done)):
        if not words.strip():
            raise ImprovementRefused(f"请写{label}。", field)
        if len(words) > LONGEST:
            raise ImprovementRefused(f"{label}最多 {LONGEST} 个字，现在有 {len(words)} 个。", field)
        if names_a_number(words):
            raise ImprovementRefused(f"{label}里像是有电话或证件号码，这一页谁都看得到，请删去。", field)
    if wanted.day > today:
        raise ImprovementRefused("办好的日期不能在今天以后。", "day")
    if bonuses.period_on(session, township_id, wanted.day) is None:
        raise ImprovementRefused("这一天不在任何考评周期里，请核对日期。", "day")
    shown = improvements.of_village(session, township_id, village.id)
    if any(_same(row, wanted) for row in shown if row.taken_down_on is None):
        raise ImprovementRefused("同样的一条已经登着，不用再登一次。", "done")
    return village


def _same(row: Improvement, wanted: NewImprovement) -> bool:
    return (row.said, row.done, row.day) == (wanted.said, wanted.done, wanted.day)


def _teams(session: Session, village: Village, *days: date) -> list[str]:
    """The teams that linked the village on these days."""
    linking = (townships.team_linking(session, village.township_id, village.id, day) for day in days)
    return [team for team in dict.fromkeys(linking) if team]


def _carry_out(session: Session, carrying: Carrying) -> None:
    today = local_day(carrying.act.at)
    try:
        publish(session, carrying.act, _wanted(carrying.proposal), today, carrying.proposal.reason)
    except ImprovementRefused as refusal:
        raise ProposalRefused(str(refusal)) from None


def _wanted(proposal: Proposal) -> NewImprovement:
    payload = proposal.payload
    return NewImprovement(
        payload["village_id"], payload["said"], payload["done"], date.fromisoformat(payload["day"])
    )


def _told(session: Session, proposal: Proposal, now: datetime) -> Told:
    del now
    wanted = _wanted(proposal)
    village = rows.one(session, Village, proposal.township_id, wanted.village_id)
    return [
        ("村社", village.name if village else "（已经不在）"),
        ("群众说", wanted.said),
        ("办了", wanted.done),
        ("哪天办好", f"{wanted.day.year}年{wanted.day.month}月{wanted.day.day}日"),
        ("批了以后", "这个村社的“你说我办”页上谁都看得到。"),
        ("为什么本组团要回避", "不动得分；但群众看了会影响以后怎么评，自己办的事不由自己来认定。"),
    ]


def _township(actor: Actor) -> int:
    if actor.township_id is None:
        raise ProposalRefused("这类事由乡镇的账号办理。")
    return actor.township_id


PUBLISH = Kind("improvement.publish", "公布一条“你说我办”", _carry_out, told=_told)
