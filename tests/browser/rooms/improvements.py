"""你说我办: a village's page, and the office's."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from playwright.sync_api import Page

from portal.actions.second_factor import code_at
from portal.core.book import Role
from tests.browser.kind import ADMIN, Kind, submit
from tests.conftest import NOON
from tests.web.filling import PASSWORD, SECOND, TASHI, user

CLERK, APPROVER = user(Role.CLERK, TASHI), user(Role.APPROVER, TASHI)
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


def put_up(page: Page) -> None:
    """The clerk proposes, the approver agrees, and the village's list is opened; once it is there it is just opened."""
    page.goto(urljoin(page.url, OFFICE))
    row = page.locator("tbody tr", has=page.locator("td.num", has_text="1 条")).first
    if not row.locator("td.num", has_text="1 条").first.is_visible() or "还没有" in row.inner_text():
        page.goto(urljoin(page.url, NEW))
        propose(page)
        proposed = page.url.partition("?")[0]
        become(page, proposed)
        page.get_by_role("button", name="同意").first.click()
        page.goto(urljoin(page.url, OFFICE))
    page.locator("#page-1").locator("xpath=../../th/a").click()


def become(page: Page, then: str) -> None:
    """Log in as the approver."""
    page.context.clear_cookies()
    page.goto(urljoin(then, "/login"))
    page.fill("#username", APPROVER)
    page.fill("#password", PASSWORD)
    submit(page)
    page.fill("#code", code_at(SECOND, NOON))
    with page.expect_navigation(wait_until="load"):
        page.press("#code", "Enter")
    page.goto(then)


KINDS: Mapping[str, Kind] = {
    "improvements": Kind(OFFICE, "你说我办", ADMIN),
    "an improvement to propose": Kind(NEW, "提一条你说我办", CLERK),
    "an improvement with errors": Kind(NEW, "提一条你说我办", CLERK, submit),
    "an improvement that waits": Kind(NEW, "你说我办", CLERK, waiting),
}
RESIDENT: Mapping[str, Kind] = {
    "improvements of a village": Kind("{form}/done", "你说我办"),
}
