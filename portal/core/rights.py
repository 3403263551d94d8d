"""Who may do what, and who must stand back (回避): one table and two questions, asked by the one guard in actions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from portal.core.book import Role


class Right(StrEnum):
    """What an account may be allowed to do."""

    SEE_OWN_SCORE = "see_own_score"
    SEE_ALL_SCORES = "see_all_scores"
    EXPORT_SCORES = "export_scores"
    SEE_OFFICE = "see_office"  # overview, organisation, plan, imports, who may do what
    IMPORT = "import"
    EDIT_ORGANISATION = "edit_organisation"
    EDIT_PLAN = "edit_plan"
    OPEN_PERIOD = "open_period"
    MANAGE_ACCOUNTS = "manage_accounts"
    SEE_LEDGER = "see_ledger"
    PROPOSE = "propose"  # the first of two persons
    APPROVE = "approve"  # the second one
    APPROVE_FOR_COMMITTEE = "approve_for_committee"  # the second one, where it must be the 党委
    MANAGE_TOWNSHIPS = "manage_townships"
    HANDLE_CASES = "handle_cases"  # residents' requests: answer, finish
    ENTER_VOICES = "enter_voices"  # paper forms and interviews
    READ_REPORTS = "read_reports"  # of pressure on residents: the county's alone


class Waiting(StrEnum):
    """What somebody who is halfway in must do before anything else opens."""

    CODE = "code"  # give the second factor's code
    FIRST_PASSWORD = "first_password"  # noqa: S105 — change the one-time password of a slip
    SECOND = "second"  # set a second factor up


_SCORED = frozenset({Role.CADRE, Role.MODULE_LEADER, Role.TEAM_LEADER})
_OFFICE = frozenset({Role.CLERK, Role.TOWNSHIP_ADMIN})
_TOWNSHIP = frozenset({Role.CLERK, Role.TOWNSHIP_ADMIN, Role.APPROVER})
ROLES_WITH: Mapping[Right, frozenset[Role]] = {
    Right.SEE_OWN_SCORE: _SCORED,
    Right.SEE_ALL_SCORES: _TOWNSHIP | {Role.AUDITOR},
    Right.EXPORT_SCORES: _TOWNSHIP,
    Right.SEE_OFFICE: _TOWNSHIP | {Role.AUDITOR},
    Right.IMPORT: _OFFICE,
    Right.EDIT_ORGANISATION: _OFFICE,
    Right.EDIT_PLAN: _OFFICE,
    Right.OPEN_PERIOD: frozenset({Role.TOWNSHIP_ADMIN}),
    Right.MANAGE_ACCOUNTS: frozenset({Role.TOWNSHIP_ADMIN}),
    Right.SEE_LEDGER: _TOWNSHIP | {Role.AUDITOR},
    Right.PROPOSE: _OFFICE,
    Right.APPROVE: frozenset({Role.TOWNSHIP_ADMIN, Role.APPROVER}),
    Right.APPROVE_FOR_COMMITTEE: frozenset({Role.APPROVER}),
    Right.MANAGE_TOWNSHIPS: frozenset({Role.SYSTEM_ADMIN}),
    Right.HANDLE_CASES: frozenset({Role.TOWNSHIP_ADMIN}),
    Right.ENTER_VOICES: _OFFICE,
    Right.READ_REPORTS: frozenset({Role.COUNTY_REVIEWER}),
}

NEEDS_SECOND = frozenset({Role.TOWNSHIP_ADMIN, Role.APPROVER, Role.SYSTEM_ADMIN, Role.COUNTY_REVIEWER})
TRUSTED = frozenset({Role.TOWNSHIP_ADMIN, Role.APPROVER})  # given by two persons once a period is open
TOWNSHIP_ROLES = _SCORED | _TOWNSHIP
GRANTABLE = TOWNSHIP_ROLES | {Role.AUDITOR}  # what a township itself gives and takes


def given_by_two(with_cadre: bool) -> frozenset[Role]:
    """The roles that take two persons once a period is open.

    A clerk whose account stands for no cadre never stands back: nobody may make such a one alone.
    """
    return TRUSTED if with_cadre else TRUSTED | {Role.CLERK}


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an account with the roles that hold today, and the cadre (工号) and teams it stands for, if any.

    It belongs to a township, to a county (`county_code`, 6 digits) or to neither.

    `one_time` says that the password came on a slip and was not changed yet; `has_second` and `second_passed` that
    there is a second factor, and that its code was given in this session.
    """

    account_id: int
    username: str
    township_id: int | None
    roles: frozenset[Role]
    cadre: str | None = None
    teams: frozenset[str] = frozenset()
    cadre_id: int | None = None
    one_time: bool = False
    has_second: bool = False
    second_passed: bool = False
    county_code: str | None = None


def waiting_for(actor: Actor, *, second_required: bool = True) -> Waiting | None:
    """What stands between a session and everything else; None where it is all the way in."""
    if actor.has_second and not actor.second_passed:
        return Waiting.CODE
    if actor.one_time:
        return Waiting.FIRST_PASSWORD
    if second_required and not actor.has_second and actor.roles & NEEDS_SECOND:
        return Waiting.SECOND
    return None


def has_right(actor: Actor, right: Right) -> bool:
    return bool(actor.roles & ROLES_WITH[right])


def must_stand_back(
    actor_cadre: str | None, actor_teams: frozenset[str], cadre: str | None, team: str | None
) -> bool:
    """回避: whether an act on this cadre's or this team's score would move the actor's own score or own team's."""
    own_score = actor_cadre is not None and actor_cadre == cadre
    return own_score or (team is not None and team in actor_teams)
