"""Posters after they were made: where they hang, a new one for an old one, and two people at once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.actions import posters, villages
from portal.actions.guard import MustStandBack, NotAllowed
from portal.actions.organising import Order, OrganisationRefused
from portal.actions.posters import PlacesRefused
from portal.actions.seen import ChangedMeanwhile, seen_of
from portal.clock import local_day
from portal.core.book import Role
from portal.core.rights import Actor
from portal.store import organising, townships
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Poster, Village
from tests.actions.making import DUSHAN, LUOSHAN, bring, township_id
from tests.conftest import NOON
from tests.files.typed_workbook import book

TODAY = local_day(NOON)
GATE = "村便民服务中心门口"


class Desk:
    """A clerk of the small township; each act commits."""

    def __init__(self, database: Database) -> None:
        self.database, self.township = database, township_id(database)

    def act(self, does: Callable[[Order], Any], reason: str = "丢了", day: date = TODAY, **who: Any) -> Any:
        actor = Actor(1, "clerk", self.township, **{"roles": frozenset({Role.CLERK}), **who})
        with self.database.writing() as session:
            return does(Order(session, actor, NOON, day, reason))

    def replace(self, token: str, place: str = "", reason: str = "丢了", **who: Any) -> str:
        """Replace a poster and give the new one's token."""
        return str(self.act(lambda order: posters.replace_poster(order, token, place).token, reason, **who))

    def name(self, typed: dict[str, str], seen: dict[str, str]) -> int:
        return int(self.act(lambda order: posters.name_places(order, typed, seen_of(seen))))

    def village(self, code: str = LUOSHAN) -> int:
        with self.database.reading() as session:
            return session.scalars(select(Village.id).where(Village.code == code)).one()

    def all(self, code: str = LUOSHAN) -> list[Poster]:
        """Every poster that the village had, those in use last."""
        of_village = Poster.village_id == self.village(code)
        with self.database.reading() as session:
            return list(session.scalars(select(Poster).where(of_village).order_by(Poster.id)))

    def token(self, code: str = LUOSHAN) -> str:
        return self.all(code)[-1].token

    def entries(self, *kinds: str) -> list[LedgerEntry]:
        with self.database.reading() as session:
            return list(session.scalars(select(LedgerEntry).where(LedgerEntry.kind.in_(kinds))))


@pytest.fixture
def desk(small: Database) -> Desk:
    return Desk(small)


def test_a_replaced_poster_retires_today_and_a_new_code_hangs_where_it_is_told(desk: Desk) -> None:
    old = desk.token()
    new = desk.replace(old, f"  {GATE} ")
    before, after = desk.all()
    assert (before.token, before.retired_on) == (old, TODAY)
    assert (after.token, after.issued_on, after.retired_on, after.place) == (new, TODAY, None, GATE)
    assert new != old
    (retired,), (issued,) = desk.entries("poster.retired"), desk.entries("poster.issued")
    assert (retired.row_id, retired.after, retired.reason) == (
        before.id,
        {"retired_on": "2026-11-22"},
        "丢了",
    )
    assert (issued.row_id, issued.after) == (after.id, {"issued_on": "2026-11-22", "place": GATE})
    assert retired.act == issued.act


