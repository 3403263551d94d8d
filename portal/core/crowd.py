"""The smallest crowd shown (scoring.md, last section): village-quarters with few voices appear only together.

Lines are made quarter by quarter. One line over the whole year would change its make-up from quarter to quarter,
and the difference of two pages would then show the small cell that joined; a closed quarter's lines stay the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby

from portal.core.days import Quarter
from portal.core.mass import CellScore, Voices


@dataclass(frozen=True, slots=True)
class Rest:
    """其余村季合计: cells that may be shown together only, with what they add to the team's mean.

    `effect` is Σ weight × V; `weight` Σ households × days. `voices` is None where even the sum is too small to show.
    """

    quarters: tuple[Quarter, ...]
    cells: int
    voices: int | None
    weight: int
    effect: Fraction


@dataclass(frozen=True, slots=True)
class Shown:
    """A team's village-quarters as a page may show them."""

    cells: tuple[CellScore, ...]
    rests: tuple[Rest, ...]

    @property
    def effect(self) -> Fraction:
        parts = [cell.weight * cell.value for cell in self.cells] + [rest.effect for rest in self.rests]
        return sum(parts, Fraction(0))

    @property
    def weight(self) -> int:
        return sum(cell.weight for cell in self.cells) + sum(rest.weight for rest in self.rests)


def shown_cells(
    cells: Sequence[CellScore], smallest: int, hidden: frozenset[tuple[str, Quarter]] = frozenset()
) -> Shown:
    """The cells that stand alone, and one line a quarter for the rest.

    A line holds every cell under `smallest` voices, also under `smallest` of one weight (anonymous or not): the sums
    shown of a cell would tell how these few answered. While it has under that many voices or stands for one cell only,
    the next smallest cell of the quarter joins it. `hidden` names village-quarters in which a cell may not stand
    alone although it is large: another team's small cell there could be worked out from its bound.
    """
    alone: list[CellScore] = []
    rests: list[list[CellScore]] = []
    for _, own in groupby(sorted(cells, key=lambda cell: cell.quarter), key=lambda cell: cell.quarter):
        apart, together = _split(list(own), smallest, hidden)
        alone += apart
        if together:
            rests.append(together)
    rests, alone = _joined(rests, alone, smallest)
    order = {id(cell): place for place, cell in enumerate(cells)}
    alone.sort(key=lambda cell: order[id(cell)])
    return Shown(tuple(alone), tuple(_rest(line, smallest) for line in rests))


def exposed(voices: Voices) -> frozenset[tuple[str, Quarter]]:
    """The village-quarters in which a village changed teams: no stretch of them stands alone.

    Who rates again under the next team takes the older voice out of the first one's cell at the quarter's close, and
    the bound on anonymous voices is one sum over all stretches: either would give single voices away.
    """
    teams: dict[tuple[str, Quarter], set[str | None]] = defaultdict(set)
    for voice in voices.counts:
        teams[voice.village, voice.quarter].add(voice.team)
    return frozenset(cell for cell, own in teams.items() if len(own) > 1)


def _split(
    cells: list[CellScore], smallest: int, hidden: frozenset[tuple[str, Quarter]]
) -> tuple[list[CellScore], list[CellScore]]:
    def small(cell: CellScore) -> bool:
        few_of_a_weight = any(0 < count < smallest for count in cell.ballot.by_weight)
        return few_of_a_weight or not cell.ballot.count or (cell.village.code, cell.quarter) in hidden

    together = [cell for cell in cells if small(cell)]
    apart = sorted((cell for cell in cells if not small(cell)), key=lambda cell: cell.ballot.count)
    while together and apart and not _large_enough(together, smallest):
        together.append(apart.pop(0))
    return apart, together


def _large_enough(line: Sequence[CellScore], smallest: int) -> bool:
    return len(line) > 1 and sum(cell.ballot.count for cell in line) >= smallest


def _joined(
    rests: list[list[CellScore]], alone: list[CellScore], smallest: int
) -> tuple[list[list[CellScore]], list[CellScore]]:
    """A quarter that is too small even as a whole joins its neighbour's line, or takes the smallest cell left."""
    lines = list(rests)
    left = sorted(alone, key=lambda cell: cell.ballot.count)
    while (short := next((line for line in lines if not _large_enough(line, smallest)), None)) is not None:
        place = lines.index(short)
        if len(lines) > 1:
            neighbour = place - 1 if place else 1
            lines[neighbour] = lines[neighbour] + short
            lines.pop(place)
        elif left:
            lines[place] = [*short, left.pop(0)]
        else:
            break
    return lines, left


def _rest(line: Sequence[CellScore], smallest: int) -> Rest:
    voices = sum(cell.ballot.count for cell in line)
    return Rest(
        quarters=tuple(sorted({cell.quarter for cell in line})),
        cells=len(line),
        voices=voices if _large_enough(line, smallest) else None,
        weight=sum(cell.weight for cell in line),
        effect=sum((cell.weight * cell.value for cell in line), Fraction(0)),
    )
