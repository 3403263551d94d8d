"""Entries drawn by lot: a second person types the paper again or asks at the door; nobody sees the first typing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from portal.actions import checking
from portal.actions.checking import Check, CheckRefused, Finding
from portal.clock import local_day
from portal.core.form import STANDARD, Answers
from portal.core.person_keys import paper_key
from portal.core.rights import Actor
from portal.store import entry_checks
from portal.store.engine import Database
from portal.store.office import Proposal
from portal.store.organisation import TeamLink
from portal.store.papers import CheckResult, EntryCheck
from portal.store.people import Account
from portal.store.residents import Rating, Standing
from tests.actions.office import open_office
from tests.actions.paper_office import DOOR, NUMBER, PAPER, PHONE, SECRET_KEY, Counter, level
from tests.conftest import NOON

TOMORROW = NOON + timedelta(days=1)
NEXT_QUARTER = NOON + timedelta(days=45)
Doing = Callable[..., object]


@pytest.fixture
def desk(sqlite_database: Database) -> Counter:
    return Counter(open_office(sqlite_database))


def drawn_paper(desk: Counter, answers: Answers = level("5"), comment: str = "") -> str:  # noqa: B008
    (serial,) = desk.print()
    desk.enter(PAPER, serial, answers, lot=lambda: True, comment=comment)
    return serial


def on_check(desk: Counter, do: Doing, actor: Actor | None = None, now: object = NOON) -> object:
    """Open the one entry that waits and do something with it."""
    (row,) = [one for one in desk.checks() if one.result is None]
    who = actor or desk.office.admin
    with desk.database.writing() as session:
        check = checking.opened(session, who, row.id, SECRET_KEY, local_day(now), lock=True)  # type: ignore[arg-type]
        return do(session, who, check, now)


def again(answers: Answers, sure: bool = False) -> Doing:
    def do(session: object, actor: object, check: Check, now: object) -> Finding:
        return checking.type_again(session, actor, check, STANDARD, answers, sure, SECRET_KEY, now)  # type: ignore[arg-type]

    return do


def told(desk: Counter, kind: str) -> list[dict[str, object] | None]:
    return [entry.after for entry in desk.office.entries() if entry.kind == kind]


def test_the_first_entry_of_an_account_and_day_is_always_drawn(desk: Counter) -> None:
    for number in range(3):
        desk.enter(PHONE, f"1380000000{number}")
    assert len(desk.checks()) == 1
    desk.enter(PHONE, "13800000009", actor=desk.office.admin)
    assert len(desk.checks()) == 2
    desk.enter(PHONE, "13800000008", now=TOMORROW)
    assert len(desk.checks()) == 3


def test_the_others_are_drawn_by_lot(desk: Counter) -> None:
    lots = iter([True, False, True])
    for number in range(4):
        desk.enter(PHONE, f"1380000000{number}", lot=lambda: next(lots))
    assert len(desk.checks()) == 3


def test_what_is_kept_for_the_check_can_be_read_by_nobody_with_the_database_alone(desk: Counter) -> None:
    serial = drawn_paper(desk)
    (row,) = desk.checks()
    assert serial not in f"{row.sealed}{row.digest}"
    assert row.digest not in {text for rating in desk.ratings() for text in (rating.voice, rating.submission)}


def test_typed_alike_agrees_and_everything_is_forgotten(database: Database) -> None:
    desk = Counter(open_office(database))
    serial = drawn_paper(desk, level("2"))
    with desk.database.reading() as session:  # a page that only looks takes no lock
        (waiting,) = desk.checks()
        check = checking.opened(session, desk.office.admin, waiting.id, SECRET_KEY, NOON.date())
        assert check.who == serial
    assert on_check(desk, again(level("2"))) is Finding.AGREES
    (row,) = desk.checks()
    assert (row.result, row.checked_by_id) == (CheckResult.AGREES, desk.office.admin.account_id)
    assert (row.sealed, row.digest) == (None, None)
    assert told(desk, "entry.checked") == [{"kind": "paper", "result": "agrees"}]
    assert desk.standing() == ["paper 2"]
    assert len(desk.ratings()) == 1


def test_typed_otherwise_changes_nothing_before_a_second_look(desk: Counter) -> None:
    drawn_paper(desk, level("5"))
    assert on_check(desk, again(level("1"))) is Finding.LOOK_AGAIN
    (row,) = desk.checks()
    assert row.result is None
    assert desk.standing() == ["paper 5"]


def test_comparing_is_not_guessing_what_was_ticked(database: Database) -> None:
    """Every difference leaves a trace; after three of them nothing is compared any more but for who is sure."""
    desk = Counter(open_office(database))
    drawn_paper(desk, level("5"))
    guesses = [on_check(desk, again(level(guess))) for guess in ("1", "2", "3", "4", "5")]
    assert guesses == [Finding.LOOK_AGAIN] * 3 + [Finding.TOO_OFTEN] * 2
    assert [one.result for one in desk.checks()] == [None]
    assert told(desk, "entry.compared") == [{"kind": "paper"}] * 3
    assert on_check(desk, again(level("5"), sure=True), now=TOMORROW) is Finding.AGREES


def test_guesses_at_one_entry_leave_those_of_another_alone(desk: Counter) -> None:
    drawn_paper(desk, level("5"))
    for guess in ("1", "2", "3"):
        on_check(desk, again(level(guess)))
    on_check(desk, again(level("5"), sure=True))
    drawn_paper(desk, level("5"))
    assert on_check(desk, again(level("1"))) is Finding.LOOK_AGAIN


def test_typed_otherwise_twice_corrects_under_the_same_voice_and_keeps_the_words(database: Database) -> None:
    desk = Counter(open_office(database))
    drawn_paper(desk, level("5"), "路灯坏了")
    assert on_check(desk, again(level("1"), sure=True)) is Finding.CORRECTED
    assert desk.standing() == ["paper 1"]
    assert {(row.comment, row.first) for row in desk.ratings()} == {("路灯坏了", True), ("路灯坏了", False)}
    assert len({row.voice for row in desk.ratings()}) == 1
    assert [one.result for one in desk.checks()] == [CheckResult.DIFFERS]
    assert told(desk, "entry.corrected") == [{"kind": "paper"}]
    assert "overall" not in str([(one.before, one.after) for one in desk.office.entries()])


def test_what_the_resident_sent_since_is_not_corrected_away(desk: Counter) -> None:
    serial = drawn_paper(desk, level("5"))
    desk.online("phone", level("3"), [paper_key(serial)])
    assert on_check(desk, again(level("1"), sure=True)) is Finding.DIFFERS
    assert desk.standing() == ["anonymous 3"]


def test_a_voice_that_two_persons_set_aside_does_not_come_back_by_a_correction(desk: Counter) -> None:
    drawn_paper(desk, level("5"))
    with desk.database.writing() as session:
        session.scalars(select(Rating)).one().standing = Standing.SET_ASIDE
    assert on_check(desk, again(level("1"), sure=True)) is Finding.DIFFERS
    assert len(desk.ratings()) == 1


def test_a_closed_quarter_is_checked_and_not_changed(desk: Counter) -> None:
    drawn_paper(desk, level("5"))
    assert on_check(desk, again(level("1"), sure=True), now=NEXT_QUARTER) is Finding.DIFFERS
    assert desk.standing() == ["paper 5"]


def test_a_village_that_changed_teams_is_checked_and_not_changed(desk: Counter) -> None:
    """A correction of today would give the voice to the new team."""
    drawn_paper(desk, level("5"))
    with desk.database.writing() as session:
        session.scalars(select(TeamLink)).one().last_day = NOON.date()
    assert on_check(desk, again(level("1"), sure=True), now=TOMORROW) is Finding.DIFFERS
    assert desk.standing() == ["paper 5"]


def test_a_paper_that_can_not_be_found_is_entered_as_such(desk: Counter) -> None:
    drawn_paper(desk)
    on_check(desk, lambda s, a, check, now: checking.finish(s, a, check, CheckResult.NOT_FOUND, now))
    (row,) = desk.checks()
    assert (row.result, row.sealed) == (CheckResult.NOT_FOUND, None)


def test_looking_at_a_number_is_entered_without_the_number(desk: Counter) -> None:
    desk.enter(PHONE, NUMBER)
    assert on_check(desk, lambda s, a, check, now: (checking.see(s, a, check, now), check.who)[1]) == NUMBER
    assert told(desk, "entry.seen") == [{"kind": "phone"}]
    assert NUMBER not in str([(one.subject, one.before, one.after) for one in desk.office.entries()])


def test_the_door_is_shown_as_it_was_typed(desk: Counter) -> None:
    desk.enter(DOOR, "3组 12号（王家）")
    assert on_check(desk, lambda *opened: opened[2].who) == "3组 12号（王家）"


@pytest.mark.parametrize(("kind", "who"), [(PHONE, NUMBER), (DOOR, "3组 12号（王家）")])
def test_whom_nobody_asked_is_put_before_a_second_person(desk: Counter, kind: object, who: str) -> None:
    desk.enter(kind, who, level("5"))  # type: ignore[arg-type]
    desk.enter(PHONE, "13900000000", level("1"))
    proposal = on_check(desk, checking.denied)
    assert isinstance(proposal, Proposal)
    with desk.database.reading() as session:
        (waiting,) = session.scalars(select(Proposal))
        rating = session.get_one(Rating, int(waiting.payload["rating_id"]))
        assert (rating.answers, rating.standing) == ("overall=5", Standing.COUNTED)
    assert waiting.kind == "rating.set_aside"
    assert [row.result for row in desk.checks()] == [CheckResult.DIFFERS]


def test_what_another_entry_put_in_its_place_is_not_proposed(desk: Counter) -> None:
    desk.enter(PHONE, NUMBER)
    desk.enter(PHONE, NUMBER, level("1"), now=TOMORROW, actor=desk.office.admin)
    first = min(desk.checks(), key=lambda row: row.entered_on)
    with desk.database.writing() as session:
        check = checking.opened(session, desk.office.admin, first.id, SECRET_KEY, NOON.date(), lock=True)
        assert checking.denied(session, desk.office.admin, check, TOMORROW) is None


def test_nobody_checks_the_own_entry_nor_with_another_account_of_the_same_person(desk: Counter) -> None:
    desk.enter(PHONE, NUMBER)
    twin = replace(desk.office.admin, cadre_id=desk.office.cadre)
    with desk.database.writing() as session:
        session.get_one(Account, desk.office.clerk.account_id).cadre_id = desk.office.cadre
    for who in (desk.office.clerk, twin):
        with pytest.raises(CheckRefused, match="您自己录的"):
            on_check(desk, checking.see, who)


def test_who_belongs_to_the_villages_team_does_not_check(desk: Counter) -> None:
    desk.enter(PHONE, NUMBER)
    with pytest.raises(CheckRefused, match="回避"):
        on_check(desk, checking.see, desk.office.leader)


def test_what_was_checked_is_not_checked_again(desk: Counter) -> None:
    drawn_paper(desk)
    (row,) = desk.checks()
    on_check(desk, again(level("5")))
    with desk.database.writing() as session, pytest.raises(CheckRefused, match="已经查过"):
        checking.opened(session, desk.office.admin, row.id, SECRET_KEY, NOON.date())


def test_another_townships_entry_is_not_there(desk: Counter) -> None:
    drawn_paper(desk)
    stranger = open_office(desk.database, "330825112").admin
    with pytest.raises(LookupError):
        on_check(desk, checking.see, stranger)


def test_sealed_under_another_key_it_can_only_be_put_aside(desk: Counter) -> None:
    drawn_paper(desk)
    (row,) = desk.checks()
    with desk.database.reading() as session:
        check = checking.opened(session, desk.office.admin, row.id, "another key", NOON.date())
    assert check.who is None
    assert check.voice is None


def test_entries_are_counted_by_who_typed_them(desk: Counter) -> None:
    drawn_paper(desk)
    on_check(desk, again(level("5")))
    desk.enter(PHONE, NUMBER, lot=lambda: True)
    with desk.database.reading() as session:
        counted = entry_checks.counted(session, desk.office.township, NOON.date())
        later = entry_checks.counted(session, desk.office.township, TOMORROW.date())
    assert counted == {desk.office.clerk.account_id: {CheckResult.AGREES: 1, None: 1}}
    assert later == {}
    assert all(isinstance(row, EntryCheck) for row in desk.checks())
