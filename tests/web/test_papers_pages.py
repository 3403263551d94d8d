"""Paper forms and interviews in the browser's eyes: printing, typing sheet after sheet, checking what was drawn."""

from __future__ import annotations

from datetime import timedelta

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.book import Role, Way
from portal.core.paper_forms import scan_text, typed_serial
from portal.store import townships
from portal.store.appraisal import Period
from portal.store.organisation import Village
from portal.store.papers import EntryCheck, EntryKind, PaperForm
from portal.store.people import Account, AccountRole
from portal.store.residents import Rating
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import COMMUNITY, SECRET_KEY, STREET, TASHI, VILLAGE, user
from tests.web.forms import errors_of, fields_of
from tests.web.pages import tree_of, visible_text
from tests.web.sending import send, stored

CLERK, ADMIN = user(Role.CLERK, STREET), user(Role.TOWNSHIP_ADMIN, STREET)
PRINT, ENTER, CHECKS = "/admin/papers/print", "/admin/papers/enter", "/admin/papers/checks"
NUMBER = "138 0000 1111"


def village_id(portal: Portal, code: str = COMMUNITY) -> int:
    with portal.database.reading() as session:
        return session.scalars(select(Village.id).where(Village.code == code)).one()


def print_for(portal: Portal, client: PageClient, number: int, code: str = COMMUNITY) -> TestResponse:
    fields = fields_of(client.page(PRINT))
    return client.post(PRINT, data={**fields, f"number-{village_id(portal, code)}": str(number)})


def printed(portal: Portal, number: int = 1, code: str = COMMUNITY) -> list[str]:
    """Serials of forms that the clerk has just printed."""
    before = set(serials(portal))
    assert print_for(portal, portal.staff(CLERK), number, code).status_code == 200
    return sorted(set(serials(portal)) - before)


def serials(portal: Portal) -> list[str]:
    with portal.database.reading() as session:
        return list(session.scalars(select(PaperForm.serial)))


def address(portal: Portal, kind: str, code: str = COMMUNITY) -> str:
    return f"{ENTER}?village={village_id(portal, code)}&kind={kind}"


def enter(portal: Portal, client: PageClient, kind: str, who: str, **answers: str) -> TestResponse:
    """Type one sheet in as a clerk would; the answers by question."""
    fields = fields_of(client.page(address(portal, kind)))
    typed = {f"q_{key}": number for key, number in (answers or {"overall": "2"}).items() if key != "comment"}
    more = {"comment": answers["comment"]} if "comment" in answers else {}
    return client.post(ENTER, data={**fields, "who": who, **typed, **more})


def on_paper(portal: Portal) -> list[str]:
    """The answers of what was typed in, not counting what the street was filled with."""
    with portal.database.reading() as session:
        rows = session.scalars(
            select(Rating.answers).where(
                Rating.township_id == portal.filled.street,
                Rating.way == Way.PAPER,
                Rating.day == portal.clock.moment.date(),
                Rating.replaced_on.is_(None),
            )
        )
        return sorted(rows)


def sheet_of(page: str) -> dict[str, str]:
    """What the form with the questions would send, but for its button."""
    form = next(
        one
        for one in tree_of(page).iter("form")
        if any(part.get("name", "").startswith("q_") for part in one.iter())
    )
    return {part.get("name", ""): part.get("value", "") for part in form.iter("input")}


def check_address(portal: Portal) -> str:
    with portal.database.reading() as session:
        return f"{CHECKS}/{session.scalars(select(EntryCheck.id).where(EntryCheck.result.is_(None))).one()}"


def test_printing_registers_every_serial_and_each_code_opens_the_form_with_it(portal: Portal) -> None:
    client = portal.staff(CLERK)
    answer = print_for(portal, client, 5)
    assert answer.mimetype == "application/pdf"
    assert "attachment" in answer.headers["Content-Disposition"]
    read = []
    for page in pypdfium2.PdfDocument(answer.data):
        found = zxingcpp.read_barcodes(page.render(scale=200 / 72, grayscale=True).to_pil())
        read += [code.text for code in found]
    base = f"http://localhost/v/{portal.filled.posters[COMMUNITY]}?s="
    assert sorted(read) == sorted(base + scan_text(SECRET_KEY, serial) for serial in serials(portal))
    assert len(read) == 5
    told = visible_text(client.page("/admin/papers"))
    assert "2026年11月22日太平社区5 张0 张" in told


