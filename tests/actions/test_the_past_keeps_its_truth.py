"""Whatever is changed by hand from a day on, results up to the day before stay as they were, to the last byte.

A coefficient is not among the changes: it belongs to the whole period (scoring.md), and changing it in one that is
open takes two persons.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from portal.files.results_out import ResultSheet, results_json
from portal.store.engine import Database
from tests.actions.hand_acts import ACTS, BEFORE, QUARTER_END, YEAR_END, Act, by_hand, recode_village
from tests.actions.making import results

Told = tuple[str, str]


def told(database: Database, as_of: date) -> Told:
    """The file of results, and every number behind it."""
    result = results(database, "2026年度", as_of)
    behind = repr((result.cadres, result.teams))
    behind = re.sub(r"later=\((\(.*?\),?)*\)", "", behind)
    return results_json(ResultSheet("塔石镇", "330825111", "2026年度", result)), behind


@pytest.fixture(scope="module")
def before(year: Path) -> tuple[dict[date, Told], Told]:
    database = Database(f"sqlite:///{year}")
    found = {day: told(database, day) for day in (QUARTER_END, BEFORE)}, told(database, YEAR_END)
    database.dispose()
    return found


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_the_days_before_a_change_keep_their_results_and_the_days_after_do_not(
    act: Act, tashi: Database, before: tuple[dict[date, Told], Told]
) -> None:
    past, at_the_end = before
    by_hand(tashi, act)
    for day, was in past.items():
        now = told(tashi, day)
        assert now[0] == was[0]
        # a village goes by its code of now, and villages stand by their codes
        assert act is recode_village or now[1] == was[1]
    assert (told(tashi, YEAR_END) != at_the_end) == ACTS[act]
