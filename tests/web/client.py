"""A test client that looks after the house's rules: every page is checked, and a GET that writes fails."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse

from portal.web.guards import COOKIE as STAFF_COOKIE
from portal.web.unit import READING
from tests.web.pages import check_page

WATCH = "watch"
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
NO_QUERY = re.compile(r"\s*(PRAGMA|BEGIN|SET|SAVEPOINT|RELEASE|ROLLBACK)\b", re.IGNORECASE)


class Watch:
    """Every statement that reaches an engine, and whether what was written was also committed."""

    def __init__(self, engine: Engine) -> None:
        self.statements: list[str] = []
        self.waiting: list[str] = []
        self.lost: list[str] = []
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", self._commit)
        event.listen(engine, "rollback", self._rollback)

    @property
    def writes(self) -> list[str]:
        return [statement for statement in self.statements if WRITES.match(statement)]

    def begin(self) -> None:
        self.statements, self.waiting, self.lost = [], [], []

    def _statement(self, conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        del conn, cursor, rest
        if NO_QUERY.match(statement):
            return
        self.statements.append(statement)
        if WRITES.match(statement):
            self.waiting.append(statement)

    def _commit(self, conn: Any) -> None:
        del conn
        self.waiting = []

    def _rollback(self, conn: Any) -> None:
        del conn
        self.lost += self.waiting
        self.waiting = []


class PageClient(FlaskClient):
    """Flask's client; `unchecked()` skips the look at the HTML where the same page is opened very often."""

    checking = True

    @property
    def watch(self) -> Watch:
        found: Watch = self.application.extensions[WATCH]
        return found

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        self.watch.begin()
        response = super().open(*args, **{"buffered": True, **kwargs})
        method = response.request.method
        if method in READING:
            assert not self.watch.writes, f"{method} {response.request.path} wrote: {self.watch.writes[0]}"
        left = self.watch.waiting + (self.watch.lost if response.status_code < 400 else [])
        assert not left, f"{method} {response.request.path} left uncommitted: {left[0]}"
        if self.checking:
            check_page(response)
        return response

    @contextmanager
    def unchecked(self) -> Iterator[PageClient]:
        self.checking = False
        yield self
        self.checking = True

    def page(self, path: str, status: int = 200, **kwargs: Any) -> str:
        """The page at a path, which answers as expected."""
        response = self.get(path, **kwargs)
        assert response.status_code == status, f"{path}: {response.status}"
        return response.get_data(as_text=True)

    def staff_token(self) -> str | None:
        """The log-in that the client carries, if any."""
        found = self.get_cookie(STAFF_COOKIE)
        return None if found is None else found.value


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', page)
    assert found, f"no hidden field {name}"
    return found.group(1)


def watched(app: Flask, engine: Engine) -> Flask:
    """The app with checking clients."""
    app.extensions[WATCH] = Watch(engine)
    app.test_client_class = PageClient
    return app
