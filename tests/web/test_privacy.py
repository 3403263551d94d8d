"""/privacy in eight short lines, and that each of them is true of the code."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import DateTime, inspect, select, text

from portal.actions import forgetting
from portal.config import SiteFacts
from portal.store import resident_cases
from portal.store.papers import EntryCheck, PaperForm, VoiceKey
from portal.store.residents import Case, QuarterSecret, Rating
from portal.store.tables import Base
from portal.store.types import Instant
from portal.web.residents import visitors
from tests.web.client import PageClient
from tests.web.conftest import MakePortal, Portal
from tests.web.filling import VILLAGE
from tests.web.pages import text_of, tree_of, visible_text
from tests.web.sending import OPINION, open_form, send, stored

PHONE = "13800001234"


def columns(table: type[Base]) -> set[str]:
    return {column.name for column in table.__table__.columns}


def lines(page: str) -> list[str]:
    """The lines that begin with what they are about."""
    return [text_of(part) for part in tree_of(page).iter("p") if part.find("b") is not None]


@pytest.fixture
def told(visitor: PageClient) -> str:
    return visible_text(visitor.page("/privacy"))


def test_there_are_eight_lines_and_each_is_short(visitor: PageClient) -> None:
    found = lines(visitor.page("/privacy"))
    assert [line.partition("：")[0] for line in found] == [
        *("谁在问", "做什么用", "记什么", "不记什么", "手机里放什么", "电话", "记多久", "撤回、问谁"),
    ]
    assert max(map(len, found)) <= 100


def test_the_page_says_who_runs_the_portal_and_whom_to_ask(make_portal: MakePortal) -> None:
    site = SiteFacts(sponsor="龙游县塔石镇人民政府", contact="0570-7000000")
    page = make_portal(site=site).visitor().page("/privacy")
    assert "龙游县塔石镇人民政府" in lines(page)[0]
    assert "0570-7000000" in lines(page)[7]
    without = lines(make_portal(site=SiteFacts()).visitor().page("/privacy"))
    assert "请打 12345" in without[7]


def test_what_is_kept_is_the_day_the_village_the_answers_and_the_words(told: str) -> None:
    assert "哪一天（不记几点）、哪个村、您选的、您写的" in told
    assert "要答复的事单独记，写了什么、几点交的、怎么办的都记" in told
    assert {"words", "opened_at", "outcome"} <= columns(Case)
    assert columns(Rating) == {
        *("id", "township_id", "village_id", "edition_id", "day", "voice", "way", "answers", "comment"),
        *("valued", "first", "replaced_on", "withdrawn", "standing", "submission"),
    }
    moments = [c.name for c in Rating.__table__.columns if isinstance(c.type, Instant | DateTime)]
    assert moments == [], "no hour of a rating is kept"


def test_neither_address_nor_telephone_nor_device_is_kept_of_who_rates(
    portal: Portal, visitor: PageClient, told: str
) -> None:
    assert "名字、身份证号、位置、网络地址、手机型号都不存" in told
    visitor.post(
        portal.form(VILLAGE),
        data={**OPINION, "contact": PHONE, "key": open_form(visitor, portal.form(VILLAGE))},
        headers={"User-Agent": "Telltale/1.0", "X-Forwarded-For": "203.0.113.9"},
    )
    assert len(stored(portal.database)) == 1
    with portal.database.reading() as session:
        for table in inspect(session.connection()).get_table_names():
            for row in session.execute(text(f'SELECT * FROM "{table}"')):  # noqa: S608
                for trace in ("Telltale", "203.0.113.9", PHONE):
                    assert trace not in str(row), table


def test_what_lies_in_the_phone_is_random_and_lasts_two_years(portal: Portal, told: str) -> None:
    assert "一个随机的小记号（Cookie，两年）" in told
    values = set()
    for _ in range(2):
        client = portal.visitor()
        given = client.get(portal.form(VILLAGE)).headers["Set-Cookie"]
        assert f"Max-Age={visitors.COOKIE_SECONDS}" in given
        assert "HttpOnly" in given
        values.add(re.match(r"r=([\w-]{16})\.", given).group(1))  # type: ignore[union-attr]
        assert "Set-Cookie" not in client.get("/privacy").headers, "reading about it sets none"
    assert len(values) == 2
    assert timedelta(days=2 * 365).total_seconds() == visitors.COOKIE_SECONDS


def test_a_telephone_number_is_encrypted_and_apart_from_the_rating(
    portal: Portal, visitor: PageClient, told: str
) -> None:
    assert "加密存，和评价分开" in told
    send(visitor, portal.form(VILLAGE), want_reply="1", comment="水管漏了", contact=PHONE)
    with portal.database.reading() as session:
        case = session.scalars(select(Case).where(Case.contact.is_not(None))).one()
    (rating,) = stored(portal.database)
    assert PHONE not in (case.contact or "")
    assert rating.comment == ""
    shared = columns(Case) & columns(Rating) - {"township_id", "village_id"}
    alike = [name for name in shared if getattr(case, name) == getattr(rating, name)]
    assert alike == [], "nothing joins the two"


def test_the_days_that_the_page_promises_are_those_that_the_worker_keeps(told: str) -> None:
    days = forgetting.AFTER.days
    assert resident_cases.ERASE_AFTER == forgetting.AFTER
    for promise in (
        f"办结 {days} 天后删",
        f"季度结束 {days} 天后，认手机的密钥销毁",
        f"季度结束 {days} 天后删",
    ):
        assert promise in told


def test_a_secret_may_be_gone_and_what_it_keyed_holds_no_person() -> None:
    assert QuarterSecret.__table__.c.secret.nullable
    assert columns(VoiceKey) == {"id", "township_id", "key", "voice"}
    assert "voice" not in columns(PaperForm) | columns(EntryCheck), "no paper or call is joined to a rating"


def test_an_entry_that_was_checked_has_forgotten_whom_it_was_about() -> None:
    checks = {
        str(check.name): str(getattr(check, "sqltext", "")) for check in EntryCheck.__table__.constraints
    }
    assert checks["ck_entry_check_forgotten_once_checked"] == "result IS NULL OR sealed IS NULL"


def test_taking_back_is_where_the_page_says(portal: Portal, told: str) -> None:
    assert "撤回" in told
    rules = {rule.endpoint for rule in portal.app.url_map.iter_rules()}
    assert {"residents.withdraw", "residents.privacy"} <= rules
