"""How often is too often: what is counted, for whom, for how long, and how little of it is kept."""

from __future__ import annotations

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import pytest

from portal.web.limits import MISSES, Counter, TooMany, address
from portal.web.residents import often
from tests.conftest import NOON
from tests.web.client import PageClient, hidden
from tests.web.conftest import MakePortal, Portal
from tests.web.filling import COMMUNITY, VILLAGE
from tests.web.pages import text_of, tree_of, visible_text
from tests.web.sending import OPINION, chosen, open_form, send, stored

WITHIN = timedelta(minutes=10)
SECOND = timedelta(seconds=1)


# --- the counter ------------------------------------------------------------------------------------------------


def spend(counter: Counter, who: str = "a", after: timedelta = timedelta(), most: int = 3) -> None:
    counter.spend("form", who, NOON + after, most, WITHIN)


def test_so_many_are_let_through_and_the_next_is_told_how_long_to_wait() -> None:
    counter = Counter()
    for minute in range(3):
        spend(counter, after=timedelta(minutes=minute))
    with pytest.raises(TooMany) as refusal:
        spend(counter, after=timedelta(minutes=4))
    assert refusal.value.wait == timedelta(minutes=6), "until the first is forgotten"


def test_what_was_refused_is_not_counted_and_the_oldest_makes_room() -> None:
    counter = Counter()
    for _ in range(3):
        spend(counter)
    for _ in range(5):
        with pytest.raises(TooMany):
            spend(counter, after=WITHIN - SECOND)
    spend(counter, after=WITHIN)


def test_looking_whether_one_more_is_left_counts_nothing() -> None:
    counter = Counter()
    for _ in range(5):
        counter.must_have_left("form", "a", NOON, 1, WITHIN)
    spend(counter, most=1)
    with pytest.raises(TooMany) as refusal:
        counter.must_have_left("form", "a", NOON + SECOND, 1, WITHIN)
    assert refusal.value.wait == WITHIN - SECOND
    counter.must_have_left("form", "a", NOON + WITHIN, 1, WITHIN)


def test_one_visitor_and_one_thing_do_not_count_for_another() -> None:
    counter = Counter()
    for _ in range(3):
        spend(counter)
    spend(counter, "b")
    counter.spend("reply", "a", NOON, 3, WITHIN)


def test_no_visitor_is_kept_in_the_clear_and_two_counters_know_them_by_different_digests() -> None:
    one, two = Counter(), Counter()
    for counter in (one, two):
        spend(counter, "203.0.113.9")
    assert "203.0.113.9" not in repr(vars(one))
    assert not set(one._times) & set(two._times)


def test_however_many_come_no_more_is_kept_than_was_set() -> None:
    counter = Counter(visitors=10, times=25)
    for number in range(500):
        spend(counter, str(number % 50), timedelta(seconds=number))
    assert counter.size[0] <= 10
    assert counter.size[1] <= 25
    busy = Counter(visitors=10, times=25)
    for number in range(500):
        busy.spend("form", str(number % 3), NOON, 1000, WITHIN)
    assert busy.size[1] <= 25


def test_a_flood_of_strangers_forgets_nobody_who_goes_on() -> None:
    counter = Counter(visitors=10)
    for number in range(50):
        spend(counter, f"stranger {number}")
        spend(counter, "who goes on", most=50)
    with pytest.raises(TooMany):
        spend(counter, "who goes on", most=50)


# --- where a request comes from -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("peer", "said", "found"),
    [
        ("203.0.113.7", None, "203.0.113.7"),
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),  # nobody else is believed
        ("127.0.0.1", None, None),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        (
            "127.0.0.1",
            "192.0.2.66, 198.51.100.1",
            "198.51.100.1",
        ),  # what came before, anybody may have written
        ("127.0.0.1", "not an address", None),
        ("127.0.0.1", "198.51.100.1, 10.0.0.5", "198.51.100.1"),  # one trusted server behind another
        ("10.0.0.5", "198.51.100.1", "198.51.100.1"),
        ("10.0.1.200", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.6", "198.51.100.1", "10.0.0.6"),
        ("10.0.0.5", "10.0.0.5, 127.0.0.1", None),
        ("::1", "2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("::ffff:198.51.100.1", None, "198.51.100.1"),
        ("", None, None),
    ],
)
def test_the_address_of_a_visitor(
    make_portal: MakePortal, peer: str, said: str | None, found: str | None
) -> None:
    trusted = (ip_network("10.0.0.5"), ip_network("10.0.1.0/24"))
    app = make_portal(trusted_proxies=trusted).app
    headers = {"X-Forwarded-For": said} if said else {}
    with app.test_request_context("/", headers=headers, environ_base={"REMOTE_ADDR": peer}):
        assert address() == found


# --- the form --------------------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same limits, smaller."""
    numbers = {"FORMS_OF_A_PHONE": 2, "FORMS_OF_AN_ADDRESS": 4, "FORMS_OF_AN_ADDRESS_A_DAY": 6}
    for name, value in {**numbers, "REPLIES_OF_A_PHONE": 2, "REPLIES_OF_AN_ADDRESS": 3}.items():
        monkeypatch.setattr(often, name, value)


def from_address(portal: Portal, where: str = "203.0.113.9") -> PageClient:
    """A fresh phone behind an address."""
    client = portal.visitor()
    client.environ_base = {**client.environ_base, "REMOTE_ADDR": where}
    return client


def test_a_village_meeting_behind_one_address_is_let_through(portal: Portal) -> None:
    """300 phones in ten minutes: as many as a hall holds."""
    with from_address(portal).unchecked() as client:
        for _ in range(often.FORMS_OF_AN_ADDRESS):
            client.delete_cookie("r")
            key = open_form(client, portal.form(VILLAGE))
            client.delete_cookie("r")
            assert send(client, portal.form(VILLAGE), key).status_code == 303
        assert send(client, portal.form(VILLAGE)).status_code == 429
    assert len(stored(portal.database)) == often.FORMS_OF_AN_ADDRESS


