"""岗位赋分: completion × coefficient, holdings weighed by their days; or the tier of the highest post held."""

from fractions import Fraction

from portal.core.days import Span
from portal.core.facts import Cadre, Holding, Task
from portal.core.plan import Plan, PostMode
from portal.core.post import PostScore, post_score
from tests.core.making import PLAN, YEAR, cadre, days, holding, hundredths

COEFFICIENTS = {"岗位": Fraction("1.1"), "重岗": Fraction("1.4"), "轻岗": Fraction("0.8")}
TIERS = Plan(
    post_mode=PostMode.TIER, tiers={"岗位": Fraction(16), "重岗": Fraction(20), "轻岗": Fraction(18)}
)


def task(mark: str | None, weight: str = "1", post: str = "岗位") -> Task:
    return Task(post, "任务", Fraction(weight), None if mark is None else Fraction(mark))


def score(
    *tasks: Task,
    holdings: tuple[Holding, ...] = (holding(),),
    served: tuple[Span, ...] = (YEAR,),
    plan: Plan = PLAN,
) -> PostScore:
    own: Cadre = cadre(holdings=holdings, tasks=tasks)
    return post_score(own, COEFFICIENTS, served, plan)


def test_completion_is_multiplied_by_the_posts_coefficient() -> None:
    # (90*2 + 60*1) / 3 = 80; 80 * 1.1 = 88
    told = score(task("90", "2"), task("60"))
    assert (told.exact, told.score) == (88, hundredths("88.00"))
    assert told.holdings[0].raw == 80


def test_a_half_cent_goes_up() -> None:
    assert score(task("70.05")).score == hundredths("77.06")  # 77.055


def test_a_hard_post_done_well_earns_more_than_a_hundred() -> None:
    assert score(task("100", post="重岗"), holdings=(holding("重岗"),)).score == 140


def test_a_task_without_a_mark_takes_its_weight_with_it() -> None:
    assert score(task("80"), task(None, "99")).score == 88


def test_a_mark_of_zero_is_a_mark() -> None:
    assert score(task("80"), task("0")).score == 44


def test_a_task_of_another_post_does_not_count() -> None:
    assert score(task("80"), task("10", post="重岗")).score == 88


def test_without_a_marked_task_there_is_no_score() -> None:
    assert score().score is None
    assert score(task(None)).score is None
    assert score(task("80"), holdings=()).score is None


def test_two_posts_one_after_the_other_weigh_by_their_days() -> None:
    held = (holding("岗位", days("01-01", "03-31")), holding("重岗", days("04-01", "12-31")))
    # 90 days at 80*1.1 = 88 and 275 days at 50*1.4 = 70: 27170 / 365 = 74.438...
    assert score(task("80"), task("50", post="重岗"), holdings=held).exact == Fraction(27170, 365)


def test_posts_at_the_same_time_weigh_each_by_its_days() -> None:
    held = (holding(), holding("重岗", days("12-22", "12-31")))
    # 365 days at 88 and 10 days at 70
    told = score(task("80"), task("50", post="重岗"), holdings=held)
    assert told.exact == Fraction(365 * 88 + 10 * 70, 375)


def test_a_holding_without_marked_tasks_drops_out_with_its_days() -> None:
    held = (holding("岗位", days("01-01", "03-31")), holding("重岗", days("04-01", "12-31")))
    assert score(task("80"), holdings=held).score == 88


def test_only_days_of_service_count() -> None:
    held = (holding("岗位", days("01-01", "03-31")), holding("重岗", days("04-01", "12-31")))
    served = (days("03-22", "04-10"),)
    # ten days at 88 and ten at 70
    assert score(task("80"), task("50", post="重岗"), holdings=held, served=served).score == 79


def test_a_post_held_twice_is_one_line_with_its_days_together() -> None:
    held = (holding("岗位", days("01-01", "01-31")), holding("岗位", days("12-01", "12-31")))
    told = score(task("80"), holdings=held)
    assert [(line.post, line.days) for line in told.holdings] == [("岗位", 62)]


def test_tiers_compare_the_highest_post_held_with_the_top_one() -> None:
    assert score(plan=TIERS).score == 80  # 16 of 20
    told = score(holdings=(holding(), holding("轻岗")), plan=TIERS)
    assert told.score == 90
    assert told.tier is not None
    assert told.tier.post == "轻岗"


def test_tiers_look_at_the_last_day_of_service_alone() -> None:
    held = (holding(), holding("重岗", days("01-01", "11-30")))
    assert score(holdings=held, plan=TIERS).score == 80
    assert score(holdings=held, served=(days("01-01", "11-30"),), plan=TIERS).score == 100
    assert (
        score(holdings=held, served=(days("01-01", "11-30"), days("12-02", "12-31")), plan=TIERS).score == 80
    )


def test_a_post_without_tier_points_gives_no_score() -> None:
    plan = Plan(post_mode=PostMode.TIER, tiers={"重岗": Fraction(20)})
    assert score(task("80"), plan=plan).score is None


def test_a_post_without_a_coefficient_in_the_period_takes_its_days_with_it() -> None:
    """A service that reaches into a year whose 岗位 sheet no longer names the post."""
    both = (holding("旧岗", days("01-01", "06-30")), holding(span=days("07-01", "12-31")))
    assert score(task("70", post="旧岗"), task("80"), holdings=both).score == 88
    assert score(task("70", post="旧岗"), holdings=(holding("旧岗"),)).score is None
