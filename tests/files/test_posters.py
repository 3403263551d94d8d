import re
from datetime import date
from time import perf_counter

import pypdfium2
import pypdfium2.raw as pdfium
import pytest
import zxingcpp
from PIL import Image

from portal.core.book import VillageKind
from portal.files.posters import Poster, make_posters
from portal.qr import qr_matrix

DAY = date(2026, 10, 1)
A4_MM = (210, 297)
MM = 72 / 25.4  # points a millimetre
DPI = 100
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def a_poster(
    village: str = "清溪村",
    kind: VillageKind = VillageKind.VILLAGE,
    township: str = "石桥镇",
    county: str = "清河县",
    base: str = "https://pj.example.cn",
    code: str = "7K3M9P",
) -> Poster:
    return Poster(village, kind, township, county, f"{base}/v/{code}", code)


def code_of(number: int) -> str:
    return "".join(LETTERS[(number * 7 + place * 5) % len(LETTERS)] for place in range(6))


TOWNSHIP = [a_poster(f"清溪{number}村", code=code_of(number)) for number in range(26)]
LONG = [
    a_poster("龙洲街道阳光城市花园西苑社区", VillageKind.COMMUNITY, "龙洲街道", "龙游县"),
    a_poster("一二三四五六七八九十" * 3),
    a_poster("长" * 300),
    a_poster("W" * 300),
    a_poster("双溪" * 15, base="https://pingjia.qinghexian.zhejiang.gov.cn/shiqiaozhen/a/rather/long/path"),
    a_poster(
        "一二三四五六七八九十" * 2,
        county="积石山保安族东乡族撒拉族自治县",
        township="名字特别特别长的民族乡",
    ),
    a_poster(
        "一二三四五六七八九十" * 2,
        county="积石山保安族东乡族撒拉族自治县",
        township="名字特别特别长的民族乡",
        base="https://pingjia.qinghexian.zhejiang.gov.cn/shiqiaozhen/a/rather/long/path",
    ),
]


def opened(*posters: Poster) -> pypdfium2.PdfDocument:
    return pypdfium2.PdfDocument(make_posters(posters, DAY))


def text_of(*posters: Poster) -> str:
    """What the pages say, one line a line."""
    return "\n".join(page.get_textpage().get_text_range() for page in opened(*posters)).replace("\r", "")


def picture(page: pypdfium2.PdfPage) -> Image.Image:
    return page.render(scale=DPI / 72, grayscale=True).to_pil()


def texts_on(page: pypdfium2.PdfPage) -> list[pypdfium2.PdfTextObj]:
    found = [each for each in page.get_objects() if isinstance(each, pypdfium2.PdfTextObj)]
    assert found
    return found


def printed_size(text: pypdfium2.PdfTextObj) -> float:
    """Size in points on the paper."""
    matrix = text.get_matrix()
    assert (matrix.a, matrix.b, matrix.c) == (abs(matrix.d), 0, 0)
    return text.get_font_size() * matrix.a


def code_on(page: pypdfium2.PdfPage) -> zxingcpp.Barcode:
    (code,) = zxingcpp.read_barcodes(picture(page))
    return code


def test_each_village_gets_one_a4_page_in_the_order_given() -> None:
    document = opened(*TOWNSHIP)
    assert len(document) == 26
    for page, poster in zip(document, TOWNSHIP, strict=True):
        assert page.get_size() == pytest.approx([mm * MM for mm in A4_MM], abs=0.1)
        assert poster.village in page.get_textpage().get_text_range()


def test_every_code_reads_from_the_page_as_its_address_with_level_q() -> None:
    read = [code_on(page) for page in opened(*TOWNSHIP)]
    assert [code.text for code in read] == [poster.address for poster in TOWNSHIP]
    assert {code.ec_level for code in read} == {"Q"}


