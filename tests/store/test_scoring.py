"""The scorer's input: as many statements for a large township as for a small one, and what they read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import Engine, event

from portal.core import facts
from portal.core.days import Span
from portal.store import scoring
from portal.store.engine import Database
from portal.store.organisation import Service, TeamLeader
from portal.store.residents import Standing
from tests.conftest import import_tashi
from tests.store.rows import FIRST, LAST, YEAR, Ground

SPAN = Span(FIRST, LAST)
JULY_1 = date(2026, 7, 1)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    seen: list[str] = []

    def note(*about: object) -> None:
        seen.append(str(about[2]))

    event.listen(engine, "before_cursor_execute", note)
    yield seen
    event.remove(engine, "before_cursor_execute", note)


def reading(database: Database, township_id: int, period_id: int) -> tuple[list[str], list[str]]:
    """The statements behind the facts, and those behind the counted voices."""
    with database.reading() as session:
        with statements(database.engine) as of_facts:
            scoring.load_facts(session, township_id, period_id, SPAN)
        with statements(database.engine) as of_voices:
            scoring.daily_counts(session, township_id, SPAN)
    return [s for s in of_facts if s.startswith("SELECT")], [s for s in of_voices if s.startswith("SELECT")]


def test_a_large_township_takes_as_many_statements_as_a_small_one(sqlite_database: Database) -> None:
    large = import_tashi(sqlite_database)
    with sqlite_database.writing() as session:
        ground = Ground(session, "330825112")
        small = ground.township, ground.period
    of_large, of_small = reading(sqlite_database, large, 1), reading(sqlite_database, *small)
    assert of_large == of_small
    assert 0 < len(of_large[0]) <= 20
    assert len(of_large[1]) == 1


@pytest.fixture
def serving(ground: Ground) -> Ground:
    """The cadre serves all year."""
    ground.add(
        Service(
            township_id=ground.township,
            cadre_id=ground.cadre,
            group_name="一般干部",
            post_id=ground.post,
            **YEAR,
        )
    )
    return ground


def cadre(ground: Ground) -> facts.Cadre:
    (found,) = scoring.load_facts(ground.session, ground.township, ground.period, SPAN).cadres
    return found


def leads(ground: Ground, team: int, first: date = FIRST, last: date = LAST) -> None:
    ground.add(
        TeamLeader(
            township_id=ground.township, team_id=team, cadre_id=ground.cadre, first_day=first, last_day=last
        )
    )


def test_the_factor_of_a_teams_leader_is_read_as_1(serving: Ground) -> None:
    serving.add(serving.membership("1.1"))
    leads(serving, serving.team)
    assert [m.factor for m in cadre(serving).memberships] == [Fraction(1)]


def test_the_factor_of_a_member_is_read_as_it_stands(serving: Ground) -> None:
    serving.add(serving.membership("1.1"))
    leads(serving, serving.other_team)
    assert [m.factor for m in cadre(serving).memberships] == [Fraction(11, 10)]


def test_who_led_the_team_in_another_period_has_the_own_factor(serving: Ground) -> None:
    serving.add(serving.membership("0.9"))
    leads(serving, serving.team, date(2025, 1, 1), date(2025, 12, 31))
    assert [m.factor for m in cadre(serving).memberships] == [Fraction(9, 10)]


def test_somebody_without_service_in_the_period_is_left_out(serving: Ground) -> None:
    last_year = Span(date(2025, 1, 1), date(2025, 12, 31))
    assert scoring.load_facts(serving.session, serving.township, serving.period, last_year).cadres == ()


def test_a_mark_not_given_yet_is_none_and_a_0_is_a_0(serving: Ground) -> None:
    serving.add(serving.task(name="一", mark=None))
    serving.add(serving.task(name="二", mark=Decimal(0)))
    assert [task.mark for task in cadre(serving).tasks] == [None, Fraction(0)]


def test_ratings_are_counted_by_what_they_share(ground: Ground) -> None:
    for voice in "abc":
        ground.add(ground.rating(voice=voice))
    ground.add(ground.rating(voice="d", answers="overall=1"))
    ground.add(ground.rating(voice="e", answers="overall=1", standing=Standing.SET_ASIDE))
    ground.add(ground.rating(voice="f", answers="overall=unknown", valued=False, first=False))
    ground.add(ground.rating(voice="g", day=date(2027, 1, 1)))
    counts = scoring.daily_counts(ground.session, ground.township, SPAN)
    told = sorted((dict(c.answers)["overall"], c.counts, c.count) for c in counts)
    assert told == [("1", False, 1), ("1", True, 1), ("5", True, 3)]


def test_links_are_read_where_they_share_a_day_with_the_period(ground: Ground) -> None:
    ground.add(ground.link(date(2025, 1, 1), FIRST))
    ground.add(ground.link(JULY_1, date(2027, 5, 5), team_id=ground.other_team))
    ground.add(ground.link(date(2025, 1, 1), date(2025, 12, 31), village_id=ground.other_village))
    links = scoring.load_links(ground.session, ground.township, SPAN)
    assert [(link.team, link.span.last) for link in links] == [("甲组", FIRST), ("乙组", date(2027, 5, 5))]
