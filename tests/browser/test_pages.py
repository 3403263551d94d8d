"""Every kind of page of the staff in a browser: nothing that axe finds, no sideways scroll, large enough to touch and to
read. Residents' pages are measured in test_resident_figures.py; how both are used by keyboard stands here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.conftest import DESKTOP, PHONE, Window, Windows
from tests.browser.kind import ADMIN
from tests.browser.kinds import KINDS, STAFF
from tests.browser.measuring import (
    FOCUSED,
    RULES,
    SIDEWAYS,
    STOPS,
    TARGETS,
    TEXTS,
    WIRE,
    findings,
    tab_through,
)

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pages")]

WIDTHS = (320, 375, 768, 1440)


@pytest.fixture(scope="module", params=STAFF)
def shown(request: pytest.FixtureRequest, all_windows: Windows) -> Iterator[Window]:
    """Each kind of page, opened once; the tests of one kind run together, and then its window is closed."""
    kind = STAFF[request.param]
    with all_windows.for_a_while(kind.username) as window:
        kind.show(window)
        yield window


def test_axe_finds_nothing(shown: Window) -> None:
    for size in (PHONE, DESKTOP):
        shown.resize(size)
        assert findings(shown.page, RULES) == [], size


def test_no_page_scrolls_sideways(shown: Window) -> None:
    for width in WIDTHS:
        shown.resize((width, 812))
        assert shown.measure(SIDEWAYS) <= 0, width


def test_staff_can_touch_and_read_everything_on_a_phone(shown: Window) -> None:
    shown.resize(PHONE)
    small = [target for target in shown.measure(TARGETS) if min(target["width"], target["height"]) < 44]
    assert small == []
    assert [text for size, _, text in shown.measure(TEXTS) if size < 16] == []


def test_staff_can_read_everything_on_a_desk(shown: Window) -> None:
    shown.resize(DESKTOP)
    assert [text for size, _, text in shown.measure(TEXTS) if size < 14] == []


def test_no_two_stops_of_the_keyboard_are_taken_for_one(shown: Window) -> None:
    for size in (PHONE, DESKTOP):
        shown.resize(size)
        stops = shown.measure(STOPS)
        assert [stop for stop in stops if stops.count(stop) > 1] == []


def test_a_page_is_light(shown: Window) -> None:
    assert shown.measure(WIRE) <= 61_440


def test_tab_reaches_every_answer_and_shows_where_it_is(windows: Windows) -> None:
    window = windows.new()
    window.open(window.site.form)
    reached = tab_through(window)
    assert [stop["name"] or stop["words"] for stop in reached][:10] == [
        *(
            "标准",
            "大",
            "特大",
            "q_visited",
            "q_contact",
            "q_solved",
            "q_overall",
            "comment",
            "want_reply",
            "提交",
        ),
    ]
    assert reached[-1]["words"] == "12345"
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
    for _ in range(4):  # past the three sizes of letters
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
