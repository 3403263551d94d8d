"""Villages, modules, posts, teams, task forces."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.kind import ADMIN, Kind, submit

KINDS: Mapping[str, Kind] = {
    "organisation": Kind("/admin/organisation", "村社与组团", ADMIN),
    "villages": Kind("/admin/villages", "村社", ADMIN),
    "a village": Kind("/admin/villages/1", "村", ADMIN),
    "a village's history": Kind("/admin/villages/1/history", "改动记录", ADMIN),
    "a new village": Kind("/admin/villages/new", "添加村社", ADMIN),
    "a new village with errors": Kind("/admin/villages/new", "添加村社", ADMIN, submit),
    "another link": Kind("/admin/villages/1/link", "改联系的组团", ADMIN),
    "villages to merge": Kind("/admin/villages/merge", "合并村社", ADMIN),
    "villages to merge with errors": Kind("/admin/villages/merge", "合并村社", ADMIN, submit),
    "teams": Kind("/admin/teams", "组团", ADMIN),
    "a team": Kind("/admin/teams/1", "组团", ADMIN),
    "modules": Kind("/admin/modules", "模块", ADMIN),
    "posts": Kind("/admin/posts", "岗位", ADMIN),
    "task forces": Kind("/admin/task-forces", "专班", ADMIN),
}
