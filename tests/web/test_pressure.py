"""有人要求我打好评: the way past the township, what its sender is told, and the county's pages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, render_template
from flask.testing import FlaskClient
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal.actions.accounts import NewAccount, create_account
from portal.actions.import_township import import_township
from portal.clock import local_day, moment_of
from portal.core.book import Role
from portal.store import county, townships
from portal.store.county import CountyContact, CountyEntry
from portal.store.engine import Database
from portal.store.organisation import Poster, Village
from portal.store.people import Account, AccountRole
from portal.web.guards import COOKIE as STAFF_COOKIE
from portal.web.residents.blueprint import place_of
from tests.conftest import NOON, operator
from tests.databases import Maker
from tests.web.access.pressure import PHONE, WORDS, put_in
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal, Watchmaker
from tests.web.filling import (
    COMMUNITY,
    NOWHERE,
    PASSWORD,
    VILLAGE,
    begun_session,
    street_book,
    user,
)
from tests.web.forms import errors_of, fill_in
from tests.web.pages import tree_of, visible_text
from tests.web.reading import rows
from tests.web.test_residents_sending import at_once

MakeApp = Callable[..., tuple[Flask, Database]]
COUNTY = user(Role.COUNTY_REVIEWER, NOWHERE)
LIST = "/review/reports"


def way(portal: Portal, village: str = VILLAGE) -> str:
    return f"{portal.form(village)}/pressure"


def tell(client: FlaskClient, path: str, key: str | None = None, **typed: Any) -> TestResponse:
    """Send the page of `path`: somebody filled the form in for me, unless told otherwise."""
    data = {"happened": ["filled"], "key": key or hidden(client.get(path).get_data(as_text=True), "key")}
    return client.post(path, data={**data, **typed})


def entries(database: Database) -> list[CountyEntry]:
    with database.reading() as session:
        return list(session.scalars(select(CountyEntry).order_by(CountyEntry.kind)))


def contacts(database: Database) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(CountyContact)).scalar_one()


def close_the_countys_account(portal: Portal) -> None:
    with portal.database.writing() as session:
        session.execute(update(Account).where(Account.username == COUNTY).values(closed_at=NOON))


def last_report(portal: Portal) -> str:
    with portal.database.reading() as session:
        return f"{LIST}/{county.reports(session, '330825')[0].id}"


# --- the resident's side ------------------------------------------------------------------------------------------


def test_a_report_goes_to_the_county_and_leads_to_its_own_thanks(portal: Portal, visitor: PageClient) -> None:
    response = tell(visitor, way(portal), happened=["gift", "watched"], words=" 给了鸡蛋 ", contact=PHONE)
    assert (response.status_code, response.location) == (303, f"{way(portal)}/done")
    page = visible_text(visitor.page(response.location))
    assert "县里收到了" in page
    assert "街道里看不到" in page
    assert "可以关掉" in page
    (entry,) = entries(portal.database)
    assert entry.body["happened"] == ["watched", "gift"]
    assert (entry.body["village_code"], entry.body["words"], entry.day) == (
        VILLAGE,
        "给了鸡蛋",
        local_day(NOON),
    )
    assert contacts(portal.database) == 1


def test_one_box_or_a_few_words_are_enough(portal: Portal, visitor: PageClient) -> None:
    assert tell(visitor, way(portal)).status_code == 303
    assert tell(visitor, way(portal), happened=[], words="就在村口").status_code == 303
    assert len(entries(portal.database)) == 2
    assert contacts(portal.database) == 0


def test_nothing_said_is_told_at_the_field_and_nothing_is_stored(portal: Portal, visitor: PageClient) -> None:
    response = tell(visitor, way(portal), happened=[], words=" ", contact=PHONE)
    assert errors_of(response) == ["请勾一勾发生了什么，或者写几句话。"]
    assert f'value="{PHONE}"' in response.get_data(as_text=True)
    assert entries(portal.database) == []


@pytest.mark.parametrize(
    ("typed", "words"),
    [({"words": "长" * 501}, "现在有 501 个"), ({"contact": "1" * 41}, "电话最多写 40 个字")],
)
def test_too_long_is_told_and_what_was_typed_stays(
    portal: Portal, visitor: PageClient, typed: dict[str, str], words: str
) -> None:
    response = tell(visitor, way(portal), **typed)
    (error,) = errors_of(response)
    assert words in error
    page = response.get_data(as_text=True)
    assert 'value="filled" checked' in page
    assert next(iter(typed.values())) in page


def test_a_box_that_there_is_not_is_none(portal: Portal, visitor: PageClient) -> None:
    assert tell(visitor, way(portal), happened=["murder"]).status_code == 422


def test_a_page_without_its_key_is_asked_to_be_sent_again(portal: Portal, visitor: PageClient) -> None:
    response = tell(visitor, way(portal), key="short", words="在村口")
    page = response.get_data(as_text=True)
    assert response.status_code == 400
    assert "再点一次" in page
    assert "在村口" in page
    assert tell(visitor, way(portal), key=hidden(page, "key")).status_code == 303


def test_a_retry_is_one_report(portal: Portal, visitor: PageClient) -> None:
    key = hidden(visitor.page(way(portal)), "key")
    assert [tell(visitor, way(portal), key).status_code for _ in range(3)] == [303] * 3
    assert len(entries(portal.database)) == 1


def test_an_error_keeps_the_pages_key(portal: Portal, visitor: PageClient) -> None:
    key = hidden(visitor.page(way(portal)), "key")
    page = tell(visitor, way(portal), key, happened=[]).get_data(as_text=True)
    assert hidden(page, "key") == key


def test_none_of_its_pages_gives_or_changes_a_cookie(portal: Portal, visitor: PageClient) -> None:
    sent = [visitor.get(way(portal)), tell(visitor, way(portal)), visitor.get(f"{way(portal)}/done")]
    assert [response.headers.getlist("Set-Cookie") for response in sent] == [[], [], []]
    visitor.page(portal.form(VILLAGE))
    own = visitor.get_cookie("r")
    assert own is not None
    tell(visitor, way(portal))
    again = visitor.get_cookie("r")
    assert again is not None
    assert again.value == own.value


def test_nothing_of_the_phone_is_stored(portal: Portal, visitor: PageClient) -> None:
    visitor.page(portal.form(VILLAGE))
    cookie = visitor.get_cookie("r")
    assert cookie is not None
    visitor.post(
        way(portal),
        data={"happened": "gift", "key": "a-key-that-is-long-enough"},
        headers={"User-Agent": "Telltale/1.0"},
        environ_base={"REMOTE_ADDR": "203.0.113.7"},
    )
    (entry,) = entries(portal.database)
    stored = str({name: getattr(entry, name) for name in CountyEntry.__table__.columns.keys()})  # noqa: SIM118
    for trace in ("Telltale", "203.0.113", cookie.value.partition(".")[0], "a-key-that", "04:00", "12:00"):
        assert trace not in stored, trace


def test_nothing_is_said_in_the_log(
    portal: Portal, visitor: PageClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    tell(visitor, way(portal), words="给了鸡蛋")
    assert [line for line in caplog.messages if "pressure" in line or "鸡蛋" in line] == []


def test_one_phone_tells_five_times_a_day_and_keeps_what_it_typed_the_sixth(
    portal: Portal, visitor: PageClient
) -> None:
    visitor.page(portal.form(VILLAGE))
    for _ in range(5):
        assert tell(visitor, way(portal)).status_code == 303
    response = tell(visitor, way(portal), words="第六次")
    page = response.get_data(as_text=True)
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "这一条没有收下" in page
    assert "第六次" in page
    assert len(entries(portal.database)) == 5
    portal.clock.turn(days=1, seconds=1)
    assert tell(visitor, way(portal), hidden(page, "key")).status_code == 303


def test_one_address_tells_fifty_times_a_day(portal: Portal) -> None:
    def answer(address: str) -> int:
        client = portal.visitor()
        key = hidden(client.page(way(portal)), "key")
        base = {"REMOTE_ADDR": address}
        return client.post(way(portal), data={"happened": "gift", "key": key}, environ_base=base).status_code

    assert [answer("203.0.113.7") for _ in range(51)] == [303] * 50 + [429]
    assert answer("203.0.113.8") == 303


def test_form_and_thanks_have_a_small_link(portal: Portal) -> None:
    with portal.app.test_request_context(portal.form(VILLAGE)):
        page = link(portal)
    assert f'href="{way(portal)}"' in page
    assert "12380" not in page


def link(portal: Portal) -> str:
    """The small link of form and thanks, as it stands in a page of the village."""
    token = portal.filled.posters[VILLAGE]
    return render_template("residents/pressure_link.html", place=place_of(token))


def test_without_an_account_of_the_county_there_are_two_numbers_instead(
    portal: Portal, visitor: PageClient
) -> None:
    close_the_countys_account(portal)
    with portal.app.test_request_context(portal.form(VILLAGE)):
        page = link(portal)
    assert 'href="tel:12380"' in page
    assert 'href="tel:12345"' in page
    assert way(portal) not in page
    lines = [line.findall(".//a") for line in tree_of(visitor.page(portal.form(VILLAGE))).iter("p")]
    assert max(map(len, lines)) == 1, "side by side, large letters lay one number upon the other"
    page = visitor.page(way(portal))
    assert 'href="tel:12380"' in page
    assert "<form" not in page


def test_what_is_sent_without_an_account_of_the_county_is_not_stored_and_says_so(
    portal: Portal, visitor: PageClient
) -> None:
    key = hidden(visitor.page(way(portal)), "key")
    close_the_countys_account(portal)
    response = tell(visitor, way(portal), key, words="给了鸡蛋")
    page = visible_text(response.get_data(as_text=True))
    assert response.status_code == 409
    assert "没有收下您写的" in page
    assert "12380" in page
    assert "给了鸡蛋" in page
    assert entries(portal.database) == []
    assert visitor.get(f"{way(portal)}/done").location == way(portal)


def test_a_deputy_of_another_day_opens_no_way(portal: Portal, visitor: PageClient) -> None:
    with portal.database.writing() as session:
        own = select(Account.id).where(Account.username == COUNTY).scalar_subquery()
        over = {"first_day": local_day(NOON), "last_day": local_day(NOON)}
        session.execute(update(AccountRole).where(AccountRole.account_id == own).values(over))
    assert "<form" in visitor.page(way(portal))
    portal.clock.turn(days=1)
    assert "<form" not in visitor.page(way(portal))


def test_an_old_poster_of_a_merged_village_leads_on(portal: Portal, visitor: PageClient) -> None:
    with portal.database.writing() as session:
        township = portal.filled.street
        own = {row.code: row for row in townships.villages(session, township)}
        old = session.get_one(Village, own[VILLAGE].id)
        old.last_day, old.merged_into_id = local_day(moment_of(NOON.replace(tzinfo=None, day=1))), None
        session.flush()
        old.merged_into_id = own[COMMUNITY].id
    for rest in ("pressure", "done"):
        path = f"{portal.form(VILLAGE)}/{rest}"
        assert visitor.get(path).location == f"{portal.form(COMMUNITY)}/{rest}"


def test_a_code_that_there_is_not_leads_nowhere(visitor: PageClient) -> None:
    for rest in ("pressure", "pressure/done", "done"):
        assert visitor.get(f"/v/ZZZZZZ/{rest}").status_code == 404
    assert visitor.post("/v/ZZZZZZ/pressure", data={"happened": "gift"}).status_code == 404


def test_the_same_page_sent_twice_at_once_is_one_report(
    maker: Maker, make_app: MakeApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, database = make_app(maker.make(), Watchmaker())
    with database.writing() as session:
        township, _ = import_township(session, street_book(), operator())
        roles = [AccountRole(role=Role.COUNTY_REVIEWER)]
        session.add(Account(username="xian", password_hash="x", county_code="330825", roles=roles))
        token = session.scalars(select(Poster.token).where(Poster.township_id == township.id)).first()
    barrier, looked, look = threading.Barrier(2), threading.local(), county.by_submission

    def look_together(*arguments: Any) -> CountyEntry | None:
        found = look(*arguments)
        if not getattr(looked, "once", False):
            looked.once = True
            try:
                barrier.wait(0.5)
            except threading.BrokenBarrierError:
                return found
        return found

    monkeypatch.setattr(county, "by_submission", look_together)
    clients = [FlaskClient(app, app.response_class) for _ in range(2)]
    path, key = f"/v/{token}/pressure", "a-key-that-is-long-enough"
    answers = at_once([lambda own=c: tell(own, path, key).status_code for c in clients])  # type: ignore[misc]
    assert answers == [303, 303]
    assert len(entries(database)) == 1


# --- the county's side --------------------------------------------------------------------------------------------


def test_the_list_tells_what_came_in_and_nothing_of_when_on_the_day(portal: Portal) -> None:
    client = portal.staff(COUNTY)
    assert "还没有人反映" in client.page(LIST)
    put_in(portal.database)
    (row,) = rows(client.page(LIST), "反映的压力")
    assert row == {
        "日期": "2026-11-22",
        "乡镇": "龙洲街道",
        "村社": "太平社区",
        "怎么回事": f"拿我的手机替我填；给好处、送东西。“{WORDS}”",
        "进展": "收到",
        "电话": "留了",
    }


def test_the_list_can_be_narrowed_to_a_township_and_to_a_stage(portal: Portal) -> None:
    client = portal.staff(COUNTY)
    put_in(portal.database)
    put_in(portal.database, "another-key-that-is-long", contact="", code="330825111")
    assert len(rows(client.page(LIST), "反映的压力")) == 2
    (row,) = rows(client.page(f"{LIST}?township=330825111"), "反映的压力")
    assert row["电话"] == "—"
    assert "没有符合条件的" in client.page(f"{LIST}?stage=handled")
    assert "没有符合条件的" in client.page(f"{LIST}?township=330825999&stage=x&page=999999999")


def test_many_reports_stand_on_several_pages(portal: Portal) -> None:
    for place in range(51):
        put_in(portal.database, f"a-key-that-is-long-enough-{place}", contact="")
    client = portal.staff(COUNTY)
    assert [len(rows(client.page(f"{LIST}?page={n}"), "反映的压力")) for n in (1, 2, 3)] == [50, 1, 1]


def test_the_county_enters_how_far_it_is(portal: Portal) -> None:
    put_in(portal.database)
    client, path = portal.staff(COUNTY), last_report(portal)
    assert WORDS in client.page(path)
    response = fill_in(client, path, stage="在核", note="打了电话")
    assert (response.status_code, response.location) == (303, f"{path}?done=1")
    page = visible_text(client.page(response.location))
    assert "记下了" in page
    assert "进展：在核。打了电话" in page
    assert rows(client.page(LIST), "反映的压力")[0]["进展"] == "在核"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"stage": "收到"}, "请改一改进展，或者写几句情况"),
        ({"stage": "收到", "note": "长" * 501}, "情况最多写 500 个字"),
        ({"stage": "没有的"}, "请从列出的里面选一项"),
        ({"stage": ""}, "请选现在到了哪一步"),
    ],
)
def test_bad_input_of_a_reviewer_is_told_at_the_field(
    portal: Portal, typed: dict[str, str], words: str
) -> None:
    put_in(portal.database)
    response = fill_in(portal.staff(COUNTY), last_report(portal), **typed)
    assert words in errors_of(response)[0]
    assert len(entries(portal.database)) == 1


def test_the_second_reviewer_sees_what_the_first_one_entered(portal: Portal) -> None:
    put_in(portal.database)
    client, path = portal.staff(COUNTY), last_report(portal)
    opened = hidden(client.page(path), "seen").replace("&#34;", '"')
    fill_in(client, path, stage="已处理", note="谈了话")
    response = fill_in(client, path, seen=opened, stage="在核", note="我来核")
    page = visible_text(response.get_data(as_text=True))
    assert response.status_code == 409
    assert "没有保存" in page
    assert "收到已处理在核" in page
    fields = {"stage": "在核", "note": "我来核", "seen": hidden(response.get_data(as_text=True), "seen")}
    again = fill_in(client, path, **{**fields, "seen": fields["seen"].replace("&#34;", '"')})
    assert again.status_code == 303


def test_the_number_stands_behind_a_button_that_is_entered(
    portal: Portal, cheap_hasher: PasswordHasher
) -> None:
    put_in(portal.database)
    client, path = portal.staff(COUNTY), last_report(portal)
    assert PHONE not in client.page(path)
    key = hidden(client.page(path), "csrf_token")
    response = client.post(f"{path}/contact", data={"csrf_token": key})
    assert response.status_code == 303
    page = client.page(path)
    assert PHONE in page
    assert "看了联系电话" in visible_text(page)
    wanted = NewAccount("xian2", PASSWORD, (Role.COUNTY_REVIEWER,), county_code="330825")
    with portal.database.writing() as session:
        create_account(session, wanted, operator(), cheap_hasher)
        token = begun_session(session, wanted)
    colleague = portal.visitor()
    colleague.set_cookie(STAFF_COOKIE, token)
    assert PHONE not in colleague.page(path), "each one presses for himself"


def test_a_number_that_nobody_left_is_not_asked_for(portal: Portal) -> None:
    put_in(portal.database, contact="")
    client, path = portal.staff(COUNTY), last_report(portal)
    page = client.page(path)
    assert "没有留电话" in page
    response = client.post(f"{path}/contact", data={"csrf_token": hidden(page, "csrf_token")})
    assert response.location == path
    assert len(entries(portal.database)) == 1


def test_a_number_whose_time_is_over_is_shown_to_nobody_whether_or_not_it_was_deleted(portal: Portal) -> None:
    put_in(portal.database)
    client, path = portal.staff(COUNTY), last_report(portal)
    key = hidden(client.page(path), "csrf_token")
    client.post(f"{path}/contact", data={"csrf_token": key})
    with portal.database.writing() as session:
        session.execute(update(CountyContact).values(erase_on=local_day(NOON)))
    page = client.page(path)
    assert PHONE not in page
    assert "按期删除" in page
    assert rows(client.page(LIST), "反映的压力")[0]["电话"] == "—"


@pytest.mark.parametrize("number", [0, 2**31, 2**62 + 1, 2**63, 10**30])
def test_an_absurd_number_is_not_there(portal: Portal, number: int) -> None:
    client = portal.staff(COUNTY)
    key = hidden(client.page("/account"), "csrf_token")
    assert client.get(f"{LIST}/{number}").status_code == 404
    for rest in ("", "/contact"):
        assert client.post(f"{LIST}/{number}{rest}", data={"csrf_token": key}).status_code == 404


def test_another_countys_report_is_not_there(portal: Portal) -> None:
    number = put_in(portal.database, code="330802001")
    client = portal.staff(COUNTY)
    assert "还没有人反映" in client.page(LIST)
    assert client.get(f"{LIST}/{number}").status_code == 404
