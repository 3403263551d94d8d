"""你说我办: a village's page, and the office's."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from playwright.sync_api import Page

from portal.core.book import Role
from tests.browser.kind import ADMIN, Kind, submit
from tests.web.filling import TASHI, user

CLERK = user(Role.CLERK, TASHI)
OFFICE, NEW = "/admin/improvements", "/admin/improvements/new"


def propose(page: Page) -> None:
    """Propose an entry; the same said again leads to the same page."""
    page.select_option("#village", index=1)
    page.fill("#said", "垃圾桶满了没人收，夏天味道大。")
    page.fill("#done", "改成每天收一次，桶也加了盖。")
    page.fill("#day", "2026-11-08")
    page.fill("#reason", "村民代表会上说的")
    submit(page)


def waiting(page: Page) -> None:
    propose(page)
    page.goto(urljoin(page.url, OFFICE))


def the_village(page: Page) -> None:
    """The village that has an entry."""
    page.locator("tbody tr", has_text="1 条").locator("th a").last.click()


def taking_down(page: Page) -> None:
    the_village(page)
    page.get_by_role("link", name="撤下").click()


def taking_down_without_a_word(page: Page) -> None:
    taking_down(page)
    submit(page)


KINDS: Mapping[str, Kind] = {
    "improvements": Kind(OFFICE, "你说我办", ADMIN),
    "an improvement to propose": Kind(NEW, "提一条你说我办", CLERK),
    "an improvement with errors": Kind(NEW, "提一条你说我办", CLERK, submit),
    "an improvement that waits": Kind(NEW, "你说我办", CLERK, waiting),
    "a village's improvements": Kind(OFFICE, "的你说我办", ADMIN, the_village),
    "taking an improvement down": Kind(OFFICE, "撤下一条", ADMIN, taking_down),
    "taking one down with errors": Kind(OFFICE, "撤下一条", ADMIN, taking_down_without_a_word),
}
RESIDENT: Mapping[str, Kind] = {
    "improvements of a village": Kind("{form}/done", "你说我办"),
}
