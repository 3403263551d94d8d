"""Every kind of page: what accessibility and sizes are measured on."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.kind import (
    ADMIN,
    CADRE,
    READER,
    Kind,
    answer_and_submit,
    ask_and_submit,
    come_back_later,
    log_in_wrongly,
    open_everything,
    send_without_key,
    send_without_network,
    submit,
    want_reply,
    want_reply_wrongly,
)
from tests.browser.rooms import ROOMS

# the standard form as it is opened, alone and with every fact of the site in its foot
STANDARD, STANDARD_DEMO = "form", "form with everything in its foot"
RESIDENT: Mapping[str, Kind] = {
    "code box": Kind("/", "您是哪个村的"),
    "code box with an error": Kind("/?code=ZZZZZZ", "您是哪个村的"),
    STANDARD: Kind("{form}", "请您评一评"),
    "form with errors": Kind("{form}", "请您评一评", then=submit),
    "form with an answer wanted": Kind("{form}", "请您评一评", then=want_reply),
    "form with an answer wanted and errors": Kind("{form}", "请您评一评", then=want_reply_wrongly),
    "form that lay too long": Kind("{form}", "请您评一评", then=send_without_key),
    "form that could not be sent": Kind("{form}", "请您评一评", then=send_without_network),
    "form that is taken up again": Kind("{form}", "请您评一评", then=come_back_later),
    "form of a village without a team": Kind("{alone}", "请您评一评"),
    "thanks with a receipt": Kind("{form}", "收到了", then=ask_and_submit),
    "thanks": Kind("{form}", "收到了", then=answer_and_submit),
    "unknown code": Kind("/v/ZZZZZZ", "没有这个码"),
    "not found": Kind("/no-such-page", "没有这个页面"),
    STANDARD_DEMO: Kind("{form}", "请您评一评", demo=True),
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
