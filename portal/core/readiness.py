"""What a township still lacks before its appraisal period can open, and afterwards: gaps, each with a sentence.

A gap is grave where opening would fix something that can't be mended alone afterwards: nothing is there to appraise,
a post that somebody holds has no coefficient, or no two persons could ever approve a change. Gaps of single villages, teams
and cadres are mild: they occur in real townships (a newcomer without a post, a village between two teams), they can be
mended at any time, and meanwhile the score says 暂缺. Opening with mild ones takes a reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

FEWEST_MODULES, MOST_MODULES = 3, 6
NAMED_AT_MOST = 8


class Step(StrEnum):
    """The steps of the set-up, in their order; any may be done first."""

    PERIOD = "period"
    PEOPLE = "people"
    VILLAGES = "villages"
    TEAMS = "teams"
    PLAN = "plan"
    ACCOUNTS = "accounts"


class Lack(StrEnum):
    """What may be missing."""

    PERIOD = "period"
    MODULES = "modules"
    CADRES = "cadres"
    VILLAGES = "villages"
    TEAMS = "teams"
    POSTS = "posts"
    COEFFICIENT = "coefficient"
    SECOND_PERSON = "second_person"
    NUMBER_OF_MODULES = "number_of_modules"
    POST = "post"
    MODULE = "module"
    TEAM = "team"
    VILLAGE_TEAM = "village_team"
    LEADER = "leader"
    TEAM_VILLAGE = "team_village"
    TEAM_MEMBER = "team_member"
    TIER = "tier"


@dataclass(frozen=True, slots=True)
class Person:
    """A cadre who serves on the day; '' where there is no post or module."""

    number: str
    name: str
    exempt: bool = False
    post: str = ""
    module: str = ""
    teams: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """A village that is there on the day, and the team that links it ('' for none)."""

    code: str
    name: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A team that is there on the day."""

    name: str
    leader: str = ""
    villages: int = 0
    members: int = 0


@dataclass(frozen=True, slots=True)
class Helper:
    """An account that may propose or approve on the day; two accounts of one cadre are one person."""

    username: str
    cadre_id: int | None
    proposes: bool
    approves: bool


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A township on a day of its period. `posts` says of each post of the period whether it has a coefficient.

    `tiers_missing` names the posts without tier points where the plan scores by tiers.
    """

    has_period: bool = True
    villages: Sequence[Place] = ()
    cadres: Sequence[Person] = ()
    teams: Sequence[Group] = ()
    modules: Sequence[str] = ()
    posts: Mapping[str, bool] | None = None
    helpers: Sequence[Helper] = ()
    tiers_missing: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing: of whom (names), whether it keeps the period shut, and the step that mends it."""

    lack: Lack
    step: Step
    words: str
    names: tuple[str, ...] = ()
    grave: bool = False

    @property
    def first_names(self) -> str:
        """The names as a sentence shows them: the first few, and how many more."""
        shown = "、".join(self.names[:NAMED_AT_MOST])
        more = len(self.names) - NAMED_AT_MOST
        return f"{shown}等 {len(self.names)} 个" if more > 0 else shown


def gaps(township: Snapshot) -> tuple[Gap, ...]:
    """Everything that is missing, in the order of the steps, grave ones first within each."""
    found = [
        *_of_period(township),
        *_of_people(township),
        *_of_villages(township),
        *_of_teams(township),
        *_of_plan(township),
        *_of_accounts(township),
    ]
    order = list(Step)
    return tuple(sorted(found, key=lambda gap: (order.index(gap.step), not gap.grave)))


def grave(found: Sequence[Gap]) -> tuple[Gap, ...]:
    return tuple(gap for gap in found if gap.grave)


def of_step(found: Sequence[Gap], step: Step) -> tuple[Gap, ...]:
    return tuple(gap for gap in found if gap.step is step)


def _of_period(township: Snapshot) -> Iterator[Gap]:
    if not township.has_period:
        yield Gap(Lack.PERIOD, Step.PERIOD, "还没有考评周期。", grave=True)


