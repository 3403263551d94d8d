"""Charts as places and sizes: shares of the width, rem downwards, and a table that says the same."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.charts import (
    LONGEST_LABEL,
    MOST_POINTS,
    SERIES,
    Bar,
    Pair,
    bar_chart,
    dot_chart,
    line_chart,
    stack_chart,
)


def percent(place: str) -> float:
    assert re.fullmatch(r"\d+\.\d\d%", place), place
    return float(place[:-1])


def rem(size: str) -> float:
    assert size.endswith("rem")
    return float(size[:-3])


def test_each_bar_stands_on_its_own_full_mark_with_a_tick_at_the_median() -> None:
    chart = bar_chart("得分", [Bar("岗位", 91, 100, "91.00", 86, "86.00"), Bar("加分", 4, 5, "4.00")])
    first, second = chart.bars
    assert (first.width, first.tick, first.text) == ("91.00%", "86.00%", "91.00 / 100")
    assert (second.width, second.tick, second.text) == ("80.00%", "", "4.00 / 5")
    assert chart.ticked
    assert chart.table.heads == ("项目", "得分", "满分", "中位数")
    assert chart.table.rows == (("岗位", "91.00", "100", "86.00"), ("加分", "4.00", "5", "—"))


def test_without_medians_there_is_neither_tick_nor_column() -> None:
    chart = bar_chart("收到", [Bar("村", 1, 2, "1")], "村社")
    assert not chart.ticked
    assert chart.table.heads == ("村社", "得分", "满分")


@given(st.fractions(-1000, 1000), st.fractions(0, 1000))
def test_a_bar_never_leaves_its_box(value: Fraction, full: Fraction) -> None:
    (bar,) = bar_chart("x", [Bar("x", value, full, "x", value)]).bars
    assert 0 <= percent(bar.width) <= 100
    assert bar.tick == bar.width


def test_a_long_label_is_cut_in_the_drawing_and_whole_in_the_table() -> None:
    name = "名字长得一行放不下的村民委员会"
    chart = bar_chart("x", [Bar(name, 1, 2, "1")])
    assert len(chart.bars[0].label) == LONGEST_LABEL
    assert chart.bars[0].label.endswith("…")
    assert chart.table.rows[0][0] == name


@given(st.lists(st.integers(0, 10_000), min_size=5, max_size=5))
def test_the_levels_of_a_stack_follow_each_other_and_fill_the_width(counts: list[int]) -> None:
    chart = stack_chart("x", "一二三四五", [("村", counts)])
    levels = chart.stacks[0].levels
    assert len(levels) == sum(1 for count in counts if count)
    end = 0.0
    for level in levels:
        assert percent(level.x) == pytest.approx(end, abs=0.02)
        end = percent(level.x) + percent(level.width)
    assert end == pytest.approx(100 if sum(counts) else 0, abs=0.02)
    assert chart.table.rows[0] == ("村", *map(str, counts), str(sum(counts)))


def test_a_narrow_level_has_no_number_inside_and_a_level_keeps_its_colour() -> None:
    chart = stack_chart("x", "一二三", [("甲", (97, 0, 3)), ("乙", (0, 0, 1))])
    assert [level.words for level in chart.stacks[0].levels] == ["97", ""]
    assert chart.stacks[0].levels[1].colour == chart.stacks[1].levels[0].colour == SERIES[2]
    assert chart.key == tuple(zip(SERIES[:3], "一二三", strict=True))


def test_more_levels_than_colours_are_refused() -> None:
    with pytest.raises(ValueError, match="6 levels"):
        stack_chart("x", "一二三四五六", [])


def test_a_line_runs_from_point_to_point_higher_for_more() -> None:
    chart = line_chart("x", [("一", 60, "60"), ("二", 100, "100"), ("三", 80, "80")], 60, 100)
    first, second, third = chart.points
    assert (first.to_x, first.to_y) == (second.x, second.y)
    assert third.to_x == ""
    assert rem(second.y) < rem(third.y) < rem(first.y)
    assert (chart.low, chart.high, chart.width) == ("60", "100", "")
    assert chart.table.rows == (("一", "60"), ("二", "100"), ("三", "80"))


def test_many_points_make_a_chart_wider_than_a_phone() -> None:
    points = [(str(at), at, str(at)) for at in range(MOST_POINTS + 1)]
    assert line_chart("x", points[:-1], 0, 9).width == ""
    assert rem(line_chart("x", points, 0, 9).width) > 20


def test_no_point_at_all_is_a_chart_without_points() -> None:
    assert line_chart("x", [], 0, 1).points == ()
    assert bar_chart("x", []).bars == ()


def test_dots_share_one_scale_and_leave_room_for_their_marks() -> None:
    chart = dot_chart(
        "x", [Pair("甲", 0, "0", 100, "100"), Pair("乙", 50, "50", 500, "500")], ("今年", "去年"), 0, 100
    )
    assert [(row.x, row.other_x) for row in chart.dots] == [("4.00%", "96.00%"), ("50.00%", "96.00%")]
    assert chart.table.heads == ("项目", "今年", "去年")


@pytest.mark.parametrize("high", [1, 0])
def test_a_scale_must_rise(high: int) -> None:
    with pytest.raises(ValueError, match="below"):
        line_chart("x", [], 1, high)
    with pytest.raises(ValueError, match="below"):
        dot_chart("x", [], ("a", "b"), 1, high)
