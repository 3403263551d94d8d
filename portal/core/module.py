"""模块评分 (scoring.md 2): daily, stage and annual marks of the module's leader, ± module contests."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from portal.core.book import MarkKind
from portal.core.days import Span
from portal.core.exact import HUNDRED, held_within, rounded, weighted_mean
from portal.core.facts import Cadre, Contest, Mark
from portal.core.plan import Calibration, Plan

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class KindScore:
    """One kind of marks: the plain mean of those that count; None without any."""

    kind: MarkKind
    weight: Fraction
    marks: tuple[Mark, ...]
    mean: Fraction | None


@dataclass(frozen=True, slots=True)
class Shift:
    """What took out a strict or lenient leader: the township's mean less the module's."""

    module: str
    township_mean: Fraction
    module_mean: Fraction


@dataclass(frozen=True, slots=True)
class ModuleScore:
    """`exact` is unrounded and within 0–100; `contest_points` are after the cap, `contest_sum` before."""

    score: Fraction | None
    exact: Fraction | None
    kinds: tuple[KindScore, ...]
    base: Fraction | None
    contests: tuple[Contest, ...]
    contest_sum: Fraction
    contest_points: Fraction
    shift: Shift | None = None


def module_score(
    cadre: Cadre, contests: Sequence[Contest], served: Sequence[Span], plan: Plan
) -> ModuleScore:
    """The dimension for one cadre before calibration, over the days `served`."""
    kinds = tuple(_kind_score(kind, cadre.marks, served, plan) for kind in MarkKind)
    base = weighted_mean((kind.weight, kind.mean) for kind in kinds)
    own = tuple(contest for contest in contests if _took_part(cadre, contest, served))
    total = sum((contest.points for contest in own), ZERO)
    points = held_within(total, -plan.contest_cap, plan.contest_cap)
    exact = None if base is None else held_within(base + points, ZERO, HUNDRED)
    return ModuleScore(_shown(exact), exact, kinds, base, own, total, points)


def calibrated(
    scores: Mapping[str, ModuleScore], modules: Mapping[str, str | None], plan: Plan
) -> dict[str, ModuleScore]:
    """All cadres' scores (by 工号) after the plan's calibration; `modules` says in which module each is at the end."""
    if plan.calibration is Calibration.NONE:
        return dict(scores)
    township = _mean(score.exact for score in scores.values())
    means = {
        module: _mean(scores[number].exact for number, own in modules.items() if own == module)
        for module in set(modules.values())
    }
    return {number: _shifted(score, modules[number], township, means) for number, score in scores.items()}


def module_on(cadre: Cadre, day: date) -> str | None:
    return next((stay.module for stay in cadre.stays if day in stay.span), None)


def _kind_score(kind: MarkKind, marks: Sequence[Mark], served: Sequence[Span], plan: Plan) -> KindScore:
    own = tuple(mark for mark in marks if mark.kind is kind and _inside(mark.day, served))
    return KindScore(kind, plan.mark_weight(kind), own, _mean(mark.mark for mark in own))


def _took_part(cadre: Cadre, contest: Contest, served: Sequence[Span]) -> bool:
    return _inside(contest.day, served) and module_on(cadre, contest.day) == contest.module


def _inside(day: date, spans: Sequence[Span]) -> bool:
    return any(day in span for span in spans)


def _mean(values: Iterable[Fraction | None]) -> Fraction | None:
    return weighted_mean((Fraction(1), value) for value in values)


def _shown(exact: Fraction | None) -> Fraction | None:
    return None if exact is None else rounded(exact)


def _shifted(
    score: ModuleScore,
    module: str | None,
    township: Fraction | None,
    means: Mapping[str | None, Fraction | None],
) -> ModuleScore:
    own = means[module]
    if score.exact is None or module is None or township is None or own is None:
        return score
    exact = held_within(score.exact + township - own, ZERO, HUNDRED)
    return replace(score, score=rounded(exact), exact=exact, shift=Shift(module, township, own))
