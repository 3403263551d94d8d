"""Bringing workbooks in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal

from playwright.sync_api import Page

from portal.core.book import Book, Role
from portal.files.township_out import township_workbook
from tests.browser.kind import Kind, open_everything, submit
from tests.files.typed_workbook import typed, workbook
from tests.web.filling import STREET, TASHI, street_book, user

CLERK = user(Role.CLERK, STREET)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _changed() -> Book:
    own = street_book()
    posts = (replace(own.posts[0], coefficient=Decimal("1.15")),)
    tasks = tuple(replace(own.tasks[0], name=f"入户走访、台账和汇报{n}") for n in range(1, 31))
    return replace(own, posts=posts, tasks=(*own.tasks, *tasks))


def _upload(page: Page, content: bytes) -> None:
    file = {"name": "龙洲街道考评.xlsx", "mimeType": XLSX, "buffer": content}
    page.set_input_files("#file", files=[file])  # type: ignore[list-item]
    page.locator("main form button").first.click()
    page.wait_for_selector("h1:has-text('龙洲街道考评')")
    open_everything(page)


def _upload_book(page: Page) -> None:
    _upload(page, township_workbook(_changed()))


def _upload_faults(page: Page) -> None:
    cells = {"考评_B3": "330825001", "干部_A4": "5111002", "岗位_B2": 9, "岗位任务_A2": "没有的人"}
    _upload(page, workbook(typed(**cells)).getvalue())


def _paste(text: str, *also: Callable[[Page], None]) -> Callable[[Page], None]:
    def then(page: Page) -> None:
        page.fill("#cells", text)
        submit(page)
        for step in also:
            step(page)

    return then


KINDS: Mapping[str, Kind] = {
    "imports": Kind("/admin/import", "导入", CLERK),
    "imports of the other township": Kind("/admin/import", "导入", user(Role.CLERK, TASHI)),
    "imports with an error": Kind(
        "/admin/import", "导入", CLERK, lambda page: page.locator("main form button").first.click()
    ),
    "an import looked at": Kind("/admin/import", "龙洲街道考评", CLERK, _upload_book),
    "an import with faults": Kind("/admin/import", "龙洲街道考评", CLERK, _upload_faults),
    "pasting": Kind("/admin/import/paste/干部", "粘贴干部", CLERK),
    "pasting with an error": Kind("/admin/import/paste/干部", "粘贴干部", CLERK, submit),
    "pasted rows that are imported": Kind(
        "/admin/import/paste/模块", "粘贴的模块", CLERK, _paste("演示模块", submit)
    ),
    "an import taken back with an error": Kind(
        "/admin/import/paste/模块", "粘贴的模块", CLERK, _paste("另一演示模块", submit, submit)
    ),
}
