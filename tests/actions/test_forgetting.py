"""What is forgotten by itself: thirty days after a quarter nothing leads from a rating to a phone any more."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.actions.forgetting import AFTER, Sealed, erase_contacts, seal_quarters
from portal.actions.import_township import import_township
from portal.actions.ratings import QuarterSealed, SentForm, collect_rating
from portal.actions.resident_cases import NewCase, open_case
from portal.core import form
from portal.core.book import Way
from portal.store import roster
from portal.store.engine import Database
from portal.store.papers import EntryCheck, EntryKind, VoiceKey
from portal.store.people import Account
from portal.store.residents import Case, CaseStep, QuarterSecret, Rating, StepKind
from tests.actions.making import LUOSHAN, entries, rating, results, send, stored, tables, told, township_id
from tests.actions.making import voices as heard
from tests.conftest import operator
from tests.files.typed_workbook import book

SECRET_KEY = "a secret that is long enough for tests"
LAST, DUE = date(2026, 3, 31), date(2026, 4, 30)


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 4, tzinfo=UTC)


def seal(database: Database, day: date) -> Sealed:
    own = township_id(database)
    with database.writing() as session:
        return seal_quarters(session, own, noon(day))


def secrets(database: Database) -> dict[str, tuple[bool, date | None]]:
    """By quarter whether the secret is there, and when it was deleted."""
    with database.reading() as session:
        return {
            row.quarter: (row.secret is not None, row.deleted_on)
            for row in session.scalars(select(QuarterSecret))
        }


@pytest.fixture
def two_quarters(small: Database) -> Database:
    send(small, rating("5", time="2026-03-31 08:00:00"), rating("1", time="2026-04-02 08:00:00"))
    return small


def test_thirty_days_after_its_end_a_quarters_secret_is_deleted_and_not_a_day_earlier(
    two_quarters: Database,
) -> None:
    assert timedelta(days=30) == AFTER
    assert seal(two_quarters, DUE - timedelta(days=1)) == Sealed()
    assert seal(two_quarters, DUE) == Sealed(secrets=1)
    assert secrets(two_quarters) == {"2026Q1": (False, DUE), "2026Q2": (True, None)}


def test_doing_it_again_changes_nothing(two_quarters: Database) -> None:
    seal(two_quarters, DUE)
    before = tables(two_quarters)
    assert seal(two_quarters, DUE + timedelta(days=1)) == Sealed()
    assert tables(two_quarters) == before


def test_a_deleted_secret_is_nowhere_in_the_file_any_more(two_quarters: Database) -> None:
    """SQLite leaves what was deleted in its free pages unless it is told to overwrite it."""
    file = Path(two_quarters.engine.url.database or "")
    with two_quarters.reading() as session:
        found = select(QuarterSecret.secret).where(QuarterSecret.quarter == "2026Q1")
        secret = session.execute(found).scalar_one()
    assert secret is not None
    two_quarters.dispose()  # the last connection to close brings the write-ahead log into the file
    assert secret in file.read_bytes()
    seal(two_quarters, DUE)
    two_quarters.dispose()
    assert secret not in file.read_bytes()


def test_a_worker_that_slept_for_a_year_catches_up(two_quarters: Database) -> None:
    assert seal(two_quarters, date(2027, 6, 1)).secrets == 2


def test_the_ledger_tells_which_quarter_and_that_the_portal_did_it(two_quarters: Database) -> None:
    seal(two_quarters, DUE)
    (entry,) = entries(two_quarters, "secret.deleted")
    assert (entry.actor, entry.subject) == ("system", "2026年一季度")
    assert entry.after == {"deleted_on": "2026-04-30"}


def test_results_stay_as_they_were(two_quarters: Database) -> None:
    before = results(two_quarters, "2026年度", LAST)
    seal(two_quarters, DUE)
    assert results(two_quarters, "2026年度", LAST) == before
    assert heard(before) == {"5": 1}


def test_into_a_sealed_quarter_nothing_is_imported_not_even_what_is_stored_already(
    two_quarters: Database,
) -> None:
    seal(two_quarters, DUE)
    before = tables(two_quarters)
    same, other = rating("5", time="2026-03-31 08:00:00"), rating("3", "李", time="2026-05-01 08:00:00")
    for rows in ([same], [other, same]):
        with pytest.raises(QuarterSealed) as refusal:
            send(two_quarters, *rows)
        assert refusal.value.sentences == [
            "2026年一季度的评价已经在2026年4月30日封存（认人的密钥已销毁），不能再加。"
        ]
        assert tables(two_quarters) == before
    assert send(two_quarters, other).added == 1


def test_all_sealed_quarters_of_a_file_are_told_at_once(two_quarters: Database) -> None:
    seal(two_quarters, date(2026, 8, 1))
    with pytest.raises(QuarterSealed) as refusal:
        send(two_quarters, rating("5"), rating("1", time="2026-04-02 08:00:00"))
    assert [sentence[:9] for sentence in refusal.value.sentences] == ["2026年一季度的", "2026年二季度的"]


def test_an_open_quarter_still_knows_its_voices(two_quarters: Database) -> None:
    seal(two_quarters, DUE)
    send(two_quarters, rating("4", time="2026-05-02 08:00:00"))
    assert told(two_quarters)[1:] == [("04-02", "1", True, "05-02"), ("05-02", "4", False, "")]


def test_no_other_secret_takes_the_place_of_a_deleted_one(two_quarters: Database) -> None:
    seal(two_quarters, DUE)
    own = township_id(two_quarters)
    with two_quarters.reading() as session:
        village = roster.ids(session, own, "villages")[LUOSHAN]
    sent = SentForm(
        own, village, LUOSHAN, form.STANDARD, (("overall", "5"),), "", Way.ANONYMOUS, "cookie:1", "key-1"
    )
    with pytest.raises(QuarterSealed), two_quarters.writing() as session:
        collect_rating(session, sent, LAST)
    with two_quarters.writing() as session:
        assert collect_rating(session, replace(sent), LAST + timedelta(days=1))


def test_keys_of_a_closed_quarters_voices_go_and_those_of_an_open_one_stay(two_quarters: Database) -> None:
    own = township_id(two_quarters)
    closed, running = (row.voice for row in stored(two_quarters))
    with two_quarters.writing() as session:
        for key, voice in (("a", closed), ("b", running), ("c", running), ("d", "of nobody")):
            session.add(VoiceKey(township_id=own, key=key, voice=voice))
    assert seal(two_quarters, DUE) == Sealed(secrets=1, voice_keys=2)
    with two_quarters.reading() as session:
        assert sorted(session.scalars(select(VoiceKey.key))) == ["b", "c"]


def test_what_was_kept_to_check_entries_again_goes_with_the_quarter(two_quarters: Database) -> None:
    own = township_id(two_quarters)
    with two_quarters.writing() as session:
        account = Account(username="clerk", password_hash="x", holder="", township_id=own)
        session.add(account)
        session.flush()
        for row, day in enumerate((LAST, LAST + timedelta(days=1)), start=1):
            village = session.scalars(select(Rating.village_id)).first()
            told_of = {"kind": EntryKind.PHONE, "sealed": "s", "digest": "d", "entered_on": day}
            session.add(
                EntryCheck(id=row, township_id=own, village_id=village, entered_by_id=account.id, **told_of)
            )
    assert seal(two_quarters, DUE).checks == 1
    with two_quarters.reading() as session:
        left = session.execute(select(EntryCheck.sealed, EntryCheck.digest).order_by(EntryCheck.id))
        assert [tuple(row) for row in left] == [(None, None), ("s", "d")]


def test_another_township_keeps_its_own(two_quarters: Database) -> None:
    with two_quarters.writing() as session:
        assert seal_quarters(session, 4711, noon(DUE)) == Sealed()
    assert secrets(two_quarters)["2026Q1"][0]


# --- the contact of who asked for an answer ------------------------------------------------------------------


@pytest.fixture
def case(small: Database) -> Database:
    """A request with a telephone number, opened and finished on 1 March."""
    own = township_id(small)
    with small.writing() as session:
        village = roster.ids(session, own, "villages")[LUOSHAN]
        page = ("cookie:1", "key")
        wanted = NewCase(own, village, LUOSHAN, "路灯坏了", "13800000000", False, page)
        open_case(session, wanted, SECRET_KEY, noon(date(2026, 3, 1)))
        case = session.scalars(select(Case).where(Case.contact.is_not(None))).one()
        case.finished_at = noon(date(2026, 3, 1))
    return small


def erase(database: Database, day: date) -> int:
    with database.writing() as session:
        return erase_contacts(session, noon(day))


def contact(database: Database) -> tuple[str | None, list[StepKind]]:
    with database.reading() as session:
        found = session.scalars(select(Case).where(Case.receipt.is_not(None))).one()
        return found.contact, list(session.scalars(select(CaseStep.kind)))


def test_a_contact_is_erased_thirty_days_after_the_case_is_finished(case: Database) -> None:
    assert erase(case, date(2026, 3, 30)) == 0
    assert contact(case)[0]
    assert erase(case, date(2026, 3, 31)) == 1
    assert contact(case) == (None, [StepKind.CONTACT_ERASED])
    assert erase(case, date(2026, 4, 1)) == 0
    (entry,) = entries(case, "case.contact_erased")
    assert entry.actor == "system"
    assert "138" not in str(vars(entry))


def test_a_request_that_was_taken_up_again_keeps_its_contact(case: Database) -> None:
    with case.writing() as session:
        found = session.scalars(select(Case).where(Case.contact.is_not(None))).one()
        found.first_finished_at, found.reopened_at, found.finished_at = found.finished_at, noon(DUE), None
    assert erase(case, date(2027, 1, 1)) == 0
    assert contact(case)[0]


# --- on both engines -------------------------------------------------------------------------------------------


def test_two_workers_at_once_seal_a_quarter_once(database: Database) -> None:
    with database.writing() as session:
        import_township(session, book(), operator())
    send(database, rating("5"), rating("1", time="2026-04-02 08:00:00"))
    own, start, done = township_id(database), threading.Barrier(2), list[Sealed]()
    with database.writing() as session:
        for row in session.scalars(select(Rating)):
            session.add(VoiceKey(township_id=own, key="k", voice=row.voice))

    def run() -> None:
        start.wait()
        done.append(seal(database, DUE))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done, Sealed()) == Sealed(secrets=1, voice_keys=1)
    assert len(entries(database, "secret.deleted")) == 1
    assert seal(database, DUE) == Sealed()
