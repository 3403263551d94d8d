"""Reports of pressure: what a resident sees, and the county's pages."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from playwright.sync_api import Page

from portal.core.book import Role
from tests.browser.kind import Kind, submit
from tests.web.filling import NOWHERE, user

COUNTY = user(Role.COUNTY_REVIEWER, NOWHERE)
FORM = "{form}/pressure"


def tell(page: Page) -> None:
    """Tick a box, leave words and a number, and send."""
    page.locator('label[for="gift"]').click()
    page.fill("#words", "周二在小店门口，说打五颗星就发鸡蛋。")
    page.fill("#contact", "13812345678")
    submit(page)


def too_long(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('[maxlength]').forEach(part => part.removeAttribute('maxlength'))"
    )
    page.fill("#words", "长" * 501)
    page.fill("#contact", "1" * 41)
    submit(page)


def stale(page: Page) -> None:
    page.locator('label[for="gift"]').click()
    page.evaluate("document.querySelector('input[name=key]').value = 'short'")
    submit(page)


def the_list(page: Page) -> None:
    tell(page)
    page.goto(urljoin(page.url, "/review/reports"))


def the_report(page: Page) -> None:
    the_list(page)
    page.locator("tbody tr", has_text="留了").locator("a").first.click()


def the_number(page: Page) -> None:
    the_report(page)
    button = page.get_by_role("button", name="看联系电话")
    if button.count():
        button.click()


def noted(page: Page) -> None:
    the_report(page)
    page.get_by_label("在核").check()
    page.fill("#note", "打了电话，\n约了周四到村里。")
    submit(page)


def nothing_noted(page: Page) -> None:
    the_report(page)
    submit(page)


KINDS: Mapping[str, Kind] = {
    "reports": Kind(FORM, "反映的压力", COUNTY, the_list),
    "reports, none found": Kind("/review/reports?township=x", "反映的压力", COUNTY),
    "a report": Kind(FORM, "的反映", COUNTY, the_report),
    "a report with its number": Kind(FORM, "的反映", COUNTY, the_number),
    "a report, noted": Kind(FORM, "的反映", COUNTY, noted),
    "a report with errors": Kind(FORM, "的反映", COUNTY, nothing_noted),
}
RESIDENT: Mapping[str, Kind] = {
    "pressure": Kind(FORM, "有人要求您打好评"),
    "pressure with errors": Kind(FORM, "有人要求您打好评", then=submit),
    "pressure with long words": Kind(FORM, "有人要求您打好评", then=too_long),
    "pressure on a stale page": Kind(FORM, "有人要求您打好评", then=stale),
    "pressure told": Kind(FORM, "县里收到了", then=tell),
    "pressure with everything in its foot": Kind(FORM, "有人要求您打好评", demo=True),
}
