"""Who belongs to which team when, and with which factor (个人系数)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.actions import people
from portal.actions.people import Desk, PersonRefused, subject_of
from portal.actions.posts_held import closed_days, days_within_service
from portal.core.days import Span
from portal.core.lives import Belonging, Life
from portal.store import people_over_time
from portal.store.organisation import Team, TeamMembership

LOWEST, HIGHEST = Decimal("0.9"), Decimal("1.1")


@dataclass(frozen=True, slots=True)
class Member:
    """A membership as it is wanted; without a last day to the end of service in the period."""

    team_id: int
    first_day: date
    last_day: date | None
    factor: Decimal


def enter_team(desk: Desk, cadre_id: int, wanted: Member, instead_of: int | None, reason: str) -> None:
    """Into a team from a day on; `instead_of` is the membership that ends the day before. Raises PersonRefused."""
    life = desk.life(cadre_id)
    team = _team(desk, life, wanted)
    span = days_within_service(desk, life, wanted.first_day, wanted.last_day)
    if instead_of is not None:
        _end_before(desk, life, instead_of, span.first, reason)
        life = desk.life(cadre_id)
    _must_be_alone(life, team, span, None)
    row = TeamMembership(
        township_id=desk.township_id,
        team_id=wanted.team_id,
        cadre_id=cadre_id,
        first_day=span.first,
        last_day=span.last,
        factor=wanted.factor,
    )
    desk.add("team_membership.added", row, f"{subject_of(life)} {team}", reason)


def correct_membership(desk: Desk, cadre_id: int, row_id: int, wanted: Member, reason: str) -> None:
    """Another end, or days, team or factor that were entered wrongly. Raises PersonRefused."""
    life, row, old = _row(desk, cadre_id, row_id)
    team = _team(desk, life, wanted)
    closed_days(desk, old.span, wanted.first_day, wanted.last_day)
    span = days_within_service(desk, life, wanted.first_day, wanted.last_day)
    _must_be_alone(life, team, span, row_id)
    after = {
        "team_id": wanted.team_id,
        "first_day": span.first,
        "last_day": span.last,
        "factor": wanted.factor,
    }
    desk.change("team_membership.changed", row, f"{subject_of(life)} {team}", after, reason)


def withdraw_membership(desk: Desk, cadre_id: int, row_id: int, reason: str) -> None:
    """A membership that never was."""
    life, row, old = _row(desk, cadre_id, row_id)
    closed_days(desk, old.span, None, None)
    desk.remove("team_membership.deleted", row, f"{subject_of(life)} {old.team}", reason)


def _team(desk: Desk, life: Life, wanted: Member) -> str:
    """The team's name, when the actor may put this cadre into it and the factor is right."""
    team = people.in_force(desk, Team, wanted.team_id, wanted.first_day, "team")
    people.may_edit(desk.actor, life.number, team)
    if not LOWEST <= wanted.factor <= HIGHEST:
        raise PersonRefused("factor", f"个人系数要在 {LOWEST} 到 {HIGHEST} 之间，{wanted.factor} 不在。")
    leading = any(one.name == team and wanted.first_day in one.span for one in life.leads)
    if leading and wanted.factor != 1:
        raise PersonRefused("factor", f"{life.name}是“{team}”的团长，团长的个人系数总是 1。")
    return team


def _row(desk: Desk, cadre_id: int, row_id: int) -> tuple[Life, TeamMembership, Belonging]:
    life = desk.life(cadre_id)
    old = next((one for one in life.memberships if one.id == row_id), None)
    people.may_edit(desk.actor, life.number, old.team if old else None)
    row = people_over_time.row(desk.session, TeamMembership, desk.township_id, cadre_id, row_id)
    if row is None or old is None:
        raise PersonRefused("", "没有这一条组团记录。")
    return life, row, old


def _end_before(desk: Desk, life: Life, row_id: int, day: date, reason: str) -> None:
    _, row, old = _row(desk, life.id, row_id)
    if not old.span.first < day <= old.span.last:
        raise PersonRefused(
            "instead_of",
            f"“{old.team}”是 {old.span.first}到{old.span.last}，不能在 {day} 的前一天结束；"
            "请改从哪天起，或者更正那一条。",
        )
    last = day - timedelta(days=1)
    desk.change("team_membership.ended", row, f"{subject_of(life)} {old.team}", {"last_day": last}, reason)


def _must_be_alone(life: Life, team: str, span: Span, but: int | None) -> None:
    for other in life.memberships:
        if other.id != but and other.team == team and other.span.within(span):
            raise PersonRefused(
                "team",
                f"{other.span.first}到{other.span.last}已经在“{team}”里，同一个组团不能重叠；什么都没有保存。",
            )
