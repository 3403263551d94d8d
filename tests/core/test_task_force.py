"""专班加分: the sum of the approved bonuses, held to five points."""

from fractions import Fraction

import pytest

from portal.core.facts import Bonus
from portal.core.plan import Plan
from portal.core.task_force import bonus_score


@pytest.mark.parametrize(
    ("points", "expected", "total"),
    [
        ([], "0", "0"),
        (["1.5", "2"], "3.5", "3.5"),
        (["2.5", "2.5"], "5", "5"),
        (["3", "2.75"], "5", "5.75"),
        (["1.005"], "1.01", "1.005"),
    ],
)
def test_bonuses_add_up_to_at_most_five_points(points: list[str], expected: str, total: str) -> None:
    told = bonus_score([Bonus("防汛专班", Fraction(one)) for one in points], Plan())
    assert (told.score, told.total) == (Fraction(expected), Fraction(total))


def test_the_plan_sets_the_cap() -> None:
    bonuses = [Bonus("防汛专班", Fraction(4)), Bonus("拆迁专班", Fraction(4))]
    assert bonus_score(bonuses, Plan(bonus_cap=Fraction(3))).score == 3


def test_every_bonus_is_told() -> None:
    bonuses = (Bonus("防汛专班", Fraction(4), "守堤三夜"), Bonus("拆迁专班", Fraction(4)))
    assert bonus_score(bonuses, Plan()).bonuses == bonuses
