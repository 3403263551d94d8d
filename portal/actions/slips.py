"""One-time slips: accounts in bulk, one by hand, and recovery. What is printed is shown once and kept nowhere.

A run has three steps: plan (reads), make the one-time passwords (slow, outside of any transaction), carry out (writes
exactly the plan, or nothing where somebody changed accounts meanwhile).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.actions.accounts import AccountRefused, NewAccount, add_account
from portal.actions.guard import require
from portal.actions.ledger import Act, record
from portal.actions.logging_in import forget_guesses
from portal.actions.manage_accounts import (
    is_trusted,
    must_be_manageable,
    needs_two,
    proposed_account,
)
from portal.actions.one_time import OneTime, good_until
from portal.actions.proposals import Carrying, Kind, ProposalRefused, Wish, propose
from portal.clock import local_day
from portal.core.book import Role
from portal.core.rights import GRANTABLE, TRUSTED, Actor, Right, given_by_two
from portal.store import accounts, proposals, townships
from portal.store.accounts import Holder
from portal.store.office import Proposal, ProposalState
from portal.store.people import Account

MOST_AT_ONCE = 120  # each password takes some hundredths of a second to hash
PERMIT_LASTS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Planned:
    """Somebody who gets a slip; `account_id` where there is an account already, `left_out` are roles it can't bring."""

    number: str
    name: str
    username: str
    roles: tuple[Role, ...] = ()
    left_out: tuple[Role, ...] = ()
    account_id: int | None = None


def plan_new(session: Session, township_id: int, now: datetime) -> list[Planned]:
    """Serving cadres without an account: user name is the 工号, or township code and 工号 where that is taken.

    Once a period is open the trusted roles are left out: they are given by two persons.
    """
    serving = accounts.serving_without_account(session, township_id, local_day(now))
    code = townships.by_id(session, township_id).code
    taken = accounts.usernames(session, [one.number for one in serving])
    kept_back = TRUSTED if accounts.opened(session, township_id) else frozenset()
    return [
        Planned(
            one.number,
            one.name,
            f"{code}-{one.number}" if one.number in taken else one.number,
            tuple(role for role in one.roles if role in GRANTABLE - kept_back),
            tuple(role for role in one.roles if role in kept_back),
        )
        for one in serving
    ]


def plan_again(session: Session, township_id: int, now: datetime) -> list[Planned]:
    """Accounts whose slip was never used: lost, or too old. Trusted ones only while one person may."""
    alone = not accounts.opened(session, township_id)
    return [
        Planned(one.number, one.who, one.account.username, account_id=one.account.id)
        for one in accounts.listed(session, township_id)
        if one.account.one_time_until is not None
        and one.account.closed_at is None
        and (alone or not is_trusted(one.account, local_day(now)))
        and all(row.role in GRANTABLE for row in one.account.roles)
    ]


def plans(session: Session, township_id: int, now: datetime) -> tuple[list[Planned], list[Planned]]:
    """Both: who gets an account, and who another slip."""
    return plan_new(session, township_id, now), plan_again(session, township_id, now)


def carry_out_new(
    session: Session,
    actor: Actor,
    planned: Sequence[Planned],
    made: Sequence[OneTime],
    now: datetime,
) -> None:
    """Make the planned accounts. Raises AccountRefused where somebody has one by now, or a name is taken."""
    require(actor, Right.MANAGE_ACCOUNTS)
    township_id = _township(actor)
    act = Act(actor.username, now, township_id)
    if not set(planned) <= set(plan_new(session, township_id, now)):
        raise AccountRefused("刚才有人改了账号或人员，这次什么也没有做。请再看一遍名单。")
    for one, one_time in zip(planned, made, strict=True):
        wanted = NewAccount(one.username, "", one.roles, township_id, cadre=one.number)
        add_account(session, wanted, act, one_time.password_hash, good_until(now))


def carry_out_again(
    session: Session,
    actor: Actor,
    planned: Sequence[Planned],
    made: Sequence[OneTime],
    now: datetime,
) -> None:
    """New one-time passwords for the planned accounts. Raises AccountRefused where somebody has used his meanwhile."""
    require(actor, Right.MANAGE_ACCOUNTS)
    township_id = _township(actor)
    act = Act(actor.username, now, township_id)
    if not set(planned) <= set(plan_again(session, township_id, now)):
        raise AccountRefused("刚才有人用纸条登录了，或账号改过了，这次什么也没有做。请再看一遍名单。")
    for one, one_time in zip(planned, made, strict=True):
        account = accounts.by_id(session, one.account_id or 0, lock=True)
        _reset(session, account, one_time, act, "重发一次性密码", second=False)


