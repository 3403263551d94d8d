"""专班加分 (scoring.md 4): the sum of the approved bonuses, held to the cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from portal.core.exact import rounded
from portal.core.facts import Bonus
from portal.core.plan import Plan


@dataclass(frozen=True, slots=True)
class BonusScore:
    """`score` is what is added to the total; `total` the sum before the cap."""

    score: Fraction
    total: Fraction
    bonuses: tuple[Bonus, ...]


def bonus_score(bonuses: Sequence[Bonus], plan: Plan) -> BonusScore:
    total = sum((bonus.points for bonus in bonuses), Fraction(0))
    return BonusScore(rounded(min(total, plan.bonus_cap)), total, tuple(bonuses))
