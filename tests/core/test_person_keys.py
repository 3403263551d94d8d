"""Telephone numbers and doors in one spelling, and which keys are a voice's own."""

from __future__ import annotations

import pytest

from portal.core.person_keys import (
    as_phone,
    door_key,
    folded_door,
    left_phone_key,
    paper_key,
    phone_in,
    phone_key,
)

MOBILE, LINE = "13800001111", "05707000000"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("13800001111", MOBILE),
        ("138 0000 1111", MOBILE),
        ("138-0000-1111", MOBILE),
        ("+86 138 0000 1111", MOBILE),
        ("008613800001111", MOBILE),
        ("１３８００００１１１１", MOBILE),
        ("0570-7000000", LINE),
        ("(0570) 7000000", LINE),
        ("7000000", LINE),
        ("021-61234567", "02161234567"),
        ("12345", None),
        ("1380000111", None),
        ("138000011112", None),
        ("23800001111", None),
        ("电话", None),
        ("", None),
    ],
)
def test_a_number_has_one_spelling(typed: str, number: str | None) -> None:
    assert as_phone(typed) == number


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("请打 138 0000 1111 找老张", MOBILE),
        ("老李0570-7000000", LINE),
        (MOBILE, MOBILE),
        ("家里没有电话", None),
        ("身份证 330825194001011234", None),
    ],
)
def test_a_number_is_found_among_words(words: str, number: str | None) -> None:
    assert phone_in(words) == number


@pytest.mark.parametrize("typed", ["3组 12号", "３组１２号", " 3组-12号 ", "3组，12号。"])
def test_a_door_has_one_spelling(typed: str) -> None:
    assert folded_door(typed) == "3组12号"


@pytest.mark.parametrize("typed", ["", "  ", "—，。", "__"])
def test_what_names_no_door_is_none(typed: str) -> None:
    assert folded_door(typed) == ""


def test_no_two_kinds_of_keys_are_taken_for_one_another() -> None:
    keys = [make("7000000") for make in (paper_key, phone_key, left_phone_key, door_key)]
    assert len(set(keys)) == 4
