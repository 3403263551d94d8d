"""Names by pinyin: surnames as they are read, tones last, the same order wherever they come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.pinyin import by_pinyin, initials


def in_order(*names: str) -> list[str]:
    return sorted(sorted(names, key=str, reverse=True), key=by_pinyin)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        *(("单明", "shan"), ("曾海", "zeng"), ("仇和平", "qiu"), ("解晓东", "xie"), ("查文", "zha")),
        *(("区伟", "ou"), ("朴英", "piao"), ("乐嘉", "yue"), ("尉迟恭", "yu"), ("万俟明", "mo")),
        *(("尉健", "wei"), ("盖丽", "ge"), ("员俊", "yun"), ("种师道", "chong"), ("缪斯", "miao")),
        *(("长孙明", "zhang"), ("单于明", "chan"), ("任重", "ren"), ("王长明", "wang")),
    ],
)
def test_a_surname_is_read_as_a_surname(name: str, first: str) -> None:
    assert by_pinyin(name)[0] == first


def test_a_two_character_name_has_a_short_surname() -> None:
    assert by_pinyin("单于")[:2] == ("shan", "yu")


@pytest.mark.parametrize(
    ("name", "syllables"),
    [
        ("李重阳", ("li", "chong", "yang")),
        ("王长明", ("wang", "chang", "ming")),
        ("李乐", ("li", "le")),
        ("长塘村", ("chang", "tang", "cun")),
        ("解放村", ("jie", "fang", "cun")),
        ("解家村", ("xie", "jia", "cun")),
        ("曾家村", ("zeng", "jia", "cun")),
        ("区府社区", ("qu", "fu", "she", "qu")),
    ],
)
def test_the_rest_of_a_name_and_places_are_read_as_words(name: str, syllables: tuple[str, ...]) -> None:
    assert by_pinyin(name)[: len(syllables)] == syllables


def test_syllables_come_before_tones() -> None:
    """李娜 stands before 李妮, whatever the tones; of equal syllables the lower tone comes first."""
    assert in_order("李安", "黎娜", "李娜", "李妮") == ["李安", "黎娜", "李娜", "李妮"]
    assert in_order("妈", "麻", "马", "骂") == ["妈", "麻", "马", "骂"]


def test_a_shorter_name_comes_before_a_longer_one_that_begins_with_it() -> None:
    assert in_order("王丽", "王丽娜", "王利") == ["王丽", "王利", "王丽娜"]


def test_an_umlaut_stands_where_a_dictionary_has_it() -> None:
    assert in_order("陆明", "吕明", "栾明", "罗明") == ["陆明", "吕明", "栾明", "罗明"]


def test_numbers_count_and_come_first_and_latin_letters_stand_among_the_syllables() -> None:
    assert in_order("2组", "10组", "安明", "Anna", "Li Ming", "李明", "王明") == [
        *("2组", "10组", "安明", "Anna", "Li Ming", "李明", "王明"),
    ]
    assert in_order("第2组团", "第10组团") == ["第2组团", "第10组团"]


def test_full_width_letters_and_spaces_make_no_difference() -> None:
    assert by_pinyin("ＡＢ 组")[:-1] == by_pinyin("AB组")[:-1]


@pytest.mark.parametrize(
    ("name", "letters"),
    [("曾海", "ZH"), ("尉迟恭", "YCG"), ("万俟卨", "MQX"), ("Li 明", "LM"), ("第10组", "D10Z"), ("", "")],
)
def test_initials(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.lists(st.text(max_size=6), max_size=8))
def test_any_text_has_a_key_and_the_order_is_the_same_from_every_start(names: list[str]) -> None:
    assert sorted(names, key=by_pinyin) == sorted(sorted(names), key=by_pinyin)
    assert all(isinstance(initials(name), str) for name in names)


def test_a_character_that_no_dictionary_has_comes_last() -> None:
    assert in_order("张明", "\U0003134a明") == ["张明", "\U0003134a明"]
