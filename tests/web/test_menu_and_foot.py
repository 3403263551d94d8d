"""The menu shows what may be opened and no more; the foot of every page says whose it is and whom to call."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from portal.config import SiteFacts
from portal.core.book import Role
from portal.web import menu
from portal.web.formats import dial
from tests.web.conftest import MakePortal, Portal
from tests.web.filling import NOWHERE, STREET, TASHI, user
from tests.web.pages import text_of, tree_of

FACTS = SiteFacts(
    "龙游县塔石镇人民政府",
    "0570-7000000（工作日）",
    "浙ICP备12345678号-1",
    "浙公网安备33082500000001号",
    "3308250001",
    "县大数据局 0570-7000001",
)
PUBLIC = ("/", "/?code=ZZZZZZ", "/v/ZZZZZZ", "/no-such-page", "/login", "/admin/no-such-page")


def shown(page: str) -> list[tuple[str, str, str]]:
    """The first menu of a page: words, address and what says that the reader is there."""
    found = next((part for part in tree_of(page).iter("nav") if part.get("aria-label") == "主菜单"), None)
    links = [] if found is None else found.iter("a")
    return [(text_of(a), a.get("href", ""), a.get("aria-current", "")) for a in links]


def foot(page: str) -> str:
    return text_of(next(tree_of(page).iter("footer")))


def words(page: str) -> list[str]:
    return [entry[0] for entry in shown(page)]


def built(app: Flask) -> Iterator[str]:
    return (entry.words for entry in menu.ENTRIES if entry.endpoint in app.view_functions)


ABOVE = (Role.CITY_REVIEWER, Role.SYSTEM_ADMIN, Role.AUDITOR)


@pytest.mark.parametrize(
    ("role", "place"), [*((role, TASHI) for role in Role), *((role, NOWHERE) for role in ABOVE)]
)
def test_every_entry_opens_for_whoever_sees_it(portal: Portal, role: Role, place: str) -> None:
    client = portal.staff(user(role, place))
    for _, address, _ in shown(client.page("/account")):
        answer = client.get(address)
        assert answer.status_code < 400, address
        assert not (answer.location or "").startswith("/login"), address


def test_a_township_administrator_sees_every_entry_of_the_township_that_there_is(portal: Portal) -> None:
    missing = set(built(portal.app)) - set(
        words(portal.staff(user(Role.TOWNSHIP_ADMIN, STREET)).page("/account"))
    )
    assert missing <= {"我的得分", "乡镇", "反映的压力"}


def test_a_cadre_sees_the_own_score_and_the_account_alone(portal: Portal) -> None:
    page = portal.staff(user(Role.CADRE, TASHI)).page("/me")
    assert shown(page) == [("我的得分", "/me", "page"), ("账号设置", "/account", "")]
    assert "<summary>菜单" not in page, "two links need no menu to open"


def test_who_has_no_number_is_offered_no_own_score(portal: Portal) -> None:
    assert words(portal.staff("numberless").page("/account")) == ["账号设置"]


def test_nobody_logged_in_has_no_menu(portal: Portal) -> None:
    assert shown(portal.visitor().page("/login")) == []


def test_the_menu_says_where_the_reader_is_and_on_which_page_beneath(portal: Portal) -> None:
    client = portal.staff(user(Role.CLERK, TASHI))
    here = {words: current for words, _, current in shown(client.page("/admin/results"))}
    beneath = {
        words: current for words, _, current in shown(client.page(f"/admin/results/{portal.filled.cadre}"))
    }
    assert (here["考评结果"], here["账号设置"]) == ("page", "")
    assert (beneath["考评结果"], beneath["账号设置"]) == ("true", "")


def test_an_entry_without_its_page_is_left_out(portal: Portal, monkeypatch: pytest.MonkeyPatch) -> None:
    ghost = replace(menu.ENTRIES[-1], endpoint="nowhere.index", words="还没有的页面")
    monkeypatch.setattr(menu, "ENTRIES", (ghost, *menu.ENTRIES))
    assert "还没有的页面" not in words(portal.staff(user(Role.CLERK, TASHI)).page("/account"))


@pytest.mark.parametrize("path", PUBLIC)
def test_every_public_page_and_every_refusal_says_whose_it_is(make_portal: MakePortal, path: str) -> None:
    page = make_portal(site=FACTS).visitor().get(path).get_data(as_text=True)
    said = foot(page)
    for fact in (FACTS.sponsor, FACTS.contact, FACTS.icp, FACTS.police, FACTS.site_code, FACTS.complaints):
        assert fact in said, path
    assert re.findall(r'href="tel:(\d+)"', page) == ["12345", "05707000000", "05707000001"]


def test_the_form_and_the_thanks_say_it_too(make_portal: MakePortal) -> None:
    portal = make_portal(site=FACTS)
    for path in (portal.form(), portal.form() + "/thanks"):
        assert FACTS.icp in foot(portal.visitor().page(path))


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_not_set_is_not_shown_but_12345_is(portal: Portal, path: str) -> None:
    page = portal.visitor().get(path).get_data(as_text=True)
    assert re.findall(r'href="tel:(\d+)"', page) == ["12345"]
    assert not re.search("主办单位|联系电话|投诉建议|标识码|备案", foot(page))


def test_one_fact_alone_stands_without_the_commas_of_the_others(make_portal: MakePortal) -> None:
    page = make_portal(site=SiteFacts(contact="0570-7000000")).visitor().page("/login")
    assert foot(page).endswith("联系电话：0570-7000000")


def test_the_form_with_all_facts_at_their_longest_still_fits_a_bar_of_signal(make_portal: MakePortal) -> None:
    longest = SiteFacts("主" * 40, "办" * 60, "备" * 40, "公" * 40, "识" * 20, "诉" * 60)
    portal = make_portal(site=longest)
    answer = portal.visitor().get(portal.form(), headers={"Accept-Encoding": "gzip"})
    assert answer.content_encoding == "gzip"
    assert len(answer.get_data()) + len(str(answer.headers)) < 6144


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ("12345", ("", "12345", "")),
        ("县里 0570-7012345（工作日）", ("县里 ", "0570-7012345", "（工作日）")),
        ("13800000000", ("", "13800000000", "")),
        ("网上留言", ("网上留言", "", "")),
        ("浙公网安备33082500000001号", ("浙公网安备33082500000001号", "", "")),
    ],
)
def test_a_telephone_number_is_found_in_words(said: str, parts: tuple[str, str, str]) -> None:
    assert dial(said) == parts
