"""The pages on cadres over time: who is listed on a day, what is saved, what is refused in words."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest
from werkzeug.test import TestResponse

from portal.core.book import Role
from portal.core.lives import Life
from portal.pinyin import by_pinyin
from portal.store import people_over_time
from portal.store.organisation import Cadre, Service, TeamMembership
from portal.store.people import Account
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import FIRST, LAST, STREET, TASHI, user
from tests.web.pages import text_of, tree_of, visible_text
from tests.web.reading import rows

LIST = "干部名单"
CLERK = user(Role.CLERK, STREET)


@pytest.fixture
def clerk(portal: Portal) -> PageClient:
    return portal.staff(CLERK)


def life(portal: Portal, number: str) -> Life:
    with portal.database.reading() as session:
        return next(
            one for one in people_over_time.lives(session, portal.filled.street) if one.number == number
        )


def at(portal: Portal, number: str, rest: str = "") -> str:
    return f"/admin/cadres/{life(portal, number).id}{rest}"


def fields(page: str) -> dict[str, str]:
    """A form as a browser would send it back untouched."""
    form = next(one for one in tree_of(page).iter("form") if one.get("action") != "/logout")
    sent: dict[str, str] = {}
    for item in form.iter():
        name = item.get("name", "")
        if item.tag == "input" and (item.get("type") != "checkbox" or item.get("checked") is not None):
            sent[name] = item.get("value", "")
        elif item.tag == "textarea":
            sent[name] = text_of(item)
        elif item.tag == "select":
            options = list(item.iter("option"))
            marked = [one for one in options if one.get("selected") is not None]
            sent[name] = (marked or options)[0].get("value", "")
    return sent


def send(client: PageClient, path: str, **typed: str) -> TestResponse:
    """Open a form, type into it and send it."""
    return client.post(path, data={**fields(client.page(path)), **typed})


def names(page: str) -> list[str]:
    return [row["工号"] for row in rows(page, LIST)] if LIST in page else []


# -- the list --------------------------------------------------------------------------------------------------------


def test_everybody_who_serves_is_listed_with_what_is_missing(clerk: PageClient) -> None:
    page = clerk.page("/admin/cadres")
    told = {row["工号"]: row for row in rows(page, LIST)}
    assert len(told) == 10
    assert (told["S01"]["岗位"], told["S01"]["组团"]) == ("综合岗", "城区组团（团长）")
    assert told["S02"]["岗位"] == "没有岗位"
    assert told["S07"]["模块"] == "没有模块"
    assert told["S03"]["组团"] == "没有组团"
    assert "没有模块的 1 人" in visible_text(page)


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("lacks=module", ["S07"]),
        ("lacks=post", ["S02", "S04", "S06", "S08"]),
        ("team=城区组团", ["S01", "S02", "S09"]),
        ("module=经济模块&group=一般干部&lacks=post", ["S06", "S08"]),
        ("q=s10", ["S10"]),
        ("q=ly", ["S09"]),
        ("q=李一", ["S09"]),
        ("state=left", []),
        ("day=2025-06-01", []),
        ("day=2025-06-01&state=to_come&q=S01", ["S01"]),
        ("day=2027-06-01&state=left&q=S01", ["S01"]),
    ],
)
def test_the_list_is_filtered(clerk: PageClient, query: str, numbers: list[str]) -> None:
    assert sorted(names(clerk.page(f"/admin/cadres?{query}"))) == numbers


def test_people_stand_in_the_order_of_pinyin(portal: Portal) -> None:
    page = portal.staff(user(Role.CLERK, TASHI)).page("/admin/cadres")
    told = [row["姓名"] for row in rows(page, LIST)]
    assert told == sorted(told, key=by_pinyin)
    assert len(told) > 50


def test_who_is_not_scored_lacks_nothing(portal: Portal) -> None:
    with portal.database.writing() as session:
        for service in people_over_time.rows(session, Service, portal.filled.street, life(portal, "S07").id):
            service.exempt = True
    assert names(portal.staff(CLERK).page("/admin/cadres?lacks=module")) == []


def test_a_large_township_takes_as_many_statements_as_a_small_one(portal: Portal) -> None:
    taken = []
    for place in (STREET, TASHI):
        client = portal.staff(user(Role.CLERK, place))
        client.page("/admin/cadres")
        taken.append(len(client.watch.statements))
    assert taken[0] == taken[1] <= 15


# -- acts ------------------------------------------------------------------------------------------------------------


def test_somebody_joins_and_is_found_again_by_number(portal: Portal, clerk: PageClient) -> None:
    person = {"number": "S11", "name": "新来的", "group": "一般干部", "first_day": "2026-09-01"}
    response = send(clerk, "/admin/cadres/new", **person, post="综合岗", module="党建模块", team="新设组团")
    assert response.status_code == 303
    page = clerk.page(response.location)
    assert "加好了" in visible_text(page)
    assert {row["哪一样"]: row["内容"] for row in rows(page, "新来的的经历")} == {
        "任职": "一般干部",
        "岗位": "综合岗",
        "模块": "党建模块",
        "组团": "新设组团",
    }
    send(clerk, at(portal, "S11", "/do/leave"), day="2026-09-30", reason="调走")
    again = send(clerk, "/admin/cadres/new", **{**person, "first_day": "2026-11-01"})
    assert "接着算同一个人" in visible_text(clerk.page(again.location))
    assert len(life(portal, "S11").services) == 2


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(clerk: PageClient) -> None:
    typed = {"number": "S02", "name": "另一个人", "group": "编外", "first_day": "2026-02-30"}
    response = send(clerk, "/admin/cadres/new", **typed)
    assert response.status_code == 422
    page = response.get_data(as_text=True)
    assert "<title>有错误：添加干部" in page
    assert "从哪天起要写成 2026-03-01 这样的日期" in visible_text(page)
    assert fields(page)["first_day"] == "2026-02-30"
    assert fields(page)["name"] == "另一个人"
    assert fields(page)["group"] == "编外"
    response = send(clerk, "/admin/cadres/new", **{**typed, "first_day": "2026-02-03"})
    assert response.status_code == 422
    assert re.search(r'id="name-error-1">工号 S02 是', response.get_data(as_text=True))


def test_nothing_is_chosen_for_anybody(clerk: PageClient) -> None:
    response = send(clerk, "/admin/cadres/new", number="S12", name="新来的")
    assert response.status_code == 422
    assert "请选组别。" in visible_text(response.get_data(as_text=True))


def test_a_double_tap_changes_nothing_twice(portal: Portal, clerk: PageClient) -> None:
    path = at(portal, "S03", "/do/absence")
    typed = {"kind": "病假", "first_day": "2026-05-01", "last_day": "2026-05-09", "reason": "手术"}
    filled = {**fields(clerk.page(path)), **typed}
    assert [clerk.post(path, data=filled).status_code for _ in range(2)] == [303, 422]
    assert len(life(portal, "S03").absences) == 1


def test_a_move_is_shown_from_its_day_on(portal: Portal, clerk: PageClient) -> None:
    assert (
        send(
            clerk, at(portal, "S03", "/do/move"), day="2026-06-01", module="经济模块", reason="调"
        ).status_code
        == 303
    )
    for day, module in (("2026-05-31", "党建模块"), ("2026-06-01", "经济模块")):
        (row,) = rows(clerk.page(f"/admin/cadres?q=S03&day={day}"), LIST)
        assert row["模块"] == module
    assert rows(clerk.page(at(portal, "S03")), f"{life(portal, 'S03').name}的调动")


def test_another_team_is_entered_and_the_old_one_ends(portal: Portal, clerk: PageClient) -> None:
    path = at(portal, "S02", "/do/team")
    assert "城区组团" in fields(clerk.page(path))["instead_of"]
    response = send(clerk, path, team="新设组团", first_day="2026-07-01", factor="0.95", reason="调整")
    assert response.status_code == 303
    assert [(one.team, str(one.span.last), one.factor) for one in life(portal, "S02").memberships] == [
        ("城区组团", "2026-06-30", Decimal(1)),
        ("新设组团", "2026-12-31", Decimal("0.95")),
    ]


def test_leaving_says_what_ends_with_it(portal: Portal, clerk: PageClient) -> None:
    path = at(portal, "S01", "/do/leave")
    shown = visible_text(clerk.page(path))
    assert "组团“城区组团”、“城区组团”的团长" in shown
    assert "账号" in shown
    assert send(clerk, path, day="2026-11-22", reason="退休").status_code == 303
    assert "回来任职" not in visible_text(clerk.page(at(portal, "S01")))  # still the last day today
    assert names(portal.staff(CLERK).page("/admin/cadres?state=left&day=2026-11-23")) == ["S01"]


@pytest.mark.parametrize("what", ["move", "status", "leave", "extra-post", "team", "absence", "name"])
def test_every_act_wants_a_reason(portal: Portal, clerk: PageClient, what: str) -> None:
    response = send(clerk, at(portal, "S02", f"/do/{what}"))
    assert response.status_code == 422
    assert "请写理由" in visible_text(response.get_data(as_text=True))


def test_group_and_secondment_change_from_a_day_on(portal: Portal, clerk: PageClient) -> None:
    typed = {"day": "2026-07-01", "group": "中层干部", "secondment": "借调来", "role_clerk": "y"}
    assert send(clerk, at(portal, "S09", "/do/status"), **typed, reason="提任").status_code == 303
    old, new = life(portal, "S09").services
    assert (old.group, new.group, new.secondment, new.roles) == (
        "一般干部",
        "中层干部",
        "borrowed",
        ("cadre", "clerk"),
    )
    assert "借调来" in visible_text(clerk.page(at(portal, "S09")))


# -- two people, and corrections -------------------------------------------------------------------------------------


def test_who_saves_second_sees_what_the_first_one_changed(portal: Portal, clerk: PageClient) -> None:
    path = at(portal, "S02", "/do/name")
    mine = {**fields(clerk.page(path)), "phone": "111", "reason": "换号"}
    other = portal.staff(user(Role.TOWNSHIP_ADMIN, STREET))
    assert send(other, path, phone="222", reason="换号").status_code == 303
    response = clerk.post(path, data=mine)
    assert response.status_code == 409
    page = response.get_data(as_text=True)
    assert {"项目": "手机", "您打开时": "（空）", "现在": "222", "您填的": "111"} in rows(page, "改动对照表")
    assert life(portal, "S02").phone == "222"
    assert clerk.post(path, data=fields(page)).status_code == 303  # decided: mine
    assert life(portal, "S02").phone == "111"


def test_two_people_on_one_stretch_of_service(portal: Portal, clerk: PageClient) -> None:
    path = at(portal, "S02", "/do/status")
    mine = {**fields(clerk.page(path)), "day": "2026-08-01", "group": "编外", "reason": "甲"}
    assert (
        send(clerk, path, day="2026-05-01", group="班子成员", role_clerk="y", reason="乙").status_code == 303
    )
    response = clerk.post(path, data=mine)
    assert response.status_code == 409
    told = {row["项目"]: row for row in rows(response.get_data(as_text=True), "改动对照表")}
    assert (told["组别"]["现在"], told["组别"]["您填的"]) == ("班子成员", "编外")
    assert (told["经办人"]["现在"], told["经办人"]["您填的"]) == ("是", "否")
    assert clerk.post(path, data=fields(response.get_data(as_text=True))).status_code == 303
    assert [one.group for one in life(portal, "S02").services][-1] == "编外"


def test_a_row_is_corrected_and_one_that_never_was_is_taken_away(portal: Portal, clerk: PageClient) -> None:
    (row,) = life(portal, "S02").memberships
    path = at(portal, "S02", f"/rows/team/{row.id}")
    assert fields(clerk.page(path))["factor"] == "1"
    assert send(clerk, path, last_day="2026-10-31", reason="十月底就不在了").status_code == 303
    assert life(portal, "S02").memberships[0].span.last == date(2026, 10, 31)
    assert send(clerk, f"{path}/withdraw", reason="录错了").status_code == 303
    assert life(portal, "S02").memberships == ()
    clerk.page(path, 404)


def test_a_stretch_of_service_is_corrected_but_not_taken_away(portal: Portal, clerk: PageClient) -> None:
    path = at(portal, "S03", f"/rows/service/{life(portal, 'S03').services[0].id}")
    assert send(clerk, path, first_day="2026-02-01", post="综合岗", reason="二月才来").status_code == 303
    (service,) = life(portal, "S03").services
    assert (service.span.first, service.post, service.roles) == (date(2026, 2, 1), "综合岗", ("cadre",))
    clerk.page(f"{path}/withdraw", 404)


# -- who may, and whose ----------------------------------------------------------------------------------------------


def test_nobody_of_the_office_changes_the_own_days(portal: Portal) -> None:
    with portal.database.writing() as session:
        account = session.query(Account).filter_by(username=CLERK).one()
        account.cadre_id = life(portal, "S02").id
    clerk = portal.staff(CLERK)
    for what in ("move", "status", "leave", "extra-post", "team", "absence"):
        assert "回避" in visible_text(clerk.page(at(portal, "S02", f"/do/{what}"), 403))
    (row,) = life(portal, "S02").memberships
    clerk.page(at(portal, "S02", f"/rows/team/{row.id}"), 403)
    clerk.page(at(portal, "S02", "/do/name"))
    (colleague,) = life(portal, "S09").memberships
    clerk.page(at(portal, "S09", f"/rows/team/{colleague.id}"), 403)


def test_a_cadre_of_another_township_is_not_there(portal: Portal) -> None:
    stranger = portal.staff(user(Role.CLERK, TASHI))
    (row,) = life(portal, "S02").memberships
    token = hidden(stranger.page("/account"), "csrf_token")
    for rest in ("", "/do/leave", f"/rows/team/{row.id}", f"/rows/team/{row.id}/withdraw"):
        stranger.page(at(portal, "S02", rest), 404)
        if rest:
            data = {"csrf_token": token, "reason": "x", "day": "2026-05-05"}
            assert stranger.post(at(portal, "S02", rest), data=data).status_code == 404
    own = portal.staff(CLERK)
    own.page(at(portal, "S03", f"/rows/team/{row.id}"), 404)  # another cadre's row
    for unknown in ("/do/nothing", "/rows/nothing/1"):
        own.page(at(portal, "S02", unknown), 404)
    own.page(f"/admin/cadres/{10**20}", 404)


def test_the_page_leads_to_the_score_where_there_is_one(portal: Portal, clerk: PageClient) -> None:
    assert "/admin/results/S02" in clerk.page(at(portal, "S02"))
    with portal.database.writing() as session:
        for service in people_over_time.rows(session, Service, portal.filled.street, life(portal, "S02").id):
            service.exempt = True
    assert "/admin/results/S02" not in clerk.page(at(portal, "S02"))


def test_whoever_may_only_look_sees_no_phone_and_no_reason(portal: Portal, clerk: PageClient) -> None:
    send(clerk, at(portal, "S02", "/do/name"), phone="13900000000", reason="补")
    typed = {"kind": "病假", "first_day": "2026-05-01", "last_day": "2026-05-31", "reason": "一个秘密"}
    send(clerk, at(portal, "S02", "/do/absence"), **typed)
    page = portal.staff(user(Role.APPROVER, STREET)).page(at(portal, "S02"))
    assert "病假" in page
    assert not [word for word in ("13900000000", "秘密") if word in page]
    assert all(word in clerk.page(at(portal, "S02")) for word in ("13900000000", "秘密"))


def test_whoever_may_only_look_is_offered_nothing_to_change(portal: Portal) -> None:
    approver = portal.staff(user(Role.APPROVER, STREET))
    assert "添加干部" not in approver.page("/admin/cadres")
    page = approver.page(at(portal, "S02"))
    assert "要办什么" not in page
    assert "更正" not in visible_text(page).replace("要更正，请更正任职或调动", "")


# -- scores ----------------------------------------------------------------------------------------------------------


def test_the_score_says_which_days_do_not_count_but_not_the_reasons_words(
    portal: Portal, clerk: PageClient
) -> None:
    typed = {"kind": "病假", "first_day": "2026-05-01", "last_day": "2026-05-31", "reason": "一个秘密"}
    assert send(clerk, at(portal, "S09", "/do/absence"), **typed).status_code == 303
    for username, path in ((user(Role.CADRE, STREET), "/me"), (CLERK, "/admin/results/S09")):
        shown = visible_text(portal.staff(username).page(path))
        assert "病假：2026年5月1日到2026年5月31日，这 31 天不计。" in shown
        assert "秘密" not in shown
    portal.staff(user(Role.CADRE, STREET)).page("/me")
    send(
        clerk,
        at(portal, "S09", f"/rows/absence/{life(portal, 'S09').absences[0].id}"),
        first_day="2026-01-01",
        last_day="2026-12-31",
        reason="全年",
    )
    assert "没有您" in portal.staff(user(Role.CADRE, STREET)).page("/me")


def test_who_was_never_in_service_stands_in_the_list_of_all(portal: Portal) -> None:
    with portal.database.writing() as session:
        session.add(Cadre(township_id=portal.filled.street, number="S99", name="没来过"))
    clerk = portal.staff(CLERK)
    assert names(clerk.page("/admin/cadres?state=all&q=S99")) == ["S99"]
    assert "还没有任职记录" in visible_text(clerk.page(at(portal, "S99")))


def test_a_membership_at_the_very_end_of_a_year_is_no_stranger(portal: Portal, clerk: PageClient) -> None:
    with portal.database.writing() as session:
        session.add(
            TeamMembership(
                township_id=portal.filled.street,
                cadre_id=life(portal, "S03").id,
                team_id=people_over_time.row(
                    session,
                    TeamMembership,
                    portal.filled.street,
                    life(portal, "S02").id,
                    life(portal, "S02").memberships[0].id,
                ).team_id,  # type: ignore[union-attr]
                first_day=LAST,
                last_day=LAST,
                factor=Decimal(1),
            )
        )
    assert sorted(names(clerk.page(f"/admin/cadres?team=城区组团&day={LAST}"))) == [
        "S01",
        "S02",
        "S03",
        "S09",
    ]
    assert sorted(names(clerk.page(f"/admin/cadres?team=城区组团&day={FIRST}"))) == ["S01", "S02", "S09"]
