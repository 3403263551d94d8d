"""How often one visitor may do a thing. Counted in memory, per process, and forgotten: no address is stored anywhere."""

from __future__ import annotations

import secrets
from collections import deque
from datetime import datetime, timedelta
from hashlib import blake2s
from ipaddress import ip_address
from threading import Lock

from flask import request

from portal.web import unit

KEY = "limits"
MOST_KEPT = 20_000


class TooMany(Exception):
    """Somebody does a thing too often; `wait` is when it may be tried again."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__(str(wait))
        self.wait = wait


class Counter:
    """When each visitor did what, for as long as a limit looks back. Who it was is a digest that no restart survives."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._times: dict[bytes, deque[datetime]] = {}
        self._lock = Lock()

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
            self._times[key] = times  # last again: what is oldest is forgotten first
            if len(times) >= most:
                raise TooMany(times[0] + within - now)
            times.append(now)
            while len(self._times) > MOST_KEPT:
                self._times.pop(next(iter(self._times)))

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


def address() -> str | None:
    """Where the request comes from; None where that can't be told, as on the machine itself without a proxy's word.

    A web server on the same machine says whom it speaks for in the last entry of X-Forwarded-For; nobody else is
    believed. Of IPv6 the network counts: a phone has as many addresses in it as it likes.
    """
    try:
        peer = ip_address(request.remote_addr or "")
        if peer.is_loopback:
            peer = ip_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
    except ValueError:
        return None
    return str(peer) if peer.version == 4 else peer.exploded[:19]
