"""The ledger's entries about one row, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.clock import local
from portal.store.ledger import LedgerEntry

KINDS = {
    "village.added": "添加村社",
    "village.renamed": "改名称或代码",
    "village.households_changed": "改户数",
    "village.retired": "停用村社",
    "village.merged": "并入别的村社",
    "import.village": "导入村社",
    "link.added": "开始联系",
    "link.ended": "结束联系",
    "import.team_link": "导入联系",
    "poster.issued": "新海报",
    "poster.place_changed": "改海报的张贴处",
    "poster.retired": "海报停用",
    "team.added": "添加组团",
    "team.renamed": "改名称",
    "team.retired": "停用组团",
    "team.leader_changed": "换团长",
    "team.leader_ended": "团长任期结束",
    "import.team_leader": "导入团长",
    "membership.ended": "成员结束",
    "import.team_membership": "导入成员",
}
COLUMNS = {
    "name": "名称",
    "code": "代码",
    "households": "户数",
    "first_day": "开始",
    "last_day": "结束",
    "from": "从哪天起",
    "leader": "团长",
    "factor": "个人系数",
    "issued_on": "发出",
    "place": "张贴处",
    "retired_on": "停用",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One change: when and by whom, what, before and after."""

    at: datetime
    who: str
    what: str
    subject: str
    before: str
    after: str
    reason: str


def told(entries: Sequence[LedgerEntry]) -> list[Line]:
    """The entries in words, in their order."""
    return [
        Line(
            at=local(entry.at),
            who=entry.actor,
            what=KINDS.get(entry.kind, "改动"),
            subject=entry.subject,
            before=_words(entry.before),
            after=_words(entry.after),
            reason=entry.reason,
        )
        for entry in entries
    ]


def _words(values: dict[str, Any] | None) -> str:
    if not values:
        return "—"
    parts = [f"{COLUMNS[key]} {_value(value)}" for key, value in values.items() if key in COLUMNS]
    return "，".join(parts) or "—"


def _value(value: Any) -> str:
    return "没有" if value is None or value == "" else str(value)
