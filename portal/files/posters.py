"""Posters to print: one A4 page a village, with the QR code that opens the village's form.

The layout and the words that never change stand in poster.typ; this file hands it the rest as JSON, so that
whatever a name holds is text to typst and never markup. Sizes are in poster.typ.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import typst
from pylopdf_fonts_zh_cn import sans_path

from portal.core.book import VillageKind
from portal.core.form import authority, linking_cadres
from portal.qr import QUIET, qr_matrix, qr_svg

_LAYOUT = Path(__file__).with_name("poster.typ")
_LONGEST_NAME = 60  # characters that the two lines for a name hold at the smallest size


@dataclass(frozen=True, slots=True)
class Poster:
    """What differs from poster to poster.

    `address` is the whole https address that the QR code opens, `token` the six characters to type instead.
    """

    village: str
    kind: VillageKind
    township: str
    county: str
    address: str
    token: str


def make_posters(posters: Sequence[Poster], asked_on: date) -> bytes:
    """A PDF with one A4 page for each of `posters`, in their order; the same input gives the same bytes.

    ValueError if there is no poster, or if a name holds a character that the font cannot draw (a box in its
    place would hang on a wall before anyone noticed).
    """
    if not posters:
        raise ValueError("这个乡镇还没有村社，没有海报可做")
    data = {
        "title": f"{posters[0].county}{posters[0].township}群众评价海报",
        "asked": {"year": asked_on.year, "month": asked_on.month, "day": asked_on.day},
        "pages": [_page(poster) for poster in posters],
    }
    return _typeset(json.dumps(data, ensure_ascii=False))


def _typeset(data: str) -> bytes:
    try:
        return typst.compile(
            str(_LAYOUT),
            root=str(_LAYOUT.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            # the standard for documents that can be read aloud; keeping to it refuses missing characters
            pdf_standards=["ua-1"],
            sys_inputs={"data": data},
        )
    except typst.TypstError as error:
        unknown = re.search(r'the text `"(.+)"` could not be displayed', error.message, re.DOTALL)
        if unknown is None:
            raise
        raise ValueError(f"海报的字体里没有“{unknown[1]}”这个字") from error


def _page(poster: Poster) -> dict[str, object]:
    modules = len(qr_matrix(poster.address))
    return {
        "who": linking_cadres(poster.kind, poster.township),
        "village": _shortened(poster.village),
        "qr": qr_svg(poster.address),
        "modules": modules,
        "side": modules + 2 * QUIET,
        "address": poster.address,
        "site": _site(poster),
        "token": poster.token,
        "authority": authority(poster.county, poster.township),
    }


def _site(poster: Poster) -> str:
    """What a person types to reach the page that asks for the code: the address without scheme and token."""
    return poster.address.partition("://")[2].removesuffix(f"/v/{poster.token}")


def _shortened(name: str) -> str:
    name = " ".join(name.split())
    return name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"


@cache
def _fonts() -> typst.Fonts:
    """The package's two families and nothing of the machine's: a poster looks the same wherever it is made."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(sans_path().parent)])
