"""What must hold after the damage: looked up in the database file itself, with no help of the portal."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bench.phones import MARK, Sent

COUNT_RATINGS = "SELECT count(*) FROM rating"
COUNT_ENTRIES = "SELECT count(*) FROM ledger_entry WHERE kind = 'rating.received'"
VOICES_THAT_DO_NOT_STAND_ONCE = """
SELECT count(*) FROM (
  SELECT 1 FROM rating WHERE valued GROUP BY township_id, voice
  HAVING sum(replaced_on IS NULL) <> 1 OR sum(first) <> 1
)
"""
WORTHLESS_THAT_REPLACED = (
    "SELECT count(*) FROM rating WHERE NOT valued AND (first OR replaced_on IS NOT NULL)"
)
ENTRIES_BY_DAY = """
SELECT count(*) FROM (
  SELECT village.code, rating.day, count(*) FROM rating JOIN village ON village.id = rating.village_id
  WHERE comment LIKE ? GROUP BY 1, 2
  EXCEPT
  SELECT subject, json_extract(after, '$.day'), count(*) FROM ledger_entry
  WHERE kind = 'rating.received' GROUP BY 1, 2
)
"""


class Report:
    """Sentences, each with PASS or FAIL, printed as they come."""

    def __init__(self) -> None:
        self.failures = 0

    def say(self, holds: bool, sentence: str) -> None:
        self.failures += not holds
        print(f"{'PASS' if holds else 'FAIL'}  {sentence}", flush=True)


def count(file: Path, statement: str, *values: object) -> int:
    with closing(sqlite3.connect(file)) as connection:
        return int(connection.execute(statement, values).fetchone()[0])


def stored(file: Path, comment: str) -> int:
    """How often the rating with this comment is stored."""
    return count(file, "SELECT count(*) FROM rating WHERE comment = ?", comment)


def sound(file: Path) -> bool:
    with closing(sqlite3.connect(file)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


def judge(report: Report, file: Path, sent: Sequence[Sent], ratings_before: int) -> None:
    """Compare what the phones saw with what the database holds."""
    with closing(sqlite3.connect(file)) as connection:
        rows = connection.execute(
            "SELECT comment, count(*) FROM rating WHERE comment LIKE ? GROUP BY comment", (f"{MARK}%",)
        )
        times = dict(rows.fetchall())
        orphans = connection.execute("PRAGMA foreign_key_check").fetchall()
    accepted = [rating.comment for rating in sent if rating.accepted]
    lost = [comment for comment in accepted if times.get(comment, 0) == 0]
    twice = [comment for comment, number in times.items() if number > 1]
    report.say(
        not lost, f"Every rating that was answered with 303 is stored ({len(accepted)}; lost: {len(lost)})."
    )
    report.say(not twice, f"No rating is stored twice ({len(times)} stored; doubled: {len(twice)}).")
    invented = set(times) - {rating.comment for rating in sent}
    report.say(not invented, "Nothing is stored that no phone sent.")
    waiting = sum(not rating.accepted for rating in sent)
    report.say(waiting == 0, f"Every phone got its 303 in the end ({waiting} gave up).")
    odd = sorted({status for rating in sent for status in rating.refusals if status < 500})
    report.say(not odd, f"No phone was told that its form was wrong{f' ({odd})' if odd else ''}.")
    report.say(sound(file), "The database is sound (PRAGMA integrity_check).")
    report.say(not orphans, "Every reference leads somewhere (PRAGMA foreign_key_check).")
    new, entries = count(file, COUNT_RATINGS) - ratings_before, count(file, COUNT_ENTRIES)
    report.say(
        new == entries,
        f"The ledger has one entry for each rating received ({new} ratings, {entries} entries).",
    )
    apart = count(file, ENTRIES_BY_DAY, f"{MARK}%")
    report.say(apart == 0, "Those entries name the ratings' villages and days.")
    split = count(file, VOICES_THAT_DO_NOT_STAND_ONCE)
    report.say(split == 0, f"Every voice stands exactly once and began exactly once (otherwise: {split}).")
    report.say(count(file, WORTHLESS_THAT_REPLACED) == 0, "A rating without value took nobody's place.")
