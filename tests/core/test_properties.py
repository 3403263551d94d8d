"""What holds of every township, whoever is in it and whatever they were given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random
from typing import Any, TypeVar

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from portal.core.book import Way
from portal.core.days import Quarter, Span, quarter_of
from portal.core.exact import decimal_of
from portal.core.facts import Facts, Link, Village, VoiceCount
from portal.core.form import STANDARD, Answers
from portal.core.mass import CellScore, Voices, hear, mass_score
from portal.core.plan import Plan, Weights
from portal.core.score import Result, score_township
from portal.core.voices import DailyCount, count_voices, teams_by_day
from tests.core.making import EDITIONS, SPRING, YEAR
from tests.core.worlds import ANSWERS, DAYS, PLANS, TEAMS, VILLAGES, links, townships, voice_counts

T = TypeVar("T")
BEST = (("visited", "yes"), ("contact", "yes"), ("solved", "done"), ("overall", "5"))
WORST = (("visited", "no"), ("contact", "no"), ("solved", "ignored"), ("overall", "1"))


def told(result: Result) -> tuple[object, ...]:
    """Every score of a result, exact where it is kept so."""
    return (
        [
            (
                c.number,
                c.post.exact,
                c.module.exact,
                c.team.exact,
                c.bonus.total,
                c.total,
                c.rank,
                c.group_rank,
            )
            for c in result.cadres
        ],
        {
            name: (team.exact, team.mass.exact, team.cases.exact, team.governance.exact)
            for name, team in result.teams.items()
        },
    )


# -- order ----------------------------------------------------------------------------------------------------------


def shuffled(facts: Facts, dice: Random) -> Facts:
    """The same township with every row somewhere else; only teams keep the order in which they were entered."""

    def turned(rows: Sequence[T]) -> tuple[T, ...]:
        return tuple(dice.sample(rows, len(rows)))

    own = ("services", "holdings", "tasks", "marks", "memberships", "bonuses")
    cadres = [replace(c, **{name: turned(getattr(c, name)) for name in own}) for c in facts.cadres]
    tables = ("villages", "links", "contests", "governance", "cases", "voices")
    rows: dict[str, Any] = {name: turned(getattr(facts, name)) for name in tables}
    return replace(facts, cadres=turned(cadres), **rows)


@given(townships(), PLANS, DAYS, st.integers(0, 1_000_000))
def test_the_order_of_the_input_does_not_matter(facts: Facts, plan: Plan, as_of: date, seed: int) -> None:
    assert told(score_township(shuffled(facts, Random(seed)), plan, as_of)) == told(
        score_township(facts, plan, as_of)
    )


# -- bounds ---------------------------------------------------------------------------------------------------------


def within(value: Fraction | None, high: int) -> bool:
    return value is None or 0 <= value <= high


@given(townships(), PLANS, DAYS)
def test_every_score_lies_within_its_bounds(facts: Facts, plan: Plan, as_of: date) -> None:
    """A post may reach 140 (a coefficient of 1.4), and so a total (40·140 + 30·100 + 30·100) / 100 + 5 = 121."""
    result = score_township(facts, plan, as_of)
    for c in result.cadres:
        assert within(c.post.score, 140)
        assert within(c.module.score, 100)
        assert within(c.team.score, 100)
        assert within(c.bonus.score, 5)
        # alone a hard post weighs everything
        assert within(c.total, 145 if c.missing else 121)
        assert (c.total is None) == (len(c.missing) == 3) == (c.rank is None)
    for team in result.teams.values():
        for score in (team.score, team.mass.score, team.cases.score, team.governance.score):
            assert within(score, 100)
        assert all(within(cell.value, 100) for cell in team.mass.cells)


@given(townships(), PLANS, DAYS)
def test_the_anonymous_voices_of_a_village_quarter_weigh_at_most_the_prior_and_the_others(
    facts: Facts, plan: Plan, as_of: date
) -> None:
    heard = score_township(facts, replace(plan, verified=Plan().verified), as_of).voices
    for cell in {(voice.village, voice.quarter) for voice in heard.counts}:
        own = [voice for voice in heard.counts if (voice.village, voice.quarter) == cell]
        anonymous = heard.ballot(voice for voice in own if voice.way is Way.ANONYMOUS)
        others = heard.ballot(voice for voice in own if voice.way is not Way.ANONYMOUS)
        assert anonymous.weight <= plan.prior_strength + others.weight
        assert anonymous.weight <= Fraction(anonymous.count, 2)
        # evenly scaled: what they say together stays what they said
        if anonymous.count:
            plain = sum(heard.values[v.edition, v.answers] * v.count for v in own if v.way is Way.ANONYMOUS)
            assert anonymous.mean == plain / anonymous.count


# -- one more voice -------------------------------------------------------------------------------------------------


@st.composite
def quarters(draw: st.DrawFn) -> tuple[Facts, Plan]:
    """A township with voices of two quarters, in which floods are common."""
    linked = draw(links())
    villages = tuple(Village(code, code, draw(st.sampled_from([1, 20, 900]))) for code in VILLAGES)
    heard = draw(voice_counts(linked, (1, 2)))
    flood = draw(st.sampled_from([0, 0, 25, 60]))
    if flood:
        team = draw(st.sampled_from([*TEAMS, None]))
        answers = draw(st.sampled_from([BEST, WORST]))
        heard += (VoiceCount("甲村", SPRING, team, Way.ANONYMOUS, STANDARD.key, answers, flood),)
    return Facts(YEAR, {}, (), TEAMS, villages, linked, voices=heard), draw(PLANS)


@st.composite
def newcomers(draw: st.DrawFn, facts: Facts, answers: Answers) -> VoiceCount:
    """One more voice, given on a day on which some team linked the village."""
    link = draw(st.sampled_from(facts.links))
    quarter = draw(st.sampled_from([quarter_of(link.span.first), quarter_of(link.span.last)]))
    return VoiceCount(link.village, quarter, link.team, draw(st.sampled_from(Way)), STANDARD.key, answers, 1)


def listen(facts: Facts, plan: Plan, *more: VoiceCount) -> Voices:
    return hear([*facts.voices, *more], EDITIONS, plan)


def mass_of(facts: Facts, team: str, heard: Voices) -> Fraction | None:
    return mass_score(team, facts.links, {v.code: v for v in facts.villages}, heard, YEAR).exact


def own_cell(facts: Facts, new: VoiceCount, heard: Voices) -> CellScore | None:
    assert new.team is not None
    found = mass_score(new.team, facts.links, {v.code: v for v in facts.villages}, heard, YEAR).cells
    return next((c for c in found if (c.village.code, c.quarter) == (new.village, new.quarter)), None)


def bound_bites(heard: Voices, cell: tuple[str, Quarter]) -> bool:
    return heard.scales.get(cell, Fraction(1)) < 1


def is_lifted(heard: Voices, new: VoiceCount) -> bool:
    """Whether the new voice is verified and comes where anonymous ones are held down: then it lifts their bound."""
    return new.way is not Way.ANONYMOUS and bound_bites(heard, (new.village, new.quarter))


@settings(max_examples=250)
@given(quarters(), st.data())
def test_one_more_best_voice_never_lowers_its_own_village_quarter_and_one_more_worst_never_raises_it(
    township: tuple[Facts, Plan], data: st.DataObject
) -> None:
    """V of the team, village and quarter that the voice is given in: without exception, whatever the way, the bound
    and μ do. (A quarter in which nobody spoke had no V before.)"""
    facts, plan = township
    assume(facts.links)
    before = listen(facts, plan)
    for answers, sign in ((BEST, 1), (WORST, -1)):
        new = data.draw(newcomers(facts, answers))
        old, now = own_cell(facts, new, before), own_cell(facts, new, listen(facts, plan, new))
        assert now is not None
        assert old is None or sign * (now.value - old.value) >= 0


@settings(max_examples=250)
@given(quarters(), st.data())
def test_one_more_best_voice_never_lowers_its_teams_mass_and_one_more_worst_never_raises_it(
    township: tuple[Facts, Plan], data: st.DataObject
) -> None:
    """The whole 群众评价 of the team that gets the voice, if the voice is anonymous, or verified in a village-quarter
    in which the bound on anonymous voices does not bite.

    Where it bites, a verified voice lifts the bound by what it weighs itself: held-down voices of the other opinion
    then weigh up to as much more in μ, and μ pulls at the team's other village-quarters. So the plain statement is
    false there; the test below says how little it can be.
    """
    facts, plan = township
    assume(facts.links)
    before = listen(facts, plan)
    for answers, sign in ((BEST, 1), (WORST, -1)):
        new = data.draw(newcomers(facts, answers))
        assert new.team is not None
        old, now = (mass_of(facts, new.team, heard) for heard in (before, listen(facts, plan, new)))
        if old is not None and now is not None and not is_lifted(before, new):
            assert sign * (now - old) >= 0


@settings(max_examples=250)
@given(quarters(), st.data())
def test_one_more_best_voice_never_lowers_the_mass_of_any_team_outside_a_flooded_village_quarter(
    township: tuple[Facts, Plan], data: st.DataObject
) -> None:
    """If the bound does not bite in the voice's village-quarter, before or after, no team of the township loses by one
    more best voice, and none gains by one more worst: μ moves the same way for all."""
    facts, plan = township
    assume(facts.links)
    before = listen(facts, plan)
    for answers, sign in ((BEST, 1), (WORST, -1)):
        new = data.draw(newcomers(facts, answers))
        after = listen(facts, plan, new)
        if bound_bites(after, (new.village, new.quarter)) or bound_bites(before, (new.village, new.quarter)):
            continue
        for team in facts.teams:
            old, now = mass_of(facts, team, before), mass_of(facts, team, after)
            if old is not None and now is not None:
                assert sign * (now - old) >= 0


@settings(max_examples=250)
@given(quarters(), st.data())
def test_a_verified_best_voice_that_lifts_the_bound_costs_its_team_less_than_a_hundred_over_all_that_was_said(
    township: tuple[Facts, Plan], data: st.DataObject
) -> None:
    """The exception above: the team's mass falls by less than 100 / (Σ a of the quarter's voices in the whole township)
    points, and rises by no more for one more worst."""
    facts, plan = township
    assume(facts.links)
    before = listen(facts, plan)
    for answers, sign in ((BEST, 1), (WORST, -1)):
        new = data.draw(newcomers(facts, answers))
        assert new.team is not None
        if not is_lifted(before, new):
            continue
        spoken = before.ballot(voice for voice in before.counts if voice.quarter == new.quarter).weight
        old, now = (mass_of(facts, new.team, heard) for heard in (before, listen(facts, plan, new)))
        assert old is not None
        assert now is not None
        assert sign * (now - old) > -100 / spoken


def test_a_verified_best_voice_in_a_flooded_village_may_lower_its_teams_mass() -> None:
    """Why the exception is made: 甲村 is flooded with the worst, 丙村 of the same team has nearly all its households and
    is silent, and the rest of the township is content.

    Before: μ = 9000 / 100 = 90. The voice adds 1 · 100 to μ and, by lifting the bound from 10 to 11, 1 · 0: it is
    9100 / 102 = 89.22. 甲村 rises from (0 + 900) / 20 = 45 to (100 + 892.16) / 22 = 45.1, but 丙村 stands at μ.
    """
    flood = VoiceCount("甲村", SPRING, "一组", Way.ANONYMOUS, STANDARD.key, WORST, 60)
    content = VoiceCount("乙村", SPRING, "二组", Way.WECHAT, STANDARD.key, BEST, 90)
    new = VoiceCount("甲村", SPRING, "一组", Way.WECHAT, STANDARD.key, BEST, 1)
    linked = tuple(
        Link(team, village, YEAR) for team, village in (("一组", "甲村"), ("二组", "乙村"), ("一组", "丙村"))
    )
    villages = (Village("甲村", "甲村", 10), Village("乙村", "乙村", 100), Village("丙村", "丙村", 990))
    facts = Facts(YEAR, {}, (), TEAMS, villages, linked, voices=(flood, content))
    before, after = listen(facts, Plan()), listen(facts, Plan(), new)
    assert (before.means[SPRING], after.means[SPRING]) == (90, Fraction(9100, 102))
    old, now = mass_of(facts, "一组", before), mass_of(facts, "一组", after)
    assert old == Fraction(45 + 99 * 90, 100)
    assert now == (Fraction(100 + Fraction(91000, 102), 22) + 99 * Fraction(9100, 102)) / 100
    assert now < old


# -- voices ---------------------------------------------------------------------------------------------------------

RATINGS = st.lists(
    st.tuples(
        st.sampled_from("一二三四"),
        st.sampled_from(VILLAGES[:2]),
        DAYS,
        ANSWERS,
        st.sampled_from(Way),
        st.sampled_from([True, True, True, False]),
    ),
    max_size=16,
)
Given = tuple[str, str, date, Answers, Way, bool]


def chained(ratings: Sequence[Given]) -> list[DailyCount]:
    """Ratings as they are stored: each with the day on which a later one of the same person took its place."""
    by_voice: dict[tuple[str, str, Quarter], list[Given]] = {}
    for one in sorted(ratings, key=lambda one: one[2]):
        if STANDARD.value(one[3]) is not None:
            by_voice.setdefault((one[0], one[1], quarter_of(one[2])), []).append(one)
    stored = []
    for own in by_voice.values():
        for place, (_, village, day, answers, way, counts) in enumerate(own):
            gone = own[place + 1][2] if place + 1 < len(own) else None
            stored.append(DailyCount(village, day, gone, not place, way, STANDARD.key, answers, 1, counts))
    return stored


@given(RATINGS, links(), DAYS)
def test_a_rating_replaced_within_the_quarter_counts_once(
    ratings: list[Given], linked: tuple[Any, ...], as_of: date
) -> None:
    """Of one person, village and quarter the latest rating up to the day counts, unless it was set aside; it counts
    for the team of its own day."""
    latest: dict[tuple[str, str, Quarter], Given] = {}
    for one in sorted(ratings, key=lambda one: one[2]):
        if one[2] <= as_of and STANDARD.value(one[3]) is not None:
            latest[one[0], one[1], quarter_of(one[2])] = one
    team_on = teams_by_day(linked)
    expected: dict[tuple[object, ...], int] = {}
    for (_, village, quarter), (*_, day, answers, way, counts) in latest.items():
        if counts:
            key = (village, quarter, team_on(village, day), way, STANDARD.key, answers)
            expected[key] = expected.get(key, 0) + 1
    found = count_voices(chained(ratings), linked, Span(YEAR.first, as_of))
    assert {(v.village, v.quarter, v.team, v.way, v.edition, v.answers): v.count for v in found} == expected


@given(quarters(), st.integers(1, 5))
def test_voices_that_say_the_same_may_be_counted_together_or_apart(
    township: tuple[Facts, Plan], size: int
) -> None:
    facts, plan = township
    apart = [
        replace(voice, count=count)
        for voice in facts.voices
        for count in (*[size] * (voice.count // size), voice.count % size)
        if count
    ]
    for team in facts.teams:
        assert mass_of(facts, team, hear(apart, EDITIONS, plan)) == mass_of(facts, team, listen(facts, plan))


# -- stretches ------------------------------------------------------------------------------------------------------


def split(rows: Sequence[T], day: date) -> tuple[T, ...]:
    """The rows with every stretch that holds the day and the day before cut in two that touch."""
    cut: list[T] = []
    for row in rows:
        span: Span = row if isinstance(row, Span) else row.span  # type: ignore[attr-defined]
        if day not in span or day == span.first:
            cut.append(row)
            continue
        for part in (Span(span.first, day - timedelta(days=1)), Span(day, span.last)):
            cut.append(part if isinstance(row, Span) else replace(row, span=part))  # type: ignore[arg-type,type-var]
    return tuple(cut)


@given(townships(), PLANS, DAYS, DAYS)
def test_a_stretch_cut_into_two_that_touch_changes_nothing(
    facts: Facts, plan: Plan, as_of: date, day: date
) -> None:
    """Memberships, holdings, stays in a module, service and links alike."""
    own = ("services", "holdings", "stays", "memberships")
    cadres = tuple(replace(c, **{name: split(getattr(c, name), day) for name in own}) for c in facts.cadres)
    cut = replace(facts, cadres=cadres, links=split(facts.links, day))
    assert told(score_township(cut, plan, as_of)) == told(score_township(facts, plan, as_of))


@given(townships(), PLANS, DAYS)
def test_what_comes_after_the_day_does_not_move_the_day(facts: Facts, plan: Plan, as_of: date) -> None:
    """Marks, contests and requests of later days, and links and memberships past it."""
    until = Span(YEAR.first, as_of)

    def cut(rows: Sequence[Any]) -> tuple[Any, ...]:
        inside = [(row, row.span.within(until)) for row in rows]
        return tuple(replace(row, span=span) for row, span in inside if span)

    cadres = tuple(
        replace(
            c,
            marks=tuple(mark for mark in c.marks if mark.day <= as_of),
            memberships=cut(c.memberships),
            holdings=cut(c.holdings),
        )
        for c in facts.cadres
    )
    early = replace(
        facts,
        cadres=cadres,
        links=cut(facts.links),
        contests=tuple(one for one in facts.contests if one.day <= as_of),
        cases=tuple(one for one in facts.cases if one.opened_at.date() <= as_of),
    )
    assert told(score_township(early, plan, as_of)) == told(score_township(facts, plan, as_of))


# -- the pocket calculator ------------------------------------------------------------------------------------------


def on_paper(parts: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """A weighted mean of shown numbers, as a person with a pocket calculator takes it."""
    there = [(weight, value) for weight, value in parts if value is not None]
    if not there:
        return None
    return sum((w * v for w, v in there), Decimal(0)) / sum((w for w, _ in there), Decimal(0))


def cents(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def shown(value: Fraction | None, places: int = 2) -> Decimal | None:
    return None if value is None else decimal_of(value, places)


def percents(weights: Weights) -> tuple[Decimal, Decimal, Decimal]:
    return Decimal(int(weights.post)), Decimal(int(weights.module)), Decimal(int(weights.team))


@given(townships(), PLANS, DAYS)
def test_the_shown_parts_add_up_to_the_shown_whole_by_pocket_calculator(
    facts: Facts, plan: Plan, as_of: date
) -> None:
    """Three components make a team's score; three dimensions and the bonus make a total."""
    result = score_township(facts, plan, as_of)
    for team in result.teams.values():
        components = [shown(one) for one in (team.mass.score, team.cases.score, team.governance.score)]
        by_hand = on_paper(list(zip(map(Decimal, (60, 25, 15)), components, strict=True)))
        assert cents(by_hand) == shown(team.score)
    for c in result.cadres:
        dimensions = [shown(one) for one in (c.post.score, c.module.score, c.team.score)]
        mean = on_paper(list(zip(percents(c.weights), dimensions, strict=True)))
        bonus = shown(c.bonus.score)
        assert bonus is not None
        assert cents(None if mean is None else mean + bonus) == shown(c.total)


