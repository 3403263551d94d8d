"""A page takes as many statements for a large township as for a small one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from portal.core.book import Role
from tests.web.client import hidden
from tests.web.conftest import Portal
from tests.web.filling import STREET, TASHI, user


@pytest.mark.parametrize(
    "address",
    [
        "/admin",
        "/admin/cadres",
        "/admin/teams",
        "/admin/villages",
        "/admin/organisation",
        "/admin/modules",
        "/admin/posts",
        "/admin/posters",
        "/admin/posters/places",
        "/admin/voices",
        "/admin/improvements",
        "/admin/papers",
        "/admin/papers/print",
        "/admin/papers/enter",
        "/admin/papers/checks",
    ],
)
def test_the_number_of_statements_does_not_grow_with_the_township(portal: Portal, address: str) -> None:
    taken = []
    for place in (STREET, TASHI):
        client = portal.staff(user(Role.CLERK, place))
        client.page(address)
        taken.append(len(client.watch.statements))
    assert taken[0] == taken[1] <= 40


def test_a_residents_form_takes_few_statements_and_none_reads_a_whole_table(portal: Portal) -> None:
    """Many townships share a database: what a phone waits for must not grow with the others."""
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        del connection, cursor, rest
        if statement.startswith(("SELECT", "UPDATE")):
            asked.append((statement, values))

    resident = portal.visitor()
    event.listen(portal.database.engine, "before_cursor_execute", note)
    page = resident.page(portal.form())
    assert len(resident.watch.statements) <= 6
    answer = resident.post(portal.form(), data={"key": hidden(page, "key"), "q_overall": "4"})
    assert answer.status_code == 303
    assert len(resident.watch.statements) <= 12
    event.remove(portal.database.engine, "before_cursor_execute", note)
    with portal.database.reading() as session:
        plans = [
            (row[3], statement)
            for statement, values in asked
            for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    assert len(plans) > len(asked) > 12
    assert [plan for plan in plans if plan[0].startswith("SCAN") and plan[0] != "SCAN CONSTANT ROW"] == []
