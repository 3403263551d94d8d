"""Total, rank and band (scoring.md, Total, rank, grade)."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from portal.core.exact import rounded, weighted_mean
from portal.core.plan import Weights

BANDS = (20, 50, 80, 100)  # 前 20 %, 前 50 %, 前 80 %, and everyone


def total_score(
    post: Fraction | None, module: Fraction | None, team: Fraction | None, bonus: Fraction, weights: Weights
) -> Fraction | None:
    """The rounded total of rounded dimensions; a missing one takes its weight with it; None without any."""
    mean = weighted_mean([(weights.post, post), (weights.module, module), (weights.team, team)])
    return None if mean is None else rounded(mean + bonus)


def ranks(totals: Sequence[Fraction | None]) -> list[int | None]:
    """Places by total, highest first; equal totals share one and the next is skipped (1, 2, 2, 4)."""
    there = [total for total in totals if total is not None]
    return [None if total is None else 1 + sum(other > total for other in there) for total in totals]


def band(rank: int | None, others: Iterable[int | None]) -> int | None:
    """The smallest band (in %) of those ranked that a place lies in; None without a place."""
    count = sum(other is not None for other in others)
    if rank is None or not count:
        return None
    return next(percent for percent in BANDS if 100 * rank <= percent * count or percent == BANDS[-1])