@pytest.mark.parametrize(
    "base", ["https://a.cn", "https://pj.example.cn", "https://x.example.cn/" + "p" * 90]
)
def test_the_code_is_130_mm_wide_inside_four_white_modules(base: str) -> None:
    poster = a_poster(base=base)
    (page,) = opened(poster)
    image, corners = picture(page), code_on(page).position
    across = max(corners.top_right.x, corners.bottom_right.x) - min(corners.top_left.x, corners.bottom_left.x)
    down = max(corners.bottom_left.y, corners.bottom_right.y) - min(corners.top_left.y, corners.top_right.y)
    assert across / DPI * 25.4 == pytest.approx(130, abs=1)
    assert down / DPI * 25.4 == pytest.approx(130, abs=1)

    modules = len(qr_matrix(poster.address))
    quiet = round(4 * across / modules) - 2  # two pixels for rounding
    left, top = corners.top_left.x, corners.top_left.y
    wide = image.crop((left - quiet, top - quiet, left + across + quiet, top + down + quiet))
    wide.paste(255, (quiet - 2, quiet - 2, quiet + across + 3, quiet + down + 3))
    assert wide.getextrema() == (255, 255)


def test_the_code_is_drawn_and_not_an_image() -> None:
    (page,) = opened(a_poster())
    kinds = {each.type for each in page.get_objects()}
    assert pdfium.FPDF_PAGEOBJ_PATH in kinds
    assert pdfium.FPDF_PAGEOBJ_IMAGE not in kinds


@pytest.mark.parametrize("poster", [a_poster(), *LONG], ids=lambda poster: poster.village[:12])
def test_whatever_is_long_stays_on_one_page_inside_the_margins_and_readable(poster: Poster) -> None:
    (page,) = opened(poster)
    width, height = page.get_size()
    edge = 14.5 * MM  # outlines reach half a millimetre into the 15
    for text in texts_on(page):
        left, bottom, right, top = text.get_bounds()
        assert left > edge
        assert bottom > edge
        assert right < width - edge
        assert top < height - edge
        assert printed_size(text) >= 15 - 1e-3
    assert code_on(page).text == poster.address


@pytest.mark.parametrize("poster", [a_poster(), *LONG], ids=lambda poster: poster.village[:12])
def test_no_line_runs_into_another_or_into_the_code(poster: Poster) -> None:
    (page,) = opened(poster)
    # the first path is the quiet zone's white
    paths = [each.get_bounds() for each in page.get_objects() if each.type == pdfium.FPDF_PAGEOBJ_PATH]
    boxes = [paths[0], *(text.get_bounds() for text in texts_on(page))]
    for number, (left, bottom, right, top) in enumerate(boxes):
        for others_left, others_bottom, others_right, others_top in boxes[:number]:
            apart = right <= others_left + 1 or others_right <= left + 1
            assert apart or top <= others_bottom + 1 or others_top <= bottom + 1


def test_the_call_is_the_largest_text_and_the_village_the_next() -> None:
    (page,) = opened(a_poster())
    sizes = [round(printed_size(text)) for text in texts_on(page)]
    assert sizes[:2] == [40, 34]
    assert sizes[:2] == sorted(sizes, reverse=True)[:2]


@pytest.mark.parametrize(
    ("kind", "township", "call"),
    [
        (VillageKind.VILLAGE, "石桥镇", "请您评一评镇里的联村干部"),
        (VillageKind.COMMUNITY, "石桥镇", "请您评一评镇里的联社区干部"),
        (VillageKind.VILLAGE, "东弄畲族乡", "请您评一评乡里的联村干部"),
        (VillageKind.COMMUNITY, "龙洲街道", "请您评一评街道里的联社区干部"),
    ],
)
def test_the_call_stands_on_one_line_of_at_least_26_pt(kind: VillageKind, township: str, call: str) -> None:
    (page,) = opened(a_poster(kind=kind, township=township))
    first = texts_on(page)[0]
    assert page.get_textpage().get_text_range().splitlines()[0] == call
    assert printed_size(first) >= 26


def test_the_poster_says_how_it_works_and_what_becomes_of_it() -> None:
    lines = text_of(a_poster()).splitlines()
    assert lines == [
        "请您评一评镇里的联村干部",
        "清溪村",
        "微信“扫一扫”，点几下就行",
        "不用登录，不写名字",
        "大家的评价每个季度汇总一次，用来考评干部、改进工作",
        "扫不了？打开 pj.example.cn 输入 7K3M9P",
        "没有智能手机的，请打 12345",
        "清河县石桥镇人民政府　2026年10月",
    ]


def test_a_street_asks_through_its_office() -> None:
    assert "龙游县龙洲街道办事处　2026年10月" in text_of(a_poster(county="龙游县", township="龙洲街道"))


