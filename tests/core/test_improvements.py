"""What may stand on a public page, and how much of it on one."""

from dataclasses import dataclass

import pytest

from portal.core.improvements import A_PAGE, names_a_number, pages_of


@dataclass(frozen=True)
class Words:
    said: str
    done: str = ""


@pytest.mark.parametrize(
    "words",
    [
        "打 13812345678 找他",
        "138 1234 5678",
        "138-1234-5678",
        "１３８１２３４５６７８",
        "电话 0570-7051234",
        "0570—7051234",
        "7051234",
        "身份证 33082519560301002X",
        "138.1234.5678",
    ],
)
def test_what_may_be_a_telephone_or_identity_number_is_found(words: str) -> None:
    assert names_a_number(words)


@pytest.mark.parametrize(
    "words",
    [
        "换了 6 盏灯",
        "2026-11-08 修好",
        "2026年11月8日修好",
        "20261108",
        "2026-2027 年的计划",
        "修了 1250 米路，花了 86000 元",
        "每月 10 日 9:00–11:30",
        "请打 12345",
        "",
    ],
)
def test_days_amounts_and_short_numbers_are_none(words: str) -> None:
    assert not names_a_number(words)


def test_pages_are_cut_where_the_words_would_be_too_many() -> None:
    long = Words("长" * (A_PAGE // 2))
    assert [len(page) for page in pages_of([long, long, Words("短"), long])] == [2, 2]


def test_one_entry_that_is_too_long_stands_alone_and_none_is_lost() -> None:
    entries = [Words("长" * (A_PAGE + 1)), Words("短"), Words("长" * (A_PAGE + 1))]
    assert pages_of(entries) == [[entries[0]], [entries[1]], [entries[2]]]


def test_without_entries_there_is_one_empty_page() -> None:
    assert pages_of([]) == [[]]
