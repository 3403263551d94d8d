import random
import re
from itertools import pairwise
from math import hypot, pi, sqrt

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from portal.qr import QUIET, Matrix, qr_matrix, qr_svg

ADDRESS = "https://pj.example.cn/v/7K3M9P"
FINE = 8  # pixels a module, before a picture is made small
MARK = 8  # modules of a corner mark with its white edge
SQUARE = re.compile(r"M(\d+) (\d+)h(\d+)v1h-\3z")


def picture(black: set[tuple[int, int]], side: int) -> Image.Image:
    """The modules (x, y) as an image of 4 pixels a module."""
    image = Image.new("L", (side, side), 255)
    for place in black:
        image.putpixel(place, 0)
    return image.resize((side * 4, side * 4), Image.Resampling.NEAREST)


def black_of(matrix: Matrix) -> set[tuple[int, int]]:
    return {(x + QUIET, y + QUIET) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}


def black_of_svg(svg: str) -> set[tuple[int, int]]:
    return {
        (int(x) + step, int(y)) for x, y, length in SQUARE.findall(svg) for step in range(int(length))
    }  # fmt: skip


def stained(matrix: Matrix, spots: int, tone: int, dice: random.Random) -> Image.Image:
    """The code, its modules FINE pixels wide, with 6 % of it under round spots of one tone that leave the marks alone."""
    side = len(matrix)
    image = picture(black_of(matrix), side + 2 * QUIET).resize(
        ((side + 2 * QUIET) * FINE,) * 2, Image.Resampling.NEAREST
    )
    radius = sqrt(0.06 * side * side / spots / pi)
    placed: list[tuple[float, float]] = []
    while len(placed) < spots:
        x, y = dice.uniform(radius, side - radius), dice.uniform(radius, side - radius)
        corners = [
            (min(x, MARK), min(y, MARK)),
            (max(x, side - MARK), min(y, MARK)),
            (min(x, MARK), max(y, side - MARK)),
        ]
        if any(hypot(a - x, b - y) < radius for a, b in corners):
            continue
        if any(hypot(a - x, b - y) < 2 * radius for a, b in placed):
            continue
        placed.append((x, y))
        box = [(place + QUIET + way * radius) * FINE for way in (-1, 1) for place in (x, y)]
        ImageDraw.Draw(image).ellipse(box, fill=tone)
    return image


def photographed(image: Image.Image, modules: int, angle: float) -> Image.Image:
    """The picture tilted, and so small that the code is 90 pixels wide."""
    tilted = image.rotate(angle, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    side = round(tilted.width * 90 / (modules * FINE))
    return tilted.resize((side, side), Image.Resampling.LANCZOS)


@pytest.mark.parametrize(
    "text", [ADDRESS, "https://a.cn/v/7K3M9P", "https://pj.example.cn/" + "x" * 200 + "/v/7K3M9P"]
)
def test_the_matrix_reads_back_as_its_text_with_level_q(text: str) -> None:
    matrix = qr_matrix(text)
    (read,) = zxingcpp.read_barcodes(picture(black_of(matrix), len(matrix) + 2 * QUIET))
    assert (read.text, read.ec_level) == (text, "Q")


@pytest.mark.parametrize(
    "text", ["https://a.cn/v/7K3M9P", ADDRESS, "https://pingjia.longyou.gov.cn/v/7K3M9P"]
)
def test_an_address_of_usual_length_makes_large_modules(text: str) -> None:
    assert len(qr_matrix(text)) == 33  # version 4: on 130 mm a module is 3.9 mm


@pytest.mark.parametrize(
    "tone", [pytest.param(255, id="torn"), pytest.param(128, id="mud"), pytest.param(0, id="ink")]
)
@pytest.mark.parametrize("spots", [1, 2, 3, 5])
@pytest.mark.parametrize("text", [ADDRESS, "https://pingjia.longyou.gov.cn/v/7K3M9P"])
def test_a_code_reads_at_90_pixels_tilted_by_8_degrees_with_6_percent_stained(
    text: str, spots: int, tone: int
) -> None:
    """Stains lie anywhere but on the three corner marks: without one of those no reader finds a code at all."""
    matrix = qr_matrix(text)
    unread = []
    for seed in range(25):
        dice = random.Random(f"{seed} {spots} {tone}")
        photo = photographed(stained(matrix, spots, tone, dice), len(matrix), 8 if seed % 2 else -8)
        if [code.text for code in zxingcpp.read_barcodes(photo)] != [text]:
            unread.append(seed)
    assert unread == []


def test_the_stains_of_that_test_cover_6_percent_of_the_code() -> None:
    matrix = ((False,) * 33,) * 33
    whole = (33 * FINE) ** 2
    for spots in (1, 5):
        dirty = stained(matrix, spots, 0, random.Random(spots)).histogram()[0]
        assert dirty / whole == pytest.approx(0.06, abs=0.003)


def test_the_matrix_is_square_and_without_quiet_zone() -> None:
    matrix = qr_matrix(ADDRESS)
    assert {len(row) for row in matrix} == {len(matrix)}
    assert matrix[0][:7] == (True,) * 7


def test_the_picture_shows_the_matrix_inside_four_white_modules() -> None:
    matrix, svg = qr_matrix(ADDRESS), qr_svg(ADDRESS)
    side = len(matrix) + 8
    assert f'viewBox="0 0 {side} {side}"' in svg
    assert f'<path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>' in svg
    assert black_of_svg(svg) == black_of(matrix)


def test_neighbouring_black_modules_are_drawn_as_one() -> None:
    pieces = sorted((int(y), int(x), int(length)) for x, y, length in SQUARE.findall(qr_svg(ADDRESS)))
    for (above, start, length), (below, after, _) in pairwise(pieces):
        assert above != below or start + length < after


def test_the_text_itself_never_stands_in_the_picture() -> None:
    assert "script" not in qr_svg('https://a.cn/"><script>')


def test_the_same_text_makes_the_same_code() -> None:
    assert qr_svg(ADDRESS) == qr_svg(ADDRESS)


def test_no_text_makes_no_code() -> None:
    with pytest.raises(ValueError, match="needs a text"):
        qr_matrix("")


def test_a_text_that_no_code_can_hold_is_refused() -> None:
    assert qr_matrix("x" * 1663)
    with pytest.raises(ValueError):  # noqa: PT011 - the words are the qrcode package's
        qr_matrix("x" * 1664)
