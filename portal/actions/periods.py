"""Appraisal periods: the first one of a township, and opening one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.actions.guard import require
from portal.actions.ledger import Act, Entry, record, record_all
from portal.actions.merge import Wanted, merge
from portal.clock import local_day
from portal.core import form
from portal.core.days import Span
from portal.core.periods import NoSuchPeriod, PeriodDays, choose
from portal.core.plan import Plan
from portal.core.plan import to_json as plan_json
from portal.core.readiness import Gap, Snapshot, gaps, grave
from portal.core.rights import Actor, Right
from portal.store import appraisal, periods, readiness, residents, townships

DEFAULT_PLAN = Plan()
DEFAULT_PLAN_REASON = "默认方案"
LONGEST_NAME = 40
LONGEST_DAYS = 3 * 366


class PeriodState(StrEnum):
    """Before and after it is opened, and when its last day is over."""

    PREPARED = "准备中"
    NEXT = "已打开，还没开始"
    OPEN = "进行中"
    OVER = "已结束"


class PeriodRefused(ValueError):
    """The period can't be made or opened so; the message says why in a sentence, `field` names the input."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class NewPeriod:
    """What a period is made of: its name and days, both ends included."""

    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Ready:
    """How far a township is: the period meant (None: there is none), the day looked at, and what is missing."""

    period: appraisal.Period | None
    day: date
    township: Snapshot
    gaps: tuple[Gap, ...]

    @property
    def grave(self) -> tuple[Gap, ...]:
        return grave(self.gaps)


def beginning(
    period: appraisal.Period, at: datetime, plan: Plan = DEFAULT_PLAN, reason: str = DEFAULT_PLAN_REASON
) -> tuple[Wanted, Wanted]:
    """What every period begins with, as rows to merge: the first version of its plan, and the standard form."""
    version = Wanted(
        period.name,
        {"period_id": period.id, "number": 1},
        fresh={"parameters": plan_json(plan), "reason": reason, "made_at": at},
    )
    edition = form.STANDARD
    shown = Wanted(edition.key, {"key": edition.key}, fresh={"definition": form.to_json(edition)})
    return version, shown


def begin_first_period(session: Session, actor: Actor, wanted: NewPeriod, now: datetime) -> appraisal.Period:
    """Make a township's first period with the default plan. Raises NotAllowed, and PeriodRefused where it has one."""
    require(actor, Right.EDIT_ORGANISATION)
    township_id = own_township(actor)
    periods.lock(session, township_id)
    if periods.listed(session, township_id):
        raise PeriodRefused("已经有考评周期了；下一年请在“考评周期”里办理新年度。")
    act = Act(actor.username, now, township_id)
    return make_period(session, act, wanted, "period")


def make_period(
    session: Session,
    act: Act,
    wanted: NewPeriod,
    noun: str,
    plan: Plan = DEFAULT_PLAN,
    reason: str = DEFAULT_PLAN_REASON,
    edition_id: int | None = None,
) -> appraisal.Period:
    """Add a period with its first plan and form (None: the standard one), told in the ledger as `noun`.…

    Raises PeriodRefused.

    The caller holds the township's lock.
    """
    township_id = act.township_id
    if township_id is None:
        raise PeriodRefused("考评周期由乡镇的账号办理。")
    must_be_free(wanted, townships.periods(session, township_id))
    days = {"first_day": wanted.span.first, "last_day": wanted.span.last}
    period = appraisal.Period(township_id=township_id, name=wanted.name, edition_id=edition_id, **days)
    session.add(period)
    session.flush()
    own = {} if edition_id is None else {"edition_id": edition_id}
    made = {"name": wanted.name, **days, **own}
    record(session, act, f"{noun}.period", wanted.name, None, made, row_id=period.id)
    version, shown = beginning(period, act.at, plan, reason)
    for table, wish in ((appraisal.PlanVersion, version), (residents.FormEdition, shown)):
        merged = merge(session, table, township_id, [wish])
        entries = [Entry(c.label, c.before, c.after, c.row_id) for c in merged.changes]
        record_all(session, act, f"{noun}.{table.__tablename__}", entries)
    return period


