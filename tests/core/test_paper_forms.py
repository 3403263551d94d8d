"""Serials that check themselves, the mark that only the paper carries, and numbers in the place of options."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.core.form import STANDARD
from portal.core.paper_forms import (
    ALPHABET,
    LENGTH,
    answers_typed,
    folded_serial,
    is_serial,
    new_serial,
    numbered,
    option_typed,
    scan_text,
    scanned_serial,
    typed_serial,
)

SERIALS = st.integers(0, 2**32).map(lambda seed: new_serial(random.Random(seed).choice))


@given(SERIALS)
def test_a_new_serial_has_eight_characters_that_nobody_takes_for_others(serial: str) -> None:
    assert len(serial) == LENGTH
    assert is_serial(serial)
    assert not set(serial) & set("01OIL")


@given(SERIALS, st.integers(0, LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_no_serial(serial: str, place: int, wrong: str) -> None:
    typed = serial[:place] + wrong + serial[place + 1 :]
    assert is_serial(typed) is (typed == serial)


@given(SERIALS, st.integers(0, LENGTH - 1), st.integers(0, LENGTH - 1))
def test_two_characters_that_changed_places_are_no_serial(serial: str, one: int, other: int) -> None:
    typed = list(serial)
    typed[one], typed[other] = typed[other], typed[one]
    assert is_serial("".join(typed)) is ("".join(typed) == serial)


@pytest.mark.parametrize("text", ["", "ABCDEFG", "ABCDEFGHJ", "ABCD-234", "ABCDEFG0", "中文ABCDEF"])
def test_what_has_another_shape_is_no_serial(text: str) -> None:
    assert not is_serial(text)


@given(SERIALS)
def test_a_serial_may_be_typed_in_any_spelling(serial: str) -> None:
    wide = "".join(chr(ord(character) + 0xFEE0) for character in serial)
    for typed in (typed_serial(serial), serial.lower(), f" {serial[:3]} {serial[3:]} ", wide):
        assert folded_serial(typed) == serial


@given(SERIALS)
def test_a_scanned_serial_is_believed_with_its_own_mark_alone(serial: str) -> None:
    scanned = scan_text("secret", serial)
    assert scanned_serial("secret", scanned) == serial
    assert scanned_serial("another secret", scanned) is None
    other = new_serial(random.Random(serial).choice)
    assert scanned_serial("secret", other + scanned[LENGTH:]) == (serial if other == serial else None)


@pytest.mark.parametrize("text", ["", "ABCDEFGH", "ABCDEFGH-", "x" * 5000, "ABCDEFGH-234567\n"])
def test_what_no_paper_carries_is_no_serial(text: str) -> None:
    assert scanned_serial("secret", text) is None


def test_options_stand_behind_numbers_in_circles() -> None:
    told = [number + option.words for number, option in numbered(STANDARD.questions[0])]
    assert told == ["①来过", "②没来过", "③不清楚"]


@pytest.mark.parametrize(
    ("typed", "key"), [("1", "done"), ("４", "none"), (" 2 ", "doing"), ("③", "ignored"), ("02", "doing")]
)
def test_a_number_stands_for_its_option(typed: str, key: str) -> None:
    option = option_typed(STANDARD.questions[2], typed)
    assert option is not None
    assert option.key == key


@pytest.mark.parametrize("typed", ["", " ", "0", "０"])
def test_nothing_and_nought_are_no_answer(typed: str) -> None:
    assert option_typed(STANDARD.questions[2], typed) is None


@pytest.mark.parametrize("typed", ["5", "-1", "1.5", "a", "办好了", "9" * 30])
def test_a_number_that_no_option_has_is_refused(typed: str) -> None:
    with pytest.raises(LookupError):
        option_typed(STANDARD.questions[2], typed)


def test_numbers_by_question_are_answers_in_the_forms_order() -> None:
    answers, wrong = answers_typed(STANDARD, {"overall": "2", "visited": "1", "contact": "0"})
    assert answers == (("visited", "yes"), ("overall", "4"))
    assert wrong == []


def test_every_wrong_number_is_named() -> None:
    answers, wrong = answers_typed(STANDARD, {"overall": "7", "visited": "1", "contact": "x"})
    assert answers == (("visited", "yes"),)
    assert wrong == ["contact", "overall"]
