"""For whoever runs the portal: alive, ready, and what a visitor sees when something breaks."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import ratings
from portal.actions.import_township import import_township
from portal.core.book import Role
from portal.store.engine import Database
from portal.store.organisation import Poster
from portal.store.people import Account
from tests.conftest import operator
from tests.databases import Maker, SqliteMaker
from tests.files.typed_workbook import book
from tests.web.client import PageClient
from tests.web.conftest import Portal, Watchmaker
from tests.web.filling import PASSWORD, STREET, VILLAGE, user
from tests.web.pages import visible_text
from tests.web.sending import open_form, send, stored

MakeApp = Callable[..., tuple[Flask, Database]]
TRACES = ("Traceback", "RuntimeError", "a secret of the machine", "sqlalchemy", "/portal/")


def break_with(*_: object, **__: object) -> None:
    raise RuntimeError("a secret of the machine")


def client_of(app: Flask) -> PageClient:
    client = app.test_client()
    assert isinstance(client, PageClient)
    return client


def test_the_portal_is_alive_without_asking_its_database(visitor: PageClient) -> None:
    response = visitor.get("/healthz")
    assert (response.status_code, response.get_data()) == (200, b"ok\n")
    assert visitor.watch.statements == []


def test_it_is_ready_on_a_migrated_database(maker: Maker, make_app: MakeApp) -> None:
    app, _ = make_app(maker.make(), Watchmaker())
    assert client_of(app).get("/readyz").status_code == 200


def test_it_is_not_ready_on_a_database_without_tables(maker: Maker, make_app: MakeApp) -> None:
    app, _ = make_app(maker.empty(), Watchmaker())
    response = client_of(app).get("/readyz")
    assert response.status_code == 503
    assert b"portal db upgrade" in response.get_data()


def test_it_is_not_ready_when_the_database_is_gone(make_app: MakeApp, tmp_path: Path) -> None:
    app, _ = make_app(f"sqlite:///{tmp_path}/no-such-folder/portal.db", Watchmaker())
    client = client_of(app)
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503


@pytest.mark.parametrize(
    "path", ["/", "/v/ABCDEF", "/login", "/me", "/admin/results", "/no-such-page", "/account"]
)
def test_without_a_database_every_page_still_answers_in_plain_words(
    make_app: MakeApp, tmp_path: Path, path: str
) -> None:
    app, _ = make_app(f"sqlite:///{tmp_path}/no-such-folder/portal.db", Watchmaker())
    client = client_of(app)
    client.set_cookie("portal_staff", "somebody's session")
    response = client.get(path)
    shown = visible_text(response.get_data(as_text=True))
    assert response.status_code == (200 if path == "/" else 404 if path == "/no-such-page" else 500)
    assert not [trace for trace in TRACES if trace in response.get_data(as_text=True)]
    assert path == "/" or "没有" in shown


@pytest.mark.parametrize(
    "path", ["/no-such-page", "/v", "/v/ABC/thanks/x", "/static/none.css", "/../etc/passwd"]
)
def test_an_unknown_address_is_not_found_and_offers_the_code_box(visitor: PageClient, path: str) -> None:
    page = visitor.page(path, 404)
    assert "没有这个页面" in page
    assert 'href="/"' in page


@pytest.mark.parametrize("path", ["/me/x", "/admin/x", "/account/x", "/login/x"])
def test_an_unknown_address_of_the_staff_leads_home(portal: Portal, path: str) -> None:
    page = portal.staff(user(Role.CLERK, STREET)).page(path, 404)
    assert 'href="/home"' in page


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/"),
        ("PUT", "/login"),
        ("DELETE", "/admin/results"),
        ("GET", "/logout"),
        ("PATCH", "/account"),
    ],
)
def test_a_method_that_an_address_does_not_know_gets_a_page_and_is_told_which_it_knows(
    portal: Portal, method: str, path: str
) -> None:
    response = portal.staff(user(Role.CLERK, STREET)).open(path, method=method)
    # a changing request without the page's key is refused before anybody looks at its method
    if response.status_code == 400:
        assert method != "GET"
        return
    assert response.status_code == 405
    assert "不能这样打开" in response.get_data(as_text=True)
    assert response.allow


@pytest.mark.parametrize(
    ("broken", "path", "username"),
    [
        ("portal.web.scores.shown_results", "/admin/results", Role.CLERK),
        ("portal.web.scores.shown_results", "/me", Role.CADRE),
        ("portal.web.guards.logging_in.who", "/account", Role.CLERK),
        ("portal.web.residents.code.render_template", "/", Role.CLERK),
    ],
)
def test_a_mistake_of_ours_is_a_page_without_its_story(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, broken: str, path: str, username: Role
) -> None:
    monkeypatch.setattr(broken, break_with)
    response = portal.staff(user(username, STREET)).get(path)
    page = response.get_data(as_text=True)
    assert response.status_code == 500
    assert "门户出了点问题" in page
    assert not [trace for trace in TRACES if trace in page]


def test_nothing_of_a_broken_request_is_saved(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    client = portal.visitor()
    key = open_form(client, portal.form(VILLAGE))
    monkeypatch.setattr(
        "portal.web.residents.form.redirect", break_with
    )  # the rating is written, its answer is not
    assert send(client, portal.form(VILLAGE), key).status_code == 500
    assert stored(portal.database) == []


def test_when_the_commit_fails_nobody_is_thanked(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    def disk_full(_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    client = portal.visitor()
    key = open_form(client, portal.form(VILLAGE))
    monkeypatch.setattr(portal.database.engine.dialect, "do_commit", disk_full)
    response = send(client, portal.form(VILLAGE), key)
    assert response.status_code == 500
    assert "没有保存" in response.get_data(as_text=True)
    monkeypatch.undo()
    assert stored(portal.database) == []
    assert send(client, portal.form(VILLAGE), key).status_code == 303


def test_a_wrong_password_is_counted_although_the_log_in_is_refused(
    portal: Portal, visitor: PageClient
) -> None:
    visitor.post("/login", data={"username": user(Role.CLERK, STREET), "password": PASSWORD + "x"})
    with portal.database.reading() as session:
        account = session.scalars(select(Account).where(Account.username == user(Role.CLERK, STREET))).one()
        assert account.failures == 1


def test_a_page_that_only_looks_can_not_write(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    from portal.store import townships
    from portal.store.organisation import Township
    from portal.web import unit

    def write_instead(*_: object) -> None:
        session = unit.session()
        session.add(Township(code="999999999", name="偷偷写的", county=""))
        session.flush()

    monkeypatch.setattr(townships, "by_token", write_instead)
    client = portal.app.test_client()
    with pytest.raises(AssertionError, match="wrote"):
        client.get(portal.form(VILLAGE))
    with portal.database.reading() as session:
        assert townships.by_code(session, "999999999") is None


def test_compressed_pages_are_the_same_pages(portal: Portal, visitor: PageClient) -> None:
    plain = visitor.get("/")
    for method in ("gzip", "br"):
        with visitor.unchecked():
            small = visitor.get("/", headers={"Accept-Encoding": method})
        assert small.content_encoding == method
        assert len(small.get_data()) < len(plain.get_data()) / 2
        assert "Accept-Encoding" in small.headers["Vary"]
    assert portal.database is not None


def test_style_sheets_may_be_kept_and_pages_may_not(sqlite_maker: SqliteMaker, make_app: MakeApp) -> None:
    app, _ = make_app(sqlite_maker.make(), Watchmaker())
    client = client_of(app)
    address = re.search(r'"(/static/staff\.css\?v=\w+)"', client.page("/login"))
    assert address, "a style sheet that is kept for a year changes its address when it changes"
    assert "max-age=31536000" in client.get(address.group(1)).headers["Cache-Control"]
    for path in ("/", "/login", "/healthz", "/no-such-page"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_log_never_quotes_what_a_resident_wrote(
    maker: Maker, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A database's own words for a refused row may hold the whole row."""
    app, database = make_app(maker.make(), Watchmaker())
    with database.writing() as session:
        import_township(session, book(), operator())
        token = session.scalars(select(Poster.token)).first()
    client = client_of(app)
    key = re.search(r'name="key" value="([^"]+)"', client.get(f"/v/{token}").get_data(as_text=True))
    assert key
    monkeypatch.setattr(ratings, "voice_key", lambda *_: None)
    sent = {"key": key[1], "q_overall": "1", "comment": "王书记收了我的钱"}
    assert client.post(f"/v/{token}", data=sent).status_code == 500
    assert "the database refused" in caplog.text
    assert "王书记" not in caplog.text
    assert "overall=1" not in caplog.text
