"""The ledger on pages: found, opened, exported, never changed, and silent about residents."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.actions.ledger import Act, Entry, record, record_all
from portal.core.book import Role
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Cadre, Team
from portal.web.admin import ledger as pages
from tests.conftest import NOON
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import COMMUNITY, NOWHERE, STREET, TASHI, user
from tests.web.pages import visible_text
from tests.web.reading import parts_of_class, rows

LEDGER, TABLE = "/admin/ledger", "台账"
RATINGS = ("rating.received", "rating.set_aside", "ratings.imported")


@pytest.fixture
def clerk(portal: Portal) -> PageClient:
    return portal.staff(user(Role.CLERK, STREET))


def enter(portal: Portal, kind: str = "team.renamed", subject: str = "城区组团", **other: Any) -> int:
    """Enter something in the street's ledger, an hour before now; the act's id."""
    values = {"before": None, "after": None, "reason": "", "actor": "clerk@street", "at": NOON, **other}
    act = Act(values["actor"], values["at"] - timedelta(hours=1), portal.filled.street)
    with portal.database.writing() as session:
        record(session, act, kind, subject, values["before"], values["after"], values["reason"])
    return act.id


def found(client: PageClient, query: str = "") -> list[dict[str, str]]:
    page = client.page(f"{LEDGER}?{query}")
    return rows(page, TABLE) if "<table" in page else []


def sheet(client: PageClient, query: str = "") -> list[list[Any]]:
    response = client.get(f"{LEDGER}.xlsx?{query}")
    assert response.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(response.get_data()))
    return [[cell.value for cell in row] for row in book["台账"].iter_rows()]


def test_one_operation_is_one_line_and_opens(portal: Portal, clerk: PageClient) -> None:
    with portal.database.reading() as session:
        act = session.scalars(
            select(LedgerEntry.act)
            .where(LedgerEntry.township_id == portal.filled.street, LedgerEntry.kind == "import.cadre")
            .limit(1)
        ).one()
    (line,) = [row for row in found(clerk) if row["做了什么"].startswith("导入：")]
    assert int(line["条数"]) > 30
    assert line["操作人"] == "服务器上的操作员"
    page = clerk.page(f"{LEDGER}/{act}")
    assert f"{line['条数']} 条" in page
    assert "导入：村社：330825001001" in visible_text(clerk.page(f"{LEDGER}/{act}?page=2"))


def test_before_and_after_stand_side_by_side_in_words(portal: Portal, clerk: PageClient) -> None:
    with portal.database.reading() as session:
        own = portal.filled.street
        cadre = session.scalars(select(Cadre).where(Cadre.township_id == own, Cadre.number == "S09")).one()
        team = session.scalars(select(Team).where(Team.township_id == own)).first()
        assert team is not None
        before = {"cadre_id": None, "mark": "80", "exempt": False, "roles": ["cadre", "clerk"]}
        after = {
            "cadre_id": cadre.id,
            "mark": "86.5",
            "exempt": True,
            "roles": [],
            "first_day": "2026-03-01",
            "opened_at": "2026-03-01T01:30:00+00:00",
            "team_id": team.id,
            "post_id": 99_999,
            "unheard_of": "x",
        }
    act = enter(portal, "service.changed", before=before, after=after, reason="复核")
    page = clerk.page(f"{LEDGER}/{act}")
    told = {row["项目"]: (row["改前"], row["改后"]) for row in rows(page, "任职：修改，城区组团，第 1 条")}
    assert told == {
        "干部": ("（空）", "李一（S09）"),
        "得分": ("80", "86.5"),
        "不参评": ("否", "是"),
        "角色": ("干部、经办人", "（空）"),
        "开始": ("—", "2026年3月1日"),
        "开始时间": ("—", "2026年3月1日 09:30"),
        "组团": ("—", "城区组团"),
        "岗位": ("—", "99999"),
        "unheard_of": ("—", "x"),
    }
    assert "理由：复核" in page


def test_what_was_proposed_stands_field_by_field(portal: Portal, clerk: PageClient) -> None:
    payload = {"period_id": 99, "digest": "abc", "seen": 3, "rating_id": "77", "parameters": {"x": "1"}}
    changes = [["专班加分上限", "5", "4"]]
    after = {"kind": "plan.sample", "payload": {**payload, "changes": changes}}
    act = enter(portal, "proposal.proposed", "一件事", after=after)
    told = {
        row["项目"]: row["改后"]
        for row in rows(clerk.page(f"{LEDGER}/{act}"), "两人办理：已提出，一件事，第 1 条")
    }
    assert told == {"类别": "plan.sample", "考评周期": "99", "专班加分上限": "5 → 4"}


def test_a_search_finds_by_words_kind_person_and_days(portal: Portal, clerk: PageClient) -> None:
    enter(portal, "team.renamed", "北山组团", reason="村改居", at=NOON - timedelta(days=3))
    enter(portal, "bonus.added", "防汛专班 S09 李一", actor="approver@street")
    enter(portal, "service.changed", "S09", actor="system")
    assert [row["对象"] for row in found(clerk, "q=村改居")] == ["北山组团"]
    assert {row["对象"] for row in found(clerk, "q=李一")} >= {"防汛专班 S09 李一", "S09"}
    assert [row["做了什么"] for row in found(clerk, "group=marks&actor=approver@street")] == ["加上专班加分"]
    assert [row["操作人"] for row in found(clerk, "actor=system")] == ["门户自动"]
    assert [row["对象"] for row in found(clerk, "first=2026-11-19&last=2026-11-19")] == ["北山组团"]
    assert found(clerk, "last=2026-11-18") == []
    assert "没有找到" in clerk.page(f"{LEDGER}?last=2026-11-18")


def test_days_are_days_in_shanghai(portal: Portal, clerk: PageClient) -> None:
    """23:30 of the 18th in Shanghai is 15:30 in UTC; 00:30 of the 19th is 16:30 of the 18th."""
    for hours, subject in ((15.5, "十八日"), (16.5, "十九日")):
        midnight = NOON.replace(day=18, hour=0)
        enter(portal, subject=subject, at=midnight + timedelta(hours=hours + 1))
    assert [row["对象"] for row in found(clerk, "first=2026-11-18&last=2026-11-18")] == ["十八日"]
    assert [row["对象"] for row in found(clerk, "first=2026-11-19&last=2026-11-19")] == ["十九日"]
    assert found(clerk, "q=十九日")[0]["时间"] == "2026年11月19日 00:30"


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("first=x", "开始日期要写成 2026-03-01 这样的日期"),
        ("last=2026-02-30", "结束日期要写成 2026-03-01 这样的日期"),
        ("first=1999-12-31", "年份"),
        ("first=2026-03-02&last=2026-03-01", "结束日期要在开始日期当天或以后"),
    ],
)
def test_days_that_are_none_are_told(clerk: PageClient, query: str, words: str) -> None:
    for path in (LEDGER, f"{LEDGER}.xlsx"):
        page = clerk.page(f"{path}?{query}&q=保留", 422)
        assert page.count(words) == 2
        assert "<title>有错误：" in page
        assert 'value="保留"' in page


def test_pages_hold_every_operation_once(portal: Portal, clerk: PageClient) -> None:
    for number in range(60):
        enter(portal, subject=f"第{number}个")
    told = [row["对象"] for page in (1, 2, 3) for row in found(clerk, f"group=organisation&page={page}")]
    assert sorted(told) == sorted(f"第{number}个" for number in range(60))
    assert found(clerk, "group=organisation&page=99") == found(clerk, "group=organisation&page=3")


@pytest.mark.parametrize("kind", RATINGS)
@pytest.mark.parametrize("role", [Role.CLERK, Role.TOWNSHIP_ADMIN, Role.APPROVER, Role.AUDITOR])
def test_nobody_of_the_township_sees_what_a_rating_left(portal: Portal, role: Role, kind: str) -> None:
    act = enter(portal, kind, "秘密的村", actor="resident", after={"day": "2026-11-01"}, reason="秘密")
    client = portal.staff(user(role, STREET))
    for query in ("", "q=秘密", "actor=resident", f"q={kind}", "group=rating", "first=2026-11-01"):
        page = client.page(f"{LEDGER}?{query}")
        assert "秘密的村" not in page
        assert str(act) not in page
        assert "收到评价" not in page
        for kind_of_file in ("xlsx", "csv"):
            content = client.get(f"{LEDGER}.{kind_of_file}?{query}").get_data()
            assert "秘密".encode() not in content
    assert "秘密" not in str(sheet(client))
    client.page(f"{LEDGER}/{act}", 404)


def test_the_counts_of_the_real_year_tell_nothing_of_its_ratings(portal: Portal) -> None:
    client = portal.staff(user(Role.CLERK, TASHI))
    with portal.database.reading() as session:
        own = LedgerEntry.township_id == portal.filled.tashi
        kinds = session.scalars(select(LedgerEntry.kind).where(own)).all()
    shown = [kind for kind in kinds if not kind.startswith("rating")]
    assert len(shown) < len(kinds)
    assert f"{len(shown)} 条记录" in client.page(LEDGER)


def test_an_operation_that_also_set_a_rating_aside_shows_the_rest_alone(
    portal: Portal, clerk: PageClient
) -> None:
    act = Act("clerk@street", NOON, portal.filled.street)
    with portal.database.writing() as session:
        record(session, act, "proposal.approved", "一条评价", None, {"kind": "rating.set_aside"})
        record(session, act, "rating.set_aside", "秘密的村", {"standing": "counted"}, {"standing": "x"})
    page = clerk.page(f"{LEDGER}/{act.id}")
    assert "1 条" in page
    assert "一条评价不计" in page
    assert "秘密" not in page


def test_an_operation_of_another_township_is_not_there(portal: Portal) -> None:
    act = enter(portal)
    stranger = portal.staff(user(Role.CLERK, TASHI))
    stranger.page(f"{LEDGER}/{act}", 404)
    assert "城区组团" not in stranger.page(f"{LEDGER}?q=城区组团").partition("<table")[2]
    for number in (0, 2**63, 10**30):
        stranger.page(f"{LEDGER}/{number}", 404)


def test_who_belongs_to_no_township_sees_no_ledger(portal: Portal) -> None:
    act = enter(portal)
    auditor = portal.staff(user(Role.AUDITOR, NOWHERE))
    for path in (LEDGER, f"{LEDGER}.xlsx", f"{LEDGER}/{act}"):
        auditor.page(path, 403)


def test_an_auditor_of_the_township_sees_what_the_office_sees(portal: Portal, clerk: PageClient) -> None:
    enter(portal)
    auditor = portal.staff(user(Role.AUDITOR, STREET))
    assert found(auditor) == found(clerk)
    assert sheet(auditor) == sheet(clerk)


def test_the_file_holds_the_choice_and_no_more(portal: Portal, clerk: PageClient) -> None:
    enter(portal, subject="=1+1", before={"mark": "80"}, after={"mark": "=2"}, reason="+1")
    heads, line = sheet(clerk, "group=organisation")
    assert heads[:4] == ["时间", "操作人", "类别", "对象"]
    assert line[0] == (NOON + timedelta(hours=7)).replace(tzinfo=None)
    assert line[1:7] == ["clerk@street", "组团：改名", "=1+1", "得分 80", "得分 =2", "+1"]
    response = clerk.get(f"{LEDGER}.csv?group=organisation")
    assert "attachment" in response.headers["Content-Disposition"]
    _, row = csv.reader(io.StringIO(response.get_data().decode("utf-8-sig")))
    assert row[3] == "'=1+1"
    clerk.page(f"{LEDGER}.pdf", 404)


def test_too_many_for_one_file_is_told(
    portal: Portal, clerk: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "MOST_EXPORTED", 2)
    act = Act("clerk@street", NOON, portal.filled.street)
    with portal.database.writing() as session:
        record_all(session, act, "team.renamed", [Entry(f"{n}") for n in range(3)])
    page = clerk.page(f"{LEDGER}.xlsx?group=organisation", 422)
    assert "选中的有 3 条，一次最多导出 2 条" in page
    assert len(sheet(clerk, "group=organisation&q=1")) == 2


def test_few_entries_stand_open_and_many_closed(portal: Portal, clerk: PageClient) -> None:
    act = Act("clerk@street", NOON, portal.filled.street)
    with portal.database.writing() as session:
        record_all(session, act, "team.renamed", [Entry(f"组{n}") for n in range(60)])
    page = clerk.page(f"{LEDGER}/{act.id}")
    assert len(parts_of_class(page, "part")) == 50
    assert '<details class="part" open' not in page
    assert len(parts_of_class(clerk.page(f"{LEDGER}/{act.id}?page=2"), "part")) == 10
    assert '<details class="part" open' in clerk.page(f"{LEDGER}/{enter(portal)}")


def test_no_address_of_the_ledger_takes_anything_but_looking(portal: Portal) -> None:
    taken = {
        method
        for rule in portal.app.url_map.iter_rules()
        if rule.rule.startswith(LEDGER)
        for method in rule.methods or ()
    }
    assert taken == {"GET", "HEAD", "OPTIONS"}


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nobody_changes_or_deletes_an_entry(portal: Portal, clerk: PageClient, method: str) -> None:
    act = enter(portal)
    for path in (LEDGER, f"{LEDGER}/{act}", f"{LEDGER}.xlsx"):
        assert getattr(clerk, method)(path).status_code in (400, 405)
    for statement in ("UPDATE ledger_entry SET reason = 'x'", "DELETE FROM ledger_entry"):
        with portal.database.writer() as session, pytest.raises(DBAPIError, match="append-only"):
            session.execute(text(statement))
    clerk.page(f"{LEDGER}/{act}")


def test_the_community_is_named_in_the_ledger_of_its_township(clerk: PageClient) -> None:
    """Otherwise the silence about ratings above would prove nothing."""
    assert COMMUNITY in str(sheet(clerk, "group=import"))
