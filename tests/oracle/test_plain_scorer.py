"""The independent scorer against the two published results, against sums done by hand, and its townships."""

import json
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from .plain_scorer import Row, Sheets, Township, read_ratings, read_township, round2, score, voices_of
from .townships import as_of_days, random_plan, random_township, write_ratings, write_township

DATA = Path(__file__).parent.parent / "data"
LAST = date(2026, 12, 31)
VILLAGE, OTHER = "330825999201", "330825999202"


@pytest.mark.parametrize(
    ("name", "as_of"), [("expected.json", LAST), ("expected-2026-05-20.json", date(2026, 5, 20))]
)
def test_the_scorer_gives_the_published_results_of_the_real_township(name: str, as_of: date) -> None:
    expected = json.loads((DATA / name).read_text(encoding="utf-8"))
    result = score(read_township(DATA / "township.xlsx"), read_ratings(DATA / "ratings.csv"), as_of)
    assert result == expected
    assert list(result["teams"]) == list(expected["teams"])


# -- by hand -----------------------------------------------------------------------------------------------------


def cadre(code: str, **more: Any) -> Row:
    return {"工号": code, "姓名": "甲", "组别": "一般干部", "岗位": "岗位", "模块": "模块", **more}


def a_township(**sheets: list[Row]) -> Sheets:
    """A year, two villages linked by one team, one post, one module; more tables as given."""
    facts = {"乡镇": "试验镇", "周期开始": date(2026, 1, 1), "周期结束": LAST}
    return {
        "考评": [{"项目": key, "内容": value} for key, value in facts.items()],
        "村社": [{"村社代码": VILLAGE, "户数": 100}, {"村社代码": OTHER, "户数": 100}],
        "岗位": [{"岗位名称": "岗位", "系数": Decimal("1.1")}],
        "模块": [{"模块名称": "模块"}],
        "组团": [{"组团名称": "组团", "团长工号": "1"}],
        "组团联村": [{"组团名称": "组团", "村社代码": VILLAGE}, {"组团名称": "组团", "村社代码": OTHER}],
        "干部": [cadre("1")],
        **sheets,
    }


def task(code: str, mark: Any, weight: Any = 1) -> Row:
    return {"工号": code, "岗位": "岗位", "任务": "任务", "权重": weight, "完成得分": mark}


def annual(code: str, day: date, mark: Any) -> Row:
    return {"工号": code, "类别": "年度", "日期": day, "得分": mark}


def rating(who: str | None, channel: str, level: str, when: str = "2026-02-01T10:00:00") -> Row:
    row: Row = {"村社代码": VILLAGE, "评价人": who, "渠道": channel, "时间": datetime.fromisoformat(when)}
    return {**row, "走访": None, "联系": None, "办事": None, "总体": level, "意见": None}


def only(result: dict[str, Any]) -> dict[str, Any]:
    (entry,) = result["cadres"]
    return dict(entry)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [("0.005", "0.01"), ("0.0049999", "0"), ("84.125", "84.13"), ("84.135", "84.14"), ("99.995", "100")],
)
def test_halves_are_rounded_up(value: str, rounded: str) -> None:
    assert round2(Fraction(value)) == Fraction(rounded)


def test_a_half_cent_of_a_post_score_goes_up() -> None:
    # 70.05 x 1.1 = 77.055
    assert only(score(a_township(岗位任务=[task("1", Decimal("70.05"))]), [], LAST))["post"] == "77.06"


def test_what_is_missing_is_named_and_drops_out_of_the_total() -> None:
    entry = only(score(a_township(岗位任务=[task("1", 70), task("1", None, 99)]), [], LAST))
    assert (entry["total"], entry["missing"], entry["rank"]) == ("77.00", ["module", "team"], 1)


def test_a_cadre_without_any_dimension_has_no_total_and_stands_last() -> None:
    sheets = a_township(干部=[cadre("1"), cadre("2")], 岗位任务=[task("2", 70)])
    first, second = score(sheets, [], LAST)["cadres"]
    assert (first["工号"], second["工号"]) == ("2", "1")
    assert (second["total"], second["rank"], second["group_rank"]) == (None, None, None)


