"""What becomes of a form that was sent: stored once, one voice a quarter, and nothing that leads to a person."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import date, datetime

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import inspect, text

from portal.actions.import_township import import_township
from portal.actions.results import exact_results
from portal.clock import local
from portal.core.book import Way
from portal.store import ratings, townships
from portal.store.engine import Database
from portal.store.residents import Rating
from tests.conftest import NOON, operator
from tests.databases import Maker
from tests.web.client import PageClient
from tests.web.conftest import Portal, Watchmaker
from tests.web.filling import VILLAGE, street_book
from tests.web.sending import OPINION, OPINION_TEXT, chosen, open_form, received, send, stored

TODAY = date(2026, 11, 22)
MakeApp = Callable[..., tuple[Flask, Database]]


def voices(portal: Portal) -> int:
    """How many anonymous voices of the street count today."""
    with portal.database.reading() as session:
        township = townships.by_id(session, portal.filled.street)
        result = exact_results(session, township, None, None, portal.clock()).result
    return sum(voice.count for voice in result.voices.counts if voice.way is Way.ANONYMOUS)


def test_a_sent_form_is_stored_and_leads_to_thanks(portal: Portal, visitor: PageClient) -> None:
    response = send(visitor, portal.form(VILLAGE), comment=" 路灯坏了 ")
    assert (response.status_code, response.location) == (303, f"{portal.form(VILLAGE)}/thanks")
    (rating,) = stored(portal.database)
    assert (rating.answers, rating.comment, rating.day) == (OPINION_TEXT, "路灯坏了", TODAY)
    assert rating.first
    assert rating.valued
    assert voices(portal) == 1


def test_a_double_tap_stores_one_rating(portal: Portal, visitor: PageClient) -> None:
    key = open_form(visitor, portal.form(VILLAGE))
    answers = [send(visitor, portal.form(VILLAGE), key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len(stored(portal.database)) == len(received(portal.database)) == 1


def test_a_retry_after_a_lost_answer_stores_nothing_more_even_next_day(
    portal: Portal, visitor: PageClient
) -> None:
    key = open_form(visitor, portal.form(VILLAGE))
    send(visitor, portal.form(VILLAGE), key)
    portal.clock.turn(days=1)
    assert send(visitor, portal.form(VILLAGE), key).status_code == 303
    assert len(stored(portal.database)) == 1


def test_opening_and_reloading_thanks_stores_nothing(portal: Portal, visitor: PageClient) -> None:
    send(visitor, portal.form(VILLAGE))
    for _ in range(3):
        visitor.page(f"{portal.form(VILLAGE)}/thanks")
    assert len(stored(portal.database)) == 1


def test_the_same_page_sent_with_other_answers_replaces_what_it_sent_before(
    portal: Portal, visitor: PageClient
) -> None:
    key = open_form(visitor, portal.form(VILLAGE))
    for level in ("4", "1"):
        assert send(visitor, portal.form(VILLAGE), key, q_overall=level).status_code == 303
    old, new = stored(portal.database)
    assert (old.replaced_on, new.replaced_on) == (TODAY, None)
    assert new.answers.endswith("overall=1")
    assert voices(portal) == 1


def test_rating_again_in_the_quarter_replaces_silently(portal: Portal, visitor: PageClient) -> None:
    send(visitor, portal.form(VILLAGE))
    portal.clock.turn(days=5)
    response = send(visitor, portal.form(VILLAGE), q_overall="2")
    assert response.location == f"{portal.form(VILLAGE)}/thanks"
    old, new = stored(portal.database)
    assert (old.day, old.replaced_on) == (TODAY, date(2026, 11, 27))
    assert (new.day, new.replaced_on) == (date(2026, 11, 27), None)
    assert (old.first, new.first) == (True, False)
    assert voices(portal) == 1


def test_a_form_without_value_replaces_nothing(portal: Portal, visitor: PageClient) -> None:
    send(visitor, portal.form(VILLAGE))
    nothing = {"q_visited": "unsure", "q_contact": "", "q_solved": "none", "q_overall": "unknown"}
    assert send(visitor, portal.form(VILLAGE), **nothing).status_code == 303
    assert [rating.replaced_on for rating in stored(portal.database)] == [None, None]
    assert voices(portal) == 1


def test_the_next_quarter_is_another_voice(portal: Portal, visitor: PageClient) -> None:
    portal.clock.moment = datetime.combine(date(2026, 9, 30), NOON.timetz())
    send(visitor, portal.form(VILLAGE))
    portal.clock.moment = NOON
    send(visitor, portal.form(VILLAGE))
    old, new = stored(portal.database)
    assert (old.replaced_on, new.replaced_on) == (None, None)
    assert old.voice != new.voice, "nobody can be followed from one quarter to the next"


def test_two_residents_are_two_voices(portal: Portal) -> None:
    for _ in range(2):
        send(portal.visitor(), portal.form(VILLAGE))
    assert voices(portal) == 2


def test_no_page_shows_what_was_answered(portal: Portal, visitor: PageClient) -> None:
    send(visitor, portal.form(VILLAGE), comment="只有我知道")
    page = visitor.page(portal.form(VILLAGE))
    assert chosen(page) == {}
    assert "只有我知道" not in page


def test_without_cookies_a_page_is_still_one_voice(portal: Portal) -> None:
    reader = portal.app.test_client(use_cookies=False)
    key = open_form(reader, portal.form(VILLAGE))
    for level in ("4", "4", "2"):
        assert send(reader, portal.form(VILLAGE), key, q_overall=level).status_code == 303
    assert [rating.replaced_on for rating in stored(portal.database)] == [TODAY, None]
    assert voices(portal) == 1


def test_a_forged_cookie_lends_nobody_a_voice(portal: Portal, visitor: PageClient) -> None:
    send(visitor, portal.form(VILLAGE))
    own = visitor.get_cookie("r")
    assert own is not None
    forger = portal.visitor()
    forger.set_cookie("r", own.value.partition(".")[0] + "." + "A" * 27)
    send(forger, portal.form(VILLAGE), "a-key-that-is-long-enough", q_overall="1")
    assert voices(portal) == 2


def test_control_characters_are_left_out_of_a_comment(portal: Portal, visitor: PageClient) -> None:
    assert send(visitor, portal.form(VILLAGE), comment="a\x00b\x07c\td\x1b[0m\r\n\x7fe").status_code == 303
    assert stored(portal.database)[0].comment == "abc\td[0m\ne"


def test_what_is_stored_of_a_rating_is_the_day_and_no_trace_of_a_person(
    portal: Portal, visitor: PageClient
) -> None:
    visitor.post(
        portal.form(VILLAGE),
        data={**OPINION, "key": open_form(visitor, portal.form(VILLAGE))},
        headers={"User-Agent": "Telltale/1.0", "X-Forwarded-For": "203.0.113.9"},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    assert set(Rating.__table__.columns.keys()) == {
        *("id", "township_id", "village_id", "edition_id", "day", "voice", "way", "answers", "comment"),
        *("valued", "first", "replaced_on", "withdrawn", "standing", "submission"),
    }
    cookie = visitor.get_cookie("r")
    assert cookie is not None
    with portal.database.reading() as session:
        tables = inspect(session.connection()).get_table_names()
        everything = [
            str(row)
            for table in tables
            for row in session.execute(text(f'SELECT * FROM "{table}"'))  # noqa: S608
        ]
    for trace in ("Telltale", "203.0.113", cookie.value.partition(".")[0]):
        assert not [row for row in everything if trace in row], trace
    (rating,) = stored(portal.database)
    assert type(rating.day) is date


def test_the_ledger_tells_the_day_of_a_rating_and_neither_its_hour_nor_its_answers(
    portal: Portal, visitor: PageClient
) -> None:
    send(visitor, portal.form(VILLAGE))
    (entry,) = received(portal.database)
    assert local(entry.at) == datetime(2026, 11, 22)
    assert (entry.actor, entry.subject) == ("resident", VILLAGE)
    assert (entry.before, entry.after, entry.reason) == (None, {"day": "2026-11-22"}, "")
    assert entry.id != stored(portal.database)[0].id


def test_a_rating_that_can_not_be_stored_is_not_thanked_for(
    portal: Portal, visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    key = open_form(visitor, portal.form(VILLAGE))
    monkeypatch.setattr("portal.actions.ratings.record", full)
    response = send(visitor, portal.form(VILLAGE), key)
    assert response.status_code == 500
    assert "没有保存" in response.get_data(as_text=True)
    assert stored(portal.database) == []
    monkeypatch.undo()
    assert send(visitor, portal.form(VILLAGE), key).status_code == 303
    assert len(stored(portal.database)) == 1


# --- at once, on both engines -------------------------------------------------------------------------------------


@pytest.fixture
def street(maker: Maker, make_app: MakeApp) -> tuple[Flask, Database, str]:
    """The street township alone on each engine; nobody has rated yet."""
    app, database = make_app(maker.make(), Watchmaker())
    with database.writing() as session:
        township, _ = import_township(session, street_book(), operator())
        hanging = townships.posters_in_use(session, township.id)
        rows = townships.villages(session, township.id)
        path = next(f"/v/{hanging[row.id].token}" for row in rows if row.code == VILLAGE)
    return app, database, path


@pytest.fixture
def collision(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both look before either writes, where the engine lets them (SQLite has one writer at a time)."""
    barrier, looked = threading.Barrier(2), threading.local()
    look = ratings.submissions

    def look_together(*arguments: object) -> set[str]:
        found = look(*arguments)  # type: ignore[arg-type]
        if not getattr(looked, "once", False):
            looked.once = True
            try:
                barrier.wait(0.5)
            except threading.BrokenBarrierError:
                return found
        return found

    monkeypatch.setattr(ratings, "submissions", look_together)


