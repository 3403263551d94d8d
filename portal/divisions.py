"""The townships, villages and communities of 衢州 with their statistics codes of 2022: facts of public record.

So that a township that sets itself up need not type what everybody may look up. Codes change every year: what is
proposed from here is looked over by a person before it is saved.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("divisions.csv")


@dataclass(frozen=True, slots=True)
class Place:
    """A village or community of the list; `kind` is 村 or 社区."""

    code: str
    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Division:
    """A township of the list, with its places in the order of their codes."""

    code: str
    name: str
    county_code: str
    county: str
    places: tuple[Place, ...]


def township(code: str) -> Division | None:
    """The township with this 9-digit code, if the list has it."""
    return _townships().get(code)


@cache
def _townships() -> Mapping[str, Division]:
    with FILE.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    places: dict[str, list[Place]] = {}
    for row in rows:
        places.setdefault(row["township_code"], []).append(
            Place(row["village_code"], row["village"], row["kind"])
        )
    return {
        row["township_code"]: Division(
            row["township_code"],
            row["township"],
            row["county_code"],
            row["county"],
            tuple(sorted(places[row["township_code"]], key=lambda place: place.code)),
        )
        for row in rows
    }
