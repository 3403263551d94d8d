"""The residents' form of a period: what there is, another one, and a look at it on a phone."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from tests.browser.kind import ADMIN, Kind

EDIT = "/admin/form/edit"


def look(page: Page) -> None:
    page.locator("button[value=look]").click()


def fill_the_largest(page: Page) -> None:
    """Six questions with the longest wordings and the most options."""
    for box in page.locator("input[type=checkbox]:checked").all():
        page.locator(f'label[for="{box.get_attribute("id")}"]').click()
    for key in ("replied", "solved", "errands", "promise", "manner"):
        page.locator(f'label[for="use_{key}"]').click()
        page.fill(f"#text_{key}", f"您在村里跟联村干部说过的事情{key}".ljust(39, "啊") + "？")
    page.fill("#reason", "走访另有台账")
    look(page)


def ask_too_much(page: Page) -> None:
    for key in ("asked", "policy", "manner"):
        page.locator(f'label[for="use_{key}"]').click()
    page.fill("#text_visited", "")
    page.fill("#weight_contact", "0")
    page.fill("#points_overall_4", "101")
    look(page)


def open_the_preview(page: Page) -> None:
    fill_the_largest(page)
    page.goto(page.locator("iframe").evaluate("frame => frame.src"))


KINDS: Mapping[str, Kind] = {
    "residents' form": Kind("/admin/form", "问卷", ADMIN),
    "changing the residents' form": Kind(EDIT, "改", ADMIN),
    "changing the residents' form with errors": Kind(EDIT, "改", ADMIN, ask_too_much),
    "changing the residents' form, on a phone": Kind(EDIT, "先看一看", ADMIN, fill_the_largest),
}
RESIDENT: Mapping[str, Kind] = {
    "preview of the form": Kind("/admin/form/preview", "请您评一评", ADMIN),
    "preview of the largest form": Kind(EDIT, "请您评一评", ADMIN, open_the_preview),
}
