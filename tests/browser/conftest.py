"""A real browser on a real server: Chromium, and the portal on a filled database with a clock that stands at NOON."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from portal.config import DEMO_SITE, Settings
from portal.core.plan import Plan, to_json
from portal.store import townships
from portal.store.appraisal import PlanVersion
from portal.store.engine import Database
from portal.web.app import create_app
from portal.web.guards import COOKIE as STAFF_COOKIE
from tests.conftest import NOON
from tests.databases import SqliteMaker
from tests.web.access.improvements import put_up
from tests.web.filling import SECRET_KEY, Filled, fill

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
)
PHONE, DESKTOP = (375, 812), (1440, 900)


class Quiet(WSGIRequestHandler):
    """HTTP/1.1 without a log line for each request."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        del code, size


@dataclass(frozen=True, slots=True)
class Site:
    """The portal as it is reached from outside, and the same one run as a demo."""

    url: str
    filled: Filled
    demo_url: str

    @property
    def form(self) -> str:
        return f"/v/{self.filled.posters[self.filled.village]}"


class Window:
    """A browser window of one visitor: opens pages of the site and changes its size."""

    def __init__(self, site: Site, context: BrowserContext) -> None:
        self.site, self.context, self.page = site, context, context.new_page()

    def open(self, path: str, size: tuple[int, int] = PHONE, *, demo: bool = False) -> Page:
        self.resize(size)
        self.page.goto((self.site.demo_url if demo else self.site.url) + path)
        return self.page

    def resize(self, size: tuple[int, int]) -> None:
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})

    def measure(self, script: str) -> Any:
        return self.page.evaluate(script)


@dataclass(frozen=True, slots=True)
class Windows:
    """Opens windows; they close with the test."""

    site: Site
    browser: Browser
    opened: list[BrowserContext]

    def new(self, username: str | None = None, *, scripts: bool = True) -> Window:
        """A fresh window: a resident's, or of somebody who is logged in already."""
        context = self.browser.new_context(java_script_enabled=scripts, locale="zh-CN")
        self.opened.append(context)
        if username is not None:
            token = self.site.filled.sessions[username]
            context.add_cookies([{"name": STAFF_COOKIE, "value": token, "url": self.site.url}])
        return Window(self.site, context)

    @contextmanager
    def for_a_while(self, username: str | None = None) -> Iterator[Window]:
        """A fresh window that closes behind the block: some hundred open pages fill a machine's memory."""
        window = self.new(username)
        yield window
        self.opened.remove(window.context)
        window.context.close()

    def close(self) -> None:
        for context in self.opened:
            context.close()


def find_chromium() -> str:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return found
    words = "NO CHROMIUM: no test saw the pages in a browser. Install chromium, or name it in CHROMIUM."
    if os.environ.get("CI"):
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = find_chromium()
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield running
        running.close()


@pytest.fixture(scope="session")
def filled(sqlite_maker: SqliteMaker, cheap_hasher: PasswordHasher) -> Filled:
    """The filled database; the real township counts voices at once, as the demo does."""
    filled = fill(sqlite_maker.make(), cheap_hasher)
    database = Database(f"sqlite:///{filled.file}")
    with database.writing() as session:
        (period,) = townships.periods(session, filled.tashi)
        at_once = {"parameters": to_json(Plan(release_batch=1)), "reason": "演示", "made_at": NOON}
        session.add(PlanVersion(township_id=filled.tashi, period_id=period.id, number=2, **at_once))
    put_up(database, filled.tashi, filled.village)
    database.dispose()
    return filled


@pytest.fixture(scope="session")
def site(
    filled: Filled, cheap_hasher: PasswordHasher, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The portal, served on a port of its own; beside it the same as a demo, with every fact of the site set."""
    url = filled.copy(cast(Path, tmp_path_factory.mktemp("site")))
    database = Database(url)
    settings = Settings(url, SECRET_KEY, "http://127.0.0.1", secure_cookies=False)
    demo = replace(settings, demo=True, site=DEMO_SITE)
    with (
        served(create_app(settings, database, lambda: NOON, cheap_hasher)) as port,
        served(create_app(demo, database, lambda: NOON, cheap_hasher)) as demo_port,
    ):
        yield Site(f"http://127.0.0.1:{port}", filled, f"http://127.0.0.1:{demo_port}")
    database.dispose()


@contextmanager
def served(app: Flask) -> Iterator[int]:
    """The port on which the app answers."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    server.daemon_threads = True  # type: ignore[attr-defined]  # a browser keeps its connections open
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def windows(site: Site, browser: Browser) -> Iterator[Windows]:
    own = Windows(site, browser, [])
    yield own
    own.close()


@pytest.fixture(scope="session")
def all_windows(site: Site, browser: Browser) -> Iterator[Windows]:
    """Windows for tests that only look at what one of them has opened."""
    own = Windows(site, browser, [])
    yield own
    own.close()
