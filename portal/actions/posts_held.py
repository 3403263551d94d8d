"""Moves (调动) to another main post or module, and further posts (兼岗) beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from portal.actions import people
from portal.actions.people import Desk, PersonRefused, subject_of
from portal.core.days import Span
from portal.core.lives import Life, standing
from portal.store import people_over_time
from portal.store.organisation import ExtraPost, Module, Move, Post


@dataclass(frozen=True, slots=True)
class Moving:
    """From the day on this post and module; None leaves one as it is."""

    day: date
    post_id: int | None
    module_id: int | None


@dataclass(frozen=True, slots=True)
class Extra:
    """A further post; without a last day to the end of service in the period."""

    post_id: int
    first_day: date
    last_day: date | None


def move(desk: Desk, cadre_id: int, wanted: Moving, reason: str) -> None:
    """Another main post or module from a day on. Raises PersonRefused, also where nothing would change."""
    life = desk.life(cadre_id)
    people.may_edit(desk.actor, life.number)
    _check(desk, life, wanted)
    post, module = _names(desk, wanted)
    now = standing(life, wanted.day, [Span(one.first_day, one.last_day) for one in desk.periods])
    if post in ("", now.post) and module in ("", now.module):
        raise PersonRefused("post", f"{wanted.day} 这一天{life.name}的岗位和模块本来就是这样，没有要改的。")
    row = Move(
        township_id=desk.township_id,
        cadre_id=cadre_id,
        day=wanted.day,
        post_id=wanted.post_id,
        module_id=wanted.module_id,
    )
    desk.add("move.added", row, subject_of(life), reason)


def correct_move(desk: Desk, cadre_id: int, row_id: int, wanted: Moving, reason: str) -> None:
    """A move that was entered wrongly. Raises PersonRefused."""
    life, row = _move(desk, cadre_id, row_id)
    people.must_not_be_closed(desk, row.day, "day")
    _check(desk, life, wanted)
    _names(desk, wanted)
    after = {"day": wanted.day, "post_id": wanted.post_id, "module_id": wanted.module_id}
    desk.change("move.changed", row, subject_of(life), after, reason)


def withdraw_move(desk: Desk, cadre_id: int, row_id: int, reason: str) -> None:
    """A move that never was."""
    life, row = _move(desk, cadre_id, row_id)
    people.must_not_be_closed(desk, row.day, "day")
    desk.remove("move.deleted", row, subject_of(life), reason)


def add_extra(desk: Desk, cadre_id: int, wanted: Extra, reason: str) -> None:
    """A further post from a day on. Raises PersonRefused, also for one that is held already on one of the days."""
    life = desk.life(cadre_id)
    people.may_edit(desk.actor, life.number)
    span = days_within_service(desk, life, wanted.first_day, wanted.last_day)
    name = _extra_name(desk, life, wanted.post_id, span, None)
    row = ExtraPost(
        township_id=desk.township_id,
        cadre_id=cadre_id,
        post_id=wanted.post_id,
        first_day=span.first,
        last_day=span.last,
    )
    desk.add("extra_post.added", row, f"{subject_of(life)} {name}", reason)


def correct_extra(desk: Desk, cadre_id: int, row_id: int, wanted: Extra, reason: str) -> None:
    """Another end, or days or a post that were entered wrongly. Raises PersonRefused."""
    life, row = _extra(desk, cadre_id, row_id)
    closed_days(desk, Span(row.first_day, row.last_day), wanted.first_day, wanted.last_day)
    span = days_within_service(desk, life, wanted.first_day, wanted.last_day)
    name = _extra_name(desk, life, wanted.post_id, span, row_id)
    after = {"post_id": wanted.post_id, "first_day": span.first, "last_day": span.last}
    desk.change("extra_post.changed", row, f"{subject_of(life)} {name}", after, reason)


def withdraw_extra(desk: Desk, cadre_id: int, row_id: int, reason: str) -> None:
    """A further post that never was."""
    life, row = _extra(desk, cadre_id, row_id)
    closed_days(desk, Span(row.first_day, row.last_day), None, None)
    desk.remove("extra_post.deleted", row, subject_of(life), reason)


def days_within_service(desk: Desk, life: Life, first: date, last: date | None) -> Span:
    """Days that begin in service; an empty end is the end of service, or of the period if that comes first."""
    span = people.stretch_in(desk, first, last, ("first_day", "last_day"))
    people.in_service(life, first, "first_day")
    if last is not None:
        people.in_service(life, last, "last_day")
        return span
    until = first
    for service in life.services:  # stretches that follow each other without a gap count as one
        if service.span.first <= until or (service.span.first - until).days == 1:
            until = max(until, service.span.last)
    return Span(first, min(until, span.last))


def closed_days(desk: Desk, old: Span, first: date | None, last: date | None) -> None:
    """Pass when no end that changes lies in a period that is closed; None is a day that goes."""
    if first != old.first:
        people.must_not_be_closed(desk, old.first, "first_day")
    if last != old.last:
        people.must_not_be_closed(desk, old.last, "last_day")


def _check(desk: Desk, life: Life, wanted: Moving) -> None:
    if wanted.post_id is None and wanted.module_id is None:
        raise PersonRefused("post", "请选新岗位或新模块，至少选一个。")
    people.period_of(desk, wanted.day, "day")
    people.in_service(life, wanted.day, "day")


def _names(desk: Desk, wanted: Moving) -> tuple[str, str]:
    post = people.in_force(desk, Post, wanted.post_id, wanted.day, "post")
    return post, people.in_force(desk, Module, wanted.module_id, wanted.day, "module")


def _move(desk: Desk, cadre_id: int, row_id: int) -> tuple[Life, Move]:
    life = desk.life(cadre_id)
    people.may_edit(desk.actor, life.number)
    row = people_over_time.row(desk.session, Move, desk.township_id, cadre_id, row_id)
    if row is None:
        raise PersonRefused("", "没有这次调动。")
    return life, row


def _extra(desk: Desk, cadre_id: int, row_id: int) -> tuple[Life, ExtraPost]:
    life = desk.life(cadre_id)
    people.may_edit(desk.actor, life.number)
    row = people_over_time.row(desk.session, ExtraPost, desk.township_id, cadre_id, row_id)
    if row is None:
        raise PersonRefused("", "没有这个兼岗。")
    return life, row


def _extra_name(desk: Desk, life: Life, post_id: int, span: Span, but: int | None) -> str:
    name = people.in_force(desk, Post, post_id, span.first, "post")
    for other in life.extra_posts:
        if other.id != but and other.name == name and other.span.within(span):
            raise PersonRefused(
                "post", f"{other.span.first}到{other.span.last}已经兼着“{name}”，不用再加；什么都没有保存。"
            )
    return name
