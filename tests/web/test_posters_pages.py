"""The pages of posters: what a clerk sees, prints, writes down and replaces, and what an old code still answers."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
import zxingcpp
from pypdfium2 import PdfDocument
from sqlalchemy import select

from portal.clock import local_day
from portal.core.book import Role
from portal.store.organisation import Poster, Village
from tests.conftest import NOON
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import COMMUNITY, STREET, TASHI, VILLAGE, user
from tests.web.forms import errors_of, fields_of, fill_in
from tests.web.pages import visible_text
from tests.web.reading import rows
from tests.web.sending import open_form, send, stored

TODAY = local_day(NOON)
CLERK, ADMIN = user(Role.CLERK, STREET), user(Role.TOWNSHIP_ADMIN, STREET)
GATE = "村便民服务中心门口"


@pytest.fixture
def clerk(portal: Portal) -> PageClient:
    return portal.staff(CLERK)


def token(portal: Portal, village: str = VILLAGE) -> str:
    return portal.filled.posters[village]


def change(portal: Portal, of: str, **values: object) -> None:
    with portal.database.writing() as session:
        poster = session.scalars(select(Poster).where(Poster.token == of)).one()
        for name, value in values.items():
            setattr(poster, name, value)


def replace(portal: Portal, client: PageClient, village: str = VILLAGE, place: str = GATE) -> str:
    """Replace a village's poster by its page and give the new code."""
    path = f"/admin/posters/{token(portal, village)}/replace"
    response = fill_in(client, path, reason="被人拍下乱发", place=place)
    assert response.status_code == 303, visible_text(response.get_data(as_text=True))
    return response.location.partition("new=")[2]


def pages_of(pdf: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in PdfDocument(pdf)]


# --- the list -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued", "last", "words"),
    [
        (0, None, "还没有人扫过"),
        (14, None, "14 天无人扫"),
        (30, 14, "14 天无人扫"),
        (30, 2, "近 14 天有人扫"),
    ],
)
def test_the_list_says_in_words_whether_a_poster_is_scanned(
    portal: Portal, clerk: PageClient, issued: int, last: int | None, words: str
) -> None:
    scanned = None if last is None else TODAY - timedelta(days=last)
    change(portal, token(portal), issued_on=TODAY - timedelta(days=issued), scanned_on=scanned)
    page = clerk.page("/admin/posters")
    (row,) = [row for row in rows(page, "在用的海报") if row["村社"] == "张家村"]
    assert row["扫码"] == words


def test_posters_that_nobody_scans_stand_first(portal: Portal, clerk: PageClient) -> None:
    change(portal, token(portal), issued_on=TODAY - timedelta(days=20))
    names = [row["村社"] for row in rows(clerk.page("/admin/posters"), "在用的海报")]
    assert names == ["张家村", "太平社区", "独自村"]


def test_no_page_tells_the_day_of_a_scan(portal: Portal, clerk: PageClient) -> None:
    day = date(2026, 11, 17)
    for of in portal.filled.posters.values():
        change(portal, of, scanned_on=day)
    for path in ("/admin/posters", "/admin/voices", "/admin", "/admin/villages", "/admin/ledger"):
        shown = visible_text(clerk.page(path))
        assert not re.search(r"11月17日|2026-11-17|11-17", shown), path


def test_a_poster_that_is_replaced_stands_under_the_retired_ones(portal: Portal, clerk: PageClient) -> None:
    new = replace(portal, clerk)
    page = clerk.page(f"/admin/posters?done=replaced&new={new}")
    assert f"张家村的海报换新了，新的码是 {new}" in visible_text(page)
    assert {row["码"] for row in rows(page, "在用的海报")} >= {new}
    (gone,) = rows(page, "停用的海报")
    assert (gone["村社"], gone["码"], gone["停用"]) == ("张家村", token(portal), "2026年11月22日")


def test_a_township_without_villages_is_told_where_posters_come_from(
    portal: Portal, clerk: PageClient
) -> None:
    with portal.database.writing() as session:
        for poster in session.scalars(select(Poster).where(Poster.township_id == portal.filled.street)):
            session.delete(poster)
    assert "还没有海报" in clerk.page("/admin/posters")
    assert "还没有海报" in clerk.page("/admin/posters/places")
    assert errors_of(clerk.get("/admin/posters/print.pdf")) == ["还没有海报可以打印。"]


# --- printing -------------------------------------------------------------------------------------------------------


def test_nothing_ticked_prints_all_and_something_ticked_just_that(portal: Portal, clerk: PageClient) -> None:
    everything = clerk.get("/admin/posters/print.pdf")
    assert everything.mimetype == "application/pdf"
    assert "attachment" in everything.headers["Content-Disposition"]
    names = ("太平社区", "张家村", "独自村")
    assert [name in page for name, page in zip(names, pages_of(everything.data), strict=True)] == [True] * 3
    (one,) = pages_of(clerk.get(f"/admin/posters/print.pdf?poster={token(portal)}").data)
    assert "张家村" in one


