"""Who may do what: every right with the roles that have it, and who holds each role today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, render_template

from portal.clock import local_day
from portal.core.book import Role
from portal.core.rights import NEEDS_SECOND, ROLES_WITH, Right
from portal.pinyin import by_pinyin
from portal.store import accounts as stored
from portal.web import guards, unit

pages = Blueprint("rights", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)

RIGHT_WORDS: Mapping[Right, str] = {
    Right.SEE_OWN_SCORE: "看自己的得分",
    Right.SEE_ALL_SCORES: "看全乡镇的得分",
    Right.EXPORT_SCORES: "导出得分",
    Right.SEE_OFFICE: "看总览、干部、村社与组团、方案、导入记录",
    Right.IMPORT: "导入工作簿",
    Right.EDIT_ORGANISATION: "改村社、岗位、人员和组团",
    Right.EDIT_PLAN: "改考评方案",
    Right.OPEN_PERIOD: "打开考评周期、建新年度",
    Right.MANAGE_ACCOUNTS: "管账号和角色",
    Right.SEE_LEDGER: "看台账",
    Right.PROPOSE: "两人办理：提出",
    Right.APPROVE: "两人办理：批准",
    Right.APPROVE_FOR_COMMITTEE: "两人办理：代表党委批准",
    Right.HANDLE_CASES: "答复和办结群众诉求",
    Right.ENTER_VOICES: "录入纸质评价单和访问",
    Right.MANAGE_TOWNSHIPS: "添加乡镇、找回乡镇的管理员",
}


@dataclass(frozen=True, slots=True)
class Holding:
    """Somebody who has a role today; a deputy with the last day and the name of whom he stands for."""

    name: str
    number: str
    username: str
    last_day: date | None
    stands_for: str


@pages.get("/rights")
def table() -> str:
    township = guards.township()
    today = local_day(unit.now())
    listed = sorted(stored.listed(unit.session(), township.id), key=lambda one: by_pinyin(one.who))
    everybody = [one for one in listed if one.account.closed_at is None]
    names = {one.account.id: one.who for one in listed}
    holders = {
        role: [
            Holding(
                one.who, one.number, one.account.username, row.last_day, names.get(row.stands_for_id or 0, "")
            )
            for one in everybody
            for row in one.account.roles
            if row.role is role and row.holds_on(today)
        ]
        for role in Role
    }
    return render_template(
        "admin/accounts/rights.html",
        township=township,
        rights=[(words, ROLES_WITH[right]) for right, words in RIGHT_WORDS.items()],
        roles=list(Role),
        holders=holders,
        needs_second=NEEDS_SECOND,
    )
