"""组团积分 (scoring.md 3): a team's score from its three components, and what its members have of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.core.cases import CasesScore, cases_score
from portal.core.days import Span, shared_days
from portal.core.exact import HUNDRED, held_within, rounded, weighted_mean
from portal.core.facts import Cadre, Case, Facts, GovernanceMark, Village
from portal.core.mass import MassScore, Voices, mass_score
from portal.core.plan import Plan


@dataclass(frozen=True, slots=True)
class GovernanceScore:
    score: Fraction | None
    exact: Fraction | None
    marks: tuple[GovernanceMark, ...]


@dataclass(frozen=True, slots=True)
class TeamScore:
    """A team: its components are rounded before they are combined."""

    team: str
    score: Fraction | None
    exact: Fraction | None
    mass: MassScore
    cases: CasesScore
    governance: GovernanceScore


@dataclass(frozen=True, slots=True)
class MemberScore:
    """What one membership is worth: the team's (rounded) score × the factor, held within 0–100."""

    team: str
    team_score: Fraction | None
    factor: Fraction
    days: int
    value: Fraction | None


@dataclass(frozen=True, slots=True)
class TeamDimension:
    """A cadre's 组团积分; memberships of one team with one factor are one line with their days together."""

    score: Fraction | None
    exact: Fraction | None
    memberships: tuple[MemberScore, ...]


def team_scores(facts: Facts, voices: Voices, days: Span, plan: Plan) -> dict[str, TeamScore]:
    """All teams, in the order they were entered; `days` are the period up to as_of."""
    villages = {village.code: village for village in facts.villages}
    cases = _cases_by_team(facts, days)
    return {
        team: _team_score(team, facts, villages, cases.get(team, []), voices, days, plan)
        for team in facts.teams
    }


def team_dimension(cadre: Cadre, teams: Mapping[str, TeamScore], served: Sequence[Span]) -> TeamDimension:
    """The dimension for one cadre over the days `served`."""
    days: dict[tuple[str, Fraction], int] = {}
    for membership in cadre.memberships:
        held = sum(shared_days([membership.span], stretch) for stretch in served)
        if held:
            key = (membership.team, membership.factor)
            days[key] = days.get(key, 0) + held
    own = tuple(_member_score(teams[team], factor, held) for (team, factor), held in days.items())
    exact = weighted_mean((Fraction(part.days), part.value) for part in own)
    return TeamDimension(None if exact is None else rounded(exact), exact, own)


def _member_score(team: TeamScore, factor: Fraction, days: int) -> MemberScore:
    value = None if team.score is None else held_within(team.score * factor, Fraction(0), HUNDRED)
    return MemberScore(team.team, team.score, factor, days, value)


def _cases_by_team(facts: Facts, days: Span) -> dict[str, list[Case]]:
    """A case belongs to the team that linked its village on the day it was opened."""
    by_team: dict[str, list[Case]] = {}
    for case in facts.cases:
        day = case.opened_at.date()
        team = next(
            (link.team for link in facts.links if link.village == case.village and day in link.span), None
        )
        if team is not None and day in days:
            by_team.setdefault(team, []).append(case)
    return by_team


def _team_score(
    team: str,
    facts: Facts,
    villages: Mapping[str, Village],
    own_cases: Sequence[Case],
    voices: Voices,
    days: Span,
    plan: Plan,
) -> TeamScore:
    mass = mass_score(team, facts.links, villages, voices, days)
    cases = cases_score(own_cases, days.last, plan)
    governance = _governance_score([mark for mark in facts.governance if mark.team == team])
    weights = plan.team_weights
    exact = weighted_mean(
        [
            (weights["mass"], mass.score),
            (weights["cases"], cases.score),
            (weights["governance"], governance.score),
        ]
    )
    return TeamScore(team, None if exact is None else rounded(exact), exact, mass, cases, governance)


def _governance_score(marks: Sequence[GovernanceMark]) -> GovernanceScore:
    exact = weighted_mean((mark.weight, mark.mark) for mark in marks)
    return GovernanceScore(None if exact is None else rounded(exact), exact, tuple(marks))
