"""The plan as a sheet of fields: there and back, a sentence for whatever is wrong, what a new version changes."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from portal.core.plan import Calibration, Plan, PostMode, Verified, Weights
from portal.core.plan_fields import changes, fields, group_key, groups_of, posts_of, read, tier_key, typed_of

GROUPS, POSTS = ("一般干部", "班子成员"), ("综合岗", "窗口岗")
ODD = Plan(
    weights=Weights(Fraction("33.3"), Fraction("33.3"), Fraction("33.4")),
    weights_by_group={"班子成员": Weights(Fraction(50), Fraction(50), Fraction(0))},
    post_mode=PostMode.TIER,
    tiers={"综合岗": Fraction(20)},
    calibration=Calibration.MEAN_SHIFT,
    verified=Verified.NONE,
    anonymous_weight=Fraction("0.25"),
    answer_hours=48,
    smallest_crowd=9,
)


def typed(plan: Plan = ODD, **changed: str) -> dict[str, str]:
    return {**typed_of(plan, GROUPS, POSTS), **changed}


@pytest.mark.parametrize("plan", [Plan(), ODD])
def test_a_plan_comes_back_as_it_went(plan: Plan) -> None:
    assert read(typed(plan), GROUPS, POSTS) == (plan, {})


def test_every_field_has_a_value_and_every_value_a_field() -> None:
    assert [one.key for one in fields(GROUPS, POSTS)] == list(
        dict.fromkeys(one.key for one in fields(GROUPS, POSTS))
    )
    assert {one.key for one in fields(GROUPS, POSTS)} == set(typed())


def test_full_width_digits_and_spaces_are_read() -> None:
    plan, _ = read(typed(prior_strength=" １２．５ "), GROUPS, POSTS)
    assert plan is not None
    assert plan.prior_strength == Fraction("12.5")


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"weight_post": "40"}, "weight_post"),
        ({"weight_post": ""}, "weight_post"),
        ({"weight_post": "-3"}, "weight_post"),
        ({"weight_post": "1e2"}, "weight_post"),
        ({"contest_cap": "101"}, "contest_cap"),
        ({"anonymous_weight": "1.5"}, "anonymous_weight"),
        ({"answer_hours": "1.5"}, "answer_hours"),
        ({"resolve_days": "0"}, "resolve_days"),
        ({"post_mode": "dice"}, "post_mode"),
        ({"module_daily": "0", "module_stage": "0", "module_annual": "0"}, "module_daily"),
        ({f"{group_key('班子成员')}_team": ""}, f"{group_key('班子成员')}_post"),
        ({f"{group_key('一般干部')}_post": "100"}, f"{group_key('一般干部')}_post"),
        ({tier_key("综合岗"): ""}, "post_mode"),
        ({"release_batch": "4"}, "release_batch"),
        ({"smallest_crowd": "4"}, "smallest_crowd"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(changed: dict[str, str], key: str) -> None:
    plan, faults = read(typed(**changed), GROUPS, POSTS)
    assert plan is None
    assert list(faults) == [key]
    assert faults[key].endswith("。")


def test_the_demo_may_show_a_crowd_of_one() -> None:
    plan, _ = read(typed(release_batch="1"), GROUPS, POSTS, fewest=1)
    assert plan is not None
    assert plan.release_batch == 1


def test_changes_are_told_in_words() -> None:
    after = replace(ODD, calibration=Calibration.NONE, answer_hours=24, weights_by_group={})
    told = {one.label: (one.before, one.after) for one in changes(ODD, after, GROUPS, POSTS)}
    assert told["答复期限"] == ("48 小时", "24 小时")
    assert told["打分松紧的校准"] == ("按平均分校准（模块之间拉平松紧）", "不校准")
    assert told["班子成员：岗位的权重"] == ("50", "同总的一样")
    assert len(told) == 5


def test_a_sheet_has_the_groups_and_posts_of_the_plan_and_of_the_township() -> None:
    assert groups_of(ODD, ["一般干部", ""]) == ("一般干部", "班子成员")
    assert posts_of(ODD, ["窗口岗"]) == ("窗口岗", "综合岗")
