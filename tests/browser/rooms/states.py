"""What stands around the form: taken back, not open, too often, not there, and what is kept."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from portal.web.residents import often
from tests.browser.kind import Kind, answer_and_submit, submit


def rate_and_take_back(page: Page) -> None:
    answer_and_submit(page)
    page.goto(page.url.partition("/thanks")[0] + "/withdraw")
    submit(page)


def send_too_often(page: Page) -> None:
    """The same page again and again, as a machine would: a phone has thirty in ten minutes."""
    address = page.evaluate("document.querySelector('main form').action")
    key = page.locator('input[name="key"]').input_value()
    for _ in range(often.FORMS_OF_A_PHONE):
        page.context.request.post(address, form={"key": key, "q_overall": "4"}, max_redirects=0)
    answer_and_submit(page)
    assert "还没有交上" in page.locator("[role=alert]").inner_text()


def send_a_book(page: Page) -> None:
    """More words than a form may hold: a browser keeps to the field's limit, so that is taken away first."""
    page.evaluate(
        """() => { const words = document.querySelector('textarea');
        words.removeAttribute('maxlength'); words.value = '长'.repeat(30000); }"""
    )
    answer_and_submit(page)


def send_elsewhere(page: Page) -> None:
    """Past the page's own script, which knows where its form belongs."""
    with page.expect_navigation():
        page.evaluate(
            """() => { const form = document.querySelector('main form');
            form.action = location.pathname + '/thanks'; form.submit(); }"""
        )


KINDS: Mapping[str, Kind] = {}  # staff
RESIDENT: Mapping[str, Kind] = {
    "taking a rating back": Kind("{form}/withdraw", "撤回我的评价"),
    "taken back": Kind("{form}", "已经撤回了", then=rate_and_take_back),
    "nothing to take back": Kind("{form}/withdrawn", "没有可以撤回的"),
    "privacy": Kind("/privacy", "我们记什么"),
    "privacy with everything in its foot": Kind("/privacy", "我们记什么", demo=True),
    "form sent too often": Kind("{form}", "请您评一评", then=send_too_often),
    "form too large": Kind("{form}", "没有交上", then=send_a_book),
    "an unknown code of the right length": Kind("/v/YYYYYY", "没有这个码"),
    "sent to where nothing is taken in": Kind("{form}", "不能这样打开", then=send_elsewhere),
}