def test_a_flood_of_anonymous_voices_weighs_no_more_than_its_bound() -> None:
    # Two verified voices of 100; 40 anonymous of 0 would weigh 20 and are held to 10 + 2 = 12.
    # mean = 200 / 14; V of the flooded village = (200 + 10 * 200/14) / 24; of the silent one the mean itself.
    voices = [rating("a", "微信", "非常满意"), rating("b", "纸质", "非常满意")]
    voices += [rating(f"x{n}", "匿名", "非常不满意") for n in range(40)]
    mean = Fraction(200, 14)
    mass = ((200 + 10 * mean) / 24 + mean) / 2
    result = score(a_township(), voices, LAST)
    assert result["teams"]["组团"]["mass"] == f"{float(mass):.2f}" == "14.29"
    township = Township(a_township(), LAST, None)
    assert sum(voice.weight for voice in voices_of(township, voices) if voice.channel == "匿名") == 12


def test_anonymous_voices_within_the_bound_weigh_a_half_each() -> None:
    # One verified 100, four anonymous 0: mean = 100 / 3 = V everywhere.
    voices = [rating("a", "微信", "非常满意"), *(rating(f"x{n}", "匿名", "非常不满意") for n in range(4))]
    assert score(a_township(), voices, LAST)["teams"]["组团"]["mass"] == "33.33"


def test_a_plan_without_a_verified_channel_has_no_bound() -> None:
    # One paper 100, 49 anonymous 0: mean = 100 / 50 = V everywhere.
    voices = [rating("a", "纸质", "非常满意"), *(rating(f"x{n}", "匿名", "非常不满意") for n in range(49))]
    assert score(a_township(), voices, LAST, {"verified": "none"})["teams"]["组团"]["mass"] == "2.00"


def test_of_one_respondent_only_the_latest_rating_with_a_value_counts() -> None:
    voices = [
        rating("a", "微信", "非常满意", "2026-02-03T10:00:00"),
        rating("a", "纸质", "非常不满意", "2026-02-02T10:00:00"),
        rating("a", "微信", "没接触过", "2026-02-04T10:00:00"),
        rating("b", "微信", "满意"),
        rating("b", "微信", "基本满意"),
    ]
    assert score(a_township(), voices, LAST)["teams"]["组团"]["mass"] == "85.00"  # (100 + 70) / 2


def test_ratings_without_a_respondent_are_each_a_voice_of_their_own() -> None:
    voices = [
        rating(None, "微信", "非常满意"),
        rating(None, "微信", "基本满意"),
        rating(None, "微信", "基本满意"),
    ]
    assert score(a_township(), voices, LAST)["teams"]["组团"]["mass"] == "80.00"  # (100 + 70 + 70) / 3


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 12, 31), "77.00"),  # before the period: the row already says where the cadre began
        (date(2026, 2, 28), "72.00"),  # in the period: it holds from the first day on
        (date(2026, 3, 1), "72.00"),  # on the first day
        (date(2027, 3, 1), "77.00"),  # after the last one
    ],
)
def test_a_move_of_the_period_holds_from_its_day_or_the_first_day_of_service_on(
    day: date, expected: str
) -> None:
    sheets = a_township(
        干部=[cadre("1", 开始=date(2026, 3, 1))],
        岗位=[{"岗位名称": "岗位", "系数": Decimal("1.1")}, {"岗位名称": "新岗", "系数": Decimal("0.9")}],
        调动=[{"工号": "1", "日期": day, "新岗位": "新岗", "新模块": None}],
        岗位任务=[task("1", 70), {**task("1", 80), "岗位": "新岗"}],
    )
    assert only(score(sheets, [], LAST))["post"] == expected


def test_equal_totals_share_a_rank_and_the_next_is_skipped() -> None:
    marks = {"4": 60, "3": 70, "2": 80, "1": 70}
    cadres = [cadre(code, 组别="班子成员" if code == "1" else "一般干部") for code in marks]
    sheets = a_township(干部=cadres, 岗位任务=[task(code, mark) for code, mark in marks.items()])
    ranks = [(row["工号"], row["rank"], row["group_rank"]) for row in score(sheets, [], LAST)["cadres"]]
    assert ranks == [("2", 1, 1), ("1", 2, 1), ("3", 2, 2), ("4", 4, 3)]


