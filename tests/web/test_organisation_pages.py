"""The pages of the organisation: what a clerk sees, types wrongly, confirms, and does at the same time as another one."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.book import Role
from portal.store.organisation import FormerName, Team, TeamLink, Village
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import ALONE, COMMUNITY, STREET, TASHI, VILLAGE, user
from tests.web.pages import visible_text

CLERK = user(Role.CLERK, STREET)


def key(portal: Portal, code: str) -> int:
    with portal.database.reading() as session:
        return int(session.scalars(select(Village.id).where(Village.code == code)).one())


def team(portal: Portal, name: str) -> int:
    with portal.database.reading() as session:
        found = select(Team.id).where(Team.name == name, Team.township_id == portal.filled.street)
        return int(session.scalars(found).one())


def submit(client: PageClient, path: str, **typed: Any) -> TestResponse:
    """Open the page and send its form, filled in."""
    page = client.page(path)
    data = {"csrf_token": hidden(page, "csrf_token"), **typed}
    if 'name="seen"' in page:
        data.setdefault("seen", hidden(page, "seen").replace("&#34;", '"'))
    return client.post(path, data=data)


@pytest.fixture
def clerk(portal: Portal) -> PageClient:
    return portal.staff(CLERK)


def test_the_hub_counts_and_says_what_is_odd(clerk: PageClient) -> None:
    shown = visible_text(clerk.page("/admin/organisation"))
    for words in (
        "独自村今天没有组团联系",
        "新设组团今天没有联系村社",
        "新设组团今天没有团长",
        "现在有 2 个模块",
    ):
        assert words in shown


def test_a_village_is_added_and_shown(clerk: PageClient) -> None:
    typed = {
        "code": "330825001299",
        "name": "新来村",
        "kind": "village",
        "households": "88",
        "day": "2026-11-01",
    }
    response = submit(clerk, "/admin/villages/new", **typed)
    assert response.status_code == 303
    shown = visible_text(clerk.page(response.location))
    assert "新来村" in shown
    assert "已添加" in shown


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"code": "12"}, "12 位数字"),
        ({"households": "很多"}, "户数要是整数"),
        ({"households": "0"}, "1 以上"),
        ({"day": "昨天"}, "要写成 2026-03-01 这样的日期"),
        ({"day": "0001-01-01"}, "要写成 2026-03-01 这样的日期"),
        ({"day": "2099-01-01"}, "太远了"),
        ({"kind": "city"}, "请从列出的里面选一项"),
        ({"name": "x" * 51}, "最多 50 个字"),
        ({"name": "  "}, "名称"),
        ({"code": COMMUNITY}, "已经有村社"),
    ],
)
def test_what_is_typed_wrongly_is_said_and_stays(
    clerk: PageClient, typed: dict[str, str], words: str
) -> None:
    right = {
        "code": "330825001299",
        "name": "新来村",
        "kind": "village",
        "households": "88",
        "day": "2026-11-01",
    }
    response = submit(clerk, "/admin/villages/new", **{**right, **typed, "reason": "写在这里的理由"})
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "<title>有错误：" in page
    assert words in page
    assert "写在这里的理由" in page


def test_another_townships_rows_are_not_there(portal: Portal) -> None:
    stranger = portal.staff(user(Role.CLERK, TASHI))
    for path in ("", "/history", "/rename", "/households", "/link", "/retire"):
        stranger.page(f"/admin/villages/{key(portal, VILLAGE)}{path}", 404)
    stranger.page(f"/admin/teams/{team(portal, '城区组团')}", 404)


def test_a_link_of_another_townships_team_is_no_choice(portal: Portal, clerk: PageClient) -> None:
    with portal.database.reading() as session:
        other = session.scalars(select(Team.id).where(Team.township_id == portal.filled.tashi)).first()
    path = f"/admin/villages/{key(portal, ALONE)}/link"
    assert submit(clerk, path, team=str(other), day="2026-11-01").status_code == 422


def test_whoever_saves_second_sees_what_the_first_one_changed(portal: Portal, clerk: PageClient) -> None:
    path = f"/admin/villages/{key(portal, VILLAGE)}/households"
    first = portal.staff(user(Role.TOWNSHIP_ADMIN, STREET))
    page = clerk.page(path)
    seen = hidden(page, "seen").replace("&#34;", '"')
    assert submit(first, path, households="310", day="2026-11-01").status_code == 303
    typed = {"csrf_token": hidden(page, "csrf_token"), "seen": seen, "households": "320", "day": "2026-11-02"}
    response = clerk.post(path, data=typed)
    assert response.status_code == 409
    assert "310" in response.get_data(as_text=True)
    again = hidden(response.get_data(as_text=True), "seen").replace("&#34;", '"')
    assert clerk.post(path, data={**typed, "seen": again}).status_code == 303


def test_sending_a_form_twice_renames_once(portal: Portal, clerk: PageClient) -> None:
    path = f"/admin/teams/{team(portal, '城区组团')}/rename"
    page = clerk.page(path)
    data = {
        "csrf_token": hidden(page, "csrf_token"),
        "seen": hidden(page, "seen").replace("&#34;", '"'),
        "name": "老城组团",
        "day": "2026-11-01",
    }
    assert [clerk.post(path, data=data).status_code for _ in range(2)] == [303, 409]
    with portal.database.reading() as session:
        assert len(list(session.scalars(select(FormerName)))) == 1


def test_a_merger_is_done_only_as_it_was_read(portal: Portal, clerk: PageClient) -> None:
    stays, goes = key(portal, VILLAGE), key(portal, ALONE)
    typed = {"villages": [str(stays), str(goes)], "into": str(stays), "kind": "village", "team": "keep"}
    typed |= {"day": "2026-11-21", "reason": "区划调整"}
    response = submit(clerk, "/admin/villages/merge", **typed)
    page = response.get_data(as_text=True)
    assert response.status_code == 200
    for words in ("独自村到2026年11月20日为止", "按 400 户", "城区组团", portal.filled.posters[ALONE]):
        assert words in visible_text(page)
    sure = {**typed, "sure": hidden(page, "sure"), "csrf_token": hidden(page, "csrf_token")}
    assert clerk.post("/admin/villages/merge", data={**sure, "sure": "old"}).status_code == 409
    assert clerk.post("/admin/villages/merge", data=sure).status_code == 303
    assert "并入张家村" in visible_text(clerk.page(f"/admin/villages/{goes}"))


def merge(portal: Portal, clerk: PageClient, day: str) -> None:
    stays, goes = key(portal, VILLAGE), key(portal, ALONE)
    typed = {"villages": [str(stays), str(goes)], "into": str(stays), "kind": "village", "team": "keep"}
    page = submit(clerk, "/admin/villages/merge", **typed, day=day).get_data(as_text=True)
    sure = {**typed, "day": day, "sure": hidden(page, "sure"), "csrf_token": hidden(page, "csrf_token")}
    assert clerk.post("/admin/villages/merge", data=sure).status_code == 303


def test_the_old_poster_of_a_merged_village_leads_to_the_one_it_became(
    portal: Portal, clerk: PageClient, visitor: PageClient
) -> None:
    merge(portal, clerk, "2026-11-24")
    old, new = (portal.form(code) for code in (ALONE, VILLAGE))
    assert visitor.get(old).status_code == 200, "not before the day"
    portal.clock.turn(days=2)
    response = visitor.get(old)
    assert (response.status_code, response.location) == (302, new)
    sent = visitor.post(old, data={"q_overall": "4", "key": "a-key-that-is-long-enough"})
    assert (sent.status_code, sent.location) == (303, f"{new}/thanks")


def test_a_village_that_was_merged_on_is_followed_to_the_last_one(
    portal: Portal, clerk: PageClient, visitor: PageClient
) -> None:
    merge(portal, clerk, "2026-11-20")
    with portal.database.writing() as session:
        middle = session.get_one(Village, key(portal, VILLAGE))
        middle.last_day, middle.merged_into_id = portal.clock().date(), key(portal, COMMUNITY)
    portal.clock.turn(days=1)
    assert visitor.get(portal.form(ALONE)).location == portal.form(COMMUNITY)


def test_the_poster_of_a_village_that_ended_alone_says_that_it_is_old(
    portal: Portal, clerk: PageClient, visitor: PageClient
) -> None:
    path = f"/admin/villages/{key(portal, ALONE)}/retire"
    assert submit(clerk, path, day="2026-11-01").status_code == 303
    assert visitor.get(portal.form(ALONE)).status_code == 410


def test_a_team_links_a_village_and_its_page_tells_the_days(portal: Portal, clerk: PageClient) -> None:
    own = team(portal, "新设组团")
    path = f"/admin/teams/{own}/link"
    assert submit(clerk, path, village=str(key(portal, VILLAGE)), day="2026-11-10").status_code == 303
    assert "张家村" in visible_text(clerk.page(f"/admin/teams/{own}"))
    with portal.database.reading() as session:
        old = session.scalars(
            select(TeamLink).where(TeamLink.village_id == key(portal, VILLAGE), TeamLink.team_id != own)
        ).one()
    assert old.last_day.isoformat() == "2026-11-09"
    assert "结束联系" in visible_text(clerk.page(f"/admin/villages/{key(portal, VILLAGE)}/history"))


def test_modules_posts_and_task_forces_are_added_and_listed(clerk: PageClient) -> None:
    day = {"day": "2026-11-01"}
    assert submit(clerk, "/admin/modules/new", name="平安模块", **day).status_code == 303
    assert submit(clerk, "/admin/posts/new", name="网格岗", coefficient="1.2", **day).status_code == 303
    assert submit(clerk, "/admin/posts/new", name="网格二岗", coefficient="1.5", **day).status_code == 422
    span = {"first_day": "2026-11-01", "last_day": "2026-12-31"}
    assert submit(clerk, "/admin/task-forces/new", name="治水专班", leader="S09", **span).status_code == 303
    for path, words in (("modules", "平安模块"), ("posts", "1.20"), ("task-forces", "治水专班")):
        assert words in visible_text(clerk.page(f"/admin/{path}"))


def test_the_leader_changes_and_both_stand_on_the_teams_page(portal: Portal, clerk: PageClient) -> None:
    own = team(portal, "城区组团")
    path = f"/admin/teams/{own}/leader"
    assert submit(clerk, path, leader="S09", day="2026-11-01").status_code == 303
    shown = visible_text(clerk.page(f"/admin/teams/{own}"))
    assert "李一（S09）" in shown
    assert "历任团长" in shown


def test_a_score_shows_the_days_of_each_number_of_households(portal: Portal) -> None:
    client = portal.staff(user(Role.CLERK, TASHI))
    path = f"/admin/villages/{key(portal, portal.filled.village)}/households"
    assert submit(client, path, households="999", day="2026-08-01").status_code == 303
    shown = visible_text(client.page(f"/admin/results/{portal.filled.cadre}?as_of=2026-09-30"))
    assert "户 × 31 天 + 999 户 × 61 天" in shown
    assert "户数中途变过" in shown


def test_a_result_of_before_a_renaming_shows_the_old_name(portal: Portal) -> None:
    client = portal.staff(user(Role.CLERK, TASHI))
    village = key(portal, portal.filled.village)
    typed = {"name": "改名后的村", "code": portal.filled.village, "day": "2026-10-01"}
    assert submit(client, f"/admin/villages/{village}/rename", **typed).status_code == 303
    before, after = (
        visible_text(client.page(f"/admin/results/{portal.filled.cadre}{asked}"))
        for asked in ("?as_of=2026-09-30", "")
    )
    assert "改名后的村" not in before
    assert "改名后的村" in after


def test_a_teams_members_lead_to_their_own_pages(portal: Portal) -> None:
    page = portal.staff(user(Role.CLERK, TASHI)).page("/admin/teams/1")
    assert re.search(r'href="/admin/cadres/\d+" aria-label="\S+ \d+"', page)
