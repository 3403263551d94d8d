"""What a page of a resident may weigh and how large everything on it is: every kind of page, each in three sizes of letters.

The figures are the township's promise to a 70-year-old with a cheap phone on one bar of signal. Each page is opened
once and resized; that a cookie gives the letters their size is tested in tests/web/test_text_size.py.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Window, Windows
from tests.browser.kinds import RESIDENT, STANDARD, STANDARD_DEMO
from tests.browser.measuring import (
    ONCE,
    RULES,
    SIDEWAYS,
    STOPS,
    STRICTER,
    TARGETS,
    TEXTS,
    TWICE,
    findings,
    tab_through,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

MOST_BYTES, MOST_REQUESTS = 6144, 2  # on the wire, with all headers
WIDTHS = (320, 360, 375, 768, 1440)
LETTERS = {"": 20, "s24": 24, "s30": 30}  # class of the page → px of 1 rem
SMALLEST_TEXT, LOWEST_LINE = 18, 1.3
SMALLEST_TARGET, SMALLEST_ANSWER = 48, 60
FIRST_ANSWER, MOST_SCREENS = 400, 3.5


@dataclass
class Wire:
    """What came over the wire for each document that a window opened, as the browser's own meter says."""

    window: Window
    bytes: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    asked: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    _document: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        meter = self.window.context.new_cdp_session(self.window.page)
        meter.on("Network.requestWillBeSent", self._asked)
        meter.on("Network.loadingFinished", self._finished)
        meter.send("Network.enable")

    def _asked(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            if event["requestId"] not in self._document:
                self.asked[event["loaderId"]].append(event["request"]["url"])
            self._document[event["requestId"]] = event["loaderId"]

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes[self._document.get(event["requestId"], "")] += event["encodedDataLength"]

    def of_the_page(self) -> tuple[float, list[str]]:
        """The bytes and the addresses of the document that is shown now: the one that was asked for last."""
        last = list(self.asked)[-1]
        return self.bytes[last], self.asked[last]


@dataclass(frozen=True, slots=True)
class Shown:
    window: Window
    wire: Wire

    def sizes(self) -> Iterator[str]:
        """The page in each size of letters, then as it was."""
        for name in (*LETTERS, ""):
            self.window.page.evaluate("name => { document.documentElement.className = name }", name)
            yield name


@pytest.fixture(scope="module", params=RESIDENT)
def shown(request: pytest.FixtureRequest, all_windows: Windows) -> Iterator[Shown]:
    """Each kind of page, opened once; the tests of one kind run together, and then its window is closed."""
    kind = RESIDENT[request.param]
    with all_windows.for_a_while(kind.username) as window:
        wire = Wire(window)
        kind.show(window)
        yield Shown(window, wire)


def test_a_page_comes_over_one_bar_of_signal(shown: Shown) -> None:
    size, asked = shown.wire.of_the_page()
    assert 0 < size <= MOST_BYTES
    assert len(asked) <= MOST_REQUESTS
    assert {address.split("/")[2] for address in asked} == {shown.window.page.url.split("/")[2]}
    assert shown.window.page.locator("script[src], link[href]:not([href^='data:']), img, iframe").count() == 0


def test_everything_can_be_read_and_touched_in_every_size(shown: Shown) -> None:
    shown.window.resize(PHONE)
    for letters in shown.sizes():
        for target in shown.window.measure(TARGETS):
            assert min(target["width"], target["height"]) >= SMALLEST_TARGET, (letters, target)
            assert not target["main"] or target["height"] >= SMALLEST_ANSWER, (letters, target)
        texts = shown.window.measure(TEXTS)
        assert [text for size, line, text in texts if size < SMALLEST_TEXT or line < LOWEST_LINE] == []
        assert max(size for size, _, _ in texts) >= LETTERS[letters]


def test_nothing_scrolls_sideways_in_any_size_nor_with_text_twice_as_large(shown: Shown) -> None:
    for letters in shown.sizes():
        for width in WIDTHS:
            shown.window.resize((width, 812))
            assert shown.window.measure(SIDEWAYS) <= 0, (letters, width)
        shown.window.measure(TWICE)
        for width in (320, 375):
            shown.window.resize((width, 812))
            assert shown.window.measure(SIDEWAYS) <= 0, (letters, width, "twice")
        shown.window.measure(ONCE)


def test_axe_finds_nothing_and_every_text_has_a_contrast_of_seven(shown: Shown) -> None:
    shown.window.resize(DESKTOP)
    assert findings(shown.window.page, STRICTER) == []
    shown.window.resize(PHONE)
    for letters in shown.sizes():
        # colours are the same in every size
        assert findings(shown.window.page, RULES if letters else STRICTER) == [], letters


def test_tab_shows_where_it_is_and_no_two_stops_are_taken_for_one(shown: Shown) -> None:
    shown.window.resize(PHONE)
    stops = shown.window.measure(STOPS)
    assert [stop for stop in stops if stops.count(stop) > 1] == []
    shown.window.measure("() => { document.activeElement.blur(); scrollTo(0, 0) }")
    reached = tab_through(shown.window)
    assert reached
    assert [stop for stop in reached if not stop["ringed"]] == []


@pytest.mark.parametrize("shown", [STANDARD, STANDARD_DEMO], indirect=True)
def test_the_standard_form_begins_at_once_and_ends_soon(shown: Shown) -> None:
    shown.window.resize(PHONE)
    first = shown.window.page.locator("main input[type=radio] + label").first.bounding_box()
    assert first is not None
    assert first["y"] + first["height"] <= FIRST_ANSWER
    assert shown.window.measure("() => document.documentElement.scrollHeight") <= MOST_SCREENS * PHONE[1]
