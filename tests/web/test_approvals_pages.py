"""Two-person acts on pages: proposing, deciding, withdrawing, and who is told what."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, update
from werkzeug.test import TestResponse

from portal.core.book import Role
from portal.store.appraisal import Bonus, Period, TaskForce
from portal.store.ledger import LedgerEntry
from portal.store.office import Proposal, ProposalState
from portal.store.organisation import Cadre
from portal.store.people import Account
from portal.store.residents import Case
from tests.web.access.approvals import CASE, waiting
from tests.web.client import PageClient, hidden
from tests.web.conftest import Portal
from tests.web.filling import STREET, TASHI, user
from tests.web.pages import visible_text
from tests.web.reading import rows

CLERK, ADMIN, APPROVER = (user(role, STREET) for role in (Role.CLERK, Role.TOWNSHIP_ADMIN, Role.APPROVER))
INBOX, NEW_BONUS, NEW_CASE = "/admin/approvals", "/admin/approvals/bonus/new", "/admin/approvals/case/new"
FOR_ME, FOR_OTHERS, DONE = "等您批的", "等别人批的", "办完的"


def post(client: PageClient, path: str, **data: Any) -> TestResponse:
    key = hidden(client.page("/account"), "csrf_token")
    return client.post(path, data={"csrf_token": key, **data})


def ids(portal: Portal, cadre: str = "S02") -> dict[str, str]:
    """The street's task force and a cadre, as the form sends them."""
    own = portal.filled.street
    with portal.database.reading() as session:
        force = session.scalar(select(TaskForce.id).where(TaskForce.township_id == own))
        found = session.scalar(select(Cadre.id).where(Cadre.township_id == own, Cadre.number == cadre))
    return {"task_force": str(force), "cadre": str(found)}


def propose(portal: Portal, username: str = CLERK, cadre: str = "S02", **other: str) -> str:
    """Propose a bonus, and give the address that the page leads to."""
    data = {**ids(portal, cadre), "points": "1.5", "reason": "驻点三周", **other}
    response = post(portal.staff(username), NEW_BONUS, **data)
    assert response.status_code == 303, visible_text(response.get_data(as_text=True))
    return str(response.location).partition("?")[0]


def kept(portal: Portal, address: str) -> Proposal:
    with portal.database.reading() as session:
        return session.get_one(Proposal, int(address.rpartition("/")[2]))


def count(portal: Portal, table: Any) -> int:
    with portal.database.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def stand_for(portal: Portal, username: str, number: str) -> None:
    """From now on the account is this cadre's."""
    with portal.database.writing() as session:
        own = Cadre.township_id == portal.filled.street
        cadre = session.scalar(select(Cadre.id).where(own, Cadre.number == number))
        session.execute(update(Account).where(Account.username == username).values(cadre_id=cadre))


def decide(client: PageClient, address: str, decision: str, words: str = "") -> TestResponse:
    return post(client, address, decision=decision, words=words)


def test_a_bonus_goes_from_the_clerk_to_the_committee_into_the_score(portal: Portal) -> None:
    approver = portal.staff(APPROVER)
    address = propose(portal)
    (row,) = rows(approver.page(INBOX), FOR_ME)
    assert row["事项"] == "专班加分：防汛专班 S02 +1"
    assert (row["为什么提"], row["动谁的得分"], row["谁提的"]) == ("驻点三周", "+1（S02）", CLERK)
    assert row["期限"] == "还剩 14 天"
    before = approver.page("/admin/results/S02")
    response = decide(approver, address, "approve")
    assert (response.status_code, response.location) == (303, f"{address}?done=1")
    assert "已同意，已经生效" in approver.page(response.location)
    assert approver.page("/admin/results/S02") != before
    with portal.database.reading() as session:
        given = session.scalars(select(Bonus.points).where(Bonus.reason == "驻点三周")).one()
        assert given == Decimal("1.5")
    (done,) = rows(approver.page(INBOX), DONE)
    assert (done["结果"], done["谁批的"]) == ("已同意", APPROVER)


