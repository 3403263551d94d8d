"""Accounts: what one is made of, which names and passwords can be, and making one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from portal.actions.ledger import Act, record
from portal.core.book import Role
from portal.core.rights import TOWNSHIP_ROLES
from portal.store import accounts, roster
from portal.store.people import Account, AccountRole

SHORTEST_PASSWORD = 8
LONGEST_USERNAME = 80


class AccountRefused(ValueError):
    """It can't be done with this account; the message says why, in a sentence."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made of; a cadre is a 工号 of the township, `holder` the name of somebody who has none."""

    username: str
    password: str
    roles: tuple[Role, ...]
    township_id: int | None = None
    county_code: str | None = None
    cadre: str | None = None
    holder: str = ""


def create_account(session: Session, wanted: NewAccount, act: Act, hasher: PasswordHasher) -> Account:
    """Make an account. Raises AccountRefused when the name is taken, the password no good or the cadre unknown."""
    return add_account(session, wanted, act, hashed(wanted.password, (wanted.username,), hasher))


def hashed(password: str, names: Sequence[str], hasher: PasswordHasher) -> str:
    """A password's hash: slow on purpose, so ask for it before anything is written. Raises AccountRefused."""
    check_password(password, names)
    return hasher.hash(password)


def add_account(
    session: Session,
    wanted: NewAccount,
    act: Act,
    password_hash: str,
    one_time_until: datetime | None = None,
) -> Account:
    """Make an account whose password was hashed before. Raises AccountRefused as `create_account` does."""
    _check_words(wanted)
    if accounts.by_username(session, wanted.username) is not None:
        raise AccountRefused(f"用户名“{wanted.username}”已经有了，请换一个。")
    _check_scope(wanted)
    account = Account(
        township_id=wanted.township_id,
        county_code=wanted.county_code,
        cadre_id=_cadre_id(session, wanted),
        username=wanted.username,
        holder=wanted.holder,
        password_hash=password_hash,
        one_time_until=one_time_until,
        roles=[AccountRole(role=role) for role in dict.fromkeys(wanted.roles)],
    )
    session.add(account)
    session.flush()
    after = {"roles": [role.value for role in wanted.roles], "cadre": wanted.cadre}
    record(session, act, "account.created", wanted.username, None, after, row_id=account.id)
    return account


def parse_roles(names: Sequence[str]) -> tuple[Role, ...]:
    """Roles by their English names. Raises AccountRefused for one that there is not."""
    known = {role.value: role for role in Role}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise AccountRefused(f"没有“{wrong[0]}”这个角色；可以是：{'、'.join(known)}。")
    return tuple(known[name] for name in names)


def check_password(password: str, names: Sequence[str]) -> None:
    """Pass when it can be a password: long enough, and none of the account's names. Raises AccountRefused."""
    if len(password) < SHORTEST_PASSWORD:
        raise AccountRefused(f"密码太短：至少 {SHORTEST_PASSWORD} 个字符。")
    if password.strip().casefold() in {name.casefold() for name in names if name}:
        raise AccountRefused("密码不能就是用户名或工号，别人一猜就中。")


def _check_words(wanted: NewAccount) -> None:
    """Names as log-in and the tables take them."""
    name = wanted.username
    if not name or name != name.strip() or len(name) > LONGEST_USERNAME or not name.isprintable():
        raise AccountRefused(f"用户名要 1–{LONGEST_USERNAME} 个看得见的字符，前后没有空格。")
    county = wanted.county_code
    if county is not None and not (len(county) == 6 and county.isascii() and county.isdigit()):
        raise AccountRefused(f"县市区代码要 6 位数字，“{county}”不是。")


def _check_scope(wanted: NewAccount) -> None:
    """A role of a township needs one, that of a county reviewer a county."""
    if wanted.township_id is None and any(role in TOWNSHIP_ROLES for role in wanted.roles):
        raise AccountRefused("这个角色属于乡镇：请用 --township 写明乡镇代码。")
    if wanted.county_code is None and Role.COUNTY_REVIEWER in wanted.roles:
        raise AccountRefused("县级评审属于县市区：请用 --county 写明县市区代码。")


def _cadre_id(session: Session, wanted: NewAccount) -> int | None:
    if wanted.cadre is None:
        return None
    if wanted.township_id is None:
        raise AccountRefused("有工号的账号要属于一个乡镇。")
    found = roster.cadre_id(session, wanted.township_id, wanted.cadre)
    if found is None:
        raise AccountRefused(f"这个乡镇没有工号为“{wanted.cadre}”的干部。")
    return found
