"""The organisation over time: what changes from a day on, and what the past keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from portal.actions import posts_and_modules, task_forces, teams, villages
from portal.actions.guard import MustStandBack, NotAllowed
from portal.actions.merging import Merger, merge_villages, prospect
from portal.actions.organising import Order, OrganisationRefused
from portal.actions.proposals import ProposalRefused, approve
from portal.actions.two_person import KINDS
from portal.clock import local_day
from portal.core.book import Role, VillageKind
from portal.core.rights import Actor
from portal.store import names, organising, roster, rows, townships
from portal.store.appraisal import Period, PeriodPost, PeriodVillage
from portal.store.engine import Database
from portal.store.office import Proposal
from portal.store.organisation import (
    Cadre,
    Module,
    Post,
    Poster,
    Service,
    Team,
    TeamLeader,
    TeamLink,
    Village,
)
from tests.actions.making import DUSHAN, LUOSHAN, bring, entries, rating, results, send, township_id, voices
from tests.conftest import NOON
from tests.files.typed_workbook import book

JULY_1, JUNE_30 = date(2026, 7, 1), date(2026, 6, 30)
SPRING_END, YEAR_END = date(2026, 3, 31), date(2026, 12, 31)


def clerk(
    township: int, *roles: Role, teams: frozenset[str] = frozenset(), cadre: str | None = None
) -> Actor:
    return Actor(1, "clerk", township, frozenset(roles or (Role.CLERK,)), cadre, teams)


class Office:
    """A township whose clerk changes things; each change commits."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.township = township_id(database)

    @contextmanager
    def order(self, day: date = JULY_1, actor: Actor | None = None, now: datetime = NOON) -> Iterator[Order]:
        with self.database.writing() as session:
            yield Order(session, actor or clerk(self.township), now, day, "区划调整")

    def find(self, table: Any, name: str) -> int:
        with self.database.reading() as session:
            key = table.code if table is Village else table.name
            found = session.scalars(
                select(table.id).where(table.township_id == self.township, key == name)
            ).one()
            return int(found)

    def all(self, table: Any) -> list[Any]:
        with self.database.reading() as session:
            return rows.in_township(session, table, self.township)

    def links(self) -> list[tuple[str, str, date, date]]:
        with self.database.reading() as session:
            found = organising.links(session, self.township)
        return sorted((one.village, one.team, one.first_day, one.last_day) for one in found)


@pytest.fixture
def office(database: Database) -> Office:
    bring(database, book())
    return Office(database)


@pytest.fixture
def quick(sqlite_database: Database) -> Office:
    """Where the database makes no difference."""
    bring(sqlite_database, book())
    return Office(sqlite_database)


def refused(office: Office, words: str, do: Callable[[Order], object], day: date = JULY_1) -> None:
    before = len(entries(office.database))
    with pytest.raises(OrganisationRefused, match=words), office.order(day) as order:
        do(order)
    assert len(entries(office.database)) == before


# -- villages ------------------------------------------------------------------------------------------------------


def test_a_new_village_has_a_poster_and_its_households(office: Office) -> None:
    wanted = villages.NewVillage("330825111299", "新村", VillageKind.VILLAGE, 77)
    with office.order() as order:
        made = villages.add_village(order, wanted).id
    with office.database.reading() as session:
        assert made in townships.posters_in_use(session, office.township)
        assert [n for _, _, n in organising.counts(session, office.township, made)] == [77]
    assert [entry.kind for entry in entries(office.database, "village.added")] == ["village.added"]


def test_a_renamed_village_is_found_by_its_old_code_and_keeps_its_old_name_before_the_day(
    office: Office,
) -> None:
    village = office.find(Village, LUOSHAN)
    with office.order() as order:
        villages.rename_village(order, village, "骆山新村", "330825111288")
    with office.database.reading() as session:
        found = roster.ids(session, office.township, "villages")
        assert found[LUOSHAN] == found["330825111288"] == village
        before = names.names_on(session, office.township, JUNE_30)
        after = names.names_on(session, office.township, JULY_1)
    assert before.villages["330825111288"] != "骆山新村"
    assert after.villages["330825111288"] == "骆山新村"


