"""Every kind of page: what accessibility and sizes are measured on."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.kind import (
    ADMIN,
    CADRE,
    READER,
    Kind,
    answer_and_submit,
    log_in_wrongly,
    open_everything,
    submit,
)
from tests.browser.rooms import ROOMS

RESIDENT: Mapping[str, Kind] = {
    "code box": Kind("/", "您是哪个村的"),
    "code box with an error": Kind("/?code=ZZZZZZ", "您是哪个村的"),
    "form": Kind("{form}", "请您评一评"),
    "form with errors": Kind("{form}", "请您评一评", then=submit),
    "thanks": Kind("{form}", "收到了", then=answer_and_submit),
    "unknown code": Kind("/v/ZZZZZZ", "没有这个码"),
    "not found": Kind("/no-such-page", "没有这个页面"),
    "form with everything in its foot": Kind("{form}", "请您评一评", demo=True),
    **{name: kind for room in ROOMS for name, kind in getattr(room, "RESIDENT", {}).items()},
}
STAFF: dict[str, Kind] = {
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
STAFF = {**STAFF, **{name: kind for room in ROOMS for name, kind in room.KINDS.items()}}
KINDS: Mapping[str, Kind] = {**RESIDENT, **STAFF}
