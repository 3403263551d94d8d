"""The demo township: made once here, in a SQLite file, and looked at from every side."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from portal.actions import accounts, logging_in
from portal.actions.demo import COUNTY_FACE, COUNTY_USER, FACES, DemoTownship, make_demo
from portal.actions.periods import ready
from portal.actions.results import exact_results, shown_results
from portal.clock import local_day
from portal.core.book import Role
from portal.core.rights import Actor
from portal.demo.words import IMPROVEMENTS
from portal.store import improvements, periods, townships
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Township
from portal.store.people import Account
from tests.conftest import NOON
from tests.databases import SqliteMaker


@dataclass(frozen=True)
class Made:
    database: Database
    told: DemoTownship
    said: list[str]


@pytest.fixture(scope="module")
def demo(
    sqlite_maker: SqliteMaker, tmp_path_factory: pytest.TempPathFactory, cheap_hasher: PasswordHasher
) -> Iterator[Made]:
    file = shutil.copyfile(sqlite_maker.template, tmp_path_factory.mktemp("demo") / "demo.db")
    database = Database(f"sqlite:///{Path(file)}")
    said: list[str] = []
    with database.writing() as session:
        told = make_demo(session, NOON, cheap_hasher, said.append)
    yield Made(database, told, said)
    database.dispose()


def township(demo: Made) -> Township:
    with demo.database.reading() as session:
        found = session.scalars(select(Township)).one()
        session.expunge(found)
        return found


def logged_in(demo: Made, face: str, hasher: PasswordHasher) -> Actor:
    login = next(login for login in demo.told.logins if login.face == face)
    with demo.database.writing() as session:
        matches = logging_in.password_matches(session, login.username, login.password, hasher)
        token = logging_in.log_in(session, login.username, matches, NOON)
    with demo.database.reading() as session:
        actor = logging_in.who(session, token, NOON)
    assert actor is not None
    return actor


@pytest.mark.parametrize(("role", "face"), [(role, face) for role, face, _ in FACES])
def test_every_face_can_log_in(demo: Made, role: Role, face: str, cheap_hasher: PasswordHasher) -> None:
    actor = logged_in(demo, face, cheap_hasher)
    assert role in actor.roles
    assert actor.township_id == township(demo).id
    assert actor.cadre is not None


def test_somebody_of_the_county_can_log_in_and_no_ledger_of_the_township_says_so(
    demo: Made, cheap_hasher: PasswordHasher
) -> None:
    actor = logged_in(demo, COUNTY_FACE, cheap_hasher)
    own = township(demo)
    assert actor.roles == {Role.COUNTY_REVIEWER}
    assert (actor.township_id, actor.county_code) == (None, own.code[:6])
    with demo.database.reading() as session:
        entries = session.scalars(select(LedgerEntry).where(LedgerEntry.subject == COUNTY_USER)).all()
    assert [entry.township_id for entry in entries] == [None]


def test_the_told_village_has_something_to_show(demo: Made) -> None:
    with demo.database.reading() as session:
        found = townships.by_token(session, demo.told.token)
        assert found is not None
        entries = improvements.shown(session, found[2].id, found[1].id)
    assert [entry.said for entry in entries] == [told.said for told in IMPROVEMENTS]


def test_there_are_seven_accounts_with_passwords_of_their_own(demo: Made) -> None:
    passwords = {login.password for login in demo.told.logins}
    assert len(demo.told.logins) == len(passwords) == 7
    assert min(map(len, passwords)) >= accounts.SHORTEST_PASSWORD
    with demo.database.reading() as session:
        assert session.execute(select(func.count()).select_from(Account)).scalar() == 7


def test_the_cadres_team_links_the_told_village_today(demo: Made, cheap_hasher: PasswordHasher) -> None:
    actor = logged_in(demo, "干部", cheap_hasher)
    with demo.database.reading() as session:
        found = townships.by_token(session, demo.told.token)
        assert found is not None
        poster, village, own = found
        assert (village.name, poster.retired_on) == (demo.told.village, None)
        assert townships.team_linking(session, own.id, village.id, local_day(NOON)) in actor.teams


def test_the_cadre_is_scored_and_nothing_else(demo: Made, cheap_hasher: PasswordHasher) -> None:
    actor = logged_in(demo, "干部", cheap_hasher)
    assert actor.roles == {Role.CADRE}
    with demo.database.reading() as session:
        score = exact_results(session, township(demo), None, None, NOON).result.cadre(actor.cadre or "")
    assert score is not None
    assert (score.missing, score.total is not None) == ((), True)


def test_a_voice_is_shown_at_once(demo: Made) -> None:
    with demo.database.reading() as session:
        exact = exact_results(session, township(demo), None, None, NOON)
        shown = shown_results(session, township(demo), None, None, NOON)
    assert exact.result.plan.release_batch == 1
    assert shown.result == exact.result


def test_there_are_two_years_of_it(demo: Made) -> None:
    with demo.database.reading() as session:
        periods = townships.periods(session, township(demo).id)
    assert [(p.span.first.year, p.span.last.year) for p in periods] == [(2025, 2025), (2026, 2026)]
    assert [line.partition("：")[0] for line in demo.said] == [period.name for period in periods]


def test_what_is_told_can_be_written_down(demo: Made) -> None:
    plain = demo.told.plain()
    assert (plain["village"], plain["token"]) == (demo.told.village, demo.told.token)
    assert isinstance(plain["logins"], list | tuple)
    assert {"face", "username", "password", "name"} == set(plain["logins"][0])


def test_both_years_are_open_and_nothing_is_missing(demo: Made) -> None:
    own = township(demo)
    with demo.database.reading() as session:
        years = periods.listed(session, own.id)
        found = {year.name: ready(session, own.id, year, NOON) for year in years}
    assert [year.opened_at for year in years] == [NOON, NOON]
    for name, told in found.items():
        assert told.gaps == (), name