def test_a_code_in_use_now_or_before_goes_to_nobody_else(quick: Office) -> None:
    village = quick.find(Village, LUOSHAN)
    with quick.order() as order:
        villages.rename_village(order, village, "骆山新村", "330825111288")
    for code in (LUOSHAN, "330825111288"):
        wanted = villages.NewVillage(code, "甲", VillageKind.VILLAGE, 5)
        refused(quick, "已经有村社", lambda order, wanted=wanted: villages.add_village(order, wanted))


def test_households_change_from_a_day_on_and_the_days_before_keep_theirs(office: Office) -> None:
    village = office.find(Village, LUOSHAN)
    was = next(row.households for row in office.all(Village) if row.id == village)
    with office.order() as order:
        villages.recount(order, village, was + 40)
    counted = [(r.first_day, r.households) for r in office.all(PeriodVillage) if r.village_id == village]
    assert sorted(counted) == [(date(2026, 1, 1), was), (JULY_1, was + 40)]


def test_a_period_without_own_numbers_keeps_what_it_counted_with(quick: Office) -> None:
    """Next year's count doesn't move last year's score."""
    village = quick.find(Village, LUOSHAN)
    with quick.database.writing() as session:
        for row in rows.in_township(session, PeriodVillage, quick.township):
            session.delete(row)
    was = next(row.households for row in quick.all(Village) if row.id == village)
    with quick.order() as order:
        villages.recount(order, village, was + 1)
    counted = [(r.first_day, r.households) for r in quick.all(PeriodVillage)]
    assert sorted(counted) == [(date(2026, 1, 1), was), (JULY_1, was + 1)]


def test_a_retired_village_ends_the_day_before_with_its_link_and_poster(office: Office) -> None:
    village = office.find(Village, DUSHAN)
    with office.order() as order:
        villages.retire_village(order, village)
    row = next(row for row in office.all(Village) if row.id == village)
    assert row.last_day == JUNE_30
    assert all(link.last_day <= JUNE_30 for link in office.all(TeamLink) if link.village_id == village)
    assert [p.retired_on for p in office.all(Poster) if p.village_id == village] == [JULY_1]


def test_merged_villages_end_and_their_households_go_to_the_one_that_stays(office: Office) -> None:
    stays, goes = office.find(Village, LUOSHAN), office.find(Village, DUSHAN)
    total = sum(row.households for row in office.all(Village))
    with office.order() as order:
        merge_villages(order, Merger((stays, goes), stays, None))
    gone, kept = (next(row for row in office.all(Village) if row.id == key) for key in (goes, stays))
    assert (gone.last_day, gone.merged_into_id) == (JUNE_30, stays)
    assert (kept.last_day, kept.households) == (None, total)
    with office.database.reading() as session:
        moved = townships.successor_poster(session, gone, JULY_1)
        assert moved is not None
        assert moved[1].id == stays


def test_villages_become_a_new_one_with_a_chosen_team(office: Office) -> None:
    both = office.find(Village, LUOSHAN), office.find(Village, DUSHAN)
    team = next(row for row in office.all(Team))
    wanted = Merger(both, None, villages.NewVillage("330825111300", "合村", VillageKind.VILLAGE, 1), team.id)
    with office.order() as order:
        ahead = prospect(order, wanted)
        made = merge_villages(order, wanted)
        households = made.households
    assert ahead.households == households
    assert len(ahead.endings) == 2
    assert ("合村", team.name, JULY_1, YEAR_END) in office.links()


def test_a_merger_that_would_move_the_own_teams_score_is_refused(quick: Office) -> None:
    stays, goes = quick.find(Village, LUOSHAN), quick.find(Village, DUSHAN)
    own = clerk(quick.township, teams=frozenset(row.name for row in quick.all(Team)))
    with pytest.raises(MustStandBack), quick.order(SPRING_END, own) as order:
        merge_villages(order, Merger((stays, goes), stays, None))


# -- days ----------------------------------------------------------------------------------------------------------


