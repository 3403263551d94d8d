"""Whoever wants an answer: what the form asks then, the receipt on thanks, and whom people rate at all."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from portal.core.plan import Plan, to_json
from portal.core.receipts import receipt_digest, typed_receipt
from portal.store import townships
from portal.store.appraisal import PlanVersion
from portal.store.residents import Case
from tests.conftest import NOON
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import ALONE, COMMUNITY, SECRET_KEY, VILLAGE
from tests.web.pages import text_of, tree_of, visible_text
from tests.web.sending import open_form, send, stored

REQUEST = {"comment": "村口的路灯坏了", "want_reply": "1", "contact": "138 0000 1234", "private": "1"}


def cases(portal: Portal) -> list[Case]:
    with portal.database.reading() as session:
        return list(
            session.scalars(
                select(Case).where(Case.township_id == portal.filled.street, Case.receipt.is_not(None))
            )
        )


def receipt_in(location: str | None) -> str:
    found = re.search(r"[?&]case=(\w{10})$", location or "")
    assert found, location
    return found.group(1)


def ticked(page: str) -> set[str | None]:
    boxes = [box for box in tree_of(page).iter("input") if box.get("type") == "checkbox"]
    return {box.get("name") for box in boxes if box.get("checked") is not None}


def set_answer_hours(portal: Portal, hours: int) -> None:
    with portal.database.writing() as session:
        (period,) = townships.periods(session, portal.filled.street)
        changed = {"parameters": to_json(Plan(answer_hours=hours)), "reason": "山区", "made_at": NOON}
        session.add(PlanVersion(township_id=portal.filled.street, period_id=period.id, number=2, **changed))


def test_the_names_of_the_team_stand_with_the_last_question_and_not_before_it_is_asked_whom_one_knows(
    portal: Portal, visitor: PageClient
) -> None:
    *before, overall, _ = [
        text_of(part) for part in tree_of(visitor.page(portal.form(VILLAGE))).iter("fieldset")
    ]
    assert "联系本村的干部：=1+1（团长）、+1、李一" in overall
    assert not [text for text in before if "李一" in text]
    assert "联系本社区的干部：" in visitor.page(portal.form(COMMUNITY))


def test_a_village_without_a_team_is_told_so_and_names_nobody(portal: Portal, visitor: PageClient) -> None:
    shown = visible_text(visitor.page(portal.form(ALONE)))
    assert "现在还没有定联村干部，您的评价照样收" in shown
    assert "的干部：" not in shown
    assert "现在还没有定" not in visible_text(visitor.page(portal.form(VILLAGE)))


def test_beside_the_box_stands_who_sees_the_number_what_for_and_how_long(
    portal: Portal, visitor: PageClient
) -> None:
    page = visitor.page(portal.form(VILLAGE))
    tree = tree_of(page)
    phone = next(part for part in tree.iter("input") if part.get("name") == "contact")
    assert (phone.get("type"), phone.get("autocomplete")) == ("tel", "tel")
    hint = next(part for part in tree.iter("p") if part.get("id") == phone.get("aria-describedby"))
    for words in ("只有办这件事的人看得到", "只用来答复您", "办结 30 天后删除"):
        assert words in text_of(hint)
    shown = visible_text(page)
    assert "街道里 24 小时内答复您" in shown
    assert "您怎么评的，他们看不到" in shown
    assert "不给联村干部看，由街道里办" in shown
    assert "不要写名字和电话" in shown
    assert ticked(page) == set()


@pytest.mark.parametrize(
    ("hours", "words"), [(12, "12 小时内"), (24, "24 小时内"), (30, "30 小时内"), (72, "3 天内")]
)
def test_the_time_limit_is_the_plans(portal: Portal, visitor: PageClient, hours: int, words: str) -> None:
    set_answer_hours(portal, hours)
    assert f"街道里 {words}答复您" in visible_text(visitor.page(portal.form(VILLAGE)))
    response = send(visitor, portal.form(VILLAGE), **REQUEST)
    assert f"街道里 {words}答复您" in visible_text(visitor.page(response.location or ""))


def test_the_words_and_the_number_go_to_the_request_and_the_rating_has_neither(
    portal: Portal, visitor: PageClient
) -> None:
    receipt = receipt_in(send(visitor, portal.form(VILLAGE), **REQUEST).location)
    (case,) = cases(portal)
    (rating,) = stored(portal.database)
    assert (case.words, case.not_for_team, rating.comment) == ("村口的路灯坏了", True, "")
    assert "138" not in (case.contact or ""), "the number is sealed"
    assert case.receipt == receipt_digest(SECRET_KEY, receipt)


def test_a_number_left_without_the_wish_for_an_answer_is_not_kept(
    portal: Portal, visitor: PageClient
) -> None:
    send(visitor, portal.form(VILLAGE), comment="路灯", contact="13800001234")
    assert cases(portal) == []
    assert stored(portal.database)[0].comment == "路灯"


def test_what_was_asked_for_stays_when_something_is_missing(portal: Portal, visitor: PageClient) -> None:
    response = send(visitor, portal.form(VILLAGE), **{**REQUEST, "q_overall": ""})
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert ticked(page) == {"want_reply", "private"}
    assert 'value="138 0000 1234"' in page
    assert send(visitor, portal.form(VILLAGE), hidden(page, "key"), **REQUEST).status_code == 303
    assert len(cases(portal)) == len(stored(portal.database)) == 1


@pytest.mark.parametrize(
    ("contact", "words"),
    [("1380", "电话请写完整的号码"), ("找村口老王", "电话请写完整的号码"), ("1" * 41, "电话最多写 40 个字")],
)
def test_a_number_that_nobody_can_call_gets_a_sentence(
    portal: Portal, visitor: PageClient, contact: str, words: str
) -> None:
    response = send(visitor, portal.form(VILLAGE), **{**REQUEST, "contact": contact})
    assert response.status_code == 422
    assert words in response.get_data(as_text=True)
    assert cases(portal) == stored(portal.database) == []


@pytest.mark.parametrize(
    "contact", ["", "66123", "0570-7012345", "１３８００００１２３４", "+86 138 0000 1234"]
)
def test_numbers_are_taken_as_people_write_them(portal: Portal, visitor: PageClient, contact: str) -> None:
    assert send(visitor, portal.form(VILLAGE), **{**REQUEST, "contact": contact}).status_code == 303
    assert len(cases(portal)) == 1


def test_who_wants_an_answer_must_say_about_what(portal: Portal, visitor: PageClient) -> None:
    response = send(visitor, portal.form(VILLAGE), want_reply="1")
    assert response.status_code == 422
    assert "请写一写是什么事" in response.get_data(as_text=True)
    assert cases(portal) == []


def test_an_error_keeps_the_pages_key_and_so_does_the_next_one(portal: Portal, visitor: PageClient) -> None:
    key = open_form(visitor, portal.form(VILLAGE))
    for _ in range(2):
        page = send(visitor, portal.form(VILLAGE), key, q_overall="").get_data(as_text=True)
        assert hidden(page, "key") == key


def test_the_same_page_sent_again_has_the_same_receipt_and_opens_nothing_more(
    portal: Portal, visitor: PageClient
) -> None:
    key = open_form(visitor, portal.form(VILLAGE))
    receipts = {receipt_in(send(visitor, portal.form(VILLAGE), key, **REQUEST).location) for _ in range(3)}
    assert len(receipts) == len(cases(portal)) == len(stored(portal.database)) == 1


def test_thanks_shows_the_receipt_and_what_comes_when(portal: Portal, visitor: PageClient) -> None:
    location = send(visitor, portal.form(VILLAGE), **REQUEST).location or ""
    shown = visible_text(visitor.page(location))
    assert typed_receipt(receipt_in(location)) in shown
    for words in ("请截图或抄下来", "最晚 11月23日 12:00 前", "可以关掉"):
        assert words in shown
    assert "路灯" not in shown
    assert "138" not in shown
    assert shown == visible_text(visitor.page(location)), "it can be looked at again"


def test_thanks_of_another_village_or_with_an_invented_receipt_shows_none(
    portal: Portal, visitor: PageClient
) -> None:
    receipt = receipt_in(send(visitor, portal.form(VILLAGE), **REQUEST).location)
    plain = visible_text(visitor.page(f"{portal.form(COMMUNITY)}/thanks"))
    for typed in (receipt, "ABCDE23456", "x", "<b>", receipt[:9]):
        assert visible_text(visitor.page(f"{portal.form(COMMUNITY)}/thanks?case={typed}")) == plain


def test_who_tries_receipts_is_stopped_and_who_reloads_the_own_one_is_not(
    portal: Portal, visitor: PageClient
) -> None:
    own = send(visitor, portal.form(VILLAGE), **REQUEST).location or ""
    guess = f"{portal.form(VILLAGE)}/thanks?case=ABCDE23456"
    with visitor.unchecked():
        for _ in range(80):
            assert visitor.get(own).status_code == 200
        assert [visitor.get(guess).status_code for _ in range(61)] == [200] * 60 + [429]
        assert visitor.get(own).status_code == 200
        portal.clock.turn(minutes=10)
        assert visitor.get(guess).status_code == 200


PAGES = {
    "case": "/case/<receipt>",
    "withdraw": "/v/<token>/withdraw",
    "improvements": "/v/<token>/done",
    "privacy": "/privacy",
}


def test_thanks_leads_to_what_comes_next_where_the_portal_has_such_a_page(portal: Portal) -> None:
    for endpoint, rule in PAGES.items():
        if f"residents.{endpoint}" not in portal.app.view_functions:
            portal.app.add_url_rule(rule, f"residents.{endpoint}", lambda **_: "")
    visitor, token = portal.visitor(), portal.filled.posters[VILLAGE]
    location = send(visitor, portal.form(VILLAGE), **REQUEST).location or ""
    page = visitor.page(location)
    for address in (
        f"/case/{receipt_in(location)}",
        f"/v/{token}/withdraw",
        f"/v/{token}/done",
        "/privacy",
    ):
        assert f'href="{address}"' in page, address
    assert "隐私说明" in visible_text(visitor.page("/"))


def test_no_page_leads_where_there_is_nothing(portal: Portal, visitor: PageClient) -> None:
    location = send(visitor, portal.form(VILLAGE), **REQUEST).location or ""
    addresses = re.findall(r'href="(/[^"]*)"', visitor.page(location))
    assert len(addresses) >= 3
    for address in addresses:
        assert visitor.get(address.replace("&amp;", "&")).status_code < 400, address
