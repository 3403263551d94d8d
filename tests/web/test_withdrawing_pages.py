"""撤回 on the phone: one button, done on an address of its own, and no page tells what was answered."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from portal.core.form import STANDARD
from portal.store.appraisal import Period
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Poster
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import COMMUNITY, VILLAGE
from tests.web.pages import visible_text
from tests.web.sending import open_form, send, stored
from tests.web.test_residents_sending import voices

TODAY = date(2026, 11, 22)
OPTIONS = [option.words for question in STANDARD.questions for option in question.options]


def entries(database: Database) -> list[LedgerEntry]:
    with database.reading() as session:
        return list(session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "rating.withdrawn")))


def test_a_rating_is_taken_back_by_one_button(portal: Portal, visitor: PageClient) -> None:
    path = portal.form(VILLAGE)
    send(visitor, path, comment="只有我知道")
    asked = visible_text(visitor.page(f"{path}/withdraw"))
    assert "撤回我的评价" in asked
    response = visitor.post(f"{path}/withdraw")
    assert (response.status_code, response.location) == (303, f"{path}/withdrawn")
    done = visible_text(visitor.page(response.location))
    assert "已经撤回了" in done
    assert "可以关掉" in done
    (rating,) = stored(portal.database)
    assert (rating.withdrawn, rating.replaced_on, rating.comment) == (True, TODAY, "")
    assert voices(portal) == 0


def test_a_phone_that_was_here_before_finds_the_way_back_on_the_form(
    portal: Portal, visitor: PageClient
) -> None:
    link = f'href="{portal.form(VILLAGE)}/withdraw"'
    assert link not in visitor.page(portal.form(VILLAGE)), "there can be nothing to take back yet"
    send(visitor, portal.form(VILLAGE))
    assert link in visitor.page(portal.form(VILLAGE))
    assert link not in portal.visitor().page(portal.form(VILLAGE)), "another phone"


def test_no_page_of_it_tells_what_was_answered(portal: Portal, visitor: PageClient) -> None:
    path = portal.form(VILLAGE)
    send(visitor, path, comment="只有我知道")
    pages = [visitor.page(f"{path}/withdraw")]
    visitor.post(f"{path}/withdraw")
    pages += [visitor.page(f"{path}/withdrawn"), visitor.page(f"{path}/withdraw")]
    for shown in map(visible_text, pages):
        assert [words for words in (*OPTIONS, "只有我知道") if words in shown] == []


def test_who_taps_twice_is_told_twice_that_it_is_done(portal: Portal, visitor: PageClient) -> None:
    path = portal.form(VILLAGE)
    send(visitor, path)
    for _ in range(2):
        visitor.post(f"{path}/withdraw")
        assert "已经撤回了" in visitor.page(f"{path}/withdrawn")
    assert len(entries(portal.database)) == 1


def test_who_has_said_nothing_is_told_so_and_nothing_is_written(portal: Portal, visitor: PageClient) -> None:
    path = portal.form(VILLAGE)
    open_form(visitor, path)
    for client in (visitor, portal.visitor()):  # with a cookie and without one
        response = client.post(f"{path}/withdraw")
        assert response.status_code == 303
        assert client.watch.writes == []
        shown = visible_text(client.page(response.location))
        assert "没有可以撤回的" in shown
        assert "没有评过张家村" in shown


def test_another_phone_takes_nothing_back(portal: Portal, visitor: PageClient) -> None:
    send(visitor, portal.form(VILLAGE))
    other = portal.visitor()
    open_form(other, portal.form(VILLAGE))
    other.post(f"{portal.form(VILLAGE)}/withdraw")
    assert voices(portal) == 1


def test_a_rating_of_another_village_stays(portal: Portal, visitor: PageClient) -> None:
    for village in (VILLAGE, COMMUNITY):
        send(visitor, portal.form(village))
    visitor.post(f"{portal.form(VILLAGE)}/withdraw")
    assert voices(portal) == 1


def test_a_form_sent_afterwards_counts_and_leads_back_to_the_button(
    portal: Portal, visitor: PageClient
) -> None:
    path = portal.form(VILLAGE)
    send(visitor, path)
    visitor.post(f"{path}/withdraw")
    send(visitor, path, q_overall="2")
    assert voices(portal) == 1
    assert visitor.get(f"{path}/withdrawn").location == f"{path}/withdraw", "one stands again"


def test_once_the_result_is_published_it_is_refused_in_a_sentence(
    portal: Portal, visitor: PageClient
) -> None:
    send(visitor, portal.form(VILLAGE))
    with portal.database.writing() as session:
        for period in session.scalars(select(Period)):
            period.published_at = datetime(2026, 11, 1, tzinfo=UTC)
    response = visitor.post(f"{portal.form(VILLAGE)}/withdraw")
    assert response.status_code == 409
    assert "已经公布" in response.get_data(as_text=True)
    assert stored(portal.database)[0].replaced_on is None


def test_the_old_poster_still_takes_back_what_it_took_in(portal: Portal, visitor: PageClient) -> None:
    path = portal.form(VILLAGE)
    send(visitor, path)
    with portal.database.writing() as session:
        poster = session.scalars(select(Poster).where(Poster.token == portal.filled.posters[VILLAGE])).one()
        poster.retired_on = TODAY
    assert visitor.get(path).status_code == 410
    visitor.page(f"{path}/withdraw")
    visitor.post(f"{path}/withdraw")
    assert voices(portal) == 0


def test_an_unknown_code_leads_nowhere(visitor: PageClient) -> None:
    for path in ("/v/ZZZZZZ/withdraw", "/v/ZZZZZZ/withdrawn"):
        assert "没有这个码" in visitor.page(path, 404)
    assert visitor.post("/v/ZZZZZZ/withdraw").status_code == 404
