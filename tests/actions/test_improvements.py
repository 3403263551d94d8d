"""你说我办: two persons publish an entry, one takes it down, and how many spoke is what staff pages tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from portal.actions import improvements, proposals
from portal.actions.guard import MustStandBack, NotAllowed
from portal.actions.improvements import PUBLISH, ImprovementRefused, NewImprovement, spoke, take_down
from portal.actions.ledger import Act
from portal.actions.proposals import ProposalRefused
from portal.actions.results import shown_results
from portal.core.crowd import exposed, shown_cells
from portal.core.rights import Actor
from portal.store import improvements as kept
from portal.store import proposals as kept_proposals
from portal.store import townships
from portal.store.appraisal import PlanVersion
from portal.store.engine import Database
from portal.store.improvements import Improvement
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Village
from tests.actions.office import TEAM, Office, open_office
from tests.conftest import NOON, import_tashi

TODAY, DAY = date(2026, 11, 22), date(2026, 11, 8)
REASON = "三个人说过，村里看过了"


@pytest.fixture
def office(database: Database) -> Office:
    return open_office(database)


def wanted(office: Office, **changes: object) -> NewImprovement:
    entry = NewImprovement(office.village, "村口的路灯不亮", "换了 6 盏灯", DAY)
    return replace(entry, **changes)  # type: ignore[arg-type]


def proposed(office: Office, by: Actor | None = None, **changes: object) -> int:
    with office.database.writing() as session:
        made = improvements.propose_improvement(
            session, by or office.clerk, wanted(office, **changes), REASON, NOON
        )
        return made.id


def approved(office: Office, number: int, by: Actor) -> None:
    with office.database.writing() as session:
        proposal = kept_proposals.by_id(session, office.township, number, lock=True)
        assert proposal is not None
        proposals.approve(session, by, proposal, PUBLISH, NOON)


def shown(office: Office, village: int | None = None) -> list[Improvement]:
    with office.database.reading() as session:
        return kept.shown(session, office.township, village or office.village)


def put_up(office: Office) -> int:
    approved(office, proposed(office), office.approver)
    return shown(office)[0].id


def test_an_entry_is_seen_once_another_person_has_approved_it(office: Office) -> None:
    number = proposed(office)
    assert shown(office) == []
    approved(office, number, office.approver)
    (entry,) = shown(office)
    assert (entry.said, entry.done, entry.day) == ("村口的路灯不亮", "换了 6 盏灯", DAY)
    assert (entry.published_on, entry.taken_down_on) == (TODAY, None)
    (line,) = [one for one in office.entries() if one.kind == "improvement.published"]
    assert (line.actor, line.row_id, line.reason) == (office.approver.username, entry.id, REASON)


def test_who_proposed_it_does_not_approve_it(office: Office) -> None:
    number = proposed(office, office.admin)
    with pytest.raises(ProposalRefused, match="您自己提出的"):
        approved(office, number, office.admin)


def test_the_villages_team_may_propose_and_stands_back_from_approving(office: Office) -> None:
    assert office.kept(proposed(office, office.leader)).moves_teams == [TEAM]
    other = proposed(office, done="又修了一处")
    with pytest.raises(MustStandBack):
        approved(office, other, office.leader)
    assert shown(office) == []


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"said": " "}, "said", "请写群众说的"),
        ({"done": ""}, "done", "请写办了的"),
        ({"said": "长" * 201}, "said", "现在有 201 个"),
        ({"done": "打 13812345678 找我"}, "done", "像是有电话或证件号码"),
        ({"day": TODAY + timedelta(days=1)}, "day", "不能在今天以后"),
        ({"day": date(2025, 12, 31)}, "day", "不在任何考评周期里"),
        ({"village_id": 99}, "village", "请选一个村社"),
    ],
)
def test_what_can_not_stand_there_is_told_at_its_field(
    office: Office, changes: dict[str, object], field: str, words: str
) -> None:
    with pytest.raises(ImprovementRefused, match=words) as refusal:
        proposed(office, **changes)
    assert refusal.value.field == field


def test_the_same_entry_does_not_stand_there_twice(office: Office) -> None:
    put_up(office)
    with pytest.raises(ImprovementRefused, match="已经登着"):
        proposed(office)


def test_what_was_put_up_meanwhile_is_not_put_up_again(office: Office) -> None:
    number = proposed(office)
    with office.database.writing() as session:
        act = Act("operator", NOON, office.township)
        improvements.publish(session, act, wanted(office), TODAY)
    with pytest.raises(ProposalRefused, match="已经登着"):
        approved(office, number, office.approver)
    assert len(shown(office)) == 1


def test_another_townships_village_is_none(office: Office) -> None:
    other = open_office(office.database, "330825112")
    with pytest.raises(ImprovementRefused, match="请选一个村社"):
        proposed(office, village_id=other.village)


def test_an_auditor_proposes_nothing(office: Office) -> None:
    with pytest.raises(NotAllowed):
        proposed(office, office.auditor)


def test_one_person_takes_an_entry_down_with_a_reason(office: Office) -> None:
    number = put_up(office)
    with office.database.writing() as session:
        take_down(session, office.admin, number, " 写错了村 ", NOON)
    assert shown(office) == []
    with office.database.reading() as session:
        line = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "improvement.taken_down")).one()
        assert [one.taken_down_on for one in kept.of_village(session, office.township, office.village)] == [
            TODAY
        ]
    assert (line.actor, line.reason, line.after) == (
        office.admin.username,
        "写错了村",
        {"taken_down_on": TODAY.isoformat()},
    )


def test_taking_down_twice_is_taking_down_once(office: Office) -> None:
    number = put_up(office)
    for _ in range(2):
        with office.database.writing() as session:
            take_down(session, office.admin, number, "写错了村", NOON)
    assert [one.kind for one in office.entries()].count("improvement.taken_down") == 1


def test_taking_down_wants_a_reason_and_the_right(office: Office) -> None:
    number = put_up(office)
    with office.database.writing() as session:
        with pytest.raises(ImprovementRefused, match="请写明为什么撤下"):
            take_down(session, office.admin, number, "  ", NOON)
        with pytest.raises(NotAllowed):
            take_down(session, office.clerk, number, "写错了", NOON)
        with pytest.raises(ImprovementRefused, match="没有这一条"):
            take_down(session, office.admin, number + 1, "写错了", NOON)
    assert len(shown(office)) == 1


def test_the_newest_stands_first_and_a_merged_villages_entries_go_along(office: Office) -> None:
    approved(office, proposed(office), office.approver)
    approved(office, proposed(office, done="收了垃圾", day=DAY + timedelta(days=1)), office.approver)
    with office.database.writing() as session:
        own = session.scalars(select(Village).where(Village.township_id == office.township)).all()
        old, new = (next(v for v in own if (v.id == office.village) is same) for same in (True, False))
        old.last_day, old.merged_into_id = TODAY, new.id
        successor = new.id
    assert [one.done for one in shown(office, successor)] == ["收了垃圾", "换了 6 盏灯"]


@pytest.mark.parametrize("batch", [1, 5])
def test_how_many_spoke_is_what_staff_pages_show_by_itself(sqlite_database: Database, batch: int) -> None:
    township_id = import_tashi(sqlite_database)
    with sqlite_database.writing() as session:
        version = session.scalars(select(PlanVersion)).one()
        version.parameters = {**version.parameters, "release_batch": batch}
    with sqlite_database.reading() as session:
        township = townships.by_id(session, township_id)
        result = shown_results(session, township, None, None, NOON).result
        hidden = exposed(result.voices)
        staff = {
            (cell.village.code, cell.quarter): cell.ballot.count
            for team in result.teams.values()
            for cell in shown_cells(team.mass.cells, 5, hidden).cells
        }
        told = {
            (village.code, one.quarter): one.voices
            for village in townships.villages(session, township_id)
            for one in spoke(session, village, NOON)
            if one.voices is not None
        }
    assert told == staff
    assert len(told) > 40
    assert min(told.values()) >= 5


def test_four_quarters_are_told_newest_first_also_over_the_turn_of_the_year(office: Office) -> None:
    with office.database.reading() as session:
        village = session.get_one(Village, office.village)
        told = spoke(session, village, NOON + timedelta(days=60))
    assert [one.quarter.key for one in told] == ["2027Q1", "2026Q4", "2026Q3", "2026Q2"]
    assert {one.voices for one in told} == {None}
