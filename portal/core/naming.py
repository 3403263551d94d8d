"""A township's facts in the words of a day: what was renamed since goes by the name that it had then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from portal.core.facts import Cadre, Facts
from portal.core.plan import Plan


@dataclass(frozen=True, slots=True)
class Names:
    """Names in force on one day by the name that the row has now (a village: its code); what is missing is unchanged.

    `any_post` has the same for every name that a post has or ever had: a plan may have been written under an old one.
    """

    villages: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    posts: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    any_post: Mapping[str, str] = field(default_factory=dict)

    def village(self, code: str, name: str) -> str:
        return self.villages.get(code, name)

    def module(self, name: str) -> str:
        return self.modules.get(name, name)

    def post(self, name: str) -> str:
        return self.posts.get(name, name)

    def team(self, name: str) -> str:
        return self.teams.get(name, name)


def renamed(facts: Facts, names: Names) -> Facts:
    """The same facts, every village, module, post and team by its name of the day."""
    team = names.team
    return replace(
        facts,
        posts={names.post(post): coefficient for post, coefficient in facts.posts.items()},
        cadres=tuple(_cadre(cadre, names) for cadre in facts.cadres),
        teams=tuple(team(one) for one in facts.teams),
        villages=tuple(replace(one, name=names.village(one.code, one.name)) for one in facts.villages),
        links=tuple(replace(link, team=team(link.team)) for link in facts.links),
        contests=tuple(replace(one, module=names.module(one.module)) for one in facts.contests),
        governance=tuple(replace(mark, team=team(mark.team)) for mark in facts.governance),
        voices=tuple(
            voice if voice.team is None else replace(voice, team=team(voice.team)) for voice in facts.voices
        ),
    )


def renamed_plan(plan: Plan, names: Names) -> Plan:
    """The plan with its tiers under the names that the posts have on the day."""
    if not plan.tiers:
        return plan
    return replace(
        plan, tiers={names.any_post.get(post, post): points for post, points in plan.tiers.items()}
    )


def _cadre(cadre: Cadre, names: Names) -> Cadre:
    return replace(
        cadre,
        holdings=tuple(replace(one, post=names.post(one.post)) for one in cadre.holdings),
        stays=tuple(replace(one, module=names.module(one.module)) for one in cadre.stays),
        tasks=tuple(replace(one, post=names.post(one.post)) for one in cadre.tasks),
        memberships=tuple(replace(one, team=names.team(one.team)) for one in cadre.memberships),
    )
