"""The pages that bring a workbook in: nothing is saved before it was looked at and confirmed, and it can be undone."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.core.book import Book, CadreRow, CaseRow, Role
from portal.files.township_out import township_workbook
from portal.store.accounts import by_username
from portal.store.appraisal import PeriodPost, Task
from portal.store.office import ImportFile, Proposal
from portal.store.organisation import Cadre, Post
from portal.store.proposals import by_id as proposal_by_id
from tests.conftest import NOON, tashi_book
from tests.files.typed_workbook import typed, workbook
from tests.web.access.imports import put_down
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import FIRST, LAST, STREET, TASHI, VILLAGE, street_book, user
from tests.web.pages import visible_text as text_of_page
from tests.web.requests import case_of, opened

CLERK = user(Role.CLERK, STREET)


def visible_text(page: str) -> str:
    """What a reader sees, without spaces: cells of a table follow each other directly."""
    return text_of_page(page).replace(" ", "")


def upload(client: PageClient, content: bytes, name: str = "龙洲.xlsx") -> TestResponse:
    key = hidden(client.page("/admin/import"), "csrf_token")
    response = client.post("/admin/import", data={"csrf_token": key, "file": (BytesIO(content), name)})
    response.request.environ["wsgi.input"].close()  # a large one is a file of the test client's
    return response


def uploaded(client: PageClient, book: Book) -> str:
    """The address of the page that an upload leads to."""
    response = upload(client, township_workbook(book))
    assert response.status_code == 303
    return str(response.location)


def press(client: PageClient, path: str, **typed: str) -> TestResponse:
    """Press the button of the form on an import's page."""
    page = client.page(path)
    data = {"csrf_token": hidden(page, "csrf_token"), **typed}
    if "digest" in page:
        data = {"digest": hidden(page, "digest"), **data}
    action = re.search(r'<form method="post" action="(/admin/import[^"]*)"', page)
    assert action
    return client.post(action.group(1), data=data)


def with_newcomer() -> Book:
    own = street_book()
    newcomer = CadreRow("S11", "周新", "", "一般干部", "综合岗", "党建模块", (Role.CADRE,), FIRST, LAST)
    return replace(
        own, cadres=(*own.cadres, newcomer), posts=(replace(own.posts[0], coefficient=Decimal("1.1")),)
    )


def count(portal: Portal, table: type) -> int:
    with portal.database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def coefficient(portal: Portal) -> str:
    with portal.database.reading() as session:
        found = select(PeriodPost.coefficient).where(PeriodPost.township_id == portal.filled.street)
        return str(session.scalars(found).one())


def test_an_upload_shows_what_would_change_and_saves_nothing(portal: Portal) -> None:
    client = portal.staff(CLERK)
    cadres = count(portal, Cadre)
    page = visible_text(client.page(uploaded(client, with_newcomer())))
    assert "S11周新新增" in page
    assert "综合岗系数1.051.1" in page
    assert count(portal, Cadre) == cadres
    assert "没有确认" in client.page("/admin/import")


def test_what_is_confirmed_is_there_and_what_is_undone_is_gone(portal: Portal) -> None:
    client = portal.staff(CLERK)
    cadres = count(portal, Cadre)
    portal.clock.turn(minutes=1)
    path = uploaded(client, with_newcomer())
    response = press(client, path)
    assert (response.status_code, response.location) == (303, f"{path}?done=1")
    assert "导入好了" in client.page(response.location)
    assert (count(portal, Cadre), coefficient(portal)) == (cadres + 1, "1.1")
    assert press(client, path, reason="").status_code == 422
    assert press(client, path, reason="传错了").location == f"{path}?undone=1"
    assert "撤销好了" in client.page(f"{path}?undone=1")
    assert (count(portal, Cadre), coefficient(portal)) == (cadres, "1.05")
    assert "已撤销" in client.page("/admin/import")


def test_a_double_tap_imports_once(portal: Portal) -> None:
    client = portal.staff(CLERK)
    path = uploaded(client, with_newcomer())
    page = client.page(path)
    data = {name: hidden(page, name) for name in ("csrf_token", "digest")}
    answers = [client.post(f"{path}/confirm", data=data).status_code for _ in range(2)]
    assert answers == [303, 303]


