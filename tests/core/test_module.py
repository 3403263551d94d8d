"""模块评分: three kinds of marks, contests within their cap, and what takes out a strict leader."""

from fractions import Fraction

from portal.core.book import MarkKind
from portal.core.days import Span
from portal.core.facts import Contest, Mark, ModuleStay
from portal.core.module import ModuleScore, calibrated, module_on, module_score
from portal.core.plan import Calibration, Plan
from tests.core.making import PLAN, YEAR, cadre, day, days

STAY = (ModuleStay("农业", YEAR),)
SHIFT = Plan(calibration=Calibration.MEAN_SHIFT)


def mark(value: str, kind: MarkKind = MarkKind.DAILY, on: str = "03-01") -> Mark:
    return Mark(kind, day(on), Fraction(value))


def contest(points: str, module: str = "农业", on: str = "03-01") -> Contest:
    return Contest(day(on), "比赛", module, Fraction(points))


def score(
    *marks: Mark,
    contests: tuple[Contest, ...] = (),
    stays: tuple[ModuleStay, ...] = STAY,
    served: tuple[Span, ...] = (YEAR,),
) -> ModuleScore:
    return module_score(cadre(marks=marks, stays=stays), contests, served, PLAN)


def scored(value: str | None) -> ModuleScore:
    return score(*[] if value is None else [mark(value)])


def test_the_three_kinds_weigh_forty_thirty_thirty() -> None:
    told = score(mark("90"), mark("80", MarkKind.STAGE), mark("70", MarkKind.ANNUAL))
    assert told.score == 81  # 36 + 24 + 21


def test_each_kind_is_the_plain_mean_of_its_marks_however_many() -> None:
    told = score(mark("90"), mark("60"), mark("60"), mark("80", MarkKind.STAGE))
    # daily 70, stage 80: (40*70 + 30*80) / 70 = 74.2857...
    assert [kind.mean for kind in told.kinds] == [70, 80, None]
    assert told.exact == Fraction(5200, 70)
    assert told.score == Fraction("74.29")


def test_without_a_mark_there_is_no_score_whatever_the_contests() -> None:
    told = score(contests=(contest("3"),))
    assert (told.score, told.base, told.contest_points) == (None, None, 3)


def test_marks_count_on_days_of_service_only() -> None:
    marks = (mark("90", on="06-30"), mark("10", on="07-01"), mark("30", on="12-31"))
    assert score(*marks, served=(days("01-01", "06-30"), days("12-31", "12-31"))).score == 60


def test_contest_points_are_those_of_the_module_on_the_day() -> None:
    stays = (ModuleStay("农业", days("01-01", "05-31")), ModuleStay("综合", days("06-01", "12-31")))
    contests = (
        contest("1", "农业", "05-31"),
        contest("0.5", "综合", "06-01"),
        contest("-3", "农业", "06-01"),
        contest("-3", "综合", "05-31"),
    )
    told = score(mark("80"), contests=contests, stays=stays)
    assert (told.contest_points, told.score) == (Fraction("1.5"), Fraction("81.5"))


def test_contests_outside_the_service_do_not_count() -> None:
    assert (
        score(mark("80"), contests=(contest("2", on="01-01"),), served=(days("02-01", "12-31"),)).score == 80
    )


def test_a_cadre_in_no_module_gets_no_contest_points() -> None:
    assert score(mark("80"), contests=(contest("2"),), stays=()).score == 80


def test_the_sum_of_the_contests_is_held_within_three_points() -> None:
    up = score(mark("80"), contests=(contest("2"), contest("2"), contest("-0.5")))
    assert (up.contest_sum, up.contest_points, up.score) == (Fraction("3.5"), 3, 83)
    down = score(mark("80"), contests=(contest("-5"), contest("1")))
    assert (down.contest_sum, down.contest_points, down.score) == (-4, -3, 77)
    # it is the sum that is held, not each: 5 - 4 is 1, where 3 - 3 would be 0
    assert score(mark("80"), contests=(contest("5"), contest("-4"))).score == 81


def test_a_score_stays_within_nought_and_a_hundred() -> None:
    assert score(mark("99"), contests=(contest("3"),)).score == 100
    assert score(mark("1"), contests=(contest("-3"),)).score == 0


def test_marks_follow_the_cadre_through_a_change_of_module() -> None:
    stays = (ModuleStay("农业", days("01-01", "05-31")), ModuleStay("综合", days("06-01", "12-31")))
    assert score(mark("80", on="05-01"), mark("90", on="07-01"), stays=stays).score == 85


def test_the_module_of_a_day_is_that_of_the_stay_which_holds_it() -> None:
    own = cadre(
        stays=(ModuleStay("农业", days("01-01", "05-31")), ModuleStay("综合", days("06-02", "12-31")))
    )
    assert [module_on(own, day(text)) for text in ("05-31", "06-01", "06-02")] == ["农业", None, "综合"]


def test_without_calibration_scores_stay_as_they_are() -> None:
    scores = {"1": scored("70"), "2": scored("90")}
    assert calibrated(scores, {"1": "农业", "2": "综合"}, PLAN) == scores


def test_mean_shift_takes_out_a_strict_leader() -> None:
    scores = {"1": scored("70"), "2": scored("82"), "3": scored("88")}
    told = calibrated(scores, {"1": "农业", "2": "综合", "3": "综合"}, SHIFT)
    # township 80; 农业 70, 综合 85
    assert {number: one.score for number, one in told.items()} == {"1": 80, "2": 77, "3": 83}
    shift = told["2"].shift
    assert shift is not None
    assert (shift.module, shift.township_mean, shift.module_mean) == ("综合", 80, 85)


def test_mean_shift_leaves_a_missing_score_missing_and_out_of_every_mean() -> None:
    scores = {"1": scored("70"), "2": scored("90"), "3": scored(None)}
    told = calibrated(scores, {"1": "农业", "2": "综合", "3": "综合"}, SHIFT)
    assert {number: one.score for number, one in told.items()} == {"1": 80, "2": 80, "3": None}


def test_mean_shift_keeps_within_nought_and_a_hundred() -> None:
    scores = {"1": scored("100"), "2": scored("0"), "3": scored("100"), "4": scored("100")}
    told = calibrated(scores, {"1": "农业", "2": "农业", "3": "综合", "4": "综合"}, SHIFT)
    # township 75; 农业 50, 综合 100
    assert {number: one.score for number, one in told.items()} == {"1": 100, "2": 25, "3": 75, "4": 75}


def test_mean_shift_leaves_a_cadre_in_no_module_alone() -> None:
    scores = {"1": scored("70"), "2": scored("90")}
    told = calibrated(scores, {"1": None, "2": "综合"}, SHIFT)
    assert {number: one.score for number, one in told.items()} == {"1": 70, "2": 80}
