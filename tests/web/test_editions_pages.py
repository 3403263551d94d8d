"""The room of the residents' form: what they meet, another one after a look at it, and who may not."""

from __future__ import annotations

import re

import pytest

from portal.actions.editions import edition_of
from portal.core.book import Role
from portal.core.form import STANDARD, Edition
from portal.store import periods
from portal.store.ledger import LedgerEntry
from tests.conftest import NOON
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import COMMUNITY, STREET, TASHI, VILLAGE, user
from tests.web.forms import errors_of, fields_of, fill_in
from tests.web.pages import visible_text
from tests.web.reading import rows
from tests.web.sending import stored

CLERK, ADMIN = user(Role.CLERK, STREET), user(Role.TOWNSHIP_ADMIN, STREET)
FORM, EDIT, PREVIEW = "/admin/form", "/admin/form/edit", "/admin/form/preview"
SHORTER = ("use_contact", "use_solved")  # what is not asked any more
FRAME = re.compile(r'<iframe[^>]* src="([^"]+)"')


def in_force(portal: Portal) -> Edition:
    with portal.database.reading() as session:
        return edition_of(session, periods.listed(session, portal.filled.street)[0])


def open_now(portal: Portal) -> None:
    with portal.database.writing() as session:
        periods.listed(session, portal.filled.street)[0].opened_at = NOON


def looked_at(client: PageClient, **typed: str) -> str:
    """The page that shows 走访 and 总体 alone on a phone, before it is saved."""
    typed = {"text_visited": "街道里的联村干部来村里看过您吗？", "reason": "走访另有台账", **typed}
    response = fill_in(client, EDIT, SHORTER, step="look", **typed)
    assert response.status_code == 200, response.status
    return response.get_data(as_text=True)


def save(client: PageClient, page: str) -> str | None:
    response = client.post(EDIT, data={**fields_of(page), "step": "save"})
    assert response.status_code == 303, response.status
    return response.location


def framed(page: str) -> str:
    found = FRAME.search(page)
    assert found
    return found.group(1).replace("&amp;", "&")


def test_the_page_tells_the_form_question_by_question(portal: Portal) -> None:
    page = portal.staff(user(Role.AUDITOR, STREET)).page(FORM)
    told = rows(page, "问卷的题目")
    assert [row["题"] for row in told] == ["1. 走访", "2. 联系", "3. 办事", "4. 总体"]
    assert told[0]["怎么问（村里的）"] == "最近三个月，街道里的联村干部到村里或您家来过吗？"
    assert (told[2]["权重"], told[2]["选项和分值"]) == (
        "30",
        "办好了 100，正在办 60，没人管 0，没反映过 不计分",
    )
    assert "标准问卷" in visible_text(page)
    assert "改问卷" not in visible_text(page)


def test_a_form_is_saved_after_a_look_and_residents_meet_it_in_their_own_words(portal: Portal) -> None:
    client = portal.staff(CLERK)
    page = looked_at(client)
    assert "还没有保存" in visible_text(page)
    assert in_force(portal) is STANDARD
    changed = {row["项目"]: row["改成"] for row in rows(page, "改了什么")}
    assert (changed["联系"], changed["总体"]) == ("（不问）", "没有变")
    assert changed["走访"].startswith("街道里的联村干部来村里看过您吗？（权重 20）")
    period = periods_id(portal)
    assert save(client, page) == f"{FORM}?period={period}&done=saved"
    assert [question.key for question in in_force(portal).questions] == ["visited", "overall"]
    for village, words in ((VILLAGE, "联村干部来村里看过您吗"), (COMMUNITY, "联社区干部来社区看过您吗")):
        assert words in visible_text(portal.visitor().page(portal.form(village)))
    told = visible_text(client.page(FORM))
    assert "自定问卷" in told
    with portal.database.reading() as session:
        (entry,) = session.query(LedgerEntry).filter_by(kind="form.changed")
    act = portal.staff(ADMIN).page(f"/admin/ledger/{entry.act}")
    assert "最近三个月，街道里的联村干部到村里或您家来过吗？（权重 20）" in visible_text(act)


