"""A new township on its first afternoon, as its clerk lives it: from an empty database to results, and a change in mid-quarter."""

from __future__ import annotations

import re
from base64 import b32decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest
from argon2 import PasswordHasher
from click.testing import CliRunner
from playwright.sync_api import Browser, BrowserContext, Page

from portal import cli
from portal.actions.ledger import Act
from portal.actions.ratings import import_ratings
from portal.actions.second_factor import code_at
from portal.config import Settings
from portal.core import form
from portal.store.engine import Database
from portal.web.app import create_app
from tests.actions.making import township_id
from tests.browser.conftest import served
from tests.conftest import DATA, NOON, tashi_ratings
from tests.databases import SqliteMaker
from tests.web.filling import SECRET_KEY

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FIRST_PASSWORD, OWN_PASSWORD = "first-Password-9", "mine and nobody else's"
ONE_TIME = re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}")


@dataclass(frozen=True, slots=True)
class Town:
    """A portal with nothing in it but its first administrator."""

    url: str
    database: Database
    browser: Browser
    opened: list[BrowserContext]

    def page(self) -> Page:
        context = self.browser.new_context(java_script_enabled=False, locale="zh-CN", accept_downloads=True)
        self.opened.append(context)
        page = context.new_page()
        page.goto(self.url + "/login")
        return page

    def main(self, page: Page, path: str = "") -> str:
        """The words of a page."""
        if path:
            page.goto(self.url + path)
        return page.locator("main").inner_text()


@pytest.fixture
def town(sqlite_maker: SqliteMaker, browser: Browser, cheap_hasher: PasswordHasher) -> Iterator[Town]:
    url = sqlite_maker.empty()
    words = "user create --username guanli --role township_admin --township 330825111 --password-stdin"
    made = CliRunner().invoke(
        cli.main, words.split(), input=FIRST_PASSWORD + "\n", env={"PORTAL_DATABASE_URL": url}
    )
    assert made.exit_code == 0, made.output
    database = Database(url)
    settings = Settings(url, SECRET_KEY, "http://127.0.0.1", secure_cookies=False)
    with served(create_app(settings, database, lambda: NOON, cheap_hasher)) as port:
        own = Town(f"http://127.0.0.1:{port}", database, browser, [])
        yield own
        for context in own.opened:
            context.close()
    database.dispose()


def go(page: Page, button: str) -> None:
    """Press a button of the page and wait for what it answers."""
    with page.expect_navigation():
        page.get_by_role("button", name=button, exact=True).first.click()


def log_in(page: Page, username: str, password: str) -> None:
    page.fill("#username", username)
    page.fill("#password", password)
    go(page, "登录")


def enrol(page: Page) -> None:
    """Set up the second factor that the page asks for."""
    typed = page.locator("code.secret").inner_text().replace(" ", "")
    secret = b32decode(typed + "=" * (-len(typed) % 8))
    page.fill("#code", code_at(secret, NOON))
    with page.expect_navigation():
        page.press("#code", "Enter")


def bring(page: Page, town: Town, file: str) -> str:
    """Upload a workbook; what the portal says of it."""
    page.goto(town.url + "/admin/import")
    page.set_input_files("input[type=file]", DATA / file)
    go(page, "上传，先看看")
    return town.main(page)


def slips(page: Page, button: str, to: Path) -> str:
    """The words on the slips that a button prints."""
    with page.expect_download() as download:
        page.get_by_role("button", name=button).first.click()
    download.value.save_as(to)
    document = pypdfium2.PdfDocument(to)
    return "\n".join(each.get_textpage().get_text_range() for each in document)


def one_time(words: str, username: str) -> str:
    """The one-time password on somebody's slip."""
    found = ONE_TIME.search(words, words.index(f"用户名 {username}"))
    assert found
    return found.group()


