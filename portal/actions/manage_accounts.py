"""A township's accounts: roles, deputies, closing and reopening. Nobody does it to the own account.

Once a period is open the trusted roles (管理员, 党委) are given by two persons: then a verb here proposes instead of
acting, and hands the proposal back; `carry_out_roles` does it when somebody else has approved.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from portal.actions.accounts import AccountRefused
from portal.actions.guard import require
from portal.actions.ledger import Act, record
from portal.actions.proposals import Carrying, Kind, ProposalRefused, Wish, propose
from portal.clock import local_day
from portal.core.book import Role
from portal.core.rights import GRANTABLE, TRUSTED, Actor, Right, given_by_two
from portal.store import accounts
from portal.store.accounts import Holder
from portal.store.office import Proposal
from portal.store.people import Account, AccountRole

LONGEST_DEPUTY = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Deputy:
    """A role in somebody's place, from a day to a day."""

    role: Role
    first_day: date
    last_day: date
    stands_for_id: int


def must_be_manageable(actor: Actor, account: Account) -> None:
    """Pass where a township's administrator may touch the account.

    Raises NotAllowed, and AccountRefused for the own account and for one whose roles reach beyond the township: who
    could reset its password could become it.
    """
    require(actor, Right.MANAGE_ACCOUNTS)
    if account.township_id is None or account.township_id != actor.township_id:
        raise AccountRefused("这个账号不是本乡镇的。")
    own = actor.cadre_id is not None and actor.cadre_id == account.cadre_id
    if own or account.id == actor.account_id:
        raise AccountRefused("自己的账号要请另一位管理员来办；自己的密码、验证码和登录在“账号”页里改。")
    if any(row.role not in GRANTABLE for row in account.roles):
        raise AccountRefused("这个账号有乡镇以外的角色，要由系统管理员来办。")


def lasting_roles(account: Account) -> frozenset[Role]:
    """The roles that the account has for good, not as a deputy."""
    return frozenset(row.role for row in account.roles if row.last_day is None)


def set_roles(
    session: Session, actor: Actor, holder: Holder, wanted: Collection[Role], reason: str, now: datetime
) -> Proposal | None:
    """Give exactly these lasting roles. Raises AccountRefused; a proposal where a second person is needed."""
    account, roles = holder.account, frozenset(wanted)
    must_be_manageable(actor, account)
    if not roles <= GRANTABLE:
        raise AccountRefused("乡镇只能给本乡镇的角色。")
    had = lasting_roles(account)
    if roles == had:
        raise AccountRefused("角色没有变，不用保存。")
    if Role.TOWNSHIP_ADMIN in had - roles:
        _must_leave_an_administrator(session, account)
    if (roles - had) & given_by_two(account.cadre_id is not None) and needs_two(session, account):
        payload = {"what": "roles", "before": _names(had), "roles": _names(roles)}
        return _propose(session, actor, holder, payload, reason, now)
    _give(session, account, roles, Act(actor.username, now, account.township_id), reason)
    return None


def set_deputy(
    session: Session, actor: Actor, holder: Holder, wanted: Deputy, reason: str, now: datetime
) -> Proposal | None:
    """Give a role in somebody's place. Raises AccountRefused; a proposal where a second person is needed."""
    account = holder.account
    must_be_manageable(actor, account)
    _check_deputy(session, account, wanted, local_day(now))
    if wanted.role in given_by_two(account.cadre_id is not None) and needs_two(session, account):
        payload = {
            "what": "deputy",
            "role": wanted.role.value,
            "first_day": wanted.first_day.isoformat(),
            "last_day": wanted.last_day.isoformat(),
            "stands_for_id": wanted.stands_for_id,
        }
        return _propose(session, actor, holder, payload, reason, now)
    _deputise(session, account, wanted, Act(actor.username, now, account.township_id), reason)
    return None


