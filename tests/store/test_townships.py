"""Who links a village on a day, and by which plan: on both engines."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions.import_township import import_township
from portal.core.plan import Plan, to_json
from portal.store import townships
from portal.store.appraisal import PlanVersion
from portal.store.engine import Database
from portal.store.organisation import Cadre, Service, Team, TeamLeader, TeamLink, TeamMembership, Village
from tests.conftest import NOON, operator
from tests.web.filling import ALONE, VILLAGE, street_book

TODAY = date(2026, 11, 22)


@pytest.fixture
def street(database: Database) -> int:
    with database.writing() as session:
        return import_township(session, street_book(), operator())[0].id


def village_id(session: Session, code: str) -> int:
    return session.scalars(select(Village.id).where(Village.code == code)).one()


def cadre_id(session: Session, number: str) -> int:
    return session.scalars(select(Cadre.id).where(Cadre.number == number)).one()


def linking(database: Database, street: int, village: str = VILLAGE, day: date = TODAY) -> list[str]:
    with database.reading() as session:
        found = townships.cadres_linking(session, street, village_id(session, village), day)
    return [f"{name}*" if leads else name for name, leads in found]


def test_everybody_of_the_team_is_named_its_leader_first(database: Database, street: int) -> None:
    assert linking(database, street) == ["=1+1*", "+1", "李一"]


def test_nobody_is_named_where_no_team_links_the_village_or_on_another_day(
    database: Database, street: int
) -> None:
    assert linking(database, street, ALONE) == []
    assert linking(database, street, day=date(2025, 12, 31)) == []


def test_a_new_leader_stands_first_from_the_own_day_on(database: Database, street: int) -> None:
    with database.writing() as session:
        old = session.scalars(select(TeamLeader)).one()
        old.last_day = date(2026, 11, 21)
        new = TeamLeader(
            township_id=street,
            team_id=old.team_id,
            cadre_id=cadre_id(session, "S09"),
            first_day=TODAY,
            last_day=date(2026, 12, 31),
        )
        session.add(new)
    assert linking(database, street) == ["李一*", "=1+1", "+1"]
    assert linking(database, street, day=date(2026, 11, 21)) == ["=1+1*", "+1", "李一"]


def test_who_has_left_the_team_or_the_township_is_not_named(database: Database, street: int) -> None:
    with database.writing() as session:
        service = session.scalars(select(Service).where(Service.cadre_id == cadre_id(session, "S02"))).one()
        service.last_day = date(2026, 11, 21)
        member = select(TeamMembership).where(TeamMembership.cadre_id == cadre_id(session, "S09"))
        session.scalars(member).one().last_day = date(2026, 6, 30)
    assert linking(database, street) == ["=1+1*"]


def test_a_village_that_changed_teams_has_the_new_ones_people(database: Database, street: int) -> None:
    with database.writing() as session:
        village, new = village_id(session, VILLAGE), select(Team.id).where(Team.name == "新设组团")
        session.scalars(select(TeamLink).where(TeamLink.village_id == village)).one().last_day = date(
            2026, 11, 21
        )
        session.flush()
        session.add(
            TeamLink(
                township_id=street,
                team_id=session.scalars(new).one(),
                village_id=village,
                first_day=TODAY,
                last_day=date(2026, 12, 31),
            )
        )
    assert linking(database, street) == [], "nobody belongs to the new team yet"


def test_the_plan_of_a_day_is_the_newest_of_its_period(database: Database, street: int) -> None:
    with database.writing() as session:
        (period,) = townships.periods(session, street)
        session.add(
            PlanVersion(
                township_id=street,
                period_id=period.id,
                number=2,
                parameters=to_json(Plan(answer_hours=48)),
                reason="山区路远",
                made_at=NOON,
            )
        )
    with database.reading() as session:
        assert townships.plan_on(session, street, TODAY).answer_hours == 48
        assert townships.plan_on(session, street, date(2027, 1, 1)).answer_hours == 24
