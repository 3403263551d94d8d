"""Migrations: an empty database becomes what the tables say, and back, on both engines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, func, inspect, select
from sqlalchemy.exc import DBAPIError, IntegrityError

from portal.store import migrate
from portal.store.appraisal import Period
from portal.store.county import CountyContact, CountyEntry
from portal.store.engine import Database
from portal.store.improvements import Improvement
from portal.store.papers import EntryCheck, EntryKind, PaperForm, VoiceKey
from portal.store.people import Account
from portal.store.residents import CaseStep, Outcome, QuarterSecret, Rating, StepKind, Verdict
from portal.store.tables import Base
from tests.databases import Maker
from tests.store.rows import FIRST, LAST, NOW, Ground


@pytest.fixture
def empty(maker: Maker) -> Iterator[Database]:
    own = Database(maker.empty())
    yield own
    own.dispose()


def tables(database: Database) -> set[str]:
    with database.reading() as session:
        return set(inspect(session.connection()).get_table_names())


def is_newest(database: Database) -> bool:
    with database.reading() as session:
        return migrate.is_newest(session.connection())


def test_an_empty_database_gets_every_table(empty: Database) -> None:
    assert not is_newest(empty)
    migrate.upgrade(empty.engine)
    assert is_newest(empty)
    assert tables(empty) == {*Base.metadata.tables, "alembic_version"}


def test_the_migrations_make_what_the_models_say(database: Database) -> None:
    with database.reading() as session:
        context = MigrationContext.configure(session.connection(), opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_checks_have_the_names_that_the_models_give_them(database: Database) -> None:
    """Alembic doesn't compare CHECK constraints; a forgotten one would be seen only when it is needed."""
    with database.reading() as session:
        found = inspect(session.connection())
        for name, table in Base.metadata.tables.items():
            expected = {
                str(constraint.name)
                for constraint in table.constraints
                if isinstance(constraint, CheckConstraint)
            }
            assert {check["name"] for check in found.get_check_constraints(name)} == expected, name


def test_everything_can_be_taken_back_and_made_again(empty: Database) -> None:
    migrate.upgrade(empty.engine)
    migrate.downgrade(empty.engine)
    assert tables(empty) <= {"alembic_version"}
    assert not is_newest(empty)
    migrate.upgrade(empty.engine)
    assert is_newest(empty)
    with empty.writing() as session:
        ground = Ground(session)
        ground.add(ground.link(FIRST, LAST))
        ground.add(ground.entry())


def test_a_second_upgrade_leaves_everything_as_it_is(database: Database) -> None:
    with database.writing() as session:
        Ground(session)
    migrate.upgrade(database.engine)
    with database.reading() as session:
        assert session.connection().exec_driver_sql("SELECT code FROM township").scalar() == "330825111"


def test_a_filled_database_keeps_everything_through_each_migration(database: Database) -> None:
    with database.writing() as session:
        ground = Ground(session)
        ground.add(ground.link(FIRST, LAST))
        ground.add(ground.rating())
        ground.add(ground.entry())
        ground.add(ground.households())
    migrate.downgrade(database.engine, "0001")
    migrate.upgrade(database.engine)
    with database.reading() as session:
        connection = session.connection()
        told = [
            session.scalar(select(func.count()).select_from(Base.metadata.tables[table]))
            for table in ("township", "village", "team_link", "rating", "ledger_entry", "account_role")
        ]
        assert told == [1, 2, 1, 1, 1, 0]
        found = connection.exec_driver_sql("SELECT first_day, households FROM period_village").all()
        assert [(str(day), households) for day, households in found] == [(FIRST.isoformat(), 481)]
    with pytest.raises(IntegrityError), database.writing() as session:  # foreign keys are watched again
        session.connection().exec_driver_sql("DELETE FROM village")


