"""`make faults`: kill the server while phones send, lock, fill and protect its database; nothing accepted may be lost.

Every check is a sentence with PASS or FAIL; the exit status is 1 when one failed. The seed is printed: with the same
one the same ratings are sent and the same moments chosen, as far as the machine lets them be the same.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from pathlib import Path
from random import Random

from bench.checks import COUNT_RATINGS, Report, count, judge
from bench.damage import WORKERS, briefly_locked, full, locked_too_long, protected, unsaid
from bench.phones import BREATH, Phone
from bench.server import Server, Town, fill, home, portal_server, workplace

MOST_RATINGS = 2000  # a phone
ENDS_WITHIN = 20.0


def main() -> int:
    asked = arguments()
    print(f"Seed {asked.seed} (another: python -m bench.faults --seed NUMBER)", flush=True)
    report = Report()
    begun = time.monotonic()
    with workplace() as folder, home(folder, postgres=False) as place:
        town = fill(place.new("town"))
        file = folder / "town.db"
        with portal_server(town.url, folder, WORKERS) as server:
            kills(report, server, town, file, Random(asked.seed), asked.kills, asked.phones)
            briefly_locked(report, server, town, file)
            locked_too_long(report, server, town, file)
            full(report, server, town, file)
            unsaid(report, server)
        protected(report, town, folder, file)
    print(f"{report.failures} failed; {time.monotonic() - begun:.0f} s")
    return 1 if report.failures else 0


def kills(
    report: Report, server: Server, town: Town, file: Path, dice: Random, times: int, number: int
) -> None:
    """Phones send all the while; the server dies again and again, whole, or one worker of it."""
    before = count(file, COUNT_RATINGS)
    seeds = [f"{dice.random()}" for _ in range(number)]
    phones = [Phone(f"{n}", server.port, town.tokens, seeds[n], MOST_RATINGS) for n in range(number)]
    for phone in phones:
        phone.start()
    for turn in range(times):
        time.sleep(dice.uniform(0.2, 1.5))
        if turn % 4 == 3:
            _kill_worker(report, server, dice)
        else:
            server.kill()
            server.start()
    time.sleep(0.5)
    for phone in phones:
        phone.enough.set()
    for phone in phones:
        phone.join()
    sent = [rating for phone in phones for rating in phone.sent]
    broken = sum(rating.broken for rating in sent)
    print(
        f"{times} kills; {len(sent)} ratings by {number} phones; {broken} sendings were left without an answer"
    )
    report.say(broken > 0, "The kills met requests on their way (otherwise this run proves little).")
    judge(report, file, sent, before)


def _kill_worker(report: Report, server: Server, dice: Random) -> None:
    """One worker alone: the server goes on, or ends so that its supervisor begins it anew; it never hangs."""
    killed = dice.choice(server.workers())
    os.kill(killed, signal.SIGKILL)
    until = time.monotonic() + ENDS_WITHIN
    while server.ended() is None and not _whole(server, killed) and time.monotonic() < until:
        time.sleep(BREATH)
    if (status := server.ended()) is not None:
        report.say(status != 0, f"One worker was killed: the server ended with status {status}.")
    else:
        report.say(_whole(server, killed), "One worker was killed: the server put another in its place.")
    if not _whole(server, killed):
        server.kill()
        server.start()


def _whole(server: Server, killed: int) -> bool:
    """Whether there are as many workers as before, without the killed one, and they answer."""
    workers = server.workers()
    return len(workers) == WORKERS and killed not in workers and server.answers()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--kills", type=int, default=12)
    parser.add_argument("--phones", type=int, default=4)
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
