"""Village-quarters with few voices are shown together only, and no two pages give one of them away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.core.book import Way
from portal.core.crowd import Shown, exposed, shown_cells
from portal.core.days import Quarter
from portal.core.facts import Village
from portal.core.mass import Ballot, CellScore
from tests.core.making import AUTUMN, SPRING, SUMMER, WINTER, heard, voices

SMALLEST = 5
QUARTERS = (SPRING, SUMMER, AUTUMN, WINTER)


def cell(
    name: str, count: int, quarter: Quarter = SPRING, value: int = 80, households: int = 100
) -> CellScore:
    ballot = Ballot(count, Fraction(count), Fraction(count * value))
    village = Village(name, name, households)
    return CellScore(
        village, quarter, ((households, 90),), ballot, Fraction(1), Fraction(70), Fraction(value), ()
    )


def alone(shown: Shown) -> list[str]:
    return [one.village.code for one in shown.cells]


def lines(shown: Shown) -> list[tuple[int, int | None]]:
    return [(rest.cells, rest.voices) for rest in shown.rests]


def test_large_cells_stand_alone() -> None:
    shown = shown_cells([cell("甲", 5), cell("乙", 6)], SMALLEST)
    assert (alone(shown), lines(shown)) == (["甲", "乙"], [])


def test_cells_under_five_voices_are_one_line() -> None:
    shown = shown_cells([cell("甲", 4), cell("乙", 9), cell("丙", 3)], SMALLEST)
    assert (alone(shown), lines(shown)) == (["乙"], [(2, 7)])


def test_a_line_of_one_cell_takes_the_next_smallest() -> None:
    shown = shown_cells([cell("甲", 4), cell("乙", 9), cell("丙", 7), cell("丁", 8)], SMALLEST)
    assert (alone(shown), lines(shown)) == (["乙", "丁"], [(2, 11)])


def test_a_line_under_five_voices_takes_the_next_smallest() -> None:
    shown = shown_cells([cell("甲", 1), cell("乙", 9), cell("丙", 3), cell("丁", 0)], SMALLEST)
    assert (alone(shown), lines(shown)) == ([], [(4, 13)])


def test_a_silent_cell_is_a_small_one() -> None:
    assert lines(shown_cells([cell("甲", 0), cell("乙", 9), cell("丙", 8)], SMALLEST)) == [(2, 8)]


def test_every_quarter_has_a_line_of_its_own() -> None:
    cells = [
        cell("甲", 4),
        cell("乙", 4),
        cell("甲", 3, SUMMER),
        cell("乙", 3, SUMMER),
        cell("丙", 9, SUMMER),
    ]
    shown = shown_cells(cells, SMALLEST)
    assert [(rest.quarters, rest.voices) for rest in shown.rests] == [((SPRING,), 8), ((SUMMER,), 6)]
    assert alone(shown) == ["丙"]


def test_a_quarter_too_small_as_a_whole_joins_its_neighbours_line() -> None:
    cells = [cell("甲", 2), cell("甲", 4, SUMMER), cell("乙", 4, SUMMER)]
    shown = shown_cells(cells, SMALLEST)
    assert [(rest.quarters, rest.cells, rest.voices) for rest in shown.rests] == [((SPRING, SUMMER), 3, 10)]


def test_a_quarter_too_small_as_a_whole_takes_the_smallest_cell_where_no_other_has_a_line() -> None:
    cells = [cell("甲", 2), cell("甲", 9, SUMMER), cell("乙", 8, SUMMER)]
    shown = shown_cells(cells, SMALLEST)
    assert (alone(shown), lines(shown)) == (["甲"], [(2, 10)])


def test_where_everything_is_small_the_voices_are_not_told() -> None:
    shown = shown_cells([cell("甲", 1), cell("乙", 3)], SMALLEST)
    assert lines(shown) == [(2, None)]
    assert lines(shown_cells([cell("甲", 9), cell("甲", 0, SUMMER)], SMALLEST)) == [(2, 9)]
    assert lines(shown_cells([cell("甲", 2)], SMALLEST)) == [(1, None)]
    assert lines(shown_cells([], SMALLEST)) == []


def test_a_smallest_crowd_of_one_hides_only_the_silent() -> None:
    assert alone(shown_cells([cell("甲", 1), cell("乙", 2)], 1)) == ["甲", "乙"]


def test_cells_stand_in_the_order_in_which_they_came() -> None:
    cells = [cell("丁", 9, SUMMER), cell("乙", 6), cell("甲", 8, SUMMER)]
    assert alone(shown_cells(cells, SMALLEST)) == ["丁", "乙", "甲"]


def test_an_exposed_cell_does_not_stand_alone() -> None:
    cells = [cell("甲", 50), cell("乙", 60), cell("丙", 70)]
    shown = shown_cells(cells, SMALLEST, frozenset({("甲", SPRING), ("丙", SUMMER)}))
    assert (alone(shown), lines(shown)) == (["丙"], [(2, 110)])


def test_a_line_says_what_its_cells_add_together() -> None:
    cells = [cell("甲", 4, value=50, households=10), cell("乙", 3, value=90, households=30)]
    (rest,) = shown_cells(cells, SMALLEST).rests
    assert (rest.weight, rest.effect) == (900 + 2700, 900 * 50 + 2700 * 90)


# -- which cells may not stand alone although they are large --------------------------------------------------------


def test_no_stretch_of_a_village_that_changed_teams_stands_alone() -> None:
    """Who rates again under the next team leaves the first one's cell, and the bound is one sum over both."""
    assert exposed(heard(voices("1", 40), voices("5", 30, team="二组"))) == {("甲村", SPRING)}
    assert exposed(heard(voices("1", 40), voices("5", 1, team=None))) == {("甲村", SPRING)}