def test_a_leaver_is_scored_by_the_last_day_of_service() -> None:
    # Holds the post for 90 days, then another to 30 June (91 days): (77*90 + 72*91) / 181 = 74.4861...
    leaver = cadre("1", 结束=date(2026, 6, 30))
    sheets = a_township(
        干部=[leaver],
        岗位=[{"岗位名称": "岗位", "系数": Decimal("1.1")}, {"岗位名称": "新岗", "系数": Decimal("0.9")}],
        调动=[{"工号": "1", "日期": date(2026, 4, 1), "新岗位": "新岗", "新模块": None}],
        岗位任务=[task("1", 70), {**task("1", 80), "岗位": "新岗"}],
        模块评分=[annual("1", date(2026, 6, 30), 90), annual("1", date(2026, 7, 1), 10)],
        模块PK=[{"日期": date(2026, 7, 1), "比赛": "比赛", "模块名称": "模块", "加减分": 2}],
        组团成员=[{"组团名称": "组团", "工号": "1"}],
        治理评分=[{"组团名称": "组团", "事项": "平安建设", "权重": 1, "得分": 85}],
    )
    entry = only(score(sheets, [], LAST))
    assert (entry["post"], entry["module"], entry["team"]) == ("74.49", "90.00", "85.00")
    # (40*74.49 + 30*90 + 30*85) / 100
    assert entry["total"] == "82.30"
    assert only(score(sheets, [], date(2026, 3, 31)))["post"] == "77.00"


def test_a_cadre_who_left_before_the_period_is_not_listed() -> None:
    gone = cadre("1", 开始=date(2025, 1, 1), 结束=date(2025, 12, 31))
    assert score(a_township(干部=[gone, cadre("2", 不参评="是")]), [], LAST)["cadres"] == []


def test_the_leaders_own_factor_is_one_and_anothers_is_held_at_a_hundred() -> None:
    member = {"组团名称": "组团", "个人系数": Decimal("1.1")}
    sheets = a_township(
        干部=[cadre("1"), cadre("2")],
        组团成员=[{**member, "工号": "1"}, {**member, "工号": "2"}],
        治理评分=[{"组团名称": "组团", "事项": "平安建设", "权重": 1, "得分": 95}],
    )
    assert {row["工号"]: row["team"] for row in score(sheets, [], LAST)["cadres"]} == {
        "1": "95.00",
        "2": "100.00",
    }


def case(opened: str, answered: str | None = None, finished: str | None = None, **more: Any) -> Row:
    times = {"提出时间": opened, "响应时间": answered, "办结时间": finished}
    typed = {key: text and datetime.fromisoformat(text) for key, text in times.items()}
    return {"编号": "1", "村社代码": VILLAGE, **typed, **more}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (case("2026-03-01T00:00", "2026-03-02T00:00", "2026-03-09T00:00"), "100.00"),  # exactly 24 h
        (case("2026-03-01T00:00", "2026-03-02T00:00:01", "2026-03-09T00:00"), "0.00"),
        (case("2026-03-30T12:00", "2026-03-31T11:00"), "100.00"),
        (case("2026-03-31T00:00", "2026-04-01T00:00"), "0.00"),  # over with the day, the answer not yet known
        (case("2026-03-31T00:01"), None),  # its 24 h are not over
        (case("2026-04-01T00:00"), None),  # opened after the day
        (case("2025-12-31T12:00"), None),  # opened before the period
        (case("2026-03-31T08:00", 不计="是"), None),
        (case("2026-03-31T08:00", None, "2026-03-31T09:00", 群众确认="是"), "100.00"),
        (case("2026-03-31T08:00", None, "2026-03-31T09:00", 群众确认="否", 满意度=4), "36.43"),  # 30*85 / 70
        (case("2026-03-31T08:00", None, "2026-04-01T00:00", 群众确认="是", 满意度=4), None),
        (case("2026-03-17T00:00", "2026-03-17T01:00", 群众确认="是"), "42.86"),  # 15 days are over: 30 / 70
        (case("2026-03-17T00:01", "2026-03-17T01:00", 群众确认="是"), "100.00"),
    ],
)
def test_the_clocks_of_a_case_stop_at_the_end_of_the_day(row: Row, expected: str | None) -> None:
    assert score(a_township(诉求=[row]), [], date(2026, 3, 31))["teams"]["组团"]["cases"] == expected


def test_tiers_compare_the_highest_post_held_with_the_top_one() -> None:
    sheets = a_township(岗位=[{"岗位名称": name, "系数": 1} for name in ("岗位", "高岗")])
    plan = {"post_mode": "tier", "tiers": {"岗位": 16, "高岗": 20}}
    assert only(score(sheets, [], LAST, plan))["post"] == "80.00"
    sheets["兼岗"] = [{"工号": "1", "岗位": "高岗", "开始": LAST}]
    assert only(score(sheets, [], LAST, plan))["post"] == "100.00"
    assert only(score(sheets, [], date(2026, 12, 30), plan))["post"] == "80.00"


