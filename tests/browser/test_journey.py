"""From the code on a poster to the score of a cadre, on a phone whose browser runs no scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site, Window, Windows
from tests.browser.kind import ADMIN, CADRE
from tests.conftest import tashi_book
from tests.web.filling import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

QUARTER = "2026年四季度"


def village(site: Site) -> str:
    return next(row.name for row in tashi_book().villages if row.code == site.filled.village)


def log_in(windows: Windows, username: str) -> Window:
    window = windows.new(scripts=False)
    page = window.open("/login")
    page.fill("#username", username)
    page.fill("#password", PASSWORD)
    page.click("main button")
    return window


def open_cell(page: Page, name: str) -> str:
    """Click open, as a reader would, what the village said in the quarter; give its words."""
    page.locator("details#team > summary").click()
    page.locator("summary", has_text="群众评价（权重").first.click()
    cell = page.locator("details.line", has=page.locator("summary", has_text=f"{name} {QUARTER}"))
    cell.locator("summary").click()
    return cell.inner_text()


def voices(words: str) -> int:
    found = re.search(rf"{QUARTER}：(\d+) 人评", words)
    assert found, words
    return int(found.group(1))


def chosen(words: str, option: str) -> int:
    found = re.search(rf"总体：.*?(?<!不){option} (\d+)", words)
    assert found, words
    return int(found.group(1))


def test_a_residents_voice_is_counted_and_explained(windows: Windows) -> None:
    site = windows.site
    cadre, admin = log_in(windows, CADRE), windows.new(ADMIN, scripts=False)
    admin.open(f"/admin/results/{site.filled.cadre}")
    before = [open_cell(window.page, village(site)) for window in (cadre, admin)]

    resident = windows.new(scripts=False)
    page = resident.open("/")
    token = site.filled.posters[site.filled.village]
    page.fill("#code", f" {token[:3].lower()} {token[3:].lower()} ")
    page.click("main button")
    assert village(site) in page.locator("header").inner_text()
    page.click('label[for="visited-yes"]')
    page.click('label[for="solved-doing"]')
    page.click("main button")
    assert page.title().startswith("有错误：")
    assert page.locator("#solved-doing").is_checked()
    page.click('label[for="overall-2"]')
    page.fill("#comment", "路灯还没有修")
    page.click("main button")
    assert page.url == f"{site.url}/v/{token}/thanks"
    assert "收到了，谢谢您" in page.locator("main").inner_text()
    page.reload()

    for window, words in zip((cadre, admin), before, strict=True):
        window.page.reload()
        after = open_cell(window.page, village(site))
        assert voices(after) == voices(words) + 1
        assert chosen(after, "不满意") == chosen(words, "不满意") + 1
        assert chosen(after, "满意") == chosen(words, "满意")
        assert "路灯还没有修" not in window.page.content()


def test_what_was_said_can_be_changed_and_is_still_one_voice(windows: Windows) -> None:
    cadre, resident = log_in(windows, CADRE), windows.new(scripts=False)
    before = voices(open_cell(cadre.page, village(windows.site)))
    for level in ("1", "5", "5"):
        page = resident.open(windows.site.form)
        assert page.locator("input:checked").count() == 0
        page.click(f'label[for="overall-{level}"]')
        page.click("main button")
    cadre.page.reload()
    assert voices(open_cell(cadre.page, village(windows.site))) == before + 1


def test_a_cadre_logs_in_reads_the_score_and_logs_out_for_good(windows: Windows) -> None:
    window = windows.new(scripts=False)
    page = window.open("/me?as_of=2026-06-30")
    assert page.url.startswith(f"{windows.site.url}/login")
    page.fill("#username", CADRE)
    page.fill("#password", PASSWORD)
    page.click("main button")
    assert "截至2026年6月30日" in page.locator("main").inner_text()
    page.locator("summary", has_text="换个时间看").click()
    page.get_by_role("link", name="到今天").click()
    assert "截至2026年11月22日" in page.locator("main").inner_text()
    kept = window.context.cookies()
    page.get_by_role("button", name="退出").click()
    assert page.locator("h1").inner_text() == "登录"
    window.context.add_cookies(
        [{"name": c["name"], "value": c["value"], "url": windows.site.url} for c in kept]
    )
    assert window.open("/me").locator("h1").inner_text() == "登录"


def test_the_administrator_sorts_filters_exports_and_opens_a_number(windows: Windows) -> None:
    page = windows.new(ADMIN, scripts=False).open("/admin/results")
    page.get_by_role("link", name="岗位赋分", exact=True).click()
    page.select_option("#group", "中层干部")
    page.get_by_role("button", name="筛选").click()
    assert "sort=post" in page.url
    scores = [
        float(text) for text in page.locator("tbody").first.locator("tr td:nth-child(7)").all_inner_texts()
    ]
    assert scores == sorted(scores, reverse=True)
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 Excel").click()
    assert download.value.suggested_filename.endswith("考评结果_2026-11-22.xlsx")
    first = page.locator("tbody").first.locator("tr").first
    name = first.locator("th").inner_text()
    first.locator("td a").first.click()
    assert page.locator("h1").inner_text() == f"{name}的得分"
    page.get_by_role("link", name="‹ 考评结果").click()
    assert page.locator("#group").input_value() == "中层干部"
