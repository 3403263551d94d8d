"""No address opens, and no form moves, what belongs to another township; an absurd id is not there either."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select
from werkzeug.routing import Rule

from portal.actions.second_factor import Vault
from portal.core.book import Role
from portal.store.appraisal import Period, TaskForce
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Cadre, Module, Post, Poster, Team, TeamMembership, Village
from portal.store.papers import EntryCheck, EntryKind
from portal.store.people import Account
from tests.web.access.imports import put_down
from tests.web.access.improvements import put_up
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import SECRET_KEY, STREET, TASHI, user

ADMIN, ABOVE = user(Role.TOWNSHIP_ADMIN, STREET), user(Role.SYSTEM_ADMIN, "nowhere")
TABLES = {
    "account": Account,
    "cadre_id": Cadre,
    "row_id": TeamMembership,
    "module_id": Module,
    "period_id": Period,
    "post_id": Post,
    "force_id": TaskForce,
    "team_id": Team,
    "village_id": Village,
}
FIXED = {"what": "membership", "kind": "marked"}
ABSURD = (0, 2**31, 2**63, 10**30)
UNTYPED = (
    "/admin/import/paste/",
    "/admin/results",
    "/admin/setup/",
    "/static/",
    "/v/",
    "/admin/ledger.",
    "/admin/cases/",
)


def draw(portal: Portal, township_id: int, village_id: int) -> int:
    """An entry of the township's that waits for a second person."""
    with portal.database.writing() as session:
        typed_by = select(Account.id).where(Account.username == user(Role.CLERK, TASHI))
        waiting = EntryCheck(
            id=4711,
            township_id=township_id,
            village_id=village_id,
            kind=EntryKind.PHONE,
            sealed=Vault(SECRET_KEY).sealed(b"13800000000"),
            digest="d",
            entered_by_id=session.scalars(typed_by).one(),
            entered_on=portal.clock().date(),
        )
        session.add(waiting)
        return waiting.id


def strange_ids(portal: Portal) -> dict[str, int | str]:
    """For every parameter of an address a row of the other township."""
    own = portal.filled.tashi
    file = put_down(portal.database, b"", TASHI)
    with portal.database.reading() as session:
        found = {
            name: session.scalars(select(table.id).where(table.township_id == own).limit(1)).one()
            for name, table in TABLES.items()
        }
        act = session.scalars(select(LedgerEntry.act).where(LedgerEntry.township_id == own).limit(1)).one()
        code = session.scalars(select(Poster.token).where(Poster.township_id == own).limit(1)).one()
    entry = put_up(portal.database, own, portal.filled.village)
    check = draw(portal, own, found["village_id"])
    return {
        **found,
        "token": code,
        "check_id": check,
        "file_id": file,
        "act": act,
        "proposal_id": 1,
        "improvement_id": entry,
    }


def address(rule: Rule, ids: Mapping[str, int | str]) -> str:
    values = {**FIXED, **{name: str(value) for name, value in ids.items()}}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule.rule)


def asked(client: PageClient, path: str, rule: Rule, key: str) -> list[int]:
    methods = sorted((rule.methods or set()) & {"GET", "POST"})
    return [client.open(path, method=one, data={"csrf_token": key}).status_code for one in methods]


def rules(portal: Portal, start: str) -> list[Rule]:
    found = [
        rule for rule in portal.app.url_map.iter_rules() if rule.arguments and rule.rule.startswith(start)
    ]
    return [rule for rule in found if not rule.rule.startswith(UNTYPED)]


def test_every_address_of_another_townships_row_is_not_there(portal: Portal) -> None:
    client, ids = portal.staff(ADMIN), strange_ids(portal)
    key = hidden(client.page("/account"), "csrf_token")
    found = rules(portal, "/admin/")
    assert len(found) > 40
    with client.unchecked():
        for rule in found:
            path = address(rule, ids)
            assert set(asked(client, path, rule, key)) == {404}, path


@pytest.mark.parametrize("number", ABSURD)
def test_an_absurd_number_is_not_there(portal: Portal, number: int) -> None:
    for username, start in ((ADMIN, "/admin/"), (ABOVE, "/system/")):
        client = portal.staff(username)
        key = hidden(client.page("/account"), "csrf_token")
        with client.unchecked():
            names = dict.fromkeys(
                [
                    *TABLES,
                    *("file_id", "act", "proposal_id", "improvement_id", "check_id", "token", "township"),
                ],
                number,
            )
            found = {
                path: asked(client, path, rule, key)
                for rule in rules(portal, start)
                if (path := address(rule, names))
            }
            assert {path: answers for path, answers in found.items() if set(answers) != {404}} == {}


def test_an_absurd_row_of_an_own_cadre_is_not_there(portal: Portal) -> None:
    with portal.database.reading() as session:
        own = select(Cadre.id).where(Cadre.township_id == portal.filled.street).limit(1)
        cadre = session.scalars(own).one()
    client = portal.staff(ADMIN)
    for what in ("membership", "extra", "move", "absence", "service"):
        for number in ABSURD:
            path = f"/admin/cadres/{cadre}/rows/{what}/{number}"
            assert client.get(path).status_code == 404, path


def test_who_left_the_team_yesterday_still_stands_back_from_it(portal: Portal) -> None:
    clerk, yesterday = user(Role.CLERK, STREET), portal.clock().date() - timedelta(days=1)
    with portal.database.writing() as session:
        own = portal.filled.street
        cadre = session.scalars(select(Cadre).where(Cadre.township_id == own, Cadre.number == "S09")).one()
        team = session.scalars(select(Team).where(Team.township_id == own, Team.name == "城区组团")).one()
        member = select(TeamMembership).where(TeamMembership.cadre_id == cadre.id)
        session.scalars(member).one().last_day = yesterday
        session.scalars(select(Account).where(Account.username == clerk)).one().cadre_id = cadre.id
        number = team.id
    client = portal.staff(clerk)
    key = hidden(client.page("/account"), "csrf_token")
    typed = {"csrf_token": key, "day": yesterday.isoformat(), "reason": "调整"}
    assert client.post(f"/admin/teams/{number}/retire", data=typed).status_code == 403
