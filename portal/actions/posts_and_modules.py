"""Modules and posts over time: adding, renaming, ending one; and a post's coefficient in a period."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from portal.actions.coefficients import COEFFICIENT
from portal.actions.organising import (
    Order,
    OrganisationRefused,
    end_row,
    enter_named,
    own_row,
    period_of,
    rename_named,
)
from portal.actions.proposals import Wish, propose
from portal.core import roster
from portal.core.days import Span
from portal.core.facts import Holding, ModuleStay
from portal.store import organising, rows
from portal.store.appraisal import Period, PeriodPost
from portal.store.organisation import Cadre, ExtraPost, Module, Move, NameKind, Post, Service
from portal.store.rows import overlapping

LOWEST, HIGHEST = Decimal("0.80"), Decimal("1.40")
FEWEST_MODULES, MOST_MODULES = 3, 6


def add_module(order: Order, name: str) -> Module:
    """Enter a module that is there from the day on. Raises OrganisationRefused."""
    module: Module = enter_named(order, NameKind.MODULE, name)
    return module


def rename_module(order: Order, module_id: int, name: str) -> None:
    rename_named(order, NameKind.MODULE, module_id, name)


def retire_module(order: Order, module_id: int) -> None:
    """The module ends the day before; refused while somebody is in it on the day or later, and says who."""
    order.allow()
    module: Module = own_row(order, Module, module_id)
    _must_be_empty(f"模块“{module.name}”", in_module(order, module))
    end_row(order, module, "module.retired")


def add_post(order: Order, name: str, coefficient: Decimal) -> Post:
    """Enter a post with its coefficient in the period that holds the day. Raises OrganisationRefused."""
    order.allow()
    _must_fit(coefficient)
    period = _period(order)
    post: Post = enter_named(order, NameKind.POST, name)
    _write(order, post, period, coefficient)
    return post


def rename_post(order: Order, post_id: int, name: str) -> None:
    rename_named(order, NameKind.POST, post_id, name)


def retire_post(order: Order, post_id: int) -> None:
    """The post ends the day before; refused while somebody holds it on the day or later, and says who."""
    order.allow()
    post: Post = own_row(order, Post, post_id)
    _must_be_empty(f"岗位“{post.name}”", holding(order, post))
    end_row(order, post, "post.retired")


def set_coefficient(order: Order, post_id: int, coefficient: Decimal) -> bool:
    """The post's coefficient in the period that holds the day, for all of the period.

    Before the period is opened it is set at once (True). Afterwards it is put before the 党委 (False): it moves the
    score of everybody who holds the post. Raises OrganisationRefused, ProposalRefused, NotAllowed, MustStandBack.
    """
    post: Post = own_row(order, Post, post_id)
    _must_fit(coefficient)
    period = _period(order)
    held = organising.coefficients(order.session, order.township_id, period.id).get(post.id)
    if held is not None and held == coefficient:
        raise OrganisationRefused("和现在的系数一样，没有要改的。", "coefficient")
    moved = holders(order, post, period)
    if period.opened_at is None:
        order.allow(cadres=moved)
        _write(order, post, period, coefficient)
        return True
    order.allow()
    wish = Wish(
        subject=f"{post.name}（{period.name}）",
        reason=order.reason,
        payload={
            "post_id": post.id,
            "period_id": period.id,
            "before": None if held is None else format(held, "f"),
            "coefficient": format(coefficient, "f"),
        },
        moves_cadres=moved,
    )
    propose(order.session, order.actor, COEFFICIENT, wish, order.now)
    return False


def holders(order: Order, post: Post, period: Period) -> list[str]:
    """工号 of everybody who holds the post at some time of the period, as the main one or beside it."""
    span, township = Span(period.first_day, period.last_day), order.township_id
    services = rows.in_township(
        order.session, Service, township, Service.post_id == post.id, overlapping(Service, span)
    )
    moves = rows.in_township(
        order.session, Move, township, Move.post_id == post.id, Move.day.between(span.first, span.last)
    )
    beside = rows.in_township(
        order.session, ExtraPost, township, ExtraPost.post_id == post.id, overlapping(ExtraPost, span)
    )
    ids = (
        {row.cadre_id for row in services}
        | {row.cadre_id for row in moves}
        | {row.cadre_id for row in beside}
    )
    return sorted(cadre.number for cadre in _cadres(order) if cadre.id in ids)


def in_module(order: Order, module: Module) -> list[str]:
    """工号 and name of everybody who is in the module on the day or later."""
    found = []
    for who, services, moves in _serving(order, modules=True):
        stays: tuple[ModuleStay, ...] = roster.module_stays(services, moves, _since(order))
        if any(stay.module == str(module.id) and stay.span.last >= order.day for stay in stays):
            found.append(who)
    return found


def holding(order: Order, post: Post) -> list[str]:
    """工号 and name of everybody who holds the post on the day or later."""
    found = []
    for who, services, moves in _serving(order, modules=False):
        held: tuple[Holding, ...] = roster.holdings(services, moves, _since(order))
        if any(one.post == str(post.id) and one.span.last >= order.day for one in held):
            found.append(who)
    extra = organising.extra_holders(order.session, order.township_id, post.id, order.day)
    return list(dict.fromkeys([*found, *(f"{number} {name}" for number, name in extra)]))


def _serving(order: Order, *, modules: bool) -> list[tuple[str, list[roster.Service], list[roster.Move]]]:
    """Everybody who serves on the day or later, with service and moves; posts or modules go by the ids of their rows."""

    def key(row: Service | Move) -> str:
        return str((row.module_id if modules else row.post_id) or "")

    moves: dict[int, list[roster.Move]] = {}
    for move in rows.in_township(order.session, Move, order.township_id):
        moves.setdefault(move.cadre_id, []).append(roster.Move(move.day, key(move), key(move)))
    people: dict[int, tuple[str, list[roster.Service], list[roster.Move]]] = {}
    for service, number, name in organising.serving(order.session, order.township_id, order.day):
        known = people.setdefault(service.cadre_id, (f"{number} {name}", [], moves.get(service.cadre_id, [])))
        span = Span(service.first_day, service.last_day)
        known[1].append(roster.Service(span, key(service), key(service)))
    return list(people.values())


def _since(order: Order) -> date:
    period = period_of(order.session, order.township_id, order.day)
    return order.day if period is None else period.first_day


def _cadres(order: Order) -> list[Cadre]:
    return rows.in_township(order.session, Cadre, order.township_id)


def _write(order: Order, post: Post, period: Period, coefficient: Decimal) -> None:
    held = rows.in_township(
        order.session,
        PeriodPost,
        order.township_id,
        PeriodPost.post_id == post.id,
        PeriodPost.period_id == period.id,
    )
    subject = f"{post.name}（{period.name}）"
    if held:
        before = {"coefficient": held[0].coefficient}
        held[0].coefficient = coefficient
        order.note("post.coefficient_changed", post, subject, before, {"coefficient": coefficient})
        return
    order.session.add(
        PeriodPost(
            township_id=order.township_id, period_id=period.id, post_id=post.id, coefficient=coefficient
        )
    )
    order.note("post.coefficient_changed", post, subject, None, {"coefficient": coefficient})


def _period(order: Order) -> Period:
    period = period_of(order.session, order.township_id, order.day)
    if period is None:
        raise OrganisationRefused("系数属于考评周期：这一天不在任何周期里。请填周期里的日子。", "day")
    return period


def _must_fit(coefficient: Decimal) -> None:
    if not LOWEST <= coefficient <= HIGHEST or Fraction(coefficient) * 100 % 1:
        raise OrganisationRefused(f"系数要在 {LOWEST}–{HIGHEST} 之间，最多两位小数。", "coefficient")


def _must_be_empty(what: str, who: list[str]) -> None:
    if who:
        named = "、".join(who[:10]) + ("等" if len(who) > 10 else "")
        raise OrganisationRefused(f"{what}还有 {len(who)} 人在：{named}。请先把他们调开，再停用。", "day")
