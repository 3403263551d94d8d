"""Bringing workbooks in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from portal.core.book import Role
from portal.files.township_out import township_workbook
from portal.store.engine import Database
from portal.store.office import ImportFile
from portal.store.people import Account
from tests.conftest import NOON
from tests.web.access.expected import EDITORS, OFFICE, READERS, Addresses, Table, only, only_post
from tests.web.filling import STREET, street_book, user

ACCESS: Table = {
    ("/admin/import", "GET"): only(READERS),
    ("/admin/import", "POST"): only_post(EDITORS),
    ("/admin/import/template.xlsx", "GET"): only(READERS),
    ("/admin/import/current.xlsx", "GET"): only(OFFICE),
    ("/admin/import/paste/<sheet>", "GET"): only(EDITORS),
    ("/admin/import/paste/<sheet>", "POST"): only_post(EDITORS),
    ("/admin/import/<int:file_id>", "GET"): only(READERS),
    ("/admin/import/<int:file_id>/confirm", "POST"): only_post(EDITORS),
    ("/admin/import/<int:file_id>/undo", "POST"): only_post(EDITORS),
    ("/admin/import/<int:file_id>/original", "GET"): only(READERS),
    ("/admin/import/<int:file_id>/<kind>.xlsx", "GET"): only(READERS),
}


def put_down(database: Database, content: bytes, place: str = STREET, name: str = "工作簿.xlsx") -> int:
    """A file that the place's clerk uploaded and nobody confirmed; gives its id."""
    with database.writing() as session:
        clerk = session.scalars(select(Account).where(Account.username == user(Role.CLERK, place))).one()
        file = ImportFile(
            township_id=clerk.township_id,
            account_id=clerk.id,
            name=name,
            content=content,
            uploaded_at=NOON,
        )
        session.add(file)
        session.flush()
        return file.id


def _of_a_file(rest: str) -> Callable[[Any], str]:
    def find(portal: Any) -> str:
        return f"/admin/import/{put_down(portal.database, township_workbook(street_book()))}{rest}"

    return find


ADDRESSES: Addresses = {
    "/admin/import/paste/<sheet>": lambda _: "/admin/import/paste/岗位",
    "/admin/import/<int:file_id>": _of_a_file(""),
    "/admin/import/<int:file_id>/confirm": _of_a_file("/confirm"),
    "/admin/import/<int:file_id>/undo": _of_a_file("/undo"),
    "/admin/import/<int:file_id>/original": _of_a_file("/original"),
    "/admin/import/<int:file_id>/<kind>.xlsx": _of_a_file("/marked.xlsx"),
}