def test_a_room_without_forms_says_what_to_do(portal: Portal) -> None:
    assert "还没有印过评价单" in portal.staff(CLERK).page("/admin/papers")


def test_who_may_only_look_is_offered_nothing_to_do(portal: Portal) -> None:
    page = portal.staff(user(Role.AUDITOR, STREET)).page("/admin/papers")
    assert PRINT not in page
    assert ENTER not in page


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "还没有填张数"),
        ("0", "还没有填张数"),
        ("401", "一次最多印 400 张"),
        ("很多", "要是整数"),
        ("-3", "要是整数"),
    ],
)
def test_a_number_that_can_not_be_printed_is_refused_and_stays(
    portal: Portal, typed: str, words: str
) -> None:
    client = portal.staff(CLERK)
    fields = fields_of(client.page(PRINT))
    name = f"number-{village_id(portal)}"
    answer = client.post(PRINT, data={**fields, name: typed})
    assert words in errors_of(answer)[0]
    assert fields_of(answer.get_data(as_text=True))[name] == typed
    assert serials(portal) == []


def test_a_village_without_a_poster_can_not_be_printed_for(portal: Portal) -> None:
    with portal.database.writing() as session:
        poster = townships.posters_in_use(session, portal.filled.street)[village_id(portal)]
        poster.retired_on = portal.clock.moment.date()
    assert "没有在用的海报码" in errors_of(print_for(portal, portal.staff(CLERK), 3))[0]


def test_without_a_period_there_is_no_form_to_print_or_to_type(portal: Portal) -> None:
    client = portal.staff(CLERK)
    with portal.database.writing() as session:
        period = session.scalars(select(Period).where(Period.township_id == portal.filled.street)).one()
        period.last_day = portal.clock.moment.date() - timedelta(days=1)
    assert "不在任何考评周期里" in errors_of(print_for(portal, client, 3))[0]
    assert "不在任何考评周期里" in errors_of(client.get(address(portal, "paper")))[0]
    assert serials(portal) == []


def test_while_the_form_may_change_printing_warns(portal: Portal) -> None:
    client = portal.staff(CLERK)
    assert "问卷还能改" in client.page(PRINT)
    with portal.database.writing() as session:
        period = session.scalars(select(Period).where(Period.township_id == portal.filled.street)).one()
        period.opened_at = portal.clock.moment
    assert "问卷还能改" not in client.page(PRINT)


def test_sheet_after_sheet_is_typed_in_and_the_page_comes_back_empty(portal: Portal) -> None:
    first, second = printed(portal, 2)
    client = portal.staff(CLERK)
    fields = fields_of(client.page(address(portal, "paper")))
    for count, serial in ((1, typed_serial(first).lower()), (2, second)):
        sheet = {"who": serial, "q_visited": "1", "q_overall": "5", "comment": "路灯坏了"}
        answer = client.post(ENTER, data={**fields, **sheet})
        assert answer.status_code == 303
        page = client.page(answer.location)
        assert f"已录入 {count} 份" in page
        fields = fields_of(page)
        assert [fields[name] for name in ("who", "q_visited", "q_overall", "comment")] == [""] * 4
        assert fields["village"] == str(village_id(portal))
    assert on_paper(portal) == ["visited=yes overall=1"] * 2


def test_the_page_opens_in_the_field_that_comes_next(portal: Portal) -> None:
    client = portal.staff(CLERK)
    page = client.page(address(portal, "phone"))
    assert page.count(" autofocus") == 1
    assert 'id="who"' in page.partition(" autofocus")[0].rpartition("<input")[2]
    again = enter(portal, client, "phone", NUMBER, overall="9").get_data(as_text=True)
    assert 'id="q_overall"' in again.partition(" autofocus")[0].rpartition("<input")[2]


def test_every_fault_of_a_sheet_is_told_at_once_and_the_sheet_stays(portal: Portal) -> None:
    (serial,) = printed(portal)
    client = portal.staff(CLERK)
    answer = enter(portal, client, "paper", serial[:-1], visited="7", overall="x", comment="路灯坏了")
    errors = errors_of(answer)
    assert [error[:4] for error in errors] == ["编号是 ", "第 1 ", "第 4 "]
    fields = fields_of(answer.get_data(as_text=True))
    assert [fields[name] for name in ("who", "q_visited", "q_overall", "comment")] == [
        *(serial[:-1], "7", "x", "路灯坏了")
    ]
    assert on_paper(portal) == []


