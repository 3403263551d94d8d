"""Two-person acts: who may propose and who decide, each step once, and nothing half done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from portal.actions.guard import MustStandBack, NotAllowed
from portal.actions.ledger import Act, record
from portal.actions.proposals import (
    USUAL_WAIT,
    Kind,
    ProposalRefused,
    Wish,
    approve,
    expire_overdue,
    may_decide,
    propose,
    refuse,
    state_at,
    why_not,
    withdraw,
)
from portal.actions.two_person import KINDS, waiting_for
from portal.core.rights import Actor, Right
from portal.store import proposals
from portal.store.appraisal import GovernanceMark
from portal.store.engine import Database
from portal.store.office import ProposalState
from tests.actions.making import count
from tests.actions.office import CADRE, OTHER_CADRE, SAMPLE, TEAM, WISH, Office, moving, open_office
from tests.conftest import NOON

LATER, TOO_LATE = NOON + timedelta(days=1), NOON + USUAL_WAIT


@pytest.fixture
def office(database: Database) -> Office:
    return open_office(database)


def proposed(office: Office, wish: Wish = WISH, by: Actor | None = None, kind: Kind = SAMPLE) -> int:
    with office.database.writing() as session:
        return propose(session, by or office.clerk, kind, wish, NOON).id


def approved(office: Office, number: int, by: Actor, when: datetime = LATER, kind: Kind = SAMPLE) -> None:
    with office.database.writing() as session:
        found = proposals.by_id(session, office.township, number, lock=True)
        assert found is not None
        approve(session, by, found, kind, when, "可以")


def marks(office: Office) -> int:
    return count(office.database, GovernanceMark)


def test_another_person_approves_and_only_then_it_is_done(office: Office) -> None:
    number = proposed(office)
    assert marks(office) == 0
    approved(office, number, office.approver)
    kept = office.kept(number)
    assert marks(office) == 1
    assert (kept.state, kept.decider_id, kept.decided_at) == (
        ProposalState.APPROVED,
        office.approver.account_id,
        LATER,
    )
    assert kept.decision_reason == "可以"


def test_both_steps_stand_in_the_ledger_with_their_reasons(office: Office) -> None:
    number = proposed(office)
    approved(office, number, office.approver)
    first, second = office.entries()
    assert (first.kind, first.actor, first.reason, first.row_id) == (
        "proposal.proposed",
        office.clerk.username,
        "因为需要",
        number,
    )
    assert first.after is not None
    assert first.after["payload"] == {"team": 1}
    assert (second.kind, second.actor, second.reason) == (
        "proposal.approved",
        office.approver.username,
        "可以",
    )
    assert (second.before, second.after) == ({"state": "waiting"}, {"state": "approved", "kind": "sample"})


def test_a_proposal_wants_a_reason(office: Office) -> None:
    with pytest.raises(ProposalRefused, match="理由"):
        proposed(office, replace(WISH, reason="  "))


def test_who_lacks_the_right_can_neither_propose_nor_decide(office: Office) -> None:
    with pytest.raises(NotAllowed):
        proposed(office, by=office.auditor)
    number = proposed(office)
    for actor in (office.auditor, replace(office.clerk, account_id=office.admin.account_id)):
        with pytest.raises(NotAllowed):
            approved(office, number, actor)


def test_where_it_must_be_the_committee_an_administrator_is_not_enough(office: Office) -> None:
    kind = replace(SAMPLE, approve=Right.APPROVE_FOR_COMMITTEE)
    number = proposed(office, kind=kind)
    with pytest.raises(NotAllowed):
        approved(office, number, office.admin, kind=kind)
    approved(office, number, office.approver, kind=kind)


def test_nobody_approves_the_own_proposal(office: Office) -> None:
    number = proposed(office, by=office.admin)
    with pytest.raises(ProposalRefused, match="自己提出"):
        approved(office, number, office.admin)
    assert office.kept(number).state is ProposalState.WAITING


def test_a_second_account_of_the_same_cadre_is_the_same_person(office: Office) -> None:
    number = proposed(office, by=office.leader)
    with pytest.raises(ProposalRefused, match="另一个人"):
        approved(office, number, office.twin)
    approved(office, number, office.approver)


@pytest.mark.parametrize("kind", ["account.created", "account.reset"])
def test_who_handed_out_the_proposers_password_does_not_approve(office: Office, kind: str) -> None:
    with office.database.writing() as session:
        act = Act(office.admin.username, NOON - timedelta(days=13), office.township)
        record(session, act, kind, office.clerk.username)
    number = proposed(office)
    with pytest.raises(ProposalRefused, match="别的人"):
        approved(office, number, office.admin)
    assert marks(office) == 0
    approved(office, number, office.approver)
    assert marks(office) == 1


def test_a_password_handed_out_long_ago_hinders_nobody(office: Office) -> None:
    with office.database.writing() as session:
        act = Act(office.admin.username, NOON - timedelta(days=15), office.township)
        record(session, act, "account.reset", office.clerk.username)
    approved(office, proposed(office), office.admin)
    assert marks(office) == 1


@pytest.mark.parametrize("moved", [{"cadres": (OTHER_CADRE, CADRE)}, {"teams": ("乙组", TEAM)}])
def test_whose_score_it_moves_stands_back(office: Office, moved: dict[str, tuple[str, ...]]) -> None:
    number = proposed(office, moving(**moved))
    with pytest.raises(MustStandBack):
        approved(office, number, office.leader)
    assert marks(office) == 0
    approved(office, number, office.approver)


def test_whether_those_concerned_may_propose_is_the_kinds_to_say(office: Office) -> None:
    wish = moving(cadres=(CADRE,))
    with pytest.raises(MustStandBack):
        proposed(office, wish, by=office.leader, kind=replace(SAMPLE, concerned_may_propose=False))
    proposed(office, wish, by=office.leader)


def test_who_may_not_decide_is_told_why(office: Office) -> None:
    number = proposed(office, moving(cadres=(CADRE,)), by=office.admin)
    proposal = office.kept(number)
    for actor, words in (
        (office.admin, "自己提出"),
        (office.leader, "回避"),
        (office.clerk, "管理员或党委"),
        (office.approver, ""),
    ):
        told = why_not(actor, proposal, SAMPLE)
        assert words in told
        assert bool(told) is not may_decide(actor, proposal, SAMPLE)
    assert "党委" in why_not(office.clerk, proposal, replace(SAMPLE, approve=Right.APPROVE_FOR_COMMITTEE))
    twins = office.kept(proposed(office, Wish("别的事", "因为"), by=office.leader))
    assert "另一个账号" in why_not(office.twin, twins, SAMPLE)


def test_an_expired_one_can_not_be_decided_and_shows_as_expired_at_once(office: Office) -> None:
    number = proposed(office)
    assert state_at(office.kept(number), TOO_LATE - timedelta(seconds=1)) is ProposalState.WAITING
    assert state_at(office.kept(number), TOO_LATE) is ProposalState.EXPIRED
    with pytest.raises(ProposalRefused, match="过期"):
        approved(office, number, office.approver, TOO_LATE)
    assert office.kept(number).state is ProposalState.WAITING
    assert marks(office) == 0


def test_what_is_overdue_is_closed_once_and_the_ledger_says_so(office: Office) -> None:
    number = proposed(office)
    for moment, closed in ((LATER, 0), (TOO_LATE, 1), (TOO_LATE, 0)):
        with office.database.writing() as session:
            assert expire_overdue(session, office.township, moment) == closed
    kept = office.kept(number)
    assert (kept.state, kept.decider_id, kept.decided_at) == (ProposalState.EXPIRED, None, TOO_LATE)
    assert [(e.kind, e.actor) for e in office.entries()][-1] == ("proposal.expired", "system")


def test_an_expired_one_makes_room_for_the_next(office: Office) -> None:
    proposed(office)
    with office.database.writing() as session:
        again = propose(session, office.admin, SAMPLE, WISH, TOO_LATE).id
    assert office.kept(again).state is ProposalState.WAITING


def test_only_one_of_a_kind_waits_on_a_subject(office: Office) -> None:
    proposed(office)
    with pytest.raises(ProposalRefused, match="已经有一件"):
        proposed(office, by=office.admin)
    proposed(office, replace(WISH, subject="另一件事"))
    proposed(office, kind=replace(SAMPLE, key="other"))


def test_the_same_tapped_twice_is_one_proposal(office: Office) -> None:
    assert proposed(office) == proposed(office)
    assert [entry.kind for entry in office.entries()] == ["proposal.proposed"]
    with pytest.raises(ProposalRefused, match="已经有一件"):
        proposed(office, replace(WISH, reason="另一个理由"))


@pytest.mark.parametrize("first", ["approve", "refuse", "withdraw"])
@pytest.mark.parametrize("second", ["approve", "refuse", "withdraw"])
def test_what_is_decided_is_decided(office: Office, first: str, second: str) -> None:
    number = proposed(office)
    _do(office, first, number)
    before = office.kept(number)
    with pytest.raises(ProposalRefused, match="已经办完"):
        _do(office, second, number)
    assert office.kept(number).state is before.state
    assert marks(office) == (first == "approve")


def _do(office: Office, deed: str, number: int) -> None:
    with office.database.writing() as session:
        found = proposals.by_id(session, office.township, number, lock=True)
        assert found is not None
        if deed == "approve":
            approve(session, office.approver, found, SAMPLE, LATER)
        elif deed == "refuse":
            refuse(session, office.approver, found, SAMPLE, LATER, "不妥")
        else:
            withdraw(session, office.clerk, found, LATER)


def test_refusing_wants_a_reason_and_carries_nothing_out(office: Office) -> None:
    number = proposed(office)
    with office.database.writing() as session:
        found = proposals.by_id(session, office.township, number, lock=True)
        assert found is not None
        with pytest.raises(ProposalRefused, match="理由"):
            refuse(session, office.approver, found, SAMPLE, LATER, " ")
    _do(office, "refuse", number)
    kept = office.kept(number)
    assert (kept.state, kept.decision_reason) == (ProposalState.REFUSED, "不妥")
    assert marks(office) == 0
    assert [(e.kind, e.reason) for e in office.entries()][-1] == ("proposal.refused", "不妥")


def test_only_the_proposer_withdraws(office: Office) -> None:
    number = proposed(office)
    with office.database.writing() as session:
        found = proposals.by_id(session, office.township, number, lock=True)
        assert found is not None
        with pytest.raises(ProposalRefused, match="提出的人"):
            withdraw(session, office.admin, found, LATER)
    _do(office, "withdraw", number)
    assert office.kept(number).state is ProposalState.WITHDRAWN
    proposed(office)  # and may propose it again


def test_what_can_not_be_carried_out_leaves_nothing_behind(office: Office) -> None:
    """Also where the caller goes on and commits, as a page does that says why."""
    number = proposed(office, replace(WISH, payload={"team": 1, "fails": True}))
    with office.database.writing() as session:
        found = proposals.by_id(session, office.township, number, lock=True)
        assert found is not None
        with pytest.raises(ProposalRefused, match="办不成"):
            approve(session, office.approver, found, SAMPLE, LATER)
    assert marks(office) == 0
    assert office.kept(number).state is ProposalState.WAITING
    assert [entry.kind for entry in office.entries()] == ["proposal.proposed"]


def test_of_two_approvers_at_once_the_second_finds_it_done(office: Office) -> None:
    number = proposed(office)

    def second() -> str:
        try:
            approved(office, number, office.other_approver)
        except ProposalRefused as refused:
            return str(refused)
        return "done twice"

    with ThreadPoolExecutor(1) as pool:
        with office.database.writing() as session:
            found = proposals.by_id(session, office.township, number, lock=True)
            assert found is not None
            approve(session, office.approver, found, SAMPLE, LATER)
            waits = pool.submit(second)  # it gets no further than the lock
        assert "已经办完" in waits.result(timeout=60)
    assert marks(office) == 1
    assert office.kept(number).decider_id == office.approver.account_id


def test_of_two_proposers_at_once_one_is_told_that_it_waits(office: Office) -> None:
    def second() -> str:
        try:
            proposed(office, by=office.admin)
        except ProposalRefused as refused:
            return str(refused)
        return "both wait"

    with ThreadPoolExecutor(1) as pool:
        with office.database.writing() as session:
            propose(session, office.clerk, SAMPLE, WISH, NOON)
            waits = pool.submit(second)
        assert "已经有一件" in waits.result(timeout=60)


def test_the_ledger_never_holds_what_is_confidential(office: Office) -> None:
    number = proposed(office, kind=replace(SAMPLE, confidential=True))
    (entry,) = office.entries()
    assert entry.after is not None
    assert set(entry.after) == {"kind", "expires_at"}
    assert office.kept(number).payload == {"team": 1}


def test_a_proposal_of_another_township_is_not_there(office: Office) -> None:
    other = open_office(office.database, "330825112")
    number = proposed(other, by=other.clerk)
    with office.database.reading() as session:
        assert proposals.by_id(session, office.township, number) is None
        assert proposals.named(session, office.township, number) is None
        assert proposals.waiting(session, office.township, NOON) == []
        assert proposals.waiting(session, other.township, NOON) != []
    proposed(office)  # and one of the same name is not in its way


def test_who_belongs_to_no_township_proposes_nothing(office: Office) -> None:
    with pytest.raises(ProposalRefused, match="乡镇"):
        proposed(office, by=replace(office.clerk, township_id=None))


def test_the_menu_counts_what_waits_for_the_reader(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(KINDS, "sample", SAMPLE)  # type: ignore[arg-type]
    proposed(office)
    proposed(office, replace(WISH, subject="第二件"), by=office.admin)
    proposed(office, replace(moving(cadres=(CADRE,)), subject="第三件"))
    with office.database.reading() as session:
        counted = {
            actor.username.partition("@")[0]: waiting_for(session, actor, LATER)
            for actor in (office.clerk, office.admin, office.approver, office.leader, office.auditor)
        }
        assert waiting_for(session, office.approver, TOO_LATE) == 0
        assert waiting_for(session, replace(office.approver, township_id=None), LATER) == 0
    assert counted == {"clerk": 0, "admin": 2, "approver": 3, "leader": 2, "auditor": 0}