def scores(page: Page, town: Town, query: str = "") -> dict[str, list[str]]:
    """The table of results by 工号."""
    page.goto(f"{town.url}/admin/results{query}")
    rows = page.locator("tbody").first.locator("tr").all()
    cells = [row.locator("td").all_inner_texts() for row in rows]
    return {row[1]: row for row in cells}


def test_a_township_sets_itself_up_and_keeps_itself_up(town: Town, tmp_path: Path) -> None:
    page = town.page()
    log_in(page, "guanli", FIRST_PASSWORD)
    enrol(page)
    assert "第一步：人员" in town.main(page, "/admin")

    faulty = bring(page, town, "faults.xlsx")
    assert "什么也没有保存" in faulty
    assert "大魔法模块" in faulty
    assert "确认导入" not in faulty
    preview = bring(page, town, "messy.xlsx")
    assert "还没有保存" in preview
    assert "还没有考评周期" in town.main(page, "/admin"), "a preview saves nothing"
    page.go_back()
    go(page, "确认导入")
    assert "导入好了" in town.main(page)

    page.goto(town.url + "/admin/accounts/slips")
    bulk = slips(page, "建 93 个账号，下载纸条", tmp_path / "slips.pdf")
    page.goto(town.url + "/admin/accounts/new")
    page.fill("#username", "dangwei")
    page.fill("#holder", "书记")
    page.get_by_label("党委", exact=True).check()
    committee = slips(page, "建账号，下载纸条", tmp_path / "one.pdf")

    cadre = town.page()
    log_in(cadre, "5111080", one_time(bulk, "5111080"))
    assert cadre.url.endswith("/account/first-password")
    cadre.fill("#new", OWN_PASSWORD)
    cadre.fill("#again", OWN_PASSWORD)
    with cadre.expect_navigation():
        cadre.press("#again", "Enter")
    assert "我的得分" in town.main(cadre, "/me")
    approver = town.page()
    log_in(approver, "dangwei", one_time(committee, "dangwei"))
    assert approver.url.endswith("/account/first-password")

    own = township_id(town.database)
    with town.database.writing() as session:
        import_ratings(session, own, tashi_ratings(), form.STANDARD, Act("operator", NOON, own))
    quarter, today = scores(page, town, "?as_of=2026-09-30"), scores(page, town)

    page.goto(town.url + "/admin/cadres?q=5111080")
    with page.expect_navigation():
        page.locator("tbody a").first.click()
    with page.expect_navigation():
        page.get_by_role("link", name="调岗位或模块").click()
    page.fill("#day", "2026-11-10")
    page.select_option("#module", "大治理模块")
    page.fill("#reason", "工作需要")
    with page.expect_navigation():
        page.locator("main form button").first.click()
    assert "调动记好了" in town.main(page)

    page.goto(town.url + "/admin/villages/merge")
    page.get_by_label("罗山村（481 户）").check()
    page.get_by_label("杜山徐村（304 户）").check()
    page.select_option("#into", label="罗山村（481 户）")
    page.fill("#day", "2026-11-15")
    page.fill("#reason", "行政村规模调整")
    with page.expect_navigation():
        page.locator("main form button").first.click()
    assert "旧海报" in town.main(page)
    go(page, "确认合并")
    assert "785" in town.main(page)

    page.goto(town.url + "/admin/villages")
    with page.expect_navigation():
        page.get_by_role("link", name="下张坞村").first.click()
    with page.expect_navigation():
        page.get_by_role("link", name="改联系的组团").click()
    page.select_option("#team", label="第3组团")
    page.fill("#day", "2026-11-12")
    page.fill("#reason", "组团调整")
    with page.expect_navigation():
        page.locator("main form button").first.click()
    assert "第5组团" in town.main(page)

    assert scores(page, town, "?as_of=2026-09-30") == quarter, "the past keeps its truth"
    after = scores(page, town)
    assert after != today
    assert {row[4] for row in (after["5111080"],)} == {"大治理模块"}
    ledger = town.main(page, "/admin/ledger")
    for words in ("合并", "调动", "联村", "导入"):
        assert words in ledger, ledger
