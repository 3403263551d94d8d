"""Logging in: a growing pause after wrong guesses, the second factor's code, sessions that truly end."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from sqlalchemy.orm import Session

from portal.actions.one_time import canonical
from portal.actions.second_factor import Vault, matching_step
from portal.core.rights import Actor
from portal.store import accounts
from portal.store.people import Account, StaffSession

FREE_TRIES = 3  # wrong guesses before the first pause
LONGEST_PAUSE = timedelta(minutes=15)
SESSION_LENGTH = timedelta(hours=12)


class WrongPassword(Exception):
    """No such user, or not the password."""


class WrongCode(Exception):
    """Not the second factor's code of this moment, or one that was used already."""


class ClosedAccount(Exception):
    """The password is right, and the account is closed."""


class SlipExpired(Exception):
    """The password is right, and it is a one-time password whose time is over."""


@dataclass
class PausedLogin(Exception):
    """Too many wrong guesses: the account waits until then."""

    until: datetime


def password_matches(session: Session, username: str, password: str, hasher: PasswordHasher) -> bool:
    """Whether there is such an account with this password; it takes as long for a name that there is not.

    Hashing is slow on purpose, so this only reads: `log_in` writes afterwards, and nobody waits for it meanwhile.
    """
    account = None if "\0" in username else accounts.by_username(session, username)
    if account is None:
        matches(hasher, _decoy(hasher), password)
        return False
    return account_matches(account, password, hasher)


def account_matches(account: Account, password: str, hasher: PasswordHasher) -> bool:
    """Whether it is the account's password; that of a slip may be typed without its hyphens, or in capitals."""
    typed = password if account.one_time_until is None else canonical(password)
    return matches(hasher, account.password_hash, typed)


def log_in(session: Session, username: str, matches: bool, now: datetime, device: str = "") -> str:
    """Begin a session and give its token.

    Raises WrongPassword, PausedLogin, ClosedAccount or SlipExpired; wrong tries are counted. The caller commits also
    when it is refused: the count of wrong tries must stay.
    """
    account = None if "\0" in username else accounts.by_username(session, username, lock=True)
    if account is None:
        raise WrongPassword
    guess(account, matches, now)
    if account.closed_at is not None:
        raise ClosedAccount
    if account.one_time_until is not None and account.one_time_until <= now:
        raise SlipExpired
    if account.second_secret is None:  # else the code may still be guessed: only it ends the count
        forget_guesses(account)
    token = secrets.token_urlsafe(32)
    accounts.end_expired_sessions(session, account.id, now)
    session.add(
        StaffSession(
            account_id=account.id,
            token_digest=digest(token),
            begun_at=now,
            ends_at=now + SESSION_LENGTH,
            device=device,
        )
    )
    return token


def give_code(session: Session, actor: Actor, token: str, code: str, now: datetime, vault: Vault) -> None:
    """Let a session all the way in. Raises WrongCode or PausedLogin; wrong codes count like wrong passwords."""
    account = accounts.by_id(session, actor.account_id, lock=True)
    secret = None if account.second_secret is None else vault.opened(account.second_secret)
    step = None if secret is None else matching_step(secret, code, now, account.second_step)
    try:
        guess(account, step is not None, now)
    except WrongPassword:
        raise WrongCode from None
    account.second_step = step
    forget_guesses(account)
    accounts.pass_second(session, digest(token))


def log_out(session: Session, token: str) -> None:
    """End the session; without one there is nothing to do."""
    accounts.end_session(session, digest(token))


def who(session: Session, token: str, now: datetime) -> Actor | None:
    """Whose session this token is, with the roles and teams that the account has today."""
    return accounts.actor(session, digest(token), now)


def guess(account: Account, right: bool, now: datetime) -> None:
    """Count a guess at a password or code of a locked account. Raises PausedLogin, or WrongPassword where it is wrong."""
    if account.locked_until is not None and account.locked_until > now:
        raise PausedLogin(account.locked_until)
    if not right:
        account.failures += 1
        account.locked_until = _pause_until(account.failures, now)
        raise WrongPassword


def forget_guesses(account: Account) -> None:
    account.failures, account.locked_until = 0, None


def matches(hasher: PasswordHasher, stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except VerificationError:
        return False


def digest(token: str) -> str:
    """What is kept of a session's token."""
    return sha256(token.encode()).hexdigest()


def _pause_until(failures: int, now: datetime) -> datetime | None:
    if failures < FREE_TRIES:
        return None
    return now + min(timedelta(seconds=2 ** min(failures - FREE_TRIES + 2, 20)), LONGEST_PAUSE)


@cache
def _decoy(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_urlsafe(16))
