"""Paper forms and interviews."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from playwright.sync_api import Page

from portal.core.book import Role
from tests.browser.kind import ADMIN, Kind, submit
from tests.web.filling import PASSWORD, TASHI, user

CLERK = user(Role.CLERK, TASHI)
PRINT, ENTER, CHECKS = "/admin/papers/print", "/admin/papers/enter", "/admin/papers/checks"
PHONE = f"{ENTER}?village=1&kind=phone"


def print_some(page: Page) -> None:
    """Two forms of the first village; the page itself stays, and the list has them."""
    page.locator("input.digits").first.fill("2")
    with page.expect_download():
        page.locator("main button").click()
    page.goto(urljoin(page.url, "/admin/papers"))


def interview(page: Page) -> None:
    """One interview by telephone, another number each time that the page is opened."""
    page.fill("#who", f"138{page.evaluate('Date.now() % 1e8'):08.0f}")
    page.fill("#q_overall", "2")
    submit(page)


def interview_wrongly(page: Page) -> None:
    page.fill("#who", "12345")
    page.fill("#q_overall", "9")
    submit(page)


def come_as_the_clerk(page: Page) -> None:
    """The administrator types an interview in, and the clerk looks at those that were drawn."""
    interview(page)
    home = page.url
    page.context.clear_cookies()
    page.goto(urljoin(home, "/login"))
    page.fill("#username", CLERK)
    page.fill("#password", PASSWORD)
    with page.expect_navigation(wait_until="load"):
        page.press("#password", "Enter")
    page.goto(urljoin(home, CHECKS))


def look_at_the_first(page: Page) -> None:
    come_as_the_clerk(page)
    page.locator("tbody a").first.click()


def look_at_the_number(page: Page) -> None:
    look_at_the_first(page)
    submit(page)


KINDS: Mapping[str, Kind] = {
    "paper forms": Kind("/admin/papers", "纸质评价单与访问", CLERK),
    "paper forms to print": Kind(PRINT, "印评价单", CLERK),
    "paper forms to print with errors": Kind(PRINT, "印评价单", CLERK, submit),
    "paper forms that were printed": Kind(PRINT, "纸质评价单与访问", CLERK, print_some),
    "what to type in": Kind(ENTER, "录入", CLERK),
    "a paper form to type in": Kind(f"{ENTER}?village=1&kind=paper", "录入", CLERK),
    "an interview with errors": Kind(PHONE, "录入", CLERK, interview_wrongly),
    "an interview typed in": Kind(PHONE, "录入", CLERK, interview),
    "entries to check": Kind(PHONE, "抽查", ADMIN, come_as_the_clerk),
    "an interview to check": Kind(PHONE, "抽查", ADMIN, look_at_the_first),
    "an interview and its number": Kind(PHONE, "抽查", ADMIN, look_at_the_number),
}
RESIDENT: Mapping[str, Kind] = {
    "form opened from a paper": Kind("{form}?s=ABCDEFGH-234567", "请您评一评"),
}
