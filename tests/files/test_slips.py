"""Slips as a printer and a phone see them: eight to a page, every word there, a code that reads."""

from __future__ import annotations

from datetime import date

import pypdfium2
import pytest
import zxingcpp

from portal.files.slips import Sheet, Slip, make_slips

ADDRESS = "https://pj.example.cn/login"
SHEET = Sheet("石桥镇", ADDRESS, date(2026, 12, 6))
NOTICE = "演示数据：都是编的。"


def a_slip(number: int, name: str = "", username: str = "") -> Slip:
    return Slip(
        name or f"张{number}", f"S{number:02}", username or f"s{number:02}", f"abcd-efgh-mn{number:02}"
    )


def pages(*slips: Slip, sheet: Sheet = SHEET) -> list[str]:
    document = pypdfium2.PdfDocument(make_slips(slips, sheet))
    return [page.get_textpage().get_text_range().replace("\r", "") for page in document]


@pytest.mark.parametrize(("number", "wanted"), [(1, 1), (8, 1), (9, 2), (20, 3)])
def test_eight_slips_stand_on_a_page(number: int, wanted: int) -> None:
    told = pages(*(a_slip(each) for each in range(number)))
    assert len(told) == wanted
    assert told[0].count("一次性密码\n") == min(number, 8)


def test_a_slip_says_who_what_where_and_until_when() -> None:
    (told,) = pages(a_slip(3))
    for words in (
        "石桥镇",
        "张3",
        "工号 S03",
        "用户名 s03",
        "abcd-efgh-mn03",
        "pj.example.cn/login",
        "2026年12月6日以前有效",
    ):
        assert words in told, words
    assert "演示数据" not in told


def test_a_demos_slips_say_so() -> None:
    (told,) = pages(a_slip(1), a_slip(2), sheet=Sheet("石桥镇", ADDRESS, date(2026, 12, 6), NOTICE))
    assert told.count(NOTICE) == 2


def test_who_has_no_number_has_no_line_for_it() -> None:
    (told,) = pages(Slip("王某", "", "wang", "abcd-efgh-mnpq"))
    assert "工号" not in told


def test_the_code_on_every_slip_opens_the_log_in() -> None:
    document = pypdfium2.PdfDocument(make_slips([a_slip(each) for each in range(8)], SHEET))
    codes = zxingcpp.read_barcodes(document[0].render(scale=200 / 72, grayscale=True).to_pil())
    assert [code.text for code in codes] == [ADDRESS] * 8


@pytest.mark.parametrize("name", ["#*_$[x]@<a>", "长" * 60, "W" * 40, "\\u{41}"])
def test_any_name_is_text_and_stays_on_its_slip(name: str) -> None:
    told = pages(*(a_slip(each, name, "u" * 80) for each in range(8)))
    assert len(told) == 1
    assert name in told[0].replace("\n", "").replace("\u200b", "")
    assert told[0].count("丢了请找管理员") == 8


def test_a_character_that_the_font_lacks_costs_nobody_a_slip() -> None:
    (told,) = pages(a_slip(1, "王\U000323af"), a_slip(2))
    assert "王〓" in told
    assert "张2" in told


def test_no_slips_are_no_document() -> None:
    with pytest.raises(ValueError, match="没有"):
        make_slips([], SHEET)
