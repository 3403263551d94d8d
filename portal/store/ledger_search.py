"""Looking things up in a township's ledger. What residents' ratings left in it is never read here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlalchemy.orm import Session

from portal.core.ledger_kinds import NEVER_SHOWN
from portal.store.appraisal import Period, TaskForce
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Cadre, Module, Post, Team, Village
from portal.store.people import Account
from portal.store.residents import FormEdition

NAMES_OF_WORDS = 20  # so many people of one name are searched for by their 工号


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the ledger is asked for; what is left empty does not narrow it.

    `words` stand in the subject, the reason or the actor; `prefixes` are beginnings of kinds; `first` is the first
    moment and `before` the moment after the last.
    """

    words: str = ""
    prefixes: tuple[str, ...] = ()
    actor: str = ""
    first: datetime | None = None
    before: datetime | None = None


@dataclass(frozen=True, slots=True)
class ActLine:
    """One operation: how many of its entries are meant, by kind, and the subject and reason of one of them."""

    act: int
    at: datetime
    actor: str
    count: int
    subject: str
    reason: str
    kinds: Mapping[str, int]


def count(session: Session, township_id: int, wanted: Wanted) -> tuple[int, int]:
    """How many operations and how many entries are meant."""
    found = select(func.count(LedgerEntry.act.distinct()), func.count())
    row = session.execute(found.where(*_meant(session, township_id, wanted))).one()
    return row[0], row[1]


def acts(session: Session, township_id: int, wanted: Wanted, first: int, most: int) -> list[ActLine]:
    """Operations, newest first: `most` of them from the `first`-th (0, 1, …) on."""
    meant = _meant(session, township_id, wanted)
    # the page's operations first, along the index of moments: grouping would read the whole ledger for every page
    order = (LedgerEntry.at.desc(), LedgerEntry.act)
    page = select(LedgerEntry.at, LedgerEntry.act).where(*meant).distinct().order_by(*order)
    on_page = {act: at for at, act in session.execute(page.offset(first).limit(most))}
    told = (
        select(
            LedgerEntry.act,
            LedgerEntry.kind,
            func.count(),
            func.min(LedgerEntry.actor),
            func.min(LedgerEntry.subject),
            func.max(LedgerEntry.reason),
        )
        .where(*meant, LedgerEntry.act.in_(on_page))
        .group_by(LedgerEntry.act, LedgerEntry.kind)
        .order_by(LedgerEntry.act, LedgerEntry.kind)
    )
    by_act: dict[int, list[Any]] = {act: [] for act in on_page}
    for row in session.execute(told):
        by_act[row[0]].append(row[1:])
    return [_line(act, at, by_act[act]) for act, at in on_page.items()]


def _line(act: int, at: datetime, kinds: Sequence[Any]) -> ActLine:
    """One operation from its kinds: (kind, count, actor, least subject, greatest reason)."""
    return ActLine(
        act=act,
        at=at,
        actor=kinds[0][2],
        count=sum(kind[1] for kind in kinds),
        subject=min(kind[3] for kind in kinds),
        reason=max(kind[4] for kind in kinds),
        kinds={kind[0]: kind[1] for kind in kinds},
    )


def of_act(session: Session, township_id: int, act: int, first: int, most: int) -> Sequence[LedgerEntry]:
    """The entries of one operation: `most` of them from the `first`-th on, by kind and subject."""
    found = select(LedgerEntry).where(*_shown(township_id), LedgerEntry.act == act)
    # not the bare column: SQLite would walk the township's whole index of kinds to spare itself a short sort
    ordered = found.order_by(LedgerEntry.kind.concat(""), LedgerEntry.subject, LedgerEntry.id)
    return session.scalars(ordered.offset(first).limit(most)).all()


def count_of_act(session: Session, township_id: int, act: int) -> int:
    found = select(func.count()).where(*_shown(township_id), LedgerEntry.act == act)
    return session.execute(found).scalar_one()


