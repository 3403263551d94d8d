"""Migrations: an empty database becomes what the tables say, and back, on both engines."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, func, inspect, select
from sqlalchemy.exc import IntegrityError

from portal.store import migrate
from portal.store.engine import Database
from portal.store.tables import Base
from tests.databases import Maker
from tests.store.rows import FIRST, LAST, Ground


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
