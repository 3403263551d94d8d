"""Coming, changing and leaving: stretches of service, each with group, 编制 and what it began with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.actions import people
from portal.actions.people import Desk, PersonRefused, subject_of
from portal.core.days import Span
from portal.core.lives import Life, main_posts, modules
from portal.store import people_over_time
from portal.store.organisation import (
    Cadre,
    ExtraPost,
    Module,
    Move,
    Post,
    Secondment,
    Service,
    Team,
    TeamLeader,
    TeamMembership,
)

DAYS = ("first_day", "last_day")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """As what somebody serves: everything of a stretch of service but its days, post and module."""

    group: str
    staffing: str = ""
    secondment: str = ""
    exempt: bool = False
    roles: tuple[str, ...] = ()

    def columns(self) -> dict[str, Any]:
        return {
            "group_name": self.group,
            "staffing": self.staffing,
            "secondment": Secondment(self.secondment) if self.secondment else None,
            "exempt": self.exempt,
            "roles": list(self.roles),
        }


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of service as it is wanted; without a last day it goes to the period's end."""

    first_day: date
    last_day: date | None
    terms: Terms
    post_id: int | None = None
    module_id: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Who somebody is."""

    number: str
    name: str
    phone: str = ""


def join(desk: Desk, person: Person, wanted: Stretch, team_id: int | None, reason: str) -> tuple[int, bool]:
    """Somebody comes: gives the cadre's id, and whether he or she served here before.

    A known 工号 goes on as the same person, with a new stretch. Raises PersonRefused, also for a known 工号 with
    another name.
    """
    team = people.in_force(desk, Team, team_id, wanted.first_day, "team")
    people.may_edit(desk.actor, person.number, team or None)
    cadre = people_over_time.by_number(desk.session, desk.township_id, person.number)
    known = cadre is not None
    if cadre is None:
        cadre = Cadre(
            township_id=desk.township_id, number=person.number, name=person.name, phone=person.phone
        )
        desk.add("cadre.added", cadre, f"{person.number} {person.name}", reason)
    elif cadre.name != person.name:
        raise PersonRefused(
            "name",
            f"工号 {person.number} 是{cadre.name}的。是同一个人就填“{cadre.name}”（改名在他的页面上更正）；"
            "不是同一个人，请换一个工号。",
        )
    elif person.phone and person.phone != cadre.phone:
        desk.change("cadre.changed", cadre, subject_of(cadre), {"phone": person.phone}, reason)
    span = _begin(desk, desk.life(cadre.id), wanted, reason)
    if team_id is not None:
        member = TeamMembership(
            township_id=desk.township_id,
            team_id=team_id,
            cadre_id=cadre.id,
            first_day=span.first,
            last_day=span.last,
            factor=Decimal(1),
        )
        desk.add("team_membership.added", member, f"{subject_of(cadre)} {team}", reason)
    return cadre.id, known


def come_back(desk: Desk, cadre_id: int, wanted: Stretch, reason: str) -> None:
    """A new stretch of somebody who served before. Raises PersonRefused."""
    life = desk.life(cadre_id)
    people.may_edit(desk.actor, life.number)
    _begin(desk, life, wanted, reason)


def restate(desk: Desk, cadre_id: int, day: date, terms: Terms, reason: str) -> None:
    """From the day on another group, 编制, secondment, 不参评 or roles: the stretch ends the day before, and a new one
    begins with the post and module then held. Raises PersonRefused."""
    life = desk.life(cadre_id)
    people.may_edit(desk.actor, life.number)
    people.period_of(desk, day, "day")
    people.in_service(life, day, "day")
    old = _row_on(desk, life, day)
    columns = terms.columns()
    if all(getattr(old, name) == value for name, value in columns.items()):
        raise PersonRefused("", "填的和现在的一样，没有要改的。")
    if old.first_day == day:
        desk.change("service.changed", old, subject_of(life), columns, reason)
        return
    last = old.last_day
    began_with = _held(desk, life, day)
    desk.change("service.ended", old, subject_of(life), {"last_day": day - DAY}, reason)
    new = Service(
        township_id=desk.township_id,
        cadre_id=cadre_id,
        first_day=day,
        last_day=last,
        **columns,
        **began_with,
    )
    desk.add("service.added", new, subject_of(life), reason)


def leave(desk: Desk, cadre_id: int, last: date, reason: str) -> None:
    """The last day of service; what goes on beyond it ends with it. Raises PersonRefused."""
    life = desk.life(cadre_id)
    # leaving moves no team's score, so members of the same team may enter it
    people.may_edit(desk.actor, life.number)
    people.period_of(desk, last, "day")
    people.in_service(life, last, "day")
    service = _row_on(desk, life, last)
    after = [one for one in life.services if one.span.first > last]
    until = service.last_day
    for one in after:
        if one.span.first != until + DAY:
            raise PersonRefused("day", f"{one.span.first} 起还有一段任职，请先更正那一段，再填离开。")
        until = one.span.last
    if until == last:
        raise PersonRefused("day", f"{life.name}的任职本来就到 {last} 为止，不用再填。")
    for one in after:
        row = people_over_time.row(desk.session, Service, desk.township_id, cadre_id, one.id)
        if row is not None:
            people.must_not_be_closed(desk, row.first_day, "day")
            desk.remove("service.deleted", row, subject_of(life), reason)
    desk.change("service.ended", service, subject_of(life), {"last_day": last}, reason)
    _end_what_goes_on(desk, life, last, reason)


def correct_service(desk: Desk, cadre_id: int, row_id: int, wanted: Stretch, reason: str) -> None:
    """A stretch that was entered wrongly. Raises PersonRefused."""
    life = desk.life(cadre_id)
    people.may_edit(desk.actor, life.number)
    row = people_over_time.row(desk.session, Service, desk.township_id, cadre_id, row_id)
    if row is None:
        raise PersonRefused("", "没有这段任职。")
    _days_may_change(desk, Span(row.first_day, row.last_day), wanted)
    span = people.stretch_in(desk, wanted.first_day, wanted.last_day, DAYS)
    _must_stand_alone(life, span, row_id)
    after = {
        "first_day": span.first,
        "last_day": span.last,
        **wanted.terms.columns(),
        **_choices(desk, wanted, row),
    }
    desk.change("service.changed", row, subject_of(life), after, reason)


def correct_person(desk: Desk, cadre_id: int, name: str, phone: str, reason: str) -> None:
    """Another name or phone: a correction, shown for earlier days too; the ledger keeps the old one.

    It moves no score, so nobody has to stand back from it.
    """
    life = desk.life(cadre_id)
    row = people_over_time.cadre_row(desk.session, desk.township_id, cadre_id)
    if row is not None:
        desk.change("cadre.changed", row, subject_of(life), {"name": name, "phone": phone}, reason)


def what_ends(life: Life, last: date) -> list[str]:
    """What leaving on that day ends or takes away, in words."""
    words = [f"组团“{one.team}”" for one in life.memberships if one.span.last > last]
    words += [f"“{one.name}”的团长" for one in life.leads if one.span.last > last]
    words += [f"兼岗“{one.name}”" for one in life.extra_posts if one.span.last > last]
    words += [f"{one.day} 的调动（还没到）" for one in life.moves if one.day > last]
    words += [f"{one.span.first} 起的任职" for one in life.services if one.span.first > last]
    return list(dict.fromkeys(words))


def _begin(desk: Desk, life: Life, wanted: Stretch, reason: str) -> Span:
    span = people.stretch_in(desk, wanted.first_day, wanted.last_day, DAYS)
    _must_stand_alone(life, span, None)
    people.in_force(desk, Post, wanted.post_id, span.first, "post")
    people.in_force(desk, Module, wanted.module_id, span.first, "module")
    service = Service(
        township_id=desk.township_id,
        cadre_id=life.id,
        first_day=span.first,
        last_day=span.last,
        post_id=wanted.post_id,
        module_id=wanted.module_id,
        **wanted.terms.columns(),
    )
    desk.add("service.added", service, subject_of(life), reason)
    return span


def _must_stand_alone(life: Life, span: Span, but: int | None) -> None:
    for other in life.services:
        if other.id != but and other.span.within(span):
            raise PersonRefused(
                "first_day",
                f"{life.name}（{life.number}）{other.span.first}到{other.span.last}已经有一段任职，"
                "两段不能有同一天；什么都没有保存。",
            )


def _days_may_change(desk: Desk, old: Span, wanted: Stretch) -> None:
    if wanted.first_day != old.first:
        people.must_not_be_closed(desk, old.first, "first_day")
    if wanted.last_day != old.last:
        people.must_not_be_closed(desk, old.last, "last_day")


def _choices(desk: Desk, wanted: Stretch, row: Service) -> Mapping[str, int | None]:
    """The post and module wanted; one that stays may be out of use by now."""
    if wanted.post_id != row.post_id:
        people.in_force(desk, Post, wanted.post_id, wanted.first_day, "post")
    if wanted.module_id != row.module_id:
        people.in_force(desk, Module, wanted.module_id, wanted.first_day, "module")
    return {"post_id": wanted.post_id, "module_id": wanted.module_id}


def _row_on(desk: Desk, life: Life, day: date) -> Service:
    served = life.service_on(day)
    row = None
    if served is not None:
        row = people_over_time.row(desk.session, Service, desk.township_id, life.id, served.id)
    if row is None:
        raise PersonRefused("day", people.service_words(life))
    return row


def _held(desk: Desk, life: Life, day: date) -> dict[str, int | None]:
    """The main post and module of the day, as the columns of a new stretch."""
    spans = [Span(one.first_day, one.last_day) for one in desk.periods]
    post = next((name for name, span in main_posts(life, spans) if day in span), "")
    module = next((name for name, span in modules(life, spans) if day in span), "")
    posts = {row.name: row.id for row in people_over_time.named(desk.session, Post, desk.township_id)}
    known = {row.name: row.id for row in people_over_time.named(desk.session, Module, desk.township_id)}
    return {"post_id": posts.get(post), "module_id": known.get(module)}


def _end_what_goes_on(desk: Desk, life: Life, last: date, reason: str) -> None:
    """Memberships, further posts, teams led and moves to come; what would begin later is taken away."""
    who = subject_of(life)
    for table, kind in (
        (TeamMembership, "team_membership"),
        (ExtraPost, "extra_post"),
        (TeamLeader, "team_leader"),
    ):
        row: Any
        for row in people_over_time.rows(desk.session, table, desk.township_id, life.id):
            if row.first_day > last:
                desk.remove(f"{kind}.deleted", row, who, reason)
            elif row.last_day > last:
                desk.change(f"{kind}.ended", row, who, {"last_day": last}, reason)
    for move in people_over_time.rows(desk.session, Move, desk.township_id, life.id):
        if move.day > last:
            desk.remove("move.deleted", move, who, reason)
    for force in people_over_time.led_forces(desk.session, desk.township_id, life.id, last):
        desk.change("task_force.leader_changed", force, force.name, {"leader_id": None}, reason)
