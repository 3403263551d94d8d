"""Posters and the hub of residents' voices; what a retired poster says."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from portal.core.book import Role
from tests.browser.kind import ADMIN, Kind, submit
from tests.web.filling import STREET, user

CLERK = user(Role.CLERK, STREET)


def to_replace(page: Page) -> None:
    page.get_by_role("link", name="换新").first.click()


def without_reason(page: Page) -> None:
    to_replace(page)
    submit(page)


def replaced(page: Page) -> None:
    to_replace(page)
    page.fill("#reason", "丢了")
    page.fill("#place", "村便民服务中心门口")
    submit(page)


def opened_by_its_old_code(page: Page) -> None:
    """Replaced by the clerk, and then scanned: the page is a resident's."""
    replaced(page)
    page.locator("details.more summary").click()
    old = page.locator("details.more tbody tr").first.locator("td").first.inner_text()
    page.context.clear_cookies()
    page.goto(page.url.partition("/admin")[0] + f"/v/{old}")


def too_long(page: Page) -> None:
    for box in page.locator("tbody input").all()[:2]:
        box.fill("很" * 41)
    submit(page)


KINDS: Mapping[str, Kind] = {
    "voices": Kind("/admin/voices", "群众评价", ADMIN),
    "posters": Kind("/admin/posters", "海报", ADMIN),
    "posters that can't be printed": Kind("/admin/posters/print.pdf?poster=ZZZZZZ", "海报", ADMIN),
    "posters' places": Kind("/admin/posters/places", "海报贴在哪里", ADMIN),
    "posters' places with errors": Kind("/admin/posters/places", "海报贴在哪里", ADMIN, too_long),
    "a new poster": Kind("/admin/posters", "换一张新海报", ADMIN, to_replace),
    "a new poster with errors": Kind("/admin/posters", "换一张新海报", ADMIN, without_reason),
    "posters, one replaced": Kind("/admin/posters", "海报", CLERK, replaced),
}
RESIDENT: Mapping[str, Kind] = {
    "retired code": Kind("/admin/posters", "这张海报换新了", CLERK, opened_by_its_old_code),
}
