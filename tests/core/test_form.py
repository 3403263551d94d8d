"""What an answer is worth, and how a form is worded, kept and read again."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core import form
from portal.core.book import VillageKind
from portal.core.days import Span
from portal.core.form import STANDARD, Answers
from tests.core.worlds import ANSWERS

OVERALL = STANDARD.questions[-1]


def test_the_value_of_a_rating_is_the_weighted_mean_of_its_points() -> None:
    answers = (("visited", "yes"), ("contact", "no"), ("solved", "doing"), ("overall", "4"))
    # (20*100 + 10*0 + 30*60 + 40*85) / 100
    assert STANDARD.value(answers) == 72


def test_a_question_left_open_takes_its_weight_with_it() -> None:
    # (20*100 + 40*70) / 60
    assert STANDARD.value((("visited", "yes"), ("overall", "3"))) == 80


def test_an_option_without_points_counts_as_not_answered() -> None:
    answers = (("visited", "unsure"), ("solved", "none"), ("overall", "2"))
    assert STANDARD.value(answers) == 40


def test_a_rating_without_any_points_has_no_value() -> None:
    assert STANDARD.value(()) is None
    assert STANDARD.value((("visited", "unsure"), ("solved", "none"), ("overall", "unknown"))) is None


def test_a_rating_without_the_obligatory_answer_has_a_value_all_the_same() -> None:
    assert STANDARD.value((("contact", "yes"),)) == 100


@pytest.mark.parametrize("answers", [(("overall", "6"),), (("weather", "fine"),)])
def test_an_answer_that_the_form_does_not_have_is_refused(answers: Answers) -> None:
    with pytest.raises(ValueError, match="has no answer"):
        STANDARD.value(answers)


def test_the_standard_form_has_the_points_of_the_rules() -> None:
    points = {question.key: [option.points for option in question.options] for question in STANDARD.questions}
    assert points == {
        "visited": [100, 0, None],
        "contact": [100, 0],
        "solved": [100, 60, 0, None],
        "overall": [100, 85, 70, 40, 0, None],
    }
    assert [question.weight for question in STANDARD.questions] == [20, 10, 30, 40]
    assert [question.key for question in STANDARD.questions if question.required] == ["overall"]


def test_the_levels_of_a_request_are_worth_what_they_are_worth_on_the_form() -> None:
    levels = {option.key: option.points for option in OVERALL.options if option.points is not None}
    assert {str(level): points for level, points in form.LEVEL_POINTS.items()} == levels


def test_equal_ratings_have_one_spelling() -> None:
    one = STANDARD.canonical({"overall": "5", "visited": "yes", "contact": ""})
    assert one == (("visited", "yes"), ("overall", "5"))


@given(ANSWERS)
def test_answers_come_back_from_their_text(answers: Answers) -> None:
    assert form.answers_of(form.answers_text(answers)) == answers


def test_a_form_comes_back_from_its_json() -> None:
    assert form.from_json(json.loads(json.dumps(form.to_json(STANDARD)))) == STANDARD


def weighted(weight: int) -> form.Edition:
    return form.own_edition((replace(OVERALL, weight=weight),))


def test_equal_forms_have_one_key_and_others_another() -> None:
    assert weighted(7) == weighted(7)
    assert weighted(7).key != weighted(8).key
    assert form.title(weighted(7).key).startswith("自定问卷")
    assert form.title(STANDARD.key) == "标准问卷"


def test_a_day_has_the_form_of_its_period_and_else_the_standard_one() -> None:
    own = weighted(7)
    spring = Span(date(2026, 1, 1), date(2026, 3, 31))
    forms = form.InForce({STANDARD.key: STANDARD, own.key: own}, ((spring, own.key),))
    assert [forms.on(day) for day in (spring.first, spring.last)] == [own, own]
    assert [forms.on(date(2025, 12, 31)), forms.on(date(2026, 4, 1))] == [STANDARD, STANDARD]


@given(ANSWERS, st.sampled_from([question.key for question in STANDARD.questions]))
def test_one_more_best_answer_never_lowers_a_value_and_one_more_worst_never_raises_it(
    answers: Answers, key: str
) -> None:
    question = STANDARD.question(key)
    assert question is not None
    rest = {asked: chosen for asked, chosen in answers if asked != key}
    before = STANDARD.value(STANDARD.canonical(rest))
    there = [option for option in question.options if option.points is not None]
    best, worst = there[0].key, next(option.key for option in there if option.points == 0)
    higher = STANDARD.value(STANDARD.canonical({**rest, key: best}))
    lower = STANDARD.value(STANDARD.canonical({**rest, key: worst}))
    assert higher is not None
    assert lower is not None
    assert Fraction(0) <= lower <= higher <= 100
    if before is not None:
        assert lower <= before <= higher


@pytest.mark.parametrize(
    ("kind", "township", "expected"),
    [
        (VillageKind.VILLAGE, "塔石镇", "最近三个月，镇里的联村干部到村里或您家来过吗？"),
        (VillageKind.COMMUNITY, "塔石镇", "最近三个月，镇里的联社区干部到社区或您家来过吗？"),
        (VillageKind.VILLAGE, "庙下乡", "最近三个月，乡里的联村干部到村里或您家来过吗？"),
        (VillageKind.COMMUNITY, "龙洲街道", "最近三个月，街道里的联社区干部到社区或您家来过吗？"),
    ],
)
def test_a_question_names_the_cadres_as_the_residents_do(
    kind: VillageKind, township: str, expected: str
) -> None:
    assert form.wording(STANDARD.questions[0], kind, township) == expected


def test_no_question_is_left_with_a_gap() -> None:
    for question in STANDARD.questions:
        for kind in VillageKind:
            assert not set("{}") & set(form.wording(question, kind, "塔石镇"))
