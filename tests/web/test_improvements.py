"""你说我办: a village's public page, and how the office fills it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.book import Role
from portal.store.engine import Database
from portal.store.improvements import Improvement
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Cadre, Village
from portal.store.people import Account
from tests.web.access.improvements import DONE, OFFICE, SAID, put_up, village_id
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import ALONE, COMMUNITY, STREET, TASHI, VILLAGE, user
from tests.web.forms import errors_of, fill_in
from tests.web.pages import text_of, tree_of, visible_text
from tests.web.reading import rows
from tests.web.sending import send

CLERK, ADMIN, APPROVER, AUDITOR = (
    user(role, STREET) for role in (Role.CLERK, Role.TOWNSHIP_ADMIN, Role.APPROVER, Role.AUDITOR)
)
TYPED = {"said": SAID, "done": DONE, "day": "2026-11-08", "reason": "三个人说过"}


def page_of(portal: Portal, village: str = COMMUNITY) -> str:
    return f"{portal.form(village)}/done"


def propose(portal: Portal, client: PageClient, **typed: str) -> TestResponse:
    return fill_in(client, f"{OFFICE}/new", **{"village": str(village_id(portal.database)), **TYPED, **typed})


def heads(page: str) -> list[str]:
    return [text_of(one) for one in tree_of(page).iter("h2")]


def kept(database: Database) -> list[Improvement]:
    with database.reading() as session:
        return list(session.scalars(select(Improvement)))


# --- the village's page -------------------------------------------------------------------------------------------


def test_without_entries_the_page_says_what_will_stand_there(portal: Portal, visitor: PageClient) -> None:
    assert "还没有登出来的。街道里办成了事，会登在这里" in visible_text(visitor.page(page_of(portal)))


def test_entries_stand_by_quarter_newest_first(portal: Portal, visitor: PageClient) -> None:
    own = (portal.database, portal.filled.street, COMMUNITY)
    put_up(*own, "垃圾没人收", "每天收一次", date(2026, 8, 3))
    put_up(*own)
    put_up(*own, "桥栏断了", "换了新的", date(2026, 10, 1))
    page = visitor.page(page_of(portal))
    assert heads(page)[:2] == ["2026年四季度", "2026年三季度"]
    text = visible_text(page)
    assert text.index(SAID) < text.index("桥栏断了") < text.index("垃圾没人收")
    assert "11月8日" in text


def test_a_village_shows_its_own_entries_and_none_that_was_taken_down(
    portal: Portal, visitor: PageClient
) -> None:
    number = put_up(portal.database, portal.filled.street)
    assert SAID not in visitor.page(page_of(portal, VILLAGE))
    assert SAID in visitor.page(page_of(portal))
    with portal.database.writing() as session:
        row = session.get_one(Improvement, number)
        row.taken_down_on = row.published_on
    assert SAID not in visitor.page(page_of(portal))


def test_how_many_spoke_is_told_by_quarter(portal: Portal, visitor: PageClient) -> None:
    page = visible_text(visitor.page(page_of(portal, portal.filled.village)))
    assert "2026年三季度：60 人" in page
    assert "2026年四季度：人数先不显示" in page, "the quarter's last batch is not released yet"


@pytest.mark.parametrize(("village", "number"), [(VILLAGE, 3), (COMMUNITY, 8)])
def test_a_small_number_is_not_told_nor_one_that_would_give_it_away(
    portal: Portal, visitor: PageClient, village: str, number: int
) -> None:
    """The team's pages tell eleven of both together: eight here would leave three there."""
    page = visible_text(visitor.page(page_of(portal, village)))
    assert "评的人还少，人数先不显示" in page
    assert f"{number} 人" not in page.partition("评的人还少")[2].partition("不到 5 人")[0]


def test_a_voice_is_told_with_its_batch_and_not_at_once(portal: Portal) -> None:
    """In the real township five wait for the next five: nobody at the poster can be counted."""
    village = portal.filled.village
    before = visible_text(portal.visitor().page(page_of(portal, village)))
    for _ in range(4):
        send(portal.visitor(), portal.form(village))
    portal.clock.turn(days=1)
    assert visible_text(portal.visitor().page(page_of(portal, village))) == before


def test_a_long_list_goes_on_over_the_page(portal: Portal, visitor: PageClient) -> None:
    for place in range(6):
        words = f"{place}" + "长" * 180
        own = (portal.database, portal.filled.street, COMMUNITY)
        put_up(*own, words, words, date(2026, 11, 8) - timedelta(days=place))
    first = visitor.page(page_of(portal))
    assert "看更早的" in first
    assert "有多少人评过" in first
    last = visitor.page(f"{page_of(portal)}?page=99")
    assert "看更早的" not in last
    assert "回到最近的" in last
    texts = [visible_text(visitor.page(f"{page_of(portal)}?page={n}")) for n in (1, 2, 3)]
    assert [sum(f"{place}长" in text for text in texts) for place in range(6)] == [1] * 6
    assert all(len(visitor.get(f"{page_of(portal)}?page={n}").data) <= 9_000 for n in (1, 2, 3))


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "²"])
def test_a_page_that_there_is_not_is_the_nearest(portal: Portal, visitor: PageClient, page: str) -> None:
    visitor.page(f"{page_of(portal)}?page={page}")


