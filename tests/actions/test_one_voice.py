"""One voice across ways: where one key is seen twice, the latest counts; and nobody can take a neighbour's away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.core.person_keys import left_phone_key, paper_key
from portal.store.engine import Database
from tests.actions.office import open_office
from tests.actions.paper_office import DOOR, NUMBER, PAPER, PHONE, Counter, level
from tests.conftest import NOON
from tests.databases import SqliteMaker

TOMORROW = NOON + timedelta(days=1)
LAST_QUARTER = NOON - timedelta(days=60)


@pytest.fixture
def counter(database: Database) -> Counter:
    """On both engines: the keys are looked up in SQL."""
    return Counter(open_office(database))


@pytest.fixture
def desk(sqlite_database: Database) -> Counter:
    return Counter(open_office(sqlite_database))


def test_a_scanned_paper_that_is_typed_later_is_one_voice_and_the_typing_counts(counter: Counter) -> None:
    (serial,) = counter.print()
    counter.online("phone", level("5"), [paper_key(serial)])
    counter.enter(PAPER, serial, level("1"), now=TOMORROW)
    assert counter.standing() == ["paper 1"]
    assert counter.firsts() == 1


def test_a_typed_paper_that_is_scanned_later_is_one_voice_and_the_phone_counts(counter: Counter) -> None:
    (serial,) = counter.print()
    counter.enter(PAPER, serial, level("1"))
    counter.online("phone", level("5"), [paper_key(serial)], TOMORROW)
    assert counter.standing() == ["anonymous 5"]
    assert counter.firsts() == 1


def test_the_phone_that_scanned_it_stays_the_same_person_without_scanning_again(desk: Counter) -> None:
    (serial,) = desk.print()
    desk.online("phone", level("5"), [paper_key(serial)])
    desk.enter(PAPER, serial, level("1"))
    desk.online("phone", level("3"))
    assert desk.standing() == ["anonymous 3"]


@pytest.mark.parametrize("first", ["scanned", "typed"])
def test_the_phone_and_the_desk_at_once_are_one_voice(counter: Counter, first: str) -> None:
    """The second waits for the first to be through, and sees it."""
    (serial,) = counter.print()
    counter.online("somebody else", level("3"))  # the quarter has its secret

    def scanned(desk: Counter) -> None:
        desk.online("phone", level("5"), [paper_key(serial)])

    def typed(desk: Counter) -> None:
        desk.enter(PAPER, serial, level("1"))

    one, other = (scanned, typed) if first == "scanned" else (typed, scanned)
    with ThreadPoolExecutor(1) as apart, counter.database.writing() as session:
        one(counter.within(session))
        waiting = apart.submit(other, counter)
        wait([waiting], timeout=1)
        assert not waiting.done()
        session.commit()
        waiting.result(timeout=30)
    assert counter.standing() == ["anonymous 3", "paper 1" if first == "scanned" else "anonymous 5"]


def test_what_the_phone_said_before_it_scanned_gives_way_too(desk: Counter) -> None:
    (serial,) = desk.print()
    desk.online("phone", level("5"))
    desk.enter(PAPER, serial, level("1"))
    desk.online("phone", level("4"), [paper_key(serial)])
    assert desk.standing() == ["anonymous 4"]


def test_an_interview_takes_the_place_of_what_a_phone_sent_that_left_the_number(counter: Counter) -> None:
    counter.online("phone", level("5"), [left_phone_key(NUMBER)])
    counter.enter(PHONE, "138 0000 1111", level("1"))
    assert counter.standing() == ["paper 1"]
    assert counter.firsts() == 1


def test_the_same_number_interviewed_twice_is_one_voice(counter: Counter) -> None:
    first = counter.enter(PHONE, NUMBER, level("5"))
    second = counter.enter(PHONE, "+86 138-0000-1111", level("1"))
    assert (first.again, second.again) == (False, True)
    assert counter.standing() == ["paper 1"]


def test_the_same_door_is_one_voice_and_another_door_another(desk: Counter) -> None:
    desk.enter(DOOR, "3组 12号", level("5"))
    desk.enter(DOOR, "３组12号", level("1"))
    desk.enter(DOOR, "3组13号", level("4"))
    assert desk.standing() == ["paper 1", "paper 4"]


def test_a_serial_a_number_and_a_door_that_read_alike_are_three_voices(desk: Counter) -> None:
    (serial,) = desk.print()
    desk.enter(PAPER, serial)
    desk.enter(PHONE, NUMBER)
    desk.enter(DOOR, serial)
    desk.enter(DOOR, NUMBER)
    assert len(desk.standing()) == 4


def test_two_phones_that_leave_one_number_stay_two_voices(desk: Counter) -> None:
    """Else anybody could wipe a neighbour's rating out by typing his number."""
    desk.online("mine", level("1"), [left_phone_key(NUMBER)])
    desk.online("yours", level("5"), [left_phone_key(NUMBER)])
    assert desk.standing() == ["anonymous 1", "anonymous 5"]


