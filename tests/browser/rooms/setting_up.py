"""Overview, set-up, periods and plans."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import Page

from tests.browser.kind import ADMIN, Kind, submit

STREET_ADMIN = "township_admin@street"


def change_weights(page: Page) -> None:
    page.fill("#weight_post", "50")
    page.fill("#weight_team", "20")
    page.fill("#release_batch", "5")  # outside the demo none may be smaller
    page.fill("#reason", "岗位更重要")
    submit(page)


def zero_households(page: Page) -> None:
    for box in page.locator("input[inputmode=numeric]").all()[:2]:
        box.fill("0")
    submit(page)


KINDS: Mapping[str, Kind] = {
    "overview": Kind("/admin", "总览", ADMIN),
    "overview with gaps": Kind("/admin", "总览", STREET_ADMIN),
    "task list": Kind("/admin/setup", "建立考评", STREET_ADMIN),
    **{
        f"set-up step {step}": Kind(f"/admin/setup/{step}", words, STREET_ADMIN)
        for step, words in {
            "people": "人员",
            "villages": "村社",
            "teams": "组团",
            "plan": "岗位与方案",
        }.items()
    },
    "listed villages": Kind("/admin/setup/villages/listed", "从名单里选村社", STREET_ADMIN),
    "listed villages with errors": Kind(
        "/admin/setup/villages/listed", "从名单里选村社", STREET_ADMIN, zero_households
    ),
    "periods": Kind("/admin/periods", "周期与方案", ADMIN),
    "opening a period": Kind("/admin/periods/1/open", "打开", ADMIN),
    "opening a period with errors": Kind("/admin/periods/1/open", "打开", ADMIN, submit),
    "new year": Kind("/admin/periods/new", "建新年度", ADMIN),
    "new year, what is carried": Kind("/admin/periods/new", "先看一看", ADMIN, submit),
    "plan": Kind("/admin/plan", "考评方案", ADMIN),
    "changing the plan": Kind("/admin/plan/edit", "改", ADMIN),
    "changing the plan with errors": Kind("/admin/plan/edit", "改", ADMIN, submit),
    "changing the plan, who moves": Kind("/admin/plan/edit", "谁的分会变", ADMIN, change_weights),
}