def test_a_day_of_a_published_period_that_is_over_is_history(quick: Office) -> None:
    with quick.database.writing() as session:
        (period,) = rows.in_township(session, Period, quick.township)
        period.published_at = NOON
    village, later = quick.find(Village, LUOSHAN), NOON + timedelta(days=90)
    with pytest.raises(OrganisationRefused, match="已经结束并公布"), quick.order(JULY_1, now=later) as order:
        villages.recount(order, village, 5)


def test_a_name_is_not_entered_before_it_holds(quick: Office) -> None:
    tomorrow = local_day(NOON) + timedelta(days=1)
    team = quick.all(Team)[0].id
    refused(quick, "不能晚于今天", lambda order: teams.rename_team(order, team, "新名"), tomorrow)


def test_whoever_may_only_look_changes_nothing(quick: Office) -> None:
    with pytest.raises(NotAllowed), quick.order(actor=clerk(quick.township, Role.AUDITOR)) as order:
        teams.add_team(order, "新组团")


# -- teams ---------------------------------------------------------------------------------------------------------


def test_a_new_link_ends_the_present_one_the_day_before(office: Office) -> None:
    village = office.find(Village, LUOSHAN)
    with office.order(SPRING_END) as order:
        team = teams.add_team(order, "新组团").id
    day = date(2026, 5, 1)
    with office.order(day) as order:
        teams.link_village(order, village, team)
    own = [
        (link.team_id, link.first_day, link.last_day)
        for link in office.all(TeamLink)
        if link.village_id == village
    ]
    assert any(key == team and first == day for key, first, _ in own)
    assert all(last < day for key, first, last in own if first < day)
    with office.order(date(2026, 6, 1)) as order:
        teams.link_village(order, village, None)
    assert all(
        link.last_day < date(2026, 6, 1) for link in office.all(TeamLink) if link.village_id == village
    )


def test_the_own_teams_links_are_for_somebody_else(quick: Office) -> None:
    village, team = quick.find(Village, LUOSHAN), quick.all(Team)[0]
    own = clerk(quick.township, teams=frozenset({team.name}))
    with pytest.raises(MustStandBack), quick.order(SPRING_END, own) as order:
        teams.link_village(order, village, None)


def test_another_leader_leads_from_the_day_on(office: Office) -> None:
    team = office.all(Team)[0].id
    with office.database.reading() as session:
        serving = organising.cadres_serving(session, office.township, JULY_1)
        leading = {p.cadre_id for p in organising.leaders(session, office.township).get(team, [])}
    other = next(cadre for cadre in serving if cadre.id not in leading)
    with office.order() as order:
        teams.lead_from(order, team, other.number)
    led = {
        (row.cadre_id == other.id, row.first_day, row.last_day)
        for row in office.all(TeamLeader)
        if row.team_id == team
    }
    assert (True, JULY_1, YEAR_END) in led
    assert all(last == JUNE_30 for is_other, _, last in led if not is_other)


def test_results_show_the_name_of_their_day(office: Office) -> None:
    team = office.all(Team)[0]
    with office.order() as order:
        teams.rename_team(order, team.id, "改名组团")
    assert team.name in results(office.database, as_of=JUNE_30).teams
    assert "改名组团" not in results(office.database, as_of=JUNE_30).teams
    assert "改名组团" in results(office.database, as_of=YEAR_END).teams


def test_a_name_that_another_team_had_is_not_given_again(quick: Office) -> None:
    team = quick.all(Team)[0]
    with quick.order() as order:
        teams.rename_team(order, team.id, "改名组团")
    refused(quick, "以前用过", lambda order: teams.add_team(order, team.name))
    with quick.order() as order:
        teams.rename_team(order, team.id, team.name)
    with quick.database.reading() as session:
        assert names.names_on(session, quick.township, YEAR_END).team(team.name) == team.name


def test_a_retired_team_leaves_links_members_and_leader_behind_the_day_before(office: Office) -> None:
    team = office.all(Team)[0].id
    with office.order(date(2026, 5, 1)) as order:
        teams.retire_team(order, team)
    for table in (TeamLink, TeamLeader):
        assert all(row.last_day < date(2026, 5, 1) for row in office.all(table) if row.team_id == team)


