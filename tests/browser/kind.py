"""A kind of page and how to get there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from portal.core.book import Role
from tests.browser.conftest import Window
from tests.web.filling import STREET, TASHI, user

ADMIN, CADRE, READER = user(Role.TOWNSHIP_ADMIN, TASHI), user(Role.CADRE, TASHI), user(Role.CADRE, STREET)


@dataclass(frozen=True, slots=True)
class Kind:
    """A page that `path` leads to ({form} and {cadre} are filled in), after `then` was done on it.

    `demo` opens it on the portal that runs as a demo: production has no gallery.
    """

    path: str
    heading: str
    username: str | None = None
    then: Callable[[Page], None] = lambda _: None
    demo: bool = False

    def show(self, window: Window) -> Page:
        filled = window.site.filled
        page = window.open(self.path.format(form=window.site.form, cadre=filled.cadre), demo=self.demo)
        self.then(page)
        assert self.heading in page.locator("h1").inner_text(), page.locator("main").inner_text()[:600]
        return page


def submit(page: Page) -> None:
    page.locator("main button[type=submit]").last.click()


def answer_and_submit(page: Page) -> None:
    page.locator('label[for="overall-4"]').click()
    submit(page)


def log_in_wrongly(page: Page) -> None:
    page.fill("#username", "nobody")
    page.fill("#password", "wrong")
    submit(page)


def open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
