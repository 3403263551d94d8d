"""What a two-person act about an account asks for, in a sentence for whoever decides it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from portal.core.book import Role
from portal.web.formats import WORDS, day


def role_words(roles: Iterable[Role]) -> str:
    """Roles in the order in which pages show them, such as 干部、经办人."""
    wanted = set(roles)
    return "、".join(WORDS[f"role.{role.value}"] for role in Role if role in wanted)


def proposal_words(payload: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """The sentence for the payload of account.roles or account.reset; `names` are accounts' labels by id."""
    who, what = payload["holder"], payload.get("what")
    if what == "roles":
        before, after = (role_words(Role(name) for name in payload[key]) for key in ("before", "roles"))
        return f"{who}的角色：从“{before or '没有'}”改成“{after or '没有'}”"
    if what == "deputy":
        first, last = (day(date.fromisoformat(payload[key])) for key in ("first_day", "last_day"))
        stands_for = names.get(payload["stands_for_id"], "另一个人")
        return f"{who}代理{stands_for}当{role_words([Role(payload['role'])])}，{first}到{last}"
    if what == "reopen":
        return f"重新启用{who}的账号"
    return f"给{who}重发一次性密码"
