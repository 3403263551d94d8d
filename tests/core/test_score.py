"""Who is listed, up to which day facts count, and in which order cadres stand."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from portal.core.book import MarkKind
from portal.core.facts import Bonus, Cadre, Facts, GovernanceMark, Mark, Membership, ModuleStay, Task
from portal.core.plan import Calibration, Plan, Weights
from portal.core.score import BeforePeriod, Result, score_township
from tests.core.making import PLAN, YEAR, cadre, day, days, holding

POSTS = {"岗位": Fraction(1)}


def worker(number: str, mark: str | None, group: str = "一般干部", **more: object) -> Cadre:
    value = None if mark is None else Fraction(mark)
    tasks = (Task("岗位", "任务", Fraction(1), value),)
    return cadre(number, group=group, **{"tasks": tasks, "holdings": (holding(),), **more})  # type: ignore[arg-type]


def score(*cadres: Cadre, on: date = YEAR.last, plan: Plan = PLAN) -> Result:
    facts = Facts(
        YEAR,
        POSTS,
        cadres,
        ("一组",),
        (),
        governance=(GovernanceMark("一组", "平安建设", Fraction(1), Fraction(80)),),
    )
    return score_township(facts, plan, on)


def numbers(result: Result) -> list[str]:
    return [one.number for one in result.cadres]


def test_cadres_stand_by_rank_and_then_by_number() -> None:
    told = score(worker("4", "60"), worker("3", "70"), worker("2", "80"), worker("1", "70"))
    assert [(one.number, one.rank) for one in told.cadres] == [("2", 1), ("1", 2), ("3", 2), ("4", 4)]


def test_ranks_stand_within_the_group_too() -> None:
    told = score(worker("1", "70", "班子成员"), worker("2", "80"), worker("3", "70"))
    assert [(one.number, one.rank, one.group_rank) for one in told.cadres] == [
        ("2", 1, 1),
        ("1", 2, 1),
        ("3", 2, 2),
    ]
    assert [one.number for one in told.group("一般干部")] == ["2", "3"]


def test_who_has_no_dimension_stands_last_without_total_and_rank() -> None:
    told = score(worker("1", None), worker("2", "10"))
    assert numbers(told) == ["2", "1"]
    last = told.cadres[-1]
    assert (last.total, last.rank, last.group_rank) == (None, None, None)
    assert last.missing == ("post", "module", "team")


def test_what_is_missing_is_named_in_order_and_the_rest_is_ranked() -> None:
    (one,) = score(worker("1", "70")).cadres
    assert (one.missing, one.total, one.rank) == (("module", "team"), 70, 1)


def test_a_cadre_marked_exempt_is_not_listed_and_takes_no_place() -> None:
    told = score(worker("1", "90", exempt=True), worker("2", "80"))
    assert [(one.number, one.rank) for one in told.cadres] == [("2", 1)]


def test_a_cadre_without_a_day_of_service_by_then_is_not_listed() -> None:
    late = worker("1", "90", services=(days("07-01", "12-31"),))
    assert numbers(score(late, on=day("06-30"))) == []
    assert numbers(score(late, on=day("07-01"))) == ["1"]


def test_a_leaver_is_scored_by_the_days_of_service() -> None:
    leaver = worker(
        "1",
        "80",
        services=(days("01-01", "06-30"),),
        marks=(
            Mark(MarkKind.ANNUAL, day("06-30"), Fraction(90)),
            Mark(MarkKind.ANNUAL, day("07-01"), Fraction(10)),
        ),
        memberships=(Membership("一组", YEAR, Fraction(1)),),
        bonuses=(Bonus("专班", Fraction(2)),),
    )
    (one,) = score(leaver).cadres
    assert (one.post.score, one.module.score, one.team.score, one.bonus.score) == (80, 90, 80, 2)
    assert one.total == 85  # 32 + 27 + 24 + 2
    assert one.team.memberships[0].days == 181


def test_a_day_after_the_period_means_its_last_day() -> None:
    assert score(worker("1", "80"), on=date(2030, 1, 1)) == score(worker("1", "80"))
    assert score(worker("1", "80"), on=date(2030, 1, 1)).as_of == YEAR.last


def test_a_day_before_the_period_is_refused() -> None:
    with pytest.raises(BeforePeriod):
        score(worker("1", "80"), on=date(2025, 12, 31))
    assert score(worker("1", "80"), on=YEAR.first).as_of == YEAR.first


def test_a_group_is_weighed_by_its_own_weights() -> None:
    plan = Plan(weights_by_group={"班子成员": Weights(Fraction(70), Fraction(0), Fraction(30))})
    member = (Membership("一组", YEAR, Fraction(1)),)
    told = score(
        worker("1", "100", "班子成员", memberships=member), worker("2", "100", memberships=member), plan=plan
    )
    assert {one.number: one.total for one in told.cadres} == {"1": 94, "2": Fraction("91.43")}


def test_the_module_told_is_that_of_the_last_day_served() -> None:
    stays = (ModuleStay("农业", days("01-01", "05-31")), ModuleStay("综合", days("06-01", "12-31")))
    own = worker("1", "80", stays=stays)
    assert [score(own, on=day(on)).cadres[0].module_name for on in ("05-31", "06-01")] == ["农业", "综合"]
    gone = replace(own, services=(days("01-01", "05-31"),))
    assert score(gone).cadres[0].module_name == "农业"


def test_the_exempt_do_not_move_the_calibration() -> None:
    plan = Plan(calibration=Calibration.MEAN_SHIFT)
    stay = (ModuleStay("农业", YEAR),)
    marks = {
        number: (Mark(MarkKind.DAILY, day("03-01"), Fraction(value)),)
        for number, value in (("1", 60), ("2", 80))
    }
    exempt = worker("1", "80", stays=stay, marks=marks["1"], exempt=True)
    told = score(exempt, worker("2", "80", stays=stay, marks=marks["2"]), plan=plan)
    assert told.cadres[0].module.score == 80


def test_a_cadre_is_found_by_number() -> None:
    told = score(worker("1", "80"))
    found = told.cadre("1")
    assert found is not None
    assert found.number == "1"
    assert told.cadre("2") is None