def test_the_page_of_a_bonus_tells_the_cap_and_what_somebody_has(portal: Portal) -> None:
    page = visible_text(portal.staff(APPROVER).page(propose(portal, cadre="S09", points="4")))
    assert "本周期最多计 5 分" in page
    assert "现在已有 防汛专班 1.5 分，计入 1.5 分" in page
    assert "同意以后 共 5.5 分，计入 5 分" in page


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("points", "6", "大于 0、不超过 5"),
        ("points", "0", "大于 0、不超过 5"),
        ("points", "1.234", "最多两位小数"),
        ("points", "很多", "最多两位小数"),
        ("task_force", "99999", "请选一个专班"),
        ("cadre", "x", "请选一名干部"),
        ("reason", "   ", "请写理由"),
        ("reason", "长" * 501, "最多 500 个字"),
    ],
)
def test_bad_input_is_told_at_the_field_and_what_was_typed_stays(
    portal: Portal, field: str, typed: str, words: str
) -> None:
    data = {**ids(portal), "points": "1.25", "reason": "夜巡九次", field: typed}
    response = post(portal.staff(CLERK), NEW_BONUS, **data)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "<title>有错误：" in page
    assert page.count(words) >= 2  # in the summary and at the field
    assert f'href="#{field}"' in page
    assert ("夜巡九次" in page) is (field != "reason")
    assert ('value="1.25"' in page) is (field != "points")
    assert count(portal, Proposal) == 0


def test_full_width_digits_are_digits(portal: Portal) -> None:
    assert kept(portal, propose(portal, points="１．５")).payload["points"] == "1.5"


def test_nobody_gives_a_cadre_of_another_township_a_bonus(portal: Portal) -> None:
    own = portal.filled.tashi
    with portal.database.reading() as session:
        stranger = session.scalars(select(Cadre.id).where(Cadre.township_id == own)).first()
    data = {**ids(portal), "cadre": str(stranger), "points": "1", "reason": "x"}
    assert post(portal.staff(CLERK), NEW_BONUS, **data).status_code == 422


def test_a_double_tap_proposes_once(portal: Portal) -> None:
    assert propose(portal) == propose(portal)
    assert count(portal, Proposal) == 1
    response = post(portal.staff(ADMIN), NEW_BONUS, **ids(portal), points="2", reason="另一个理由")
    assert response.status_code == 422
    assert "已经有一件在等人批" in response.get_data(as_text=True)


def test_without_a_period_that_holds_today_the_page_says_what_to_do(portal: Portal) -> None:
    with portal.database.writing() as session:
        yesterday = portal.clock.moment.date() - timedelta(days=1)
        found = update(Period).where(Period.township_id == portal.filled.street)
        session.execute(found.values(last_day=yesterday))
    client = portal.staff(CLERK)
    assert "不在任何考评周期里" in client.page(NEW_BONUS)
    assert post(client, NEW_BONUS, **ids(portal), points="1", reason="x").status_code == 422


def test_a_case_counts_no_more_once_two_agree(portal: Portal) -> None:
    address = f"{INBOX}/{waiting(portal)}"
    admin = portal.staff(ADMIN)
    assert "不实：没有这回事" in admin.page(address)
    decide(admin, address, "approve")
    with portal.database.reading() as session:
        assert session.scalars(select(Case.not_counted).where(Case.number == CASE)).one()
    response = post(portal.staff(CLERK), NEW_CASE, number=CASE, what="again", words="复核后应计")
    decide(admin, str(response.location).partition("?")[0], "approve")
    with portal.database.reading() as session:
        assert not session.scalars(select(Case.not_counted).where(Case.number == CASE)).one()


def test_a_case_that_there_is_not_is_told(portal: Portal) -> None:
    response = post(portal.staff(CLERK), NEW_CASE, number="没有的", what="不实", words="因为")
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "没有编号为“没有的”的诉求" in page
    assert 'value="没有的"' in page


