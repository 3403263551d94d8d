"""One-time passwords: made by dice, kept as a hash only, good for a fortnight, and changed at the first log-in."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from argon2 import PasswordHasher

from portal.clock import local_day, moment_of

GOOD_FOR = timedelta(days=14)
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one: no i l o, no 0 1
GROUPS, GROUP = 3, 4  # 12 letters of 31: 59 bits
_TYPED = re.compile(rf"[{LETTERS}]{{{GROUPS * GROUP}}}")


@dataclass(frozen=True, slots=True)
class OneTime:
    """A one-time password as it is printed, and the hash that is kept."""

    password: str
    password_hash: str


def make_one_time(hasher: PasswordHasher) -> OneTime:
    """A new one. Hashing is slow on purpose: make them before anything is written."""
    password = "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))
    return OneTime(password, hasher.hash(password))


def canonical(typed: str) -> str:
    """A one-time password as it was printed, however its groups were typed; anything else as it is."""
    letters = re.sub(r"[\s\-–—－]", "", typed).lower()
    if not _TYPED.fullmatch(letters):
        return typed
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def last_day(now: datetime) -> date:
    """The last day on which a slip of this moment opens anything."""
    return local_day(now) + GOOD_FOR


def good_until(now: datetime) -> datetime:
    """The moment at which it opens nothing any more: the midnight after its last day."""
    return moment_of(datetime.combine(last_day(now) + timedelta(days=1), time()))