def add_by_hand(session: Session, actor: Actor, wanted: NewAccount, one_time: OneTime, now: datetime) -> None:
    """One account, with a slip. Raises AccountRefused."""
    require(actor, Right.MANAGE_ACCOUNTS)
    roles = frozenset(wanted.roles)
    if not roles <= GRANTABLE:
        raise AccountRefused("乡镇只能给本乡镇的角色。")
    if roles & given_by_two(wanted.cadre is not None) and accounts.opened(session, _township(actor)):
        raise AccountRefused(
            "考评开始以后，管理员、党委的角色，和没有工号的经办人，要两人办理：先不选这些角色建账号，再到账号里改角色。"
        )
    if wanted.cadre is not None and _has_account(session, _township(actor), wanted.cadre):
        raise AccountRefused(f"工号为“{wanted.cadre}”的干部已经有账号了。")
    act = Act(actor.username, now, actor.township_id)
    add_account(session, wanted, act, one_time.password_hash, good_until(now))


def must_be_permitted(session: Session, actor: Actor, holder: Holder, now: datetime) -> Proposal | None:
    """Pass where the actor may reset the account now; gives the permit that a reset uses up, where one is needed.

    Raises AccountRefused, and ResetNeedsTwo where a second person must agree first.
    """
    account = holder.account
    must_be_manageable(actor, account)
    if account.closed_at is not None:
        raise AccountRefused("这个账号已停用，请先启用它。")
    if not (is_trusted(account, local_day(now)) and needs_two(session, account)):
        return None
    permit = _permit(session, actor, account, now)
    if permit is None:
        raise ResetNeedsTwo
    return permit


class ResetNeedsTwo(Exception):
    """A trusted account is reset by two persons: it must be proposed, and approved, before a slip is printed."""


def propose_reset(session: Session, actor: Actor, holder: Holder, reason: str, now: datetime) -> Proposal:
    """Ask a second person. Raises AccountRefused."""
    must_be_manageable(actor, holder.account)
    payload = {"account_id": holder.account.id, "holder": holder.who}
    try:
        return propose(session, actor, RESET_KIND, Wish(holder.account.username, reason, payload), now)
    except ProposalRefused as refusal:
        raise AccountRefused(str(refusal)) from refusal


def reset(
    session: Session,
    actor: Actor,
    holder: Holder,
    one_time: OneTime,
    reason: str,
    now: datetime,
    *,
    second: bool,
) -> None:
    """A new one-time password, all sessions ended, and with `second` the second factor gone.

    Raises AccountRefused or ResetNeedsTwo. A permit of two persons is used up by it.
    """
    permit = must_be_permitted(session, actor, holder, now)
    if permit is not None:
        permit.payload = {**permit.payload, "used_at": now.isoformat()}
    act = Act(actor.username, now, holder.account.township_id)
    _reset(session, holder.account, one_time, act, reason, second=second)


def reset_from_above(
    session: Session, account: Account, password_hash: str, until: datetime | None, act: Act, reason: str
) -> None:
    """Recovery by the installation's operator: opens a closed account too; `until` is None for a password that stays.

    The caller has made sure of the right; the entry stands in the township's ledger.
    """
    before = {"closed_at": account.closed_at, "second": account.second_secret is not None}
    account.closed_at = None
    _renew(session, account, password_hash, until, second=True)
    after = {"closed_at": None, "second": False}
    record(session, act, "account.recovered", account.username, before, after, reason, account.id)


def allow_reset(session: Session, carrying: Carrying) -> None:
    """Approval only permits: whoever proposed it prints the slip within a day, once."""
    account = proposed_account(session, carrying)
    if account.closed_at is not None:
        raise ProposalRefused("这个账号已停用，不用重发了。")


RESET_KIND = Kind("account.reset", "重发管理员或党委的密码", allow_reset, propose=Right.MANAGE_ACCOUNTS)


def _permit(session: Session, actor: Actor, account: Account, now: datetime) -> Proposal | None:
    approved = proposals.decided_since(
        session,
        account.township_id or 0,
        RESET_KIND.key,
        account.username,
        now - PERMIT_LASTS,
        ProposalState.APPROVED,
    )
    return next(
        (
            one
            for one in approved
            if one.proposer_id == actor.account_id
            and one.payload["account_id"] == account.id
            and "used_at" not in one.payload
        ),
        None,
    )


def _reset(
    session: Session, account: Account, one_time: OneTime, act: Act, reason: str, *, second: bool
) -> None:
    before = {"second": account.second_secret is not None}
    _renew(session, account, one_time.password_hash, good_until(act.at), second=second)
    after = {"second": account.second_secret is not None}
    record(session, act, "account.reset", account.username, before, after, reason, account.id)


def _renew(
    session: Session, account: Account, password_hash: str, until: datetime | None, *, second: bool
) -> None:
    account.password_hash, account.one_time_until = password_hash, until
    if second:
        account.second_secret = account.second_step = None
    forget_guesses(account)
    accounts.end_sessions(session, account.id)
    session.flush()


def _has_account(session: Session, township_id: int, number: str) -> bool:
    return any(one.number == number for one in accounts.listed(session, township_id))


def _township(actor: Actor) -> int:
    if actor.township_id is None:
        raise AccountRefused("这类事由乡镇的账号办理。")
    return actor.township_id