def must_be_free(wanted: NewPeriod, there: Sequence[PeriodDays]) -> None:
    """Pass when the period has a name and days of its own. Raises PeriodRefused."""
    name, span = wanted.name, wanted.span
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise PeriodRefused(f"名称要 1–{LONGEST_NAME} 个字，例如 2027年度。", "name")
    if span.last < span.first:
        raise PeriodRefused("最后一天不能早于第一天。", "last_day")
    if span.days > LONGEST_DAYS:
        raise PeriodRefused("一个考评周期最长三年，请检查年份。", "last_day")
    for period in there:
        if period.name == name:
            raise PeriodRefused(f"已经有“{name}”了，请换一个名称。", "name")
        if period.span.within(span):
            days = f"{period.span.first:%Y-%m-%d} 到 {period.span.last:%Y-%m-%d}"
            raise PeriodRefused(f"和“{period.name}”（{days}）的日子重叠了，请改日期。", "first_day")


def current(session: Session, township_id: int, now: datetime) -> appraisal.Period | None:
    """The period that the township works in: the one of today, else the latest begun, else the first to come."""
    rows = {row.id: row for row in periods.listed(session, township_id)}
    days = [days_of(row) for row in rows.values()]
    if not days:
        return None
    try:
        return rows[choose(days, None, None, local_day(now))[0].id]
    except NoSuchPeriod:
        return rows[days[0].id]


def days_of(period: appraisal.Period) -> PeriodDays:
    return PeriodDays(period.id, period.name, Span(period.first_day, period.last_day))


def state(period: appraisal.Period, today: date) -> PeriodState:
    """How a period stands on a day."""
    if period.last_day < today:
        return PeriodState.OVER
    if period.opened_at is None:
        return PeriodState.PREPARED
    return PeriodState.NEXT if period.first_day > today else PeriodState.OPEN


def ready(session: Session, township_id: int, period: appraisal.Period | None, now: datetime) -> Ready:
    """What is missing in the period today (before it begins: on its first day, after it: on its last)."""
    today = local_day(now)
    if period is None:
        bare = readiness.snapshot(session, township_id, None, DEFAULT_PLAN, today)
        return Ready(None, today, bare, gaps(bare))
    days = days_of(period)
    day = min(max(today, days.span.first), days.span.last)
    plan = townships.plan_of(session, township_id, period.id)
    there = readiness.snapshot(session, township_id, days, plan, day)
    return Ready(period, day, there, gaps(there))


def open_period(session: Session, actor: Actor, period: appraisal.Period, reason: str, now: datetime) -> None:
    """Open a period for good: from now on its plan and coefficients change only by two persons.

    Once more changes nothing. Raises NotAllowed, and PeriodRefused while something grave is missing, or where
    something mild is and no reason is given.
    """
    require(actor, Right.OPEN_PERIOD)
    township_id = own_township(actor)
    periods.lock(session, township_id)
    session.refresh(period)
    if period.opened_at is not None:
        return
    found = ready(session, township_id, period, now)
    if found.grave:
        raise PeriodRefused("还不能打开：" + "".join(gap.words for gap in found.grave))
    if found.gaps and not reason.strip():
        raise PeriodRefused("还有没办完的，照样打开要写明理由。", "reason")
    period.opened_at = now
    session.flush()
    act = Act(actor.username, now, township_id)
    after = {"opened_at": now}
    record(session, act, "period.opened", period.name, {"opened_at": None}, after, reason.strip(), period.id)


def own_township(actor: Actor) -> int:
    if actor.township_id is None:
        raise PeriodRefused("考评周期由乡镇的账号办理。")
    return actor.township_id
