"""Every change that the office enters by hand with a day, in the real township: what each test of the past goes through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.actions import (
    absences,
    joining,
    memberships,
    posts_and_modules,
    posts_held,
    task_forces,
    teams,
    villages,
)
from portal.actions.joining import Person, Stretch, Terms
from portal.actions.merging import Merger, merge_villages
from portal.actions.organising import Order
from portal.actions.people import Desk
from portal.core.book import Role, VillageKind
from portal.core.days import Span
from portal.core.lives import Life, standing
from portal.core.rights import Actor
from portal.store import people_over_time, rows
from portal.store.appraisal import Period
from portal.store.engine import Database
from portal.store.organisation import AbsenceKind, Module, Post, Team, TeamLeader, TeamLink, Village
from tests.actions.making import township_id
from tests.conftest import NOON

DAY = date(2026, 8, 17)  # in the middle of a quarter
BEFORE = DAY - timedelta(days=1)
QUARTER_END = date(2026, 6, 30)
YEAR_END = date(2026, 12, 31)
USUAL = Terms("一般干部", roles=("cadre",))


@dataclass(frozen=True, slots=True)
class Clerk:
    """The office at its desk on one day: finds whom and what a change is about."""

    session: Session
    township: int
    day: date = DAY

    @property
    def actor(self) -> Actor:
        return Actor(1, "clerk", self.township, frozenset({Role.CLERK}))

    @property
    def order(self) -> Order:
        return Order(self.session, self.actor, NOON, self.day, "试行")

    @property
    def desk(self) -> Desk:
        return Desk.open(self.session, self.actor, NOON)

    def all(self, table: Any) -> list[Any]:
        return rows.in_township(self.session, table, self.township)

    def link(self, place: int = 0) -> TeamLink:
        """A link that holds over the day, all year."""
        found = [row for row in self.all(TeamLink) if row.first_day < self.day < row.last_day]
        return sorted(found, key=lambda row: row.village_id)[place]  # type: ignore[no-any-return]

    def other_link(self) -> TeamLink:
        """A link of another team."""
        first = self.link()
        found = [row for row in self.all(TeamLink) if row.first_day < self.day < row.last_day]
        return next(row for row in found if row.team_id != first.team_id)

    def plain_cadre(self) -> Life:
        """Somebody who is scored and in one team all year, was never moved, and leads nobody."""
        lives = people_over_time.lives(self.session, self.township)
        return next(
            life
            for life in lives
            if len(life.services) == len(life.memberships) == 1
            and not (life.moves or life.leads or life.absences or life.extra_posts)
            and life.services[0].span.last == life.memberships[0].span.last == YEAR_END
            and life.services[0].span.first < self.day
            and not life.services[0].exempt
            and life.services[0].post
            and life.services[0].module
        )

    def another(self, table: Any, name: str) -> int:
        return next(int(row.id) for row in self.all(table) if row.name != name)


Act = Callable[[Clerk], object]


def rename_village(at: Clerk) -> None:
    village = at.session.get_one(Village, at.link().village_id)
    villages.rename_village(at.order, village.id, "改名村", village.code)


def recode_village(at: Clerk) -> None:
    villages.rename_village(at.order, at.link().village_id, "改码村", "330825111999")


def recount(at: Clerk) -> None:
    villages.recount(at.order, at.link().village_id, 3000)


def retire_village(at: Clerk) -> None:
    villages.retire_village(at.order, at.link().village_id)


def merge_into_one(at: Clerk) -> None:
    stays, goes = at.link().village_id, at.other_link().village_id
    merge_villages(at.order, Merger((stays, goes), stays, None))


def merge_into_a_new_one(at: Clerk) -> None:
    both, team = (at.link().village_id, at.other_link().village_id), at.other_link().team_id
    new = villages.NewVillage("330825111998", "合村", VillageKind.VILLAGE, 1)
    merge_villages(at.order, Merger(both, None, new, team))


def add_village(at: Clerk) -> None:
    wanted = villages.NewVillage("330825111997", "新村", VillageKind.VILLAGE, 500)
    made = villages.add_village(at.order, wanted)
    teams.link_village(at.order, made.id, at.link().team_id)


def link_to_another_team(at: Clerk) -> None:
    teams.link_village(at.order, at.link().village_id, at.other_link().team_id)


def unlink(at: Clerk) -> None:
    teams.link_village(at.order, at.link().village_id, None)


def add_team(at: Clerk) -> None:
    made = teams.add_team(at.order, "新组团")
    teams.link_village(at.order, at.link().village_id, made.id)


def rename_team(at: Clerk) -> None:
    teams.rename_team(at.order, at.link().team_id, "改名组团")


def retire_team(at: Clerk) -> None:
    teams.retire_team(at.order, at.link().team_id)


def change_leader(at: Clerk) -> None:
    """To a member whose factor is not 1: from the day on it is."""
    leading = {row.team_id: row.cadre_id for row in at.all(TeamLeader)}
    team_ids = {team.name: team.id for team in at.all(Team)}
    for life in people_over_time.lives(at.session, at.township):
        for member in life.memberships:
            team = team_ids[member.team]
            if at.day in member.span and member.factor != 1 and leading.get(team) not in (None, life.id):
                teams.lead_from(at.order, team, life.number)
                return
    raise LookupError("no such member")


def no_leader(at: Clerk) -> None:
    teams.lead_from(at.order, at.all(TeamLeader)[0].team_id, "")


def rename_module(at: Clerk) -> None:
    posts_and_modules.rename_module(at.order, at.all(Module)[0].id, "改名模块")


def rename_post(at: Clerk) -> None:
    posts_and_modules.rename_post(at.order, at.all(Post)[0].id, "改名岗位")


def add_post(at: Clerk) -> None:
    posts_and_modules.add_post(at.order, "新岗位", Decimal("1.2"))


def add_module(at: Clerk) -> None:
    posts_and_modules.add_module(at.order, "新模块")


def join(at: Clerk) -> None:
    post, module, team = at.all(Post)[0].id, at.all(Module)[0].id, at.link().team_id
    wanted = Stretch(at.day, None, USUAL, post, module)
    joining.join(at.desk, Person("X1", "新来的"), wanted, team, "招录")


def leave(at: Clerk) -> None:
    joining.leave(at.desk, at.plain_cadre().id, at.day - timedelta(days=1), "调走")


def restate(at: Clerk) -> None:
    joining.restate(at.desk, at.plain_cadre().id, at.day, Terms("班子成员", "公务员"), "提任")


def exempt(at: Clerk) -> None:
    joining.restate(at.desk, at.plain_cadre().id, at.day, Terms("一般干部", "", "", True), "不参评")


def move(at: Clerk) -> None:
    life = at.plain_cadre()
    now = standing(life, at.day, [Span(p.first_day, p.last_day) for p in at.all(Period)])
    wanted = posts_held.Moving(at.day, at.another(Post, now.post), at.another(Module, now.module))
    posts_held.move(at.desk, life.id, wanted, "轮岗")


def add_extra_post(at: Clerk) -> None:
    life = at.plain_cadre()
    wanted = posts_held.Extra(at.another(Post, life.services[0].post), at.day, None)
    posts_held.add_extra(at.desk, life.id, wanted, "兼")


def change_team(at: Clerk) -> None:
    life = at.plain_cadre()
    wanted = memberships.Member(at.another(Team, life.memberships[0].team), at.day, None, Decimal("1.1"))
    memberships.enter_team(at.desk, life.id, wanted, life.memberships[0].id, "调整")


def second_team(at: Clerk) -> None:
    life = at.plain_cadre()
    wanted = memberships.Member(at.another(Team, life.memberships[0].team), at.day, None, Decimal(1))
    memberships.enter_team(at.desk, life.id, wanted, None, "调整")


def change_factor(at: Clerk) -> None:
    life = at.plain_cadre()
    (old,) = life.memberships
    team = next(row.id for row in at.all(Team) if row.name == old.team)
    wanted = memberships.Member(team, at.day, None, Decimal("0.91"))
    memberships.enter_team(at.desk, life.id, wanted, old.id, "表现")


def absence(at: Clerk) -> None:
    wanted = absences.Absent(AbsenceKind.SICK, at.day, date(2027, 2, 28))
    absences.enter_absence(at.desk, at.plain_cadre().id, wanted, "病")


def task_force(at: Clerk) -> None:
    wanted = task_forces.TaskForceDays("攻坚专班", "", at.day, YEAR_END)
    task_forces.add_task_force(at.order, wanted)


# whether each shows in the results of the year's end, or in what is behind them
ACTS: dict[Act, bool] = {
    rename_village: True,
    recode_village: True,
    recount: True,
    retire_village: True,
    merge_into_one: True,
    merge_into_a_new_one: True,
    add_village: True,
    link_to_another_team: True,
    unlink: True,
    add_team: True,
    rename_team: True,
    retire_team: True,
    change_leader: True,
    no_leader: False,
    rename_module: True,
    rename_post: True,
    add_post: False,
    add_module: False,
    join: True,
    leave: True,
    restate: True,
    exempt: True,
    move: True,
    add_extra_post: True,
    change_team: True,
    second_team: True,
    change_factor: True,
    absence: True,
    task_force: False,
}


def by_hand(database: Database, act: Act, day: date = DAY) -> None:
    """Do it as the clerk, in one transaction."""
    own = township_id(database)
    with database.writing() as session:
        act(Clerk(session, own, day))
