"""A new year: the next period, with the organisation that stands on the old one's last day.

Carried are stretches that hold on the old period's last day: each becomes a new stretch over the new period, and the old one
stays as it is, so that every earlier year keeps its scores. What already reaches into the new period is left alone.
Marks, tasks, contests, task forces and bonuses belong to their year and are not carried; an absence that runs on does
so by its own days.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from portal.actions.guard import require
from portal.actions.ledger import Act, Entry, record_all
from portal.actions.periods import NewPeriod, PeriodRefused, make_period, must_be_free, own_township
from portal.core import roster
from portal.core.days import Span
from portal.core.rights import Actor, Right
from portal.store import appraisal, organisation, periods, townships
from portal.store.base import Base, Stretch
from portal.store.rows import in_township, overlapping

Row = TypeVar("Row", bound=Any)
Lasting = organisation.Village | organisation.Module | organisation.Post | organisation.Team


@dataclass(slots=True)
class Carried:
    """What a new year takes over: rows by table (as people call them), and who or what stays behind, with names."""

    counts: dict[str, int] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)  # whose service ended before the old last day
    away: list[str] = field(
        default_factory=list
    )  # whose absence ends with the old last day: back from the next day on
    already: int = 0  # stretches that reach into the new period by themselves
    rows: list[tuple[str, Base]] = field(default_factory=list)  # what would be added, with its name


@dataclass(frozen=True, slots=True)
class Ground:
    """The township's rows that a new year is made of, by id, and the two periods."""

    township_id: int
    old: appraisal.Period
    span: Span
    cadres: Mapping[int, organisation.Cadre]
    villages: Mapping[int, organisation.Village]
    modules: Mapping[int, organisation.Module]
    posts: Mapping[int, organisation.Post]
    teams: Mapping[int, organisation.Team]

    def lasts(self, row: Lasting | None) -> bool:
        """Whether it still is there on the new period's first day."""
        return row is not None and (row.last_day is None or row.last_day >= self.span.first)


def preview(session: Session, township_id: int, old: appraisal.Period, wanted: NewPeriod) -> Carried:
    """What would be carried over; nothing is written. Raises PeriodRefused where there can be no such period."""
    _must_follow(session, township_id, old, wanted)
    return _gather(session, _ground(session, township_id, old, wanted.span))


def begin_new_year(
    session: Session, actor: Actor, old: appraisal.Period, wanted: NewPeriod, now: datetime
) -> appraisal.Period:
    """Make the next period and carry the organisation over, in one act. Raises NotAllowed and PeriodRefused."""
    require(actor, Right.OPEN_PERIOD)
    township_id = own_township(actor)
    periods.lock(session, township_id)
    _must_follow(session, township_id, old, wanted)
    act = Act(actor.username, now, township_id)
    carried = _gather(session, _ground(session, township_id, old, wanted.span))
    plan = townships.plan_of(session, township_id, old.id)
    period = make_period(session, act, wanted, "new_year", plan, f"沿用{old.name}方案", old.edition_id)
    for _, row in carried.rows:
        if isinstance(row, appraisal.PeriodPost | appraisal.PeriodVillage):
            row.period_id = period.id
    session.add_all([row for _, row in carried.rows])
    session.flush()
    tables = dict.fromkeys(type(row) for _, row in carried.rows)
    for table in tables:
        entries = [_entry(name, row) for name, row in carried.rows if type(row) is table]
        record_all(session, act, f"new_year.{table.__tablename__}", entries)
    return period


def _must_follow(session: Session, township_id: int, old: appraisal.Period, wanted: NewPeriod) -> None:
    must_be_free(wanted, townships.periods(session, township_id))
    if wanted.span.first <= old.last_day:
        raise PeriodRefused(f"新年度要在“{old.name}”之后开始。", "first_day")


def _ground(session: Session, township_id: int, old: appraisal.Period, span: Span) -> Ground:
    def by_id(table: type[Row]) -> dict[int, Row]:
        return {row.id: row for row in in_township(session, table, township_id)}

    return Ground(
        township_id=township_id,
        old=old,
        span=span,
        cadres=by_id(organisation.Cadre),
        villages=by_id(organisation.Village),
        modules=by_id(organisation.Module),
        posts=by_id(organisation.Post),
        teams=by_id(organisation.Team),
    )