def test_a_printed_code_leads_to_the_villages_form(portal: Portal, clerk: PageClient) -> None:
    (page,) = PdfDocument(clerk.get(f"/admin/posters/print.pdf?poster={token(portal)}").data)
    (code,) = zxingcpp.read_barcodes(page.render(scale=1).to_pil())
    assert code.text == f"http://localhost{portal.form(VILLAGE)}"


@pytest.mark.parametrize("chosen", ["ZZZZZZ", "{own}&poster=ZZZZZZ", "{other}", "%00"])
def test_a_poster_that_is_not_here_is_not_printed(portal: Portal, clerk: PageClient, chosen: str) -> None:
    other = token(portal, portal.filled.village)
    path = f"/admin/posters/print.pdf?poster={chosen.format(own=token(portal), other=other)}"
    assert errors_of(clerk.get(path)) == ["选的海报里有已经停用的，没有打印。请在下面重新选。"]


def test_a_name_that_can_not_be_drawn_is_told(portal: Portal, clerk: PageClient) -> None:
    with portal.database.writing() as session:
        session.scalars(select(Village).where(Village.code == VILLAGE)).one().name = "𡒄头村"
    (words,) = errors_of(clerk.get("/admin/posters/print.pdf"))
    assert "没有“𡒄”这个字" in words


# --- places ---------------------------------------------------------------------------------------------------------


def test_places_are_saved_and_shown(portal: Portal, clerk: PageClient) -> None:
    response = fill_in(clerk, "/admin/posters/places", **{token(portal): GATE})
    assert (response.status_code, response.location) == (303, "/admin/posters?done=places")
    page = clerk.page(response.location)
    assert "张贴处已保存" in page
    assert {row["村社"]: row["贴在哪里"] for row in rows(page, "在用的海报")}["张家村"] == GATE


def test_a_place_too_long_is_said_at_its_field_and_everything_typed_stays(
    portal: Portal, clerk: PageClient
) -> None:
    typed = {token(portal): "长" * 41, token(portal, COMMUNITY): GATE}
    response = fill_in(clerk, "/admin/posters/places", **typed)
    assert errors_of(response)[1:] == ["张家村：张贴处最多写 40 个字，现在有 41 个，请写短一些。"]
    kept = fields_of(response.get_data(as_text=True))
    assert {name: kept[name] for name in typed} == typed
    assert "还没有写" in clerk.page("/admin/posters")


def test_two_people_at_one_place_decide_and_the_others_stay(portal: Portal, clerk: PageClient) -> None:
    fields = fields_of(clerk.page("/admin/posters/places"))
    other = {token(portal): GATE, token(portal, COMMUNITY): "社区大厅"}
    fill_in(portal.staff(ADMIN), "/admin/posters/places", **other)
    response = clerk.post("/admin/posters/places", data={**fields, token(portal): "祠堂"})
    page = response.get_data(as_text=True)
    assert response.status_code == 409
    assert rows(page, "改动对照表") == [
        {"项目": "张家村的海报", "您打开时": "（空）", "现在": GATE, "您填的": "祠堂"}
    ]
    assert clerk.post("/admin/posters/places", data=fields_of(page)).status_code == 303
    shown = {row["村社"]: row["贴在哪里"] for row in rows(clerk.page("/admin/posters"), "在用的海报")}
    assert (shown["张家村"], shown["太平社区"]) == ("祠堂", "社区大厅")


# --- replacing ------------------------------------------------------------------------------------------------------


def test_a_reason_is_wanted_and_what_was_typed_stays(portal: Portal, clerk: PageClient) -> None:
    path = f"/admin/posters/{token(portal)}/replace"
    response = fill_in(clerk, path, reason=" ", place="长" * 41)
    assert errors_of(response) == [
        "请写为什么换，例如：丢了、坏了、被人拍下乱发。",
        "张贴处最多写 40 个字，现在有 41 个，请写短一些。",
    ]
    assert fields_of(response.get_data(as_text=True))["place"] == "长" * 41
    visitor = portal.visitor()
    assert visitor.get(portal.form(VILLAGE)).status_code == 200


def test_whoever_replaces_second_is_told_and_makes_no_third(portal: Portal, clerk: PageClient) -> None:
    path = f"/admin/posters/{token(portal)}/replace"
    fields = fields_of(clerk.page(path))
    replace(portal, portal.staff(ADMIN))
    (words,) = errors_of(clerk.post(path, data={**fields, "reason": "丢了"}))
    assert "已经停用" in words
    assert "不用再换" in clerk.page(path)
    assert len(rows(clerk.page("/admin/posters"), "停用的海报")) == 1


