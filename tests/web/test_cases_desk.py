"""Requests on the township's side: the list, one request, answers and finishes, and who stands back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.actions.results import exact_results
from portal.core.book import Role
from portal.store import townships
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Cadre, Village
from portal.store.people import Account
from portal.store.residents import Case
from tests.conftest import NOON
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import COMMUNITY, STREET, TASHI, VILLAGE, user
from tests.web.pages import visible_text
from tests.web.requests import PHONE, WORDS, case_of, opened, stepped

ADMIN = user(Role.TOWNSHIP_ADMIN, STREET)
HOUR = timedelta(hours=1)


def request_of(portal: Portal, page: str, hours: float, *steps: str, **changes: Any) -> str:
    """The number of a request that was opened so long ago, with these steps half an hour later."""
    at = portal.clock() - hours * HOUR
    with portal.database.writing() as session:
        found = opened(session, at, page, **changes)
        return stepped(session, found, at + HOUR / 2, *steps).number


def from_workbook(portal: Portal, number: str, hours: float, **values: Any) -> None:
    with portal.database.writing() as session:
        village = session.scalars(select(Village).where(Village.code == COMMUNITY)).one()
        own = {"township_id": village.township_id, "village_id": village.id, "number": number}
        session.add(Case(**own, opened_at=portal.clock() - hours * HOUR, **values))


def kept(portal: Portal, number: str) -> Case:
    with portal.database.reading() as session:
        return session.scalars(select(Case).where(Case.number == number)).one()


def do(client: PageClient, number: str, page: str | None = None, **typed: str) -> TestResponse:
    """Send a form of the request's page, as it was opened."""
    page = client.page(f"/admin/cases/{number}") if page is None else page
    seen = {"seen": hidden(page, "seen").replace("&#34;", '"')} if 'name="seen"' in page else {}
    data = {"csrf_token": hidden(page, "csrf_token"), **seen, **typed}
    return client.post(f"/admin/cases/{number}", data=data)


@pytest.fixture
def admin(portal: Portal) -> PageClient:
    return portal.staff(ADMIN)


def test_before_anything_came_the_page_says_where_requests_come_from(admin: PageClient) -> None:
    assert "还没有诉求" in visible_text(admin.page("/admin/cases"))


def test_what_is_overdue_stands_first_with_its_clock_in_words(portal: Portal, admin: PageClient) -> None:
    late = request_of(portal, "1", 50)
    fresh = request_of(portal, "2", 18)
    lying = request_of(portal, "3", 16 * 24, "answer")
    done = request_of(portal, "4", 60, "finish")
    from_workbook(portal, "簿-1", 30)
    page = visible_text(admin.page("/admin/cases"))
    assert [page.index(one) for one in (late, lying, "簿-1", fresh)] == sorted(
        page.index(one) for one in (late, lying, "簿-1", fresh)
    )
    for words in ("超时 26 小时", "超时 24 小时", "超时 6 小时", "还剩 6 小时", "超时 3 件", "来自工作簿"):
        assert words in page
    assert done not in page
    assert done in admin.page("/admin/cases?state=finished")
    everything = visible_text(admin.page("/admin/cases?state=all"))
    assert everything.index(late) < everything.index(done)


def test_the_overview_says_how_many_wait_for_an_answer(portal: Portal, admin: PageClient) -> None:
    assert "在等答复" not in visible_text(admin.page("/admin"))
    with portal.database.writing() as session:
        receipts = [opened(session, portal.clock(), page) for page in ("one", "two", "three")]
        stepped(session, receipts[0], portal.clock(), "answer")
    assert "有 2 件群众诉求在等答复。 去答复" in visible_text(admin.page("/admin"))


def test_a_list_shows_neither_words_nor_numbers_to_call(portal: Portal, admin: PageClient) -> None:
    request_of(portal, "1", 2)
    page = admin.page("/admin/cases?state=all")
    assert WORDS not in page
    assert PHONE not in page


def test_a_long_list_has_pages(portal: Portal, admin: PageClient) -> None:
    for number in range(55):
        from_workbook(portal, f"簿-{number:02}", 1 + number)
    first, second = admin.page("/admin/cases"), admin.page("/admin/cases?page=2")
    assert (first.count(">簿-"), second.count(">簿-")) == (50, 5)
    assert visible_text(admin.page("/admin/cases?page=999")) == visible_text(second)
    admin.page("/admin/cases?page=x&state=y")


