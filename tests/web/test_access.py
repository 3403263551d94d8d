"""Who may open what: every address, every role, the own township and the other one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from io import BytesIO
from zipfile import ZipFile

import pytest
from flask import Flask
from pypdfium2 import PdfDocument
from werkzeug.test import TestResponse

from portal.core.book import Role
from portal.web.unit import READING
from tests.conftest import tashi_book
from tests.web.access import NOBODY, ROOMS, VISITORS, Statuses
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import COMMUNITY, NOWHERE, STREET, TASHI, user

ACCESS: Mapping[tuple[str, str], Statuses] = {
    key: value for room in ROOMS for key, value in room.ACCESS.items()
}
ADDRESSES = {rule: find for room in ROOMS for rule, find in room.ADDRESSES.items()}
ABOVE = (Role.COUNTY_REVIEWER, Role.CITY_REVIEWER, Role.SYSTEM_ADMIN, Role.AUDITOR)
VALUES = {"filename": "staff.css", "kind": "csv", "number": "S09"}
ANSWERS = {"q_overall": "4", "key": "a-key-that-is-long-enough"}


def rules(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            yield rule.rule, method


def address(portal: Portal, rule: str) -> str:
    """An address of the rule that exists in the street township."""
    if rule in ADDRESSES:
        return ADDRESSES[rule](portal)
    path = rule.replace("<path:", "<")
    for name, value in {**VALUES, "token": portal.filled.posters[COMMUNITY]}.items():
        path = path.replace(f"<{name}>", value)
    return path


def come_as(portal: Portal, visitor: str, place: str = STREET) -> PageClient:
    return portal.visitor() if visitor == NOBODY else portal.staff(user(Role(visitor), place))


def ask(portal: Portal, client: PageClient, rule: str, method: str, query: str = "") -> int:
    """Open the rule's address as a page of the portal would."""
    path = address(portal, rule) + query
    if method == "GET":
        return client.get(path).status_code
    data = dict(ANSWERS) if rule.startswith("/v/") else {}
    if client.staff_token():
        data["csrf_token"] = hidden(client.page("/account"), "csrf_token")
    return client.post(path, data=data).status_code


def words_of(response: TestResponse) -> str:
    """Everything that an answer says; of a workbook what all its parts say, of a PDF what its pages do."""
    if response.data.startswith(b"%PDF"):
        return "".join(page.get_textpage().get_text_range() for page in PdfDocument(response.data))
    if not response.data.startswith(b"PK"):
        return response.get_data(as_text=True)
    with ZipFile(BytesIO(response.data)) as parts:
        return "".join(parts.read(name).decode() for name in parts.namelist())


def without_key(response: TestResponse) -> str:
    """The page without its one-time key, which is another one on every page."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", response.get_data(as_text=True))


def test_the_table_names_every_address_and_no_other(portal: Portal) -> None:
    assert set(rules(portal.app)) == set(ACCESS)


@pytest.mark.parametrize("visitor", VISITORS)
def test_each_visitor_gets_what_the_table_says(portal: Portal, visitor: str) -> None:
    for (rule, method), expected in ACCESS.items():
        client = come_as(portal, visitor)
        if rule == "/logout" and visitor != NOBODY:
            continue  # it would end the session that the other addresses need; test_login has it
        assert ask(portal, client, rule, method) == expected[visitor], f"{method} {rule}"


@pytest.mark.parametrize("visitor", [NOBODY, Role.CADRE, Role.TOWNSHIP_ADMIN])
def test_head_answers_like_get_and_options_answers(portal: Portal, visitor: str) -> None:
    for (rule, method), expected in ACCESS.items():
        if method not in READING:
            continue
        client = come_as(portal, visitor)
        head = client.head(address(portal, rule))
        assert (head.status_code, head.get_data()) == (expected[visitor], b""), rule
        assert client.options(address(portal, rule)).status_code in {200, expected[visitor]}, rule


@pytest.mark.parametrize("visitor", VISITORS)
def test_nobody_of_another_township_sees_a_cadre_of_this_one(portal: Portal, visitor: str) -> None:
    strangers = {cadre.number for cadre in tashi_book().cadres} | {c.name for c in tashi_book().cadres}
    client = come_as(portal, visitor)
    for (rule, method), expected in ACCESS.items():
        if method != "GET" or "<" in rule.replace("<number>", "").replace("<kind>", ""):
            continue
        path = address(portal, rule).replace(VALUES["number"], portal.filled.cadre)
        response = client.get(path)
        wanted = 404 if "<number>" in rule and expected[visitor] == 200 else expected[visitor]
        assert response.status_code == wanted, path
        shown = "" if response.location else words_of(response)
        assert not [word for word in strangers if word in shown], path


@pytest.mark.parametrize("role", [Role.CADRE, Role.TOWNSHIP_ADMIN])
def test_no_parameter_leads_to_another_township(portal: Portal, role: Role) -> None:
    own, other = portal.filled.street, portal.filled.tashi
    query = f"?township={other}&township_id={other}&township=330825111&code=330825111&cadre={portal.filled.cadre}&number={portal.filled.cadre}"
    client = portal.staff(user(role, STREET))
    client.set_cookie("township", str(other))
    for rule in ("/me", "/admin/results", "/admin/results.csv", "/admin/results/S09"):
        plain, asked = client.get(rule), client.get(rule + query)
        assert plain.status_code == asked.status_code
        assert without_key(plain) == without_key(asked), rule
    assert own != other


@pytest.mark.parametrize("role", ABOVE)
def test_who_belongs_to_no_township_sees_no_scores(portal: Portal, role: Role) -> None:
    client = portal.staff(user(role, NOWHERE))
    for path in ("/me", "/admin", "/admin/results", "/admin/results.csv", "/admin/results/S09"):
        assert client.get(path).status_code == 403, path
    homes = {Role.SYSTEM_ADMIN: "/system", Role.COUNTY_REVIEWER: "/review/reports"}
    assert client.get("/home").location == homes.get(role, "/account")


def test_whoever_may_not_export_is_offered_no_export(portal: Portal) -> None:
    assert "导出" in portal.staff(user(Role.CLERK, STREET)).page("/admin/results")
    assert "导出" not in portal.staff(user(Role.AUDITOR, STREET)).page("/admin/results")


def test_the_office_sees_each_cadre_of_its_own_township(portal: Portal) -> None:
    client = portal.staff(user(Role.TOWNSHIP_ADMIN, TASHI))
    assert portal.filled.cadre in client.page(f"/admin/results/{portal.filled.cadre}")
    client.page("/admin/results/S09", 404)


def test_a_page_that_wants_a_log_in_comes_back_after_it(portal: Portal) -> None:
    response = portal.visitor().get("/admin/results?sort=post")
    assert response.status_code == 302
    assert response.location == "/login?next=/admin/results?sort%3Dpost"


@pytest.mark.parametrize(("username", "words"), [("numberless", "没有对应的工号"), ("exempt", "没有您")])
def test_a_cadre_without_a_score_is_told_why(portal: Portal, username: str, words: str) -> None:
    assert words in portal.staff(username).page("/me")


def test_everybody_finds_home(portal: Portal) -> None:
    homes = {
        user(Role.CADRE, STREET): "/me",
        user(Role.TOWNSHIP_ADMIN, STREET): "/admin",
        user(Role.AUDITOR, STREET): "/admin",
        user(Role.SYSTEM_ADMIN, STREET): "/system",
        user(Role.COUNTY_REVIEWER, NOWHERE): "/review/reports",
        "numberless": "/account",
    }
    for username, home in homes.items():
        assert portal.staff(username).get("/home").location == home