def _gather(session: Session, ground: Ground) -> Carried:
    carried = Carried()
    _services(session, ground, carried)
    staying = _serving(session, ground, carried)
    _extra_posts(session, ground, carried, staying)
    _teams(session, ground, carried, staying)
    _figures(session, ground, carried)
    return carried


def _services(session: Session, ground: Ground, carried: Carried) -> None:
    """A new stretch for everybody who serves on the old last day, with the post and module held then."""
    table = organisation.Service
    days = Span(ground.old.first_day, ground.old.last_day)
    old = in_township(session, table, ground.township_id, overlapping(table, days))
    moves = in_township(session, organisation.Move, ground.township_id)
    there = {
        row.cadre_id
        for row in in_township(session, table, ground.township_id, overlapping(table, ground.span))
    }
    by_cadre: dict[int, list[organisation.Service]] = {}
    for row in old:
        by_cadre.setdefault(row.cadre_id, []).append(row)
    for cadre_id in sorted(by_cadre, key=lambda one: ground.cadres[one].number):
        cadre, own = ground.cadres[cadre_id], sorted(by_cadre[cadre_id], key=lambda row: row.first_day)
        last = next((row for row in own if days.last in Span(row.first_day, row.last_day)), None)
        name = f"{cadre.number} {cadre.name}"
        if cadre_id in there:
            carried.already += 1
        elif last is None:
            carried.gone.append(name)
        else:
            post, module = _held(ground, own, [move for move in moves if move.cadre_id == cadre_id])
            _carry(carried, "干部", name, _service(ground, last, post, module))


def _service(
    ground: Ground, last: organisation.Service, post: int | None, module: int | None
) -> organisation.Service:
    return organisation.Service(
        township_id=ground.township_id,
        cadre_id=last.cadre_id,
        first_day=ground.span.first,
        last_day=ground.span.last,
        group_name=last.group_name,
        staffing=last.staffing,
        secondment=last.secondment,
        exempt=last.exempt,
        post_id=post if post is not None and ground.lasts(ground.posts.get(post)) else None,
        module_id=module if module is not None and ground.lasts(ground.modules.get(module)) else None,
        roles=list(last.roles),
    )


def _held(
    ground: Ground, services: Sequence[organisation.Service], moves: Sequence[organisation.Move]
) -> tuple[int | None, int | None]:
    """Main post and module on the old last day, by the scorer's own rule."""
    day = ground.old.last_day
    stretches = [
        roster.Service(Span(row.first_day, row.last_day), str(row.post_id or ""), str(row.module_id or ""))
        for row in services
    ]
    turns = [roster.Move(row.day, str(row.post_id or ""), str(row.module_id or "")) for row in moves]
    posts = [one.post for one in roster.holdings(stretches, turns, ground.old.first_day) if day in one.span]
    stays = roster.module_stays(stretches, turns, ground.old.first_day)
    modules = [one.module for one in stays if day in one.span]
    return (int(posts[0]) if posts else None), (int(modules[0]) if modules else None)


def _serving(session: Session, ground: Ground, carried: Carried) -> frozenset[int]:
    """Who serves in the new period, carried or by days of the own; and who comes back from an absence with it."""
    table = organisation.Service
    there = in_township(session, table, ground.township_id, overlapping(table, ground.span))
    new = [row for _, row in carried.rows if isinstance(row, table)]
    staying = frozenset(row.cadre_id for row in (*there, *new))
    absence = organisation.Absence
    ending = in_township(session, absence, ground.township_id, absence.last_day == ground.old.last_day)
    for row in ending:
        if row.cadre_id in staying:
            cadre = ground.cadres[row.cadre_id]
            carried.away.append(f"{cadre.number} {cadre.name}")
    return staying


def _extra_posts(session: Session, ground: Ground, carried: Carried, staying: frozenset[int]) -> None:
    for row in _standing(session, ground, carried, organisation.ExtraPost, _of_extra_post):
        if row.cadre_id in staying and ground.lasts(ground.posts.get(row.post_id)):
            name = f"{ground.cadres[row.cadre_id].number} {ground.posts[row.post_id].name}"
            _carry(carried, "兼岗", name, _again(ground, row, cadre_id=row.cadre_id, post_id=row.post_id))