def test_an_answer_and_a_finish_reach_the_author(portal: Portal, admin: PageClient) -> None:
    number = request_of(portal, "1", 2)
    answered = do(admin, number, do="answer", answer="明天\r\n来修")
    assert (answered.status_code, "done=answer" in (answered.location or "")) == (303, True)
    assert "已答复" in admin.page(answered.location or "")
    assert kept(portal, number).answered_at == NOON
    assert do(admin, number, do="finish", outcome="solved", done="修好了").status_code == 303
    page = visible_text(admin.page(f"/admin/cases/{number}"))
    assert "已办结，等群众反馈" in page
    assert "办理结果已解决" in page
    with portal.database.writing() as session:
        visitor = portal.visitor()
        found = opened(session, portal.clock() - 2 * HOUR, "1")
    told = visible_text(visitor.page(f"/case/{found}"))
    assert "明天来修" in told
    assert "办完了：办好了" in told


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"do": "answer", "answer": " "}, "请写答复的话。"),
        ({"do": "answer", "answer": "长" * 501}, "最多写 500 个字。"),
        ({"do": "finish", "outcome": "", "done": "修好了"}, "请选办理结果。"),
        ({"do": "finish", "outcome": "x", "done": "修好了"}, "请从列出的里面选一项。"),
        ({"do": "finish", "outcome": "solved", "done": ""}, "请写办了什么，群众会看到。"),
        ({"do": "answer", "answer": f"打 {PHONE} 给他"}, "里面有群众的联系电话"),
        ({"do": "x"}, "没有收到您要办什么"),
    ],
)
def test_what_can_not_be_taken_is_told_and_stays(
    portal: Portal, admin: PageClient, typed: dict[str, str], words: str
) -> None:
    number = request_of(portal, "1", 2)
    refused = do(admin, number, **typed)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert "<title>有错误：" in page
    assert words in visible_text(page)
    for name in ("answer", "done"):
        assert typed.get(name, "").strip() in page
    assert (kept(portal, number).answered_at, kept(portal, number).finished_at) == (None, None)


def test_the_second_of_two_people_sees_what_the_first_did(portal: Portal, admin: PageClient) -> None:
    number = request_of(portal, "1", 2)
    old = admin.page(f"/admin/cases/{number}")
    do(admin, number, do="answer", answer="先到的人写的")
    late = do(admin, number, old, do="finish", outcome="solved", done="后到的人写的")
    page = late.get_data(as_text=True)
    assert late.status_code == 409
    for words in ("没有保存", "先到的人写的", "后到的人写的"):
        assert words in page
    assert kept(portal, number).finished_at is None
    assert do(admin, number, page, do="finish", outcome="solved", done="后到的人写的").status_code == 303


def test_a_contact_is_shown_after_asking_for_it_and_the_ledger_says_who(
    portal: Portal, admin: PageClient
) -> None:
    number = request_of(portal, "1", 2)
    assert PHONE not in admin.page(f"/admin/cases/{number}?contact=1")
    shown = do(admin, number, do="contact")
    assert (shown.status_code, shown.location) == (
        303,
        f"/admin/cases/{number}?contact=1".replace("群", "%E7%BE%A4"),
    )
    assert PHONE in admin.page(shown.location or "")
    assert PHONE not in admin.page(f"/admin/cases/{number}")
    portal.clock.turn(minutes=11)
    assert PHONE not in admin.page(shown.location or "")
    with portal.database.reading() as session:
        (entry,) = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "case.contact_seen"))
        assert (entry.actor, entry.subject) == (ADMIN, number)
    assert "看了群众的联系电话" in admin.page("/admin/ledger")


def test_whoever_is_of_the_team_stands_back(portal: Portal, admin: PageClient) -> None:
    open_one = request_of(portal, "1", 2)
    kept_from = request_of(portal, "2", 2, not_for_team=True)
    with portal.database.writing() as session:
        account = session.scalars(select(Account).where(Account.username == ADMIN)).one()
        own = select(Cadre).where(Cadre.number == "S01", Cadre.township_id == account.township_id)
        account.cadre_id = session.scalars(own).one().id
    page = admin.page(f"/admin/cases/{open_one}")
    assert "您要回避" in page
    assert 'name="do"' not in page
    assert "不给联村干部看" in admin.page("/admin/cases")
    admin.page(f"/admin/cases/{kept_from}", 403)
    key = hidden(admin.page("/account"), "csrf_token")
    for typed in ({"do": "answer", "answer": "x"}, {"do": "contact"}):
        answer = admin.post(
            f"/admin/cases/{open_one}", data={"csrf_token": key, "seen": '{"last":0}', **typed}
        )
        assert answer.status_code == 403
    assert kept(portal, open_one).answered_at is None


