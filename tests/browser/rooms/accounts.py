"""Accounts, rights, the own account, the installation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from playwright.sync_api import Page

from portal.core.book import Role
from tests.browser.kind import ADMIN, CADRE, Kind, submit
from tests.web.filling import NOWHERE, TASHI, user

SYSTEM = user(Role.SYSTEM_ADMIN, NOWHERE)
LIST = "/admin/accounts"


def open_cadre(page: Page) -> None:
    """The account of the cadre, found as an administrator would."""
    page.fill("#q", user(Role.CADRE, TASHI))
    page.click("form.filters button")
    page.locator("tbody a").first.click()


def go(*words: str) -> Callable[[Page], None]:
    """From the list to the cadre's account, then along these links."""

    def along(page: Page) -> None:
        open_cadre(page)
        for word in words:
            page.get_by_role("link", name=word).click()

    return along


def go_wrongly(word: str) -> Callable[[Page], None]:
    def along(page: Page) -> None:
        open_cadre(page)
        page.get_by_role("link", name=word).click()
        submit(page)

    return along


def recover(page: Page) -> None:
    page.locator("tbody a").first.click()


KINDS: Mapping[str, Kind] = {
    "own account of a cadre": Kind("/account", "账号", CADRE),
    "second factor": Kind("/account/second", "设置手机验证码", CADRE),
    "second factor with errors": Kind("/account/second", "设置手机验证码", CADRE, submit),
    "another device": Kind("/account/second", "换一台手机", ADMIN),
    "accounts": Kind(LIST, "账号", ADMIN),
    "accounts of nobody": Kind(f"{LIST}?q=zzzz", "账号", ADMIN),
    "a new account": Kind(f"{LIST}/new", "添加账号", ADMIN),
    "a new account with errors": Kind(f"{LIST}/new", "添加账号", ADMIN, submit),
    "slips in bulk": Kind(f"{LIST}/slips", "批量建账号", ADMIN),
    "an account": Kind(LIST, "的账号", ADMIN, open_cadre),
    "roles": Kind(LIST, "的角色", ADMIN, go("改角色")),
    "roles with errors": Kind(LIST, "的角色", ADMIN, go_wrongly("改角色")),
    "a deputy": Kind(LIST, "代理一个角色", ADMIN, go("加代理")),
    "a deputy with errors": Kind(LIST, "代理一个角色", ADMIN, go_wrongly("加代理")),
    "closing an account": Kind(LIST, "停用", ADMIN, go("停用")),
    "a new slip": Kind(LIST, "重发纸条", ADMIN, go("重发纸条")),
    "rights": Kind("/admin/rights", "谁能做什么", ADMIN),
    "townships": Kind("/system", "乡镇", SYSTEM),
    "a new township": Kind("/system/townships/new", "加一个乡镇", SYSTEM),
    "a new township, known": Kind("/system/townships/new?code=330802005", "加一个乡镇", SYSTEM),
    "a new township with errors": Kind("/system/townships/new?code=1", "加一个乡镇", SYSTEM, submit),
    "a township's administrator": Kind("/system", "的管理员", SYSTEM, recover),
    "a township's administrator with errors": Kind(
        "/system", "的管理员", SYSTEM, lambda page: (recover(page), submit(page))[1]
    ),
}
