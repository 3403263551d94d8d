"""The office's own two-person acts: a bonus, a case that does not count, a rating set aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.actions import bonuses, cases, moderation
from portal.actions.bonuses import BonusWish, propose_bonus
from portal.actions.cases import Why, propose_counted_again, propose_not_counted
from portal.actions.guard import MustStandBack, NotAllowed
from portal.actions.moderation import SetAsideReason, propose_set_aside
from portal.actions.proposals import ProposalRefused, approve
from portal.actions.two_person import KINDS
from portal.clock import moment_of
from portal.core.book import Way
from portal.core.rights import Actor
from portal.store import proposals
from portal.store.appraisal import Bonus, TaskForce
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.office import Proposal
from portal.store.organisation import Service
from portal.store.residents import Case, Rating, Standing
from tests.actions.office import TEAM, Office, open_office, publish
from tests.conftest import NOON

OPENED = moment_of(datetime(2026, 10, 1, 9))
NUMBER, RATING = "2026-0007", 4_611_686_018_427_387_000
WHY = SetAsideReason.NOT_THEIR_OWN
Make = Callable[[Session, Actor], Proposal]


@pytest.fixture
def office(sqlite_database: Database) -> Office:
    """An office with a case and a rating of the village that 甲组 links."""
    made = open_office(sqlite_database)
    own: dict[str, Any] = {"township_id": made.township, "village_id": made.village}
    with sqlite_database.writing() as session:
        session.add(Case(**own, number=NUMBER, opened_at=OPENED))
        rating = {"edition_id": made.edition, "day": date(2026, 10, 2), "voice": "v", "way": Way.WECHAT}
        answers = {"answers": "overall=1", "valued": True, "first": True, "submission": "s"}
        session.add(Rating(**own, **rating, **answers, id=RATING))
    return made


def bonus(office: Office, **other: Any) -> Make:
    wish = replace(BonusWish(office.force, office.cadre, Decimal("1.5"), "驻点三周"), **other)
    return lambda session, actor: propose_bonus(session, actor, office.township, wish, NOON)


def not_counted(office: Office, number: str = NUMBER, words: str = "属供电部门") -> Make:
    return lambda session, actor: propose_not_counted(
        session, actor, office.township, number, Why.BEYOND_DUTY, words, NOON
    )


def counted_again(office: Office) -> Make:
    return lambda session, actor: propose_counted_again(
        session, actor, office.township, NUMBER, "复核后应计", NOON
    )


def set_aside(office: Office, rating: int = RATING) -> Make:
    return lambda session, actor: propose_set_aside(session, actor, office.township, rating, WHY, NOON)


EVERY = [bonus, not_counted, set_aside]


def proposed(office: Office, make: Make, by: Actor | None = None) -> int:
    with office.database.writing() as session:
        return make(session, by or office.clerk).id


def approved(office: Office, number: int, by: Actor | None = None) -> None:
    with office.database.writing() as session:
        found = proposals.by_id(session, office.township, number, lock=True)
        assert found is not None
        approve(session, by or office.approver, found, KINDS[found.kind], NOON + timedelta(hours=1))


def told(office: Office, number: int) -> dict[str, str]:
    with office.database.reading() as session:
        proposal = session.get_one(Proposal, number)
        tell = KINDS[proposal.kind].told
        assert tell is not None
        return dict(tell(session, proposal, NOON))


def one(office: Office, table: Any) -> Any:
    with office.database.reading() as session:
        return session.scalars(select(table)).one()


def last_entry(office: Office, kind: str) -> LedgerEntry:
    (entry,) = [entry for entry in office.entries() if entry.kind == kind]
    return entry


@pytest.mark.parametrize("make", EVERY)
def test_who_is_concerned_neither_proposes_nor_approves(
    office: Office, make: Callable[[Office], Make]
) -> None:
    with pytest.raises(MustStandBack):
        proposed(office, make(office), office.leader)
    number = proposed(office, make(office))
    with pytest.raises(MustStandBack):
        approved(office, number, office.leader)


@pytest.mark.parametrize("make", EVERY)
def test_who_may_not_propose_does_not(office: Office, make: Callable[[Office], Make]) -> None:
    with pytest.raises(NotAllowed):
        proposed(office, make(office), office.auditor)


@pytest.mark.parametrize("make", EVERY)
def test_after_publication_nothing_of_the_kind_is_carried_out(
    office: Office, make: Callable[[Office], Make]
) -> None:
    number = proposed(office, make(office))
    publish(office)
    with pytest.raises(ProposalRefused, match="公布"):
        approved(office, number)
    with pytest.raises(ProposalRefused, match="公布"):
        proposed(office, make(office), office.admin)


def test_a_bonus_stands_once_the_committee_agreed(office: Office) -> None:
    number = proposed(office, bonus(office))
    with pytest.raises(NotAllowed):
        approved(office, number, office.admin)
    approved(office, number)
    row = one(office, Bonus)
    assert (row.period_id, row.task_force_id, row.cadre_id) == (office.period, office.force, office.cadre)
    assert (row.points, row.reason) == (Decimal("1.5"), "驻点三周")
    entry = last_entry(office, "bonus.added")
    assert (entry.row_id, entry.actor, entry.reason) == (row.id, office.approver.username, "驻点三周")
    assert entry.after is not None
    assert entry.after["points"] == "1.5"
    assert entry.act == last_entry(office, "proposal.approved").act


@pytest.mark.parametrize("points", ["0", "-1", "5.01", "1.005", "NaN"])
def test_points_beyond_their_bounds_are_refused(office: Office, points: str) -> None:
    with pytest.raises(ProposalRefused, match="加分"):
        proposed(office, bonus(office, points=Decimal(points)))


def test_a_bonus_goes_to_somebody_who_is_scored_and_from_a_task_force_that_is(office: Office) -> None:
    for other, words in (({"cadre_id": 99}, "干部"), ({"task_force_id": 99}, "专班")):
        with pytest.raises(ProposalRefused, match=words):
            proposed(office, bonus(office, **other))
    with office.database.writing() as session:
        session.execute(update(Service).values(exempt=True))
    with pytest.raises(ProposalRefused, match="不参评"):
        proposed(office, bonus(office))


def test_what_another_township_has_can_not_be_given(office: Office) -> None:
    other = open_office(office.database, "330825112")
    for ids in ({"cadre_id": other.cadre}, {"task_force_id": other.force}):
        with pytest.raises(ProposalRefused):
            proposed(office, bonus(office, **ids))
    with pytest.raises(ProposalRefused, match="没有编号"):
        proposed(other, not_counted(other), other.clerk)
    with pytest.raises(ProposalRefused, match="没有这条"):
        proposed(other, set_aside(other), other.clerk)


def test_a_bonus_tells_what_somebody_has_and_where_the_cap_holds(office: Office) -> None:
    number = proposed(office, bonus(office, points=Decimal("4")))
    assert told(office, number)["现在已有"] == "没有加分，计入 0 分"
    approved(office, number)
    after = told(office, proposed(office, bonus(office, points=Decimal("2.25"))))
    assert after["现在已有"] == "征迁 4 分，计入 4 分"
    assert after["同意以后"] == "共 6.25 分，计入 5 分"
    assert "现在已有" not in told(office, number)  # it is done: what would be is over


def test_a_bonus_whose_task_force_is_gone_is_not_carried_out(office: Office) -> None:
    number = proposed(office, bonus(office))
    with office.database.writing() as session:
        session.delete(session.get_one(TaskForce, office.force))
    with pytest.raises(ProposalRefused, match="专班"):
        approved(office, number)
    assert told(office, number)["专班"] == "（已经不在）"


def test_without_a_period_today_there_is_no_bonus(office: Office) -> None:
    wish = BonusWish(office.force, office.cadre, Decimal(1), "因为")
    with office.database.writing() as session, pytest.raises(ProposalRefused, match="周期"):
        propose_bonus(session, office.clerk, office.township, wish, NOON + timedelta(days=60))


def test_a_case_counts_no_more_and_then_again(office: Office) -> None:
    approved(office, proposed(office, not_counted(office)), office.admin)
    case = one(office, Case)
    assert case.not_counted
    entry = last_entry(office, "case.not_counted")
    assert (entry.subject, entry.row_id, entry.reason) == (NUMBER, case.id, "超职责：属供电部门")
    assert (entry.before, entry.after) == ({"not_counted": False}, {"not_counted": True})
    approved(office, proposed(office, counted_again(office)), office.admin)
    assert not one(office, Case).not_counted
    assert last_entry(office, "case.counted_again").before == {"not_counted": True}


def test_a_case_that_stands_as_wanted_is_not_proposed(office: Office) -> None:
    with pytest.raises(ProposalRefused, match="就是计入的"):
        proposed(office, counted_again(office))
    with pytest.raises(ProposalRefused, match="没有编号为“X”"):
        proposed(office, not_counted(office, "X"))
    with pytest.raises(ProposalRefused, match="理由"):
        proposed(office, not_counted(office, words=" "))


def test_a_case_that_was_changed_meanwhile_is_not_carried_out(office: Office) -> None:
    number = proposed(office, not_counted(office))
    with office.database.writing() as session:
        session.execute(update(Case).values(not_counted=True))
    with pytest.raises(ProposalRefused, match="已经不计"):
        approved(office, number)


def test_a_case_tells_what_its_team_would_have(office: Office) -> None:
    """Opened on October 1st and never answered: the one case makes 0, and without it there is nothing."""
    shown = told(office, proposed(office, not_counted(office)))
    assert shown["所属组团"] == TEAM
    assert shown["诉求办理现在"] == f"{TEAM} 0.00 分，计 1 件"
    assert shown["同意以后"] == f"{TEAM} 暂缺 分，计 0 件"


def test_a_rating_is_set_aside_and_the_ledger_tells_no_answer(office: Office) -> None:
    number = proposed(office, set_aside(office))
    approved(office, number, office.admin)
    assert one(office, Rating).standing is Standing.SET_ASIDE
    entry = last_entry(office, "rating.set_aside")
    assert (entry.before, entry.after) == ({"standing": "counted"}, {"standing": "set_aside"})
    written = " ".join(str((e.subject, e.before, e.after, e.reason)) for e in office.entries())
    assert str(RATING) not in written
    assert "overall" not in written
    assert str(RATING) not in str(told(office, number))
    with pytest.raises(ProposalRefused, match="已经不计"):
        proposed(office, set_aside(office))


def test_no_reason_for_setting_aside_is_about_what_a_rating_says() -> None:
    for reason in SetAsideReason:
        assert not [word for word in ("不满", "差评", "批评", "低分", "内容") if word in reason.value]


def test_two_ratings_of_a_village_are_two_subjects(office: Office) -> None:
    with office.database.writing() as session:
        first = session.scalars(select(Rating)).one()
        columns = {name: getattr(first, name) for name in ("township_id", "village_id", "edition_id", "way")}
        more = {"day": first.day, "voice": "w", "answers": "", "valued": True, "first": True}
        session.add(Rating(**columns, **more, submission="t", id=RATING + 1))
    proposed(office, set_aside(office))
    proposed(office, set_aside(office, RATING + 1))


def test_every_kind_has_its_key_its_words_and_can_be_told() -> None:
    assert {bonuses.KIND, cases.NOT_COUNTED, cases.COUNTED_AGAIN, moderation.SET_ASIDE} <= set(KINDS.values())
    for key, kind in KINDS.items():
        assert key == kind.key
        assert kind.words
