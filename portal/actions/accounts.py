"""Accounts: making one, logging in with a growing pause after wrong passwords, sessions that truly end."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.orm import Session

from portal.actions.ledger import Act, record
from portal.core.book import Role
from portal.core.rights import Actor
from portal.store import accounts, roster
from portal.store.people import Account, AccountRole, StaffSession

FREE_TRIES = 3  # wrong passwords before the first pause
LONGEST_PAUSE = timedelta(minutes=15)
SESSION_LENGTH = timedelta(hours=12)
SHORTEST_PASSWORD = 8
LONGEST_USERNAME = 80
TOWNSHIP_ROLES = frozenset(
    {Role.CADRE, Role.MODULE_LEADER, Role.TEAM_LEADER, Role.CLERK, Role.TOWNSHIP_ADMIN, Role.APPROVER}
)


class AccountRefused(ValueError):
    """The account can't be made; the message says why, in a sentence."""


class WrongPassword(Exception):
    """No such user, or not the password."""


@dataclass
class PausedLogin(Exception):
    """Too many wrong passwords: the account waits until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What an account is made of; a cadre is a 工号 of the township."""

    username: str
    password: str
    roles: tuple[Role, ...]
    township_id: int | None = None
    county_code: str | None = None
    cadre: str | None = None


def create_account(session: Session, wanted: NewAccount, act: Act, hasher: PasswordHasher) -> Account:
    """Make an account. Raises AccountRefused when the name is taken, the password short or the cadre unknown."""
    _check_words(wanted)
    if accounts.by_username(session, wanted.username) is not None:
        raise AccountRefused(f"用户名“{wanted.username}”已经有了，请换一个。")
    _check_password(wanted.password)
    _check_scope(wanted)
    account = Account(
        township_id=wanted.township_id,
        county_code=wanted.county_code,
        cadre_id=_cadre_id(session, wanted),
        username=wanted.username,
        password_hash=hasher.hash(wanted.password),
        roles=[AccountRole(role=role) for role in dict.fromkeys(wanted.roles)],
    )
    session.add(account)
    session.flush()
    after = {"roles": [role.value for role in wanted.roles], "cadre": wanted.cadre}
    record(session, act, "account.created", wanted.username, None, after)
    return account


def password_matches(session: Session, username: str, password: str, hasher: PasswordHasher) -> bool:
    """Whether there is such an account with this password; it takes as long for a name that there is not.

    Hashing is slow on purpose, so this only reads: `log_in` writes afterwards, and nobody waits for it meanwhile.
    """
    account = None if "\0" in username else accounts.by_username(session, username)
    if account is None:
        _matches(hasher, _decoy(hasher), password)
        return False
    return _matches(hasher, account.password_hash, password)


def log_in(session: Session, username: str, matches: bool, now: datetime) -> str:
    """Begin a session and give its token. Raises WrongPassword or PausedLogin; wrong tries are counted.

    The caller commits also when it is refused: the count of wrong tries must stay.
    """
    account = None if "\0" in username else accounts.by_username(session, username, lock=True)
    if account is None:
        raise WrongPassword
    if account.locked_until is not None and account.locked_until > now:
        raise PausedLogin(account.locked_until)
    if not matches:
        account.failures += 1
        account.locked_until = _pause_until(account.failures, now)
        raise WrongPassword
    account.failures, account.locked_until = 0, None
    token = secrets.token_urlsafe(32)
    accounts.end_expired_sessions(session, account.id, now)
    session.add(
        StaffSession(
            account_id=account.id, token_digest=_digest(token), begun_at=now, ends_at=now + SESSION_LENGTH
        )
    )
    return token


def log_out(session: Session, token: str) -> None:
    """End the session; without one there is nothing to do."""
    accounts.end_session(session, _digest(token))


def change_password(
    session: Session, actor: Actor, token: str, current: str, new: str, now: datetime, hasher: PasswordHasher
) -> None:
    """Set a new password and end the account's other sessions.

    Raises WrongPassword when `current` is not it, AccountRefused when the new one is too short.
    """
    _check_password(new)
    account = session.get_one(Account, actor.account_id)
    if not _matches(hasher, account.password_hash, current):
        raise WrongPassword
    account.password_hash = hasher.hash(new)
    accounts.end_other_sessions(session, account.id, _digest(token))
    act = Act(actor.username, now, actor.township_id)
    record(session, act, "account.password_changed", actor.username)


def who(session: Session, token: str, now: datetime) -> Actor | None:
    """Whose session this token is, with the teams that the account's cadre belongs to now."""
    return accounts.actor(session, _digest(token), now)


def parse_roles(names: Sequence[str]) -> tuple[Role, ...]:
    """Roles by their English names. Raises AccountRefused for one that there is not."""
    known = {role.value: role for role in Role}
    wrong = [name for name in names if name not in known]
    if wrong:
        raise AccountRefused(f"没有“{wrong[0]}”这个角色；可以是：{'、'.join(known)}。")
    return tuple(known[name] for name in names)


def _check_words(wanted: NewAccount) -> None:
    """Names as log-in and the tables take them."""
    name = wanted.username
    if not name or name != name.strip() or len(name) > LONGEST_USERNAME or not name.isprintable():
        raise AccountRefused(f"用户名要 1–{LONGEST_USERNAME} 个看得见的字符，前后没有空格。")
    county = wanted.county_code
    if county is not None and not (len(county) == 6 and county.isascii() and county.isdigit()):
        raise AccountRefused(f"县市区代码要 6 位数字，“{county}”不是。")


def _check_password(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise AccountRefused(f"密码太短：至少 {SHORTEST_PASSWORD} 个字符。")


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


def _pause_until(failures: int, now: datetime) -> datetime | None:
    if failures < FREE_TRIES:
        return None
    return now + min(timedelta(seconds=2 ** min(failures - FREE_TRIES + 2, 20)), LONGEST_PAUSE)


def _matches(hasher: PasswordHasher, stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except VerificationError:
        return False


@cache
def _decoy(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(16))


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
