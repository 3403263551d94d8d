"""What every change of people has in common: who may, which days may still be changed, and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.actions.guard import NotAllowed, require
from portal.actions.ledger import Act, record
from portal.clock import local_day
from portal.core.days import Span
from portal.core.lives import Life
from portal.core.rights import Actor, Right
from portal.store import organisation, people_over_time
from portal.store.appraisal import Period, TaskForce

Dated = organisation.ExtraPost | organisation.TeamMembership | organisation.Absence
Kept = organisation.Service | organisation.Move | organisation.Cadre | organisation.TeamLeader | TaskForce
Row = Dated | Kept


class PersonRefused(ValueError):
    """It can't be saved; the message says why and what is wanted, `field` names where ('' for the whole)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def may_edit(actor: Actor, number: str, team: str | None = None) -> None:
    """Pass when the actor may change this cadre's days. Raises NotAllowed or MustStandBack."""
    require(actor, Right.EDIT_ORGANISATION, moves_cadre=number, moves_team=team)


@dataclass(frozen=True, slots=True)
class Desk:
    """Somebody of the office at work on people, one act at a time; `periods` are the township's, by their days."""

    session: Session
    actor: Actor
    act: Act
    township_id: int
    today: date
    periods: tuple[Period, ...]

    @classmethod
    def open(cls, session: Session, actor: Actor, now: datetime) -> Desk:
        """Raises NotAllowed for whoever has no township or lacks the right."""
        if actor.township_id is None:
            raise NotAllowed(Right.EDIT_ORGANISATION)
        require(actor, Right.EDIT_ORGANISATION)
        people_over_time.one_at_a_time(session, actor.township_id)
        return cls(
            session=session,
            actor=actor,
            act=Act(actor.username, now, actor.township_id),
            township_id=actor.township_id,
            today=local_day(now),
            periods=tuple(people_over_time.periods(session, actor.township_id)),
        )

    def life(self, cadre_id: int) -> Life:
        """The cadre as it stands now. Raises PersonRefused for one of no such id."""
        found = people_over_time.life(self.session, self.township_id, cadre_id)
        if found is None:
            raise PersonRefused("", "没有这名干部。")
        return found

    def add(self, kind: str, row: Row, subject: str, reason: str) -> None:
        """Add a row and enter it."""
        self.session.add(row)
        self.session.flush()
        record(self.session, self.act, kind, subject, None, columns_of(row), reason, row.id)

    def change(self, kind: str, row: Row, subject: str, after: Mapping[str, Any], reason: str) -> None:
        """Set columns of a row and enter those that differ; nothing happens where none does."""
        before = {name: getattr(row, name) for name in after}
        differing = [name for name, value in after.items() if before[name] != value]
        if not differing:
            return
        for name in differing:
            setattr(row, name, after[name])
        self.session.flush()
        told = {name: before[name] for name in differing}, {name: after[name] for name in differing}
        record(self.session, self.act, kind, subject, *told, reason, row.id)

    def remove(self, kind: str, row: Row, subject: str, reason: str) -> None:
        """Take a row away that should never have been there; the ledger keeps what it said."""
        record(self.session, self.act, kind, subject, columns_of(row), None, reason, row.id)
        self.session.delete(row)
        self.session.flush()


def columns_of(row: Row) -> dict[str, Any]:
    """A row's column values but for its id and township."""
    return {
        column.key: getattr(row, column.key)
        for column in row.__table__.columns
        if column.key not in ("id", "township_id")
    }


def period_of(desk: Desk, day: date, field: str) -> Span:
    """The appraisal period that holds the day and may still be changed. Raises PersonRefused."""
    for period in desk.periods:
        span = Span(period.first_day, period.last_day)
        if day in span:
            _must_be_changeable(desk, period, day, field)
            return span
    names = "、".join(f"{one.name}（{one.first_day}到{one.last_day}）" for one in desk.periods)
    raise PersonRefused(
        field, f"{day} 不在任何考评周期里；请填周期里的一天：{names or '还没有周期，请先设周期'}。"
    )


def must_not_be_closed(desk: Desk, day: date, field: str) -> None:
    """Pass for a day that lies in no period that is closed. Raises PersonRefused."""
    for period in desk.periods:
        if period.first_day <= day <= period.last_day:
            _must_be_changeable(desk, period, day, field)


def _must_be_changeable(desk: Desk, period: Period, day: date, field: str) -> None:
    """A published period stays as it is, and so does one that is over when a later one was opened."""
    if period.published_at is not None:
        raise PersonRefused(field, f"{day} 在{period.name}里，它的结果已经公布，不能再改。")
    later = any(one.opened_at is not None and one.first_day > period.last_day for one in desk.periods)
    if period.opened_at is not None and period.last_day < desk.today and later:
        raise PersonRefused(field, f"{day} 在{period.name}里，它已经结束，后一个周期也打开了，不能再改。")


def stretch_in(desk: Desk, first: date, last: date | None, fields: tuple[str, str]) -> Span:
    """The days from `first` to `last`, inside one period whose end stands in for an empty last day."""
    period = period_of(desk, first, fields[0])
    until = period.last if last is None else last
    if until < first:
        raise PersonRefused(fields[1], f"最后一天 {until} 早于第一天 {first}，请改其中一个。")
    if until > period.last:
        raise PersonRefused(fields[1], f"最后一天 {until} 超出了这个考评周期，最晚填 {period.last}。")
    return Span(first, until)


def in_service(life: Life, day: date, field: str) -> None:
    """Pass when the day is one of service. Raises PersonRefused."""
    if life.service_on(day) is None:
        raise PersonRefused(field, f"{day} 这一天{life.name}不在任职期间。{service_words(life)}")


def service_words(life: Life) -> str:
    """The stretches of service in one sentence."""
    if not life.services:
        return "还没有任职记录。"
    return "任职：" + "，".join(f"{one.span.first}到{one.span.last}" for one in life.services) + "。"


def in_force(
    desk: Desk,
    table: type[organisation.Post] | type[organisation.Module] | type[organisation.Team],
    row_id: int | None,
    day: date,
    field: str,
) -> str:
    """The name of a post, module or team of the township that there is on the day; '' for None."""
    if row_id is None:
        return ""
    for row in people_over_time.named(desk.session, table, desk.township_id):
        if row.id == row_id:
            if row.first_day > day or (row.last_day is not None and row.last_day < day):
                raise PersonRefused(field, f"“{row.name}”在 {day} 这一天不在用，请另选一个。")
            return str(row.name)
    raise PersonRefused(field, "没有这一项，请重新选。")


def subject_of(life: Life | organisation.Cadre) -> str:
    return f"{life.number} {life.name}"