# --- the office ---------------------------------------------------------------------------------------------------


def test_an_entry_goes_from_the_clerk_over_an_approver_to_the_village(
    portal: Portal, visitor: PageClient
) -> None:
    response = propose(portal, portal.staff(CLERK))
    assert response.status_code == 303
    address = response.location.partition("?")[0]
    (waiting,) = rows(portal.staff(CLERK).page(OFFICE), "待批的")
    assert (waiting["村社"], waiting["群众说的"], waiting["哪天办好"]) == ("太平社区", SAID, "2026年11月8日")
    assert "待批" in portal.staff(CLERK).page(f"{OFFICE}/villages/{village_id(portal.database)}")
    assert SAID not in visitor.page(page_of(portal))
    approver = portal.staff(APPROVER)
    page = approver.page(address)
    assert "谁都看得到" in page
    assert "不直接动谁的得分" in page
    key = hidden(page, "csrf_token")
    done = approver.post(address, data={"csrf_token": key, "decision": "approve"})
    assert done.status_code == 303
    assert DONE in visitor.page(page_of(portal))
    listed = {row["村社"]: row for row in rows(approver.page(OFFICE), "各村社登了什么")}
    assert (listed["太平社区"]["登着"], listed["太平社区"]["待批"]) == ("1 条", "0 条")
    assert listed["独自村"]["最近一件"] == "还没有"
    assert "公布“你说我办”" in approver.page("/admin/ledger?group=improvement")


def test_those_of_the_villages_team_are_told_to_stand_back(portal: Portal) -> None:
    with portal.database.writing() as session:
        own = Cadre.township_id == portal.filled.street
        cadre = session.scalars(select(Cadre.id).where(own, Cadre.number == "S01")).one()
        session.scalars(select(Account).where(Account.username == APPROVER)).one().cadre_id = cadre
    address = propose(portal, portal.staff(CLERK)).location.partition("?")[0]
    page = portal.staff(APPROVER).page(address)
    assert "您要回避" in page
    assert "自己办的事不由自己来认定" in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"village": ""}, "请选一个村社"),
        ({"village": "99999"}, "请选一个村社"),
        ({"said": " "}, "请写群众说的"),
        ({"done": "长" * 201}, "办了的最多 200 个字"),
        ({"done": "打 13812345678 找我"}, "像是有电话或证件号码"),
        ({"day": "2026-11-23"}, "不能在今天以后"),
        ({"day": "去年"}, "要写成 2026-03-01 这样的日期"),
        ({"day": "2025-12-31"}, "不在任何考评周期里"),
        ({"reason": " "}, "请写依据"),
    ],
)
def test_bad_input_is_told_at_the_field_and_what_was_typed_stays(
    portal: Portal, typed: dict[str, str], words: str
) -> None:
    response = propose(portal, portal.staff(CLERK), **typed)
    (error,) = errors_of(response)
    assert words in error
    kept_words = {**TYPED, **typed}
    assert kept_words["done"] in response.get_data(as_text=True)
    assert kept(portal.database) == []


def test_a_village_that_is_over_is_not_offered(portal: Portal) -> None:
    with portal.database.writing() as session:
        session.get_one(Village, village_id(portal.database, ALONE)).last_day = date(2026, 6, 30)
    page = portal.staff(CLERK).page(f"{OFFICE}/new")
    assert "太平社区" in page
    assert "独自村" not in page


def test_an_entry_is_taken_down_with_a_reason(portal: Portal, visitor: PageClient) -> None:
    number = put_up(portal.database, portal.filled.street)
    client = portal.staff(ADMIN)
    path = f"{OFFICE}/{number}/down"
    assert "请写明为什么撤下" in errors_of(fill_in(client, path, reason=" "))[0]
    assert SAID in visitor.page(page_of(portal))
    response = fill_in(client, path, reason="写错了村")
    village = f"{OFFICE}/villages/{village_id(portal.database)}"
    assert (response.status_code, response.location) == (303, f"{village}?done=down")
    assert "已撤下" in client.page(response.location)
    assert SAID not in visitor.page(page_of(portal))
    assert client.get(path).location == village, "a thing done once shows a sensible page when revisited"
    with portal.database.reading() as session:
        line = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "improvement.taken_down")).one()
    assert (line.actor, line.reason) == (ADMIN, "写错了村")


def test_who_only_reads_is_offered_nothing_to_do(portal: Portal) -> None:
    put_up(portal.database, portal.filled.street)
    client = portal.staff(AUDITOR)
    for path in (OFFICE, f"{OFFICE}/villages/{village_id(portal.database)}"):
        page = client.page(path)
        assert f"{OFFICE}/new" not in page
        assert "/down" not in page


def test_each_township_sees_its_own_villages(portal: Portal) -> None:
    put_up(portal.database, portal.filled.tashi, portal.filled.village, "只有塔石说", "只有塔石办")
    assert "只有塔石说" not in portal.staff(CLERK).page(OFFICE)
    other = portal.staff(user(Role.CLERK, TASHI)).page(OFFICE)
    assert [row["登着"] for row in rows(other, "各村社登了什么") if row["登着"] != "0 条"] == ["1 条"]
