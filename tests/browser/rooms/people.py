"""Cadres over time."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from tests.browser.kind import ADMIN, Kind, submit


def first_cadre(page: Page) -> None:
    page.locator("tbody th a").first.click()


def act(words: str) -> Kind:
    """An act's page, by way of the first cadre's own."""

    def go(page: Page) -> None:
        first_cadre(page)
        page.get_by_role("link", name=words).click()

    return Kind("/admin/cadres", words, ADMIN, go)


def without_a_word(page: Page) -> None:
    first_cadre(page)
    page.get_by_role("link", name="请假等不计的日子").click()
    submit(page)


def correcting(page: Page) -> None:
    first_cadre(page)
    page.get_by_role("link", name="更正 组团").first.click()


def withdrawing(page: Page) -> None:
    correcting(page)
    page.get_by_role("link", name="删去").click()


KINDS: Mapping[str, Kind] = {
    "cadres": Kind("/admin/cadres", "干部", ADMIN),
    "cadres of nobody": Kind("/admin/cadres?q=x", "干部", ADMIN),
    "a new cadre": Kind("/admin/cadres/new", "添加干部", ADMIN),
    "a new cadre with errors": Kind("/admin/cadres/new", "添加干部", ADMIN, submit),
    "a cadre over time": Kind("/admin/cadres", "", ADMIN, first_cadre),
    "moving a cadre": act("调岗位或模块"),
    "another group": act("改组别、编制或角色"),
    "a further post": act("加兼岗"),
    "another team": act("进组团、换组团或改个人系数"),
    "an absence": act("请假等不计的日子"),
    "an absence with errors": Kind("/admin/cadres", "请假等不计的日子", ADMIN, without_a_word),
    "leaving": act("离开"),
    "correcting a name": act("更正姓名或手机"),
    "correcting a row": Kind("/admin/cadres", "更正组团", ADMIN, correcting),
    "taking a row away": Kind("/admin/cadres", "删去录错的组团", ADMIN, withdrawing),
}
