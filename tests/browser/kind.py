"""A kind of page and how to get there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from portal.core.book import Role
from tests.browser.conftest import Window
from tests.web.filling import ALONE, STREET, TASHI, user

ADMIN, CADRE, READER = user(Role.TOWNSHIP_ADMIN, TASHI), user(Role.CADRE, TASHI), user(Role.CADRE, STREET)


@dataclass(frozen=True, slots=True)
class Kind:
    """A page that `path` leads to ({form}, {alone} and {cadre} are filled in), after `then` was done on it.

    `demo` opens it on the portal that runs as a demo: production has no gallery.
    """

    path: str
    heading: str
    username: str | None = None
    then: Callable[[Page], None] = lambda _: None
    demo: bool = False

    def show(self, window: Window) -> Page:
        filled = window.site.filled
        alone = f"/v/{filled.posters[ALONE]}"  # the form of a village without a team
        path = self.path.format(form=window.site.form, alone=alone, cadre=filled.cadre)
        page = window.open(path, demo=self.demo)
        self.then(page)
        assert self.heading in page.locator("h1").inner_text(), page.locator("main").inner_text()[:600]
        return page


def submit(page: Page) -> None:
    """Press the button and wait for the page that answers, also where a script sends the form."""
    with page.expect_navigation():
        page.locator("main button[type=submit]").last.click()


def answer_and_submit(page: Page) -> None:
    page.locator('label[for="overall-4"]').click()
    submit(page)


def want_reply(page: Page) -> None:
    page.locator('label[for="want_reply"]').click()


def want_reply_wrongly(page: Page) -> None:
    want_reply(page)
    page.fill("#reply-phone", "138")
    submit(page)


def ask_and_submit(page: Page) -> None:
    want_reply(page)
    page.fill("#comment", "村口的路灯坏了两个月，晚上看不见路")
    page.fill("#reply-phone", "13800001234")
    answer_and_submit(page)


def send_without_key(page: Page) -> None:
    page.evaluate("document.forms[0].elements.key.value = ''")
    answer_and_submit(page)


def send_without_network(page: Page) -> None:
    want_reply(page)
    page.context.set_offline(True)
    page.locator("main button[type=submit]").click()
    page.locator("main [role=alert]").wait_for()
    page.context.set_offline(False)


def come_back_later(page: Page) -> None:
    page.locator('label[for="overall-4"]').click()
    page.reload()
    page.locator("main [role=status]").wait_for()


def log_in_wrongly(page: Page) -> None:
    page.fill("#username", "nobody")
    page.fill("#password", "wrong")
    submit(page)


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