def test_a_number_typed_on_a_phone_page_takes_no_interview_away(desk: Counter) -> None:
    """Who types it may be anybody: a flood of forms with the villagers' numbers replaces nothing."""
    desk.enter(PHONE, NUMBER, level("1"))
    for attempt in range(5):
        desk.online(f"wiped {attempt}", level("5"), [left_phone_key(NUMBER)])
    assert "paper 1" in desk.standing()


def test_a_number_typed_online_joins_no_paper_to_an_interview(desk: Counter) -> None:
    """One's own paper and a neighbour's number on one form don't make the neighbour's interview one's own."""
    (serial,) = desk.print()
    desk.enter(PHONE, NUMBER, level("1"))
    desk.online("attacker", level("5"), [paper_key(serial), left_phone_key(NUMBER)])
    desk.enter(PAPER, serial, level("5"))
    desk.online("attacker", level("5"))
    assert "paper 1" in desk.standing()
    assert len(desk.standing()) == 2


def test_a_neighbours_phone_and_paper_are_out_of_reach_without_the_paper_in_hand(desk: Counter) -> None:
    own, neighbours = desk.print(2)
    desk.online("neighbour", level("1"), [paper_key(neighbours)])
    desk.online("attacker", level("5"), [paper_key(own)])
    desk.enter(PAPER, own, level("5"))
    assert desk.standing() == ["anonymous 1", "paper 5"]


def test_a_rating_without_value_leaves_no_key_and_replaces_nothing(desk: Counter) -> None:
    (serial,) = desk.print()
    desk.enter(PAPER, serial, level("1"))
    desk.online("phone", level("unknown"), [paper_key(serial)])
    assert desk.standing() == ["paper 1"]
    assert desk.left_keys() == []


def test_a_key_holds_within_its_quarter(desk: Counter) -> None:
    (serial,) = desk.print(now=LAST_QUARTER)
    desk.online("phone", level("5"), [paper_key(serial)], LAST_QUARTER)
    desk.enter(PAPER, serial, level("1"))
    assert desk.standing() == ["anonymous 5", "paper 1"]
    assert desk.firsts() == 2


def test_the_same_phone_may_leave_the_same_key_again(desk: Counter) -> None:
    (serial,) = desk.print()
    for number in ("5", "4", "3"):
        desk.online("phone", level(number), [paper_key(serial), left_phone_key(NUMBER)])
    assert desk.standing() == ["anonymous 3"]
    assert len(desk.left_keys()) == 2


def test_no_key_is_kept_as_it_is(desk: Counter) -> None:
    (serial,) = desk.print()
    desk.online("phone", level("5"), [paper_key(serial), left_phone_key(NUMBER)])
    kept = [text for row in desk.left_keys() for text in (row.key, row.voice)]
    assert not [text for text in kept if serial in text or NUMBER in text or "phone" in text]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["online", "scanned", "number", "both", "paper", "phone", "door"]),
        st.sampled_from(["5", "4", "1", "unknown"]),
    ),
    min_size=1,
    max_size=9,
)


@given(STEPS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_way_somebody_comes_no_key_stands_for_two(
    sqlite_maker: SqliteMaker, steps: list[tuple[str, str]]
) -> None:
    """One person with one phone, one paper, one number and one door, in any order, against rules said plainly.

    `linked` is what the portal can know: the phone scanned the paper; the number was left on the phone page.
    """
    database = Database(sqlite_maker.make())
    desk = Counter(open_office(database))
    (serial,) = desk.print()
    held, left = paper_key(serial), left_phone_key(NUMBER)
    shared = {"online": [], "scanned": [held], "number": [left], "both": [held, left]}
    linked: set[str] = set()
    standing: dict[str, str] = {}
    typed = False
    for step, answer in steps:
        if step in shared:
            desk.online("phone", level(answer), shared[step])
            if answer == "unknown":
                continue
            linked |= set(shared[step])
            if held in linked:
                standing.pop("paper", None)
            standing["online"] = f"anonymous {answer}"
        elif answer != "unknown" and not (step == "paper" and typed):
            desk.enter(
                {"paper": PAPER, "phone": PHONE, "door": DOOR}[step], _who(step, serial), level(answer)
            )
            typed = typed or step == "paper"
            if (step == "paper" and held in linked) or (step == "phone" and left in linked):
                standing.pop("online", None)
            standing[step] = f"paper {answer}"
        assert desk.standing() == sorted(standing.values())
        assert not (held in linked and {"online", "paper"} <= standing.keys())
    replaced = [row for row in desk.ratings() if row.valued and row.replaced_on is not None]
    assert len(replaced) + len(standing) == sum(row.valued for row in desk.ratings())
    assert desk.firsts() <= len({"online", "paper", "phone", "door"})
    database.dispose()


def _who(step: str, serial: str) -> str:
    return {"paper": serial, "phone": NUMBER, "door": "3组12号"}[step]
