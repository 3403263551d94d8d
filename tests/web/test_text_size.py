"""长辈版: three sizes of letters by links and a cookie; the way back is a page of this portal."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.web.client import PageClient
from tests.web.conftest import MakePortal, Portal
from tests.web.filling import VILLAGE
from tests.web.pages import text_of, tree_of


def sizes(page: str) -> dict[str, tuple[str, str]]:
    """The links of the top: word → address, and whether it is the current one."""
    found = next(part for part in tree_of(page).iter("nav") if part.get("aria-label") == "字号")
    return {text_of(a): (a.get("href", ""), a.get("aria-current", "")) for a in found.iter("a")}


def letters(page: str) -> str:
    return tree_of(page).get("class", "")


def test_a_size_holds_on_every_page_of_a_resident_and_leads_back_to_where_it_was_chosen(
    portal: Portal, visitor: PageClient
) -> None:
    path = portal.form(VILLAGE)
    page = visitor.page(path)
    assert letters(page) == ""
    assert [(word, current) for word, (_, current) in sizes(page).items()] == [
        ("标准", "true"),
        ("大", ""),
        ("特大", ""),
    ]
    answer = visitor.get(sizes(page)["特大"][0])
    assert (answer.status_code, answer.location) == (303, path)
    for other in (path, f"{path}/thanks", "/", "/?code=ZZZZZZ"):
        page = visitor.page(other)
        assert letters(page) == "s30", other
        assert sizes(page)["特大"][1] == "true"
    for refused in ("/v/ZZZZZZ", "/no-such-page"):
        assert letters(visitor.page(refused, 404)) == "s30", refused
    visitor.get(sizes(visitor.page(path))["标准"][0])
    assert letters(visitor.page(path)) == ""


def test_the_way_back_keeps_what_was_asked_for(portal: Portal, visitor: PageClient) -> None:
    path = f"{portal.form(VILLAGE)}/thanks?case=ABCDE23456&x=%26"
    assert visitor.get(sizes(visitor.page(path))["大"][0]).location == path
    address = "/?code=" + quote("码&码")
    assert visitor.get(sizes(visitor.page(address))["大"][0]).location == address


def test_the_cookie_is_kept_for_a_year_and_read_by_no_script(make_portal: MakePortal) -> None:
    portal = make_portal(base_url="https://localhost", secure_cookies=True)
    (given,) = portal.visitor().get("/size/24", base_url="https://localhost").headers.getlist("Set-Cookie")
    assert given.startswith("size=24; ")
    assert {"Max-Age=31536000", "HttpOnly", "SameSite=Lax", "Path=/", "Secure"} <= set(given.split("; "))


@pytest.mark.parametrize(
    "elsewhere",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "evil",
        "/%09/evil.example\t",
        "/a\r\nSet-Cookie: x=1",
        "",
    ],
)
def test_a_size_leads_to_no_other_site(visitor: PageClient, elsewhere: str) -> None:
    answer = visitor.get("/size/24", query_string={"to": elsewhere})
    assert (answer.status_code, answer.location) == (303, "/")


@pytest.mark.parametrize("px", ["0", "19", "25", "1000", "x", "-24", "24.0"])
def test_there_are_three_sizes_and_no_other(visitor: PageClient, px: str) -> None:
    visitor.page(f"/size/{px}", 404)


@pytest.mark.parametrize("forged", ["", "25", "030", "3e1", "٣٠", '30" onload="x'])
def test_a_cookie_that_names_no_size_is_the_standard_one(visitor: PageClient, forged: str) -> None:
    page = visitor.page("/", headers={"Cookie": "size=" + quote(forged)})
    assert letters(page) == ""
    assert sizes(page)["标准"][1] == "true"


def test_a_very_long_address_is_not_repeated_in_the_links(visitor: PageClient) -> None:
    page = visitor.page("/v/" + "A" * 400, 404)
    assert re.findall(r'href="(/size/\d+[^"]*)"', page) == ["/size/20", "/size/24", "/size/30"]