# -- modules, posts, task forces -----------------------------------------------------------------------------------


def test_a_module_with_people_in_it_is_not_retired_and_the_refusal_names_them(quick: Office) -> None:
    module = quick.all(Module)[0].id
    with quick.database.reading() as session:
        order = Order(session, clerk(quick.township), NOON, SPRING_END)
        inside = posts_and_modules.in_module(order, session.get_one(Module, module))
    assert inside
    refused(quick, inside[0], lambda order: posts_and_modules.retire_module(order, module), SPRING_END)


def test_an_empty_module_is_retired(office: Office) -> None:
    with office.order(SPRING_END) as order:
        module = posts_and_modules.add_module(order, "临时模块").id
    with office.order() as order:
        posts_and_modules.retire_module(order, module)
    assert next(row.last_day for row in office.all(Module) if row.id == module) == JUNE_30


def test_a_renamed_post_keeps_its_coefficient_and_its_tier(quick: Office) -> None:
    post = quick.all(Post)[0]
    with quick.order() as order:
        posts_and_modules.rename_post(order, post.id, "改名岗")
    with quick.database.reading() as session:
        before = names.names_on(session, quick.township, JUNE_30)
        after = names.names_on(session, quick.township, JULY_1)
    assert before.any_post["改名岗"] == post.name
    assert after.any_post[post.name] == "改名岗"
    assert {s.number: s.post.score for s in results(quick.database, as_of=JUNE_30).cadres}


def test_a_coefficient_is_set_at_once_before_the_period_opens(office: Office) -> None:
    post = office.all(Post)[0].id
    with office.order() as order:
        assert posts_and_modules.set_coefficient(order, post, Decimal("1.33"))
    assert [c.coefficient for c in office.all(PeriodPost) if c.post_id == post] == [Decimal("1.33")]


def test_in_an_open_period_a_coefficient_waits_for_the_committee(quick: Office) -> None:
    with quick.database.writing() as session:
        (period,) = rows.in_township(session, Period, quick.township)
        period.opened_at = NOON
    post = quick.all(Post)[0].id
    held = next(c.coefficient for c in quick.all(PeriodPost) if c.post_id == post)
    with quick.database.writing() as session:
        proposer, approver = _accounts(session, quick.township)
    with quick.order(actor=proposer) as order:
        assert not posts_and_modules.set_coefficient(order, post, Decimal("1.33"))
    assert next(c.coefficient for c in quick.all(PeriodPost) if c.post_id == post) == held
    with quick.database.writing() as session:
        (waiting,) = session.scalars(select(Proposal))
        assert waiting.moves_cadres
        approve(session, approver, waiting, KINDS["post.coefficient"], NOON)
    assert next(c.coefficient for c in quick.all(PeriodPost) if c.post_id == post) == Decimal("1.33")


def test_who_holds_the_post_neither_proposes_nor_approves_its_coefficient(quick: Office) -> None:
    with quick.database.writing() as session:
        (period,) = rows.in_township(session, Period, quick.township)
        period.opened_at = NOON
        proposer, approver = _accounts(session, quick.township)
        service = next(row for row in rows.in_township(session, Service, quick.township) if row.post_id)
        cadre, post = session.get_one(Cadre, service.cadre_id), service.post_id or 0
        number, cadre_id = cadre.number, cadre.id
    holder = replace(proposer, cadre=number, cadre_id=cadre_id)
    with pytest.raises(MustStandBack), quick.order(actor=holder) as order:
        posts_and_modules.set_coefficient(order, post, Decimal("1.33"))
    with quick.order(actor=proposer) as order:
        posts_and_modules.set_coefficient(order, post, Decimal("1.33"))
    with quick.database.writing() as session:
        (waiting,) = session.scalars(select(Proposal))
        waiting.moves_cadres = []  # as if the approver had come to the post later
        late = replace(approver, cadre=number, cadre_id=cadre_id)
        with pytest.raises(MustStandBack):
            approve(session, late, waiting, KINDS["post.coefficient"], NOON)
        rows.in_township(session, Period, quick.township)[0].published_at = NOON + timedelta(hours=1)
        session.flush()
        with pytest.raises(ProposalRefused, match="已经公布"):
            approve(session, approver, waiting, KINDS["post.coefficient"], NOON + timedelta(hours=2))


