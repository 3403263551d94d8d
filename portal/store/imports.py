"""Looking up workbooks that were brought in, what their acts wrote, and what stands on the rows now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Enum, Table, case, distinct, func, literal, or_, select
from sqlalchemy.orm import Session, defer

from portal.core.days import Span
from portal.store.appraisal import Period
from portal.store.base import Base
from portal.store.ledger import LedgerEntry
from portal.store.office import ImportFile
from portal.store.organisation import FormerName, NameKind, Township
from portal.store.people import Account
from portal.store.rows import LARGEST_ID
from portal.store.tables import Base as EveryTable
from portal.store.types import Exact, Instant

CHUNK = 500
# what an import makes by itself, without a row in the workbook
UNSEEN = ("import.poster", "import.plan_version", "import.form_edition")
QUIET = ("import.township", "import.post")  # what goes along with 考评 and with the coefficients
# tables whose rows are one row of a sheet, the one that says that it is new first
TOGETHER = (
    ("import.village", "import.period_village"),
    ("import.cadre", "import.service"),
    ("import.team", "import.team_leader"),
)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """An import as a list shows it; `added` and `changed` count rows, 0 while it is not confirmed."""

    file: ImportFile
    username: str
    added: int = 0
    changed: int = 0


def by_id(session: Session, township_id: int, file_id: int, *, lock: bool = False) -> ImportFile | None:
    """A township's own file; with `lock` nobody else confirms or undoes it until this transaction ends."""
    if file_id > LARGEST_ID:
        return None
    found = select(ImportFile).where(ImportFile.township_id == township_id, ImportFile.id == file_id)
    return session.scalar(found.with_for_update() if lock else found)


def listed(session: Session, township_id: int, most: int = 100) -> list[ImportLine]:
    """The newest imports first, without their contents."""
    rows = session.execute(
        select(ImportFile, Account.username)
        .options(defer(ImportFile.content))
        .join(Account, Account.id == ImportFile.account_id)
        .where(ImportFile.township_id == township_id)
        .order_by(ImportFile.uploaded_at.desc(), ImportFile.id.desc())
        .limit(most)
    ).all()
    counts = _counts(session, township_id, [file.act for file, _ in rows if file.act is not None])
    return [ImportLine(file, username, *counts.get(file.act, (0, 0))) for file, username in rows]


def line(session: Session, file: ImportFile) -> ImportLine:
    """One import as a list would show it."""
    counts = _counts(session, file.township_id, [] if file.act is None else [file.act])
    return ImportLine(file, username(session, file.account_id), *counts.get(file.act, (0, 0)))


def username(session: Session, account_id: int) -> str:
    return session.scalar(select(Account.username).where(Account.id == account_id)) or ""


def period_named(session: Session, township_id: int, name: str) -> Period | None:
    return session.scalar(select(Period).where(Period.township_id == township_id, Period.name == name))


def periods_of(session: Session, township_id: int) -> list[Period]:
    return list(
        session.scalars(select(Period).where(Period.township_id == township_id).order_by(Period.first_day))
    )


def published_periods(session: Session, township_id: int) -> list[Period]:
    return [period for period in periods_of(session, township_id) if period.published_at is not None]


def _counts(session: Session, township_id: int, acts: Sequence[int]) -> Mapping[int | None, tuple[int, int]]:
    """Rows of the workbook that each act added and changed, counted as the preview counts them.

    A row that is several here (`TOGETHER`) counts once, as added when the first of its tables is.
    """
    families = case(
        *((LedgerEntry.kind.in_(tables), tables[0]) for tables in TOGETHER), else_=literal("")
    ).label("family")
    firsts = LedgerEntry.kind.in_([tables[0] for tables in TOGETHER]) & LedgerEntry.before.is_(None)
    rows = session.execute(
        select(
            LedgerEntry.act,
            families,
            func.count(),
            func.count(case((LedgerEntry.before.is_(None), 1))),
            func.count(distinct(LedgerEntry.subject)),
            func.count(distinct(case((firsts, LedgerEntry.subject)))),
        )
        .where(
            LedgerEntry.township_id == township_id,
            LedgerEntry.act.in_(acts),
            LedgerEntry.kind.like("import.%"),
            LedgerEntry.kind.not_in((*UNSEEN, *QUIET)),
        )
        .group_by(LedgerEntry.act, families)
    )
    found: dict[int | None, tuple[int, int]] = {}
    for act, family, count, new, subjects, new_subjects in rows:
        added, changed = found.get(act, (0, 0))
        more, whole = (new_subjects, subjects) if family else (new, count)
        found[act] = (added + more, changed + whole - more)
    return found


def entries_of(session: Session, township_id: int, act: int) -> list[LedgerEntry]:
    """What an import wrote; its entries stand in no order, as their ids are random."""
    return list(
        session.scalars(
            select(LedgerEntry).where(
                LedgerEntry.township_id == township_id,
                LedgerEntry.act == act,
                LedgerEntry.kind.like("import.%"),
            )
        )
    )


