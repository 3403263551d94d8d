"""The one guard: who may, and who must stand back."""

from __future__ import annotations

import pytest

from portal.actions.guard import MustStandBack, NotAllowed, require
from portal.core.book import Role
from portal.core.rights import ROLES_WITH, Actor, Right


def actor(*roles: Role, cadre: str | None = "1", teams: frozenset[str] = frozenset({"一组"})) -> Actor:
    return Actor(1, "wang", 1, frozenset(roles), cadre, teams)


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("role", Role)
def test_a_right_is_held_by_its_roles_and_by_no_other(right: Right, role: Role) -> None:
    if role in ROLES_WITH[right]:
        require(actor(role), right)
    else:
        with pytest.raises(NotAllowed, match=right.value):
            require(actor(role), right)


def test_one_of_several_roles_is_enough() -> None:
    require(actor(Role.CADRE, Role.CLERK), Right.SEE_ALL_SCORES)


def test_nobody_without_a_role_may_anything() -> None:
    for right in Right:
        with pytest.raises(NotAllowed):
            require(actor(), right)


@pytest.mark.parametrize(
    "moved", [{"moves_cadre": "1"}, {"moves_team": "一组"}, {"moves_cadre": "2", "moves_team": "一组"}]
)
def test_who_would_move_the_own_score_stands_back(moved: dict[str, str]) -> None:
    with pytest.raises(MustStandBack):
        require(actor(Role.CLERK), Right.SEE_ALL_SCORES, **moved)


@pytest.mark.parametrize("moved", [{}, {"moves_cadre": "2"}, {"moves_team": "二组"}])
def test_what_moves_others_is_allowed(moved: dict[str, str]) -> None:
    require(actor(Role.CLERK), Right.SEE_ALL_SCORES, **moved)


def test_who_is_no_cadre_has_no_own_score() -> None:
    require(actor(Role.CLERK, cadre=None, teams=frozenset()), Right.SEE_ALL_SCORES, moves_cadre="1")


def test_the_right_is_asked_first() -> None:
    with pytest.raises(NotAllowed):
        require(actor(Role.AUDITOR), Right.EXPORT_SCORES, moves_cadre="1")
