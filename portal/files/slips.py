"""One-time slips to print: eight to an A4 page, each with a user name, a one-time password and where to log in.

The layout stands in slips.typ; this file hands it the rest as JSON, so that whatever a name holds is text to typst and
never markup.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path

import typst
from pylopdf_fonts_zh_cn import sans_path

from portal.qr import qr_svg

_LAYOUT = Path(__file__).with_name("slips.typ")
_UNKNOWN = "〓"  # stands for a character that the font lacks, as printers have always set it
_MOST_UNKNOWN = 50


@dataclass(frozen=True, slots=True)
class Slip:
    """Whose it is (工号 '' for who has none) and what opens the account, once."""

    name: str
    number: str
    username: str
    password: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What all slips of a run share: the township, the whole address of the log-in, the last day, a demo's notice."""

    township: str
    address: str
    last_day: date
    notice: str = ""


def make_slips(slips: Sequence[Slip], sheet: Sheet) -> bytes:
    """A PDF with the slips in their order. A character of a name that the font lacks is set as 〓.

    ValueError if there is no slip.
    """
    if not slips:
        raise ValueError("没有要打印的纸条")
    day = sheet.last_day
    data = json.dumps(
        {
            "title": f"{sheet.township}账号纸条",
            "township": sheet.township,
            "site": sheet.address.partition("://")[2],
            "qr": qr_svg(sheet.address),
            "until": f"{day.year}年{day.month}月{day.day}日",
            "notice": sheet.notice,
            "slips": [asdict(slip) | {"name": slip.name or slip.username} for slip in slips],
        },
        ensure_ascii=False,
    )
    for _ in range(_MOST_UNKNOWN):
        try:
            return _typeset(data)
        except typst.TypstError as error:
            unknown = re.search(r'the text `"(.+)"` could not be displayed', error.message, re.DOTALL)
            if unknown is None:
                raise
            for character in unknown[1]:
                data = data.replace(character, _UNKNOWN)
    raise ValueError("名字里有太多字体里没有的字")


def _typeset(data: str) -> bytes:
    return typst.compile(
        str(_LAYOUT),
        root=str(_LAYOUT.parent),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format="pdf",
        pdf_standards=["ua-1"],  # keeping to it refuses missing characters
        sys_inputs={"data": data},
    )


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[str(sans_path().parent)])
