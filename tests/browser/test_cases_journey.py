"""A request on its whole way, on a phone and at a desk whose browsers run no scripts: asked, answered, denied, solved."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Window, Windows
from tests.browser.kind import ADMIN, CADRE, submit
from tests.browser.rooms.cases import answer, ask, desk, finish, open_by_words

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WORDS = "桥头的护栏断了一根，孩子上学从那里过。"


def resolved(window: Window) -> tuple[int, int]:
    """What the explanation of a cadre's score says of the team: so many resolved of so many."""
    page = window.open(f"/admin/results/{window.site.filled.cadre}")
    page.locator("details#team > summary").click()
    page.locator("summary", has_text="诉求办理（权重").first.click()
    words = page.get_by_text("办结并经群众确认").first.inner_text()
    counted, good = (int(part) for part in words.partition("：")[2].partition(" 件，")[0].split(" 件里 "))
    return good, counted


def said(page: Page, verdict: str, level: str) -> None:
    assert page.locator("input:checked").count() == 0
    page.locator(f'label[for="verdict-{verdict}"]').click()
    page.locator(f'label[for="overall-{level}"]').click()
    submit(page)


def test_a_request_is_answered_denied_taken_up_again_and_solved(windows: Windows) -> None:
    phone, office = windows.new(scripts=False), windows.new(ADMIN, scripts=False)
    good, counted = resolved(office)
    receipt = ask(phone.page, windows.site.url + windows.site.form, WORDS)
    page = phone.open("/")
    page.fill("#code", f"{receipt[:5].lower()}-{receipt[5:].lower()}")
    submit(page)
    assert page.url == f"{windows.site.url}/case/{receipt}"
    assert "还没有人答复" in page.locator("main").inner_text()

    with desk(phone) as at_work:
        open_by_words(at_work, WORDS)
        answer(at_work)
        finish(at_work)
    page.reload()
    main = page.locator("main").inner_text()
    assert main.index(WORDS) < main.index("明天上午来换灯") < main.index("这件事解决了吗")
    assert resolved(office) == (good, counted), "nobody has confirmed or denied it"

    said(page, "unsolved", "2")
    assert "转回去重新办" in page.locator("main").inner_text()
    with desk(phone) as at_work:
        open_by_words(at_work, WORDS)
        assert "重新办理" in at_work.locator("main").inner_text()
        finish(at_work)
    page.reload()
    said(page, "solved", "4")
    assert "您说解决了" in page.locator("main").inner_text()
    assert resolved(office) == (good + 1, counted + 1)


def test_what_a_cadre_opens_shows_nothing_of_a_request(windows: Windows) -> None:
    window = windows.new(CADRE, scripts=False)
    ask(windows.new(scripts=False).page, windows.site.url + windows.site.form, f"{WORDS}再说一遍。")
    assert WORDS not in window.open("/me").content()
    assert window.open("/admin/cases").locator("h1").inner_text() == "您的账号不能看这一页"
