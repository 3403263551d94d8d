"""How often one visitor may do a thing. Counted in memory, per process, and forgotten: no address is stored anywhere."""

from __future__ import annotations

import secrets
from collections import deque
from datetime import datetime, timedelta
from hashlib import blake2s
from ipaddress import IPv6Address, ip_address
from math import ceil
from threading import Lock

from flask import request

from portal.web import unit

KEY = "limits"
MOST_KEPT = 20_000  # visitors and things
MOST_TIMES = 200_000  # of all of them together: about 20 MB
MISSES, MISSES_WITHIN = 60, timedelta(minutes=10)


class TooMany(Exception):
    """Somebody does a thing too often; `wait` is when it may be tried again."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


def seconds(refusal: TooMany) -> int:
    """How long to wait, for Retry-After."""
    return ceil(refusal.wait.total_seconds())


class Counter:
    """When each visitor did what, for as long as a limit looks back. Who it was is a digest that no restart survives.

    What is kept is bounded by `visitors` and by `times` over all of them: who was seen longest ago is forgotten first.
    """

    def __init__(self, visitors: int = MOST_KEPT, times: int = MOST_TIMES) -> None:
        self._salt = secrets.token_bytes(16)
        self._times: dict[bytes, deque[datetime]] = {}
        self._lock = Lock()
        self._most, self._most_times, self._kept = visitors, times, 0

    @property
    def size(self) -> tuple[int, int]:
        """How many visitors and how many times are kept."""
        return len(self._times), sum(map(len, self._times.values()))

    def must_have_left(self, what: str, who: str, now: datetime, most: int, within: timedelta) -> None:
        """Count nothing. Raises TooMany where one more would be too many."""
        key = self._key(what, who)
        with self._lock:
            times = [time for time in self._times.get(key, ()) if time > now - within]
        if len(times) >= most:
            raise TooMany(times[0] + within - now)

    def spend(self, what: str, who: str, now: datetime, most: int, within: timedelta) -> None:
        """Count one more. Raises TooMany when `most` were counted within the last `within` already."""
        key = self._key(what, who)
        with self._lock:
            times = self._times.pop(key, deque())
            while times and times[0] <= now - within:
                times.popleft()
                self._kept -= 1
            self._times[key] = times  # last again: what is oldest is forgotten first
            if len(times) >= most:
                raise TooMany(times[0] + within - now)
            times.append(now)
            self._kept += 1
            while len(self._times) > self._most or (self._kept > self._most_times and len(self._times) > 1):
                self._kept -= len(self._times.pop(next(iter(self._times))))

    def _key(self, what: str, who: str) -> bytes:
        return blake2s(f"{what}:{who}".encode(), key=self._salt, digest_size=12).digest()


def spend(what: str, who: str | None, most: int, within: timedelta) -> None:
    """Count one more of `what` for a visitor; nobody is counted where it can't be told who it is.

    Raises TooMany, which answers with a page that says when to try again.
    """
    if who is not None:
        counter: Counter = unit.extension(KEY, Counter)
        counter.spend(what, who, unit.now(), most, within)


def must_have_left(what: str, who: str, most: int, within: timedelta) -> None:
    """Where only misses are counted: whoever has missed too often is not told of a hit either. Raises TooMany."""
    counter: Counter = unit.extension(KEY, Counter)
    counter.must_have_left(what, who, unit.now(), most, within)


def miss(what: str) -> None:
    """Count that somebody asked for a code that there isn't: only misses count, so nobody else is kept out.

    Raises TooMany.
    """
    spend(f"unknown {what}", address() or "local", MISSES, MISSES_WITHIN)


def may_still_miss(what: str) -> None:
    """Count nothing: whoever has missed too often is not told of a hit either. Raises TooMany."""
    counter: Counter = unit.extension(KEY, Counter)
    counter.must_have_left(f"unknown {what}", address() or "local", unit.now(), MISSES, MISSES_WITHIN)


def address() -> str | None:
    """Where the request comes from; None where that can't be told, as on the machine itself without a proxy's word.

    A web server on the same machine, or one named in PORTAL_TRUSTED_PROXIES, says whom it speaks for in the last entry
    of X-Forwarded-For; nobody else is believed. Of IPv6 the network counts: a phone has as many addresses in it as it
    likes.
    """
    said = request.headers.get("X-Forwarded-For", "").split(",")
    for entry in (request.remote_addr or "", *reversed(said)):
        try:
            found = ip_address(entry.strip())
        except ValueError:
            return None
        if isinstance(found, IPv6Address) and found.ipv4_mapped is not None:
            found = found.ipv4_mapped
        trusted = unit.fixtures().settings.trusted_proxies
        if not (found.is_loopback or any(found in network for network in trusted)):
            return str(found) if found.version == 4 else found.exploded[:19]
    return None