def table_named(name: str) -> type[Base]:
    """The class of a table's rows. Raises LookupError."""
    for mapper in Base.registry.mappers:
        if isinstance(mapper.local_table, Table) and mapper.local_table.name == name:
            found: type[Base] = mapper.class_
            return found
    raise LookupError(name)


def column_values(table: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    """What the columns of a table hold, from what the ledger keeps of it."""
    columns = table_named(table).__table__.columns
    return {name: _column_value(columns[name].type, value) for name, value in plain.items()}


def _column_value(kind: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if isinstance(kind, Exact):
        return Decimal(value)
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    if isinstance(kind, Date):
        return date.fromisoformat(value)
    return kind.python_type(value) if isinstance(kind, Enum) else value


def order_of_tables() -> list[str]:
    """The names of all tables, each after those that its rows refer to."""
    return [table.name for table in EveryTable.metadata.sorted_tables]


def rows_by_id(session: Session, township_id: int, table: str, ids: Collection[int]) -> dict[int, Any]:
    """The township's rows of a table that are still there; of the table of townships its own one."""
    columns: Any = table_named(table)
    own = columns.id if table == Township.__tablename__ else columns.township_id
    return {
        row.id: row
        for chunk in _chunks(ids)
        for row in session.scalars(select(columns).where(own == township_id, columns.id.in_(chunk)))
    }


def referring(
    session: Session,
    township_id: int,
    table: str,
    ids: Collection[int],
    going: Mapping[str, Collection[int]],
) -> Mapping[tuple[int, str], int]:
    """How many rows refer to each of these rows: (row id, table of those that refer) → count.

    Rows that go as well (`going`: table → ids) don't count.
    """
    found: Counter[tuple[int, str]] = Counter()
    for other in EveryTable.metadata.sorted_tables:
        gone = set(going.get(other.name, ()))
        for key in other.foreign_keys:
            if key.column.table.name != table:
                continue
            for chunk in _chunks(ids):
                refers = (other.c.township_id == township_id) & key.parent.in_(chunk)
                if gone:
                    rows = session.execute(select(key.parent, other.c.id).where(refers))
                    found.update((row[0], other.name) for row in rows if row[1] not in gone)
                    continue
                counted = session.execute(select(key.parent, func.count()).where(refers).group_by(key.parent))
                found.update({(row[0], other.name): row[1] for row in counted})
    return found | _former(session, township_id, table, ids)


def _former(session: Session, township_id: int, table: str, ids: Collection[int]) -> Counter[tuple[int, str]]:
    """A row that was renamed since it was brought in."""
    if table not in set(NameKind):
        return Counter()
    rows = session.scalars(
        select(FormerName.row_id).where(
            FormerName.township_id == township_id,
            FormerName.kind == NameKind(table),
            FormerName.row_id.in_(list(ids)),
        )
    )
    return Counter((row_id, FormerName.__tablename__) for row_id in rows)


def missing_targets(session: Session, table: str, values: Mapping[str, Any]) -> list[str]:
    """The tables in which a row that these column values refer to is no longer there."""
    missing = []
    for key in table_named(table).__table__.foreign_keys:
        wanted = values.get(key.parent.name)
        if wanted is not None and session.scalar(select(key.column).where(key.column == wanted)) is None:
            missing.append(key.column.table.name)
    return missing


def touched_since(
    session: Session, township_id: int, table: str, ids: Collection[int], since: datetime, own_act: int
) -> Mapping[int, str]:
    """Who wrote to these rows after an import: row id → 'import' or 'hand'. An import that was undone left nothing."""
    undone = select(ImportFile.act).where(
        ImportFile.township_id == township_id, ImportFile.undone_at.is_not(None)
    )
    found: dict[int, str] = {}
    kinds: ColumnElement[bool] = or_(
        LedgerEntry.kind == f"import.{table}", LedgerEntry.kind.like(f"{table}.%")
    )
    for chunk in _chunks(ids):
        rows = session.execute(
            select(LedgerEntry.row_id, LedgerEntry.kind).where(
                LedgerEntry.township_id == township_id,
                LedgerEntry.act != own_act,
                LedgerEntry.at >= since,
                LedgerEntry.row_id.in_(chunk),
                kinds,
                LedgerEntry.act.not_in(undone.where(ImportFile.act.is_not(None))),
            )
        )
        for row_id, kind in rows:
            if row_id is None:
                continue
            found[row_id] = "import" if kind.startswith("import.") else found.get(row_id, "hand")
    return found


def days_of(row: Any) -> Span | None:
    """The days that a row with days stands for."""
    first, last = getattr(row, "first_day", None), getattr(row, "last_day", None)
    if first is not None and last is not None:
        return Span(first, last)
    day = getattr(row, "day", None)
    return None if day is None else Span(day, day)


def _chunks(ids: Iterable[int]) -> Iterable[list[int]]:
    every = sorted(set(ids))
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))
