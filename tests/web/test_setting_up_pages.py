"""The overview and the set-up: a new township's way from nothing to an open period, page by page."""

from __future__ import annotations

import re
from datetime import date

import pytest
from argon2 import PasswordHasher

from portal import divisions
from portal.actions.accounts import NewAccount, create_account
from portal.actions.ledger import Act
from portal.core.book import Role
from portal.store import periods, townships
from portal.store.appraisal import Period
from portal.store.organisation import Township
from portal.web.guards import COOKIE
from tests.conftest import NOON
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import STREET, TASHI, begun_session, user
from tests.web.forms import errors_of, fields_of, fill_in
from tests.web.pages import visible_text

CODE, LISTED = "330825201", "/admin/setup/villages/listed"


@pytest.fixture
def own(portal: Portal) -> int:
    """A township that has only its name."""
    with portal.database.writing() as session:
        township = Township(code=CODE, name="罗家乡", county="龙游县")
        session.add(township)
        session.flush()
        return township.id


@pytest.fixture
def office(portal: Portal, own: int, cheap_hasher: PasswordHasher) -> PageClient:
    """Its first administrator, logged in."""
    with portal.database.writing() as session:
        wanted = NewAccount("first", "long enough for it", (Role.TOWNSHIP_ADMIN,), own)
        create_account(session, wanted, Act("operator", NOON, own), cheap_hasher)
        token = begun_session(session, wanted)
    client = portal.visitor()
    client.set_cookie(COOKIE, token)
    return client


@pytest.fixture
def begun(office: PageClient) -> PageClient:
    """The same with the period that the page proposes."""
    response = office.post("/admin/setup", data=fields_of(office.page("/admin/setup")))
    assert response.status_code == 303
    return office


def test_without_a_period_the_residents_form_needs_no_setting_up(office: PageClient) -> None:
    for path in ("/admin/form", "/admin/form/edit"):
        assert "标准问卷，不用另外设置" in visible_text(office.page(path))
    assert "乡里的联村干部" in visible_text(office.page("/admin/form/preview"))


def test_a_new_township_is_led_to_its_set_up(office: PageClient) -> None:
    assert office.get("/home").location == "/admin"
    told = visible_text(office.page("/admin"))
    assert "共 6 项，办好 0 项" in told
    assert "还没有考评周期" in told
    assert "去办" in told
    assert "/admin/setup" in office.page("/admin/results")


@pytest.mark.parametrize("step", ["people", "villages", "teams", "plan"])
def test_every_step_can_be_looked_at_before_there_is_anything(office: PageClient, step: str) -> None:
    told = visible_text(office.page(f"/admin/setup/{step}"))
    assert "还没有考评周期" in told
    assert "从 Excel 粘贴" in told


def test_there_are_no_other_steps(office: PageClient) -> None:
    for step in ("period", "accounts", "x"):
        office.page(f"/admin/setup/{step}", 404)


def test_the_proposed_period_is_this_year(portal: Portal, begun: PageClient, own: int) -> None:
    with portal.database.reading() as session:
        (period,) = periods.listed(session, own)
    assert (period.name, str(period.first_day), str(period.last_day)) == (
        *("2026年度", "2026-01-01", "2026-12-31"),
    )
    assert "办好 1 项" in visible_text(begun.page("/admin/setup?done=period"))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"name": ""}, "请填名称"),
        ({"first_day": "昨天"}, "第一天要写成 2026-03-01 这样的日期"),
        ({"last_day": "2025-01-01"}, "不能早于第一天"),
    ],
)
def test_a_wrong_period_is_said_at_its_field_and_what_was_typed_stays(
    portal: Portal, office: PageClient, own: int, typed: dict[str, str], words: str
) -> None:
    fields = {**fields_of(office.page("/admin/setup")), **typed}
    response = office.post("/admin/setup", data=fields)
    assert any(words in sentence for sentence in errors_of(response))
    assert fields_of(response.get_data(as_text=True)) | {"csrf_token": ""} == fields | {"csrf_token": ""}
    with portal.database.reading() as session:
        assert periods.listed(session, own) == []


