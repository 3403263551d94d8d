"""People over time: every act has a day, the past keeps its truth, and the ledger tells both sides."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from portal.actions import absences, joining, memberships, posts_held
from portal.actions.guard import MustStandBack, NotAllowed
from portal.actions.joining import Person, Stretch, Terms
from portal.actions.people import Desk, PersonRefused
from portal.core.book import Role
from portal.core.days import Span
from portal.core.lives import Life, standing
from portal.core.rights import Actor
from portal.store import people_over_time, roster
from portal.store.appraisal import Period, TaskForce
from portal.store.engine import Database
from portal.store.organisation import AbsenceKind
from tests.actions.making import bring, count, entries, results, tables, township_id
from tests.conftest import NOON
from tests.files.typed_workbook import book

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))
HE, SHI, YU = "5111001", "5111002", "5111003"
JULY, JUNE_30 = date(2026, 7, 1), date(2026, 6, 30)
CLERK = frozenset({Role.CLERK})
USUAL = Terms("一般干部", roles=("cadre",))
Acting = Callable[[Desk], object]


def clerk(database: Database, **other: object) -> Actor:
    values = {"account_id": 1, "username": "clerk", "township_id": township_id(database), "roles": CLERK}
    return Actor(**{**values, **other})  # type: ignore[arg-type]


def act(database: Database, do: Acting, now: datetime = NOON, actor: Actor | None = None) -> object:
    """Do it as the clerk, in one transaction."""
    with database.writing() as session:
        return do(Desk.open(session, actor or clerk(database), now))


def key(database: Database, number: str) -> int:
    with database.reading() as session:
        return roster.ids(session, township_id(database), "cadres")[number]


def ids(database: Database, what: str) -> dict[str, int]:
    with database.reading() as session:
        return roster.ids(session, township_id(database), what)


def life(database: Database, number: str) -> Life:
    with database.reading() as session:
        found = people_over_time.life(session, township_id(database), key(database, number))
        assert found is not None
        return found


def on(database: Database, number: str, day: date) -> tuple[str, str, str, tuple[str, ...]]:
    """State, post, module and teams of the day."""
    found = standing(life(database, number), day, [YEAR])
    return found.state.value, found.post, found.module, found.teams


def refusal(database: Database, do: Acting, now: datetime = NOON) -> PersonRefused:
    """Why it is refused; nothing has changed then."""
    before = tables(database)
    with pytest.raises(PersonRefused) as caught:
        act(database, do, now)
    assert tables(database) == before
    return caught.value


# -- coming and going ------------------------------------------------------------------------------------------------


def test_somebody_joins_with_a_post_a_module_and_a_team(small: Database) -> None:
    wanted = Stretch(JULY, None, USUAL, ids(small, "posts")["A岗"], ids(small, "modules")["大党建模块"])
    team = ids(small, "teams")["第2组团"]
    act(small, lambda desk: joining.join(desk, Person("S1", "新来的"), wanted, team, "招录"))
    assert on(small, "S1", JULY) == ("serving", "A岗", "大党建模块", ("第2组团",))
    assert on(small, "S1", JUNE_30)[0] == "to_come"
    assert life(small, "S1").services[0].span == Span(JULY, YEAR.last)
    told = [entry for entry in entries(small) if entry.actor == "clerk"]
    assert [entry.kind for entry in told] == ["cadre.added", "service.added", "team_membership.added"]
    assert len({entry.act for entry in told}) == 1
    assert all(entry.row_id and entry.reason == "招录" and entry.before is None for entry in told)
    assert results(small).cadre("S1") is not None


def test_a_known_number_goes_on_as_the_same_person(small: Database) -> None:
    cadre = key(small, SHI)
    act(small, lambda desk: joining.leave(desk, cadre, date(2026, 3, 31), "调走"))
    again = Stretch(JULY, None, USUAL)
    told = act(small, lambda desk: joining.join(desk, Person(SHI, "施志强"), again, None, ""))
    assert told == (cadre, True)
    assert [one.span for one in life(small, SHI).services] == [
        Span(YEAR.first, date(2026, 3, 31)),
        Span(JULY, YEAR.last),
    ]


def test_a_known_number_with_another_name_is_refused(small: Database) -> None:
    wanted = Stretch(JULY, None, USUAL)
    told = refusal(small, lambda desk: joining.join(desk, Person(SHI, "另一个人"), wanted, None, ""))
    assert told.field == "name"
    assert "施志强" in str(told)


def test_who_serves_already_does_not_join_again(small: Database) -> None:
    wanted = Stretch(JULY, None, USUAL)
    told = refusal(small, lambda desk: joining.join(desk, Person(SHI, "施志强"), wanted, None, ""))
    assert told.field == "first_day"


def test_leaving_ends_what_goes_on_and_takes_away_what_was_to_come(small: Database) -> None:
    cadre = key(small, HE)
    with small.writing() as session:
        force = session.get_one(TaskForce, 1)
        force.leader_id = cadre
    last = date(2026, 5, 31)
    told = joining.what_ends(life(small, HE), last)
    assert told == ["组团“第1组团”", "“第1组团”的团长", "兼岗“信访专员（兼）”", "2026-07-01 的调动（还没到）"]
    act(small, lambda desk: joining.leave(desk, cadre, last, "调走"))
    gone = life(small, HE)
    ends = [one.span.last for one in (*gone.services, *gone.memberships, *gone.leads, *gone.extra_posts)]
    assert ends == [last] * 4
    assert gone.moves == ()
    with small.reading() as session:
        assert session.get_one(TaskForce, 1).leader_id is None
    kinds = {entry.kind: entry for entry in entries(small) if entry.actor == "clerk"}
    assert set(kinds) == {
        *("service.ended", "team_membership.ended", "team_leader.ended", "extra_post.ended"),
        *("move.deleted", "task_force.leader_changed"),
    }
    assert kinds["service.ended"].before == {"last_day": "2026-12-31"}
    assert kinds["service.ended"].after == {"last_day": "2026-05-31"}
    assert kinds["move.deleted"].after is None


def test_who_left_had_the_days_before(small: Database) -> None:
    before = results(small, as_of=date(2026, 3, 31))
    act(small, lambda desk: joining.leave(desk, key(small, HE), date(2026, 3, 31), "调走"))
    assert results(small, as_of=date(2026, 3, 31)) == before


def test_leaving_twice_is_refused_in_words(small: Database) -> None:
    act(small, lambda desk: joining.leave(desk, key(small, SHI), JUNE_30, "调走"))
    told = refusal(small, lambda desk: joining.leave(desk, key(small, SHI), JUNE_30, "调走"))
    assert "本来就到" in str(told)


def test_who_comes_back_has_a_new_stretch_with_its_own_post(small: Database) -> None:
    act(small, lambda desk: joining.leave(desk, key(small, HE), date(2026, 5, 31), "借走"))
    back = Stretch(date(2026, 9, 1), None, USUAL, ids(small, "posts")["信访专员（兼）"])
    act(small, lambda desk: joining.come_back(desk, key(small, HE), back, "回来"))
    assert on(small, HE, date(2026, 5, 31))[:2] == ("serving", "A岗")
    assert on(small, HE, date(2026, 7, 1))[0] == "left"
    assert on(small, HE, date(2026, 9, 1)) == ("serving", "信访专员（兼）", "", ())


# -- another group, 编制, secondment ------------------------------------------------------------------------------------


def test_another_group_begins_a_new_stretch_with_the_post_and_module_then_held(database: Database) -> None:
    bring(database, book())
    cadre, day = key(database, HE), date(2026, 8, 1)  # after the move of the module on the first of July
    before = results(database, as_of=date(2026, 7, 31))
    changed = Terms("中层干部", "公务员", "borrowed", False, ("cadre", "module_leader"))
    act(database, lambda desk: joining.restate(desk, cadre, day, changed, "提任"))
    old, new = life(database, HE).services
    assert (old.span.last, old.group, new.span.first, new.span.last) == (
        date(2026, 7, 31),
        "班子成员",
        day,
        YEAR.last,
    )
    assert (new.group, new.secondment, new.roles) == ("中层干部", "borrowed", ("cadre", "module_leader"))
    assert (new.post, new.module) == ("A岗", "大治理模块")
    assert results(database, as_of=date(2026, 7, 31)) == before
    told = results(database, as_of=day).cadre(HE)
    assert told is not None
    assert (told.group, told.post.exact) == ("中层干部", before.cadre(HE).post.exact)  # type: ignore[union-attr]


def test_who_is_scored_from_a_day_on_was_not_before(small: Database) -> None:
    act(
        small, lambda desk: joining.restate(desk, key(small, YU), JULY, Terms("中层干部", "事业"), "不再担任")
    )
    assert results(small, as_of=JUNE_30).cadre(YU) is None
    assert results(small, as_of=JULY).cadre(YU) is not None


def test_the_first_day_of_a_stretch_changes_it_in_place(small: Database) -> None:
    act(small, lambda desk: joining.restate(desk, key(small, SHI), YEAR.first, USUAL, "更正"))
    assert [one.group for one in life(small, SHI).services] == ["一般干部"]


def test_the_same_terms_again_are_refused(small: Database) -> None:
    def again(desk: Desk) -> None:
        joining.restate(desk, key(small, SHI), JULY, USUAL, "重复")

    act(small, again)
    assert "没有要改的" in str(refusal(small, again))
    assert len(life(small, SHI).services) == 2


# -- posts -----------------------------------------------------------------------------------------------------------


def test_a_move_holds_from_its_day_and_leaves_what_was_before(small: Database) -> None:
    wanted = posts_held.Moving(date(2026, 9, 1), ids(small, "posts")["信访专员（兼）"], None)
    act(small, lambda desk: posts_held.move(desk, key(small, HE), wanted, "轮岗"))
    assert on(small, HE, date(2026, 8, 31))[1] == "A岗"
    assert on(small, HE, date(2026, 9, 1))[1:3] == ("信访专员（兼）", "大治理模块")


def test_a_move_to_where_somebody_is_changes_nothing(small: Database) -> None:
    wanted = posts_held.Moving(date(2026, 9, 1), ids(small, "posts")["A岗"], None)
    told = refusal(small, lambda desk: posts_held.move(desk, key(small, HE), wanted, "轮岗"))
    assert "没有要改的" in str(told)


def test_a_move_can_be_corrected_and_taken_away(small: Database) -> None:
    cadre, (move,) = key(small, HE), life(small, HE).moves
    wanted = posts_held.Moving(date(2026, 7, 15), None, ids(small, "modules")["大治理模块"])
    act(small, lambda desk: posts_held.correct_move(desk, cadre, move.id, wanted, "填错了"))
    assert on(small, HE, date(2026, 7, 14))[2] == "大党建模块"
    (entry,) = entries(small, "move.changed")
    assert (entry.before, entry.after, entry.row_id) == (
        {"day": "2026-07-01"},
        {"day": "2026-07-15"},
        move.id,
    )
    act(small, lambda desk: posts_held.withdraw_move(desk, cadre, move.id, "没有这回事"))
    assert on(small, HE, YEAR.last)[2] == "大党建模块"
    (gone,) = entries(small, "move.deleted")
    assert gone.after is None
    assert gone.before is not None


def test_the_same_further_post_is_not_held_twice(small: Database) -> None:
    wanted = posts_held.Extra(ids(small, "posts")["信访专员（兼）"], date(2026, 8, 1), None)
    assert (
        refusal(small, lambda desk: posts_held.add_extra(desk, key(small, HE), wanted, "兼")).field == "post"
    )
    act(small, lambda desk: posts_held.add_extra(desk, key(small, SHI), wanted, "兼"))
    assert life(small, SHI).extra_posts[0].span == Span(date(2026, 8, 1), YEAR.last)


# -- teams -----------------------------------------------------------------------------------------------------------


def member(database: Database, team: str, first: date, factor: str = "1") -> memberships.Member:
    return memberships.Member(ids(database, "teams")[team], first, None, Decimal(factor))


def test_another_team_ends_the_old_one_the_day_before(small: Database) -> None:
    cadre, (old,) = key(small, SHI), life(small, SHI).memberships
    wanted = member(small, "第2组团", JULY, "1.1")
    act(small, lambda desk: memberships.enter_team(desk, cadre, wanted, old.id, "调整"))
    assert on(small, SHI, JUNE_30)[3] == ("第1组团",)
    assert on(small, SHI, JULY)[3] == ("第2组团",)
    assert [one.factor for one in life(small, SHI).memberships] == [Decimal("1.05"), Decimal("1.1")]


def test_another_factor_in_the_same_team_is_a_stretch_of_its_own(small: Database) -> None:
    cadre, (old,) = key(small, SHI), life(small, SHI).memberships
    wanted = member(small, "第1组团", JULY, "0.95")
    act(small, lambda desk: memberships.enter_team(desk, cadre, wanted, old.id, "表现"))
    assert [(one.span.last, one.factor) for one in life(small, SHI).memberships] == [
        (JUNE_30, Decimal("1.05")),
        (YEAR.last, Decimal("0.95")),
    ]


def test_two_teams_at_once_are_allowed_the_same_one_twice_is_not(small: Database) -> None:
    cadre = key(small, SHI)
    act(small, lambda desk: memberships.enter_team(desk, cadre, member(small, "第2组团", JULY), None, "两头"))
    assert on(small, SHI, JULY)[3] == ("第1组团", "第2组团")
    twice = member(small, "第2组团", date(2026, 8, 1))
    assert refusal(small, lambda desk: memberships.enter_team(desk, cadre, twice, None, "再")).field == "team"


@pytest.mark.parametrize(("number", "factor"), [(SHI, "1.11"), (SHI, "0.89"), (HE, "1.1")])
def test_a_factor_out_of_bounds_or_of_a_leader_is_refused(small: Database, number: str, factor: str) -> None:
    cadre, (old,) = key(small, number), life(small, number).memberships
    wanted = member(small, "第1组团", JULY, factor)
    told = refusal(small, lambda desk: memberships.enter_team(desk, cadre, wanted, old.id, "调"))
    assert told.field == "factor"


# -- absences --------------------------------------------------------------------------------------------------------


def absent(first: date, last: date) -> absences.Absent:
    return absences.Absent(AbsenceKind.MATERNITY, first, last)


def test_days_of_absence_weigh_nothing_and_the_past_stays(database: Database) -> None:
    bring(database, book())
    cadre = key(database, HE)
    march = results(database, as_of=date(2026, 3, 31))
    before = results(database, as_of=YEAR.last).cadre(HE)
    act(database, lambda desk: absences.enter_absence(desk, cadre, absent(JULY, YEAR.last), "生育"))
    told = results(database, as_of=YEAR.last).cadre(HE)
    assert before is not None
    assert told is not None
    assert [part.days for part in told.team.memberships] == [181]
    assert {part.post: part.days for part in told.post.holdings} == {"A岗": 181, "信访专员（兼）": 36}
    assert told.module_name == "大党建模块"  # that of the last day of service before the absence
    assert [(one.kind, one.span) for one in told.absences] == [("maternity", Span(JULY, YEAR.last))]
    assert results(database, as_of=date(2026, 3, 31)) == march


def test_who_is_absent_all_the_time_is_not_listed_and_marks_then_do_not_count(small: Database) -> None:
    cadre = key(small, HE)
    spring = absent(YEAR.first, JUNE_30)
    act(small, lambda desk: absences.enter_absence(desk, cadre, spring, "病"))
    assert results(small, as_of=JUNE_30).cadre(HE) is None
    told = results(small, as_of=YEAR.last).cadre(HE)
    assert told is not None
    assert told.module.base is None  # the mark of March was given inside the absence
    assert told.module_name == "大治理模块"  # moved meanwhile


def test_an_end_is_corrected_later(small: Database) -> None:
    cadre = key(small, HE)
    long = absent(date(2026, 8, 1), date(2027, 1, 20))
    act(small, lambda desk: absences.enter_absence(desk, cadre, long, "生育"))
    (away,) = life(small, HE).absences
    early = absent(date(2026, 8, 1), date(2026, 10, 31))
    act(small, lambda desk: absences.correct_absence(desk, cadre, away.id, early, "提前回来"))
    (entry,) = entries(small, "absence.changed")
    assert (entry.before, entry.after) == ({"last_day": "2027-01-20"}, {"last_day": "2026-10-31"})
    assert on(small, HE, date(2026, 11, 1))[0] == "serving"
    act(small, lambda desk: absences.withdraw_absence(desk, cadre, away.id, "没有请"))
    assert life(small, HE).absences == ()


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 8, 10), date(2026, 8, 1), "last_day"),
        (date(2026, 8, 1), date(2036, 8, 1), "last_day"),
        (date(2025, 8, 1), date(2025, 8, 2), "first_day"),
        (date(2026, 3, 1), date(2026, 3, 2), "first_day"),  # absent then already
    ],
)
def test_days_that_can_not_be_are_refused(small: Database, first: date, last: date, field: str) -> None:
    cadre = key(small, HE)
    act(
        small,
        lambda desk: absences.enter_absence(desk, cadre, absent(date(2026, 3, 1), date(2026, 3, 9)), "病"),
    )
    told = refusal(small, lambda desk: absences.enter_absence(desk, cadre, absent(first, last), "病"))
    assert told.field == field


# -- days, rights, townships -----------------------------------------------------------------------------------------


def test_a_name_is_corrected_for_all_days_and_the_ledger_keeps_the_old_one(small: Database) -> None:
    act(small, lambda desk: joining.correct_person(desk, key(small, HE), "何家怡", "139", "错字"))
    (entry,) = entries(small, "cadre.changed")
    assert entry.before == {"name": "何佳怡", "phone": "13986319863"}
    assert results(small, as_of=date(2026, 3, 31)).cadre(HE).name == "何家怡"  # type: ignore[union-attr]


def test_a_stretch_entered_wrongly_is_corrected(small: Database) -> None:
    (service,) = life(small, SHI).services
    wanted = Stretch(date(2026, 2, 1), YEAR.last, USUAL)
    act(small, lambda desk: joining.correct_service(desk, key(small, SHI), service.id, wanted, "二月才来"))
    assert life(small, SHI).services[0].span.first == date(2026, 2, 1)
    assert len(life(small, SHI).services) == 1


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 1)])
def test_a_day_outside_every_period_is_refused(small: Database, day: date) -> None:
    told = refusal(small, lambda desk: joining.leave(desk, key(small, HE), day, "走"))
    assert "2026年度（2026-01-01到2026-12-31）" in str(told)


def open_periods(database: Database, *, published: bool, later: bool) -> None:
    with database.writing() as session:
        period = session.get_one(Period, 1)
        period.opened_at = NOON
        period.published_at = NOON if published else None
        if later:
            session.add(
                Period(
                    township_id=period.township_id,
                    name="2027年度",
                    first_day=date(2027, 1, 1),
                    last_day=date(2027, 12, 31),
                    opened_at=NOON,
                )
            )


@pytest.mark.parametrize(("published", "later"), [(True, False), (False, True)])
def test_a_closed_year_stays_as_it_is(small: Database, published: bool, later: bool) -> None:
    open_periods(small, published=published, later=later)
    next_year = datetime(2027, 2, 1, 4, tzinfo=UTC)
    told = refusal(small, lambda desk: joining.leave(desk, key(small, HE), JUNE_30, "走"), next_year)
    assert "不能再改" in str(told)


def test_a_year_that_is_over_is_worked_on_until_the_next_one_is_opened(small: Database) -> None:
    open_periods(small, published=False, later=False)
    next_year = datetime(2027, 2, 1, 4, tzinfo=UTC)
    act(small, lambda desk: joining.leave(desk, key(small, HE), JUNE_30, "走"), next_year)
    assert life(small, HE).services[0].span.last == JUNE_30


ACTS: list[Callable[[Desk, int], object]] = [
    lambda desk, cadre: joining.leave(desk, cadre, JUNE_30, "走"),
    lambda desk, cadre: joining.restate(desk, cadre, JULY, USUAL, "改"),
    lambda desk, cadre: posts_held.move(desk, cadre, posts_held.Moving(JULY, 2, None), "调"),
    lambda desk, cadre: posts_held.add_extra(desk, cadre, posts_held.Extra(1, JULY, None), "兼"),
    lambda desk, cadre: memberships.enter_team(
        desk, cadre, memberships.Member(2, JULY, None, Decimal(1)), None, "进"
    ),
    lambda desk, cadre: absences.enter_absence(desk, cadre, absent(JULY, JULY), "病"),
]


@pytest.mark.parametrize("do", ACTS)
def test_nobody_moves_the_own_days(small: Database, do: Callable[[Desk, int], object]) -> None:
    cadre = key(small, HE)
    own = clerk(small, cadre=HE, cadre_id=cadre)
    before = count(small, people_over_time.TeamMembership)
    with pytest.raises(MustStandBack):
        act(small, lambda desk: do(desk, cadre), actor=own)
    assert count(small, people_over_time.TeamMembership) == before


@pytest.mark.parametrize("do", ACTS)
def test_another_township_has_no_such_cadre(small: Database, do: Callable[[Desk, int], object]) -> None:
    bring(small, book(考评_B2="占家镇", 考评_B3="330825112"))
    stranger = clerk(small, township_id=township_id(small, "330825112"))
    with pytest.raises(PersonRefused):
        act(small, lambda desk: do(desk, key(small, HE)), actor=stranger)


def test_the_own_team_is_not_entered_by_its_member(small: Database) -> None:
    own = clerk(small, cadre=YU, teams=frozenset({"第2组团"}))
    with pytest.raises(MustStandBack):
        act(
            small,
            lambda desk: memberships.enter_team(
                desk, key(small, SHI), member(small, "第2组团", JULY), None, ""
            ),
            actor=own,
        )


def test_of_two_who_enter_the_same_at_once_one_is_told(database: Database) -> None:
    bring(database, book())
    cadre, wanted = key(database, HE), absent(JULY, YEAR.last)
    told: list[str] = []

    def enter() -> None:
        try:
            act(database, lambda desk: absences.enter_absence(desk, cadre, wanted, "生育"))
            told.append("saved")
        except PersonRefused as refused:
            told.append(refused.field)

    both = [threading.Thread(target=enter) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(told) == ["first_day", "saved"]
    assert len(life(database, HE).absences) == 1


def test_who_may_not_edit_gets_no_desk(small: Database) -> None:
    with pytest.raises(NotAllowed):
        act(small, lambda desk: desk, actor=clerk(small, roles=frozenset({Role.APPROVER})))