def test_a_request_of_a_workbook_is_shown_and_not_answered(portal: Portal, admin: PageClient) -> None:
    from_workbook(portal, "簿/1", 30, finished_at=NOON, confirmed=True, level=1)
    page = visible_text(admin.page("/admin/cases/簿/1"))
    assert "来自工作簿" in page
    assert "群众确认是" in page
    key = hidden(admin.page("/account"), "csrf_token")
    answer = admin.post("/admin/cases/簿/1", data={"csrf_token": key, "do": "answer", "answer": "x"})
    assert answer.status_code == 422
    assert "工作簿" in answer.get_data(as_text=True)


def test_nobody_sees_a_request_of_another_township(portal: Portal, admin: PageClient) -> None:
    number = request_of(portal, "1", 2)
    other = portal.staff(user(Role.TOWNSHIP_ADMIN, TASHI))
    other.page(f"/admin/cases/{number}", 404)
    other.page("/admin/cases/x%00y", 404)
    key = hidden(other.page("/account"), "csrf_token")
    assert other.post(f"/admin/cases/{number}", data={"csrf_token": key, "do": "contact"}).status_code == 404
    admin.page(f"/admin/cases/{number}")


def test_a_case_can_be_proposed_not_to_count_from_its_page(portal: Portal, admin: PageClient) -> None:
    number = request_of(portal, "1", 2)
    assert "/admin/approvals/case/new?number=" in admin.page(f"/admin/cases/{number}")
    assert f'value="{number}"' in admin.page(f"/admin/approvals/case/new?number={number}")


def heard(portal: Portal, page: str, level: int) -> str:
    """A request that its author rated."""
    number = request_of(portal, page, 3, "finish")
    with portal.database.writing() as session:
        case = session.scalars(select(Case).where(Case.number == number)).one()
        case.heard_at, case.level, case.confirmed = portal.clock(), level, True
    return number


def test_levels_are_told_by_fives_and_never_one_alone(portal: Portal, admin: PageClient) -> None:
    numbers = [heard(portal, str(place), 5 if place else 1) for place in range(4)]
    assert "群众满意度" not in admin.page("/admin/cases?state=all")
    for place in range(4, 7):
        portal.clock.turn(minutes=1)
        numbers.append(heard(portal, str(place), 2))
    page = visible_text(admin.page("/admin/cases?state=all"))
    assert "非常满意 3 件，满意 0 件，基本满意 0 件，不满意 1 件，非常不满意 1 件" in page
    for number in numbers:
        assert "满意" not in visible_text(admin.page(f"/admin/cases/{number}"))
    assert "满意度" not in visible_text(admin.page("/admin/ledger"))


def test_an_explanation_lists_levels_from_five_on(portal: Portal, admin: PageClient) -> None:
    for place in range(5):
        told = visible_text(admin.page("/admin/results/S09"))
        assert "3 分" not in told.partition("满意度：")[2].partition("（权重")[0]
        heard(portal, str(place), 3)
    assert "3 分 5 件" in visible_text(admin.page("/admin/results/S09"))


def test_what_an_author_says_moves_the_score_of_the_team(portal: Portal, visitor: PageClient) -> None:
    """Answered in time 100 (30), confirmed 100 (40), level 2 is 40 points (30)."""

    def cases() -> str:
        with portal.database.reading() as session:
            found = exact_results(
                session, townships.by_id(session, portal.filled.street), None, None, portal.clock()
            )
            return str(found.result.teams["城区组团"].cases.score)

    with portal.database.writing() as session:
        found = opened(session, NOON - 3 * HOUR, "1")
        stepped(session, found, NOON - 2 * HOUR, "answer")
    assert cases() == "100"
    with portal.database.writing() as session:
        stepped(session, found, NOON - HOUR, "finish")
    assert cases() == "100"
    visitor.post(f"/case/{found}", data={"q_verdict": "solved", "q_overall": "2", "finish": "1"})
    assert cases() == "82"
    with portal.database.reading() as session:
        assert case_of(session, found).level == 2


def test_the_village_is_named_as_it_is_called_now(portal: Portal, admin: PageClient) -> None:
    request_of(portal, "1", 2)
    with portal.database.writing() as session:
        session.scalars(select(Village).where(Village.code == VILLAGE)).one().name = "新张家村"
    assert "新张家村" in admin.page("/admin/cases")
