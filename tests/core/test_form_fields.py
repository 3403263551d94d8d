"""A township's own form: what may be chosen, and a sentence for whatever may not."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import form_fields
from portal.core.book import VillageKind
from portal.core.form import STANDARD, Edition, Question, wording
from portal.core.form_catalogue import CATALOGUE, OVERALL, place_of
from portal.core.form_fields import Part, fields, fields_of, lines, read, seen_of, typed_of

TOWN = "塔石镇"
RESERVED = {"村社代码", "评价人", "渠道", "时间", "意见", "状态", "问卷"}
NO_QUESTION = {"comment", "private", "key", "want_reply"}  # other things that a form posts


def typed(*asked: str, **changes: str) -> dict[str, str]:
    """What would be typed to ask these questions and 总体 as the catalogue has them, but for the changes."""
    usual = typed_of(STANDARD, TOWN)
    boxes = {field.key: "" for field in fields() if field.part is Part.USE}
    return {**usual, **boxes, **{f"use_{key}": "y" for key in asked}, **changes}


def made(*asked: str, **changes: str) -> Edition:
    edition, faults = read(typed(*asked, **changes), TOWN)
    assert edition is not None, faults
    return edition


def faults(*asked: str, **changes: str) -> dict[str, str]:
    edition, found = read(typed(*asked, **changes), TOWN)
    assert edition is None
    return found


# -- the catalogue -------------------------------------------------------------------------------------------------


def test_the_catalogue_holds_the_standard_form_and_ends_with_the_overall_question() -> None:
    keys = [question.key for question in CATALOGUE]
    assert [key for key in keys if STANDARD.question(key)] == [
        question.key for question in STANDARD.questions
    ]
    assert CATALOGUE[-1] == OVERALL
    assert [question.key for question in CATALOGUE if question.required] == ["overall"]


def test_every_question_has_a_key_and_a_column_of_its_own() -> None:
    assert len({question.key for question in CATALOGUE}) == len(CATALOGUE)
    assert len({question.column for question in CATALOGUE}) == len(CATALOGUE)
    assert not {question.column for question in CATALOGUE} & RESERVED
    assert not {question.key for question in CATALOGUE} & NO_QUESTION
    assert all(re.fullmatch("[a-z]{3,12}", question.key) for question in CATALOGUE)


@pytest.mark.parametrize("question", CATALOGUE, ids=lambda question: question.key)
def test_options_fall_from_the_best_and_what_says_nothing_stands_last(question: Question) -> None:
    points = [option.points for option in question.options]
    there = [one for one in points if one is not None]
    assert points[: len(there)] == there
    assert len(points) - len(there) <= 1
    assert there == sorted(set(there), reverse=True)
    assert (there[0], there[-1]) == (100, 0)
    assert len({option.words for option in question.options}) == len(points)


@pytest.mark.parametrize("question", CATALOGUE, ids=lambda question: question.key)
def test_a_question_of_the_catalogue_asks_one_short_thing_and_would_pass_as_a_wording_of_ones_own(
    question: Question,
) -> None:
    for kind in VillageKind:
        text = wording(question, kind, "龙洲街道")
        assert len(text) <= form_fields.LONGEST_TEXT
        assert text.count("？") == 1
        assert text.endswith("？")
        assert not set("{}") & set(text)


def test_a_question_that_the_catalogue_lost_stands_before_the_last() -> None:
    assert sorted(["overall", "lost", "visited", "manner"], key=place_of) == [
        *("visited", "manner", "lost", "overall"),
    ]


# -- what is typed ---------------------------------------------------------------------------------------------------


def test_the_standard_form_as_typed_is_the_standard_form() -> None:
    assert read(typed_of(STANDARD, TOWN), TOWN) == (STANDARD, {})
    assert made("solved", "visited", "contact") is STANDARD


def test_questions_stand_in_the_catalogues_order_and_the_overall_one_last_whatever_is_typed() -> None:
    edition = made("manner", "visited", use_overall="")
    assert [question.key for question in edition.questions] == ["visited", "manner", "overall"]
    assert edition.questions[-1].required


def test_weights_and_points_are_what_was_typed_also_in_full_width() -> None:
    edition = made("solved", weight_solved=" ７５ ", points_solved_doing="100", points_solved_ignored="１")
    solved = edition.questions[0]
    assert solved.weight == 75
    assert [(option.key, option.points) for option in solved.options] == [
        *(("done", 100), ("doing", 100), ("ignored", 1), ("none", None)),
    ]


def test_a_wording_of_ones_own_says_in_a_community_what_it_calls_its_cadres() -> None:
    own = made("visited", text_visited="镇里的联村干部来村里的时候，您找过联村干部吗？")
    assert (
        wording(own.questions[0], VillageKind.VILLAGE, TOWN)
        == "镇里的联村干部来村里的时候，您找过联村干部吗？"
    )
    community = wording(own.questions[0], VillageKind.COMMUNITY, TOWN)
    assert community == "镇里的联社区干部来社区的时候，您找过联社区干部吗？"


def test_the_overall_question_keeps_its_words() -> None:
    own = made("visited", text_overall="您支持联村干部吗？", weight_overall="50")
    assert (own.questions[-1].text, own.questions[-1].weight) == (OVERALL.text, 50)


def test_equal_definitions_have_one_key() -> None:
    assert made("visited", "manner") == made("manner", "visited")
    assert made("visited").key != made("visited", points_visited_no="1").key
    assert made("visited").key != made("visited", text_visited="镇里有人来过吗？").key


@given(
    st.sets(st.sampled_from([question.key for question in CATALOGUE[:-1]]), min_size=1, max_size=5), st.data()
)
def test_whatever_can_be_made_comes_back_from_what_would_be_typed(
    asked: set[str], data: st.DataObject
) -> None:
    changes: dict[str, str] = {}
    for question in CATALOGUE:
        parts = [field for field in fields_of(question) if field.part is Part.POINTS]
        points = sorted(
            data.draw(st.lists(st.integers(0, 100), min_size=len(parts), max_size=len(parts))), reverse=True
        )
        if points[0] != points[-1]:
            changes |= {field.key: str(number) for field, number in zip(parts, points, strict=True)}
        changes[f"weight_{question.key}"] = str(data.draw(st.integers(1, 100)))
    edition = made(*asked, **changes)
    assert read(typed_of(edition, TOWN), TOWN) == (edition, {})


# -- what may not be -------------------------------------------------------------------------------------------------


HIGHER = "总体：选项从好到差排，“基本满意”的 70 分不能比“满意”的 60 分高。"
ALIKE = "走访：各个选项不能都是一样的分，那样分不出好坏。"
AT = {HIGHER: "points_overall_3", ALIKE: "points_visited_yes"}  # where it isn't told at what was changed


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"weight_visited": ""}, "走访：权重要填 1–100 的整数，现在是空的。"),
        ({"weight_visited": "0"}, "走访：权重要填 1–100 的整数，“0”不行。"),
        ({"weight_visited": "101"}, "走访：权重要填 1–100 的整数，“101”不行。"),
        ({"weight_visited": "2.5"}, "走访：权重要填 1–100 的整数，“2.5”不行。"),
        ({"points_visited_yes": "101"}, "走访：“来过”的分要填 0–100 的整数，“101”不行。"),
        ({"points_visited_no": "-1"}, "走访：“没来过”的分要填 0–100 的整数，“-1”不行。"),
        ({"points_visited_no": "９９９９９"}, "走访：“没来过”的分要填 0–100 的整数，“９９９９９”不行。"),
        ({"points_overall_4": "60"}, HIGHER),
        ({"points_visited_no": "100"}, ALIKE),
        ({"text_visited": "  "}, "走访：问法不能空着。"),
        ({"text_visited": "来" * 41}, "走访：问法最多 40 个字，现在有 41 个。"),
        (
            {"text_visited": "来过\u202e吗？"},
            "走访：问法只能写普通的文字，不能有换行、花括号和看不见的字符。",
        ),
        (
            {"text_visited": "{who.real}来过吗？"},
            "走访：问法只能写普通的文字，不能有换行、花括号和看不见的字符。",
        ),
        ({"text_visited": "来过吗？满意吗？"}, "走访：问法一题只问一件事，只能有一个问号。"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(change: dict[str, str], words: str) -> None:
    assert faults("visited", **change) == {AT.get(words, next(iter(change))): words}


def test_a_wording_of_forty_characters_is_not_too_long() -> None:
    assert len(wording(made("visited", text_visited="来" * 40).questions[0], VillageKind.VILLAGE, TOWN)) == 40


def test_too_few_and_too_many_questions_are_told_at_the_first() -> None:
    assert faults() == {"use_visited": "一份问卷 2–6 题，连“总体”在内，现在是 1 题，请再选一题。"}
    many = faults("visited", "contact", "asked", "policy", "warned", "helped")
    assert many == {"use_visited": "一份问卷 2–6 题，连“总体”在内，现在是 7 题，请去掉几题。"}
    assert len(made("visited", "contact", "asked", "policy", "warned").questions) == 6


def test_nobody_is_asked_the_same_twice() -> None:
    told = faults("replied", "solved", text_solved="您反映过的事，多久有人回话？")
    assert told == {"text_solved": "办事：问法和“回话”一样，一句话只问一次。"}


def test_every_fault_is_told_at_once_and_what_is_not_asked_is_not_looked_at() -> None:
    told = faults("visited", weight_visited="x", text_visited="", weight_overall="", weight_manner="x")
    assert set(told) == {"weight_visited", "text_visited", "weight_overall"}


# -- how it is told --------------------------------------------------------------------------------------------------


def test_a_form_is_told_question_by_question_in_words() -> None:
    told = lines(made("visited", points_visited_no="5"), TOWN)
    assert [line.column for line in told] == ["走访", "总体"]
    assert told[0].words == (
        "最近三个月，镇里的联村干部到村里或您家来过吗？（权重 20）来过 100、没来过 5、不清楚 不计分"
    )


def test_what_two_people_are_held_against_each_other_by_is_what_is_asked() -> None:
    before, after = seen_of(made("visited"), TOWN), seen_of(made("visited", "manner"), TOWN)
    assert {key for key in after if after.get(key) != before.get(key)} == {
        *("use_manner", "text_manner", "weight_manner"),
        *(f"points_manner_{key}" for key in ("good", "fair", "poor")),
    }
    assert (before["use_manner"], after["use_manner"]) == ("", "y")
