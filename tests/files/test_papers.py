"""Paper forms as a printer and a phone see them: four to a page, every word there, a code that reads."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
import zxingcpp

from portal.core.book import VillageKind
from portal.core.form import STANDARD, Edition
from portal.core.paper_forms import new_serial, scan_text, typed_serial
from portal.files.papers import Place, Printed, make_papers

DAY = date(2026, 11, 22)
BASE = "https://pj.example.cn/v/7K3M9P?s="
VILLAGE = Place("清溪村", VillageKind.VILLAGE, "石桥镇", "清河县")
COMMUNITY = Place("太平社区", VillageKind.COMMUNITY, "龙洲街道", "龙游县")
DICE = random.Random(7)
LONG = Edition("long", tuple(replace(STANDARD.questions[2], key=f"q{place}") for place in range(6)))


def forms(number: int, place: Place = VILLAGE) -> list[Printed]:
    serials = [new_serial(DICE.choice) for _ in range(number)]
    return [Printed(place, serial, BASE + scan_text("secret", serial)) for serial in serials]


def opened(printed: list[Printed], edition: Edition = STANDARD) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(make_papers(printed, edition, DAY))


def words_of(page: pypdfium2.PdfPage) -> str:
    """What a page says, without the line breaks that only the paper's width makes."""
    return str(page.get_textpage().get_text_range()).replace("\r", "").replace("\n", "").replace("\u200b", "")


def sizes(page: pypdfium2.PdfPage, *words: str) -> list[float]:
    """The sizes in points of the texts that hold one of these words."""
    found = []
    for text in page.get_objects(textpage=page.get_textpage()):
        if isinstance(text, pypdfium2.PdfTextObj) and any(word in text.extract() for word in words):
            found.append(text.get_font_size() * text.get_matrix().a)
    assert found
    return found


@pytest.mark.parametrize(("number", "wanted"), [(1, 1), (4, 1), (5, 2), (40, 10)])
def test_four_forms_stand_on_a_page(number: int, wanted: int) -> None:
    document = opened(forms(number))
    assert len(document) == wanted
    assert words_of(document[0]).count("编号") == min(number, 4)


def test_every_code_opens_the_villages_form_with_its_serial() -> None:
    printed = forms(9)
    read = []
    for page in opened(printed):
        found = zxingcpp.read_barcodes(page.render(scale=200 / 72, grayscale=True).to_pil())
        assert len(found) <= 4
        read += [code.text for code in found]
    assert sorted(read) == sorted(form.address for form in printed)


def test_every_serial_stands_there_to_be_typed() -> None:
    printed = forms(4)
    (page,) = opened(printed)
    for form in printed:
        assert typed_serial(form.serial) in words_of(page)


def test_a_form_asks_what_the_phone_asks_with_numbers_to_tick() -> None:
    (page,) = opened(forms(1))
    told = words_of(page)
    for words in (
        "请您评一评镇里的联村干部",
        "石桥镇 · 清溪村",
        "1. 最近三个月，镇里的联村干部到村里或您家来过吗？",
        "① 来过② 没来过③ 不清楚",
        "4. 总的来说，您对联村干部的工作满意吗？",
        "⑥ 没接触过",
        "想说的话",
        "填好投进村里的评价箱",
        "不写名字",
        "清河县石桥镇人民政府",
    ):
        assert words.replace(" ", "") in told.replace(" ", ""), words


def test_a_community_and_a_street_go_by_their_own_words() -> None:
    (page,) = opened(forms(1, COMMUNITY))
    told = words_of(page)
    for words in ("街道里的联社区干部", "填好投进社区里的评价箱", "龙游县龙洲街道办事处"):
        assert words in told


def test_villages_may_share_a_page() -> None:
    (page,) = opened(forms(2) + forms(2, COMMUNITY))
    assert [words_of(page).count(name) for name in ("清溪村", "太平社区")] == [2, 2]


def test_questions_are_large_enough_for_old_eyes() -> None:
    (page,) = opened(forms(4))
    assert min(sizes(page, "来过", "满意", "知道")) >= 11


def test_a_long_form_takes_half_a_page_rather_than_small_print() -> None:
    document = opened(forms(4), LONG)
    assert len(document) == 2
    assert min(sizes(document[0], "办得怎么样")) >= 11


def test_nothing_is_cut_off_at_the_papers_edge() -> None:
    (page,) = opened(forms(4))
    width, height = page.get_size()
    for text in page.get_objects():
        if isinstance(text, pypdfium2.PdfTextObj):
            left, bottom, right, top = text.get_bounds()
            assert left > 14
            assert bottom > 14
            assert right < width - 14
            assert top < height - 14


@pytest.mark.parametrize("name", ["#*_$[x]@<a>", "长" * 40, "\\u{41}"])
def test_any_name_is_text(name: str) -> None:
    (page,) = opened(forms(4, replace(VILLAGE, village=name)))
    assert words_of(page).count(name) == 4


def test_a_character_that_the_font_lacks_is_refused_and_named() -> None:
    with pytest.raises(ValueError, match="没有“𡒄”这个字"):
        make_papers(forms(1, replace(VILLAGE, village="𡒄头村")), STANDARD, DAY)


def test_the_same_forms_make_the_same_bytes() -> None:
    printed = forms(3)
    assert make_papers(printed, STANDARD, DAY) == make_papers(printed, STANDARD, DAY)


def test_no_forms_are_no_document() -> None:
    with pytest.raises(ValueError, match="没有"):
        make_papers([], STANDARD, DAY)
