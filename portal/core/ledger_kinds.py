"""The kinds of ledger entries in people's words: a kind is a noun and a verb, such as team.renamed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# what a resident's rating leaves behind: times and counts of these would give people away
NEVER_SHOWN = ("rating.", "ratings.")

TABLES: Mapping[str, str] = {
    "absence": "不计考评的日子",
    "account": "账号",
    "account_role": "账号的角色",
    "bonus": "专班加分",
    "case_step": "诉求的经过",
    "cadre": "干部",
    "contest": "模块PK赛",
    "entry_check": "抽查",
    "extra_post": "兼岗",
    "form_edition": "问卷",
    "former_name": "曾用名",
    "governance_mark": "治理评分",
    "import_file": "导入的工作簿",
    "improvement": "你说我办",
    "module": "模块",
    "module_mark": "模块评分",
    "move": "调动",
    "paper_form": "纸质评价单",
    "period": "考评周期",
    "period_post": "岗位系数",
    "period_village": "村社户数",
    "plan_version": "考评方案",
    "post": "岗位",
    "poster": "海报",
    "resident_case": "诉求",
    "service": "任职",
    "task": "岗位任务",
    "task_force": "专班",
    "team": "组团",
    "team_leader": "组团团长",
    "team_link": "组团联村",
    "team_membership": "组团成员",
    "township": "乡镇",
    "village": "村社",
}
NOUNS: Mapping[str, str] = {
    **TABLES,
    "case": "诉求",
    "extra": "兼岗",
    "form": "问卷",
    "import": "导入",
    "link": "组团联村",
    "membership": "组团成员",
    "plan": "考评方案",
    "proposal": "两人办理",
}
VERBS: Mapping[str, str] = {
    "added": "新增",
    "began": "开始",
    "approved": "已同意",
    "carried_over": "带入新年度",
    "changed": "修改",
    "closed": "停用",
    "coefficient_changed": "改系数",
    "corrected": "更正",
    "created": "新建",
    "deleted": "删除",
    "ended": "结束",
    "entered": "登记",
    "expired": "已过期",
    "factor_changed": "改个人系数",
    "households_changed": "改户数",
    "imported": "导入",
    "issued": "发放",
    "joined": "入职",
    "leader_changed": "换负责人",
    "leader_ended": "不再任负责人",
    "leader_left": "负责人离开",
    "left": "离开",
    "linked": "联村",
    "listed": "列入",
    "made": "办理",
    "merged": "合并",
    "moved": "调动",
    "opened": "启用",
    "proposed": "已提出",
    "refused": "未同意",
    "removed": "移出",
    "renamed": "改名",
    "replaced": "更换",
    "reset": "重置",
    "restated": "改任职情况",
    "retired": "撤销",
    "split": "拆分",
    "unlinked": "不再联村",
    "undone": "撤销",
    "withdrawn": "作废",
}
KINDS: Mapping[str, str] = {
    "account.closed": "停用账号",
    "account.created": "开通账号",
    "account.deputy_ended": "不再请人代办",
    "account.deputy_set": "请人代办",
    "account.password_changed": "改密码",
    "account.recovered": "在服务器上恢复账号",
    "account.reopened": "重新启用账号",
    "account.reset": "重发密码",
    "account.roles": "改账号的角色",
    "account.roles_changed": "改账号的角色",
    "account.second_dropped": "关掉手机验证码",
    "account.second_set": "设好手机验证码",
    "bonus.added": "加上专班加分",
    "case.answered": "答复诉求",
    "case.contact_erased": "删掉群众的联系电话",
    "case.contact_seen": "看了群众的联系电话",
    "case.counted_again": "诉求重新计入",
    "case.finished": "办结诉求",
    "case.heard": "群众反馈诉求",
    "case.not_counted": "诉求不计",
    "case.opened": "收到诉求",
    "case.reopened": "诉求重新办理",
    "entry.checked": "抽查一份录入",
    "entry.compared": "抽查时录的和第一次不一样",
    "entry.corrected": "抽查时更正录入",
    "entry.seen": "抽查时看了电话或门牌",
    "import.undo": "撤销导入",
    "improvement.publish": "公布“你说我办”",
    "improvement.published": "公布“你说我办”",
    "improvement.taken_down": "撤下“你说我办”",
    "interview.entered": "录入一次访问",
    "paper.entered": "录入一张纸质评价单",
    "paper.printed": "印纸质评价单",
    "period.opened": "打开考评周期",
    "post.coefficient": "改岗位系数",
    "poster.issued": "启用新海报",
    "poster.place_changed": "改海报的张贴处",
    "poster.retired": "停用海报",
    "proposal.withdrawn": "两人办理：已撤回",
    "rating.received": "收到评价",
    "rating.set_aside": "一条评价不计",
    "rating.withdrawn": "撤回评价",
    "ratings.imported": "导入评价",
    "secret.deleted": "封存一个季度的评价",
    "team.leader_changed": "换组团团长",
}
PREFIXES: Mapping[str, str] = {
    "import": "导入",
    "import_undone": "撤销导入",
    "new_year": "新年度",
}


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds that somebody looks for together: every kind that begins with one of the nouns."""

    key: str
    words: str
    nouns: tuple[str, ...]

    @property
    def prefixes(self) -> tuple[str, ...]:
        return tuple(f"{noun}." for noun in self.nouns)


GROUPS: tuple[Group, ...] = (
    Group("import", "导入", ("import", "import_undone", "import_file")),
    Group("account", "账号", ("account", "account_role", "session")),
    Group(
        "organisation",
        "村社与组团",
        (
            *("township", "village", "former_name", "poster", "module", "post", "period_post"),
            *("period_village", "team", "team_leader", "team_link", "link", "task_force"),
        ),
    ),
    Group(
        "people",
        "干部",
        ("cadre", "service", "move", "absence", "extra_post", "extra", "team_membership", "membership"),
    ),
    Group(
        "period",
        "周期与方案",
        ("period", "new_year", "plan", "plan_version", "secret", "setup", "form", "form_edition"),
    ),
    Group(
        "marks",
        "评分",
        ("task", "module_mark", "contest", "governance_mark", "bonus", "case", "resident_case"),
    ),
    Group("voices", "纸质评价单与访问", ("paper", "interview", "entry")),
    Group("two", "两人办理", ("proposal",)),
    Group("improvement", "你说我办", ("improvement",)),
)


def kind_words(kind: str) -> str:
    """A kind in words; one that nobody has written words for stands as it is."""
    if kind in KINDS:
        return KINDS[kind]
    noun, _, verb = kind.partition(".")
    if noun in PREFIXES and verb in TABLES:
        return f"{PREFIXES[noun]}：{TABLES[verb]}"
    if noun in NOUNS and verb in VERBS:
        return f"{NOUNS[noun]}：{VERBS[verb]}"
    return kind


def has_words(kind: str) -> bool:
    return kind_words(kind) != kind


def group_of(kind: str) -> Group | None:
    """The group that a kind is looked for in."""
    noun = kind.partition(".")[0]
    return next((group for group in GROUPS if noun in group.nouns), None)