def test_refusing_wants_words_and_keeps_them(portal: Portal) -> None:
    address, approver = propose(portal), portal.staff(APPROVER)
    response = decide(approver, address, "refuse")
    assert response.status_code == 422
    assert "请写明不同意的理由" in response.get_data(as_text=True)
    assert kept(portal, address).state is ProposalState.WAITING
    decide(approver, address, "refuse", "请附台账")
    page = visible_text(portal.staff(CLERK).page(address))
    assert "未同意" in page
    assert "请附台账" in page


@pytest.mark.parametrize(("decision", "words"), [("", ""), ("other", ""), ("refuse", "长" * 501)])
def test_a_decision_that_can_not_be_read_changes_nothing(portal: Portal, decision: str, words: str) -> None:
    address = propose(portal)
    assert decide(portal.staff(APPROVER), address, decision, words).status_code == 422
    assert kept(portal, address).state is ProposalState.WAITING


def test_the_proposer_withdraws_and_nobody_else(portal: Portal) -> None:
    address = propose(portal)
    assert decide(portal.staff(ADMIN), address, "withdraw").status_code == 422
    clerk = portal.staff(CLERK)
    assert "撤回这件事" in clerk.page(address)
    response = decide(clerk, address, "withdraw")
    assert "已撤回，什么也没有改变" in clerk.page(str(response.location))
    assert count(portal, Bonus) == 1 + _imported(portal)


def _imported(portal: Portal) -> int:
    """The bonuses of the other township."""
    with portal.database.reading() as session:
        found = select(func.count()).where(Bonus.township_id == portal.filled.tashi)
        return session.execute(found).scalar_one()


def test_the_second_of_two_approvers_sees_what_the_first_did(portal: Portal) -> None:
    address = f"{INBOX}/{waiting(portal)}"
    decide(portal.staff(APPROVER), address, "approve")
    admin = portal.staff(ADMIN)
    response = decide(admin, address, "refuse", "不妥")
    assert (response.status_code, response.location) == (303, f"{address}?late=1")
    page = visible_text(admin.page(response.location))
    assert "在您之前已经办完" in page
    assert f"已同意 {APPROVER}" in page
    assert "不妥" not in page


def test_a_double_tap_on_agreeing_is_harmless(portal: Portal) -> None:
    address, approver = propose(portal), portal.staff(APPROVER)
    before = count(portal, Bonus)
    for _ in range(2):
        location = str(decide(approver, address, "approve").location)
        assert "已同意，已经生效" in approver.page(location)
    assert count(portal, Bonus) == before + 1


def test_an_administrator_is_not_the_committee(portal: Portal) -> None:
    address, admin = propose(portal), portal.staff(ADMIN)
    assert "由党委的账号来批" in admin.page(address)
    assert 'value="approve"' not in admin.page(address)
    assert decide(admin, address, "approve").status_code == 403
    (row,) = rows(admin.page(INBOX), FOR_OTHERS)
    assert "由党委的账号来批" in row["您为什么不能批"]


def test_nobody_approves_the_own_proposal(portal: Portal) -> None:
    address = f"{INBOX}/{waiting(portal)}"
    with portal.database.writing() as session:
        account = session.scalar(select(Account.id).where(Account.username == ADMIN))
        session.execute(update(Proposal).values(proposer_id=account))
    admin = portal.staff(ADMIN)
    assert "您自己提出的" in admin.page(address)
    response = decide(admin, address, "approve")
    assert response.status_code == 422
    assert kept(portal, address).state is ProposalState.WAITING


def test_whose_score_it_moves_stands_back(portal: Portal) -> None:
    address = propose(portal, cadre="S02")
    stand_for(portal, APPROVER, "S02")
    approver = portal.staff(APPROVER)
    assert "您要回避" in approver.page(address)
    response = decide(approver, address, "approve")
    assert response.status_code == 403
    assert "这件事您要回避" in response.get_data(as_text=True)
    assert kept(portal, address).state is ProposalState.WAITING


