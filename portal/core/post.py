"""岗位赋分 (scoring.md 1): completion of the post's tasks × the post's coefficient, holdings weighed by their days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.core.days import Span, shared_days
from portal.core.exact import HUNDRED, rounded, weighted_mean
from portal.core.facts import Cadre, Task
from portal.core.plan import Plan, PostMode


@dataclass(frozen=True, slots=True)
class HoldingScore:
    """A post held: its tasks, raw completion, raw × coefficient, and the days it weighs.

    Several stretches in one post are one line with their days together: the mean is the same.
    """

    post: str
    coefficient: Fraction
    days: int
    tasks: tuple[Task, ...]
    raw: Fraction | None
    score: Fraction | None


@dataclass(frozen=True, slots=True)
class TierScore:
    """The highest tier held, of the plan's top one."""

    post: str
    points: Fraction
    top: Fraction


@dataclass(frozen=True, slots=True)
class PostScore:
    """`exact` is unrounded, `score` is what is shown and combined further; both None where 暂缺."""

    score: Fraction | None
    exact: Fraction | None
    holdings: tuple[HoldingScore, ...] = ()
    tier: TierScore | None = None


def post_score(
    cadre: Cadre, coefficients: Mapping[str, Fraction], served: Sequence[Span], plan: Plan
) -> PostScore:
    """The dimension for one cadre over the days `served` (inside the period, up to as_of).

    A post that has no coefficient in the period carries no value and takes its days with it.
    """
    if plan.post_mode is PostMode.TIER:
        return _tier_score(cadre, served, plan)
    holdings = tuple(_holding_scores(cadre, coefficients, served))
    exact = weighted_mean((Fraction(holding.days), holding.score) for holding in holdings)
    return PostScore(None if exact is None else rounded(exact), exact, holdings)


def _holding_scores(
    cadre: Cadre, coefficients: Mapping[str, Fraction], served: Sequence[Span]
) -> list[HoldingScore]:
    days: dict[str, int] = {}
    for holding in cadre.holdings:
        held = sum(shared_days([holding.span], stretch) for stretch in served)
        if held and holding.post in coefficients:
            days[holding.post] = days.get(holding.post, 0) + held
    return [_holding_score(post, coefficients[post], held, cadre.tasks) for post, held in days.items()]


def _holding_score(post: str, coefficient: Fraction, days: int, tasks: Sequence[Task]) -> HoldingScore:
    own = tuple(task for task in tasks if task.post == post)
    raw = weighted_mean((task.weight, task.mark) for task in own)
    return HoldingScore(post, coefficient, days, own, raw, None if raw is None else raw * coefficient)


def _tier_score(cadre: Cadre, served: Sequence[Span], plan: Plan) -> PostScore:
    last = max(stretch.last for stretch in served)
    held = [holding.post for holding in cadre.holdings if last in holding.span and holding.post in plan.tiers]
    if not held:
        return PostScore(None, None)
    post = max(held, key=lambda name: plan.tiers[name])
    top = max(plan.tiers.values())
    exact = HUNDRED * plan.tiers[post] / top
    return PostScore(rounded(exact), exact, tier=TierScore(post, plan.tiers[post], top))
