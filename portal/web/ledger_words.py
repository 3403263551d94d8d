"""Ledger entries and payloads in people's words: columns, values, and names in place of ids."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from portal.actions.ledger import OPERATOR, RESIDENT, SYSTEM
from portal.actions.two_person import KINDS
from portal.core.ledger_kinds import kind_words
from portal.web.case_words import OUTCOMES, VERDICTS
from portal.web.formats import WORDS, moment

NOBODYS: Mapping[str, str] = {OPERATOR: "服务器上的操作员", SYSTEM: "门户自动", RESIDENT: "群众"}
EMPTY = "（空）"
Names = Mapping[tuple[str, int], str]
# columns that hold the id of a row → the table it stands in
REFERENCES: Mapping[str, str] = {
    "account_id": "account",
    "cadre_id": "cadre",
    "checked_by_id": "account",
    "entered_by_id": "account",
    "edition_id": "form_edition",
    "leader_id": "cadre",
    "marker_id": "cadre",
    "merged_into_id": "village",
    "module_id": "module",
    "period_id": "period",
    "post_id": "post",
    "stands_for_id": "account",
    "task_force_id": "task_force",
    "team_id": "team",
    "village_id": "village",
}
FIELDS: Mapping[str, str] = {
    "from": "从哪天起",
    "leader": "负责人",
    "account_id": "账号",
    "answered_at": "响应时间",
    "before": "原来",
    "by_committee": "党委评分",
    "cadre": "干部工号",
    "cadre_id": "干部",
    "changes": "改动",
    "closed_at": "停用时间",
    "code": "代码",
    "coefficient": "系数",
    "confirmed": "群众确认",
    "county": "县市区",
    "county_code": "县市区代码",
    "at": "时间",
    "batch": "批次",
    "case_id": "诉求",
    "checked_by_id": "抽查人",
    "checked_on": "抽查日期",
    "day": "日期",
    "done": "办了什么",
    "entered_by_id": "录入人",
    "entered_on": "录入日期",
    "first_finished_at": "第一次办结时间",
    "heard_at": "群众反馈时间",
    "not_for_team": "不给联村干部看",
    "outcome": "办理结果",
    "place": "张贴处",
    "printed": "印了几张",
    "printed_on": "印制日期",
    "published_on": "公布日期",
    "reopened_at": "重新办理时间",
    "result": "抽查结果",
    "said": "群众说了什么",
    "scanned_on": "最近一次有人扫码",
    "serial": "编号",
    "serials": "编号",
    "taken_down_on": "撤下日期",
    "used_on": "使用日期",
    "verdict": "群众反馈",
    "deleted_on": "认手机的密钥销毁日期",
    "edition_id": "问卷",
    "exempt": "不参评",
    "expires_at": "到期时间",
    "factor": "个人系数",
    "file": "第几号导入",
    "finished_at": "办结时间",
    "first_day": "开始",
    "group_name": "组别",
    "holder": "使用人",
    "households": "户数",
    "issued_on": "启用日期",
    "item": "事项",
    "key": "编号",
    "kind": "类别",
    "last_day": "结束",
    "leader_id": "负责人",
    "level": "满意度",
    "made_at": "定稿时间",
    "mark": "得分",
    "marker_id": "评分人",
    "merged_into_id": "并入",
    "module_id": "模块",
    "name": "名称",
    "not_counted": "不计",
    "number": "编号",
    "opened_at": "开始时间",
    "parameters": "参数",
    "payload": "内容",
    "period_id": "考评周期",
    "phone": "手机",
    "points": "加减分",
    "post_id": "岗位",
    "published_at": "公布时间",
    "reason": "理由",
    "retired_on": "停用日期",
    "role": "角色",
    "roles": "角色",
    "row_id": "所在的一行",
    "second": "手机验证码",
    "second_factor": "手机验证码",
    "secondment": "借调或挂职",
    "staffing": "编制",
    "standing": "状态",
    "stands_for_id": "代谁",
    "state": "办理状态",
    "task_force_id": "专班",
    "team_id": "组团",
    "token": "海报上的码",
    "township_id": "乡镇",
    "used_at": "使用时间",
    "username": "用户名",
    "village": "村社",
    "village_id": "村社",
    "weight": "权重",
    "what": "办什么",
    "why": "认定为",
}
STATES: Mapping[str, str] = {
    "waiting": "待批",
    "approved": "已同意",
    "refused": "未同意",
    "withdrawn": "已撤回",
    "expired": "已过期",
}
_ROLES = {key.removeprefix("role."): words for key, words in WORDS.items() if key.startswith("role.")}
_KINDS = {
    **{key.removeprefix("kind."): words for key, words in WORDS.items() if key.startswith("kind.")},
    "village": "村",
    "community": "社区",
    "paper": "纸质评价单",
    "phone": "电话访问",
    "door": "入户访问",
    "maternity": "产假",
    "sick": "病假",
    "lent": "借调外出",
    "posted_away": "挂职外出",
    "other": "其他",
}
VALUES: Mapping[str, Mapping[str, str]] = {
    "kind": _KINDS,
    "outcome": OUTCOMES,
    "role": _ROLES,
    "roles": _ROLES,
    "result": {"agrees": "一致", "differs": "不一致", "not_found": "找不到或打不通"},
    "secondment": {"borrowed": "借调", "posted": "挂职"},
    "standing": {"counted": "计入", "doubted": "待核", "set_aside": "不计"},
    "state": STATES,
    "verdict": VERDICTS,
    "what": {"roles": "改角色", "deputy": "请人代办", "reopen": "重新启用账号"},
}
# no page shows which rating, nor a whole form, nor what only tells whether something changed meanwhile
HIDDEN = frozenset({"rating_id", "definition", "digest", "seen"})


@dataclass(frozen=True, slots=True)
class Line:
    """One column of a changed row: what it is called, and what stood and stands there ('' where there was no row)."""

    label: str
    before: str
    after: str
    differs: bool


def references(values: Iterable[Mapping[str, Any] | None]) -> set[str]:
    """The tables whose names are needed to read these values."""
    found: set[str] = set()
    for one in values:
        for name, value in (one or {}).items():
            if name in REFERENCES:
                found.add(REFERENCES[name])
            if isinstance(value, Mapping):
                found |= references([value])
    return found


def lines(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, names: Names) -> list[Line]:
    """Before and after side by side, column by column; a payload's own fields stand one by one."""
    old, new = (_flat(values or {}) for values in (before, after))
    told = []
    for name in dict.fromkeys([*old, *new]):
        stood = value_words(name, old[name], names) if name in old else ""
        stands = value_words(name, new[name], names) if name in new else ""
        told.append(Line(field_words(name), stood, stands, name in old and name in new and stood != stands))
    return told