def end_deputy(session: Session, actor: Actor, holder: Holder, role: Role, now: datetime) -> None:
    """The deputy's time ends at once; where it is over already there is nothing to do."""
    account, today = holder.account, local_day(now)
    must_be_manageable(actor, account)
    row = _row(account, role)
    if row is None or row.last_day is None or row.over(today):
        return
    before = _deputy_values(row)
    after: Mapping[str, Any] | None = None
    if row.first_day is not None and row.first_day < today:
        row.last_day = today - timedelta(days=1)
        after = {**before, "last_day": row.last_day}
    else:
        account.roles.remove(row)
    session.flush()
    act = Act(actor.username, now, account.township_id)
    record(session, act, "account.deputy_ended", account.username, before, after, row_id=account.id)


def close(session: Session, actor: Actor, holder: Holder, reason: str, now: datetime) -> None:
    """Nobody logs in with it any more, and its sessions end at once. Raises AccountRefused for the last administrator."""
    account = holder.account
    must_be_manageable(actor, account)
    if account.closed_at is not None:
        return
    if Role.TOWNSHIP_ADMIN in lasting_roles(account):
        _must_leave_an_administrator(session, account)
    account.closed_at = now
    accounts.end_sessions(session, account.id)
    act = Act(actor.username, now, account.township_id)
    values = ({"closed_at": None}, {"closed_at": now})
    record(session, act, "account.closed", account.username, *values, reason, account.id)


def reopen(session: Session, actor: Actor, holder: Holder, reason: str, now: datetime) -> Proposal | None:
    """Open a closed account again; a proposal where it has a trusted role and a second person is needed."""
    account = holder.account
    must_be_manageable(actor, account)
    if account.closed_at is None:
        return None
    if is_trusted(account, local_day(now)) and needs_two(session, account):
        return _propose(session, actor, holder, {"what": "reopen"}, reason, now)
    _reopen(session, account, Act(actor.username, now, account.township_id), reason)
    return None


def needs_two(session: Session, account: Account) -> bool:
    """Whether trusted roles take two persons: from the township's first open period on."""
    return account.township_id is not None and accounts.opened(session, account.township_id)


def is_trusted(account: Account, today: date) -> bool:
    """Whether the account has a trusted role, or will have one as a deputy."""
    return any(row.role in TRUSTED and not row.over(today) for row in account.roles)


def carry_out_roles(session: Session, carrying: Carrying) -> None:
    """Do what two persons agreed on. Raises ProposalRefused where the account changed meanwhile."""
    account = proposed_account(session, carrying)
    what, act, reason = carrying.payload["what"], carrying.act, carrying.proposal.reason
    try:
        if what == "reopen":
            if account.closed_at is None:
                raise ProposalRefused("这个账号已经启用了，不用再批。")
            _reopen(session, account, act, reason)
        elif what == "roles":
            if _names(lasting_roles(account)) != carrying.payload["before"]:
                raise ProposalRefused("等批的时候角色改过了，请重新提出。")
            _give(session, account, [Role(name) for name in carrying.payload["roles"]], act, reason)
        else:
            wanted = _deputy_of(carrying.payload)
            _check_deputy(session, account, wanted, local_day(act.at))
            _deputise(session, account, wanted, act, reason)
    except AccountRefused as refusal:
        raise ProposalRefused(str(refusal)) from refusal


def proposed_account(session: Session, carrying: Carrying) -> Account:
    """The account that a proposal is about. Raises ProposalRefused where it is the approver's own."""
    proposal, approver = carrying.proposal, carrying.approver
    found = accounts.held_by(session, proposal.township_id, carrying.payload["account_id"], lock=True)
    if found is None:
        raise ProposalRefused("这个账号已经不在了。")
    own = approver.cadre_id is not None and approver.cadre_id == found.account.cadre_id
    if own or found.account.id == approver.account_id:
        raise ProposalRefused("这件事是关于您自己的账号的，要由另一个人来批。")
    return found.account


ROLES_KIND = Kind("account.roles", "给管理员或党委的角色", carry_out_roles, propose=Right.MANAGE_ACCOUNTS)


