"""The set-up's task list as pages show it: each step with what is done, what is missing, and where to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from flask import url_for

from portal.actions.periods import Ready
from portal.core.readiness import Gap, Lack, Step, of_step
from portal.pinyin import by_pinyin
from portal.web.admin.links import link

TITLES: Mapping[Step, str] = {
    Step.PERIOD: "考评周期",
    Step.PEOPLE: "第一步：人员",
    Step.VILLAGES: "第二步：村社",
    Step.TEAMS: "第三步：组团",
    Step.PLAN: "第四步：岗位与方案",
    Step.ACCOUNTS: "账号",
}
WHAT: Mapping[Step, str] = {
    Step.PERIOD: "名称、第一天和最后一天",
    Step.PEOPLE: "模块、干部、兼岗",
    Step.VILLAGES: "村和社区，每个的户数",
    Step.TEAMS: "组团、成员、团长、联哪些村社",
    Step.PLAN: "岗位和系数，考评方案",
    Step.ACCOUNTS: "一个人提出，另一个人来批",
}
MENDS: Mapping[Lack, tuple[str, str]] = {
    Lack.MODULES: ("/admin/modules", "去加模块"),
    Lack.NUMBER_OF_MODULES: ("/admin/modules", "看模块"),
    Lack.CADRES: ("/admin/cadres", "去加干部"),
    Lack.POST: ("/admin/cadres?lacks=post", "看没有岗位的干部"),
    Lack.MODULE: ("/admin/cadres?lacks=module", "看没有模块的干部"),
    Lack.TEAM: ("/admin/cadres?lacks=team", "看没有组团的干部"),
    Lack.VILLAGES: ("/admin/setup/villages", "去加村社"),
    Lack.VILLAGE_TEAM: ("/admin/villages", "看没有组团的村社"),
    Lack.TEAMS: ("/admin/teams", "去加组团"),
    Lack.LEADER: ("/admin/teams", "看没有团长的组团"),
    Lack.TEAM_VILLAGE: ("/admin/teams", "看没有村社的组团"),
    Lack.TEAM_MEMBER: ("/admin/teams", "看没有成员的组团"),
    Lack.POSTS: ("/admin/posts", "去加岗位"),
    Lack.COEFFICIENT: ("/admin/posts", "看岗位系数"),
    Lack.TIER: ("/admin/plan", "看考评方案"),
    Lack.SECOND_PERSON: ("/admin/accounts", "去开账号"),
}


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap with the link that leads to where it is mended ('' where there is no such page)."""

    gap: Gap
    address: str
    words: str


@dataclass(frozen=True, slots=True)
class Task:
    """A step with its page and what it still lacks."""

    step: Step
    title: str
    what: str
    address: str
    gaps: tuple[GapLine, ...]

    @property
    def done(self) -> bool:
        return not self.gaps

    @property
    def grave(self) -> bool:
        return any(line.gap.grave for line in self.gaps)


def gap_lines(found: tuple[Gap, ...]) -> tuple[GapLine, ...]:
    lines = []
    for gap in found:
        path, words = MENDS.get(gap.lack, ("", ""))
        gap = replace(gap, names=tuple(sorted(gap.names, key=by_pinyin)))
        lines.append(GapLine(gap, link(path) if path else "", words))
    return tuple(lines)


def tasks(ready: Ready) -> tuple[Task, ...]:
    """Every step in order."""
    return tuple(
        Task(step, TITLES[step], WHAT[step], _address(step), gap_lines(of_step(ready.gaps, step)))
        for step in Step
    )


def _address(step: Step) -> str:
    if step is Step.PERIOD:
        return url_for("setup.page")
    if step is Step.ACCOUNTS:
        return link("/admin/accounts")
    return url_for("setup.step", step=step.value)