def test_a_village_of_one_team_may_stand_alone_in_its_quarter() -> None:
    told = heard(
        voices("1", 40, way=Way.ANONYMOUS),
        voices("4", 3, way=Way.PAPER),
        voices("5", 3, team="二组", village="乙村"),
        voices("5", 3, team="二组", quarter=SUMMER),
    )
    assert exposed(told) == frozenset()


@pytest.mark.parametrize(
    ("anonymous", "others", "stands"),
    [(5, 5, True), (0, 5, True), (9, 0, True), (12, 1, False), (1, 9, False), (4, 40, False), (2, 3, False)],
)
def test_a_few_voices_of_another_weight_are_not_told_apart_by_the_sums(
    anonymous: int, others: int, stands: bool
) -> None:
    """Σ a·x, Σ a and the counts per option together would say how the one paper among twelve answered."""
    ways = ((Way.PAPER, others), (Way.ANONYMOUS, anonymous))
    count = anonymous + others
    mixed = replace(
        cell("甲", count),
        ballot=Ballot(count, Fraction(count), Fraction(count), tuple(w for w in ways if w[1])),
    )
    shown = shown_cells([mixed, cell("乙", 60), cell("丙", 70)], SMALLEST)
    assert ("甲" in alone(shown)) is stands


# -- what must always hold ------------------------------------------------------------------------------------------


@st.composite
def years(draw: st.DrawFn) -> list[CellScore]:
    """A team's village-quarters of up to four quarters, with more small ones than large."""
    cells = []
    for quarter in QUARTERS[: draw(st.integers(1, 4))]:
        for name in draw(st.sets(st.sampled_from("甲乙丙丁戊"), max_size=5)):
            count = draw(st.sampled_from([0, 1, 2, 3, 4, 4, 5, 6, 7, 30]))
            cells.append(cell(name, count, quarter, draw(st.integers(0, 100)), draw(st.integers(1, 900))))
    return sorted(cells, key=lambda one: (one.quarter, one.village.code))