def exported(session: Session, township_id: int, wanted: Wanted, most: int) -> Sequence[LedgerEntry]:
    """The entries meant, newest first, those of one operation together."""
    found = select(LedgerEntry).where(*_meant(session, township_id, wanted))
    ordered = found.order_by(
        LedgerEntry.at.desc(), LedgerEntry.act, LedgerEntry.kind, LedgerEntry.subject, LedgerEntry.id
    )
    return session.scalars(ordered.limit(most)).all()


def accounts(session: Session, township_id: int) -> dict[str, str]:
    """The township's user names, and whose each is: the holder's name, else the cadre's, else ''."""
    rows = session.execute(
        select(Account.username, Account.holder, func.coalesce(Cadre.name, ""))
        .outerjoin(Cadre, Cadre.id == Account.cadre_id)
        .where(Account.township_id == township_id)
        .order_by(Account.username)
    )
    return {username: holder or name for username, holder, name in rows}


Namer = Callable[..., str]
_NAMED: Mapping[str, tuple[Any, tuple[Any, ...], Namer]] = {
    "account": (Account, (Account.username,), "{}".format),
    "cadre": (Cadre, (Cadre.name, Cadre.number), "{}（{}）".format),
    "form_edition": (FormEdition, (FormEdition.key,), "{}".format),
    "module": (Module, (Module.name,), "{}".format),
    "period": (Period, (Period.name,), "{}".format),
    "post": (Post, (Post.name,), "{}".format),
    "task_force": (TaskForce, (TaskForce.name,), "{}".format),
    "team": (Team, (Team.name,), "{}".format),
    "village": (Village, (Village.name,), "{}".format),
}


def names(session: Session, township_id: int, tables: Iterable[str]) -> dict[tuple[str, int], str]:
    """What the rows of these tables are called, by table and id: one statement a table."""
    found: dict[tuple[str, int], str] = {}
    for table in sorted(set(tables) & set(_NAMED)):
        model, columns, name = _NAMED[table]
        rows = session.execute(select(model.id, *columns).where(model.township_id == township_id))
        found.update({(table, row[0]): name(*row[1:]) for row in rows})
    return found


def _shown(township_id: int) -> list[ColumnElement[bool]]:
    """A township's own entries but for those of ratings: every statement of this module begins with these."""
    hidden = [not_(LedgerEntry.kind.startswith(prefix, autoescape=True)) for prefix in NEVER_SHOWN]
    return [LedgerEntry.township_id == township_id, *hidden]


def _meant(session: Session, township_id: int, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions = _shown(township_id)
    if wanted.words:
        conditions.append(_has_words(session, township_id, wanted.words))
    if wanted.prefixes:
        kinds = [LedgerEntry.kind.startswith(prefix, autoescape=True) for prefix in wanted.prefixes]
        conditions.append(or_(*kinds))
    if wanted.actor:
        conditions.append(LedgerEntry.actor == wanted.actor)
    if wanted.first is not None:
        conditions.append(LedgerEntry.at >= wanted.first)
    if wanted.before is not None:
        conditions.append(LedgerEntry.at < wanted.before)
    return conditions


def _has_words(session: Session, township_id: int, words: str) -> ColumnElement[bool]:
    """Words in the subject, the reason or the actor; a cadre's name also finds what stands under the 工号."""
    numbers = session.scalars(
        select(Cadre.number)
        .where(Cadre.township_id == township_id, Cadre.name.contains(words, autoescape=True))
        .order_by(Cadre.number)
        .limit(NAMES_OF_WORDS)
    )
    columns = (LedgerEntry.subject, LedgerEntry.reason, LedgerEntry.actor)
    places = [column.icontains(words, autoescape=True) for column in columns]
    return or_(*places, *(LedgerEntry.subject.contains(number, autoescape=True) for number in numbers))
