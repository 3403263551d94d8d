"""Who held which post and module when: from the first day's post and module, and the moves after it (调动)."""

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


def holdings(services: Iterable[Service], moves: Sequence[Move]) -> tuple[Holding, ...]:
    """The main posts. A move before a stretch of service is history: the stretch names its first day's post."""
    return tuple(
        Holding(post, span)
        for service in services
        for post, span in _stretches(service, service.post, moves, lambda move: move.post)
    )


def module_stays(services: Iterable[Service], moves: Sequence[Move]) -> tuple[ModuleStay, ...]:
    return tuple(
        ModuleStay(module, span)
        for service in services
        for module, span in _stretches(service, service.module, moves, lambda move: move.module)
    )


def _stretches(
    service: Service, first: str, moves: Sequence[Move], to: Callable[[Move], str]
) -> Iterable[tuple[str, Span]]:
    what, since = first, service.span.first
    for move in sorted(moves, key=lambda move: move.day):
        if not to(move) or move.day not in service.span:
            continue
        if what and move.day > since:
            yield what, Span(since, move.day - timedelta(days=1))
        what, since = to(move), move.day
    if what:
        yield what, Span(since, service.span.last)
