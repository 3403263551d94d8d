"""群众评价 (scoring.md 3, mass): what residents' voices, counted per answer pattern, say of each team.

A cell (村季) is what one team has from one village in one quarter. It is worth V = (Σ a·x + K·μ) / (Σ a + K).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from portal.core.book import Way
from portal.core.days import Quarter, Span, quarters_in
from portal.core.exact import rounded, weighted_mean
from portal.core.facts import Link, Village, VoiceCount
from portal.core.form import Answers, Edition
from portal.core.plan import Plan, Verified

ZERO, ONE = Fraction(0), Fraction(1)
Parts = tuple[tuple[int, int], ...]  # (households, days linked), one for each number of households
Tally = Mapping[tuple[str, str, str], int]  # (edition, question, option) → how many chose it


@dataclass(frozen=True, slots=True)
class Ballot:
    """Some voices together: how many, Σ a and Σ a·x (a already scaled down by the bound), and the counts per way."""

    count: int = 0
    weight: Fraction = ZERO
    total: Fraction = ZERO
    ways: tuple[tuple[Way, int], ...] = ()

    @property
    def by_weight(self) -> tuple[int, int]:
        """How many anonymous voices, and how many others: those that weigh alike."""
        anonymous = sum(count for way, count in self.ways if way is Way.ANONYMOUS)
        return anonymous, self.count - anonymous

    @property
    def mean(self) -> Fraction | None:
        return self.total / self.weight if self.weight else None


@dataclass(frozen=True, slots=True)
class CellScore:
    """A team's village-quarter; `scale` is what the bound left of an anonymous voice's weight.

    `parts` are its days with the households that the village had on them.
    """

    village: Village
    quarter: Quarter
    parts: Parts
    ballot: Ballot
    scale: Fraction
    township_mean: Fraction
    value: Fraction
    voices: tuple[VoiceCount, ...]

    @property
    def days(self) -> int:
        return sum(days for _, days in self.parts)

    @property
    def weight(self) -> int:
        """households × days linked (mass 6), day by day where the households changed."""
        return sum(households * days for households, days in self.parts)

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
    """All voices of a township, bounded and averaged: what the teams' cells are cut from.

    `values` is x of every answer pattern that has one; `scales` what the bound leaves of an anonymous voice's weight.
    """

    plan: Plan
    counts: tuple[VoiceCount, ...]
    values: Mapping[tuple[str, Answers], Fraction]
    scales: Mapping[tuple[str, Quarter], Fraction]
    means: Mapping[Quarter, Fraction]

    def weight(self, voice: VoiceCount) -> Fraction:
        """Give a of one voice, after the bound."""
        own = self.plan.voice_weight(voice.way)
        return own * self.scales[voice.village, voice.quarter] if voice.way is Way.ANONYMOUS else own

    def ballot(self, voices: Iterable[VoiceCount]) -> Ballot:
        count, weight, total = 0, ZERO, ZERO
        ways: dict[Way, int] = defaultdict(int)
        for voice in voices:
            own = self.weight(voice) * voice.count
            count += voice.count
            weight += own
            total += own * self.values[voice.edition, voice.answers]
            ways[voice.way] += voice.count
        return Ballot(count, weight, total, tuple((way, ways[way]) for way in Way if ways[way]))


def hear(voices: Sequence[VoiceCount], editions: Mapping[str, Edition], plan: Plan) -> Voices:
    """Rules 3 and 4: the bound on anonymous voices of each village-quarter, then each quarter's township mean.

    Voices whose answers carry no value (rule 1) are left out.
    """
    values = _values(voices, editions)
    valued = tuple(voice for voice in voices if (voice.edition, voice.answers) in values)
    heard = Voices(plan, valued, values, _scales(valued, plan), {})
    by_quarter: dict[Quarter, list[VoiceCount]] = defaultdict(list)
    for voice in valued:
        by_quarter[voice.quarter].append(voice)
    means = {quarter: heard.ballot(own).mean for quarter, own in by_quarter.items()}
    return replace(heard, means={quarter: mean for quarter, mean in means.items() if mean is not None})


def mass_score(
    team: str, links: Sequence[Link], villages: Mapping[str, Village], voices: Voices, days: Span
) -> MassScore:
    """Rules 5 and 6 for one team over `days` (the period up to as_of)."""
    own: dict[tuple[str, Quarter], list[VoiceCount]] = defaultdict(list)
    for voice in voices.counts:
        if voice.team == team:
            own[voice.village, voice.quarter].append(voice)
    cells = [
        cell
        for (village, quarter), linked in sorted(linked_days(team, links, days).items())
        if (cell := _cell(villages[village], quarter, linked, own[village, quarter], voices))
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


def _values(
    voices: Iterable[VoiceCount], editions: Mapping[str, Edition]
) -> dict[tuple[str, Answers], Fraction]:
    patterns = {(voice.edition, voice.answers) for voice in voices}
    values = {(edition, answers): editions[edition].value(answers) for edition, answers in patterns}
    return {pattern: value for pattern, value in values.items() if value is not None}


def _scales(voices: Sequence[VoiceCount], plan: Plan) -> dict[tuple[str, Quarter], Fraction]:
    anonymous: dict[tuple[str, Quarter], Fraction] = defaultdict(Fraction)
    others: dict[tuple[str, Quarter], Fraction] = defaultdict(Fraction)
    for voice in voices:
        side = anonymous if voice.way is Way.ANONYMOUS else others
        side[voice.village, voice.quarter] += plan.voice_weight(voice.way) * voice.count
    if plan.verified is Verified.NONE:
        return dict.fromkeys(anonymous, ONE)
    return {
        cell: min(ONE, (plan.prior_strength + others[cell]) / weight) if weight else ONE
        for cell, weight in anonymous.items()
    }


def linked_days(team: str, links: Sequence[Link], days: Span) -> dict[tuple[str, Quarter], list[Span]]:
    """The days of each village-quarter on which the team linked the village."""
    linked: dict[tuple[str, Quarter], list[Span]] = defaultdict(list)
    for link in links:
        inside = link.span.within(days) if link.team == team else None
        for quarter in quarters_in(inside) if inside else ():
            part = quarter.span.within(inside) if inside else None
            linked[link.village, quarter] += [part] if part else []
    return dict(linked)


def _parts(village: Village, linked: Sequence[Span]) -> Parts:
    counts: dict[int, int] = defaultdict(int)
    for span in sorted(linked):
        for households, days in village.parts(span):
            counts[households] += days
    return tuple(counts.items())


def _cell(
    village: Village, quarter: Quarter, linked: Sequence[Span], own: Sequence[VoiceCount], voices: Voices
) -> CellScore | None:
    """V of one village-quarter; None in a quarter without a township mean."""
    ballot, mean, strength = voices.ballot(own), voices.means.get(quarter), voices.plan.prior_strength
    if mean is None or not ballot.weight + strength:
        return None
    value = (ballot.total + strength * mean) / (ballot.weight + strength)
    scale = voices.scales.get((village.code, quarter), ONE)
    parts = _parts(village, linked)
    return CellScore(village, quarter, parts, ballot, scale, mean, value, tuple(own))