def residents_side(ground: Ground) -> None:
    """A row in every table that 0004 makes, and in those that it changes a value in each new column."""
    own: dict[str, Any] = {"township_id": ground.township}
    here = {**own, "village_id": ground.village}
    clerk = Account(**own, username="clerk", password_hash="x")
    case = ground.case(
        words="路灯坏了",
        contact="sealed",
        not_for_team=True,
        receipt="r",
        submission="c",
        answered_at=NOW,
        finished_at=NOW,
        first_finished_at=NOW,
        reopened_at=NOW,
        heard_at=NOW,
        outcome=Outcome.SOLVED,
        verdict=Verdict.UNSOLVED,
    )
    for row in (clerk, case):
        ground.add(row)
    county = {"county_code": "330825", "report": 1, "day": FIRST, "actor": "resident"}
    for row in (
        CountyEntry(**county, id=1, kind="pressure.reported", body={}, submission="x"),
        CountyContact(report=1, erase_on=LAST, sealed="sealed"),
        VoiceKey(**own, key="k", voice="v"),
        Improvement(**here, said="路灯不亮", done="换了", day=FIRST, published_on=FIRST, taken_down_on=None),
        PaperForm(**here, serial="22222222", batch=1, printed_on=FIRST, used_on=LAST),
        CaseStep(**own, case_id=case.id, at=NOW, kind=StepKind.FINISHED, words="修好了", account_id=clerk.id),
        EntryCheck(**here, id=1, kind=EntryKind.PAPER, sealed="s", entered_by_id=clerk.id, entered_on=FIRST),
        QuarterSecret(**own, quarter="2026Q1", secret=None, deleted_on=LAST),
        QuarterSecret(**own, quarter="2026Q2", secret=b"x" * 32),
        ground.poster("222222", place="村委会门口", scanned_on=LAST),
        ground.rating(withdrawn=True, replaced_on=LAST),
    ):
        ground.add(row)
    ground.session.get_one(Period, ground.period).edition_id = ground.edition


def contents(database: Database) -> dict[str, list[Any]]:
    """Every row of every table, as the database gives it."""
    with database.reading() as session:
        connection = session.connection()
        return {
            table: [tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")]  # noqa: S608 — our own tables
            for table in sorted(inspect(connection).get_table_names())
        }


def test_the_residents_side_can_be_taken_back_and_made_again_with_rows_in_every_table(
    database: Database,
) -> None:
    """What 0003 had is whole in between and afterwards; what only 0004 can hold is gone, and nothing else."""
    with database.writing() as session:
        residents_side(Ground(session))
    filled = contents(database)
    migrate.downgrade(database.engine, "0003")
    before = contents(database)
    new = {
        "county_entry",
        "county_contact",
        "voice_key",
        "improvement",
        "paper_form",
        "case_step",
        "entry_check",
    }
    assert all(filled[table] for table in new)
    assert set(filled) - set(before) == new
    lost = {table for table in before if len(before[table]) != len(filled[table])}
    assert lost == {"quarter_secret"}, "of a sealed quarter there is nothing that 0003 could hold"
    migrate.upgrade(database.engine)
    with database.writing() as session:
        (rating,) = session.scalars(select(Rating))
        assert (rating.withdrawn, rating.replaced_on, rating.first) == (False, LAST, True)
        (kept,) = session.scalars(select(QuarterSecret))
        assert (kept.quarter, kept.secret, kept.deleted_on) == ("2026Q2", b"x" * 32, None)
        (period,) = session.scalars(select(Period))
        assert (period.first_day, period.last_day, period.edition_id) == (FIRST, LAST, None)
        session.add(
            CountyEntry(
                id=2, county_code="330825", report=2, day=date(2026, 5, 1), actor="x", kind="y", body={}
            )
        )
    for change in ("UPDATE county_entry SET kind = 'z'", "DELETE FROM county_entry"):
        with pytest.raises(DBAPIError), database.writing() as session:
            session.connection().exec_driver_sql(change)
    with pytest.raises(IntegrityError), database.writing() as session:
        session.connection().exec_driver_sql("UPDATE rating SET withdrawn = true, replaced_on = NULL")
