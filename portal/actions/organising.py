"""What every change of the organisation shares: who does it, from which day on, why — and which days are allowed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.actions.guard import require
from portal.actions.ledger import Act, record
from portal.clock import local_day
from portal.core.rights import Actor, Right
from portal.store import names, organising, rows
from portal.store.appraisal import Period
from portal.store.organisation import FormerName, Module, NameKind, Post, Team, Village

LONGEST_NAME = 50
FAR = timedelta(days=400)
DAY = timedelta(days=1)
Named = Village | Module | Post | Team


class OrganisationRefused(ValueError):
    """It can't be done; the message says why and what is wanted, `field` which field of the form it belongs to."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Order:
    """A change that somebody enters: it holds from `day` on."""

    session: Session
    actor: Actor
    now: datetime
    day: date
    reason: str = ""
    act: Act = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "act", Act(self.actor.username, self.now, self.actor.township_id))

    @property
    def township_id(self) -> int:
        if self.actor.township_id is None:
            raise OrganisationRefused("这类事由乡镇的账号办理。")
        return self.actor.township_id

    @property
    def today(self) -> date:
        return local_day(self.now)

    @property
    def before(self) -> date:
        """The last day of what was."""
        return self.day - DAY

    def allow(self, *, teams: Iterable[str] = (), cadres: Iterable[str] = ()) -> None:
        """The right to edit, and 回避 for every team (name) and cadre (工号) whose score this moves."""
        require(self.actor, Right.EDIT_ORGANISATION)
        for team in teams:
            require(self.actor, Right.EDIT_ORGANISATION, moves_team=team)
        for cadre in cadres:
            require(self.actor, Right.EDIT_ORGANISATION, moves_cadre=cadre)

    def note(
        self, kind: str, row: Any, subject: str, before: dict[str, Any] | None, after: dict[str, Any] | None
    ) -> None:
        """Enter a change of one row into the ledger; the row is flushed before."""
        self.session.flush()
        record(self.session, self.act, kind, subject, before, after, self.reason, row.id)


def period_of(session: Session, township_id: int, day: date) -> Period | None:
    """The appraisal period that holds the day."""
    found = rows.in_township(session, Period, township_id, Period.first_day <= day, Period.last_day >= day)
    return found[0] if found else None


def must_be_open(order: Order) -> None:
    """A day of a finished period that was published is history; a day far ahead is a slip of the pen."""
    period = period_of(order.session, order.township_id, order.day)
    if period is not None and period.last_day < order.today and period.published_at is not None:
        raise OrganisationRefused(
            f"{_words(order.day)}属于“{period.name}”，这个周期已经结束并公布，不能再改。请填现在的周期里的日子。",
            "day",
        )
    if order.day > order.today + FAR:
        raise OrganisationRefused(f"{_words(order.day)}太远了，请核对年份。", "day")


def must_be_past(order: Order) -> None:
    """A name shows everywhere at once, so it can't be entered before it holds."""
    must_be_open(order)
    if order.day > order.today:
        raise OrganisationRefused("改名、换代码从哪天起，不能晚于今天。请到那天再改。", "day")


def must_be_there(order: Order, row: Any) -> None:
    """The day must lie in the row's own days."""
    if order.day < row.first_day:
        raise OrganisationRefused(f"“{row.name}”从{_words(row.first_day)}才有，日子不能早于这一天。", "day")
    if row.last_day is not None and order.day > row.last_day:
        raise OrganisationRefused(f"“{row.name}”到{_words(row.last_day)}为止，之后不能再改。", "day")


def proper_name(typed: str) -> str:
    """A name as it is kept. Raises OrganisationRefused for an empty, long or unprintable one."""
    name = typed.strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise OrganisationRefused(f"名称要 1–{LONGEST_NAME} 个看得见的字。", "name")
    return name


def must_be_free(order: Order, kind: NameKind, name: str, own: int | None = None) -> None:
    """No two modules, posts or teams may ever have had one name: results of the past go by it."""
    table: Any = names.TABLES[kind]
    taken = rows.in_township(order.session, table, order.township_id, table.name == name)
    once = names.once_called(order.session, order.township_id, kind, name)
    if {row.id for row in taken} - {own} or once - {own}:
        raise OrganisationRefused(f"“{name}”这个名称已经有了，或者以前用过。请换一个。", "name")


