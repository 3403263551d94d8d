"""The portal on a copy of the filled database, with a clock that tests may turn and a client for every kind of visitor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask

from portal.config import Settings
from portal.store.engine import Database
from portal.web.app import create_app
from portal.web.guards import COOKIE as STAFF_COOKIE
from tests.conftest import NOON
from tests.databases import SqliteMaker
from tests.web.client import PageClient, watched
from tests.web.filling import SECRET_KEY, Filled, fill


@dataclass
class Watchmaker:
    """A clock that stands until it is turned."""

    moment: datetime = NOON

    def __call__(self) -> datetime:
        return self.moment

    def turn(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass(frozen=True, slots=True)
class Portal:
    """A running portal for one test: its database, its clock and its visitors."""

    app: Flask
    database: Database
    clock: Watchmaker
    filled: Filled

    def visitor(self) -> PageClient:
        """Somebody without a log-in, with an own box of cookies."""
        client = self.app.test_client()
        assert isinstance(client, PageClient)
        return client

    def staff(self, username: str) -> PageClient:
        """Somebody who logged in at NOON."""
        client = self.visitor()
        client.set_cookie(STAFF_COOKIE, self.filled.sessions[username])
        return client

    def form(self, village: str | None = None) -> str:
        """The address of a village's form."""
        return f"/v/{self.filled.posters[village or self.filled.village]}"


MakePortal = Callable[..., Portal]


@pytest.fixture(scope="session")
def filled(sqlite_maker: SqliteMaker, cheap_hasher: PasswordHasher) -> Filled:
    return fill(sqlite_maker.make(), cheap_hasher)


@pytest.fixture
def make_app(cheap_hasher: PasswordHasher) -> Iterator[Callable[..., tuple[Flask, Database]]]:
    """The app on any database: `make_app(url, clock, secure_cookies=…, demo=…)`."""
    opened: list[Database] = []

    def make(url: str, clock: Callable[[], datetime], **changes: Any) -> tuple[Flask, Database]:
        database = Database(url)
        opened.append(database)
        values = {"base_url": "http://localhost", "secure_cookies": False, "demo": False, **changes}
        settings = Settings(database_url=url, secret_key=SECRET_KEY, **values)
        return watched(create_app(settings, database, clock, cheap_hasher), database.engine), database

    yield make
    for database in opened:
        database.dispose()


@pytest.fixture
def make_portal(
    make_app: Callable[..., tuple[Flask, Database]], filled: Filled, tmp_path: Path
) -> MakePortal:
    """A portal on an own copy of the filled database."""

    def make(**changes: Any) -> Portal:
        clock = Watchmaker()
        app, database = make_app(filled.copy(tmp_path), clock, **changes)
        return Portal(app, database, clock, filled)

    return make


@pytest.fixture
def portal(make_portal: MakePortal) -> Portal:
    return make_portal()


@pytest.fixture
def visitor(portal: Portal) -> PageClient:
    return portal.visitor()
