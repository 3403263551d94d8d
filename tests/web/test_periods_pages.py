"""Opening a period, a new year, and the plan: by page, with a look before anything is done."""

from __future__ import annotations

import pytest

from portal.core.book import Role
from portal.core.plan import Plan
from portal.store import periods, proposals, townships
from portal.store.appraisal import Period
from portal.store.office import ProposalState
from tests.conftest import NOON
from tests.web.client import PageClient
from tests.web.conftest import MakePortal, Portal
from tests.web.filling import STREET, TASHI, user
from tests.web.forms import errors_of, fields_of, fill_in
from tests.web.pages import visible_text
from tests.web.reading import rows

ADMIN, CLERK = user(Role.TOWNSHIP_ADMIN, TASHI), user(Role.CLERK, TASHI)
NEW, EDIT = "/admin/periods/new", "/admin/plan/edit"


def listed(portal: Portal) -> list[Period]:
    with portal.database.reading() as session:
        return periods.listed(session, portal.filled.tashi)


def in_force(portal: Portal) -> Plan:
    with portal.database.reading() as session:
        return townships.plan_of(session, portal.filled.tashi, listed(portal)[0].id)


def open_now(portal: Portal) -> None:
    with portal.database.writing() as session:
        periods.listed(session, portal.filled.tashi)[0].opened_at = NOON


def opening(portal: Portal) -> str:
    return f"/admin/periods/{listed(portal)[0].id}/open"


def previewed(client: PageClient, **typed: str) -> str:
    """The page that says who would move."""
    response = fill_in(client, EDIT, step="look", **typed)
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True)


def saved(client: PageClient, page: str, **changed: str) -> str | None:
    response = client.post(EDIT, data={**fields_of(page), "step": "save", **changed})
    assert response.status_code == 303, response.status
    return response.location


def test_opening_wants_a_tick_and_a_reason_where_something_is_missing(portal: Portal) -> None:
    client, path = portal.staff(ADMIN), opening(portal)
    told = visible_text(client.page(path))
    assert "不能再关上" in told
    assert "这些还缺，照样打开" in told
    assert any("请先打勾" in sentence for sentence in errors_of(fill_in(client, path)))
    assert any("理由" in sentence for sentence in errors_of(fill_in(client, path, sure="y")))
    assert listed(portal)[0].opened_at is None
    response = fill_in(client, path, sure="y", reason="第8组团机动")
    assert response.location == "/admin/periods?done=opened"
    assert listed(portal)[0].opened_at == NOON
    assert "已经打开" in visible_text(client.page(path))


def test_a_period_of_another_township_is_not_there(portal: Portal) -> None:
    stranger = portal.staff(user(Role.TOWNSHIP_ADMIN, STREET))
    number = listed(portal)[0].id
    for path in (opening(portal), f"/admin/plan?period={number}", f"{EDIT}?period={number}"):
        stranger.page(path, 404)
    key = fields_of(stranger.page("/account"))["csrf_token"]
    assert stranger.post(opening(portal), data={"csrf_token": key, "sure": "y"}).status_code == 404


def test_a_new_year_is_looked_at_first_and_then_begun_once(portal: Portal) -> None:
    client = portal.staff(ADMIN)
    proposed = fields_of(client.page(NEW))
    assert (proposed["name"], proposed["first_day"], proposed["last_day"]) == (
        *("2027年度", "2027-01-01", "2027-12-31"),
    )
    page = fill_in(client, NEW).get_data(as_text=True)
    assert {row["沿用什么"]: row["多少"] for row in rows(page, "沿用的内容")}["干部"] == "93"
    assert "年内已经离开的 2 人" in visible_text(page)
    assert len(listed(portal)) == 1
    fields = fields_of(page)
    assert client.post(NEW, data=fields).location == "/admin/periods?done=new"
    again = client.post(NEW, data=fields)
    assert any("已经有“2027年度”" in sentence for sentence in errors_of(again))
    assert [period.name for period in listed(portal)] == ["2026年度", "2027年度"]
    told = visible_text(client.page("/admin/periods?done=new"))
    assert "以前的年度没有变" in told


def test_a_new_year_that_overlaps_is_refused_at_its_field(portal: Portal) -> None:
    response = fill_in(portal.staff(ADMIN), NEW, first_day="2026-12-01")
    assert any("和“2026年度”" in sentence for sentence in errors_of(response))
    assert len(listed(portal)) == 1


def test_the_plan_is_told_in_words_to_whoever_may_look(portal: Portal) -> None:
    page = portal.staff(user(Role.AUDITOR, TASHI)).page("/admin/plan")
    told = {row["项目"]: row["现在"] for row in rows(page, "诉求办理怎么算")}
    assert told["答复期限"] == "24 小时"
    assert [row["为什么"] for row in rows(page, "方案的各个版本")] == ["默认方案"]
    assert "改方案" not in [word.strip() for word in visible_text(page).split()]


