"""Strategies for townships as the scorer takes them: small, in 2026, and as awkward as the rules allow."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from typing import TypeVar

from hypothesis import strategies as st

from portal.core.book import MarkKind, Way
from portal.core.days import Quarter, Span, quarter_of
from portal.core.facts import (
    Bonus,
    Cadre,
    Case,
    Contest,
    Facts,
    GovernanceMark,
    Holding,
    Link,
    Mark,
    Membership,
    ModuleStay,
    Task,
    Village,
    VoiceCount,
)
from portal.core.form import STANDARD
from portal.core.plan import Calibration, Plan, PostMode, Verified
from portal.core.voices import teams_by_day
from tests.core.making import YEAR

T = TypeVar("T")
VILLAGES = ("甲村", "乙村", "丙村")
TEAMS = ("一组", "二组", "三组")
POSTS = {"岗位": Fraction("1.1"), "重岗": Fraction("1.4"), "轻岗": Fraction("0.8")}
MODULES = ("农业", "综合")
GROUPS = ("班子成员", "一般干部")

MARKS = st.integers(0, 10_000).map(lambda cents: Fraction(cents, 100))
WEIGHTS = st.sampled_from([Fraction(1), Fraction(10), Fraction("0.5"), Fraction("33.33")])
DAYS = st.integers(0, 364).map(lambda n: YEAR.first + timedelta(days=n))
SPANS = st.tuples(DAYS, DAYS).map(lambda two: Span(min(two), max(two)))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31, 23, 59, 59)).map(
    lambda when: when.replace(microsecond=0)
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        question.key: st.sampled_from([option.key for option in question.options])
        for question in STANDARD.questions
    },
).map(STANDARD.canonical)


@st.composite
def links(draw: st.DrawFn) -> tuple[Link, ...]:
    """For each village: the year cut into stretches, each with a team or with none."""
    made: list[Link] = []
    for village in VILLAGES:
        cuts = sorted(draw(st.sets(DAYS, max_size=2)) | {YEAR.first, YEAR.last + timedelta(days=1)})
        for first, after in pairwise(cuts):
            team = draw(st.sampled_from([*TEAMS, TEAMS[0], None]))
            if team is not None and first < after:
                made.append(Link(team, village, Span(first, after - timedelta(days=1))))
    return tuple(made)


@st.composite
def voice_counts(
    draw: st.DrawFn, linked: tuple[Link, ...], quarters: tuple[int, ...] = (1, 2, 3, 4)
) -> tuple[VoiceCount, ...]:
    """Voices with the team of their day; now and then a flood of anonymous ones."""
    team_on = teams_by_day(linked)
    inside = DAYS.filter(lambda day: quarter_of(day).number in quarters)
    counts: dict[tuple[str, Quarter, str | None, Way, str, tuple[tuple[str, str], ...]], int] = {}
    for _ in range(draw(st.integers(0, 9))):
        village, day, way = draw(st.sampled_from(VILLAGES)), draw(inside), draw(st.sampled_from(Way))
        key = (village, quarter_of(day), team_on(village, day), way, STANDARD.key, draw(ANSWERS))
        counts[key] = counts.get(key, 0) + draw(st.sampled_from([1, 1, 2, 5, 30]))
    return tuple(VoiceCount(*key, count=count) for key, count in counts.items())


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A request of a workbook, or one of the portal's own: heard some time after its finish, or taken up again."""
    village, opened = draw(st.sampled_from(VILLAGES)), draw(MOMENTS)
    answered, finished = draw(st.none() | st.integers(0, 50)), draw(st.none() | st.integers(0, 40))
    confirmed, level = draw(st.none() | st.booleans()), draw(st.none() | st.integers(1, 5))
    case = Case(
        "1",
        village,
        opened,
        None if answered is None else opened + timedelta(hours=answered),
        None if finished is None else opened + timedelta(days=finished),
        confirmed,
        level,
        draw(st.booleans()),
    )
    return draw(st.just(case) | heard_here(case))


@st.composite
def heard_here(draw: st.DrawFn, case: Case) -> Case:
    """The same request as one that was answered in the portal."""
    later = st.integers(0, 20).map(lambda days: timedelta(days=days))
    first = reopened = None
    if draw(st.booleans()):
        first = case.opened_at + draw(later)
        reopened = first + draw(later)
    finished = None if case.finished_at is None else max(case.finished_at, reopened or case.finished_at)
    heard = None if finished is None or draw(st.booleans()) else finished + draw(later)
    return replace(
        case,
        finished_at=finished,
        confirmed=None if heard is None else case.confirmed,
        level=None if heard is None else case.level,
        heard_at=heard,
        first_finished_at=first,
        reopened_at=reopened,
    )


CASES = cases()


def some(one: st.SearchStrategy[T], most: int) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(one, max_size=most).map(tuple)


@st.composite
def cadres(draw: st.DrawFn, number: str) -> Cadre:
    services = (draw(SPANS),) if draw(st.booleans()) else (YEAR,)
    return Cadre(
        number=number,
        name=f"干部{number}",
        group=draw(st.sampled_from(GROUPS)),
        services=services,
        holdings=draw(some(st.builds(Holding, st.sampled_from(list(POSTS)), SPANS), 3)),
        stays=draw(st.sampled_from([(), *((ModuleStay(module, YEAR),) for module in MODULES)])),
        tasks=draw(
            some(
                st.builds(Task, st.sampled_from(list(POSTS)), st.just("任务"), WEIGHTS, st.none() | MARKS), 4
            )
        ),
        marks=draw(some(st.builds(Mark, st.sampled_from(MarkKind), DAYS, MARKS), 4)),
        memberships=draw(some(st.builds(Membership, st.sampled_from(TEAMS), SPANS, factors()), 3)),
        bonuses=draw(some(st.builds(Bonus, st.just("专班"), MARKS.map(lambda mark: mark / 20)), 3)),
        exempt=draw(st.sampled_from([False, False, False, True])),
    )


def factors() -> st.SearchStrategy[Fraction]:
    return st.integers(90, 110).map(lambda percent: Fraction(percent, 100))


PLANS = st.builds(
    Plan,
    post_mode=st.sampled_from([PostMode.MULTIPLY, PostMode.MULTIPLY, PostMode.TIER]),
    tiers=st.just({"岗位": Fraction(16), "重岗": Fraction(20)}),
    calibration=st.sampled_from(Calibration),
    verified=st.sampled_from([Verified.WECHAT, Verified.WECHAT, Verified.NONE]),
    prior_strength=st.sampled_from([Fraction(10), Fraction(1), Fraction("2.5")]),
)


@st.composite
def townships(draw: st.DrawFn) -> Facts:
    """A whole small township."""
    linked = draw(links())
    contests = st.builds(
        Contest, DAYS, st.just("比赛"), st.sampled_from(MODULES), st.integers(-5, 5).map(Fraction)
    )
    governance = st.builds(
        GovernanceMark, st.sampled_from(TEAMS), st.just("平安建设"), WEIGHTS, st.none() | MARKS
    )
    return Facts(
        period=YEAR,
        posts=POSTS,
        cadres=tuple(draw(cadres(str(n + 1))) for n in range(draw(st.integers(1, 4)))),
        teams=TEAMS,
        villages=tuple(Village(code, code, draw(st.integers(1, 900))) for code in VILLAGES),
        links=linked,
        contests=draw(some(contests, 3)),
        governance=draw(some(governance, 4)),
        cases=draw(some(CASES, 5)),
        voices=draw(voice_counts(linked)),
    )
