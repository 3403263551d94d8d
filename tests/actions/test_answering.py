"""A resident's request on its way: answered, finished, denied and taken up again, confirmed — and who may do what."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.actions import answering
from portal.actions.answering import AnsweringRefused, Desk
from portal.actions.guard import MustStandBack, NotAllowed
from portal.actions.resident_cases import MovedOn, NewCase, Said, erase_contact, open_case, say
from portal.actions.seen import ChangedMeanwhile, seen_of
from portal.clock import moment_of
from portal.core.receipts import receipt_digest
from portal.core.rights import Actor
from portal.store import resident_cases
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Team, TeamLink, Village
from portal.store.residents import Case, CaseStep, Outcome, StepKind, Verdict
from tests.actions.office import Office, open_office, publish
from tests.conftest import NOON

SECRET = "a secret that is long enough for tests"
PHONE = "13812345678"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Request:
    """One request in an office, and everybody who takes a step with it."""

    def __init__(self, office: Office, **changes: Any) -> None:
        self.office = office
        with office.database.writing() as session:
            village = session.get_one(Village, office.village)
            values = {"words": "路灯坏了", "contact": PHONE, "not_for_team": False, **changes}
            wanted = NewCase(office.township, village.id, village.code, page=("cookie:1", "key"), **values)
            self.receipt = open_case(session, wanted, SECRET, NOON)

    @contextmanager
    def desk(self, at: datetime, actor: Actor | None = None) -> Iterator[tuple[Desk, str]]:
        with self.office.database.writing() as session:
            case = self.found(session)
            seen = seen_of(answering.last_step(session, case))
            yield Desk(session, actor or self.office.admin, case, at, SECRET), seen

    def found(self, session: Any) -> Case:
        digest = receipt_digest(SECRET, self.receipt)
        return session.scalars(select(Case).where(Case.receipt == digest)).one()  # type: ignore[no-any-return]

    def answer(self, at: datetime, words: str = "明天来修", actor: Actor | None = None) -> None:
        with self.desk(at, actor) as (desk, seen):
            answering.answer(desk, words, seen)

    def finish(self, at: datetime, actor: Actor | None = None, words: str = "修好了") -> None:
        with self.desk(at, actor) as (desk, seen):
            answering.finish(desk, Outcome.SOLVED, words, seen)

    def say(self, at: datetime, verdict: Verdict, level: int | None = None, finish: int = 1) -> None:
        with self.office.database.writing() as session:
            say(session, self.found(session), Said(verdict, level, "", finish), at)

    def stored(self) -> Case:
        with self.office.database.reading() as session:
            return self.found(session)

    def steps(self) -> list[str]:
        with self.office.database.reading() as session:
            return [step.kind.value for step in resident_cases.steps(session, self.found(session))]

    def entries(self) -> list[LedgerEntry]:
        return [entry for entry in self.office.entries() if entry.kind.startswith("case.")]


@pytest.fixture
def request_(sqlite_database: Database) -> Request:
    return Request(open_office(sqlite_database))


def test_a_request_goes_all_its_way_on_every_database(database: Database) -> None:
    one = Request(open_office(database))
    one.answer(NOON + HOUR)
    one.finish(NOON + 2 * HOUR)
    one.say(NOON + DAY, Verdict.UNSOLVED, 1)
    lying = one.stored()
    assert (lying.finished_at, lying.first_finished_at, lying.reopened_at) == (
        None,
        NOON + 2 * HOUR,
        NOON + DAY,
    )
    assert (lying.confirmed, lying.level, lying.verdict, lying.heard_at) == (None, None, None, None)
    one.answer(NOON + 2 * DAY)
    one.finish(NOON + 3 * DAY)
    one.say(NOON + 4 * DAY, Verdict.SOLVED, 5, finish=2)
    done = one.stored()
    assert (done.answered_at, done.finished_at, done.heard_at) == (
        NOON + HOUR,
        NOON + 3 * DAY,
        NOON + 4 * DAY,
    )
    assert (done.confirmed, done.level, done.verdict) == (True, 5, Verdict.SOLVED)
    assert one.steps() == ["answered", "finished", "heard", "reopened", "answered", "finished", "heard"]


@pytest.mark.parametrize(
    ("verdict", "confirmed"), [(Verdict.SOLVED, True), (Verdict.PARTLY, None), (Verdict.UNSOLVED, False)]
)
def test_what_is_said_of_the_second_finish_stays(
    request_: Request, verdict: Verdict, confirmed: bool | None
) -> None:
    request_.finish(NOON + HOUR)
    request_.say(NOON + DAY, Verdict.UNSOLVED)
    request_.finish(NOON + 2 * DAY)
    request_.say(NOON + 3 * DAY, verdict, 2, finish=2)
    case = request_.stored()
    assert (case.finished_at, case.confirmed, case.level) == (NOON + 2 * DAY, confirmed, 2)
    with pytest.raises(MovedOn):
        request_.say(
            NOON + 4 * DAY, Verdict.SOLVED if verdict is not Verdict.SOLVED else Verdict.PARTLY, finish=2
        )


def test_partly_solved_is_neither_confirmed_nor_denied(request_: Request) -> None:
    request_.finish(NOON + HOUR)
    request_.say(NOON + DAY, Verdict.PARTLY, 3)
    case = request_.stored()
    assert (case.confirmed, case.level, case.finished_at) == (None, 3, NOON + HOUR)


@pytest.mark.parametrize("verdict", Verdict)
def test_the_same_said_twice_is_said_once(request_: Request, verdict: Verdict) -> None:
    request_.finish(NOON + HOUR)
    for _ in range(2):
        request_.say(NOON + DAY, verdict, 4)
    assert request_.steps().count("heard") == 1
    assert sum(entry.kind == "case.heard" for entry in request_.entries()) == 1


def test_an_old_page_is_told_that_the_request_moved_on(request_: Request) -> None:
    with pytest.raises(MovedOn):
        request_.say(NOON + HOUR, Verdict.SOLVED)
    request_.finish(NOON + HOUR)
    request_.say(NOON + DAY, Verdict.UNSOLVED)
    with pytest.raises(MovedOn):
        request_.say(NOON + DAY, Verdict.SOLVED)  # it lies open again
    request_.finish(NOON + 2 * DAY)
    with pytest.raises(MovedOn):
        request_.say(NOON + 3 * DAY, Verdict.SOLVED)  # that was the first finish
    assert request_.stored().heard_at is None


def test_only_the_first_answer_is_timed_and_a_finish_is_an_answer_too(request_: Request) -> None:
    request_.finish(NOON + HOUR)
    request_.say(NOON + DAY, Verdict.UNSOLVED)
    request_.answer(NOON + 2 * DAY)
    assert request_.stored().answered_at == NOON + HOUR


def test_a_finished_request_takes_no_answer_and_no_second_finish(request_: Request) -> None:
    request_.finish(NOON + HOUR)
    for act in (request_.answer, request_.finish):
        with pytest.raises(AnsweringRefused, match="已经办结"):
            act(NOON + 2 * HOUR)


def test_the_second_of_two_people_sees_the_first_ones_step(request_: Request) -> None:
    with request_.desk(NOON) as (_, seen):
        pass
    request_.answer(NOON + HOUR)
    with pytest.raises(ChangedMeanwhile), request_.desk(NOON + HOUR) as (desk, _):
        answering.finish(desk, Outcome.SOLVED, "修好了", seen)
    assert request_.steps() == ["answered"]


def test_whoever_belongs_to_the_team_stands_back(request_: Request) -> None:
    office = request_.office
    for act in (request_.answer, request_.finish):
        with pytest.raises(MustStandBack):
            act(NOON + HOUR, actor=office.leader)
        with pytest.raises(NotAllowed):
            act(NOON + HOUR, actor=office.clerk)
    with pytest.raises(MustStandBack), request_.desk(NOON, office.leader) as (desk, _):
        answering.see_contact(desk)
    assert request_.steps() == []


def test_what_is_not_for_the_team_is_not_even_read_by_it(sqlite_database: Database) -> None:
    office = open_office(sqlite_database)
    kept, plain = Request(office, not_for_team=True), Request(office, words="另一件")
    with kept.desk(NOON, office.leader) as (desk, _), pytest.raises(MustStandBack):
        answering.look(desk.session, desk.actor, desk.case, NOON)
    with plain.desk(NOON, office.leader) as (desk, _):
        assert not answering.look(desk.session, desk.actor, desk.case, NOON)
    with kept.desk(NOON, office.admin) as (desk, _):
        assert answering.look(desk.session, desk.actor, desk.case, NOON)


def test_what_is_not_for_the_team_is_kept_from_the_one_that_has_the_village_since_too(
    sqlite_database: Database,
) -> None:
    """Its author meets those who come now, whoever linked the village on the day of the request."""
    office = open_office(sqlite_database)
    kept, plain = Request(office, not_for_team=True), Request(office, words="另一件")
    with office.database.writing() as session:
        link = session.scalars(select(TeamLink)).one()
        link.last_day = NOON.date()
        team = Team(township_id=office.township, name="丙组", first_day=NOON.date())
        session.add(team)
        session.flush()
        days = {"first_day": NOON.date() + DAY, "last_day": date(2026, 12, 31)}
        session.add(TeamLink(township_id=office.township, team_id=team.id, village_id=office.village, **days))
    newcomer = replace(office.leader, teams=frozenset({"丙组"}))
    with kept.desk(NOON + DAY, newcomer) as (desk, _), pytest.raises(MustStandBack):
        answering.look(desk.session, newcomer, desk.case, desk.now)
    with kept.desk(NOON + DAY, newcomer) as (desk, _), pytest.raises(MustStandBack):
        answering.see_contact(desk)
    with plain.desk(NOON + DAY, newcomer) as (desk, _):
        assert answering.look(desk.session, newcomer, desk.case, desk.now)
    plain.answer(NOON + DAY, actor=newcomer)


def test_a_request_of_a_workbook_is_not_answered_here(request_: Request) -> None:
    with request_.office.database.writing() as session:
        request_.found(session).submission = None
    for act in (request_.answer, request_.finish):
        with pytest.raises(AnsweringRefused, match="工作簿"):
            act(NOON + HOUR)


@pytest.mark.parametrize("words", [PHONE, "打 138-1234-5678 找他", "号码138 1234 5678"])
def test_an_answer_does_not_give_the_number_away(request_: Request, words: str) -> None:
    with pytest.raises(AnsweringRefused, match="电话"):
        request_.answer(NOON + HOUR, words)
    request_.answer(NOON + HOUR, "请打 12345")


# --- the contact --------------------------------------------------------------------------------------------------


def test_the_contact_is_shown_for_minutes_to_who_asked_and_the_ledger_says_so(request_: Request) -> None:
    office = request_.office
    other = office.leader
    with request_.desk(NOON) as (desk, _):
        assert answering.contact(desk) is None
        answering.see_contact(desk)
        answering.see_contact(desk)  # a double tap is one look
        assert answering.contact(desk) == PHONE
    with request_.desk(NOON, other) as (desk, _):
        assert answering.contact(desk) is None
    with request_.desk(NOON + timedelta(minutes=10, seconds=1)) as (desk, _):
        assert answering.contact(desk) is None
    (entry,) = [entry for entry in request_.entries() if entry.kind == "case.contact_seen"]
    assert entry.actor == office.admin.username
    assert PHONE not in f"{entry.subject}{entry.before}{entry.after}{entry.reason}"


def test_a_look_is_no_step_that_another_one_must_see(request_: Request) -> None:
    with request_.desk(NOON) as (desk, seen):
        answering.see_contact(desk)
        answering.answer(desk, "明天来修", seen)
    assert request_.steps() == ["contact_seen", "answered"]


def test_the_contact_lies_sealed(request_: Request) -> None:
    case = request_.stored()
    assert case.contact
    assert PHONE not in case.contact
    assert answering.opened_contact(case, SECRET) == PHONE
    assert answering.opened_contact(case, "another secret that is long enough") is None


def due(request_: Request, day: date) -> bool:
    with request_.office.database.reading() as session:
        return bool(resident_cases.contacts_due(session, day))


def test_the_contact_is_due_thirty_days_after_the_last_finish(request_: Request) -> None:
    far = date(2027, 12, 31)
    assert not due(request_, far)  # unfinished
    late = moment_of(datetime(2026, 11, 23, 23, 59))
    request_.finish(late)
    assert not due(request_, date(2026, 12, 22))
    assert due(request_, date(2026, 12, 23))
    request_.say(late + DAY, Verdict.UNSOLVED)
    assert not due(request_, far)  # taken up again
    request_.finish(late + 10 * DAY)
    assert not due(request_, date(2027, 1, 1))
    assert due(request_, date(2027, 1, 2))


def test_an_erased_contact_is_gone_and_everything_else_stays(request_: Request) -> None:
    request_.finish(NOON)
    for _ in range(2):
        with request_.office.database.writing() as session:
            erase_contact(session, request_.found(session), NOON + 30 * DAY)
    case = request_.stored()
    assert (case.contact, case.words, request_.steps()) == (None, "路灯坏了", ["finished", "contact_erased"])
    assert not due(request_, date(2027, 12, 31))
    (entry,) = [entry for entry in request_.entries() if entry.kind == "case.contact_erased"]
    assert (entry.actor, entry.before, entry.after) == ("system", None, None)
    with pytest.raises(AnsweringRefused), request_.desk(NOON + 31 * DAY) as (desk, _):
        answering.see_contact(desk)


# --- what stays in the ledger -------------------------------------------------------------------------------------


def test_the_ledger_tells_every_step_and_neither_words_nor_levels(request_: Request) -> None:
    request_.answer(NOON + HOUR, "明天来修")
    request_.finish(NOON + 2 * HOUR)
    request_.say(NOON + DAY, Verdict.UNSOLVED, 1)
    request_.finish(NOON + 2 * DAY)
    request_.say(NOON + 3 * DAY, Verdict.SOLVED, 5, finish=2)
    entries = sorted(request_.entries(), key=lambda entry: (entry.at, entry.kind))
    assert [entry.kind for entry in entries] == [
        *("case.opened", "case.answered", "case.finished", "case.heard", "case.reopened"),
        *("case.finished", "case.heard"),
    ]
    assert [entry.after for entry in entries if entry.kind == "case.heard"] == [
        {"verdict": "unsolved"},
        {"verdict": "solved"},
    ]
    told = " ".join(f"{entry.before}{entry.after}{entry.reason}" for entry in entries)
    for hidden in ("level", "路灯", "明天来修", "修好了", PHONE, request_.receipt):
        assert hidden not in told


def test_what_is_said_after_the_publication_is_taken_in(request_: Request) -> None:
    request_.finish(NOON)
    publish(request_.office, NOON + HOUR)
    request_.say(NOON + DAY, Verdict.SOLVED, 5)
    assert request_.stored().confirmed is True


def test_steps_stand_in_the_order_in_which_they_were_taken(request_: Request) -> None:
    request_.finish(NOON)
    request_.say(NOON, Verdict.UNSOLVED)  # heard and taken up again in one moment
    assert request_.steps() == ["finished", "heard", "reopened"]
    with request_.office.database.reading() as session:
        rows = session.scalars(select(CaseStep).where(CaseStep.kind != StepKind.FINISHED))
        assert [row.account_id for row in rows] == [None, None]
