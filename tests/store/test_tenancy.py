"""Every key and index of a township's rows begins with the township, so that one township never waits for another."""

from __future__ import annotations

import pytest
from sqlalchemy import Index, Table, UniqueConstraint, inspect

from portal.store.engine import Database
from portal.store.tables import Base

# What must be found, or be unique, over all townships
OVER_ALL_TOWNSHIPS = {
    ("township", ("code",)): "the township itself is looked up by it",
    ("poster", ("token",)): "a poster's token alone must find the village",
    ("account", ("username",)): "log-in names no township",
    ("account_role", ("account_id", "role")): "roles hang on an account, which may have no township",
    ("resident_case", ("receipt",)): "a receipt alone must find the request",
    ("paper_form", ("serial",)): "a serial alone must find the paper",
    ("county_entry", ("county_code", "day")): "the county's own ledger stands above the townships",
    ("county_entry", ("report",)): "the county's own ledger stands above the townships",
    ("county_entry", ("submission",)): "the county's own ledger stands above the townships",
    ("staff_session", ("token_digest",)): "a cookie alone must find the account",
    ("staff_session", ("account_id",)): "sessions hang on an account, which may have no township",
}
WITHOUT_TOWNSHIP = {"township", "account_role", "staff_session", "county_entry", "county_contact"}
TABLES = list(Base.metadata.tables.values())


def keys_of(table: Table) -> set[tuple[str, ...]]:
    """The columns of every UNIQUE and every index."""
    unique = [item for item in table.constraints if isinstance(item, UniqueConstraint)]
    kept: list[UniqueConstraint | Index] = [*unique, *table.indexes]
    return {tuple(column.name for column in item.columns) for item in kept}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_keys_and_indexes_begin_with_the_township(table: Table) -> None:
    others = {(table.name, columns) for columns in keys_of(table) if columns[0] != "township_id"}
    assert others == {key for key in OVER_ALL_TOWNSHIPS if key[0] == table.name}


def test_every_table_knows_its_township_but_for_the_documented_ones() -> None:
    assert {table.name for table in TABLES if "township_id" not in table.columns} == WITHOUT_TOWNSHIP


def test_a_row_of_a_township_always_names_it_but_for_accounts_and_the_ledger() -> None:
    loose = {
        table.name
        for table in TABLES
        if (own := table.columns.get("township_id")) is not None and own.nullable
    }
    assert loose == {"account", "ledger_entry"}


def test_the_database_has_the_keys_that_the_models_name(database: Database) -> None:
    with database.reading() as session:
        found = inspect(session.connection())
        for table in TABLES:
            unique = {tuple(key["column_names"]) for key in found.get_unique_constraints(table.name)}
            indexes = {tuple(index["column_names"]) for index in found.get_indexes(table.name)}
            assert unique | indexes == keys_of(table), table.name
