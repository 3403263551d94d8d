"""Every kind of page in a browser: nothing that axe finds, no sideways scroll, large enough to touch and to read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, Window, Windows
from tests.browser.kind import ADMIN
from tests.browser.kinds import KINDS, RESIDENT, STAFF

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WIDTHS = (320, 375, 768, 1440)
RULES = {"target-size": {"enabled": True}}
STRICTER = {**RULES, "color-contrast-enhanced": {"enabled": True}}
# the size of whatever can be touched: of a radio and of a box to tick its label, of anything else itself
TARGETS = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea,summary')]
  .map(part => [part, ['radio', 'checkbox'].includes(part.type) ? part.labels[0] : part])
  .map(([part, touched]) => [part, touched, touched.getBoundingClientRect()])
  .filter(([part, touched, box]) => box.width > 0 && touched.checkVisibility() && box.right > 0)
  .map(([part, touched, box]) => ({what: part.id || part.innerText, radio: part.type === 'radio',
       main: part.matches('button,input'), width: box.width, height: box.height}))"""
# the size in pixels of every text that is shown, with the text
TEXTS = """() => { const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), out = [];
  while (walk.nextNode()) { const part = walk.currentNode.parentElement, text = walk.currentNode.data.trim();
    if (text && part.checkVisibility() && !['OPTION', 'STYLE'].includes(part.tagName))
      out.push([parseFloat(getComputedStyle(part).fontSize), text.slice(0, 20)]); }
  return out; }"""
# whatever Tab stops at, as people tell it apart: by its id, else by what it says and is called
STOPS = """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden],[type=radio]),select,textarea,summary,[tabindex="0"]')]
  .filter(part => part.checkVisibility() && !part.disabled)
  .map(part => part.id ? '#' + part.id : [part.tagName, part.className, part.innerText.trim().slice(0, 14), part.name, part.value].join())"""