def test_nobody_proposes_the_own_bonus(portal: Portal) -> None:
    stand_for(portal, CLERK, "S02")
    response = post(portal.staff(CLERK), NEW_BONUS, **ids(portal), points="1", reason="我")
    assert response.status_code == 403
    assert count(portal, Proposal) == 0


def test_an_expired_one_shows_at_once_and_is_closed_by_the_next_post(portal: Portal) -> None:
    address = propose(portal)
    with portal.database.writing() as session:
        early = portal.clock.moment.replace(day=1)
        session.execute(update(Proposal).values(proposed_at=early, expires_at=portal.clock.moment))
    approver = portal.staff(APPROVER)
    assert "已过期" in approver.page(address)
    assert 'value="approve"' not in approver.page(address)
    (row,) = rows(approver.page(INBOX), DONE)
    assert row["结果"] == "已过期"
    assert kept(portal, address).state is ProposalState.WAITING  # looking writes nothing
    response = decide(approver, address, "approve")
    assert response.status_code == 303
    assert "已过期" in approver.page(str(response.location))
    assert kept(portal, address).state is ProposalState.EXPIRED


def test_what_can_not_be_carried_out_is_told_and_nothing_is_saved(portal: Portal) -> None:
    address = propose(portal)
    with portal.database.writing() as session:
        session.execute(
            update(Period)
            .where(Period.township_id == portal.filled.street)
            .values(published_at=portal.clock.moment)
        )
    response = decide(portal.staff(APPROVER), address, "approve", "同意")
    assert response.status_code == 422
    assert "已经公布" in response.get_data(as_text=True)
    assert kept(portal, address).state is ProposalState.WAITING
    with portal.database.reading() as session:
        found = select(LedgerEntry.kind).where(LedgerEntry.kind.in_(("proposal.approved", "bonus.added")))
        assert session.scalars(found).all() == []


def test_a_proposal_of_another_township_is_not_there(portal: Portal) -> None:
    address = propose(portal)
    stranger = portal.staff(user(Role.APPROVER, TASHI))
    stranger.page(address, 404)
    assert decide(stranger, address, "approve").status_code == 404
    assert "S02" not in stranger.page(INBOX)
    for number in (0, 2**31, 10**30):
        stranger.page(f"{INBOX}/{number}", 404)
        assert decide(stranger, f"{INBOX}/{number}", "approve").status_code == 404


def test_an_act_of_a_kind_that_is_no_more_is_told_field_by_field_and_not_decided(portal: Portal) -> None:
    address = propose(portal)
    with portal.database.writing() as session:
        gone = {"kind": "no.such", "payload": {"points": "2", "why": "样例", "changes": [["上限", "5", "4"]]}}
        session.execute(update(Proposal).values(**gone))
    approver = portal.staff(APPROVER)
    page = visible_text(approver.page(address))
    for words in ("加减分 2", "认定为 样例", "上限 5 → 4", "这类事现在不能在这里批"):
        assert words in page
    assert decide(approver, address, "approve").status_code == 422
    assert decide(portal.staff(CLERK), address, "withdraw").status_code == 303


def test_who_only_looks_is_offered_nothing_to_press(portal: Portal) -> None:
    auditor = portal.staff(user(Role.AUDITOR, STREET))
    page = auditor.page(propose(portal))
    assert "<button" not in page.partition("<main")[2]
    assert "提一件" not in auditor.page(INBOX)


def test_done_ones_are_paged(portal: Portal) -> None:
    clerk = portal.staff(CLERK)
    with clerk.unchecked():
        for number in range(23):
            decide(clerk, propose(portal, reason=f"第{number}次"), "withdraw")
    first, second = (rows(clerk.page(f"{INBOX}?page={page}"), DONE) for page in (1, 2))
    assert (len(first), len(second)) == (20, 3)
    assert len(rows(clerk.page(f"{INBOX}?page=99"), DONE)) == 3
    assert len(rows(clerk.page(f"{INBOX}?page=x"), DONE)) == 20
