"""Who may see scores, and who must stand back."""

import pytest

from portal.core.book import Role
from portal.core.rights import (
    GRANTABLE,
    ROLES_WITH,
    TRUSTED,
    Actor,
    Right,
    Waiting,
    has_right,
    must_stand_back,
    waiting_for,
)

NO_TEAMS: frozenset[str] = frozenset()


def actor(*roles: Role) -> Actor:
    return Actor(1, "甲", 1, frozenset(roles))


def test_every_right_is_held_by_somebody() -> None:
    assert set(ROLES_WITH) == set(Right)
    assert all(ROLES_WITH[right] for right in Right)


def test_a_cadre_sees_the_own_score_and_no_table_of_colleagues() -> None:
    for role in (Role.CADRE, Role.MODULE_LEADER, Role.TEAM_LEADER):
        assert has_right(actor(role), Right.SEE_OWN_SCORE)
        assert not has_right(actor(role), Right.SEE_ALL_SCORES)
        assert not has_right(actor(role), Right.EXPORT_SCORES)


@pytest.mark.parametrize("right", list(Right))
def test_an_account_without_a_role_may_do_nothing(right: Right) -> None:
    assert not has_right(actor(), right)


def test_the_rights_of_several_roles_add_up() -> None:
    both = actor(Role.CADRE, Role.CLERK)
    assert has_right(both, Right.SEE_OWN_SCORE)
    assert has_right(both, Right.SEE_ALL_SCORES)


def test_an_auditor_sees_scores_but_carries_none_away() -> None:
    assert has_right(actor(Role.AUDITOR), Right.SEE_ALL_SCORES)
    assert not has_right(actor(Role.AUDITOR), Right.EXPORT_SCORES)


def test_nobody_touches_what_moves_the_own_score() -> None:
    assert must_stand_back("5111001", NO_TEAMS, "5111001", None)
    assert not must_stand_back("5111001", NO_TEAMS, "5111002", None)


def test_nobody_touches_what_moves_the_own_teams_score() -> None:
    own = frozenset({"一组", "二组"})
    assert must_stand_back("5111001", own, None, "二组")
    assert not must_stand_back("5111001", own, None, "三组")
    assert must_stand_back("5111001", own, "5111002", "一组")


def test_who_is_no_cadre_has_no_own_score() -> None:
    assert not must_stand_back(None, NO_TEAMS, None, None)
    assert not must_stand_back(None, NO_TEAMS, "5111001", "一组")


def waits(*roles: Role, **state: bool) -> Waiting | None:
    return waiting_for(Actor(1, "甲", 1, frozenset(roles), **state))  # type: ignore[arg-type]


def test_the_code_comes_first_then_the_password_then_a_second_factor() -> None:
    assert waits(Role.APPROVER, has_second=True, one_time=True) is Waiting.CODE
    assert waits(Role.APPROVER, has_second=True, second_passed=True, one_time=True) is Waiting.FIRST_PASSWORD
    assert waits(Role.APPROVER) is Waiting.SECOND
    assert waits(Role.APPROVER, has_second=True, second_passed=True) is None


@pytest.mark.parametrize("role", Role)
def test_whoever_gives_approves_or_reads_of_pressure_needs_a_second_factor(role: Role) -> None:
    powerful = {Right.MANAGE_ACCOUNTS, Right.APPROVE, Right.MANAGE_TOWNSHIPS, Right.READ_REPORTS}
    needs = any(role in ROLES_WITH[right] for right in powerful)
    assert (waits(role) is Waiting.SECOND) is needs
    assert waits(role, has_second=True) is Waiting.CODE  # also where nobody asked for it


def test_what_a_township_gives_reaches_no_further_than_the_township() -> None:
    assert not GRANTABLE & {Role.COUNTY_REVIEWER, Role.CITY_REVIEWER, Role.SYSTEM_ADMIN}
    assert TRUSTED < GRANTABLE
