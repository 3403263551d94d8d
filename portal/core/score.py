"""A township's whole result: every dimension of every cadre, and every team, as of a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from portal.core.days import Span
from portal.core.facts import Absence, Cadre, Facts
from portal.core.mass import Voices, hear
from portal.core.module import ModuleScore, calibrated, module_on, module_score
from portal.core.plan import Plan, Weights
from portal.core.post import PostScore, post_score
from portal.core.task_force import BonusScore, bonus_score
from portal.core.team import TeamDimension, TeamScore, team_dimension, team_scores
from portal.core.total import ranks, total_score

DIMENSIONS = ("post", "module", "team")


class BeforePeriod(ValueError):
    """The day asked for lies before the period."""


@dataclass(frozen=True, slots=True)
class CadreScore:
    """One cadre's four dimensions, each with its parts; `module_name` is the one at the end (None: in none)."""

    number: str
    name: str
    group: str
    module_name: str | None
    weights: Weights
    post: PostScore
    module: ModuleScore
    team: TeamDimension
    bonus: BonusScore
    total: Fraction | None
    rank: int | None = None
    group_rank: int | None = None
    absences: tuple[Absence, ...] = ()  # the days up to as_of that don't count, and why

    @property
    def missing(self) -> tuple[str, ...]:
        """The dimensions that are 暂缺, in order."""
        scores = (self.post.score, self.module.score, self.team.score)
        return tuple(name for name, score in zip(DIMENSIONS, scores, strict=True) if score is None)


@dataclass(frozen=True, slots=True)
class Result:
    """`cadres` stand by rank, then 工号 (those without a total last); `teams` in the order they were entered."""

    as_of: date
    plan: Plan
    cadres: tuple[CadreScore, ...]
    teams: Mapping[str, TeamScore]
    voices: Voices

    def cadre(self, number: str) -> CadreScore | None:
        return next((score for score in self.cadres if score.number == number), None)

    def group(self, name: str) -> tuple[CadreScore, ...]:
        return tuple(score for score in self.cadres if score.group == name)


def score_township(facts: Facts, plan: Plan, as_of: date) -> Result:
    """Everything, exactly as scoring.md says; an as_of after the period means its last day.

    Raises BeforePeriod when as_of lies before the period's first day.
    """
    if as_of < facts.period.first:
        raise BeforePeriod(as_of)
    days = Span(facts.period.first, min(as_of, facts.period.last))
    voices = hear(facts.voices, facts.editions, plan)
    teams = team_scores(facts, voices, days, plan)
    cadres = [_standing(cadre, days) for cadre in facts.cadres]
    served = {cadre.number: _served(cadre, days) for cadre in cadres}
    listed = [cadre for cadre in cadres if served[cadre.number] and not cadre.exempt]
    modules = _modules(listed, facts, served, plan)
    scores = [_cadre_score(cadre, facts, teams, modules, served[cadre.number], plan) for cadre in listed]
    return Result(days.last, plan, _placed(scores), teams, voices)


def _served(cadre: Cadre, days: Span) -> tuple[Span, ...]:
    return tuple(part for stretch in cadre.services if (part := stretch.within(days)))


def _standing(cadre: Cadre, days: Span) -> Cadre:
    """The cadre in the group that he or she was in at the end of `days`; what is absent is told up to there."""
    begun = [standing for standing in cadre.standings if standing.first <= days.last]
    absences = tuple(
        Absence(absence.kind, part) for absence in cadre.absences if (part := absence.span.within(days))
    )
    if not begun:
        return replace(cadre, absences=absences)
    return replace(cadre, group=begun[-1].group, exempt=begun[-1].exempt, absences=absences)


def _modules(
    listed: Sequence[Cadre], facts: Facts, served: Mapping[str, Sequence[Span]], plan: Plan
) -> dict[str, tuple[str | None, ModuleScore]]:
    """Each cadre's module on as_of (or the last day of service), and the calibrated dimension."""
    at_end = {cadre.number: module_on(cadre, max(s.last for s in served[cadre.number])) for cadre in listed}
    raw = {cadre.number: module_score(cadre, facts.contests, served[cadre.number], plan) for cadre in listed}
    return {number: (at_end[number], score) for number, score in calibrated(raw, at_end, plan).items()}


def _cadre_score(
    cadre: Cadre,
    facts: Facts,
    teams: Mapping[str, TeamScore],
    modules: Mapping[str, tuple[str | None, ModuleScore]],
    served: Sequence[Span],
    plan: Plan,
) -> CadreScore:
    module_name, module = modules[cadre.number]
    post = post_score(cadre, facts.posts, served, plan)
    team = team_dimension(cadre, teams, served)
    bonus = bonus_score(cadre.bonuses, plan)
    weights = plan.weights_of(cadre.group)
    total = total_score(post.score, module.score, team.score, bonus.score, weights)
    return CadreScore(
        number=cadre.number,
        name=cadre.name,
        group=cadre.group,
        module_name=module_name,
        weights=weights,
        post=post,
        module=module,
        team=team,
        bonus=bonus,
        total=total,
        absences=cadre.absences,
    )


def _placed(scores: Sequence[CadreScore]) -> tuple[CadreScore, ...]:
    overall = ranks([score.total for score in scores])
    within: dict[str, int | None] = {}
    for group in {score.group for score in scores}:
        own = [score for score in scores if score.group == group]
        within.update(zip((s.number for s in own), ranks([s.total for s in own]), strict=True))
    placed = [
        replace(s, rank=place, group_rank=within[s.number]) for s, place in zip(scores, overall, strict=True)
    ]
    return tuple(sorted(placed, key=lambda s: (s.rank is None, s.rank or 0, s.number)))
