"""A public page tells a village's number only where staff see it by itself: counted alone, it is what the score shows."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.crowd import exposed, shown_cells
from portal.core.days import Quarter
from portal.core.facts import Link, VoiceCount
from portal.core.mass import hear, mass_score
from portal.core.spoken import Neighbours, spoke_alone, teams_of
from tests.core.making import AUTUMN, EDITIONS, PLAN, SPRING, SUMMER, YEAR, link, village, voices
from tests.core.worlds import VILLAGES, links, voice_counts

SMALLEST = 5


def seen_by_staff(code: str, counts: tuple[VoiceCount, ...], linked: tuple[Link, ...]) -> dict[Quarter, int]:
    """The village's cells that the pages of scores show by themselves."""
    heard = hear(counts, EDITIONS, PLAN)
    known = {name: village(name) for name in VILLAGES}
    found = {}
    for team in teams_of(code, linked):
        cells = mass_score(team, linked, known, heard, YEAR).cells
        for cell in shown_cells(cells, SMALLEST, exposed(heard)).cells:
            if cell.village.code == code:
                found[cell.quarter] = cell.ballot.count
    return found


def told(code: str, counts: tuple[VoiceCount, ...], linked: tuple[Link, ...]) -> dict[Quarter, int]:
    """What the public page tells, from the voices of the team's own villages."""
    near = {one.village for one in linked if one.team in teams_of(code, linked)}
    own = [replace(one, answers=(), edition="") for one in counts if one.village in near]
    around = Neighbours(
        [one for one in linked if one.village in near], own, frozenset(one.quarter for one in counts)
    )
    return spoke_alone(code, around, YEAR, SMALLEST)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[tuple[VoiceCount, ...], tuple[Link, ...]]:
    linked = draw(links())
    every = draw(voice_counts(linked))
    return tuple(one for one in every if EDITIONS[one.edition].value(one.answers) is not None), linked


@settings(max_examples=150)
@given(worlds(), st.sampled_from(VILLAGES))
def test_the_page_tells_just_what_staff_see_by_itself(
    world: tuple[tuple[VoiceCount, ...], tuple[Link, ...]], code: str
) -> None:
    counts, linked = world
    shown = told(code, counts, linked)
    assert shown == seen_by_staff(code, counts, linked)
    assert all(number >= SMALLEST for number in shown.values())


def test_five_are_told_and_four_are_not() -> None:
    pair = (link(), link("乙村"))
    summer = (voices("4", 4, quarter=SUMMER), voices("4", 6, "乙村", quarter=SUMMER))
    counts = (voices("4", 5), voices("4", 9, "乙村"), *summer)
    assert told("甲村", counts, pair) == {SPRING: 5}


def test_a_large_number_is_not_told_where_it_would_give_a_small_one_away() -> None:
    """乙村's three stand with 甲村's nine in one line of twelve: nine told here would leave three."""
    pair = (link(), link("乙村"))
    counts = (voices("4", 9), voices("4", 3, "乙村"), voices("4", 8, quarter=AUTUMN))
    assert SPRING not in told("甲村", counts, pair)


def test_a_village_that_changed_teams_in_the_quarter_is_not_told() -> None:
    counts = (voices("4", 9), voices("4", 8, team="二组"))
    pair = (
        link(span=replace(YEAR, last=SPRING.span.first)),
        link(team="二组", span=replace(YEAR, first=SPRING.span.last)),
    )
    assert told("甲村", counts, pair) == {}


def test_a_village_without_a_team_is_not_told() -> None:
    assert told("甲村", (voices("4", 9, team=None),), ()) == {}
