"""Paper forms to print: four to an A4 page, each with its own serial and a QR code that opens the village's form with it.

The layout and the words that never change stand in papers.typ; this file hands it the rest as JSON, so that whatever a
name or a question holds is text to typst and never markup.
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
from portal.core.form import Edition, authority, linking_cadres, wording
from portal.core.paper_forms import numbered, typed_serial
from portal.qr import qr_svg

_LAYOUT = Path(__file__).with_name("papers.typ")


@dataclass(frozen=True, slots=True)
class Place:
    """Where forms are handed out: the village, its kind, and who asks."""

    village: str
    kind: VillageKind
    township: str
    county: str


@dataclass(frozen=True, slots=True)
class Printed:
    """One form: its serial (8 characters) and the whole address that its QR code opens."""

    place: Place
    serial: str
    address: str


def make_papers(forms: Sequence[Printed], edition: Edition, asked_on: date) -> bytes:
    """A PDF with the forms in their order, each with the edition's questions; the same input gives the same bytes.

    ValueError if there is no form, or if a name or a question holds a character that the font cannot draw.
    """
    if not forms:
        raise ValueError("没有要打印的评价单")
    places = list(dict.fromkeys(form.place for form in forms))
    data = {
        "title": f"{places[0].county}{places[0].township}纸质评价单",
        "asked": {"year": asked_on.year, "month": asked_on.month},
        "kinds": [_kind(place, edition) for place in places],
        "forms": [
            {
                "kind": places.index(form.place),
                "serial": typed_serial(form.serial),
                "qr": qr_svg(form.address),
            }
            for form in forms
        ],
    }
    return _typeset(json.dumps(data, ensure_ascii=False))


def _kind(place: Place, edition: Edition) -> dict[str, object]:
    community = place.kind is VillageKind.COMMUNITY
    return {
        "call": f"请您评一评{linking_cadres(place.kind, place.township)}",
        "where": f"{place.township} · {' '.join(place.village.split())}",
        "box": f"填好投进{'社区' if community else '村'}里的评价箱",
        "authority": authority(place.county, place.township),
        "questions": [
            {
                "text": wording(question, place.kind, place.township),
                "options": [f"{number} {option.words}" for number, option in numbered(question)],
            }
            for question in edition.questions
        ],
    }


def _typeset(data: str) -> bytes:
    try:
        return typst.compile(
            str(_LAYOUT),
            root=str(_LAYOUT.parent),
            font_paths=_fonts(),
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],  # keeping to it refuses missing characters
            sys_inputs={"data": data},
        )
    except typst.TypstError as error:
        unknown = re.search(r'the text `"(.+)"` could not be displayed', error.message, re.DOTALL)
        if unknown is None:
            raise
        raise ValueError(f"评价单的字体里没有“{unknown[1]}”这个字，请改一改再印。") from error


@cache
def _fonts() -> typst.Fonts:
    """The package's families and nothing of the machine's: a form looks the same wherever it is made."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(sans_path().parent)])
