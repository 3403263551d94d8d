"""The one guard: every action that needs a right, or must not touch the own score, asks here first."""

from __future__ import annotations

from portal.core.rights import Actor, Right, has_right, must_stand_back


class NotAllowed(PermissionError):
    """The account lacks the right."""

    def __init__(self, right: Right) -> None:
        super().__init__(right.value)
        self.right = right


class MustStandBack(PermissionError):
    """The act would move the actor's own score or the own team's (回避)."""


def require(
    actor: Actor, right: Right, *, moves_cadre: str | None = None, moves_team: str | None = None
) -> None:
    """Pass when the actor has the right and the act moves neither the own score nor the own team's.

    `moves_cadre` (工号) and `moves_team` name whose score the act would move; leave both out for an act that moves
    none. Raises NotAllowed or MustStandBack.
    """
    if not has_right(actor, right):
        raise NotAllowed(right)
    if must_stand_back(actor.cadre, actor.teams, moves_cadre, moves_team):
        raise MustStandBack(right.value)
