"""What the workbook looks like, as data: sheets, columns, and the words for the values; for reading and for writing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from portal.core import book
from portal.core.book import MarkKind, Role, VillageKind, Way

VILLAGE_KINDS: Mapping[str, VillageKind] = {"村": VillageKind.VILLAGE, "社区": VillageKind.COMMUNITY}
MARK_KINDS: Mapping[str, MarkKind] = {"日常": MarkKind.DAILY, "阶段": MarkKind.STAGE, "年度": MarkKind.ANNUAL}
WAYS: Mapping[str, Way] = {"微信": Way.WECHAT, "匿名": Way.ANONYMOUS, "纸质": Way.PAPER}
ROLES: Mapping[str, Role] = {
    "干部": Role.CADRE,
    "模块负责人": Role.MODULE_LEADER,
    "组团团长": Role.TEAM_LEADER,
    "经办人": Role.CLERK,
    "管理员": Role.TOWNSHIP_ADMIN,
    "党委": Role.APPROVER,
}
STAFFINGS: Mapping[str, str] = {word: word for word in ("公务员", "事业", "编外", "派驻")}
YES_NO: Mapping[str, bool] = {"是": True, "否": False}

PERIOD_SHEET = "考评"
NOTES_SHEET = "说明"  # words to whoever fills in the template; nothing in it is read
ITEM, CONTENT = "项目", "内容"


class Kind(Enum):
    """How a column is read and written."""

    CODE = "code"
    NAME = "name"
    TEXT = "text"
    MARKER = "marker"  # a 工号 or 党委
    NUMBER = "number"
    WHOLE = "whole"
    WORD = "word"
    YES = "yes"  # 是, or empty for no
    ROLES = "roles"
    DAY = "day"
    FIRST_DAY = "first day"  # empty = the period's
    LAST_DAY = "last day"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Column:
    """One column: `field` of the row it fills; `empty` is the value of an empty cell where one may be empty."""

    header: str
    field: str
    kind: Kind
    needed: bool = True  # a cell may not be empty
    empty: object = ""
    may_lack: bool = False  # the whole column may be missing
    names: str = ""  # the sheet whose key it names
    low: Decimal | None = None
    high: Decimal | None = None
    above: bool = False  # `low` itself is too low
    words: Mapping[str, Any] | None = None
    digits: int = 0  # exactly so many digits
    width: int = 14


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: the class of its rows and where they stand in a Book; `key` is the header of what its rows are
    known by, `told_by` that of a name by which a reader recognises the row."""

    name: str
    row: Callable[..., Any]
    rows: str
    columns: tuple[Column, ...]
    required: bool = False
    key: str = ""
    told_by: str = ""

    def column(self, header: str) -> Column:
        return next(column for column in self.columns if column.header == header)


_MOST = Decimal(1_000_000)
_MARK: Mapping[str, Any] = {
    "kind": Kind.NUMBER,
    "needed": False,
    "empty": None,
    "low": Decimal(0),
    "high": Decimal(100),
}
_WEIGHT = Column("权重", "weight", Kind.NUMBER, low=Decimal(0), high=_MOST, above=True, width=8)
_FIRST = Column("开始", "first_day", Kind.FIRST_DAY, needed=False, width=12)
_LAST = Column("结束", "last_day", Kind.LAST_DAY, needed=False, width=12)
_CADRE = Column("工号", "cadre", Kind.CODE, names="干部")
_TEAM = Column("组团名称", "team", Kind.NAME, names="组团", width=16)
_VILLAGE = Column("村社代码", "village", Kind.CODE, names="村社", width=16)
_REASON = Column("理由", "reason", Kind.TEXT, needed=False, may_lack=True, width=30)


def _leader(header: str) -> Column:
    return Column(header, "leader", Kind.CODE, needed=False, names="干部")


PERIOD_ITEMS: tuple[Column, ...] = (
    Column("乡镇", "township", Kind.NAME),
    Column("乡镇代码", "township_code", Kind.CODE, digits=9),
    Column("县市区", "county", Kind.NAME),
    Column("考评周期", "name", Kind.NAME),
    Column("周期开始", "first_day", Kind.DAY),
    Column("周期结束", "last_day", Kind.DAY),
)