def periods_id(portal: Portal) -> int:
    with portal.database.reading() as session:
        return periods.listed(session, portal.filled.street)[0].id


def test_an_answer_on_the_new_form_is_stored_with_it_and_no_old_question(portal: Portal) -> None:
    client = portal.staff(CLERK)
    save(client, looked_at(client))
    visitor = portal.visitor()
    page = visitor.page(portal.form(VILLAGE))
    assert 'name="q_solved"' not in page
    answers = {**fields_of(page), "q_visited": "no", "q_solved": "done", "q_overall": "2"}
    assert visitor.post(portal.form(VILLAGE), data=answers).status_code == 303
    (row,) = stored(portal.database)
    assert row.answers == "visited=no overall=2"


def test_a_frame_shows_the_draft_as_a_phone_would_and_nothing_can_be_sent(portal: Portal) -> None:
    client = portal.staff(CLERK)
    page = looked_at(client)
    address = framed(page)
    assert address.startswith(f"{PREVIEW}?draft=")
    assert len(address) < 500
    shown = client.page(address)
    assert "街道里的联村干部来村里看过您吗？" in visible_text(shown)
    assert "您反映过的事" not in visible_text(shown)
    assert "这是预览，不会提交" in visible_text(shown)
    assert re.search(r'<button type="submit" disabled>', shown)
    assert 'method="post"' not in shown
    community = client.page(f"{address}&kind=community")
    assert "街道里的联社区干部来社区看过您吗？" in visible_text(community)
    assert "太平社区" in visible_text(community)


def test_only_the_preview_may_be_framed_and_only_by_the_portal_itself(portal: Portal) -> None:
    client = portal.staff(CLERK)
    outer = client.get(FORM)
    assert "frame-src 'self'" in outer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in outer.headers["Content-Security-Policy"]
    inner = client.get(framed(outer.get_data(as_text=True)))
    assert "frame-ancestors 'self'" in inner.headers["Content-Security-Policy"]
    assert "frame-src" not in inner.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in inner.headers
    assert " sandbox" in outer.get_data(as_text=True)


@pytest.mark.parametrize("draft", ["", "x", ".eJyr.abc", "e30.AAAA"])
def test_a_draft_that_the_portal_did_not_sign_is_not_there(portal: Portal, draft: str) -> None:
    portal.staff(CLERK).page(f"{PREVIEW}?draft={draft}", 404)


def test_a_township_without_a_community_sees_an_invented_one(portal: Portal) -> None:
    shown = visible_text(portal.staff(user(Role.CLERK, TASHI)).page(f"{PREVIEW}?kind=community"))
    assert "某某社区" in shown
    assert "镇里的联社区干部" in shown


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(portal: Portal) -> None:
    response = fill_in(portal.staff(CLERK), EDIT, SHORTER, weight_visited="很重", text_visited="", reason="")
    assert errors_of(response) == [
        "走访：问法不能空着。",
        "走访：权重要填 1–100 的整数，“很重”不行。",
        "请填为什么改。",
    ]
    fields = fields_of(response.get_data(as_text=True))
    assert (fields["weight_visited"], "use_contact" in fields) == ("很重", False)
    assert in_force(portal) is STANDARD


def test_six_questions_at_most_are_asked(portal: Portal) -> None:
    more = {f"use_{key}": "y" for key in ("asked", "policy", "warned")}
    response = fill_in(portal.staff(CLERK), EDIT, reason="多问几句", **more)
    assert errors_of(response) == ["一份问卷 2–6 题，连“总体”在内，现在是 7 题，请去掉几题。"]


