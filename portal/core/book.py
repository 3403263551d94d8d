"""The rows of an import workbook (workbook.md) and of ratings.csv as plain values, one class a sheet.

Whatever reads a file makes these, whatever stores a township takes these; a blank first or last day has
already become the period's. Keys stand as the workbook names them: 工号, 村社代码, and the names of 岗位, 模块,
组团, 专班. Day means a date in Asia/Shanghai; a time is naive and in Asia/Shanghai.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from portal.core.days import Span


class VillageKind(StrEnum):
    VILLAGE = "village"  # 村
    COMMUNITY = "community"  # 社区


class Role(StrEnum):
    """What an account may be; the first six are also words of the column 角色."""

    CADRE = "cadre"  # 干部
    MODULE_LEADER = "module_leader"  # 模块负责人
    TEAM_LEADER = "team_leader"  # 组团团长
    CLERK = "clerk"  # 经办人
    TOWNSHIP_ADMIN = "township_admin"  # 管理员
    APPROVER = "approver"  # 党委
    COUNTY_REVIEWER = "county_reviewer"
    CITY_REVIEWER = "city_reviewer"
    SYSTEM_ADMIN = "system_admin"
    AUDITOR = "auditor"


class MarkKind(StrEnum):
    DAILY = "daily"  # 日常
    STAGE = "stage"  # 阶段
    ANNUAL = "annual"  # 年度


class Way(StrEnum):
    """The way (渠道) a rating came."""

    WECHAT = "wechat"  # 微信
    ANONYMOUS = "anonymous"  # 匿名
    PAPER = "paper"  # 纸质


PARTY_COMMITTEE = "党委"  # may stand in 评分人 in place of a 工号


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """考评: the township and its appraisal period."""

    township: str
    township_code: str
    county: str
    name: str
    first_day: date
    last_day: date

    @property
    def span(self) -> Span:
        return Span(self.first_day, self.last_day)


@dataclass(frozen=True, slots=True)
class VillageRow:
    """村社."""

    code: str
    name: str
    kind: VillageKind
    households: int


@dataclass(frozen=True, slots=True)
class ModuleRow:
    """模块."""

    name: str


@dataclass(frozen=True, slots=True)
class PostRow:
    """岗位: the coefficient is the period's."""

    name: str
    coefficient: Decimal


@dataclass(frozen=True, slots=True)
class CadreRow:
    """干部: post and module are those of the first day; '' where the cadre has none."""

    number: str
    name: str
    phone: str
    group: str
    post: str
    module: str
    roles: tuple[Role, ...]
    first_day: date
    last_day: date
    staffing: str = ""
    exempt: bool = False


@dataclass(frozen=True, slots=True)
class ExtraPostRow:
    """兼岗: a further post beside the main one."""

    cadre: str
    post: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class MoveRow:
    """调动: from `day` on another main post or module; '' means unchanged."""

    cadre: str
    day: date
    post: str
    module: str


@dataclass(frozen=True, slots=True)
class TeamRow:
    """组团: leader is a 工号, '' where there is none yet."""

    name: str
    leader: str


@dataclass(frozen=True, slots=True)
class MemberRow:
    """组团成员."""

    team: str
    cadre: str
    first_day: date
    last_day: date
    factor: Decimal


@dataclass(frozen=True, slots=True)
class LinkRow:
    """组团联村."""

    team: str
    village: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class TaskForceRow:
    """专班: leader is a 工号, '' where there is none yet."""

    name: str
    leader: str
    first_day: date
    last_day: date


@dataclass(frozen=True, slots=True)
class TaskRow:
    """岗位任务: mark is None until it is given."""

    cadre: str
    post: str
    name: str
    weight: Decimal
    mark: Decimal | None


@dataclass(frozen=True, slots=True)
class MarkRow:
    """模块评分: marker is a 工号, 党委 or ''."""

    cadre: str
    kind: MarkKind
    day: date
    mark: Decimal | None
    marker: str
    reason: str


@dataclass(frozen=True, slots=True)
class ContestRow:
    """模块PK."""

    day: date
    name: str
    module: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class GovernanceRow:
    """治理评分."""

    team: str
    item: str
    weight: Decimal
    mark: Decimal | None


@dataclass(frozen=True, slots=True)
class BonusRow:
    """专班加分: an approved one."""

    task_force: str
    cadre: str
    points: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class CaseRow:
    """诉求: times are naive, in Asia/Shanghai, whole seconds."""

    number: str
    village: str
    opened_at: datetime
    answered_at: datetime | None
    finished_at: datetime | None
    confirmed: bool | None
    level: int | None
    not_counted: bool


@dataclass(frozen=True, slots=True)
class Book:
    """A whole workbook, checked: every key that a row names is in it or known already."""

    period: PeriodRow
    villages: tuple[VillageRow, ...] = ()
    modules: tuple[ModuleRow, ...] = ()
    posts: tuple[PostRow, ...] = ()
    cadres: tuple[CadreRow, ...] = ()
    extra_posts: tuple[ExtraPostRow, ...] = ()
    moves: tuple[MoveRow, ...] = ()
    teams: tuple[TeamRow, ...] = ()
    members: tuple[MemberRow, ...] = ()
    links: tuple[LinkRow, ...] = ()
    task_forces: tuple[TaskForceRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    marks: tuple[MarkRow, ...] = ()
    contests: tuple[ContestRow, ...] = ()
    governance: tuple[GovernanceRow, ...] = ()
    bonuses: tuple[BonusRow, ...] = ()
    cases: tuple[CaseRow, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingRow:
    """A line of ratings.csv: `answers` holds (question key, option key) for what was answered, in the form's
    order; `respondent` is any stable pseudonym, '' for one that nobody can match any more; `edition` is the key of the
    form that was answered, '' for the one that the whole file is of."""

    village: str
    respondent: str
    way: Way
    time: datetime
    answers: tuple[tuple[str, str], ...]
    comment: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What the portal already knows of a township, so that a workbook may name it without listing it.

    `links` holds (village code, team, days) of every stored link, `periods` (name, days) of every appraisal period, `cases`
    when each case was opened; `former` holds by sheet what codes and names of before stand for today.
    """

    villages: frozenset[str] = frozenset()
    modules: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    cadres: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()
    task_forces: frozenset[str] = frozenset()
    links: tuple[tuple[str, str, Span], ...] = ()
    periods: tuple[tuple[str, Span], ...] = ()
    cases: Mapping[str, datetime] = field(default_factory=dict)
    former: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: where it stands, what stands there, and what is wanted.

    `row` is the row as Excel counts it, or the line of a csv; 0 where the whole sheet or file is meant.
    `follows` is set when the fault only follows from another one (it is listed after those).
    """

    sheet: str
    row: int
    column: str
    value: str
    wanted: str
    follows: bool = False
