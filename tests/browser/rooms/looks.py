"""The gallery of components, which production does not have, the menu, and the foot with every fact of the site."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from tests.browser.kind import ADMIN, Kind, open_everything


def open_menu(page: Page) -> None:
    page.locator(".menu > summary").click()


KINDS: Mapping[str, Kind] = {
    "components": Kind("/_ui", "组件", then=open_everything, demo=True),
    "menu, open": Kind("/account", "账号", ADMIN, open_menu),
    "foot with everything": Kind("/login", "登录", demo=True),
}