def _propose(
    session: Session,
    actor: Actor,
    holder: Holder,
    payload: Mapping[str, Any],
    reason: str,
    now: datetime,
) -> Proposal:
    whole = {"account_id": holder.account.id, "holder": holder.who, **payload}
    try:
        wish = Wish(holder.account.username, reason, whole)
        return propose(session, actor, ROLES_KIND, wish, now)
    except ProposalRefused as refusal:
        raise AccountRefused(str(refusal)) from refusal


def _must_leave_an_administrator(session: Session, account: Account) -> None:
    assert account.township_id is not None  # noqa: S101 — only a township's own account gets here
    if not [
        one for one in accounts.administrators(session, account.township_id, lock=True) if one is not account
    ]:
        raise AccountRefused(
            "这是本乡镇最后一位管理员，不能停用，也不能去掉这个角色。请先让另一个人当管理员。"
        )


def _give(session: Session, account: Account, wanted: Collection[Role], act: Act, reason: str) -> None:
    before = _names(lasting_roles(account))
    account.roles = [row for row in account.roles if row.last_day is not None or row.role in wanted]
    for role in sorted(wanted):
        row = _row(account, role)
        if row is None:
            account.roles.append(AccountRole(role=role))
        else:  # who was a deputy has it for good now
            row.first_day = row.last_day = row.stands_for_id = None
    session.flush()
    values = ({"roles": before}, {"roles": _names(lasting_roles(account))})
    record(session, act, "account.roles_changed", account.username, *values, reason, account.id)


def _reopen(session: Session, account: Account, act: Act, reason: str) -> None:
    before = {"closed_at": account.closed_at}
    account.closed_at = None
    session.flush()
    record(
        session, act, "account.reopened", account.username, before, {"closed_at": None}, reason, account.id
    )


def _check_deputy(session: Session, account: Account, wanted: Deputy, today: date) -> None:
    if wanted.role not in GRANTABLE:
        raise AccountRefused("乡镇只能给本乡镇的角色。")
    if wanted.last_day < wanted.first_day:
        raise AccountRefused("代理的最后一天不能早于第一天。")
    if wanted.last_day < today:
        raise AccountRefused("代理的最后一天已经过去了。")
    if wanted.last_day - wanted.first_day > LONGEST_DEPUTY:
        raise AccountRefused("代理最多一年；要更久，请直接给这个角色。")
    if wanted.role in lasting_roles(account):
        raise AccountRefused("这个人本来就有这个角色，不用代理。")
    if wanted.stands_for_id == account.id:
        raise AccountRefused("不能代理自己。")
    assert account.township_id is not None  # noqa: S101 — only a township's own account gets here
    other = accounts.held_by(session, account.township_id, wanted.stands_for_id)
    if other is None or wanted.role not in lasting_roles(other.account):
        raise AccountRefused("被代理的人要自己有这个角色。")


def _deputise(session: Session, account: Account, wanted: Deputy, act: Act, reason: str) -> None:
    row = _row(account, wanted.role)
    before = None if row is None else _deputy_values(row)
    if row is None:
        row = AccountRole(role=wanted.role)
        account.roles.append(row)
    row.first_day, row.last_day = wanted.first_day, wanted.last_day
    row.stands_for_id = wanted.stands_for_id
    session.flush()
    record(
        session,
        act,
        "account.deputy_set",
        account.username,
        before,
        _deputy_values(row),
        reason,
        account.id,
    )


def _deputy_values(row: AccountRole) -> dict[str, Any]:
    return {
        "role": row.role.value,
        "first_day": row.first_day,
        "last_day": row.last_day,
        "stands_for_id": row.stands_for_id,
    }


def _deputy_of(payload: Mapping[str, Any]) -> Deputy:
    first, last = (date.fromisoformat(payload[key]) for key in ("first_day", "last_day"))
    return Deputy(Role(payload["role"]), first, last, payload["stands_for_id"])


def _row(account: Account, role: Role) -> AccountRole | None:
    return next((row for row in account.roles if row.role is role), None)


def _names(roles: Collection[Role]) -> list[str]:
    return sorted(role.value for role in roles)