def test_a_serial_of_another_village_or_used_is_refused_at_its_field(portal: Portal) -> None:
    (own,), (other,) = printed(portal), printed(portal, 1, VILLAGE)
    client = portal.staff(CLERK)
    assert "别的村的，不是太平社区的" in errors_of(enter(portal, client, "paper", other))[0]
    assert enter(portal, client, "paper", own).status_code == 303
    assert "录过了" in errors_of(enter(portal, client, "paper", own))[0]


def test_a_sheet_that_says_nothing_is_refused_in_a_sentence(portal: Portal) -> None:
    (serial,) = printed(portal)
    client = portal.staff(CLERK)
    assert "没有录入" in errors_of(enter(portal, client, "paper", serial, overall="6"))[0]
    assert enter(portal, client, "paper", serial).status_code == 303


def test_the_same_sheet_sent_twice_is_one(portal: Portal) -> None:
    (serial,) = printed(portal)
    client = portal.staff(CLERK)
    sheet = {**fields_of(client.page(address(portal, "paper"))), "who": serial, "q_overall": "1"}
    for _ in range(2):
        assert client.post(ENTER, data=sheet).status_code == 303
    assert on_paper(portal) == ["overall=5"]


def test_an_interview_heard_again_says_that_the_last_one_counts(portal: Portal) -> None:
    client = portal.staff(CLERK)
    for kind, who in (("phone", NUMBER), ("door", "3组 12号")):
        first, second = (enter(portal, client, kind, who, overall=number) for number in "15")
        assert "以这一次为准" not in client.page(first.location)
        assert "以这一次为准" in client.page(second.location)
    assert on_paper(portal) == ["overall=1"] * 2


@pytest.mark.parametrize("query", ["", "?kind=paper", "?village=", "?kind=x&village=1"])
def test_first_it_is_chosen_for_which_village(portal: Portal, query: str) -> None:
    client = portal.staff(CLERK)
    answer = client.get(ENTER + query)
    assert answer.status_code == 200
    assert "哪个村社" in answer.get_data(as_text=True)


@pytest.mark.parametrize("village", ["0", "999999", "99999999999", "x", "-1"])
def test_a_village_that_is_not_there_is_refused(portal: Portal, village: str) -> None:
    answer = portal.staff(CLERK).get(f"{ENTER}?village={village}&kind=paper")
    assert "没有这个村社" in errors_of(answer)[0]


def test_another_townships_village_is_not_there(portal: Portal) -> None:
    answer = portal.staff(user(Role.CLERK, TASHI)).get(address(portal, "paper"))
    assert answer.status_code == 422


def test_who_belongs_to_the_team_is_told_why_a_village_is_missing_and_turned_away(portal: Portal) -> None:
    with portal.database.writing() as session:
        account = session.scalars(
            select(Account).where(Account.username == user(Role.TEAM_LEADER, STREET))
        ).one()
        session.add(AccountRole(account_id=account.id, role=Role.CLERK))
    client = portal.staff(user(Role.TEAM_LEADER, STREET))
    for path in (PRINT, ENTER):
        told = visible_text(client.page(path))
        assert "由您所在的城区组团联系，您要回避" in told, path
    assert client.get(address(portal, "paper")).status_code == 403
    name = f"number-{village_id(portal)}"
    fields = fields_of(client.page(PRINT))
    assert client.post(PRINT, data={**fields, name: "3"}).status_code == 422
    assert serials(portal) == []


def test_a_scanned_paper_carries_its_serial_through_the_form_and_its_errors(portal: Portal) -> None:
    (serial,) = printed(portal)
    scanned = scan_text(SECRET_KEY, serial)
    visitor = portal.visitor()
    page = visitor.page(f"{portal.form(COMMUNITY)}?s={scanned}")
    assert hidden(page, "serial") == scanned
    wrong = visitor.post(portal.form(COMMUNITY), data={"key": hidden(page, "key"), "serial": scanned})
    assert wrong.status_code == 422
    assert hidden(wrong.get_data(as_text=True), "serial") == scanned
    assert send(visitor, portal.form(COMMUNITY), serial=scanned).status_code == 303
    assert enter(portal, portal.staff(CLERK), "paper", serial, overall="5").status_code == 303
    assert on_paper(portal) == ["overall=1"]
    assert [row.replaced_on is not None for row in stored(portal.database)] == [True]


