"""One cadre over time, as the office looks at it: what he or she is on a day, and what is missing then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from portal.core import roster
from portal.core.days import Span


class State(StrEnum):
    """Where somebody is on a day."""

    SERVING = "serving"  # 在岗
    ABSENT = "absent"  # 产假、病假 …
    LEFT = "left"  # 已离开
    TO_COME = "to_come"  # 还没来


class Lack(StrEnum):
    """What a scored cadre in service should have and has not."""

    POST = "post"
    MODULE = "module"
    TEAM = "team"


@dataclass(frozen=True, slots=True)
class Served:
    """A stretch of service; post and module are those of its first day, '' for none. Roles and secondment in the
    code's words."""

    id: int
    span: Span
    group: str
    staffing: str
    secondment: str
    exempt: bool
    post: str
    module: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """调动: from `day` on another post or module; '' leaves it."""

    id: int
    day: date
    post: str
    module: str


@dataclass(frozen=True, slots=True)
class During:
    """Something that lasts: a further post or a team led, by its name."""

    id: int
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class Belonging:
    """Membership of a team, with the factor."""

    id: int
    team: str
    span: Span
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Away:
    """Days of service that don't count; `kind` in the code's word."""

    id: int
    kind: str
    span: Span
    reason: str


@dataclass(frozen=True, slots=True)
class Life:
    """A cadre with everything that was ever true, each list in the order of its days."""

    id: int
    number: str
    name: str
    phone: str
    services: tuple[Served, ...] = ()
    moves: tuple[Moved, ...] = ()
    extra_posts: tuple[During, ...] = ()
    memberships: tuple[Belonging, ...] = ()
    leads: tuple[During, ...] = ()
    absences: tuple[Away, ...] = ()

    def service_on(self, day: date) -> Served | None:
        return next((service for service in self.services if day in service.span), None)

    def nearest_service(self, day: date) -> Served | None:
        """The stretch that holds the day, else the last one before it, else the first one after it."""
        before = [service for service in self.services if service.span.first <= day]
        return before[-1] if before else next(iter(self.services), None)


@dataclass(frozen=True, slots=True)
class Standing:
    """A cadre on a day; of somebody who has left, what he or she was on the last day of service."""

    life: Life
    state: State
    absence: str  # the kind, where absent
    service: Served | None
    post: str
    extra_posts: tuple[str, ...]
    module: str
    teams: tuple[str, ...]
    leads: tuple[str, ...]

    @property
    def lacks(self) -> frozenset[Lack]:
        """What is missing; nothing is where nobody serves or isn't scored."""
        if self.service is None or self.service.exempt or self.state in (State.LEFT, State.TO_COME):
            return frozenset()
        missing = {
            Lack.POST: not (self.post or self.extra_posts),
            Lack.MODULE: not self.module,
            Lack.TEAM: not self.teams,
        }
        return frozenset(lack for lack, is_missing in missing.items() if is_missing)


def standing(life: Life, day: date, periods: Sequence[Span]) -> Standing:
    """What a cadre is on the day; `periods` are the township's, whose first days cut off what is history."""
    service = life.nearest_service(day)
    if service is None:
        return Standing(life, State.TO_COME, "", None, "", (), "", (), ())
    at = min(max(day, service.span.first), service.span.last)
    away = next((absence.kind for absence in life.absences if day in absence.span), "")
    state = State.LEFT if day > at else State.TO_COME if day < at else State.ABSENT if away else State.SERVING
    return Standing(
        life=life,
        state=state,
        absence=away if state is State.ABSENT else "",
        service=service,
        post=_on(main_posts(life, periods), at),
        extra_posts=tuple(extra.name for extra in life.extra_posts if at in extra.span),
        module=_on(modules(life, periods), at),
        teams=tuple(dict.fromkeys(one.team for one in life.memberships if at in one.span)),
        leads=tuple(dict.fromkeys(one.name for one in life.leads if at in one.span)),
    )


def main_posts(life: Life, periods: Sequence[Span]) -> list[tuple[str, Span]]:
    """The main posts over time."""
    return [
        (holding.post, part)
        for services, since, within in _by_period(life, periods)
        for holding in roster.holdings(services, _moves(life), since)
        if (part := holding.span.within(within))
    ]


def modules(life: Life, periods: Sequence[Span]) -> list[tuple[str, Span]]:
    """The modules over time."""
    return [
        (stay.module, part)
        for services, since, within in _by_period(life, periods)
        for stay in roster.module_stays(services, _moves(life), since)
        if (part := stay.span.within(within))
    ]


def _by_period(life: Life, periods: Sequence[Span]) -> list[tuple[list[roster.Service], date, Span]]:
    """The stretches of service of each period as the scorer takes them; those of no period stand alone."""
    parts = []
    for period in sorted(periods):
        inside = [_plain(one) for one in life.services if one.span.within(period)]
        if inside:
            parts.append((inside, period.first, period))
    alone = [one for one in life.services if not any(one.span.within(period) for period in periods)]
    parts += [([_plain(one)], one.span.first, one.span) for one in alone]
    return sorted(parts, key=lambda part: part[1])


def _plain(service: Served) -> roster.Service:
    return roster.Service(service.span, service.post, service.module)


def _moves(life: Life) -> list[roster.Move]:
    return [roster.Move(move.day, move.post, move.module) for move in life.moves]


def _on(stretches: Sequence[tuple[str, Span]], day: date) -> str:
    return next((name for name, span in stretches if day in span), "")