def field_words(name: str) -> str:
    return FIELDS.get(name, name)


def value_words(name: str, value: Any, names: Names) -> str:
    """A value as people read it: 是, a day, a name in place of an id; what is not known stands as it is."""
    if value is None or value == "" or value == []:
        return EMPTY
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(value_words(name, one, names) for one in value)
    if isinstance(value, Mapping):
        return "；".join(f"{field_words(key)} {value_words(key, one, names)}" for key, one in value.items())
    if name in REFERENCES and isinstance(value, int):
        return names.get((REFERENCES[name], value), str(value))
    text = str(value)
    if name == "kind" and text in KINDS:
        return KINDS[text].words
    return VALUES.get(name, {}).get(text) or _moment_words(text)


def actor_words(actor: str, holders: Mapping[str, str]) -> str:
    """Who did it: the user name with the name behind it, or what stands for no person."""
    if actor in NOBODYS:
        return NOBODYS[actor]
    return f"{actor}（{holders[actor]}）" if holders.get(actor) else actor


DEEDS = ("merged", "joined", "left", "moved", "opened", "renamed", "retired")


def _place(kind: str) -> int:
    verb = kind.partition(".")[2]
    return DEEDS.index(verb) if verb in DEEDS else len(DEEDS)


def kinds_words(kinds: Mapping[str, int]) -> str:
    """The kinds of one operation with how many of each: 导入：干部 62 条、导入：岗位 8 条."""
    if sum(kinds.values()) == 1:
        return kind_words(next(iter(kinds)))
    # what somebody set out to do comes before what followed from it
    most = sorted(kinds.items(), key=lambda item: (_place(item[0]), -item[1], item[0]))
    told = "、".join(f"{kind_words(kind)} {number} 条" for kind, number in most[:3])
    return told + ("等" if len(most) > 3 else "")


def _flat(values: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if name == "payload" and isinstance(value, Mapping):
            flat.update(_payload(value))
        elif name not in HIDDEN:
            flat[name] = value
    return flat


def _payload(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was proposed, field by field; changes that came in words stand for the parameters they are made of."""
    told = {key: one for key, one in values.items() if key not in HIDDEN}
    changes = told.get("changes")
    if isinstance(changes, list) and all(isinstance(one, list) and len(one) == 3 for one in changes):
        told = {key: one for key, one in told.items() if key not in ("changes", "parameters")}
        told.update({str(label): f"{before} → {after}" for label, before, after in changes})
    return told


def _moment_words(text: str) -> str:
    """A day or a moment in words; any other text as it is."""
    try:
        if len(text) == len("2026-01-01"):
            day = date.fromisoformat(text)
            return f"{day.year}年{day.month}月{day.day}日"
        if text[10:11] == "T":
            return moment(datetime.fromisoformat(text))
    except ValueError:
        pass
    return text
