"""Two forms that want an answer at the same moment, on both engines: one page is one request, two pages are two."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.actions.import_township import import_township
from portal.store import resident_cases, townships
from portal.store.engine import Database
from portal.store.residents import Case
from tests.conftest import operator
from tests.databases import Maker
from tests.web.conftest import Watchmaker
from tests.web.filling import VILLAGE, street_book
from tests.web.sending import open_form, send, stored
from tests.web.test_residents_sending import at_once, browsers

MakeApp = Callable[..., tuple[Flask, Database]]
WISH = {"want_reply": "1", "comment": "路灯坏了"}
Place = tuple[Flask, Database, str]


@pytest.fixture
def place(maker: Maker, make_app: MakeApp) -> Place:
    """The street township alone on each engine, and the address of a form."""
    app, database = make_app(maker.make(), Watchmaker())
    with database.writing() as session:
        township, _ = import_township(session, street_book(), operator())
        hanging = townships.posters_in_use(session, township.id)
        rows = townships.villages(session, township.id)
        return app, database, next(f"/v/{hanging[row.id].token}" for row in rows if row.code == VILLAGE)


@pytest.fixture(autouse=True)
def collision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look for a number before either writes one, where the engine lets them."""
    barrier, looked = threading.Barrier(2), threading.local()
    look = resident_cases.next_number

    def look_together(*arguments: Any) -> str:
        found = look(*arguments)
        if not getattr(looked, "once", False):
            looked.once = True
            try:
                barrier.wait(0.5)
            except threading.BrokenBarrierError:
                return found
        return found

    monkeypatch.setattr(resident_cases, "next_number", look_together)


def cases(database: Database) -> list[Case]:
    with database.reading() as session:
        return list(session.scalars(select(Case).order_by(Case.number)))


def test_the_same_page_sent_twice_at_once_is_one_request_with_one_receipt(place: Place) -> None:
    app, database, path = place
    clients = browsers(app, path, same=True)
    key = open_form(clients[0], path)
    led: list[str] = []

    def go(client: FlaskClient) -> int:
        answer = send(client, path, key, **WISH)
        led.append(answer.location or "")
        return answer.status_code

    assert at_once([lambda client=c: go(client) for c in clients]) == [303, 303]  # type: ignore[misc]
    assert len(set(led)) == 1
    assert "case=" in led[0]
    assert len(cases(database)) == len(stored(database)) == 1


def test_two_residents_at_once_get_a_request_and_a_number_each(place: Place) -> None:
    app, database, path = place
    clients = browsers(app, path, same=False)
    answers = at_once([lambda client=c: send(client, path, **WISH).status_code for c in clients])  # type: ignore[misc]
    assert answers == [303, 303]
    assert [case.number for case in cases(database)] == ["群2026-0001", "群2026-0002"]