def test_no_code_is_ever_given_out_twice(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the dice's first throws one is the code that retires: it is thrown again."""
    old = desk.token()
    thrown = iter(old + "ABCDEF")
    monkeypatch.setattr(villages.secrets, "choice", lambda _: next(thrown))
    assert desk.replace(old) == "ABCDEF"


def test_who_comes_second_is_told_that_it_was_replaced(desk: Desk) -> None:
    old = desk.token()
    desk.replace(old)
    with pytest.raises(OrganisationRefused, match="已经停用"):
        desk.replace(old)
    assert len(desk.all()) == 2


def test_two_people_at_once_make_one_new_poster(database: Database) -> None:
    bring(database, book())
    desk = Desk(database)
    old, barrier, told = desk.token(), threading.Barrier(2), []

    def replace() -> None:
        barrier.wait()
        try:
            told.append(desk.replace(old))
        except OrganisationRefused as refusal:
            told.append(str(refusal))

    threads = [threading.Thread(target=replace) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    before, after = desk.all()
    assert sorted(told) == sorted([after.token, next(words for words in told if "已经停用" in words)])
    assert [before.retired_on, after.retired_on] == [TODAY, None]


@pytest.mark.parametrize(
    ("reason", "place", "words"),
    [
        ("", "", "请写为什么换"),
        ("长" * 201, "", "最多写 200 个字"),
        ("丢了", "长" * 41, "最多写 40 个字，现在有 41 个"),
        ("丢了", "门\u202e口", "显示不出来"),
    ],
)
def test_what_is_missing_or_too_long_is_said_and_changes_nothing(
    desk: Desk, reason: str, place: str, words: str
) -> None:
    with pytest.raises(OrganisationRefused, match=words):
        desk.replace(desk.token(), place, reason)
    assert len(desk.all()) == 1


def test_another_townships_poster_is_not_there(desk: Desk) -> None:
    with pytest.raises(OrganisationRefused, match="没有这张海报"):
        desk.replace("ZZZZZZ")


def test_who_belongs_to_the_team_stands_back_and_who_has_no_right_is_refused(desk: Desk) -> None:
    with desk.database.reading() as session:
        teams = frozenset(organising.teams_linking(session, desk.township, [desk.village()], TODAY))
    assert teams
    with pytest.raises(MustStandBack):
        desk.replace(desk.token(), teams=teams)
    with pytest.raises(NotAllowed):
        desk.replace(desk.token(), roles=frozenset({Role.AUDITOR}))
    assert len(desk.all()) == 1


def test_a_new_poster_retires_with_its_village_as_the_old_one_would_have(desk: Desk) -> None:
    end = TODAY + timedelta(days=10)
    desk.act(lambda order: villages.retire_village(order, desk.village()), day=end)
    new = desk.replace(desk.token())
    before, after = desk.all()
    assert (before.retired_on, after.retired_on, after.token) == (TODAY, end, new)


def test_places_are_written_down_for_many_at_once_and_only_where_they_differ(desk: Desk) -> None:
    first, second = desk.token(), desk.token(DUSHAN)
    assert desk.name({first: GATE, second: ""}, {first: "", second: ""}) == 1
    assert [desk.all()[-1].place, desk.all(DUSHAN)[-1].place] == [GATE, ""]
    (entry,) = desk.entries("poster.place_changed")
    assert (entry.before, entry.after) == ({"place": ""}, {"place": GATE})
    assert desk.name({first: f" {GATE}"}, {first: GATE}) == 0


def test_a_place_that_can_not_be_kept_keeps_the_others_back_too(desk: Desk) -> None:
    first, second = desk.token(), desk.token(DUSHAN)
    with pytest.raises(PlacesRefused) as refusal:
        desk.name({first: "长" * 41, second: GATE, "ZZZZZZ": "x"}, {first: "", second: ""})
    assert set(refusal.value.faults) == {first, "ZZZZZZ"}
    assert desk.all(DUSHAN)[-1].place == ""


def test_only_what_two_people_both_touched_is_a_conflict(desk: Desk) -> None:
    first, second = desk.token(), desk.token(DUSHAN)
    seen = {first: "", second: ""}
    desk.name({first: GATE, second: ""}, seen)
    assert desk.name({first: "", second: "祠堂"}, seen) == 1, "the other one's place was not touched"
    with pytest.raises(ChangedMeanwhile) as refusal:
        desk.name({first: "大樟树下", second: ""}, seen)
    assert [(one.field, one.seen, one.now) for one in refusal.value.differing] == [(first, "", GATE)]
    assert [desk.all()[-1].place, desk.all(DUSHAN)[-1].place] == [GATE, "祠堂"]


def test_the_successor_of_a_replaced_poster_is_the_one_in_use(desk: Desk) -> None:
    new = desk.replace(desk.token())
    with desk.database.reading() as session:
        assert townships.posters_in_use(session, desk.township)[desk.village()].token == new
