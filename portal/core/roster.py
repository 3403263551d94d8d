"""Who held which post and module when, and which days of service count: moves (调动) and absences over service."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.core.days import Span
from portal.core.facts import Holding, ModuleStay


@dataclass(frozen=True, slots=True)
class Service:
    """A stretch of service with the post and module of its first day; '' where there was none."""

    span: Span
    post: str
    module: str


@dataclass(frozen=True, slots=True)
class Move:
    """From `day` on another post or module; '' leaves it as it was."""

    day: date
    post: str
    module: str


def holdings(services: Sequence[Service], moves: Sequence[Move], since: date) -> tuple[Holding, ...]:
    """The main posts. `since` is the period's first day: what was moved before it is history.

    A move between `since` and the first service holds from that service's first day on; a later stretch of service
    begins with the post that it names.
    """
    return tuple(
        Holding(post, span)
        for service, earliest in _with_earliest(services, since)
        for post, span in _stretches(service.span, service.post, moves, earliest, lambda move: move.post)
    )


def module_stays(services: Sequence[Service], moves: Sequence[Move], since: date) -> tuple[ModuleStay, ...]:
    """The modules, by the same rule."""
    return tuple(
        ModuleStay(module, span)
        for service, earliest in _with_earliest(services, since)
        for module, span in _stretches(
            service.span, service.module, moves, earliest, lambda move: move.module
        )
    )


def led_days(member: Span, led: Sequence[Span]) -> tuple[tuple[Span, bool], ...]:
    """The days of a membership in stretches, in order, each with whether the member led the team on them."""
    stretches: list[tuple[Span, bool]] = []
    since = member.first
    for span in sorted(led):
        part = span.within(Span(since, member.last)) if since <= member.last else None
        if part is None:
            continue
        if part.first > since:
            stretches.append((Span(since, part.first - timedelta(days=1)), False))
        stretches.append((part, True))
        since = part.last + timedelta(days=1)
    if since <= member.last:
        stretches.append((Span(since, member.last), False))
    return tuple(stretches)


def _with_earliest(services: Sequence[Service], since: date) -> list[tuple[Service, date]]:
    """Each stretch of service, in order, with the first day whose moves concern it."""
    ordered = sorted(services, key=lambda service: service.span.first)
    return [
        (service, service.span.first if place else min(since, service.span.first))
        for place, service in enumerate(ordered)
    ]


def _stretches(
    span: Span, first: str, moves: Sequence[Move], earliest: date, to: Callable[[Move], str]
) -> Iterable[tuple[str, Span]]:
    what, since = first, span.first
    for move in sorted(moves, key=lambda move: move.day):
        if not to(move) or not earliest <= move.day <= span.last:
            continue
        if what and move.day > since:
            yield what, Span(since, move.day - timedelta(days=1))
        what, since = to(move), max(since, move.day)
    if what:
        yield what, Span(since, span.last)


def present(services: Iterable[Span], absences: Iterable[Span]) -> tuple[Span, ...]:
    """The days of service that count: each stretch of service less the days of absence, in order.

    Holdings and module stays are computed from whole stretches first: who comes back from leave has the post that he
    or she left, or was moved to meanwhile.
    """
    away = sorted(absences)
    parts: list[Span] = []
    for service in sorted(services):
        first = service.first
        for span in away:
            if span.last < first or span.first > service.last:
                continue
            if span.first > first:
                parts.append(Span(first, span.first - timedelta(days=1)))
            first = span.last + timedelta(days=1)
        if first <= service.last:
            parts.append(Span(first, service.last))
    return tuple(parts)