@given(townships(), DAYS)
def test_the_leaves_multiply_and_add_up_to_the_dimension_within_a_cent(facts: Facts, as_of: date) -> None:
    """Below the dimensions four decimals are shown and nothing is rounded: the leaves give the dimension to a cent."""
    result = score_township(facts, Plan(), as_of)

    def near(by_hand: Decimal | None, score: Fraction | None) -> bool:
        told = shown(score)
        return by_hand is told or (
            by_hand is not None and told is not None and abs(by_hand - told) <= Decimal("0.0051")
        )

    for c in result.cadres:
        posts = [(Decimal(one.days), shown(one.score, 4)) for one in c.post.holdings]
        assert near(on_paper(posts), c.post.score)
        teams = [(Decimal(one.days), shown(one.value, 4)) for one in c.team.memberships]
        assert near(on_paper(teams), c.team.score)
        kinds = [(Decimal(int(one.weight)), shown(one.mean, 4)) for one in c.module.kinds]
        base = on_paper(kinds)
        points = shown(c.module.contest_points)
        assert points is not None
        by_hand = None if base is None else min(max(base + points, Decimal(0)), Decimal(100))
        assert near(by_hand, c.module.score)
    for team in result.teams.values():
        cells = [(Decimal(cell.weight), shown(cell.value, 4)) for cell in team.mass.cells]
        assert near(on_paper(cells), team.mass.score)