def test_one_phone_may_change_its_mind_thirty_times_in_ten_minutes(
    portal: Portal, visitor: PageClient
) -> None:
    with visitor.unchecked() as client:
        for number in range(often.FORMS_OF_A_PHONE):
            assert send(client, portal.form(VILLAGE), q_overall=str(number % 5 + 1)).status_code == 303
    assert send(visitor, portal.form(VILLAGE)).status_code == 429
    assert send(visitor, portal.form(COMMUNITY)).status_code == 303, "each village for itself"
    assert send(portal.visitor(), portal.form(VILLAGE)).status_code == 303, "nobody else is kept out"
    portal.clock.turn(minutes=10)
    assert send(visitor, portal.form(VILLAGE)).status_code == 303


@pytest.mark.usefixtures("few")
def test_who_sends_too_often_gets_the_form_back_with_every_answer_and_the_same_key(
    portal: Portal, visitor: PageClient
) -> None:
    for _ in range(2):
        send(visitor, portal.form(VILLAGE))
    key = open_form(visitor, portal.form(VILLAGE))
    response = send(visitor, portal.form(VILLAGE), key, comment="路灯坏了", q_overall="2")
    assert (response.status_code, response.headers["Retry-After"]) == (429, "600")
    page = response.get_data(as_text=True)
    assert hidden(page, "key") == key
    assert chosen(page) == {"visited": "yes", "contact": "no", "solved": "none", "overall": "2"}
    assert "路灯坏了" in page
    assert often.LATER in visible_text(page)
    title = text_of(next(tree_of(page).iter("title")))
    assert title.startswith("还没有交上：")
    assert len(stored(portal.database)) == 2
    portal.clock.turn(minutes=10)
    assert send(visitor, portal.form(VILLAGE), key, comment="路灯坏了", q_overall="2").status_code == 303


@pytest.mark.usefixtures("few")
def test_a_form_with_errors_is_not_counted(portal: Portal, visitor: PageClient) -> None:
    for _ in range(5):
        assert send(visitor, portal.form(VILLAGE), q_overall="").status_code == 422
    assert send(visitor, portal.form(VILLAGE)).status_code == 303


@pytest.mark.usefixtures("few")
def test_an_address_has_its_limit_of_the_day_too(portal: Portal) -> None:
    def sent() -> Any:
        return send(from_address(portal), portal.form(VILLAGE))

    assert [sent().status_code for _ in range(5)] == [303] * 4 + [429]
    portal.clock.turn(minutes=10)
    assert [sent().status_code for _ in range(2)] == [303, 303]
    refused = sent()
    assert refused.status_code == 429
    assert often.TOMORROW in visible_text(refused.get_data(as_text=True))
    assert send(from_address(portal, "203.0.113.10"), portal.form(VILLAGE)).status_code == 303


@pytest.mark.usefixtures("few")
def test_wanting_a_reply_has_a_limit_of_its_own_and_the_form_may_be_sent_without(
    portal: Portal, visitor: PageClient
) -> None:
    reply = {"want_reply": "1", "comment": "水管漏了"}
    for _ in range(2):
        assert send(visitor, portal.form(VILLAGE), **reply).status_code == 303
    portal.clock.turn(hours=1)
    refused = send(visitor, portal.form(VILLAGE), **reply)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, str(23 * 3600))
    assert often.NO_MORE_REPLIES in visible_text(refused.get_data(as_text=True))
    assert send(visitor, portal.form(VILLAGE), comment="水管漏了").status_code == 303
    for _ in range(2):
        assert send(from_address(portal), portal.form(VILLAGE), **reply).status_code == 303


@pytest.mark.usefixtures("few")
def test_replies_are_counted_by_address_too(portal: Portal) -> None:
    reply = {"want_reply": "1", "comment": "水管漏了"}
    answers = [send(from_address(portal), portal.form(VILLAGE), **reply).status_code for _ in range(4)]
    assert answers == [303, 303, 303, 429]


def test_who_tries_codes_on_and_on_is_asked_to_rest_and_nobody_with_a_real_one_is(portal: Portal) -> None:
    with from_address(portal).unchecked() as client:
        for number in range(MISSES):
            path = "/v/ZZZZZZ" if number % 2 else "/?code=ZZZZZZ"
            assert client.get(path).status_code == (404 if number % 2 else 200)
    for path in ("/v/ZZZZZZ", "/?code=ZZZZZZ", "/v/ZZZZZZ/thanks"):
        response = client.get(path)
        assert (response.status_code, response.headers["Retry-After"]) == (429, "600")
        assert "试得太多了" in response.get_data(as_text=True)
    assert client.get(portal.form(VILLAGE)).status_code == 200
    assert client.get("/?code=short").status_code == 200, "no code at all is no guess"
    assert from_address(portal, "203.0.113.10").get("/v/ZZZZZZ").status_code == 404


def test_codes_tried_on_the_machine_itself_are_counted_together(portal: Portal) -> None:
    with portal.visitor().unchecked() as client:
        for _ in range(MISSES):
            client.get("/v/ZZZZZZ")
    assert portal.visitor().get("/v/ZZZZZZ").status_code == 429


def test_a_post_without_a_cookie_is_counted_by_its_address_alone(portal: Portal) -> None:
    client = portal.app.test_client(use_cookies=False)
    for _ in range(often.FORMS_OF_A_PHONE + 1):
        answers = {**OPINION, "key": open_form(client, portal.form(VILLAGE))}
        assert client.post(portal.form(VILLAGE), data=answers).status_code == 303
