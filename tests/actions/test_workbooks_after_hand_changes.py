"""A workbook brought in after a change by hand: the portal's own changes nothing; the clerk's old one says what it would put
back, makes nothing twice, and can be taken back."""

from __future__ import annotations

from collections import Counter
from datetime import date
from io import BytesIO
from typing import Any

import pytest

from portal.core.book import Book
from portal.core.days import Span
from portal.files.township_in import read_township
from portal.files.township_out import township_workbook
from portal.store import roster, townships
from portal.store.book import book_of
from portal.store.engine import Database
from tests.actions.hand_acts import (
    ACTS,
    Act,
    by_hand,
    change_factor,
    change_leader,
    leave,
    merge_into_a_new_one,
    rename_team,
    retire_team,
    retire_village,
    unlink,
)
from tests.actions.importing import brought, clerk, looked_at, undone
from tests.actions.making import results, tables, township_id
from tests.conftest import DATA

PAPER = ("ledger_entry", "import_file", "account", "proposal")
TOGETHER = {  # stretches of which no two of the same may share a day, or a score counts days twice
    "service": ("cadre_id",),
    "team_leader": ("team_id",),
    "team_membership": ("team_id", "cadre_id"),
    "team_link": ("village_id",),
    "extra_post": ("cadre_id", "post_id"),
    "absence": ("cadre_id",),
}


def read(database: Database, source: Any) -> tuple[Book | None, tuple[Any, ...]]:
    own = township_id(database)
    with database.reading() as session:
        known = roster.known(session, own, 1)
    reading = read_township(source, known)
    return reading.book, reading.faults


def own_workbook(database: Database) -> Book:
    """The workbook as it is downloaded, and read again."""
    with database.reading() as session:
        own = township_id(database)
        told = book_of(session, own, townships.periods(session, own)[0].id)
    book, faults = read(database, BytesIO(township_workbook(told)))
    assert faults == ()
    assert book is not None
    return book


def twice(database: Database) -> list[str]:
    """Stretches that share days though they must not, and what outlives what it belongs to."""
    own, found = tables(database), []
    for table, identity in TOGETHER.items():
        for place, row in enumerate(own[table]):
            for other in own[table][:place]:
                if all(row[name] == other[name] for name in identity):
                    spans = (
                        Span(row["first_day"], row["last_day"]),
                        Span(other["first_day"], other["last_day"]),
                    )
                    found += [f"{table} {spans}"] if spans[0].within(spans[1]) else []
    ends = {row["id"]: row["last_day"] or date.max for row in own["village"]}
    found += [f"link {row}" for row in own["team_link"] if row["last_day"] > ends[row["village_id"]]]
    ends = {row["id"]: row["last_day"] or date.max for row in own["team"]}
    for table in ("team_link", "team_leader", "team_membership"):
        found += [f"{table} {row}" for row in own[table] if row["last_day"] > ends[row["team_id"]]]
    hanging = {row["village_id"] for row in own["poster"] if row["retired_on"] is None}
    found += [f"poster {row}" for row in own["village"] if row["last_day"] and row["id"] in hanging]
    return found


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_the_portals_own_workbook_changes_nothing_after_a_change_by_hand(act: Act, tashi: Database) -> None:
    by_hand(tashi, act)
    actor = clerk(tashi)
    before = tables(tashi, *PAPER)
    book = own_workbook(tashi)
    seen = looked_at(tashi, actor, book)
    assert [outcome for outcome in seen.outcomes if outcome.added or outcome.changed] == []
    assert seen.lines == ()
    brought(tashi, actor, book)
    assert tables(tashi, *PAPER) == before


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_the_old_workbook_makes_nothing_twice_and_can_be_taken_back(act: Act, tashi: Database) -> None:
    by_hand(tashi, act)
    actor = clerk(tashi)
    before, scores = tables(tashi, *PAPER), results(tashi)
    assert twice(tashi) == []
    book, faults = read(tashi, DATA / "township.xlsx")
    if book is None:  # another team links the village meanwhile: the workbook is told so, row by row
        assert {fault.sheet for fault in faults} == {"组团联村"}
        return
    file = brought(tashi, actor, book)
    assert twice(tashi) == []
    assert Counter(line.table for line in looked_at(tashi, actor, book).lines) == {}
    assert undone(tashi, actor, file)
    assert tables(tashi, *PAPER) == before
    assert results(tashi) == scores


def put_back(database: Database) -> set[tuple[str, str]]:
    """What the old workbook would put back, by table and column."""
    book, _ = read(database, DATA / "township.xlsx")
    assert book is not None
    lines = looked_at(database, clerk(database), book).lines
    return {(line.table, column) for line in lines for column in line.after}


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (retire_village, set()),
        (merge_into_a_new_one, set()),
        (retire_team, set()),
        (change_factor, set()),
        (rename_team, set()),
        (leave, {("service", "last_day"), ("team_membership", "last_day")}),
        (unlink, {("team_link", "last_day")}),
        (change_leader, {("team_leader", "cadre_id")}),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_the_preview_says_what_the_old_workbook_would_put_back(
    act: Act, told: set[tuple[str, str]], tashi: Database
) -> None:
    """What ended or went on by hand stays; a row that says otherwise than one stretch is put back, and shown."""
    by_hand(tashi, act)
    assert put_back(tashi) == told