def test_another_townships_poster_is_not_found(portal: Portal) -> None:
    portal.staff(user(Role.CLERK, TASHI)).page(f"/admin/posters/{token(portal)}/replace", 404)


# --- what an old code answers ---------------------------------------------------------------------------------------


def test_an_old_code_says_where_the_new_poster_hangs_and_never_the_new_code(
    portal: Portal, clerk: PageClient, visitor: PageClient
) -> None:
    new = replace(portal, clerk)
    page = visitor.page(portal.form(VILLAGE), 410)
    shown = visible_text(page)
    assert "这张海报换新了" in shown
    assert f"新海报贴在：{GATE}" in shown
    assert new not in page
    assert visitor.get(f"/v/{new}").status_code == 200


@pytest.mark.parametrize(("village", "words"), [(VILLAGE, "村里的公告栏"), (COMMUNITY, "社区里的公告栏")])
def test_without_a_place_the_notice_board_is_named(
    portal: Portal, clerk: PageClient, visitor: PageClient, village: str, words: str
) -> None:
    replace(portal, clerk, village, place="")
    assert f"新海报贴在：{words}" in visible_text(visitor.page(portal.form(village), 410))


def test_who_was_filling_the_form_in_is_heard_until_the_end_of_the_day(
    portal: Portal, clerk: PageClient, visitor: PageClient
) -> None:
    key, late = (open_form(client, portal.form(VILLAGE)) for client in (visitor, visitor))
    replace(portal, clerk)
    response = send(visitor, portal.form(VILLAGE), key)
    assert response.status_code == 303
    assert "收到了" in visitor.page(response.location)
    assert len(stored(portal.database)) == 1
    portal.clock.turn(days=1)
    refused = send(visitor, portal.form(VILLAGE), late)
    assert refused.status_code == 410
    assert "您刚才填的没有交上" in refused.get_data(as_text=True)
    assert visitor.get(f"{portal.form(VILLAGE)}/thanks").status_code == 410
    assert len(stored(portal.database)) == 1


def test_a_copied_code_leads_nowhere_when_its_village_is_merged_later_either(
    portal: Portal, clerk: PageClient, visitor: PageClient
) -> None:
    fresh = replace(portal, clerk)
    with portal.database.writing() as session:
        into = session.scalars(select(Village).where(Village.code == COMMUNITY)).one()
        gone = session.scalars(select(Village).where(Village.code == VILLAGE)).one()
        gone.last_day, gone.merged_into_id = TODAY, into.id
    change(portal, fresh, retired_on=TODAY + timedelta(days=1))
    change(portal, token(portal, COMMUNITY), place="社区大厅")
    portal.clock.turn(days=1)
    page = visitor.page(portal.form(VILLAGE), 410)
    assert "太平社区的新海报贴在：社区大厅" in visible_text(page)
    assert token(portal, COMMUNITY) not in page
    assert visitor.get(f"/v/{fresh}").location == portal.form(COMMUNITY), (
        "a merged village's own poster leads on"
    )


def test_a_poster_of_a_village_that_ended_says_so(portal: Portal, visitor: PageClient) -> None:
    with portal.database.writing() as session:
        session.scalars(select(Village).where(Village.code == VILLAGE)).one().last_day = TODAY
    change(portal, token(portal), retired_on=TODAY + timedelta(days=1))
    portal.clock.turn(days=1)
    shown = visible_text(visitor.page(portal.form(VILLAGE), 410))
    assert "张家村现在没有在用的海报" in shown
    assert "12345" in shown


# --- the hub --------------------------------------------------------------------------------------------------------


def test_the_hub_leads_to_every_room_where_residents_are_heard_and_each_leads_back(clerk: PageClient) -> None:
    hub = clerk.page("/admin/voices")
    for address in ("/admin/posters", "/admin/papers", "/admin/form", "/admin/improvements"):
        assert f'href="{address}"' in hub
        assert 'class="back" href="/admin/voices"' in clerk.page(address)


def test_the_hub_and_the_overview_say_how_many_posters_nobody_scans(
    portal: Portal, clerk: PageClient
) -> None:
    assert "14 天没有人扫" not in visible_text(clerk.page("/admin/voices"))
    assert "14 天没有人扫" not in visible_text(clerk.page("/admin"))
    for of in (VILLAGE, COMMUNITY):
        change(portal, token(portal, of), issued_on=TODAY - timedelta(days=20))
    assert "2 个村社的海报 14 天没有人扫" in visible_text(clerk.page("/admin/voices"))
    assert "2 个村社的海报 14 天没有人扫" in visible_text(clerk.page("/admin"))
    assert 'href="/admin/posters"' in clerk.page("/admin/voices")