def test_the_list_offers_the_townships_villages_and_takes_those_that_are_ticked(
    portal: Portal, begun: PageClient, own: int
) -> None:
    division = divisions.township(CODE)
    assert division is not None
    fields = fields_of(begun.page(LISTED))
    offered = [name.removeprefix("take_") for name in fields if name.startswith("take_")]
    assert offered == [place.code for place in division.places]
    taken, left = offered[:2], offered[2:]
    fields |= {f"households_{code}": "120" for code in taken} | {f"name_{taken[0]}": "改名村"}
    fields = {name: value for name, value in fields.items() if name not in {f"take_{code}" for code in left}}
    response = begun.post(LISTED, data=fields)
    assert response.location == "/admin/setup/villages?done=2"
    assert "已添加 2 个村社" in visible_text(begun.page(response.location))
    with portal.database.reading() as session:
        villages = townships.villages(session, own)
        assert {v.code: (v.name, v.households) for v in villages} == {
            taken[0]: ("改名村", 120),
            taken[1]: (division.places[1].name, 120),
        }
        tokens = {poster.token for poster in townships.posters_in_use(session, own).values()}
    assert "请您评一评" in portal.visitor().page(f"/v/{tokens.pop()}")
    assert begun.post(LISTED, data=fields).location == "/admin/setup/villages?done=0"


def test_a_row_that_is_wrong_adds_nothing_and_says_so_at_its_cell(
    portal: Portal, begun: PageClient, own: int
) -> None:
    fields = fields_of(begun.page(LISTED))
    codes = [name.removeprefix("take_") for name in fields if name.startswith("take_")]
    typed = {f"households_{code}": "120" for code in codes}
    wrong = {f"households_{codes[0]}": "很多", f"name_{codes[1]}": " ", f"kind_{codes[2]}": "镇"}
    response = begun.post(LISTED, data=fields | typed | wrong)
    sentences = errors_of(response)
    assert any("户数要填大于 0 的整数，“很多”不是" in one for one in sentences)
    assert sum("名称要 1–40 个字" in one or "类型要选" in one for one in sentences) == 2
    page = response.get_data(as_text=True)
    assert fields_of(page)[f"households_{codes[3]}"] == "120"
    assert re.search(rf'id="households_{codes[0]}"[^>]*aria-invalid="true"', page)
    with portal.database.reading() as session:
        assert townships.villages(session, own) == []


def test_without_a_period_no_village_is_taken(office: PageClient) -> None:
    assert "请先定考评周期" in visible_text(office.page(LISTED))
    response = fill_in(office, LISTED)
    assert any("请先定考评周期" in sentence for sentence in errors_of(response))


def test_the_overview_names_what_is_missing(portal: Portal) -> None:
    told = visible_text(portal.staff(user(Role.CLERK, STREET)).page("/admin"))
    for words in ("1 个村社没有组团", "独自村", "1 个组团没有团长", "新设组团", "4 名干部没有岗位"):
        assert words in told
    assert "准备中" in told


def test_an_open_period_shows_what_is_missing_and_no_set_up(portal: Portal) -> None:
    with portal.database.writing() as session:
        periods.listed(session, portal.filled.tashi)[0].opened_at = NOON
    told = visible_text(portal.staff(user(Role.AUDITOR, TASHI)).page("/admin"))
    assert "1 个组团没有联村社" in told
    assert "进行中" in told
    assert "建立考评" not in told


def test_the_overview_takes_few_statements_however_much_is_missing(portal: Portal) -> None:
    asked = []
    for place in (STREET, TASHI):
        client = portal.staff(user(Role.CLERK, place))
        client.page("/admin")
        asked.append(len(client.watch.statements))
    assert asked[0] == asked[1]
    assert asked[0] < 50


def test_a_new_year_is_spoken_of_when_the_old_one_ends_soon(portal: Portal) -> None:
    words = "还没有下一个考评周期"
    assert words in visible_text(portal.staff(user(Role.CLERK, STREET)).page("/admin"))
    with portal.database.writing() as session:
        days = {"first_day": date(2027, 1, 1), "last_day": date(2027, 12, 31)}
        session.add(Period(township_id=portal.filled.street, name="2027年度", **days))
    told = visible_text(portal.staff(user(Role.CLERK, STREET)).page("/admin"))
    assert words not in told
    assert "2027年度已经建好，还没有打开" in told
