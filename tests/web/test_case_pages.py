"""The page that a receipt opens: what its author reads, says, and what nobody else can find out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.actions import answering
from portal.actions.resident_cases import erase_contact
from portal.actions.seen import seen_of
from portal.core.receipts import typed_receipt
from portal.store.organisation import Poster, Village
from portal.store.residents import Case
from portal.web.limits import MISSES
from portal.web.residents.case import LONGEST_WORDS
from tests.conftest import NOON
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import VILLAGE
from tests.web.pages import visible_text
from tests.web.requests import PHONE, WORDS, admin, case_of, opened, stepped
from tests.web.sending import chosen, send, stored

SAID = {"q_verdict": "solved", "q_overall": "4", "comment": "", "finish": "1"}


def receipt(portal: Portal, *steps: str, **changes: object) -> str:
    """The receipt of a request that was opened two hours ago, after these steps an hour ago."""
    with portal.database.writing() as session:
        found = opened(session, portal.clock() - timedelta(hours=2), **changes)  # type: ignore[arg-type]
        stepped(session, found, portal.clock() - timedelta(hours=1), *steps)
    return found


def kept(portal: Portal, found: str) -> Case:
    with portal.database.reading() as session:
        return case_of(session, found)


def read(visitor: PageClient, found: str, status: int = 200) -> str:
    return visible_text(visitor.page(f"/case/{found}", status))


def main_of(page: str) -> str:
    return (
        page[page.index("<title>") : page.index("</title>")]
        + page[page.index("<main>") : page.index("</main>")]
    )


def test_a_form_that_wants_an_answer_opens_a_request_and_leads_to_its_receipt(
    portal: Portal, visitor: PageClient
) -> None:
    answer = send(visitor, portal.form(VILLAGE), want_reply="1", comment=WORDS, contact=PHONE, private="1")
    found = re.fullmatch(r".*/thanks\?case=(\w{10})", answer.location or "")
    assert found
    case = kept(portal, found[1])
    assert (case.words, case.not_for_team, case.number) == (WORDS, True, "群2026-0001")
    assert [rating.comment for rating in stored(portal.database)] == [""]
    page = read(visitor, found[1])
    assert WORDS in page
    assert "138****5678" in page
    assert PHONE not in visitor.page(f"/case/{found[1]}")


@pytest.mark.parametrize("level", ["5", "1", "unknown"])
def test_an_answer_is_wanted_alike_at_every_level(portal: Portal, visitor: PageClient, level: str) -> None:
    send(visitor, portal.form(VILLAGE), q_overall=level, want_reply="1", comment=WORDS)
    with portal.database.reading() as session:
        assert len(session.scalars(select(Case).where(Case.words == WORDS)).all()) == 1


def test_the_page_says_how_it_stands_and_by_when(portal: Portal, visitor: PageClient) -> None:
    found = receipt(portal)
    assert "已经收到，还没有人答复。最晚明天 10:00 前答复您。" in read(visitor, found)
    portal.clock.turn(days=2)
    assert "已经过了 24 小时" in read(visitor, found)
    with portal.database.writing() as session:
        stepped(session, found, portal.clock(), "answer")
    page = read(visitor, found)
    assert "已经答复，还在办。应当在12月7日以前办完。" in page
    assert "已经联系电力" in page
    portal.clock.turn(days=20)
    assert "已经过了该办完的日子" in read(visitor, found)


def test_nothing_is_asked_before_it_is_finished_and_nothing_is_chosen_then(
    portal: Portal, visitor: PageClient
) -> None:
    found = receipt(portal, "answer")
    assert "q_verdict" not in visitor.page(f"/case/{found}")
    with portal.database.writing() as session:
        stepped(session, found, portal.clock(), "finish")
    page = visitor.page(f"/case/{found}")
    assert page.index(WORDS) < page.index("这件事解决了吗")
    assert chosen(page) == {}
    assert [page.count(f'name="q_{name}"') for name in ("verdict", "overall")] == [3, 5]


def test_what_is_said_stands_and_the_page_says_so(portal: Portal, visitor: PageClient) -> None:
    found = receipt(portal, "finish")
    answer = visitor.post(f"/case/{found}", data={**SAID, "comment": "修得快"})
    assert (answer.status_code, answer.location) == (303, f"/case/{found}")
    case = kept(portal, found)
    assert (case.confirmed, case.level, case.heard_at) == (True, 4, NOON)
    page = read(visitor, found)
    assert "您说解决了" in page
    assert "修得快" in page
    assert "提交" not in page
    assert visitor.post(f"/case/{found}", data=SAID).status_code == 303, "a double tap is harmless"
    again = visitor.post(f"/case/{found}", data={**SAID, "q_verdict": "unsolved", "comment": "又坏了"})
    assert again.status_code == 409
    told = visible_text(again.get_data(as_text=True))
    assert "没解决；满意；又坏了" in told
    assert kept(portal, found).confirmed is True


def test_a_level_is_not_wanted_a_verdict_is(portal: Portal, visitor: PageClient) -> None:
    found = receipt(portal, "finish")
    typed = {**SAID, "q_verdict": "", "q_overall": "2", "comment": "还差一点"}
    refused = visitor.post(f"/case/{found}", data=typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "<title>有错误：" in page
    assert 'href="#verdict-solved"' in page
    assert chosen(page) == {"overall": "2"}
    assert "还差一点" in page
    assert (
        visitor.post(f"/case/{found}", data={**typed, "q_overall": "", "q_verdict": "partly"}).status_code
        == 303
    )
    assert (kept(portal, found).level, kept(portal, found).confirmed) == (None, None)


def test_too_many_words_and_an_unknown_answer_are_refused(portal: Portal, visitor: PageClient) -> None:
    found = receipt(portal, "finish")
    for wrong in ({"comment": "长" * (LONGEST_WORDS + 1)}, {"q_overall": "unknown"}, {"q_verdict": "x"}):
        assert visitor.post(f"/case/{found}", data={**SAID, **wrong}).status_code == 422
    assert kept(portal, found).heard_at is None


def test_unsolved_takes_it_up_again_once(portal: Portal, visitor: PageClient) -> None:
    found = receipt(portal, "finish")
    for _ in range(2):
        assert visitor.post(f"/case/{found}", data={**SAID, "q_verdict": "unsolved"}).status_code == 303
    page = read(visitor, found)
    assert "您说没解决，已经转回去重新办" in page
    assert kept(portal, found).finished_at is None
    with portal.database.writing() as session:
        stepped(session, found, portal.clock(), "finish")
    assert "这是第二次办完了" in read(visitor, found)
    late = visitor.post(f"/case/{found}", data={**SAID, "finish": "1"})
    assert late.status_code == 409, "the page showed the first finish"
    assert chosen(late.get_data(as_text=True)) == {"verdict": "solved", "overall": "4"}, "nothing is lost"
    unsolved = {**SAID, "q_verdict": "unsolved", "finish": "2"}
    assert visitor.post(f"/case/{found}", data=unsolved).status_code == 303
    assert "没有解决" in read(visitor, found)
    case = kept(portal, found)
    assert (case.confirmed, case.finished_at) == (False, NOON)


def test_a_retired_poster_and_a_merged_village_keep_nobody_from_the_own_request(
    portal: Portal, visitor: PageClient
) -> None:
    found = receipt(portal, "answer")
    with portal.database.writing() as session:
        village = session.scalars(select(Village).where(Village.code == VILLAGE)).one()
        village.last_day = (NOON - timedelta(days=1)).date()
        for poster in session.scalars(select(Poster).where(Poster.village_id == village.id)):
            poster.retired_on = village.last_day
    assert "已经答复" in read(visitor, found)


def test_a_receipt_is_read_however_it_is_typed(portal: Portal, visitor: PageClient) -> None:
    found = receipt(portal)
    wide = "".join(chr(ord(c) + 0xFEE0) for c in found)
    for typed in (found.lower(), typed_receipt(found), f" {found[:5]} {found[5:]} ", wide):
        assert WORDS in read(visitor, typed)
        led = visitor.get("/", query_string={"code": typed})
        assert (led.status_code, led.location) == (302, f"/case/{found}")


def test_the_code_box_tells_of_receipts(visitor: PageClient) -> None:
    assert "有回执的，也可以在这里输入回执码" in visitor.page("/")
    assert "没有这个回执码" in visitor.page("/?code=ABCDE0ILO1")


def test_an_unknown_receipt_says_the_same_as_no_receipt_at_all(portal: Portal, visitor: PageClient) -> None:
    known = receipt(portal)
    other = known[:-1] + ("2" if known[-1] != "2" else "3")
    wrongs = (other, "ZZZZZZZZZZ", "x", "0" * 10, "a" * 300)
    told = {main_of(visitor.page(f"/case/{wrong}", 404)) for wrong in wrongs}
    assert len(told) == 1
    posted = visitor.post(f"/case/{other}", data=SAID)
    assert (posted.status_code, main_of(posted.get_data(as_text=True))) == (404, told.pop())


def test_whoever_guesses_often_is_told_nothing_for_a_while(portal: Portal, visitor: PageClient) -> None:
    known = receipt(portal)
    with visitor.unchecked():
        for _ in range(MISSES + 1):
            visitor.page(f"/case/{known}")  # what is found is not counted
        for _ in range(MISSES):
            visitor.page("/case/ZZZZZZZZZZ", 404)
    assert visitor.get("/case/ZZZZZZZZZZ").status_code == 429
    hit = visitor.get(f"/case/{known}")
    assert hit.status_code == 429, "a hit among the guesses is not told either"
    assert int(hit.headers["Retry-After"]) == 600
    portal.clock.turn(minutes=10)
    visitor.page(f"/case/{known}")


def test_no_page_hands_the_receipt_on(portal: Portal, visitor: PageClient) -> None:
    found = receipt(portal, "answer")
    for address, status in ((f"/case/{found}", 200), ("/case/ZZZZZZZZZZ", 404)):
        response = visitor.get(address)
        assert response.status_code == status
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["Cache-Control"] == "no-store"
    assert visitor.get("/").headers["Referrer-Policy"] == "same-origin"


def test_a_look_at_the_contact_and_its_end_are_told_to_its_author(
    portal: Portal, visitor: PageClient
) -> None:
    found = receipt(portal, "finish")
    with portal.database.writing() as session:
        answering.see_contact(admin(session, case_of(session, found), portal.clock()))
    assert "看了您的电话" in read(visitor, found)
    with portal.database.writing() as session:
        erase_contact(session, case_of(session, found), portal.clock())
    page = read(visitor, found)
    assert "您留的电话已经删掉了" in page
    assert "138****" not in page


LONG = "路灯坏了，晚上看不见路。" * 40


def test_long_words_are_there_in_full_on_a_page_of_their_own(portal: Portal, visitor: PageClient) -> None:
    found = receipt(portal, words=LONG)
    assert LONG in read(visitor, found)
    with portal.database.writing() as session:
        case = case_of(session, found)
        for number in range(7):
            desk = admin(session, case, portal.clock())
            answering.answer(desk, f"第{number}次{LONG}", seen_of(answering.last_step(session, case)))
    page = visitor.page(f"/case/{found}")
    assert f"第6次{LONG}" in page
    assert LONG not in page.replace(f"第6次{LONG}", "")
    ways = [way.replace("&amp;", "&") for way in re.findall(rf'href="(/case/{found}\?[^"]*)"', page)]
    assert (
        sum(LONG in visitor.page(way) for way in ways) == len(ways) == 6
    )  # five parts, and the earlier steps
    earlier = next(way for way in ways if "all=" not in way)
    assert "第0次" in visitor.page(earlier)
    assert "第1次" in visitor.page(earlier)


def test_refusals_are_compressed_like_other_pages(portal: Portal, visitor: PageClient) -> None:
    found = receipt(portal, "finish")
    with visitor.unchecked():
        refused = visitor.post(f"/case/{found}", data={}, headers={"Accept-Encoding": "br"})
        unknown = visitor.get("/case/x", headers={"Accept-Encoding": "br"})
    assert (refused.status_code, refused.headers.get("Content-Encoding")) == (422, "br")
    assert (unknown.status_code, unknown.headers.get("Content-Encoding")) == (404, "br")
