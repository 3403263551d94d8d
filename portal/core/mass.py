"""群众评价 (scoring.md 3, mass): what residents' voices, counted per answer pattern, say of each team.

A cell (村季) is what one team has from one village in one quarter. It is worth V = (Σ a·x + K·μ) / (Σ a + K).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.core.book import Way
from portal.core.days import Quarter, Span, quarters_in
from portal.core.exact import rounded, weighted_mean
from portal.core.facts import Link, Village, VoiceCount
from portal.core.form import EDITIONS
from portal.core.plan import Plan, Verified

ZERO, ONE = Fraction(0), Fraction(1)
Tally = Mapping[tuple[str, str, str], int]  # (edition, question, option) → how many chose it


@dataclass(frozen=True, slots=True)
class Ballot:
    """Some voices together: how many, Σ a and Σ a·x (a already scaled down by the bound), and the counts per way."""

    count: int = 0
    weight: Fraction = ZERO
    total: Fraction = ZERO
    ways: tuple[tuple[Way, int], ...] = ()

    @property
    def mean(self) -> Fraction | None:
        return self.total / self.weight if self.weight else None


@dataclass(frozen=True, slots=True)
class CellScore:
    """A team's village-quarter; `scale` is what the bound left of an anonymous voice's weight."""

    village: Village
    quarter: Quarter
    days: int
    ballot: Ballot
    scale: Fraction
    township_mean: Fraction
    value: Fraction
    voices: tuple[VoiceCount, ...]

    @property
    def weight(self) -> int:
        """households × days linked (mass 6)."""
        return self.village.households * self.days

    @property
    def tally(self) -> Tally:
        return tally(self.voices)


@dataclass(frozen=True, slots=True)
class MassScore:
    score: Fraction | None
    exact: Fraction | None
    cells: tuple[CellScore, ...]


@dataclass(frozen=True, slots=True)
class Voices:
    """All voices of a township, bounded and averaged: what the teams' cells are cut from."""

    plan: Plan
    counts: tuple[VoiceCount, ...]
    scales: Mapping[tuple[str, Quarter], Fraction]
    means: Mapping[Quarter, Fraction]

    def weight(self, voice: VoiceCount) -> Fraction:
        """a of one voice, after the bound."""
        own = self.plan.voice_weight(voice.way)
        return own * self.scales[voice.village, voice.quarter] if voice.way is Way.ANONYMOUS else own

    def ballot(self, voices: Iterable[VoiceCount]) -> Ballot:
        return _ballot((voice, self.weight(voice)) for voice in voices)


def hear(voices: Sequence[VoiceCount], plan: Plan) -> Voices:
    """Rules 3 and 4: the bound on anonymous voices of each village-quarter, then each quarter's township mean."""
    valued = tuple(voice for voice in voices if _value(voice) is not None)
    heard = Voices(plan, valued, _scales(valued, plan), {})
    by_quarter: dict[Quarter, list[VoiceCount]] = defaultdict(list)
    for voice in valued:
        by_quarter[voice.quarter].append(voice)
    means = {quarter: heard.ballot(own).mean for quarter, own in by_quarter.items()}
    return Voices(
        plan, valued, heard.scales, {quarter: mean for quarter, mean in means.items() if mean is not None}
    )


def mass_score(
    team: str, links: Sequence[Link], villages: Mapping[str, Village], voices: Voices, days: Span
) -> MassScore:
    """Rules 5 and 6 for one team over `days` (the period up to as_of)."""
    own: dict[tuple[str, Quarter], list[VoiceCount]] = defaultdict(list)
    for voice in voices.counts:
        if voice.team == team:
            own[voice.village, voice.quarter].append(voice)
    cells = [
        _cell(villages[village], quarter, linked, own[village, quarter], voices)
        for (village, quarter), linked in sorted(_days_linked(team, links, days).items())
        if quarter in voices.means
    ]
    exact = weighted_mean((Fraction(cell.weight), cell.value) for cell in cells)
    return MassScore(None if exact is None else rounded(exact), exact, tuple(cells))


def tally(voices: Iterable[VoiceCount]) -> Tally:
    """How many chose each option; an unanswered question counts nowhere."""
    chosen: dict[tuple[str, str, str], int] = defaultdict(int)
    for voice in voices:
        for question, option in voice.answers:
            chosen[voice.edition, question, option] += voice.count
    return dict(chosen)


def _value(voice: VoiceCount) -> Fraction | None:
    return EDITIONS[voice.edition].value(voice.answers)


def _scales(voices: Sequence[VoiceCount], plan: Plan) -> dict[tuple[str, Quarter], Fraction]:
    anonymous: dict[tuple[str, Quarter], Fraction] = defaultdict(Fraction)
    others: dict[tuple[str, Quarter], Fraction] = defaultdict(Fraction)
    for voice in voices:
        side = anonymous if voice.way is Way.ANONYMOUS else others
        side[voice.village, voice.quarter] += plan.voice_weight(voice.way) * voice.count
    if plan.verified is Verified.NONE:
        return dict.fromkeys(anonymous, ONE)
    return {
        cell: min(ONE, (plan.prior_strength + others[cell]) / weight) for cell, weight in anonymous.items()
    }


def _ballot(weighted: Iterable[tuple[VoiceCount, Fraction]]) -> Ballot:
    count, weight, total = 0, ZERO, ZERO
    ways: dict[Way, int] = defaultdict(int)
    for voice, own in weighted:
        value = _value(voice)
        assert value is not None  # noqa: S101 — hear() keeps valued voices only
        count += voice.count
        weight += own * voice.count
        total += own * voice.count * value
        ways[voice.way] += voice.count
    return Ballot(count, weight, total, tuple((way, ways[way]) for way in Way if ways[way]))


def _days_linked(team: str, links: Sequence[Link], days: Span) -> dict[tuple[str, Quarter], int]:
    linked: dict[tuple[str, Quarter], int] = defaultdict(int)
    for link in links:
        inside = link.span.within(days) if link.team == team else None
        for quarter in quarters_in(inside) if inside else ():
            part = quarter.span.within(inside) if inside else None
            linked[link.village, quarter] += part.days if part else 0
    return dict(linked)


def _cell(
    village: Village, quarter: Quarter, days: int, own: Sequence[VoiceCount], voices: Voices
) -> CellScore:
    ballot = voices.ballot(own)
    strength, mean = voices.plan.prior_strength, voices.means[quarter]
    value = (
        (ballot.total + strength * mean) / (ballot.weight + strength) if ballot.weight + strength else mean
    )
    scale = voices.scales.get((village.code, quarter), ONE)
    return CellScore(village, quarter, days, ballot, scale, mean, value, tuple(own))