def _of_people(township: Snapshot) -> Iterator[Gap]:
    if not township.modules:
        yield Gap(Lack.MODULES, Step.PEOPLE, "还没有模块。", grave=True)
    elif not FEWEST_MODULES <= len(township.modules) <= MOST_MODULES:
        words = f"有 {len(township.modules)} 个模块，一般设 {FEWEST_MODULES}–{MOST_MODULES} 个，请看看是否写全了。"
        yield Gap(Lack.NUMBER_OF_MODULES, Step.PEOPLE, words)
    if not township.cadres:
        yield Gap(Lack.CADRES, Step.PEOPLE, "还没有干部。", grave=True)
    scored = [cadre for cadre in township.cadres if not cadre.exempt]
    kinds = (
        (Lack.POST, "岗位", "岗位赋分", [cadre for cadre in scored if not cadre.post]),
        (Lack.MODULE, "模块", "模块评分", [cadre for cadre in scored if not cadre.module]),
        (Lack.TEAM, "组团", "组团积分", [cadre for cadre in scored if not cadre.teams]),
    )
    for lack, what, dimension, bare in kinds:
        if bare:
            words = f"{len(bare)} 名干部没有{what}，他们的{dimension}会是暂缺。"
            yield Gap(lack, Step.PEOPLE, words, tuple(cadre.name for cadre in bare))


def _of_villages(township: Snapshot) -> Iterator[Gap]:
    if not township.villages:
        yield Gap(Lack.VILLAGES, Step.VILLAGES, "还没有村社。", grave=True)


def _of_teams(township: Snapshot) -> Iterator[Gap]:
    if not township.teams:
        yield Gap(Lack.TEAMS, Step.TEAMS, "还没有组团。", grave=True)
    kinds = (
        (
            Lack.VILLAGE_TEAM,
            "个村社没有组团，那里的群众评价不计入任何组团。",
            [village.name for village in township.villages if not village.team],
        ),
        (Lack.LEADER, "个组团没有团长。", [team.name for team in township.teams if not team.leader]),
        (
            Lack.TEAM_VILLAGE,
            "个组团没有联村社。",
            [team.name for team in township.teams if not team.villages],
        ),
        (Lack.TEAM_MEMBER, "个组团没有成员。", [team.name for team in township.teams if not team.members]),
    )
    for lack, words, names in kinds:
        if names:
            yield Gap(lack, Step.TEAMS, f"{len(names)} {words}", tuple(names))


def _of_plan(township: Snapshot) -> Iterator[Gap]:
    posts = township.posts or {}
    if not posts:
        yield Gap(Lack.POSTS, Step.PLAN, "还没有岗位和系数。", grave=True)
    without = tuple(name for name, has in posts.items() if not has)
    if without:
        words = f"{len(without)} 个岗位有人担任却没有系数，打开以后系数要两个人才能改。"
        yield Gap(Lack.COEFFICIENT, Step.PLAN, words, without, grave=True)
    if township.tiers_missing:
        words = f"方案按档次计岗位赋分，{len(township.tiers_missing)} 个岗位没有档次分。"
        yield Gap(Lack.TIER, Step.PLAN, words, tuple(township.tiers_missing))


def _of_accounts(township: Snapshot) -> Iterator[Gap]:
    """After opening, what moves scores takes two persons: one who proposes, and another one of the 党委."""
    pairs = (
        (first, second)
        for first in township.helpers
        if first.proposes
        for second in township.helpers
        if second.approves and _two_persons(first, second)
    )
    if next(pairs, None) is None:
        words = "还凑不齐两个人：要一个经办人或管理员的账号提出，另一个人的党委账号来批。"
        yield Gap(Lack.SECOND_PERSON, Step.ACCOUNTS, words, grave=True)


def _two_persons(first: Helper, second: Helper) -> bool:
    same_cadre = first.cadre_id is not None and first.cadre_id == second.cadre_id
    return first.username != second.username and not same_cadre