@given(years(), st.integers(1, 7))
def test_what_is_shown_adds_up_to_the_whole(cells: list[CellScore], smallest: int) -> None:
    shown = shown_cells(cells, smallest)
    assert shown.effect == sum(one.weight * one.value for one in cells)
    assert shown.weight == sum(one.weight for one in cells)
    assert len(shown.cells) + sum(rest.cells for rest in shown.rests) == len(cells)


@given(years(), st.integers(1, 7))
def test_no_small_cell_stands_alone_and_no_small_line_tells_its_voices(
    cells: list[CellScore], smallest: int
) -> None:
    shown = shown_cells(cells, smallest)
    assert all(one.ballot.count >= smallest for one in shown.cells)
    for rest in shown.rests:
        assert rest.voices is None or (rest.cells > 1 and rest.voices >= smallest)
    if any(rest.voices is None for rest in shown.rests):
        assert len(shown.rests) == 1
        assert not shown.cells


Row = tuple[Fraction, ...]


def known_from(cells: Sequence[CellScore], parts: Iterable[Iterable[CellScore]]) -> list[Row]:
    """What a reader knows from sums over parts of the cells: one equation a part."""
    return [tuple(Fraction(one in part) for one in cells) for part in map(list, parts)]


def follows(row: Row, rows: Iterable[Row]) -> bool:
    """Whether `row` is a combination of `rows`: whether a reader of these sums can work it out."""
    basis: list[tuple[int, Row]] = []
    for other in rows:
        left = _reduced(other, basis)
        lead = next((place for place, value in enumerate(left) if value), None)
        if lead is not None:
            basis.append((lead, tuple(value / left[lead] for value in left)))
    return not any(_reduced(row, basis))


def _reduced(row: Row, basis: Iterable[tuple[int, Row]]) -> Row:
    for lead, other in basis:
        row = tuple(value - row[lead] * unit for value, unit in zip(row, other, strict=True))
    return row


def parts_of(shown: Shown, cells: Sequence[CellScore]) -> list[list[CellScore]]:
    """The cells that each value on a page stands for: those alone, and those of each line."""
    left = [one for one in cells if one not in shown.cells]
    parts = [[one] for one in shown.cells]
    for rest in shown.rests:
        # a line of several quarters is the only one of these, or it took the smallest cell of another quarter
        parts.append([one for one in left if one.quarter in rest.quarters])
        assert len(parts[-1]) == rest.cells
        assert sum(one.weight * one.value for one in parts[-1]) == rest.effect
    return parts


@settings(max_examples=300)
@given(years(), st.integers(2, 7))
def test_no_pages_of_ended_quarters_together_give_a_small_cell_away(
    cells: list[CellScore], smallest: int
) -> None:
    """A reader who has the page of every ended quarter, and so every sum of weight × V on it, can work out a cell
    under `smallest` voices only where the team's score of each quarter's end gives it away already: where it is all
    that the team has of that quarter."""
    ends = [[one for one in cells if one.quarter <= quarter] for quarter in QUARTERS]
    on_pages = known_from(cells, [part for end in ends for part in parts_of(shown_cells(end, smallest), end)])
    in_scores = known_from(cells, ends)
    for one in cells:
        if one.ballot.count < smallest:
            (alone,) = known_from(cells, [[one]])
            assert not follows(alone, [*on_pages, *in_scores]) or follows(alone, in_scores)


@given(years(), st.integers(2, 7))
def test_an_ended_quarter_keeps_its_line_while_later_ones_come(cells: list[CellScore], smallest: int) -> None:
    """As long as no quarter is too small as a whole; then lines join, and the scores tell as much."""
    ends = [shown_cells([one for one in cells if one.quarter <= quarter], smallest) for quarter in QUARTERS]
    if all(len(rest.quarters) == 1 and rest.voices is not None for end in ends for rest in end.rests):
        for earlier, later in pairwise(ends):
            assert later.rests[: len(earlier.rests)] == earlier.rests
            assert later.cells[: len(earlier.cells)] == earlier.cells