def _teams(session: Session, ground: Ground, carried: Carried, staying: frozenset[int]) -> None:
    """Memberships with their factor, leaders and links of teams that go on."""
    for member in _standing(session, ground, carried, organisation.TeamMembership, _of_member):
        team = ground.teams[member.team_id]
        if member.cadre_id in staying and ground.lasts(team):
            own = {"team_id": team.id, "cadre_id": member.cadre_id, "factor": member.factor}
            name = f"{team.name} {ground.cadres[member.cadre_id].number}"
            _carry(carried, "组团成员", name, _again(ground, member, **own))
    for leader in _standing(session, ground, carried, organisation.TeamLeader, _of_team):
        team = ground.teams[leader.team_id]
        if leader.cadre_id in staying and ground.lasts(team):
            name = f"{team.name} {ground.cadres[leader.cadre_id].number}"
            again = _again(ground, leader, team_id=team.id, cadre_id=leader.cadre_id)
            _carry(carried, "组团团长", name, again)
    for link in _standing(session, ground, carried, organisation.TeamLink, _of_village):
        team, village = ground.teams[link.team_id], ground.villages[link.village_id]
        if ground.lasts(team) and ground.lasts(village):
            again = _again(ground, link, team_id=team.id, village_id=village.id)
            _carry(carried, "组团联村", f"{team.name} {village.code} {village.name}", again)


def _figures(session: Session, ground: Ground, carried: Carried) -> None:
    """The posts' coefficients and the villages' households, as they stand on the old last day."""
    table = appraisal.PeriodPost
    for row in in_township(session, table, ground.township_id, table.period_id == ground.old.id):
        post = ground.posts[row.post_id]
        if ground.lasts(post):
            new = table(township_id=ground.township_id, post_id=post.id, coefficient=row.coefficient)
            _carry(carried, "岗位系数", post.name, new)
    in_force = periods.households_on(session, ground.township_id, ground.old.id, ground.old.last_day)
    for village in sorted(ground.villages.values(), key=lambda one: one.code):
        if ground.lasts(village):
            figures = {
                "village_id": village.id,
                "first_day": ground.span.first,
                "households": in_force.get(village.id, village.households),
            }
            new_row = appraisal.PeriodVillage(township_id=ground.township_id, **figures)
            _carry(carried, "村社户数", f"{village.code} {village.name}", new_row)


def _standing(
    session: Session, ground: Ground, carried: Carried, table: type[Row], identity: Callable[[Row], Any]
) -> Iterable[Row]:
    """Stretches that hold on the old last day, but for those whose like reaches into the new period already."""
    columns: Any = table
    day = ground.old.last_day
    old = in_township(session, columns, ground.township_id, columns.first_day <= day, columns.last_day >= day)
    reaching = in_township(session, columns, ground.township_id, overlapping(columns, ground.span))
    there = {identity(row) for row in reaching}
    carried.already += sum(identity(row) in there for row in old)
    return [row for row in old if identity(row) not in there]


def _of_extra_post(row: organisation.ExtraPost) -> tuple[int, int]:
    return row.cadre_id, row.post_id


def _of_member(row: organisation.TeamMembership) -> tuple[int, int]:
    return row.team_id, row.cadre_id


def _of_team(row: organisation.TeamLeader) -> int:
    return row.team_id


def _of_village(row: organisation.TeamLink) -> int:
    return row.village_id


def _again(ground: Ground, row: Stretch, **own: Any) -> Any:
    """The same over the whole new period."""
    days: dict[str, date] = {"first_day": ground.span.first, "last_day": ground.span.last}
    return type(row)(township_id=ground.township_id, **days, **own)  # type: ignore[call-arg]


def _carry(carried: Carried, what: str, name: str, row: Base) -> None:
    carried.counts[what] = carried.counts.get(what, 0) + 1
    carried.rows.append((name, row))


def _entry(name: str, row: Base) -> Entry:
    values = {
        column.name: getattr(row, column.name)
        for column in row.__table__.columns
        if column.name not in ("id", "township_id")
    }
    own: Any = row
    return Entry(name, None, values, own.id)
