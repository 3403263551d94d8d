"""Days of service that don't count (产假, 病假 …): entered with a reason; their ends may be corrected later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.actions import people
from portal.actions.people import Desk, PersonRefused, subject_of
from portal.actions.posts_held import closed_days
from portal.core.days import Span
from portal.core.lives import Life
from portal.store import people_over_time
from portal.store.organisation import Absence, AbsenceKind

LONGEST = 3 * 366  # days; longer ones are typing mistakes, or somebody who has left


@dataclass(frozen=True, slots=True)
class Absent:
    """An absence as it is wanted; it may go on beyond the period."""

    kind: AbsenceKind
    first_day: date
    last_day: date


def enter_absence(desk: Desk, cadre_id: int, wanted: Absent, reason: str) -> None:
    """Raises PersonRefused, also for days that are absent already."""
    life = desk.life(cadre_id)
    people.may_edit(desk.actor, life.number)
    people.period_of(desk, wanted.first_day, "first_day")
    span = _checked(life, wanted, None)
    row = Absence(
        township_id=desk.township_id,
        cadre_id=cadre_id,
        kind=wanted.kind,
        first_day=span.first,
        last_day=span.last,
        reason=reason,
    )
    desk.add("absence.added", row, subject_of(life), reason)


def correct_absence(desk: Desk, cadre_id: int, row_id: int, wanted: Absent, reason: str) -> None:
    """Another end, or what was entered wrongly; `reason` is why it is corrected. Raises PersonRefused."""
    life, row = _row(desk, cadre_id, row_id)
    closed_days(desk, Span(row.first_day, row.last_day), wanted.first_day, wanted.last_day)
    if wanted.first_day != row.first_day:
        people.period_of(desk, wanted.first_day, "first_day")
    if wanted.last_day != row.last_day:
        people.must_not_be_closed(desk, wanted.last_day, "last_day")
    span = _checked(life, wanted, row_id)
    after = {"kind": wanted.kind, "first_day": span.first, "last_day": span.last}
    desk.change("absence.changed", row, subject_of(life), after, reason)


def withdraw_absence(desk: Desk, cadre_id: int, row_id: int, reason: str) -> None:
    """An absence that never was."""
    life, row = _row(desk, cadre_id, row_id)
    closed_days(desk, Span(row.first_day, row.last_day), None, None)
    desk.remove("absence.deleted", row, subject_of(life), reason)


def _row(desk: Desk, cadre_id: int, row_id: int) -> tuple[Life, Absence]:
    life = desk.life(cadre_id)
    people.may_edit(desk.actor, life.number)
    row = people_over_time.row(desk.session, Absence, desk.township_id, cadre_id, row_id)
    if row is None:
        raise PersonRefused("", "没有这一条缺勤记录。")
    return life, row


def _checked(life: Life, wanted: Absent, but: int | None) -> Span:
    if wanted.last_day < wanted.first_day:
        raise PersonRefused(
            "last_day", f"最后一天 {wanted.last_day} 早于第一天 {wanted.first_day}，请改其中一个。"
        )
    span = Span(wanted.first_day, wanted.last_day)
    if span.days > LONGEST:
        raise PersonRefused("last_day", "最长填三年；要是已经离开，请填“离开”。")
    if not any(service.span.within(span) for service in life.services):
        raise PersonRefused("first_day", f"这些天{life.name}不在任职期间。{people.service_words(life)}")
    for other in life.absences:
        if other.id != but and other.span.within(span):
            raise PersonRefused(
                "first_day",
                f"{other.span.first}到{other.span.last}已经记过不计的日子，不能重叠；什么都没有保存。",
            )
    return span
