"""How many of a village spoke, as a public page may tell it: only the village-quarters that staff see by themselves.

A number that staff pages show in 其余村季合计 only could be subtracted from that line, and a small crowd would be seen.
So the same rules decide here (core.crowd), on counts alone: nobody's answers are looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.core.book import Way
from portal.core.crowd import exposed, shown_cells
from portal.core.days import Quarter, Span
from portal.core.facts import Link, Village, VoiceCount
from portal.core.mass import Ballot, CellScore, Voices, linked_days
from portal.core.plan import Plan

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What decides about a village: its teams' links, the released voices of what they link, and which quarters count.

    `quarters` are those in which anybody of the township rated: only they have cells. A quarter too many hides more.
    """

    links: Sequence[Link]
    counts: Sequence[VoiceCount]
    quarters: frozenset[Quarter]


def teams_of(village: str, links: Iterable[Link]) -> frozenset[str]:
    """The teams that link the village on any day."""
    return frozenset(link.team for link in links if link.village == village)


def spoke_alone(village: str, around: Neighbours, days: Span, smallest: int) -> dict[Quarter, int]:
    """How many spoke in each quarter of `days` in which the village's cell may stand alone."""
    own: dict[tuple[str | None, str, Quarter], dict[Way, int]] = defaultdict(lambda: defaultdict(int))
    for voice in around.counts:
        own[voice.team, voice.village, voice.quarter][voice.way] += voice.count
    hidden = exposed(Voices(Plan(), tuple(around.counts), {}, {}, {}))
    found: dict[Quarter, int] = {}
    for team in teams_of(village, around.links):
        cells = [
            _cell(code, quarter, own.get((team, code, quarter), {}))
            for code, quarter in sorted(linked_days(team, around.links, days))
            if quarter in around.quarters
        ]
        for cell in shown_cells(cells, smallest, hidden).cells:
            if cell.village.code == village:
                found[cell.quarter] = cell.ballot.count
    return found


def _cell(code: str, quarter: Quarter, ways: Mapping[Way, int]) -> CellScore:
    """A cell of which only the number of voices is known; that is all that decides whether it stands alone."""
    ballot = Ballot(sum(ways.values()), ZERO, ZERO, tuple(ways.items()))
    return CellScore(Village(code, "", 0), quarter, (), ballot, ZERO, ZERO, ZERO, ())