def test_what_changed_after_the_preview_is_shown_again_before_anything_is_done(portal: Portal) -> None:
    client = portal.staff(CLERK)
    path = uploaded(client, with_newcomer())
    page = client.page(path)
    data = {name: hidden(page, name) for name in ("csrf_token", "digest")}
    other = replace(street_book(), posts=(replace(street_book().posts[0], coefficient=Decimal("1.2")),))
    assert press(client, uploaded(client, other)).status_code == 303
    response = client.post(f"{path}/confirm", data=data)
    assert response.status_code == 409
    assert "综合岗系数1.21.1" in visible_text(response.get_data(as_text=True))
    assert coefficient(portal) == "1.2"


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "请选择"), (b"a,b\n1,2\n", "像是 CSV"), (b"PK\x03\x04broken", "损坏")],
)
def test_what_is_no_workbook_is_refused_in_words_and_not_kept(
    portal: Portal, content: bytes, words: str
) -> None:
    response = upload(portal.staff(CLERK), content)
    assert response.status_code == 422
    assert words in response.get_data(as_text=True)
    assert count(portal, ImportFile) == 0


def test_a_file_that_is_too_large_is_refused_in_words(portal: Portal) -> None:
    response = upload(portal.staff(CLERK), b"PK" + b"x" * 8_000_000)
    assert response.status_code == 422
    assert "超过 8 MB" in response.get_data(as_text=True)


def test_another_townships_workbook_is_a_fault(portal: Portal) -> None:
    client = portal.staff(CLERK)
    page = client.page(uploaded(client, tashi_book()))
    assert "别的乡镇" in page
    assert "确认导入" not in page
    assert tashi_book().cadres[0].name not in page


def test_another_townships_file_is_not_found(portal: Portal) -> None:
    file = put_down(portal.database, township_workbook(tashi_book()), TASHI)
    client = portal.staff(CLERK)
    key = hidden(client.page("/account"), "csrf_token")
    for rest in ("", "/original", "/marked.xlsx", "/faulty.xlsx"):
        client.page(f"/admin/import/{file}{rest}", 404)
    for rest in ("/confirm", "/undo"):
        data = {"csrf_token": key, "digest": "x", "reason": "x"}
        assert client.post(f"/admin/import/{file}{rest}", data=data).status_code == 404


def faulty_file(portal: Portal) -> int:
    cells = {
        "考评_B3": "330825001",
        "考评_B2": "龙洲街道",
        "干部_A4": "5111002",
        "岗位_B2": 9,
        "岗位任务_A2": "没有的人",
    }
    return put_down(portal.database, workbook(typed(**cells)).getvalue())


def test_faults_stand_with_sheet_row_column_and_what_is_wanted(portal: Portal) -> None:
    client = portal.staff(CLERK)
    page = visible_text(client.page(f"/admin/import/{faulty_file(portal)}"))
    assert "2系数9要0.80–1.40的数" in page
    assert "4工号5111002与第3行重复" in page
    assert "确认导入" not in page


def test_the_marked_workbook_can_be_mended_and_the_rows_looked_at(portal: Portal) -> None:
    client = portal.staff(CLERK)
    file = faulty_file(portal)
    marked = openpyxl.load_workbook(BytesIO(client.get(f"/admin/import/{file}/marked.xlsx").data))
    cell = marked["岗位"]["B2"]
    assert (cell.value, cell.fill.fgColor.rgb) == (9, "FFFFC7CE")
    assert "0.80–1.40" in cell.comment.text
    assert marked["干部"].max_row == 4
    rows = openpyxl.load_workbook(BytesIO(client.get(f"/admin/import/{file}/faulty.xlsx").data))
    assert [row[:2] for row in rows["干部"].values] == [("行号", "工号"), (4, "5111002")]
    assert "村社" not in rows.sheetnames


def test_the_template_is_filled_with_what_is_known(portal: Portal) -> None:
    response = portal.staff(CLERK).get("/admin/import/template.xlsx")
    found = openpyxl.load_workbook(BytesIO(response.data))
    assert [row[1] for row in found["考评"].values][1:4] == ["龙洲街道", "330825001", "龙游县"]
    assert found["村社"].max_row == 1


def test_the_township_as_it_stands_comes_in_unchanged(portal: Portal) -> None:
    client = portal.staff(user(Role.TOWNSHIP_ADMIN, TASHI))
    response = client.get("/admin/import/current.xlsx")
    path = str(upload(client, response.data).location)
    assert "没有要导入的" in client.page(path)


def test_the_original_comes_back_as_it_was(portal: Portal) -> None:
    client = portal.staff(CLERK)
    content = township_workbook(street_book())
    path = str(upload(client, content, "=我的 文件.xlsx").location)
    assert client.get(f"{path}/original").data == content


def pasted(client: PageClient, sheet: str, text: str) -> str:
    page = client.page(f"/admin/import/paste/{sheet}")
    data = {"csrf_token": hidden(page, "csrf_token"), "cells": text}
    response = client.post(f"/admin/import/paste/{sheet}", data=data)
    assert response.status_code == 303
    return str(response.location)