def test_a_task_force_keeps_to_the_days_of_its_period(office: Office) -> None:
    wanted = task_forces.TaskForceDays("攻坚专班", "", JULY_1, YEAR_END)
    with office.order() as order:
        force = task_forces.add_task_force(order, wanted).id
    with office.order() as order:
        task_forces.change_task_force(
            order, force, task_forces.TaskForceDays("攻坚二专班", "", JULY_1, JULY_1)
        )
    (entry,) = entries(office.database, "task_force.changed")
    assert (entry.row_id, entry.before) == (force, {"name": "攻坚专班", "last_day": "2026-12-31"})
    outside = task_forces.TaskForceDays("明年专班", "", date(2027, 2, 1), date(2027, 3, 1))
    refused(office, "重合", lambda order: task_forces.add_task_force(order, outside))


def test_a_row_of_another_township_is_not_there(quick: Office) -> None:
    with pytest.raises(OrganisationRefused), quick.order() as order:
        teams.rename_team(order, 999_999, "新名")


def _accounts(session: Any, township: int) -> tuple[Actor, Actor]:
    from portal.store.people import Account, AccountRole

    made = []
    for username, role in (("one", Role.CLERK), ("two", Role.APPROVER)):
        account = Account(
            township_id=township, username=username, password_hash="x", roles=[AccountRole(role=role)]
        )
        session.add(account)
        session.flush()
        made.append(Actor(account.id, username, township, frozenset({role})))
    return made[0], made[1]


def test_a_new_code_in_the_middle_of_a_quarter_gives_nobody_a_second_voice(office: Office) -> None:
    send(office.database, rating("5", "张", "2026-07-02 08:00:00"))
    with office.order() as order:
        villages.rename_village(order, office.find(Village, LUOSHAN), "骆山新村", "330825111288")
    again = rating("2", "张", "2026-07-03 08:00:00", village="330825111288")
    assert send(office.database, again).added == 1
    assert voices(results(office.database, as_of=YEAR_END)) == {"2": 1}
    assert send(office.database, rating("5", "张", "2026-07-02 08:00:00")).known == 1


def test_a_new_code_from_the_first_day_on_gives_nobody_a_second_voice_either(office: Office) -> None:
    """The first day of the first period is the village's own: what looks like a correction is next year's code."""
    send(office.database, rating("5", "张", "2026-01-02 08:00:00"))
    with office.order(date(2026, 1, 1)) as order:
        villages.rename_village(order, office.find(Village, LUOSHAN), "骆山新村", "330825111288")
    again = rating("2", "张", "2026-01-03 08:00:00", village="330825111288")
    assert send(office.database, again).added == 1
    assert voices(results(office.database, as_of=SPRING_END)) == {"2": 1}
    with office.database.reading() as session:
        assert LUOSHAN in roster.ids(session, office.township, "villages")


def test_a_code_that_nobody_rated_under_is_corrected_without_a_trace(quick: Office) -> None:
    with quick.order(date(2026, 1, 1)) as order:
        villages.rename_village(order, quick.find(Village, LUOSHAN), "骆山新村", "330825111288")
    with quick.database.reading() as session:
        assert LUOSHAN not in roster.ids(session, quick.township, "villages")


def test_households_of_a_day_without_a_period_are_refused(quick: Office) -> None:
    """Else the number would be lost: a new year carries over what its predecessor counted with."""
    new_year, stays, goes = date(2027, 1, 1), quick.find(Village, LUOSHAN), quick.find(Village, DUSHAN)
    refused(quick, "先办新年度", lambda order: villages.recount(order, stays, 900), new_year)
    both = Merger((stays, goes), stays, None)
    refused(quick, "先办新年度", lambda order: prospect(order, both), new_year)
    refused(quick, "先办新年度", lambda order: merge_villages(order, both), new_year)
