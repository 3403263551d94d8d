"""Small builders, so that a test says only what matters to it. Everything happens in 2026."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

from portal.core.book import Way
from portal.core.days import Quarter, Span
from portal.core.facts import Cadre, Case, Holding, Link, Village, VoiceCount
from portal.core.form import STANDARD
from portal.core.mass import MassScore, Voices, hear, mass_score
from portal.core.plan import Plan

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
SPRING, SUMMER, AUTUMN, WINTER = (Quarter(2026, number) for number in (1, 2, 3, 4))
PLAN = Plan()
EDITIONS = {STANDARD.key: STANDARD}


def day(text: str) -> date:
    """03-01 is the first of March."""
    return date.fromisoformat(f"2026-{text}")


def days(first: str, last: str) -> Span:
    return Span(day(first), day(last))


def moment(text: str) -> datetime:
    """03-01 08:00, or with seconds."""
    return datetime.fromisoformat(f"2026-{text}")


def voices(
    level: str,
    count: int = 1,
    village: str = "甲村",
    team: str | None = "一组",
    way: Way = Way.WECHAT,
    quarter: Quarter = SPRING,
) -> VoiceCount:
    """Voices that answered only 总体: 5 is worth 100, 4 85, 3 70, 2 40, 1 0 and unknown nothing."""
    return VoiceCount(village, quarter, team, way, STANDARD.key, (("overall", level),), count)


def village(code: str = "甲村", households: int = 100) -> Village:
    return Village(code, code, households)


def link(village: str = "甲村", team: str = "一组", span: Span = YEAR) -> Link:
    return Link(team, village, span)


def heard(*counts: VoiceCount, plan: Plan = PLAN) -> Voices:
    return hear(counts, EDITIONS, plan)


def mass(
    *counts: VoiceCount,
    team: str = "一组",
    links: tuple[Link, ...] = (link(), link("乙村", "二组")),
    villages: tuple[Village, ...] = (village(), village("乙村")),
    span: Span = SPRING.span,
    plan: Plan = PLAN,
) -> MassScore:
    """The team's 群众评价 over `span`; by default 一组 links 甲村 and 二组 links 乙村, with as many households."""
    by_code = {one.code: one for one in villages}
    return mass_score(team, links, by_code, heard(*counts, plan=plan), span)


def cadre(
    number: str = "1", services: tuple[Span, ...] = (YEAR,), group: str = "一般干部", **more: object
) -> Cadre:
    return Cadre(number, f"干部{number}", group, services, **more)  # type: ignore[arg-type]


def holding(post: str = "岗位", span: Span = YEAR) -> Holding:
    return Holding(post, span)


def case(
    opened: str,
    answered: str | None = None,
    finished: str | None = None,
    confirmed: bool | None = None,
    level: int | None = None,
    not_counted: bool = False,
    heard: str | None = None,
    first_finished: str | None = None,
    reopened: str | None = None,
) -> Case:
    texts = (answered, finished, heard, first_finished, reopened)
    times = [None if text is None else moment(text) for text in texts]
    return Case("1", "甲村", moment(opened), *times[:2], confirmed, level, not_counted, *times[2:])


def hundredths(text: str) -> Fraction:
    """A score as it is shown."""
    assert len(text.partition(".")[2]) == 2
    return Fraction(text)