def test_whoever_looks_again_finds_what_was_typed_and_can_begin_from_the_standard_form(
    portal: Portal,
) -> None:
    client = portal.staff(CLERK)
    page = looked_at(client)
    back = client.post(EDIT, data={**fields_of(page), "step": "edit"})
    fields = fields_of(back.get_data(as_text=True))
    assert (fields["text_visited"], fields["reason"].strip()) == (
        *("街道里的联村干部来村里看过您吗？", "走访另有台账"),
    )
    standard = client.post(EDIT, data={**fields, "step": "standard"})
    fields = fields_of(standard.get_data(as_text=True))
    assert fields["text_visited"] == "最近三个月，街道里的联村干部到村里或您家来过吗？"
    assert (fields["use_solved"], fields["reason"].strip()) == ("y", "走访另有台账")


def test_the_standard_form_comes_back_the_same_way(portal: Portal) -> None:
    client = portal.staff(CLERK)
    save(client, looked_at(client))
    filled = client.post(EDIT, data={**fields_of(client.page(EDIT)), "step": "standard"})
    fields = {**fields_of(filled.get_data(as_text=True)), "reason": "还是标准的好"}
    page = client.post(EDIT, data={**fields, "step": "look"}).get_data(as_text=True)
    assert "标准问卷" in visible_text(page)
    save(client, page)
    assert in_force(portal) is STANDARD


def test_nothing_changed_is_nothing_to_save(portal: Portal) -> None:
    response = fill_in(portal.staff(CLERK), EDIT, reason="试试")
    assert errors_of(response) == ["和现在的问卷一样，没有什么要保存。"]


def test_an_open_period_says_that_its_form_stays(portal: Portal) -> None:
    client = portal.staff(CLERK)
    page = looked_at(client)
    open_now(portal)
    told = visible_text(client.page(FORM))
    assert "考评周期已经打开，这一期的问卷不能再改；下一期可以用另一份。" in told
    assert "改问卷" not in told
    assert client.get(EDIT).location == f"{FORM}?period={periods_id(portal)}"
    late = client.post(EDIT, data={**fields_of(page), "step": "save"})
    assert any("已经打开" in sentence for sentence in errors_of(late))
    assert in_force(portal) is STANDARD


def test_the_page_says_whether_anybody_rated_and_not_how_many(portal: Portal) -> None:
    assert "这一期已经有群众评价：改了问卷" in visible_text(portal.staff(CLERK).page(FORM))
    with portal.database.writing() as session:
        old = periods.listed(session, portal.filled.street)[0]
        old.opened_at = NOON
    admin = portal.staff(ADMIN)
    wanted = {**fields_of(admin.page("/admin/periods/new")), "step": "begin"}
    wanted["old"] = str(periods_id(portal))
    admin.post("/admin/periods/new", data=wanted)
    with portal.database.reading() as session:
        new = periods.listed(session, portal.filled.street)[-1]
    page = admin.page(f"{FORM}?period={new.id}")
    assert "2027年度问卷" in visible_text(page)
    assert "这一期还没有群众评价" in visible_text(page)
    assert "2026年度（进行中）" in visible_text(page)


def test_two_people_on_one_form_see_each_others_change(portal: Portal) -> None:
    first, second = portal.staff(CLERK), portal.staff(ADMIN)
    late = looked_at(second, weight_visited="70")
    save(first, looked_at(first))
    conflict = second.post(EDIT, data={**fields_of(late), "step": "save"})
    assert conflict.status_code == 409
    told = {row["项目"]: row for row in rows(conflict.get_data(as_text=True), "改动对照表")}
    assert (told["办事：问不问这一题"]["您打开时"], told["办事：问不问这一题"]["现在"]) == ("y", "（空）")
    again = second.post(EDIT, data=fields_of(conflict.get_data(as_text=True)))
    assert "还没有保存" in visible_text(again.get_data(as_text=True))
    save(second, again.get_data(as_text=True))
    question = in_force(portal).question("visited")
    assert question is not None
    assert question.weight == 70


def test_a_period_of_another_township_is_not_there(portal: Portal) -> None:
    stranger = portal.staff(user(Role.CLERK, TASHI))
    number = periods_id(portal)
    for path in (FORM, EDIT, PREVIEW):
        stranger.page(f"{path}?period={number}", 404)
