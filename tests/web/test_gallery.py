"""The gallery of components: there in a demo, not in production."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.config import ROOT
from tests.web.conftest import MakePortal, Portal
from tests.web.pages import text_of, tree_of

MACRO = re.compile(r"{% macro (\w+)\(")
# helpers of other macros, and what a page of a demo can't send
SVG = "{http://www.w3.org/2000/svg}"
NOT_SHOWN = {"keys", "optional", "remarks", "head", "described", "about", "numbers"}


@pytest.fixture
def gallery(make_portal: MakePortal) -> str:
    return make_portal(demo=True).visitor().page("/_ui")


def test_production_has_no_gallery(portal: Portal) -> None:
    portal.visitor().page("/_ui", 404)


@pytest.mark.parametrize("file", ["forms.html", "pieces.html", "charts.html"])
def test_every_component_stands_in_the_gallery(file: str) -> None:
    folder = ROOT / "templates"
    macros = set(MACRO.findall(Path(folder / "ui" / file).read_text(encoding="utf-8"))) - NOT_SHOWN
    shown = (folder / "gallery.html").read_text(encoding="utf-8")
    assert sorted(name for name in macros if not re.search(rf"\b{name}\(", shown)) == []


def test_each_chart_has_a_title_and_a_table_of_the_same_numbers(gallery: str) -> None:
    charts = list(tree_of(gallery).iter("figure"))
    assert len(charts) == 6
    for chart in charts:
        drawing, words = next(chart.iter(f"{SVG}svg")), text_of(next(chart.iter("table")))
        title = drawing.find(f"{SVG}title")
        assert title is not None
        assert text_of(title) == text_of(next(chart.iter("figcaption")))
        numbers = re.findall(r"\d+\.\d\d", " ".join(text_of(text) for text in drawing.iter(f"{SVG}text")))
        assert [number for number in numbers if number not in words] == []


def test_a_field_with_a_fault_is_named_on_top_and_described_by_it(gallery: str) -> None:
    page = tree_of(gallery)
    links = {link.get("href", "")[1:]: text_of(link) for link in page.iter("a")}
    weight = next(part for part in page.iter("input") if part.get("id") == "wrong-weight")
    assert weight.get("value") == "一百二"
    assert weight.get("aria-invalid") == "true"
    error = next(part for part in page.iter() if part.get("id") == "wrong-weight-error-1")
    assert links["wrong-weight"] == text_of(error)