def test_mean_shift_takes_out_a_strict_leader() -> None:
    # Township mean 80; module means 70 and 85.
    sheets = a_township(
        干部=[cadre("1", 模块="严"), cadre("2"), cadre("3")],
        模块评分=[annual(code, LAST, mark) for code, mark in (("1", 70), ("2", 82), ("3", 88))],
    )
    result = score(sheets, [], LAST, {"calibration": "mean_shift"})
    assert {row["工号"]: row["module"] for row in result["cadres"]} == {
        "1": "80.00",
        "2": "77.00",
        "3": "83.00",
    }


# -- the random townships ----------------------------------------------------------------------------------------

SEEDS = range(40)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_random_township_survives_its_files_with_the_same_scores(seed: int, tmp_path: Path) -> None:
    sheets, ratings = random_township(seed)
    write_township(sheets, tmp_path / "township.xlsx")
    write_ratings(ratings, tmp_path / "ratings.csv")
    sheets_read, ratings_read = (
        read_township(tmp_path / "township.xlsx"),
        read_ratings(tmp_path / "ratings.csv"),
    )
    assert sheets_read == {name: rows for name, rows in sheets.items() if rows}
    assert ratings_read == ratings
    for as_of in as_of_days(sheets, seed):
        assert score(sheets_read, ratings_read, as_of) == score(sheets, ratings, as_of)


def test_the_same_seed_makes_the_same_township() -> None:
    assert random_township(7, "medium") == random_township(7, "medium")
    assert random_township(7) != random_township(8)


def test_no_village_of_a_random_township_has_two_teams_on_a_day() -> None:
    for seed in SEEDS:
        sheets, _ = random_township(seed)
        facts = {row["项目"]: row["内容"] for row in sheets["考评"]}
        seen: dict[str, list[tuple[date, date]]] = defaultdict(list)
        for link in sheets["组团联村"]:
            span = (link["开始"] or facts["周期开始"], link["结束"] or facts["周期结束"])
            assert all(span[1] < other[0] or other[1] < span[0] for other in seen[link["村社代码"]])
            seen[link["村社代码"]].append(span)


def test_every_span_of_a_random_township_ends_after_it_starts() -> None:
    for seed in SEEDS:
        sheets, _ = random_township(seed, "medium")
        facts = {row["项目"]: row["内容"] for row in sheets["考评"]}
        for name in ("干部", "兼岗", "组团成员", "组团联村", "专班"):
            for row in sheets[name]:
                assert (row["开始"] or facts["周期开始"]) <= (row["结束"] or facts["周期结束"])
        for row in sheets["诉求"]:
            assert all(row[key] is None or row[key] >= row["提出时间"] for key in ("响应时间", "办结时间"))
        assert not any(row["评分人"] == row["工号"] for row in sheets["模块评分"])


def test_random_townships_reach_the_corners_of_the_rules() -> None:
    seen: set[str] = set()
    for seed in SEEDS:
        sheets, ratings = random_township(seed)
        result = score(sheets, ratings, LAST + timedelta(days=400))
        voices = voices_of(Township(sheets, LAST + timedelta(days=400), None), ratings)
        listed = {row["工号"] for row in result["cadres"]}
        corners = {
            "bound": any(voice.weight not in (1, Fraction(1, 2)) for voice in voices),
            "unlinked": len({row["村社代码"] for row in sheets["组团联村"]}) < len(sheets["村社"]),
            "team without score": any(team["score"] is None for team in result["teams"].values()),
            "provisional": any(row["missing"] and row["total"] for row in result["cadres"]),
            "nothing": any(row["total"] is None for row in result["cadres"]),
            "unlisted": any(row["工号"] not in listed for row in sheets["干部"]),
            "bonus cap": any(row["bonus"] == "5.00" for row in result["cadres"]),
            "above 100": any(row["total"] and float(row["total"]) > 100 for row in result["cadres"]),
            "nobody's rating": any(row["评价人"] is None for row in ratings),
            "silent quarter": len({voice.quarter for voice in voices}) < 4,
            "two moves on a day": len({(row["工号"], row["日期"]) for row in sheets["调动"]})
            < len(sheets["调动"]),
        }
        seen |= {name for name, reached in corners.items() if reached}
        assert set(corners) >= seen
    assert seen == set(corners)


def test_a_random_plan_can_be_scored_by() -> None:
    for seed in SEEDS:
        sheets, ratings = random_township(seed)
        result = score(sheets, ratings, as_of_days(sheets, seed)[-1], random_plan(seed, sheets))
        assert len(result["teams"]) == len(sheets["组团"])
