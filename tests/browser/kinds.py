"""Every kind of page, and how to get there: what accessibility and sizes are measured on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playwright.sync_api import Page

from portal.core.book import Role
from tests.browser.conftest import Window
from tests.web.filling import STREET, TASHI, user

ADMIN, CADRE, READER = user(Role.TOWNSHIP_ADMIN, TASHI), user(Role.CADRE, TASHI), user(Role.CADRE, STREET)


@dataclass(frozen=True, slots=True)
class Kind:
    """A page that `path` leads to ({form} and {cadre} are filled in), after `then` was done on it."""

    path: str
    heading: str
    username: str | None = None
    then: Callable[[Page], None] = lambda _: None

    def show(self, window: Window) -> Page:
        filled = window.site.filled
        page = window.open(self.path.format(form=window.site.form, cadre=filled.cadre))
        self.then(page)
        assert self.heading in page.locator("h1").inner_text()
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


RESIDENT: Mapping[str, Kind] = {
    "code box": Kind("/", "您是哪个村的"),
    "code box with an error": Kind("/?code=ZZZZZZ", "您是哪个村的"),
    "form": Kind("{form}", "请您评一评"),
    "form with errors": Kind("{form}", "请您评一评", then=submit),
    "thanks": Kind("{form}", "收到了", then=answer_and_submit),
    "unknown code": Kind("/v/ZZZZZZ", "没有这个码"),
    "not found": Kind("/no-such-page", "没有这个页面"),
}
STAFF: Mapping[str, Kind] = {
    "log-in": Kind("/login", "登录"),
    "log-in with an error": Kind("/login", "登录", then=log_in_wrongly),
    "my score": Kind("/me", "我的得分", CADRE),
    "my score, all of it": Kind("/me", "我的得分", CADRE, open_everything),
    "my score, with small cells": Kind("/me", "我的得分", READER, open_everything),
    "no score": Kind("/me", "我的得分", "numberless"),
    "results": Kind("/admin/results", "考评结果", ADMIN),
    "results of nobody": Kind("/admin/results?group=x", "考评结果", ADMIN),
    "a cadre, all of it": Kind("/admin/results/{cadre}", "的得分", ADMIN, open_everything),
    "account": Kind("/account", "账号", ADMIN),
    "account with errors": Kind("/account", "账号", ADMIN, submit),
    "refused": Kind("/admin/results", "不能看这一页", CADRE),
    "staff not found": Kind("/admin/x", "没有这个页面", ADMIN),
}
KINDS: Mapping[str, Kind] = {**RESIDENT, **STAFF}
