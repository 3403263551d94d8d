"""What a township's year costs inside: taking in its ratings, and scoring everybody."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import text

from bench.server import Home, migrated
from bench.table import Figure
from portal.actions.import_township import import_township
from portal.actions.ledger import OPERATOR, Act
from portal.actions.ratings import import_ratings
from portal.actions.results import TownshipResult, exact_results
from portal.config import ROOT
from portal.core import form
from portal.core.book import Book, RatingRow
from portal.files.ratings_in import read_ratings
from portal.files.results_out import ResultSheet, results_json
from portal.files.township_in import read_township
from portal.store import townships
from portal.store.engine import Database
from tests.oracle import plain_scorer

DATA = ROOT / "tests" / "data"
YEARS_END = date(2026, 12, 31)
AFTER = datetime(2027, 1, 15, 4, tzinfo=UTC)


def timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


def read_book() -> Book:
    reading = read_township(DATA / "township.xlsx")
    if reading.book is None:
        raise RuntimeError(f"the test township is not readable: {reading.faults[:3]}")
    return reading.book


def measure(home: Home, rounds: int) -> tuple[list[Figure], list[str]]:
    """Figures, and what is to be said about them."""
    book = read_book()
    villages = {village.code for village in book.villages}
    rows = read_ratings(DATA / "ratings.csv", villages).rows
    parse = Figure(f"read a file of {len(rows):,} ratings", "ms")
    store = Figure(f"import {len(rows):,} ratings", "s", "bare executemany of the same rows, same table")
    pace = Figure("import, rows", "per s")
    score = Figure(
        "score the township, from the database", "ms", "the plain second scorer, its rows in memory"
    )
    sheets = plain_scorer.read_township(DATA / "township.xlsx")
    plain_rows = plain_scorer.read_ratings(DATA / "ratings.csv")
    equal = True
    result: TownshipResult | None = None
    for number in range(rounds):
        seconds, _ = timed(lambda: read_ratings(DATA / "ratings.csv", villages))
        parse.values.append(seconds * 1000)
        database = migrated(home.new(f"import{number}"))
        township_id, seconds = _import(database, book, rows)
        store.values.append(seconds)
        pace.values.append(len(rows) / seconds)
        _scored(database, township_id)  # the first reading of a fresh file is not what is asked for
        seconds, result = timed(lambda: _scored(database, township_id))  # noqa: B023 — called at once
        score.values.append(seconds * 1000)
        seconds, plain = timed(lambda: plain_scorer.score(sheets, plain_rows, YEARS_END))
        score.floors.append(seconds * 1000)
        equal = equal and _told(result) == {key: plain[key] for key in ("cadres", "teams")}
        store.floors.append(_bare_insert(database))
        database.dispose()
    people = len(result.result.cadres) if result else 0
    said = f"Scored: {people} cadres, {len(rows):,} ratings; both scorers agree in every number: {'yes' if equal else 'NO'}."
    return [parse, store, pace, score], [said]


def _import(database: Database, book: Book, rows: tuple[RatingRow, ...]) -> tuple[int, float]:
    """The township's id, and the seconds that storing the ratings took, commit included."""
    with database.writing() as session:
        township, _ = import_township(session, book, Act(OPERATOR, AFTER, None))
        township_id = township.id

    def store() -> None:
        with database.writing() as session:
            import_ratings(session, township_id, rows, form.STANDARD, Act(OPERATOR, AFTER, township_id))

    return township_id, timed(store)[0]


def _scored(database: Database, township_id: int) -> TownshipResult:
    with database.reading() as session:
        return exact_results(session, townships.by_id(session, township_id), None, YEARS_END, AFTER)


def _told(found: TownshipResult) -> dict[str, Any]:
    sheet = ResultSheet(found.township.name, found.township.code, found.period.name, found.result)
    told: dict[str, Any] = json.loads(results_json(sheet))
    return {key: told[key] for key in ("cadres", "teams")}


def _bare_insert(database: Database) -> float:
    """Seconds to put the stored ratings back into their emptied table, by the driver alone; one commit."""
    with database.engine.begin() as connection:
        stored = connection.exec_driver_sql("SELECT * FROM rating")
        columns, rows = list(stored.keys()), [tuple(row) for row in stored]
        connection.execute(text("DELETE FROM rating"))
    mark = "?" if database.engine.dialect.name == "sqlite" else "%s"
    statement = f"INSERT INTO rating ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"  # noqa: S608
    raw = database.engine.raw_connection()
    cursor = raw.cursor()
    begun = time.perf_counter()
    if mark == "?":
        cursor.execute("PRAGMA query_only=OFF")
        cursor.execute("BEGIN IMMEDIATE")
    cursor.executemany(statement, rows)
    raw.commit()
    seconds = time.perf_counter() - begun
    raw.close()
    return seconds