@pytest.mark.parametrize("text", ["新岗\t1.2\r\n另岗\t0.9\r\n", "系数\t岗位名称\r\n1.2\t新岗\r\n0.9\t另岗"])
def test_a_pasted_block_is_looked_at_confirmed_and_undone(portal: Portal, text: str) -> None:
    client = portal.staff(CLERK)
    portal.clock.turn(minutes=1)
    posts = count(portal, Post)
    path = pasted(client, "岗位", text)
    assert "新岗新增" in visible_text(client.page(path))
    assert press(client, path).status_code == 303
    assert count(portal, Post) == posts + 2
    assert client.get(f"{path}/original").data.decode("utf-8-sig") == text
    assert press(client, path, reason="粘错了").status_code == 303
    assert count(portal, Post) == posts


def test_a_fault_in_a_pasted_block_names_its_line(portal: Portal) -> None:
    client = portal.staff(CLERK)
    path = pasted(client, "岗位", "新岗\t1.2\n另岗\t9\n")
    assert "2系数9要0.80–1.40" in visible_text(client.page(path))
    marked = openpyxl.load_workbook(BytesIO(client.get(f"{path}/marked.xlsx").data))
    assert marked["岗位"]["B3"].comment is not None


def test_an_unknown_sheet_can_not_be_pasted(portal: Portal) -> None:
    portal.staff(CLERK).page("/admin/import/paste/没有", 404)


def own_marks(portal: Portal) -> str:
    """A file that the administrator uploaded, with a mark of the cadre that the account stands for."""
    with portal.database.writing() as session:
        cadre = session.scalars(select(Cadre.id).where(Cadre.number == "S09")).one()
        account = by_username(session, CLERK)
        assert account is not None
        account.cadre_id = cadre
    own = street_book()
    marked = tuple(replace(task, mark=Decimal(99)) if task.cadre == "S09" else task for task in own.tasks)
    return uploaded(portal.staff(CLERK), replace(own, tasks=marked))


def test_the_own_mark_goes_before_another_person(portal: Portal) -> None:
    path = own_marks(portal)
    client = portal.staff(CLERK)
    assert "岗位任务：S09综合岗台账" in visible_text(client.page(path))
    refused = press(client, path)
    assert refused.status_code == 422
    assert "请写明理由" in refused.get_data(as_text=True)
    assert press(client, path, reason="年底补录").location == f"{path}?proposed=1"
    assert "正等另一个人批" in client.page(path)
    assert "等人批" in client.page("/admin/import")
    with portal.database.reading() as session:
        (waiting,) = session.scalars(select(Proposal.id))
        proposal = proposal_by_id(session, portal.filled.street, waiting)
        assert proposal is not None
        assert (proposal.kind, proposal.moves_cadres) == ("import", ["S09"])
        assert Decimal(99) not in session.scalars(select(Task.mark).where(Task.name == "台账")).all()


def test_who_may_only_look_is_offered_nothing_to_press(portal: Portal) -> None:
    file = put_down(portal.database, township_workbook(with_newcomer()))
    page = portal.staff(user(Role.APPROVER, STREET)).page(f"/admin/import/{file}")
    assert "S11" in page
    assert "确认导入</button>" not in page


def test_many_changes_are_shown_a_page_at_a_time(portal: Portal) -> None:
    own = street_book()
    tasks = tuple(replace(own.tasks[0], name=f"任务{n}") for n in range(1, 251))
    client = portal.staff(CLERK)
    path = uploaded(client, replace(own, tasks=tasks))
    page = client.page(path)
    assert page.count("S01 综合岗 任务") == 20
    second = client.page(f"{path}?sheet=岗位任务&page=3")
    assert second.count("S01 综合岗 任务") == 50
    assert "第 3 页，共 3 页" in second


def test_a_request_that_came_by_the_portal_is_not_changed_by_a_workbook_and_the_preview_says_so(
    portal: Portal,
) -> None:
    with portal.database.writing() as session:
        number = case_of(session, opened(session, NOON)).number
    row = CaseRow(number, VILLAGE, *[datetime(2026, 11, 22, hour) for hour in (12, 13, 14)], True, 5, False)
    page = visible_text(
        portal.staff(CLERK).page(uploaded(portal.staff(CLERK), replace(street_book(), cases=(row,))))
    )
    assert f"有1件诉求是群众从门户提的，在“诉求”里办，不从工作簿改{number}" in page
    assert "没有要导入的" in page
