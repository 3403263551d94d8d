"""Requests: the author's page at every stage, and the township's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page

from portal.core.receipts import typed_receipt
from portal.web.guards import COOKIE
from tests.browser.conftest import Window
from tests.browser.kind import ADMIN, Kind, submit

WORDS = "村口的路灯坏了半个月了，晚上老人出门看不见路，摔过一跤。"
PHONE = "13812345678"
SAID = {"解": "解决了", "没": "没解决"}


def ask(page: Page, form: str, words: str = WORDS) -> str:
    """Send the form of a village as its page does, wanting an answer; gives the receipt."""
    page.goto(form)
    key = page.locator("input[name=key]").input_value()
    sent = {"key": key, "q_overall": "4", "want_reply": "1", "comment": words, "contact": PHONE}
    thanks = page.context.request.post(form, form=sent)
    (receipt,) = parse_qs(urlsplit(thanks.url).query)["case"]
    return receipt


@contextmanager
def desk(window: Window) -> Iterator[Page]:
    """The administrator's own browser, on the list of requests."""
    browser = window.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False, locale="zh-CN")
    token = window.site.filled.sessions[ADMIN]
    context.add_cookies([{"name": COOKIE, "value": token, "url": window.site.url}])
    page = context.new_page()
    page.goto(f"{window.site.url}/admin/cases")
    yield page
    context.close()


def open_by_words(page: Page, words: str) -> None:
    """Open the request that says this, from the list of what is to do."""
    for address in page.locator("tbody th a").evaluate_all("links => links.map(link => link.href)"):
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
    raise LookupError(words)


def answer(page: Page) -> None:
    page.fill("#answer", "已经联系供电所，明天上午来换灯。")
    page.get_by_role("button", name="答复", exact=True).click()


def finish(page: Page) -> None:
    page.locator("#outcome").check()
    page.fill("#done", "灯换好了，晚上看过是亮的。")
    page.get_by_role("button", name="办结", exact=True).click()


@dataclass(frozen=True, slots=True)
class Asked(Kind):
    """A page of a request that was sent just now; `steps` were taken since: 答 answered, 办 finished, 解 and 没 said."""

    steps: str = ""

    def show(self, window: Window) -> Page:
        page, site = window.page, window.site
        words = f"{WORDS}（{self.heading}{self.steps}{self.username}{self.then.__name__}）"
        receipt = ask(page, site.url + site.form, words)
        for step in self.steps:
            if step in SAID:
                page.goto(f"{site.url}/case/{receipt}")
                page.get_by_text(SAID[step], exact=True).click()
                page.locator('label[for="overall-4"]').click()
                submit(page)
                continue
            with desk(window) as office:
                open_by_words(office, words)
                (answer if step == "答" else finish)(office)
        if self.username is None:
            page.goto(site.url + self.path.format(receipt=typed_receipt(receipt)))
        else:
            page.goto(site.url + "/admin/cases")
            open_by_words(page, words)
        self.then(page)
        assert self.heading in page.locator("h1").inner_text(), page.locator("main").inner_text()[:600]
        return page


def look_at_contact(page: Page) -> None:
    page.get_by_role("button", name="看联系电话").click()
    assert PHONE in page.locator("main").inner_text()


def finish_with_nothing(page: Page) -> None:
    page.get_by_role("button", name="办结", exact=True).click()


OWN = "/case/{receipt}"
RESIDENT: Mapping[str, Kind] = {
    "a request that waits": Asked(OWN, "您反映的事"),
    "a request that was answered": Asked(OWN, "您反映的事", steps="答"),
    "a finished request": Asked(OWN, "您反映的事", steps="答办"),
    "a finished request with errors": Asked(OWN, "您反映的事", then=submit, steps="答办"),
    "a request taken up again": Asked(OWN, "您反映的事", steps="答办没"),
    "a request that was heard": Asked(OWN, "您反映的事", steps="答办没办解"),
    "an unknown receipt": Kind("/case/ZZZZZZZZZZ", "没有查到这件事"),
}
KINDS: Mapping[str, Kind] = {
    "requests": Kind("/admin/cases", "诉求", ADMIN),
    "all requests": Kind("/admin/cases?state=all", "诉求", ADMIN),
    "a request to answer": Asked("", "诉求 群", ADMIN),
    "a request to answer, with errors": Asked("", "诉求 群", ADMIN, finish_with_nothing, steps="答"),
    "a request with its contact": Asked("", "诉求 群", ADMIN, look_at_contact),
    "a request taken up again, to answer": Asked("", "诉求 群", ADMIN, steps="答办没"),
}
