"""What the database promises by itself, on SQLite and on PostgreSQL: whatever code forgets, these rows can't exist."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from portal.core.book import Role
from portal.store.appraisal import ModuleMark
from portal.store.base import Base
from portal.store.engine import Database
from portal.store.organisation import Service, TeamLink, Township, Village
from portal.store.people import Account, AccountRole
from portal.store.residents import QuarterSecret, Rating
from tests.store.rows import FIRST, LAST, NOW, Ground

MAY_1, JUNE_30, JULY_1 = date(2026, 5, 1), date(2026, 6, 30), date(2026, 7, 1)


def refused(ground: Ground, *rows: Base) -> None:
    """The last row is refused, those before it are not; what was there before stays usable."""
    for row in rows[:-1]:
        ground.add(row)
    with pytest.raises(IntegrityError), ground.session.begin_nested():
        ground.add(rows[-1])


def account(**other: Any) -> Account:
    return Account(**{"username": "wang", "password_hash": "x", **other})


def test_one_person_has_one_standing_voice_a_village_and_quarter(ground: Ground) -> None:
    refused(ground, ground.rating(voice="one"), ground.rating(voice="one"))


def test_a_replaced_rating_makes_room_for_the_next(ground: Ground) -> None:
    ground.add(ground.rating(voice="one", replaced_on=date(2026, 3, 2)))
    ground.add(ground.rating(voice="one", first=False, day=date(2026, 3, 2)))


def test_ratings_without_value_share_a_voice_key(ground: Ground) -> None:
    for _ in range(2):
        ground.add(ground.rating(voice="one", valued=False, first=False, answers="overall=unknown"))
    ground.add(ground.rating(voice="one"))


def test_the_same_page_sent_twice_is_one_rating(ground: Ground) -> None:
    refused(ground, ground.rating(voice="a", submission="s"), ground.rating(voice="b", submission="s"))


def test_keys_of_another_township_are_not_in_the_way(ground: Ground) -> None:
    other = Ground(ground.session, "330825112")
    for own in (ground, other):
        own.add(own.rating(voice="same", submission="same"))


def test_a_rating_is_replaced_no_earlier_than_its_day(ground: Ground) -> None:
    day = date(2026, 3, 10)
    ground.add(ground.rating(voice="a", day=day, replaced_on=day))
    refused(ground, ground.rating(voice="b", day=day, replaced_on=day - timedelta(days=1)))


@pytest.mark.parametrize("other", [{"first": True}, {"first": False, "replaced_on": date(2026, 3, 2)}])
def test_a_rating_without_value_is_neither_first_nor_replaced(ground: Ground, other: dict[str, Any]) -> None:
    refused(ground, ground.rating(valued=False, **other))


def test_text_is_kept_as_long_as_a_file_has_it(ground: Ground) -> None:
    comment, reason = "好" * 5000, "理" * 5000
    ground.add(ground.rating(comment=comment))
    ground.add(ground.mark(reason=reason))
    ground.session.expire_all()
    assert ground.session.query(Rating.comment).scalar() == comment
    assert ground.session.query(ModuleMark.reason).scalar() == reason


@pytest.mark.parametrize(
    "statement",
    ["UPDATE ledger_entry SET reason = 'other'", "DELETE FROM ledger_entry"],
)
def test_the_ledger_only_grows(ground: Ground, statement: str) -> None:
    ground.add(ground.entry())
    with pytest.raises(IntegrityError, match="append-only"), ground.session.begin_nested():
        ground.session.execute(text(statement))
    assert ground.session.execute(text("SELECT reason FROM ledger_entry")).scalars().all() == [""]


def test_the_ledger_can_not_be_emptied_or_overwritten(ground: Ground) -> None:
    ground.add(ground.entry())
    if ground.session.get_bind().dialect.name == "postgresql":
        statement = "TRUNCATE ledger_entry"
    else:
        statement = (
            "INSERT OR REPLACE INTO ledger_entry (id, act, at, actor, kind, subject, reason)"
            " SELECT id, act, at, 'other', kind, subject, reason FROM ledger_entry"
        )
    with pytest.raises(IntegrityError, match="append-only"), ground.session.begin_nested():
        ground.session.execute(text(statement))
    assert ground.session.execute(text("SELECT actor FROM ledger_entry")).scalars().all() == ["operator"]


@pytest.mark.parametrize(
    ("first", "last"),
    [(JUNE_30, LAST), (MAY_1, MAY_1), (FIRST - timedelta(days=9), FIRST), (date(2025, 1, 1), LAST)],
)
def test_two_links_of_a_village_never_share_a_day(ground: Ground, first: date, last: date) -> None:
    link = ground.link(first, last, team_id=ground.other_team)
    refused(ground, ground.link(FIRST, JUNE_30), link)


def test_a_team_may_not_link_the_same_village_twice_at_once(ground: Ground) -> None:
    refused(ground, ground.link(FIRST, JUNE_30), ground.link(MAY_1, LAST))


def test_a_link_may_begin_on_the_day_after_another_ended(ground: Ground) -> None:
    ground.add(ground.link(FIRST, JUNE_30))
    ground.add(ground.link(JULY_1, LAST, team_id=ground.other_team))
    ground.add(ground.link(FIRST, LAST, village_id=ground.other_village))


def test_a_link_can_not_be_stretched_over_another(ground: Ground) -> None:
    ground.add(ground.link(FIRST, JUNE_30))
    later = ground.link(JULY_1, LAST, team_id=ground.other_team)
    ground.add(later)
    later.first_day = JUNE_30
    with pytest.raises(IntegrityError, match="at most one team"):
        ground.session.flush()


def test_a_link_that_stays_apart_may_be_changed(ground: Ground) -> None:
    link = ground.link(FIRST, JUNE_30)
    ground.add(link)
    link.last_day = LAST
    ground.session.flush()
    ground.session.expire_all()
    assert ground.session.query(TeamLink.last_day).scalar() == LAST


@pytest.mark.parametrize("value", ["0.8", "1.4", "1"])
def test_a_coefficient_within_its_bounds_is_kept(ground: Ground, value: str) -> None:
    ground.add(ground.coefficient(value))


@pytest.mark.parametrize("value", ["0.79", "1.41", "-1", "12"])
def test_a_coefficient_stays_within_its_bounds(ground: Ground, value: str) -> None:
    refused(ground, ground.coefficient(value))


@pytest.mark.parametrize("factor", ["0.89", "1.11", "9"])
def test_a_contribution_factor_stays_within_its_bounds(ground: Ground, factor: str) -> None:
    refused(ground, ground.membership("0.9"), ground.membership("1.1"), ground.membership(factor))


@pytest.mark.parametrize("mark", [-1, 101])
@pytest.mark.parametrize("kind", ["mark", "task", "governance"])
def test_a_mark_lies_between_0_and_100(ground: Ground, kind: str, mark: int) -> None:
    made = getattr(ground, kind)
    refused(ground, made(mark=0), made(mark=100), made(mark=None), made(mark=mark))


@pytest.mark.parametrize("kind", ["task", "governance"])
def test_a_weight_is_above_0(ground: Ground, kind: str) -> None:
    refused(ground, getattr(ground, kind)(weight=0))


@pytest.mark.parametrize("points", ["-0.5", "5.01"])
def test_a_bonus_lies_between_0_and_5(ground: Ground, points: str) -> None:
    refused(ground, ground.bonus("0"), ground.bonus("5"), ground.bonus(points))


@pytest.mark.parametrize("level", [0, 6])
def test_satisfaction_has_five_levels(ground: Ground, level: int) -> None:
    refused(ground, ground.case(level=1), ground.case(level=5), ground.case(), ground.case(level=level))


@pytest.mark.parametrize("what", ["answered_at", "finished_at"])
def test_a_case_is_answered_and_finished_after_it_was_opened(ground: Ground, what: str) -> None:
    refused(ground, ground.case(**{what: NOW}), ground.case(**{what: NOW - timedelta(seconds=1)}))


def test_nobody_marks_himself(ground: Ground) -> None:
    refused(ground, ground.mark(marker_id=ground.other_cadre), ground.mark(marker_id=ground.cadre))


def test_a_mark_is_a_persons_or_the_committees(ground: Ground) -> None:
    by_both = ground.mark(marker_id=ground.other_cadre, by_committee=True)
    refused(ground, ground.mark(by_committee=True), ground.mark(), by_both)


def test_a_village_has_one_poster_in_use(ground: Ground) -> None:
    ground.add(ground.poster("AAAAAA", retired_on=FIRST))
    ground.add(ground.poster("BBBBBB", retired_on=FIRST))
    refused(ground, ground.poster("CCCCCC"), ground.poster("DDDDDD"))


def test_a_token_is_given_out_once_over_all_townships(ground: Ground) -> None:
    other = Ground(ground.session, "330825112")
    refused(ground, other.poster("AAAAAA", retired_on=FIRST), ground.poster("AAAAAA"))


@pytest.mark.parametrize("token", ["AAAAA", ""])
def test_a_token_has_6_characters(ground: Ground, token: str) -> None:
    refused(ground, ground.poster(token))


def test_an_account_is_of_a_township_or_of_a_county(ground: Ground) -> None:
    ground.add(account(username="a", township_id=ground.township))
    ground.add(account(username="b", county_code="330825"))
    ground.add(account(username="c"))
    refused(ground, account(township_id=ground.township, county_code="330825"))


def test_the_account_of_a_cadre_is_of_a_township(ground: Ground) -> None:
    refused(ground, account(cadre_id=ground.cadre))


def test_a_user_name_is_taken_once_over_all_townships(ground: Ground) -> None:
    refused(ground, account(township_id=ground.township), account())


def test_an_account_has_a_role_once(ground: Ground) -> None:
    roles = [AccountRole(role=Role.CLERK), AccountRole(role=Role.CLERK)]
    refused(ground, account(roles=roles))


def test_a_role_is_one_of_the_known_ones(ground: Ground) -> None:
    own = account()
    ground.add(own)
    with pytest.raises(IntegrityError), ground.session.begin_nested():
        ground.session.execute(
            text("INSERT INTO account_role (account_id, role) VALUES (:own, 'king')"), {"own": own.id}
        )


@pytest.mark.parametrize("code", ["33082511", ""])
def test_a_townships_code_has_9_digits(ground: Ground, code: str) -> None:
    refused(ground, Township(code=code, name="x", county="y"))


def test_a_townships_code_is_taken_once(ground: Ground) -> None:
    refused(ground, Township(code="330825111", name="x", county="y"))


@pytest.mark.parametrize(
    "other", [{"code": "33082511120"}, {"households": 0}, {"last_day": date(2025, 1, 1)}]
)
def test_a_village_has_a_code_of_12_digits_and_households(ground: Ground, other: dict[str, Any]) -> None:
    values = {"township_id": ground.township, "code": "330825111299", "name": "x", "households": 1}
    refused(ground, Village(**{**values, **other}, kind="village", first_day=FIRST))


def test_a_stretch_ends_no_earlier_than_it_begins(ground: Ground) -> None:
    def served(first: date, last: date) -> Service:
        own = {"township_id": ground.township, "cadre_id": ground.cadre}
        return Service(**own, group_name="一般干部", first_day=first, last_day=last)

    refused(ground, served(FIRST, FIRST), served(JULY_1, JUNE_30))


def test_a_quarter_has_one_secret(ground: Ground) -> None:
    def secret(value: bytes) -> QuarterSecret:
        return QuarterSecret(township_id=ground.township, quarter="2026Q1", secret=value)

    refused(ground, secret(b"a" * 32), secret(b"b" * 32))


def test_what_a_row_names_is_there(database: Database) -> None:
    with database.writer() as session:
        ground = Ground(session)
        session.add(ground.link(FIRST, LAST, team_id=10_000))
        with pytest.raises(IntegrityError):
            session.commit()


def test_an_id_of_a_rating_may_be_of_62_bits(ground: Ground) -> None:
    ground.add(ground.rating(id=2**62 - 1))
    ground.session.expire_all()
    assert ground.session.query(Rating.id).scalar() == 2**62 - 1
