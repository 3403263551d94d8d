"""The scoring plan (考评方案): every parameter of scoring.md, with its default, as one frozen value.

A plan is kept as plain JSON (`to_json`, `from_json`): numbers stand as decimal strings, so nothing is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from fractions import Fraction
from typing import Any

from portal.core.book import MarkKind, Way


class PostMode(StrEnum):
    MULTIPLY = "multiply"  # completion × coefficient
    TIER = "tier"  # the tier points of the highest post held


class Calibration(StrEnum):
    NONE = "none"
    MEAN_SHIFT = "mean_shift"


class Verified(StrEnum):
    """By what a resident is known to be a person; NONE: no channel, so no bound on anonymous voices."""

    WECHAT = "wechat"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Weights:
    """How much of the total each dimension makes; the three add up to 100."""

    post: Fraction = Fraction(40)
    module: Fraction = Fraction(30)
    team: Fraction = Fraction(30)

    def __post_init__(self) -> None:
        if self.post + self.module + self.team != 100 or min(self.post, self.module, self.team) < 0:
            raise ValueError("the weights of the three dimensions add up to 100")


MODULE_PARTS = {kind.value for kind in MarkKind}
TEAM_PARTS = {"mass", "cases", "governance"}
CASE_PARTS = {"response", "resolution", "satisfaction"}


def _fractions(**numbers: int) -> Mapping[str, Fraction]:
    return {key: Fraction(number) for key, number in numbers.items()}


@dataclass(frozen=True, slots=True)
class Plan:
    """All parameters; see scoring.md for what each does. Weights are relative within their mapping."""

    weights: Weights = Weights()
    weights_by_group: Mapping[str, Weights] = field(default_factory=dict)
    post_mode: PostMode = PostMode.MULTIPLY
    tiers: Mapping[str, Fraction] = field(default_factory=dict)  # post name → tier points
    module_weights: Mapping[str, Fraction] = field(
        default_factory=lambda: _fractions(daily=40, stage=30, annual=30)
    )
    contest_cap: Fraction = Fraction(3)
    calibration: Calibration = Calibration.NONE
    team_weights: Mapping[str, Fraction] = field(
        default_factory=lambda: _fractions(mass=60, cases=25, governance=15)
    )
    verified: Verified = Verified.WECHAT
    anonymous_weight: Fraction = Fraction(1, 2)
    prior_strength: Fraction = Fraction(10)
    case_weights: Mapping[str, Fraction] = field(
        default_factory=lambda: _fractions(response=30, resolution=40, satisfaction=30)
    )
    answer_hours: int = 24
    resolve_days: int = 15
    bonus_cap: Fraction = Fraction(5)
    release_batch: int = 5
    smallest_crowd: int = 5

    def __post_init__(self) -> None:
        """Refuse a plan that can't score. Raises ValueError."""
        for weights, parts in (
            (self.module_weights, MODULE_PARTS),
            (self.team_weights, TEAM_PARTS),
            (self.case_weights, CASE_PARTS),
        ):
            if set(weights) != parts or min(weights.values()) < 0 or not any(weights.values()):
                raise ValueError(
                    f"the weights of {sorted(parts)}, none below 0 and one above it, make a score"
                )
        if self.post_mode is PostMode.TIER and max(self.tiers.values(), default=Fraction(0)) <= 0:
            raise ValueError("scoring by tiers needs a post with tier points above 0")

    def weights_of(self, group: str) -> Weights:
        return self.weights_by_group.get(group, self.weights)

    def mark_weight(self, kind: MarkKind) -> Fraction:
        return self.module_weights[kind.value]

    def voice_weight(self, way: Way) -> Fraction:
        """a: what one voice of this way weighs, before the bound on anonymous ones (mass 3)."""
        if way is Way.ANONYMOUS and self.verified is not Verified.NONE:
            return self.anonymous_weight
        return Fraction(1)


def _plain(value: Any) -> Any:
    if isinstance(value, Weights):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Fraction):
        return decimal_text(value)
    return value


def decimal_text(value: Fraction) -> str:
    """The shortest decimal of a plan's number, such as 0.5 or 40; a fraction without one stands as 1/3."""
    for places in range(9):
        scaled = value * 10**places
        if scaled.denominator == 1:
            return f"{int(scaled) / 10**places:.{places}f}" if places else str(int(scaled))
    return f"{value.numerator}/{value.denominator}"


def to_json(plan: Plan) -> dict[str, Any]:
    return {f.name: _plain(getattr(plan, f.name)) for f in fields(plan)}


def _weights(stored: Mapping[str, str]) -> Weights:
    if set(stored) != {f.name for f in fields(Weights)}:
        raise ValueError("weights are those of post, module and team")
    return Weights(**{key: Fraction(number) for key, number in stored.items()})


_READERS: Mapping[str, Any] = {
    "weights": _weights,
    "weights_by_group": lambda stored: {group: _weights(weights) for group, weights in stored.items()},
    "post_mode": PostMode,
    "calibration": Calibration,
    "verified": Verified,
    "answer_hours": int,
    "resolve_days": int,
    "release_batch": int,
    "smallest_crowd": int,
}


def _number_or_numbers(stored: Any) -> Any:
    if isinstance(stored, Mapping):
        return {key: Fraction(number) for key, number in stored.items()}
    return Fraction(stored)


def from_json(stored: Mapping[str, Any]) -> Plan:
    """The plan that `to_json` wrote; a parameter that it did not know yet has its default.

    Raises ValueError for a parameter that no plan has.
    """
    unknown = set(stored) - {f.name for f in fields(Plan)}
    if unknown:
        raise ValueError(f"no such plan parameter: {', '.join(sorted(unknown))}")
    return replace(
        Plan(), **{key: _READERS.get(key, _number_or_numbers)(value) for key, value in stored.items()}
    )