def enter_named(order: Order, kind: NameKind, name: str) -> Any:
    """Enter a module, post or team that is there from the day on; gives its row. Raises OrganisationRefused."""
    order.allow()
    organising.lock(order.session, order.township_id)
    must_be_open(order)
    wanted = proper_name(name)
    must_be_free(order, kind, wanted)
    row = names.TABLES[kind](township_id=order.township_id, name=wanted, first_day=order.day, last_day=None)
    order.session.add(row)
    order.note(f"{kind.value}.added", row, wanted, None, {"name": wanted, "first_day": order.day})
    return row


def rename_named(order: Order, kind: NameKind, row_id: int, name: str) -> None:
    """Another name for a module, post or team from the day on. Raises OrganisationRefused."""
    order.allow()
    row = own_row(order, names.TABLES[kind], row_id)
    wanted = proper_name(name)
    must_be_free(order, kind, wanted, row.id)
    rename(order, kind, row, wanted)


def rename(order: Order, kind: NameKind, row: Named, name: str, code: str = "") -> None:
    """Call a row something else from the day on; what it was called before stays true of the days before.

    From its own first day on, or on the day of the last renaming, it is a correction and leaves no trace but the
    ledger's; only the first code of a village that was rated is kept, for voices are known by it. Raises
    OrganisationRefused for a day before the last renaming.
    """
    must_be_past(order)
    must_be_there(order, row)
    before: dict[str, Any] = {"name": row.name}
    after: dict[str, Any] = {"name": name}
    if isinstance(row, Village):
        before["code"], after["code"] = row.code, code
    if before == after:
        raise OrganisationRefused("和现在的一样，没有要改的。", "name")
    former = names.former_names(order.session, order.township_id, kind, row.id)
    since = former[-1].last_day + DAY if former else row.first_day
    if order.day < since:
        raise OrganisationRefused(f"“{row.name}”从{_words(since)}起叫现在的名称，日子不能早于这一天。", "day")
    heard = (
        not former
        and before.get("code") != after.get("code")
        and organising.was_rated(order.session, order.township_id, row.id)
    )
    if order.day > since or heard:
        order.session.add(
            FormerName(
                township_id=order.township_id,
                kind=kind,
                row_id=row.id,
                name=row.name,
                code=before.get("code", ""),
                last_day=order.before,
            )
        )
    for column, value in after.items():
        setattr(row, column, value)
    changed = [column for column in after if after[column] != before[column]]
    order.note(
        f"{kind.value}.renamed",
        row,
        name,
        {column: before[column] for column in changed},
        {**{column: after[column] for column in changed}, "from": order.day},
    )


def end_stretch(order: Order, row: Any, kind: str, subject: str) -> None:
    """A stretch ends the day before; one that would only begin later goes away altogether."""
    if row.first_day >= order.day:
        gone = {"first_day": row.first_day, "last_day": row.last_day}
        order.note(kind, row, subject, gone, None)
        order.session.delete(row)
        order.session.flush()
        return
    before = {"last_day": row.last_day}
    row.last_day = order.before
    order.note(kind, row, subject, before, {"last_day": order.before})


def end_row(order: Order, row: Named, kind: str, **also: Any) -> None:
    """A row's own days end the day before."""
    must_be_open(order)
    must_be_there(order, row)
    if order.day <= row.first_day:
        raise OrganisationRefused(
            f"“{row.name}”从{_words(row.first_day)}才有，停用的日子要晚于这一天。", "day"
        )
    before = {"last_day": row.last_day, **{column: getattr(row, column) for column in also}}
    row.last_day = order.before
    for column, value in also.items():
        setattr(row, column, value)
    order.note(kind, row, row.name, before, {"last_day": order.before, **also})


def own_row(order: Order, table: Any, row_id: int) -> Any:
    """The township's row, locked against a second editor. Raises OrganisationRefused for another township's."""
    organising.lock(order.session, order.township_id)
    row = rows.one(order.session, table, order.township_id, row_id)
    if row is None:
        raise OrganisationRefused("本乡镇没有这一项。")
    return row


def words_of(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


_words = words_of