def test_a_plan_is_saved_after_a_look_at_who_would_move(portal: Portal) -> None:
    client = portal.staff(CLERK)
    page = previewed(client, weight_post="50", weight_team="20", reason="岗位更重要")
    moved = rows(page, "谁的分会变")
    assert len(moved) > 80
    sizes = [abs(float(row["变多少"].replace("−", "-"))) for row in moved]
    assert sizes == sorted(sizes, reverse=True)
    assert in_force(portal) == Plan()
    assert saved(client, page) == f"/admin/plan?period={listed(portal)[0].id}&done=saved"
    versions = rows(client.page("/admin/plan"), "方案的各个版本")
    assert (versions[0]["谁"], versions[0]["为什么"]) == (CLERK, "岗位更重要")
    assert "岗位赋分的权重：40 → 50" in versions[0]["改了什么"]
    results = client.get("/admin/results.csv").get_data(as_text=True)
    for row in moved[:3]:
        assert row["改后总分"] in next(line for line in results.splitlines() if row["工号"] in line)


def test_whoever_looks_again_finds_what_was_typed(portal: Portal) -> None:
    client = portal.staff(CLERK)
    page = previewed(client, answer_hours="36", reason="缓一缓")
    back = client.post(EDIT, data={**fields_of(page), "step": "edit"})
    assert back.status_code == 200
    fields = fields_of(back.get_data(as_text=True))
    assert (fields["answer_hours"], fields["reason"].strip()) == ("36", "缓一缓")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"weight_post": "50", "reason": "试"}, "相加要等于 100"),
        ({"answer_hours": "三天", "reason": "试"}, "要填整数"),
        ({"release_batch": "4", "reason": "试"}, "要在 5–100 之间"),
        ({"verified": "fax", "reason": "试"}, "请选一项"),
        ({"answer_hours": "36"}, "请填为什么改"),
        ({"reason": "没有改"}, "没有什么要保存"),
    ],
)
def test_a_wrong_plan_is_said_and_nothing_is_saved(portal: Portal, typed: dict[str, str], words: str) -> None:
    response = fill_in(portal.staff(CLERK), EDIT, step="look", **typed)
    assert any(words in sentence for sentence in errors_of(response))
    assert in_force(portal) == Plan()


def test_the_demo_may_count_every_voice_at_once(make_portal: MakePortal) -> None:
    portal = make_portal(demo=True)
    assert "改了什么" in previewed(portal.staff(CLERK), release_batch="1", reason="演示")


def test_how_a_voice_weighs_is_not_tried_out_on_anybody(portal: Portal) -> None:
    told = visible_text(previewed(portal.staff(CLERK), prior_strength="0", reason="试"))
    assert "就能算出小村里那几个人说了什么" in told
    assert "分和名次都不变" in told


def test_two_on_one_plan_the_second_sees_that_it_changed(portal: Portal) -> None:
    first, second = portal.staff(CLERK), portal.staff(ADMIN)
    page = previewed(second, answer_hours="36", reason="缓一缓")
    saved(first, previewed(first, resolve_days="20", reason="宽一些"))
    response = second.post(EDIT, data={**fields_of(page), "step": "save"})
    assert response.status_code == 409
    assert "没有保存" in response.get_data(as_text=True)
    assert in_force(portal) == Plan(resolve_days=20)
    confirmed = second.post(EDIT, data=fields_of(response.get_data(as_text=True)))
    assert "改了什么" in confirmed.get_data(as_text=True)


def test_once_open_a_plan_waits_for_the_committee(portal: Portal) -> None:
    open_now(portal)
    client = portal.staff(CLERK)
    assert "两个人" in visible_text(client.page("/admin/plan"))
    location = saved(client, previewed(client, answer_hours="36", reason="缓一缓"))
    assert location is not None
    assert "已提请党委批准" in visible_text(client.page(location))
    assert in_force(portal) == Plan()
    with portal.database.reading() as session:
        ((waiting, by, _),) = proposals.listed(session, portal.filled.tashi, ProposalState.WAITING)
    assert (waiting.kind, waiting.subject, by) == ("plan", "2026年度考评方案", CLERK)
    assert waiting.payload["changes"] == [["答复期限", "24 小时", "36 小时"]]
    page = previewed(client, answer_hours="48", reason="再缓缓")
    again = client.post(EDIT, data={**fields_of(page), "step": "save"})
    assert any("已经有一件" in sentence for sentence in errors_of(again))
    assert "有 1 件两人办理的事" in visible_text(client.page("/admin"))


def test_a_look_keeps_nobody_from_writing(portal: Portal) -> None:
    client = portal.staff(ADMIN)
    plan, year = fields_of(client.page(EDIT)), fields_of(client.page(NEW))
    with portal.database.writing():
        looked = client.post(EDIT, data={**plan, "step": "look", "answer_hours": "36", "reason": "试"})
        assert looked.status_code == 200
        assert client.post(NEW, data=year).status_code == 200