@pytest.mark.parametrize("wrong", ["serial", "ABCDEFGH-234567", "'><script>", "another village's"])
def test_a_serial_that_no_paper_of_the_village_carries_is_passed_over(portal: Portal, wrong: str) -> None:
    (serial,), (other,) = printed(portal), printed(portal, 1, VILLAGE)
    scanned = {"serial": serial, "another village's": scan_text(SECRET_KEY, other)}.get(wrong, wrong)
    visitor = portal.visitor()
    visitor.page(f"{portal.form(COMMUNITY)}", query_string={"s": scanned})
    assert send(visitor, portal.form(COMMUNITY), serial=scanned).status_code == 303
    assert enter(portal, portal.staff(CLERK), "paper", serial).status_code == 303
    assert [row.replaced_on for row in stored(portal.database)] == [None]


def test_a_paper_of_a_merged_village_leads_on_with_its_serial(portal: Portal) -> None:
    (serial,) = printed(portal, 1, VILLAGE)
    with portal.database.writing() as session:
        old = session.get_one(Village, village_id(portal, VILLAGE))
        old.last_day = portal.clock.moment.date() - timedelta(days=1)
        old.merged_into_id = village_id(portal)
    scanned = scan_text(SECRET_KEY, serial)
    visitor = portal.visitor()
    answer = visitor.get(f"{portal.form(VILLAGE)}?s={scanned}")
    assert answer.location == f"{portal.form(COMMUNITY)}?s={scanned}"
    send(visitor, portal.form(COMMUNITY), serial=scanned)
    assert enter(portal, portal.staff(CLERK), "paper", serial).status_code == 303
    assert [row.replaced_on is not None for row in stored(portal.database)] == [True]


def test_a_form_without_a_scanned_paper_carries_nothing_of_it(portal: Portal) -> None:
    assert 'name="serial"' not in portal.visitor().page(portal.form(COMMUNITY))


def test_who_left_a_number_online_and_is_called_later_is_one_voice(portal: Portal) -> None:
    visitor = portal.visitor()
    send(visitor, portal.form(COMMUNITY), want_reply="1", contact="138-0000-1111 张", comment="路灯坏了")
    assert enter(portal, portal.staff(CLERK), "phone", NUMBER, overall="5").status_code == 303
    assert [row.replaced_on is not None for row in stored(portal.database)] == [True]


def test_a_number_without_a_wish_for_an_answer_leaves_nothing(portal: Portal) -> None:
    send(portal.visitor(), portal.form(COMMUNITY), contact=NUMBER)
    enter(portal, portal.staff(CLERK), "phone", NUMBER, overall="5")
    assert [row.replaced_on for row in stored(portal.database)] == [None]


def test_a_drawn_paper_is_typed_again_blind_and_agrees(portal: Portal) -> None:
    (serial,) = printed(portal)
    enter(portal, portal.staff(CLERK), "paper", serial, visited="1", overall="2")
    admin = portal.staff(ADMIN)
    assert "等您查的（1）" in admin.page(CHECKS)
    path = check_address(portal)
    page = admin.page(path)
    assert typed_serial(serial) in page
    fields = sheet_of(page)
    assert {fields[name] for name in ("q_visited", "q_overall")} == {""}
    answer = admin.post(path, data={**fields, "q_visited": "1", "q_overall": "2", "decision": "compare"})
    assert "一致，查好了" in admin.page(answer.location)
    assert "等您查的（0）" in admin.page(CHECKS)
    assert "已经查过" in admin.page(path)


def test_a_difference_asks_to_look_again_and_then_corrects(portal: Portal) -> None:
    (serial,) = printed(portal)
    enter(portal, portal.staff(CLERK), "paper", serial, overall="1")
    admin, path = portal.staff(ADMIN), check_address(portal)
    first = sheet_of(admin.page(path))
    answer = admin.post(path, data={**first, "q_overall": "5", "decision": "compare"})
    assert "和第一次录的不一样" in errors_of(answer)[0]
    assert on_paper(portal) == ["overall=5"]
    second = sheet_of(answer.get_data(as_text=True))
    other = admin.post(path, data={**second, "q_overall": "4", "decision": "compare"})
    assert other.status_code == 422, "another answer than the one before is a new first look"
    done = admin.post(path, data={**second, "decision": "compare"})
    assert "已按您录的更正" in admin.page(done.location)
    assert on_paper(portal) == ["overall=1"]


