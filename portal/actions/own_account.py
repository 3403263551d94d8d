"""What everybody does with the own account: password, second factor, sessions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from portal.actions.accounts import AccountRefused, check_password
from portal.actions.ledger import Act, record
from portal.actions.logging_in import account_matches, digest, forget_guesses, guess, matches
from portal.actions.one_time import canonical
from portal.actions.second_factor import Vault, matching_step
from portal.core.rights import NEEDS_SECOND, Actor
from portal.store import accounts
from portal.store.people import Account, StaffSession


class CodeDoesNotFit(ValueError):
    """The code is not what the app would show for the new secret."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What slow hashing found out beforehand: whether the present password is right, of which hash, and the new hash."""

    matches: bool
    of: str
    new_hash: str = ""


def check_current(session: Session, actor: Actor, current: str, hasher: PasswordHasher) -> Checked:
    """Look at the present password; reads only, so that nobody waits for the hashing."""
    account = accounts.by_id(session, actor.account_id)
    return Checked(account_matches(account, current, hasher), account.password_hash)


def check_change(
    session: Session, actor: Actor, current: str | None, new: str, hasher: PasswordHasher
) -> Checked:
    """The same for a change to `new`; `current` is None at the first log-in, where the slip was just typed.

    Raises AccountRefused where the new password can't be one.
    """
    check_password(new, (actor.username, actor.cadre or ""))
    account = accounts.by_id(session, actor.account_id)
    if current is None:
        if matches(hasher, account.password_hash, canonical(new)):
            raise AccountRefused("新密码要和纸条上的一次性密码不一样。")
        return Checked(True, account.password_hash, hasher.hash(new))
    right = account_matches(account, current, hasher)
    return Checked(right, account.password_hash, hasher.hash(new) if right else "")


def change_password(session: Session, actor: Actor, token: str, checked: Checked, now: datetime) -> None:
    """Set the new password and end the account's other sessions.

    Raises WrongPassword or PausedLogin where the present one was not it: such guesses count like those at log-in, so
    the caller commits also when it is refused. Raises AccountRefused where somebody else changed it meanwhile.
    """
    account = _guessed(session, actor, checked, now)
    account.password_hash, account.one_time_until = checked.new_hash, None
    forget_guesses(account)
    accounts.end_other_sessions(session, account.id, digest(token))
    record(session, _act(actor, now), "account.password_changed", actor.username)


def set_second(
    session: Session, actor: Actor, token: str, secret: bytes, code: str, now: datetime, vault: Vault
) -> None:
    """Begin with a second factor, or go over to another device. Raises CodeDoesNotFit.

    Where there is one already the caller has asked for the password first (`confirm`).
    """
    step = matching_step(secret, code, now)
    if step is None:
        raise CodeDoesNotFit
    account = accounts.by_id(session, actor.account_id, lock=True)
    had = account.second_secret is not None
    account.second_secret, account.second_step = vault.sealed(secret), step
    accounts.end_other_sessions(session, account.id, digest(token))
    accounts.pass_second(session, digest(token))
    record(
        session,
        _act(actor, now),
        "account.second_set",
        actor.username,
        {"second": had},
        {"second": True},
        row_id=account.id,
    )


def drop_second(session: Session, actor: Actor, checked: Checked, now: datetime) -> None:
    """Do without a second factor. Raises AccountRefused for roles that need one, WrongPassword, PausedLogin."""
    if actor.roles & NEEDS_SECOND:
        raise AccountRefused("管理员和党委要用手机验证码，不能关掉；可以换一台手机。")
    account = _guessed(session, actor, checked, now)
    forget_guesses(account)
    if account.second_secret is None:
        return
    account.second_secret = account.second_step = None
    act = _act(actor, now)
    values = ({"second": True}, {"second": False})
    record(session, act, "account.second_dropped", actor.username, *values, row_id=account.id)


def confirm(session: Session, actor: Actor, checked: Checked, now: datetime) -> None:
    """Count the look at the present password. Raises WrongPassword, PausedLogin, AccountRefused."""
    forget_guesses(_guessed(session, actor, checked, now))


def own_sessions(
    session: Session, actor: Actor, token: str, now: datetime
) -> list[tuple[StaffSession, bool]]:
    """The account's sessions, newest first, and which one is this."""
    own = digest(token)
    return [(each, each.token_digest == own) for each in accounts.sessions(session, actor.account_id, now)]


def end_session(session: Session, actor: Actor, session_id: int) -> None:
    """End one of the own sessions; one that is over, or another's, is left alone."""
    accounts.end_own_session(session, actor.account_id, session_id)


def end_others(session: Session, actor: Actor, token: str) -> None:
    accounts.end_other_sessions(session, actor.account_id, digest(token))


def _guessed(session: Session, actor: Actor, checked: Checked, now: datetime) -> Account:
    account = accounts.by_id(session, actor.account_id, lock=True)
    guess(account, checked.matches, now)
    if account.password_hash != checked.of:
        raise AccountRefused("密码刚才在别处改过了，请重新登录以后再试。")
    return account


def _act(actor: Actor, now: datetime) -> Act:
    return Act(actor.username, now, actor.township_id)
