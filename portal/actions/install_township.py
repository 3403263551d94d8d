"""The installation's verbs: a new township with its first administrator, and bringing a lost one back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.actions.accounts import AccountRefused, NewAccount, add_account
from portal.actions.guard import require
from portal.actions.ledger import Act, record
from portal.actions.one_time import OneTime, good_until
from portal.actions.slips import reset_from_above
from portal.core.book import Role
from portal.core.rights import Actor, Right
from portal.store import accounts, townships
from portal.store.organisation import Township

LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class NewTownship:
    """A township: its 9-digit code (统计用区划代码), its name, and its county's."""

    code: str
    name: str
    county: str


def add_township(session: Session, wanted: NewTownship, act: Act) -> Township:
    """A new township. Raises AccountRefused where there is one with this code, or a word can't be. `act` has no township."""
    if not (len(wanted.code) == 9 and wanted.code.isascii() and wanted.code.isdigit()):
        raise AccountRefused(f"乡镇代码要 9 位数字，“{wanted.code}”不是。")
    for words, value in (("乡镇名称", wanted.name), ("县市区", wanted.county)):
        if not value.strip() or len(value) > LONGEST_NAME or not value.isprintable():
            raise AccountRefused(f"{words}要 1–{LONGEST_NAME} 个字。")
    if townships.by_code(session, wanted.code) is not None:
        raise AccountRefused(f"代码为“{wanted.code}”的乡镇已经有了。")
    township = Township(code=wanted.code, name=wanted.name.strip(), county=wanted.county.strip())
    session.add(township)
    session.flush()
    after = {"code": township.code, "name": township.name, "county": township.county}
    own = Act(act.actor, act.at, township.id, act.id)
    record(session, own, "township.added", township.name, None, after, row_id=township.id)
    return township


def install(
    session: Session,
    actor: Actor,
    wanted: NewTownship,
    username: str,
    holder: str,
    one_time: OneTime,
    act: Act,
) -> Township:
    """A township with its first administrator, who gets a slip. Raises NotAllowed, AccountRefused."""
    require(actor, Right.MANAGE_TOWNSHIPS)
    township = add_township(session, wanted, act)
    _administrator(session, township, username, holder, one_time, act)
    return township


def first_administrator(
    session: Session,
    actor: Actor,
    township: Township,
    username: str,
    holder: str,
    one_time: OneTime,
    act: Act,
) -> None:
    """An administrator for a township that has none. Raises NotAllowed, AccountRefused."""
    require(actor, Right.MANAGE_TOWNSHIPS)
    if accounts.administrators(session, township.id, lock=True):
        raise AccountRefused("这个乡镇有管理员，别的账号由他来建。")
    _administrator(session, township, username, holder, one_time, act)


def recover_administrator(
    session: Session,
    actor: Actor,
    township: Township,
    account_id: int,
    one_time: OneTime,
    reason: str,
    act: Act,
) -> str:
    """A new slip for one of the township's administrators, second factor removed; gives the user name.

    Raises NotAllowed, AccountRefused.
    """
    require(actor, Right.MANAGE_TOWNSHIPS)
    own = accounts.administrators_by_township(session).get(township.id, [])
    if account_id not in {one.id for one in own}:
        raise AccountRefused("这个乡镇没有这位管理员，请从列表里选。")
    if account_id == actor.account_id:
        raise AccountRefused("自己的密码在“账号”页里改。")
    account = accounts.by_id(session, account_id, lock=True)
    until = good_until(act.at)
    own_act = Act(act.actor, act.at, township.id, act.id)
    reset_from_above(session, account, one_time.password_hash, until, own_act, reason)
    return account.username


def _administrator(
    session: Session, township: Township, username: str, holder: str, one_time: OneTime, act: Act
) -> None:
    wanted = NewAccount(username, "", (Role.TOWNSHIP_ADMIN,), township.id, holder=holder.strip())
    own = Act(act.actor, act.at, township.id, act.id)
    add_account(session, wanted, own, one_time.password_hash, good_until(act.at))
