from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from portal.files.cells import (
    DESTROYED_WANTED,
    ERROR_WANTED,
    FORMULA_WANTED,
    Misread,
    Percent,
    Uncomputed,
    as_code,
    as_day,
    as_name,
    as_number,
    as_text,
    as_time,
    as_word,
    blank,
    fold,
    tidy,
)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-3-1",
        "2026-03-01",
        "2026/3/1",
        "2026.3.1",
        "2026年3月1日",
        "2026年3月1",
        "2026 年 3 月 1 日",
        "20260301",
        20260301,
        20260301.0,
        "２０２６－３－１",
        "２０２６／３／１",
        "２０２６．３．１",
        "２０２６年３月１日",
        "２０２６０３０１",
        "\u30002026-3-1 ",
        "2026-03-01 00:00:00",
        "2026年3月1日 星期日",
        date(2026, 3, 1),
        datetime(2026, 3, 1),
        datetime(2026, 3, 1, 23, 59, 59),
    ],
)
def test_a_day_is_read_however_it_was_typed(raw):
    assert as_day(raw) == date(2026, 3, 1)


@pytest.mark.parametrize(
    "raw",
    [
        "2026-02-30",
        "二月三十日",
        "2026-13-1",
        "2026-3/1",
        "26-3-1",
        "2026-3",
        "3月1日",
        "202631",
        "2026-3-1x",
        46082,
        46082.5,
        True,
        time(8),
        timedelta(1),
        "１",
        "0026-03-01",
        datetime(1899, 12, 30),
        Percent(0.5),
    ],
)
def test_what_is_no_day_is_refused(raw):
    with pytest.raises(Misread):
        as_day(raw)


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2026-03-01 07:37:41", datetime(2026, 3, 1, 7, 37, 41)),
        ("2026-03-01T07:37:41", datetime(2026, 3, 1, 7, 37, 41)),
        ("2026/3/1 7:37", datetime(2026, 3, 1, 7, 37)),
        ("2026.3.1 07：37", datetime(2026, 3, 1, 7, 37)),
        ("2026年3月1日 7:37", datetime(2026, 3, 1, 7, 37)),
        ("2026年3月1日7时37分", datetime(2026, 3, 1, 7, 37)),
        ("2026年3月1日7时37分41秒", datetime(2026, 3, 1, 7, 37, 41)),
        ("2026年3月1日 下午3时", datetime(2026, 3, 1, 15)),
        ("２０２６年３月１日　下午３点２０分", datetime(2026, 3, 1, 15, 20)),
        ("2026/3/1 上午12:05", datetime(2026, 3, 1, 0, 5)),
        ("2026/3/1 下午12:05", datetime(2026, 3, 1, 12, 5)),
        ("2026/3/1 下午 13:05", datetime(2026, 3, 1, 13, 5)),
        ("2026/3/1 7:37 PM", datetime(2026, 3, 1, 19, 37)),
        ("20260301 07:37", datetime(2026, 3, 1, 7, 37)),
        ("2026-03-01", datetime(2026, 3, 1)),
        (date(2026, 3, 1), datetime(2026, 3, 1)),
        (datetime(2026, 3, 1, 7, 37, 40, 999_000), datetime(2026, 3, 1, 7, 37, 41)),
        (datetime(2026, 3, 1, 7, 37, 41, 499_000), datetime(2026, 3, 1, 7, 37, 41)),
    ],
)
def test_a_time_is_read_to_the_second(raw, moment):
    assert as_time(raw) == moment


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-01 25:00",
        "2026-03-01 7",
        "2026-3-17:37",
        "07:37",
        "2026-03-01 07:61",
        "上午",
        46082,
        "2026/3/1 上午13:00",
    ],
)
def test_what_is_no_time_is_refused(raw):
    with pytest.raises(Misread):
        as_time(raw)


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        (85, "85"),
        (0.1 + 0.2, "0.3"),
        (86.33333333333333, "86.3333333333333"),
        (-1, "-1"),
        ("85.70", "85.70"),
        (" 85.7\u3000", "85.7"),
        ("８５．７", "85.7"),
        ("８５。７", "85.7"),
        ("－３", "-3"),
        ("＋３", "3"),
        ("\u22123", "-3"),
        (".5", "0.5"),
    ],
)
def test_a_number_is_what_the_spreadsheet_shows_or_the_text_says(raw, number):
    assert as_number(raw) == Decimal(number)