# the bytes that came over the wire for the page and what it fetched
WIRE = """() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
  .reduce((sum, part) => sum + part.transferSize, 0)"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FOCUSED = """() => { const part = document.activeElement;
  if (!part || part === document.body) return null;
  const ringed = [part, ...(part.labels || [])].some(p => { const s = getComputedStyle(p);
    return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 3 && s.boxShadow !== 'none'; });
  return {id: part.id, words: part.innerText, name: part.name || '', ringed}; }"""


def findings(page: Page, rules: dict[str, Any]) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"], "rules": rules}).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['html'][:80]}" for rule in found for node in rule["nodes"]]


def tab_through(window: Window, most: int = 60) -> list[dict[str, Any]]:
    """What Tab reaches from the top of the page, in order."""
    reached: list[dict[str, Any]] = []
    for _ in range(most):
        window.page.keyboard.press("Tab")
        focused = window.measure(FOCUSED)
        if focused is None or focused in reached:
            break
        reached.append(focused)
    return reached


@pytest.fixture(scope="session")
def gallery(all_windows: Windows) -> Callable[[str], Window]:
    """A window on each kind of page, opened once."""

    @cache
    def show(name: str) -> Window:
        window = all_windows.new(KINDS[name].username)
        KINDS[name].show(window)
        return window

    return show


Gallery = Callable[[str], Window]


@pytest.mark.parametrize("name", KINDS)
def test_axe_finds_nothing(gallery: Gallery, name: str) -> None:
    window = gallery(name)
    for size in (PHONE, DESKTOP):
        window.resize(size)
        assert findings(window.page, STRICTER if name in RESIDENT else RULES) == [], size


@pytest.mark.parametrize("name", KINDS)
def test_no_page_scrolls_sideways(gallery: Gallery, name: str) -> None:
    window = gallery(name)
    for width in WIDTHS:
        window.resize((width, 812))
        assert window.measure(SIDEWAYS) <= 0, width


@pytest.mark.parametrize("name", RESIDENT)
def test_residents_can_touch_everything_and_read_everything(gallery: Gallery, name: str) -> None:
    window = gallery(name)
    window.resize(PHONE)
    for target in window.measure(TARGETS):
        assert min(target["width"], target["height"]) >= 48, target
        assert not target["main"] or target["height"] >= 60, target
    assert [text for size, text in window.measure(TEXTS) if size < 18] == []


@pytest.mark.parametrize("name", STAFF)
def test_staff_can_touch_and_read_everything_on_a_phone(gallery: Gallery, name: str) -> None:
    window = gallery(name)
    window.resize(PHONE)
    small = [target for target in window.measure(TARGETS) if min(target["width"], target["height"]) < 44]
    assert small == []
    assert [text for size, text in window.measure(TEXTS) if size < 16] == []


@pytest.mark.parametrize("name", STAFF)
def test_staff_can_read_everything_on_a_desk(gallery: Gallery, name: str) -> None:
    window = gallery(name)
    window.resize(DESKTOP)
    assert [text for size, text in window.measure(TEXTS) if size < 14] == []


@pytest.mark.parametrize("name", KINDS)
def test_no_two_stops_of_the_keyboard_are_taken_for_one(gallery: Gallery, name: str) -> None:
    window = gallery(name)
    for size in (PHONE, DESKTOP):
        window.resize(size)
        stops = window.measure(STOPS)
        assert [stop for stop in stops if stops.count(stop) > 1] == []


@pytest.mark.parametrize("name", KINDS)
def test_a_page_is_light(gallery: Gallery, name: str) -> None:
    assert gallery(name).measure(WIRE) <= (14_336 if name in RESIDENT else 61_440)


def test_the_words_stay_whole_when_text_is_twice_as_large(windows: Windows) -> None:
    window = windows.new()
    window.open(window.site.form)
    window.measure("() => { document.documentElement.style.fontSize = '40px'; }")
    assert window.measure(SIDEWAYS) <= 0


def test_tab_reaches_every_answer_and_shows_where_it_is(windows: Windows) -> None:
    window = windows.new()
    window.open(window.site.form)
    reached = tab_through(window)
    assert [stop["name"] or stop["words"] for stop in reached] == [
        *("q_visited", "q_contact", "q_solved", "q_overall", "comment", "提交", "12345"),
    ]
    assert all(stop["ringed"] for stop in reached)


def test_tab_reaches_every_component_and_shows_where_it_is(windows: Windows) -> None:
    """Some components stand there twice, so that steps are counted by what they reach."""
    window = windows.new()
    page = window.open("/_ui", DESKTOP, demo=True)
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = window.measure(FOCUSED)
        if focused is None:
            break
        assert focused["ringed"], focused
        window.measure("() => { document.activeElement.dataset.reached = '1'; }")
    stops = "a[href],button,input:not([type=hidden],[type=radio]),select,textarea,summary,[tabindex]"
    missed = f"() => [...document.querySelectorAll('{stops}')].filter(part => !part.dataset.reached && part.checkVisibility()).map(part => part.outerHTML)"
    assert window.measure(missed) == []


def test_arrows_and_space_choose_an_answer(windows: Windows) -> None:
    window = windows.new()
    page = window.open(window.site.form)
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.locator("#visited-yes").is_checked()
    page.keyboard.press("ArrowDown")
    assert page.locator("#visited-no").is_checked()


def test_the_first_stop_of_a_staff_page_leads_past_the_menu_and_all_show_where_they_are(
    windows: Windows,
) -> None:
    window = windows.new(ADMIN)
    window.open("/admin/results", DESKTOP)
    reached = tab_through(window, 20)
    assert reached[0]["words"] == "跳到正文"
    assert len(reached) == 20
    assert all(stop["ringed"] for stop in reached)


def test_a_summary_of_errors_leads_to_the_question(windows: Windows) -> None:
    window = windows.new()
    page = KINDS["form with errors"].show(window)
    page.locator("[role=alert] a").click()
    assert page.evaluate("document.activeElement.name") == "q_overall"


def test_heads_of_a_long_table_stay_in_sight(windows: Windows) -> None:
    window = windows.new(ADMIN)
    page = window.open("/admin/results", DESKTOP)
    box = page.locator(".scroll-x.tall")
    box.evaluate("box => box.scrollTo(0, 600)")
    head, top = page.locator("thead").first.locator("th").first.bounding_box(), box.bounding_box()
    assert head is not None
    assert top is not None
    assert abs(head["y"] - top["y"]) < 4


def test_no_page_runs_or_fetches_anything_else(windows: Windows) -> None:
    window, asked, said = windows.new(ADMIN), [], []
    window.page.on("request", lambda request: asked.append((request.resource_type, request.url)))
    window.page.on("console", lambda message: said.append(message.text))
    for path in (
        "/",
        window.site.form,
        "/admin/results",
        f"/admin/results/{window.site.filled.cadre}",
        "/account",
    ):
        window.open(path)
    assert {kind for kind, _ in asked} == {"document", "stylesheet"}
    assert all(url.startswith(window.site.url) for _, url in asked)
    assert said == []
