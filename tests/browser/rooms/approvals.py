"""Two-person acts and the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urljoin

from playwright.sync_api import Page

from portal.actions.second_factor import code_at
from portal.core.book import Role
from tests.browser.kind import ADMIN, Kind, open_everything, submit
from tests.conftest import NOON
from tests.web.filling import PASSWORD, SECOND, TASHI, user

CLERK, APPROVER = user(Role.CLERK, TASHI), user(Role.APPROVER, TASHI)
NEW_BONUS, NEW_CASE = "/admin/approvals/bonus/new", "/admin/approvals/case/new"


def propose(page: Page) -> None:
    """Propose the bonus that the first choices make; the same said again leads to the same page."""
    page.select_option("#task_force", index=1)
    page.select_option("#cadre", index=1)
    page.fill("#points", "1.5")
    page.fill("#reason", "驻点三周，签约 18 户")
    submit(page)


def come_as_the_approver(page: Page) -> None:
    """The clerk proposes, and the approver logs in and opens it."""
    propose(page)
    proposed = page.url.partition("?")[0]
    page.context.clear_cookies()
    page.goto(urljoin(proposed, "/login"))
    page.fill("#username", APPROVER)
    page.fill("#password", PASSWORD)
    submit(page)
    page.fill("#code", code_at(SECOND, NOON))
    submit(page)
    page.goto(proposed)


def open_first(page: Page) -> None:
    page.locator("tbody a").first.click()


def open_first_act(page: Page) -> None:
    open_first(page)
    open_everything(page)


def propose_case(page: Page) -> None:
    page.fill("#number", "没有的编号")
    page.select_option("#what", index=1)
    page.fill("#words", "属供电部门")
    submit(page)


KINDS: Mapping[str, Kind] = {
    "a bonus to propose": Kind(NEW_BONUS, "提一件专班加分", CLERK),
    "a bonus with errors": Kind(NEW_BONUS, "提一件专班加分", CLERK, submit),
    "a bonus proposed": Kind(NEW_BONUS, "专班加分：", CLERK, propose),
    "a case to propose": Kind(NEW_CASE, "提一件诉求不计", CLERK),
    "a case that there is not": Kind(NEW_CASE, "提一件诉求不计", CLERK, propose_case),
    "the inbox": Kind("/admin/approvals", "两人办理", CLERK),
    "an act to decide": Kind(NEW_BONUS, "专班加分：", CLERK, come_as_the_approver),
    "the ledger": Kind("/admin/ledger", "台账", ADMIN),
    "the ledger with errors": Kind("/admin/ledger?first=x", "台账", ADMIN),
    "the ledger without anything": Kind("/admin/ledger?q=没有这几个字", "台账", ADMIN),
    "an operation": Kind("/admin/ledger?group=import", "的操作", ADMIN, open_first_act),
}