def test_a_typed_number_keeps_every_digit():
    assert str(as_number("86.333333333333333333")) == "86.333333333333333333"


@pytest.mark.parametrize(
    "raw",
    [
        "1,000",
        "85%",
        "nan",
        "inf",
        "1e999",
        "1e2",
        "八十",
        "8 5",
        "",
        "--1",
        True,
        False,
        float("inf"),
        float("nan"),
        "9" * 50,
    ],
)
def test_what_is_no_number_is_refused(raw):
    with pytest.raises(Misread):
        as_number(raw)


def test_a_number_shown_as_a_percentage_is_refused_rather_than_read_as_a_hundredth():
    with pytest.raises(Misread, match="百分数"):
        as_number(Percent(0.857))
    assert str(Percent(0.857)) == "85.7%"


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (5111001, "5111001"),
        (5111001.0, "5111001"),
        ("5111001.0", "5111001"),
        (" ５１１１００１\u3000", "5111001"),
        ("\ufeff5111001\u200b", "5111001"),
        (3.30825111205e11, "330825111205"),
        ("3.30825111205E+11", "330825111205"),
        ("0051", "0051"),
        ("２０２６－０００１", "2026-0001"),
        ("5e10", "5e10"),
    ],
)
def test_a_code_is_the_same_however_it_was_stored(raw, code):
    assert as_code(raw) == code


@pytest.mark.parametrize("raw", ["3.30825E+11", "3.3E+11", 330825199001011234, 1e20])
def test_a_code_whose_digits_a_spreadsheet_destroyed_is_told_as_that(raw):
    with pytest.raises(Misread) as misread:
        as_code(raw)
    assert misread.value.wanted == DESTROYED_WANTED


def test_keys_fold_to_half_width_but_no_character_to_another():
    assert fold("Ａ岗（兼）\u3000１") == "A岗(兼) 1"
    assert fold("\uf9e8 ㈠ Ⅱ 𠮷") == "\uf9e8 ㈠ Ⅱ 𠮷"


def test_a_name_keeps_its_punctuation_and_its_rare_characters():
    assert as_name(" Ａ岗（兼），𠮷\uf9e8·娜 ") == "A岗（兼），𠮷\uf9e8·娜"


def test_a_name_typed_over_two_lines_is_one_line():
    assert as_name("党政综合办\n主任") == "党政综合办主任"


def test_text_loses_control_characters_and_keeps_its_lines():
    assert tidy("\u3000第一行\r\n第二\x00行\ud800 ") == "第一行\n第二行"


def test_text_in_a_cell_that_became_a_date_is_refused():
    with pytest.raises(Misread, match="文本"):
        as_text(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    "read", [as_text, as_name, as_code, as_number, as_day, as_time, lambda raw: as_word(raw, {"是": 1})]
)
def test_a_formula_without_a_result_and_an_error_are_told_as_that(read):
    with pytest.raises(Misread) as misread:
        read(Uncomputed())
    assert misread.value.wanted == FORMULA_WANTED
    with pytest.raises(Misread) as misread:
        read("#N/A")
    assert misread.value.wanted == ERROR_WANTED


def test_a_listed_word_is_found_with_spaces_in_and_around_it():
    assert as_word(" 日 常\u3000", {"日常": 1, "年度": 2}) == 1


@pytest.mark.parametrize("raw", ["随便", "", 1, True, None])
def test_any_other_word_is_refused_with_the_list(raw):
    with pytest.raises(Misread, match="要“日常”、“年度”之一"):
        as_word(raw, {"日常": 1, "年度": 2})


def test_a_cell_of_spaces_is_blank_and_a_nought_is_not():
    assert blank(" \u3000\u200b\n")
    assert blank(None)
    assert not blank(0)
    assert not blank(False)