def test_comparing_does_not_become_guessing(portal: Portal) -> None:
    (serial,) = printed(portal)
    enter(portal, portal.staff(CLERK), "paper", serial, visited="1", overall="1")
    admin, path = portal.staff(ADMIN), check_address(portal)
    fields = {"csrf_token": hidden(admin.page(path), "csrf_token"), "decision": "compare"}
    told = [
        errors_of(admin.post(path, data={**fields, "q_overall": str(number)}))[0] for number in range(1, 4)
    ]
    assert all("和第一次录的不一样" in words for words in told)
    right = {**fields, "q_overall": "1", "q_visited": "1"}
    refused = admin.post(path, data=right)
    assert "这一次没有比" in errors_of(refused)[0], "not even the right one is told"
    assert on_paper(portal) == ["visited=yes overall=5"]
    sure = sheet_of(refused.get_data(as_text=True))
    done = admin.post(path, data={**right, "before": sure["before"]})
    assert "一致，查好了" in admin.page(done.location)


def test_an_interviews_number_is_shown_to_who_asks_for_it_alone(portal: Portal) -> None:
    enter(portal, portal.staff(CLERK), "phone", NUMBER)
    admin, path = portal.staff(ADMIN), check_address(portal)
    page = admin.page(path)
    assert "13800001111" not in page
    assert "13800001111" not in admin.page(CHECKS)
    answer = admin.post(path, data={**fields_of(page), "decision": "see"})
    assert answer.status_code == 303
    assert "13800001111" in admin.page(answer.location)
    assert "13800001111" not in portal.staff(CLERK).page(path)


@pytest.mark.parametrize(
    ("decision", "words"), [("visited", "确实访问过"), ("unreachable", "打不通"), ("denied", "等另一个人批")]
)
def test_what_came_of_asking_is_said(portal: Portal, decision: str, words: str) -> None:
    enter(portal, portal.staff(CLERK), "door", "3组 12号")
    admin, path = portal.staff(ADMIN), check_address(portal)
    answer = admin.post(path, data={**fields_of(admin.page(path)), "decision": decision})
    assert words in visible_text(admin.page(answer.location))
    with portal.database.reading() as session:
        row = session.scalars(select(EntryCheck)).one()
        assert (row.kind, row.sealed, row.digest) == (EntryKind.DOOR, None, None)
    if decision == "denied":
        assert "一条评价不计" in admin.page("/admin/approvals")


def test_a_paper_that_is_not_found_is_counted(portal: Portal) -> None:
    (serial,) = printed(portal)
    enter(portal, portal.staff(CLERK), "paper", serial)
    admin, path = portal.staff(ADMIN), check_address(portal)
    answer = admin.post(path, data={**fields_of(admin.page(path)), "decision": "missing"})
    told = visible_text(admin.page(answer.location))
    assert "找不到这张纸" in told
    assert f"{CLERK}10010" in told


def test_the_own_entries_are_listed_with_why_somebody_else_must_check_them(portal: Portal) -> None:
    client = portal.staff(CLERK)
    enter(portal, client, "phone", NUMBER)
    assert "由另一个人来查" in client.page(CHECKS)
    path = check_address(portal)
    assert "由另一个人来查" in client.page(path)


@pytest.mark.parametrize("number", ["1", "99999999999999999999999", str(2**62)])
def test_a_check_that_is_not_there_is_not_found(portal: Portal, number: str) -> None:
    portal.staff(CLERK).page(f"{CHECKS}/{number}", 404)


def test_the_ledger_shows_serials_and_ways_in_words(portal: Portal) -> None:
    (serial,) = printed(portal)
    client = portal.staff(CLERK)
    enter(portal, client, "paper", serial)
    enter(portal, client, "phone", NUMBER)
    told = visible_text(client.page("/admin/ledger?group=voices"))
    for words in ("印纸质评价单", "录入一张纸质评价单", "录入一次访问"):
        assert words in told, words
