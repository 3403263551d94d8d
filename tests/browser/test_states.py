"""States of residents' pages that need a portal of their own: not open, a retired poster, broken, and down altogether."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import cast

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser
from sqlalchemy import select

from portal.config import DEMO_SITE, ROOT, Settings
from portal.store.engine import Database
from portal.store.organisation import Poster
from portal.web.app import create_app
from portal.web.residents import form
from tests.browser.conftest import DESKTOP, PHONE, Site, Window, Windows, served
from tests.browser.measuring import SIDEWAYS, STRICTER, TARGETS, TEXTS, WIRE, findings
from tests.browser.test_pages import WIDTHS
from tests.conftest import NOON
from tests.web.filling import SECRET_KEY, VILLAGE, Filled

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LINES = """() => [...document.querySelectorAll('body *')].filter(part => part.innerText && part.checkVisibility())
  .map(part => getComputedStyle(part)).map(style => parseFloat(style.lineHeight) / parseFloat(style.fontSize))"""
LARGEST = 6144
DOWN = ROOT / "deploy" / "down.html"


@pytest.fixture(scope="module")
def later(
    filled: Filled, cheap_hasher: PasswordHasher, tmp_path_factory: pytest.TempPathFactory, browser: Browser
) -> Iterator[Windows]:
    """The portal after the last period's end, with every fact in its foot, one poster retired and one form broken."""
    url = filled.copy(cast(Path, tmp_path_factory.mktemp("later")))
    database = Database(url)
    with database.writing() as session:
        retired = select(Poster).where(Poster.token == filled.posters[VILLAGE])
        session.scalars(retired).one().retired_on = NOON.date()
    settings = replace(Settings(url, SECRET_KEY, "http://127.0.0.1", secure_cookies=False), site=DEMO_SITE)
    moment = datetime.combine(date(2027, 1, 4), NOON.timetz())
    with served(create_app(settings, database, lambda: moment, cheap_hasher)) as port:
        address = f"http://127.0.0.1:{port}"
        own = Windows(Site(address, filled, address), browser, [])
        yield own
        own.close()
    database.dispose()


def show(windows: Windows, name: str, monkeypatch: pytest.MonkeyPatch) -> Window:
    window = windows.new()
    if name == "down":
        window.page.goto(DOWN.as_uri())
    elif name == "broken":
        monkeypatch.setattr(form.closed, "must_be_open", lambda _: 1 / 0)
        window.open(window.site.form)
    else:
        retired = f"/v/{window.site.filled.posters[VILLAGE]}"
        window.open(window.site.form if name == "not open" else retired)
    return window


HEADINGS = {
    "not open": "现在不能评",
    "retired": "这张海报不用了",
    "broken": "门户出了点问题",
    "down": "暂时打不开",
}


@pytest.mark.parametrize("name", HEADINGS)
def test_every_state_is_a_page_that_old_eyes_and_thumbs_can_use(
    later: Windows, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = show(later, name, monkeypatch)
    assert HEADINGS[name] in window.page.locator("h1").inner_text()
    for size in (PHONE, DESKTOP):
        window.resize(size)
        assert findings(window.page, STRICTER) == []
    window.resize(PHONE)
    for target in window.measure(TARGETS):
        assert min(target["width"], target["height"]) >= 48, target
    assert [text for size, _, text in window.measure(TEXTS) if size < 18] == []
    assert min(window.measure(LINES)) >= 1.3
    assert (len(DOWN.read_bytes()) if name == "down" else window.measure(WIRE)) <= LARGEST
    for font in ("20px", "24px", "30px", "40px"):
        window.measure(f"() => {{ document.documentElement.style.fontSize = '{font}'; }}")
        for width in WIDTHS:
            window.resize((width, 812))
            assert window.measure(SIDEWAYS) <= 0, (font, width)