@pytest.mark.parametrize(
    ("base", "typed"),
    [
        ("https://pj.example.cn", "pj.example.cn"),
        ("https://example.cn/pingjia", "example.cn/pingjia"),
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
    ],
)
def test_who_cannot_scan_types_the_address_without_scheme_and_then_the_code(base: str, typed: str) -> None:
    assert f"扫不了？打开 {typed} 输入 7K3M9P" in text_of(a_poster(base=base))


def test_a_long_authority_leaves_the_month_on_a_line_of_its_own() -> None:
    assert text_of(LONG[5]).endswith("民族乡人民政府\n2026年10月")


def test_a_long_address_leaves_the_code_on_a_line_of_its_own() -> None:
    assert "\n输入 7K3M9P\n" in text_of(LONG[4])


def test_no_words_of_the_office_reach_the_wall() -> None:
    assert not re.search("组团|积分|四维|赋分", text_of(*TOWNSHIP, *LONG))


@pytest.mark.parametrize("name", ["㙍下村", "䶮湖村", "輶辂村", "上㙍䶮輶辂社区"])
def test_rare_characters_are_printed_as_themselves(name: str) -> None:
    assert name in text_of(a_poster(name)).splitlines()


def test_a_character_that_the_font_lacks_is_refused_and_named() -> None:
    with pytest.raises(ValueError, match="没有“𡒄”这个字"):
        make_posters([a_poster(), a_poster("𡒄头村")], DAY)


@pytest.mark.parametrize(
    "name",
    [
        "#panic()",
        "[村]",
        "$x^2$",
        "一\\二",
        '"村"',
        "@村",
        "*村*",
        "_村_",
        "= 村",
        "<村>",
        "`村`",
        "--村--",
        "//村",
        "#村[$*_",
        "'村'",
        "{{村}}",
    ],
)
def test_markup_in_a_name_stays_text(name: str) -> None:
    assert name in text_of(a_poster(name)).splitlines()
    assert name in text_of(a_poster(county=name))


def test_line_breaks_in_a_name_become_spaces() -> None:
    assert "清溪 村" in text_of(a_poster(" 清溪\n\t村 ")).splitlines()


def test_a_long_name_breaks_into_two_lines_of_about_the_same_length() -> None:
    first, second = text_of(a_poster("一二三四五六七八九十" * 3)).splitlines()[1:3]
    assert first + second == "一二三四五六七八九十" * 3
    assert abs(len(first) - len(second)) <= 3


def test_an_endless_name_is_cut_with_an_ellipsis() -> None:
    first, second = text_of(a_poster("长" * 61)).splitlines()[1:3]
    assert first + second == "长" * 59 + "…"


def test_all_fonts_are_embedded_subsets_of_the_noto_family() -> None:
    for page in opened(*TOWNSHIP[:2], *LONG):
        for text in texts_on(page):
            font = text.get_font()
            assert font.is_embedded
            assert re.fullmatch(r"[A-Z]{6}\+Noto(Sans|Serif)SC-Regular", font.get_base_name())
    assert b"/FontFile" in make_posters(TOWNSHIP[:1], DAY)


def test_the_document_has_a_title_a_language_bookmarks_and_the_day_of_asking() -> None:
    pdf = make_posters(TOWNSHIP[:2], DAY)
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == "清河县石桥镇群众评价海报"
    assert document.get_metadata_value("CreationDate").startswith("D:20261001")
    assert [mark.get_title() for mark in document.get_toc()] == ["清溪0村", "清溪1村"]
    assert b"/Lang(zh-CN)" in pdf
    assert b"/StructTreeRoot" in pdf


def test_the_same_posters_make_the_same_bytes() -> None:
    assert make_posters(TOWNSHIP, DAY) == make_posters(TOWNSHIP, DAY)


def test_a_township_is_made_quickly_and_small() -> None:
    begun = perf_counter()
    pdf = make_posters(TOWNSHIP, DAY)
    assert perf_counter() - begun < 2
    assert len(pdf) < 1_000_000


def test_without_villages_there_is_nothing_to_print() -> None:
    with pytest.raises(ValueError, match="没有村社"):
        make_posters([], DAY)
