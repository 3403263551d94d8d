"""Printing and typing in: registered serials alone, each once, by somebody who doesn't belong to the village's team."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.actions import papers
from portal.actions.entering import EntryRefused
from portal.actions.guard import MustStandBack, NotAllowed
from portal.clock import moment_of
from portal.core.book import Way
from portal.core.form import STANDARD, to_json
from portal.core.paper_forms import ALPHABET, is_serial
from portal.store.appraisal import Period
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Village
from portal.store.residents import FormEdition
from tests.actions.office import open_office
from tests.actions.paper_office import DOOR, NUMBER, PAPER, PHONE, Counter, level, used
from tests.conftest import NOON

TODAY = NOON.date()
FULL = (("visited", "yes"), ("contact", "no"), ("overall", "1"))


@pytest.fixture
def desk(sqlite_database: Database) -> Counter:
    return Counter(open_office(sqlite_database))


def entered(desk: Counter, *kinds: str) -> list[LedgerEntry]:
    return [entry for entry in desk.office.entries() if entry.kind in kinds]


def refused(desk: Counter, *entry: object, **other: object) -> EntryRefused:
    """What the desk says; nothing is stored of it."""
    before = (len(desk.ratings()), used(desk.forms()), len(desk.office.entries()))
    with pytest.raises(EntryRefused) as refusal:
        desk.enter(*entry, **other)  # type: ignore[arg-type]
    assert (len(desk.ratings()), used(desk.forms()), len(desk.office.entries())) == before
    return refusal.value


def test_a_paper_form_is_printed_typed_in_once_and_counts_as_paper(database: Database) -> None:
    desk = Counter(open_office(database))
    serial, other = desk.print(2)
    done = desk.enter(PAPER, f"{serial[:4].lower()}-{serial[4:]} ", FULL, comment="路灯坏了")
    assert (done.stored, done.again) == (True, False)
    (row,) = desk.ratings()
    assert (row.way, row.day, row.comment, row.valued, row.first) == (
        Way.PAPER,
        TODAY,
        "路灯坏了",
        True,
        True,
    )
    assert row.answers == "visited=yes contact=no overall=1"
    assert {one.serial: one.used_on for one in desk.forms()} == {serial: TODAY, other: None}
    assert refused(desk, PAPER, serial, level("5")).field == "who"


def test_a_used_serial_is_refused_with_the_day(desk: Counter) -> None:
    (serial,) = desk.print()
    desk.enter(PAPER, serial)
    assert "2026年11月22日录过了" in str(refused(desk, PAPER, serial, now=NOON + timedelta(days=3)))


def test_the_same_page_sent_twice_is_one_entry(desk: Counter) -> None:
    (serial,) = desk.print()
    for wanted in (True, False):
        assert desk.enter(PAPER, serial, key="one page of the desk").stored is wanted
        assert desk.enter(PHONE, NUMBER, key="another page").stored is wanted
    assert len(desk.ratings()) == 2
    assert len(entered(desk, "paper.entered", "interview.entered")) == 2


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("", "请填纸上的编号"),
        ("ABC", "您填了 3 位"),
        ("ABCDEFGHJKM", "您填了 11 位"),
        ("22222223", "填错了一位"),
        ("22222222", "没有登记过"),
        ("ＡＢＣ０１２３４", "填错了一位"),
    ],
)
def test_a_serial_that_nobody_registered_is_refused_with_what_is_wrong(
    desk: Counter, who: str, words: str
) -> None:
    refusal = refused(desk, PAPER, who)
    assert words in str(refusal)
    assert refusal.field == "who"


def test_a_slip_of_the_hand_is_told_from_an_unknown_paper(desk: Counter) -> None:
    (serial,) = desk.print()
    wrong = ALPHABET[(ALPHABET.index(serial[0]) + 1) % len(ALPHABET)] + serial[1:]
    assert "填错了一位" in str(refused(desk, PAPER, wrong))


def test_a_paper_of_another_village_is_refused_there_and_taken_in_its_own(desk: Counter) -> None:
    (serial,) = desk.print()
    with desk.database.reading() as session:
        other = next(
            one.id
            for one in session.query(Village).filter_by(township_id=desk.office.township)
            if one.id != desk.office.village
        )
    assert "别的村的" in str(refused(desk, PAPER, serial, village_id=other))
    assert desk.enter(PAPER, serial).stored


def test_another_townships_paper_is_unknown_here(desk: Counter) -> None:
    elsewhere = Counter(open_office(desk.database, "330825112"))
    (serial,) = elsewhere.print()
    assert "没有登记过" in str(refused(desk, PAPER, serial))


def test_a_paper_of_a_merged_village_is_taken_in_where_its_people_belong(desk: Counter) -> None:
    (serial,) = desk.print()
    with desk.database.writing() as session:
        old = session.get_one(Village, desk.office.village)
        new = next(one for one in session.query(Village) if one.id != old.id)
        old.last_day, old.merged_into_id = TODAY - timedelta(days=1), new.id
        successor = new.id
    assert desk.enter(PAPER, serial, village_id=successor).stored
    assert "没有这个村社" in str(refused(desk, PHONE, NUMBER))


def test_a_paper_with_another_form_on_it_is_refused(desk: Counter) -> None:
    (serial,) = desk.print(now=moment_of(NOON.replace(tzinfo=None, month=3)))
    with desk.database.writing() as session:
        own = desk.office.township
        edition = FormEdition(township_id=own, key="own-1", definition={**to_json(STANDARD), "key": "own-1"})
        session.add(edition)
        session.flush()
        period = session.query(Period).one()
        period.last_day = date(2026, 6, 30)
        session.flush()
        session.add(
            Period(
                township_id=own,
                name="下半年",
                first_day=date(2026, 7, 1),
                last_day=date(2026, 12, 31),
                edition_id=edition.id,
            )
        )
    assert "以前的问卷" in str(refused(desk, PAPER, serial))


def test_a_day_in_no_period_takes_nothing_in(desk: Counter) -> None:
    (serial,) = desk.print()
    later = NOON + timedelta(days=60)
    for kind, who in ((PAPER, serial), (PHONE, NUMBER)):
        assert "不在任何考评周期里" in str(refused(desk, kind, who, now=later))


@pytest.mark.parametrize("answers", [(), level("unknown"), (("solved", "none"), ("overall", "unknown"))])
def test_a_sheet_without_value_is_refused_and_its_serial_stays_good(
    desk: Counter, answers: tuple[tuple[str, str], ...]
) -> None:
    (serial,) = desk.print()
    assert "不计" in str(refused(desk, PAPER, serial, answers))
    assert desk.enter(PAPER, serial).stored


def test_a_sheet_without_the_overall_question_counts_by_the_others(desk: Counter) -> None:
    (serial,) = desk.print()
    assert desk.enter(PAPER, serial, (("visited", "yes"),)).stored
    assert [row.valued for row in desk.ratings()] == [True]


@pytest.mark.parametrize(
    ("kind", "who", "words"),
    [
        (PHONE, "12345", "电话号码不对"),
        (PHONE, "", "电话号码不对"),
        (DOOR, " ，", "请填门牌号"),
        (DOOR, "长" * 41, "最多 40 个字"),
    ],
)
def test_a_number_or_door_that_is_none_is_refused(desk: Counter, kind: object, who: str, words: str) -> None:
    refusal = refused(desk, kind, who)
    assert words in str(refusal)
    assert refusal.field == "who"


def test_who_belongs_to_the_villages_team_stands_back(desk: Counter) -> None:
    (serial,) = desk.print()
    for kind, who in ((PAPER, serial), (PHONE, NUMBER), (DOOR, "3组12号")):
        with pytest.raises(MustStandBack):
            desk.enter(kind, who, actor=desk.office.leader)
    with desk.database.writing() as session, pytest.raises(MustStandBack):
        papers.register(session, desk.office.leader, {desk.office.village: ["22222222"]}, NOON)
    assert desk.ratings() == []


@pytest.mark.parametrize("name", ["auditor", "approver"])
def test_who_may_not_type_in_may_not(desk: Counter, name: str) -> None:
    with pytest.raises(NotAllowed):
        desk.enter(PHONE, NUMBER, actor=getattr(desk.office, name))


def test_villages_of_the_own_team_are_left_to_others_and_named(desk: Counter) -> None:
    with desk.database.reading() as session:
        own = desk.office.township
        clerks, none = papers.villages_for(session, desk.office.clerk, own, TODAY)
        leaders, left = papers.villages_for(session, desk.office.leader, own, TODAY)
    assert len(clerks) == 2
    assert none == {}
    assert [[one.id for one in villages] for villages in left.values()] == [[desk.office.village]]
    assert len(leaders) == 1


def test_the_ledger_lists_what_was_printed_and_which_were_typed_and_no_answer(desk: Counter) -> None:
    serials = desk.print(3)
    desk.enter(PAPER, serials[0], FULL, comment="路灯坏了")
    desk.enter(PHONE, NUMBER)
    desk.enter(DOOR, "3组12号")
    (printed,) = entered(desk, "paper.printed")
    assert printed.after == {"printed": 3, "serials": sorted(serials)}
    (paper,) = entered(desk, "paper.entered")
    assert paper.after == {"serial": serials[0]}
    assert sorted(one.after["kind"] for one in entered(desk, "interview.entered") if one.after) == [
        "door",
        "phone",
    ]
    told = str([(one.before, one.after, one.subject, one.reason) for one in desk.office.entries()])
    assert not [word for word in ("路灯", NUMBER, "3组12号", "overall", "yes") if word in told]


def test_nothing_joins_a_typed_serial_to_its_rating(desk: Counter) -> None:
    """The entry has the day only and an act of its own; ids are dice; no row of the ledger names a rating."""
    serials = desk.print(2)
    for serial in serials:
        desk.enter(PAPER, serial)
    typed, received = entered(desk, "paper.entered"), entered(desk, "rating.received")
    assert len(typed) == len(received) == 2
    assert {(one.at.hour, one.at.minute) for one in typed} == {(16, 0)}  # midnight in Shanghai
    assert not {one.act for one in typed} & {one.act for one in received}
    assert {one.row_id for one in [*typed, *received]} == {None}
    assert max(len(str(row.id)) for row in desk.ratings()) > 10


def test_new_serials_check_themselves_and_are_all_different(desk: Counter) -> None:
    with desk.database.reading() as session:
        serials = papers.new_serials(session, 40)
    assert len(set(serials)) == 40
    assert all(map(is_serial, serials))