def at_once(sends: Sequence[Callable[[], int]]) -> list[int]:
    """Call all at the same moment, each in its own thread, and give what they answered."""
    start, answers = threading.Barrier(len(sends)), []

    def run(call: Callable[[], int]) -> None:
        start.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in sends]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def browsers(app: Flask, path: str, same: bool) -> list[FlaskClient]:
    """Two browsers that have opened the form: of two residents, or two windows of the same."""
    first, second = (FlaskClient(app, app.response_class) for _ in range(2))
    first.get(path)
    cookie = first.get_cookie("r")
    assert cookie is not None
    if same:
        second.set_cookie("r", cookie.value)
    return [first, second]


@pytest.mark.usefixtures("collision")
def test_the_same_page_sent_twice_at_once_is_one_rating(street: tuple[Flask, Database, str]) -> None:
    app, database, path = street
    clients = browsers(app, path, same=True)
    key = open_form(clients[0], path)
    answers = at_once([lambda client=c: send(client, path, key).status_code for c in clients])  # type: ignore[misc]
    assert answers == [303, 303]
    assert len(stored(database)) == len(received(database)) == 1


@pytest.mark.usefixtures("collision")
def test_two_windows_of_one_resident_sent_at_once_are_one_voice(street: tuple[Flask, Database, str]) -> None:
    app, database, path = street
    clients = browsers(app, path, same=True)
    keys = [open_form(client, path) for client in clients]
    answers = at_once(
        [
            lambda client=c, key=k: send(client, path, key).status_code  # type: ignore[misc]
            for c, k in zip(clients, keys, strict=True)
        ]
    )
    assert answers == [303, 303]
    assert sorted(r.replaced_on is None for r in stored(database)) == [False, True]
    assert sorted(r.first for r in stored(database)) == [False, True]