SHEETS: tuple[Sheet, ...] = (
    Sheet(
        "村社",
        book.VillageRow,
        "villages",
        (
            Column("村社代码", "code", Kind.CODE, digits=12, width=16),
            Column("村社名称", "name", Kind.NAME, width=18),
            Column("类型", "kind", Kind.WORD, words=VILLAGE_KINDS, width=8),
            Column("户数", "households", Kind.WHOLE, low=Decimal(1), high=_MOST, width=8),
        ),
        required=True,
        key="村社代码",
        told_by="村社名称",
    ),
    Sheet(
        "模块",
        book.ModuleRow,
        "modules",
        (Column("模块名称", "name", Kind.NAME, width=20),),
        required=True,
        key="模块名称",
    ),
    Sheet(
        "岗位",
        book.PostRow,
        "posts",
        (
            Column("岗位名称", "name", Kind.NAME, width=20),
            Column("系数", "coefficient", Kind.NUMBER, low=Decimal("0.80"), high=Decimal("1.40"), width=8),
        ),
        required=True,
        key="岗位名称",
    ),
    Sheet(
        "干部",
        book.CadreRow,
        "cadres",
        (
            Column("工号", "number", Kind.CODE),
            Column("姓名", "name", Kind.NAME, width=12),
            Column("手机", "phone", Kind.CODE, needed=False),
            Column("组别", "group", Kind.NAME, needed=False, width=12),
            Column("岗位", "post", Kind.NAME, needed=False, names="岗位", width=20),
            Column("模块", "module", Kind.NAME, needed=False, names="模块", width=16),
            Column("角色", "roles", Kind.ROLES, needed=False, empty=(Role.CADRE,), width=18),
            _FIRST,
            _LAST,
            Column("编制", "staffing", Kind.WORD, needed=False, may_lack=True, words=STAFFINGS, width=8),
            Column("不参评", "exempt", Kind.YES, needed=False, empty=False, may_lack=True, width=8),
        ),
        required=True,
        key="工号",
        told_by="姓名",
    ),
    Sheet(
        "兼岗",
        book.ExtraPostRow,
        "extra_posts",
        (_CADRE, Column("岗位", "post", Kind.NAME, names="岗位", width=20), _FIRST, _LAST),
    ),
    Sheet(
        "调动",
        book.MoveRow,
        "moves",
        (
            _CADRE,
            Column("日期", "day", Kind.DAY, width=12),
            Column("新岗位", "post", Kind.NAME, needed=False, names="岗位", width=20),
            Column("新模块", "module", Kind.NAME, needed=False, names="模块", width=16),
        ),
    ),
    Sheet(
        "组团",
        book.TeamRow,
        "teams",
        (Column("组团名称", "name", Kind.NAME, width=16), _leader("团长工号")),
        key="组团名称",
    ),
    Sheet(
        "组团成员",
        book.MemberRow,
        "members",
        (
            _TEAM,
            _CADRE,
            _FIRST,
            _LAST,
            Column(
                "个人系数",
                "factor",
                Kind.NUMBER,
                needed=False,
                empty=Decimal(1),
                may_lack=True,
                low=Decimal("0.9"),
                high=Decimal("1.1"),
                width=10,
            ),
        ),
    ),
    Sheet("组团联村", book.LinkRow, "links", (_TEAM, _VILLAGE, _FIRST, _LAST)),
    Sheet(
        "专班",
        book.TaskForceRow,
        "task_forces",
        (Column("专班名称", "name", Kind.NAME, width=24), _leader("负责人工号"), _FIRST, _LAST),
        key="专班名称",
    ),
    Sheet(
        "岗位任务",
        book.TaskRow,
        "tasks",
        (
            _CADRE,
            Column("岗位", "post", Kind.NAME, names="岗位", width=20),
            Column("任务", "name", Kind.NAME, width=30),
            _WEIGHT,
            Column("完成得分", "mark", **_MARK, width=10),
        ),
    ),
    Sheet(
        "模块评分",
        book.MarkRow,
        "marks",
        (
            _CADRE,
            Column("类别", "kind", Kind.WORD, words=MARK_KINDS, width=8),
            Column("日期", "day", Kind.DAY, width=12),
            Column("得分", "mark", **_MARK, width=8),
            Column("评分人", "marker", Kind.MARKER, needed=False, names="干部"),
            _REASON,
        ),
    ),
    Sheet(
        "模块PK",
        book.ContestRow,
        "contests",
        (
            Column("日期", "day", Kind.DAY, width=12),
            Column("比赛", "name", Kind.NAME, width=24),
            Column("模块名称", "module", Kind.NAME, names="模块", width=20),
            Column("加减分", "points", Kind.NUMBER, low=-_MOST, high=_MOST, width=8),
        ),
    ),
    Sheet(
        "治理评分",
        book.GovernanceRow,
        "governance",
        (
            _TEAM,
            Column("事项", "item", Kind.NAME, width=24),
            _WEIGHT,
            Column("得分", "mark", **_MARK, width=8),
        ),
    ),
    Sheet(
        "专班加分",
        book.BonusRow,
        "bonuses",
        (
            Column("专班名称", "task_force", Kind.NAME, names="专班", width=24),
            _CADRE,
            Column("加分", "points", Kind.NUMBER, low=Decimal(0), high=Decimal(5), width=8),
            _REASON,
        ),
    ),
    Sheet(
        "诉求",
        book.CaseRow,
        "cases",
        (
            Column("编号", "number", Kind.CODE, width=16),
            _VILLAGE,
            Column("提出时间", "opened_at", Kind.TIME, width=20),
            Column("响应时间", "answered_at", Kind.TIME, needed=False, empty=None, width=20),
            Column("办结时间", "finished_at", Kind.TIME, needed=False, empty=None, width=20),
            Column("群众确认", "confirmed", Kind.WORD, needed=False, empty=None, words=YES_NO, width=10),
            Column(
                "满意度",
                "level",
                Kind.WHOLE,
                needed=False,
                empty=None,
                low=Decimal(1),
                high=Decimal(5),
                width=8,
            ),
            Column("不计", "not_counted", Kind.YES, needed=False, empty=False, may_lack=True, width=8),
        ),
        key="编号",
    ),
)

SHEET_NAMES: tuple[str, ...] = (PERIOD_SHEET, *(sheet.name for sheet in SHEETS))
