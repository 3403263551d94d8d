"""What a township lacks, what keeps its period shut, and the sentences for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from portal.core.readiness import (
    Group,
    Helper,
    Lack,
    Person,
    Place,
    Snapshot,
    Step,
    gaps,
    grave,
    of_step,
)

CLERK = Helper("jingban", None, proposes=True, approves=False)
COMMITTEE = Helper("dangwei", None, proposes=False, approves=True)
WHOLE = Snapshot(
    villages=(Place("1", "甲村", "一组"),),
    cadres=(Person("1", "张三", post="综合岗", module="党建", teams=("一组",)),),
    teams=(Group("一组", "张三", villages=1, members=1),),
    modules=("党建", "经济", "平安"),
    posts={"综合岗": True},
    helpers=(CLERK, COMMITTEE),
)


def lacks(township: Snapshot) -> list[Lack]:
    return [gap.lack for gap in gaps(township)]


def test_a_whole_township_lacks_nothing() -> None:
    assert gaps(WHOLE) == ()


def test_an_empty_township_lacks_everything_gravely_and_in_the_order_of_the_steps() -> None:
    found = gaps(Snapshot(has_period=False))
    assert [gap.step for gap in found] == [
        *(Step.PERIOD, Step.PEOPLE, Step.PEOPLE, Step.VILLAGES, Step.TEAMS, Step.PLAN, Step.ACCOUNTS),
    ]
    assert grave(found) == found


@pytest.mark.parametrize(
    ("change", "lack", "names"),
    [
        ({"cadres": (replace(WHOLE.cadres[0], post=""),)}, Lack.POST, ("张三",)),
        ({"cadres": (replace(WHOLE.cadres[0], module=""),)}, Lack.MODULE, ("张三",)),
        ({"cadres": (replace(WHOLE.cadres[0], teams=()),)}, Lack.TEAM, ("张三",)),
        ({"villages": (Place("1", "甲村"),)}, Lack.VILLAGE_TEAM, ("甲村",)),
        ({"teams": (Group("一组", "", 1, 1),)}, Lack.LEADER, ("一组",)),
        ({"teams": (Group("一组", "张三", 0, 1),)}, Lack.TEAM_VILLAGE, ("一组",)),
        ({"teams": (Group("一组", "张三", 1, 0),)}, Lack.TEAM_MEMBER, ("一组",)),
        ({"modules": ("党建", "经济")}, Lack.NUMBER_OF_MODULES, ()),
        ({"modules": tuple("一二三四五六七")}, Lack.NUMBER_OF_MODULES, ()),
        ({"tiers_missing": ("综合岗",)}, Lack.TIER, ("综合岗",)),
    ],
)
def test_a_single_gap_is_named_and_does_not_keep_the_period_shut(
    change: dict[str, object], lack: Lack, names: tuple[str, ...]
) -> None:
    (gap,) = gaps(replace(WHOLE, **change))  # type: ignore[arg-type]
    assert (gap.lack, gap.names, gap.grave) == (lack, names, False)
    assert gap.words.endswith("。")


def test_who_is_exempt_lacks_nothing() -> None:
    nobody = Person("2", "李四", exempt=True)
    assert gaps(replace(WHOLE, cadres=(*WHOLE.cadres, nobody))) == ()


def test_a_held_post_without_a_coefficient_keeps_the_period_shut() -> None:
    (gap,) = gaps(replace(WHOLE, posts={"综合岗": True, "窗口岗": False}))
    assert (gap.lack, gap.names, gap.grave) == (Lack.COEFFICIENT, ("窗口岗",), True)


@pytest.mark.parametrize(
    "helpers",
    [
        (),
        (CLERK,),
        (COMMITTEE,),
        (Helper("both", None, proposes=True, approves=True),),
        (replace(CLERK, cadre_id=1), replace(COMMITTEE, cadre_id=1)),
    ],
)
def test_without_two_persons_the_period_stays_shut(helpers: tuple[Helper, ...]) -> None:
    (gap,) = gaps(replace(WHOLE, helpers=helpers))
    assert (gap.lack, gap.grave) == (Lack.SECOND_PERSON, True)


def test_two_who_may_do_both_are_two_persons() -> None:
    both = [Helper(name, place, proposes=True, approves=True) for place, name in enumerate("ab")]
    assert gaps(replace(WHOLE, helpers=both)) == ()


def test_of_many_names_the_first_few_are_shown_with_their_number() -> None:
    many = [Person(str(place), f"干部{place}", module="党建", teams=("一组",)) for place in range(12)]
    (gap,) = gaps(replace(WHOLE, cadres=many))
    assert gap.words.startswith("12 名干部没有岗位")
    assert gap.first_names.startswith("干部0、干部1")
    assert gap.first_names.endswith("干部7等 12 个")
    assert of_step(gaps(replace(WHOLE, cadres=many)), Step.TEAMS) == ()
