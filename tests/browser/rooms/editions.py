"""The residents' form of a period: what there is, another one, and a look at it on a phone."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from tests.browser.kind import ADMIN, Kind

EDIT = "/admin/form/edit"
LONG = {  # forty characters each
    "replied": "您或者您家里人今年向镇里的联村干部反映过的大小事情里，最近一件过多久才有人回话？",
    "solved": "您在村里当面跟联村干部说过的事情，像修路、用水、低保这样的，后来到底办得怎样了？",
    "errands": "今年您为了自己家里的一件事情去找联村干部，从头一回开口到办成，前前后后跑了几趟？",
    "promise": "联村干部到村里开会或者上门的时候答应过您、答应过大家的事情，后来有没有真的去办？",
    "manner": "联村干部上门走访、接电话或者在村里碰到您的时候，跟您说话是客气的，还是不耐烦？",
}


def look(page: Page) -> None:
    page.locator("button[value=look]").click()


def fill_the_largest(page: Page) -> None:
    """Six questions with the longest wordings and the most options."""
    for key in ("visited", "contact", "replied", "errands", "promise", "manner"):
        page.locator(f'label[for="use_{key}"]').click()
    for key, words in LONG.items():
        page.fill(f"#text_{key}", words)
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
