"""Names on a day: villages may share one, whatever goes by its name never does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from portal.store.names import names_on
from portal.store.organisation import FormerName, NameKind, Team, Village
from tests.store.rows import FIRST, Ground

JUNE_30 = date(2026, 6, 30)
Call = Callable[[int, str, date], None]


@pytest.fixture
def once(ground: Ground) -> Call:
    """A team was called so up to the end of a day."""

    def called(team: int, name: str, last_day: date) -> None:
        kind = NameKind.TEAM
        ground.add(
            FormerName(
                township_id=ground.township, kind=kind, row_id=team, name=name, code="", last_day=last_day
            )
        )

    return called


def test_two_villages_may_share_a_name(ground: Ground) -> None:
    for village in (ground.village, ground.other_village):
        ground.session.get_one(Village, village).name = "同名村"
    ground.session.flush()
    assert set(names_on(ground.session, ground.township, FIRST).villages.values()) == {"同名村"}


def test_the_name_of_a_day_is_the_first_one_that_lasted_until_then(ground: Ground, once: Call) -> None:
    once(ground.team, "老组", date(2026, 3, 31))
    once(ground.team, "中组", JUNE_30)
    told = [
        names_on(ground.session, ground.township, date(2026, month, 30)).team("甲组") for month in (3, 6, 9)
    ]
    assert told == ["老组", "中组", "甲组"]


def test_two_teams_that_would_share_a_name_on_a_day_go_by_those_of_now(ground: Ground, once: Call) -> None:
    """A workbook may bring a name back that another team had."""
    once(ground.team, "乙组", JUNE_30)
    names = names_on(ground.session, ground.township, JUNE_30)
    assert (names.team("甲组"), names.team("乙组")) == ("甲组", "乙组")


def test_teams_that_swapped_their_names_are_told_apart(ground: Ground, once: Call) -> None:
    once(ground.team, "乙组", JUNE_30)
    once(ground.other_team, "甲组", JUNE_30)
    names = names_on(ground.session, ground.township, JUNE_30)
    assert (names.team("甲组"), names.team("乙组")) == ("乙组", "甲组")
    assert ground.session.get_one(Team, ground.team).name == "甲组"
