"""Small townships and ratings for tests of the verbs, and a look at what the tables hold afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from portal.actions.import_township import import_township
from portal.actions.import_work import SheetOutcome
from portal.actions.ratings import RatingsOutcome, import_ratings
from portal.actions.results import exact_results
from portal.core import form
from portal.core.book import Book, RatingRow, Way
from portal.core.score import Result
from portal.store import townships
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.residents import Rating
from portal.store.tables import Base
from tests.conftest import NOON, operator

LUOSHAN, DUSHAN = "330825111205", "330825111210"  # the two villages of the small township
LAST_YEAR: dict[str, Any] = {  # cells that make the small township one of the year before
    "考评_B5": "2025年度",
    "考评_B6": date(2025, 1, 1),
    "考评_B7": date(2025, 12, 31),
    "兼岗_C2": date(2025, 5, 26),
    "调动_B2": date(2025, 7, 1),
    "组团联村_D2": date(2025, 8, 7),
    "组团联村_C3": date(2025, 8, 8),
    "模块评分_C2": date(2025, 3, 15),
    "模块评分_C3": date(2025, 12, 1),
    "诉求_A2": "2025-0001",
}
RANDOM = {("poster", "token"), ("ledger_entry", "id"), ("ledger_entry", "act")}


def bring(database: Database, book: Book) -> list[SheetOutcome]:
    """Import the workbook and commit."""
    with database.writing() as session:
        return import_township(session, book, operator())[1]


def township_id(database: Database, code: str = "330825111") -> int:
    with database.reading() as session:
        township = townships.by_code(session, code)
        assert township is not None
        return township.id


def counted(outcomes: list[SheetOutcome]) -> tuple[int, int, int]:
    """Added, changed and unchanged rows of all sheets together."""
    added, changed = sum(o.added for o in outcomes), sum(o.changed for o in outcomes)
    return added, changed, sum(o.unchanged for o in outcomes)


def results(database: Database, period: str | None = None, as_of: date | None = None) -> Result:
    with database.reading() as session:
        township = townships.by_code(session, "330825111")
        assert township is not None
        return exact_results(session, township, period, as_of, NOON).result


def tables(database: Database, *without: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but for what dice decide."""
    told: dict[str, list[dict[str, Any]]] = {}
    with database.reading() as session:
        for table in Base.metadata.sorted_tables:
            columns = [c for c in table.columns if (table.name, c.name) not in RANDOM]
            rows = session.execute(select(*columns).order_by(*table.primary_key.columns)).mappings()
            if table.name not in without:
                told[table.name] = [dict(row) for row in rows]
    return told


def count(database: Database, table: Any) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def entries(database: Database, *kinds: str) -> list[LedgerEntry]:
    """Ledger entries of these kinds, or all."""
    with database.reading() as session:
        found = session.scalars(select(LedgerEntry).order_by(LedgerEntry.kind, LedgerEntry.subject))
        return [entry for entry in found if not kinds or entry.kind in kinds]


def rating(
    level: str = "5", respondent: str = "张", time: str = "2026-03-01 08:00:00", **other: Any
) -> RatingRow:
    """A rating that answers only 总体."""
    row = RatingRow(LUOSHAN, respondent, Way.WECHAT, datetime.fromisoformat(time), (("overall", level),))
    return replace(row, **other)


def send(database: Database, *rows: RatingRow) -> RatingsOutcome:
    """Import these ratings as one file."""
    own = township_id(database)
    with database.writing() as session:
        return import_ratings(session, own, rows, form.STANDARD, operator(own))


def stored(database: Database) -> list[Rating]:
    """All ratings by day, then by the day on which they were replaced."""
    with database.reading() as session:
        rows = list(session.scalars(select(Rating)))
    return sorted(rows, key=lambda row: (row.day, not row.first, row.replaced_on or date.max))


def told(database: Database) -> list[tuple[str, str, bool, str]]:
    """Each rating's day, level, whether it was the first of its voice, and when it was replaced ("" if it stands)."""
    return [
        (
            row.day.strftime("%m-%d"),
            row.answers.partition("overall=")[2],
            row.first,
            row.replaced_on.strftime("%m-%d") if row.replaced_on else "",
        )
        for row in stored(database)
    ]


def voices(result: Result) -> dict[str, int]:
    """How many voices stand for each level of 总体."""
    heard: dict[str, int] = {}
    for voice in result.voices.counts:
        level = dict(voice.answers).get("overall", "")
        heard[level] = heard.get(level, 0) + voice.count
    return heard