@pytest.mark.usefixtures("collision")
def test_the_first_two_residents_of_a_quarter_at_once_are_two_voices(
    street: tuple[Flask, Database, str],
) -> None:
    app, database, path = street
    clients = browsers(app, path, same=False)
    answers = at_once([lambda client=c: send(client, path).status_code for c in clients])  # type: ignore[misc]
    assert answers == [303, 303]
    assert [(r.first, r.replaced_on) for r in stored(database)] == [(True, None), (True, None)]
    assert len({r.voice for r in stored(database)}) == 2


def test_text_that_postgresql_can_not_keep_is_answered_on_both_engines(
    street: tuple[Flask, Database, str],
) -> None:
    app, database, path = street
    client = FlaskClient(app, app.response_class)
    assert client.get("/v/AB%00CD").status_code == 404
    assert client.get("/?code=AB%00CDE").status_code == 200
    assert client.post("/login", data={"username": "a\x00b", "password": "c\x00d"}).status_code == 422
    assert send(client, path, q_overall="4\x00").status_code == 422
    assert send(client, path, comment="a\x00b").status_code == 303
    assert stored(database)[0].comment == "ab"


def test_a_slow_phone_keeps_nobody_else_from_rating(portal: Portal) -> None:
    """The body is read before the database is asked to write: else one phone on weak signal would hold the lock."""
    opened: list[str] = []

    class Slow:
        def read(self, size: int = -1) -> bytes:
            del size
            opened.extend(["the database was opened first"] if "unit" in g else [])
            return b""

        readline = read

    client = portal.visitor()
    key = open_form(client, portal.form(VILLAGE))
    environ = {
        "wsgi.input": Slow(),
        "CONTENT_LENGTH": "60",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
    }
    client.post(portal.form(VILLAGE), environ_overrides=environ)
    client.post("/logout", environ_overrides=environ)
    assert opened == []
    assert send(client, portal.form(VILLAGE), key).status_code == 303
