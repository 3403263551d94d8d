import re
from itertools import pairwise

import pytest
import zxingcpp
from PIL import Image

from portal.qr import QUIET, Matrix, qr_matrix, qr_svg

ADDRESS = "https://pj.example.cn/v/7K3M9P"
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


@pytest.mark.parametrize(
    "text", [ADDRESS, "https://a.cn/v/7K3M9P", "https://pj.example.cn/" + "x" * 200 + "/v/7K3M9P"]
)
def test_the_matrix_reads_back_as_its_text_with_level_q(text: str) -> None:
    matrix = qr_matrix(text)
    (read,) = zxingcpp.read_barcodes(picture(black_of(matrix), len(matrix) + 2 * QUIET))
    assert (read.text, read.ec_level) == (text, "Q")


def test_an_address_of_usual_length_makes_large_modules() -> None:
    assert len(qr_matrix(ADDRESS)) == 29  # version 3: on 130 mm a module is 4.5 mm


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
