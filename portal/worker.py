"""`portal worker`: what the portal does by itself: closes proposals whose time is over, and forgets what it promised to.

Pages are right without it (batches and clocks are computed when asked for); only forgetting needs somebody to do it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from types import FrameType

import click
from sqlalchemy.exc import OperationalError

from portal.actions.forgetting import Sealed, erase_contacts, seal_quarters
from portal.actions.pressure import forget_contacts
from portal.actions.proposals import expire_overdue
from portal.clock import Clock, local, local_day, system_clock
from portal.config import read_settings
from portal.ready import ready_database
from portal.store import townships
from portal.store.engine import Database


@dataclass(frozen=True, slots=True)
class Done:
    """What one round did."""

    expired: int
    sealed: Sealed
    contacts: int

    @property
    def words(self) -> str:
        return (
            f"过期的两人办理 {self.expired} 件；封存季度 {self.sealed.secrets} 个"
            f"（连同评价人留下的号码键 {self.sealed.voice_keys} 个、复查信息 {self.sealed.checks} 份）；"
            f"删掉联系电话 {self.contacts} 个。"
        )


def go_round(database: Database, now: datetime) -> Done:
    """Do whatever is due, township by township, each in a transaction of its own."""
    with database.reading() as session:
        everyone = [township.id for township in townships.everyone(session)]
    expired, sealed = 0, Sealed()
    for township_id in everyone:
        with database.writing() as session:
            expired += expire_overdue(session, township_id, now)
        with database.writing() as session:
            sealed += seal_quarters(session, township_id, now)
    with database.writing() as session:
        contacts = erase_contacts(session, now)
    with database.writing() as session:
        forget_contacts(session, local_day(now))  # the county's: what it did there is nobody's to read here
    return Done(expired, sealed, contacts)


def work(database: Database, clock: Clock, say: Callable[[str], None], every: float, stop: Event) -> None:
    """Go round after round, with a pause of `every` seconds, until told to stop; a round is always finished.

    A database that is busy or away for a while ends no worker: what is due stays due. The last round raises it.
    """
    while True:
        now = clock()
        try:
            words = go_round(database, now).words
        except OperationalError:
            if stop.is_set():
                raise
            words = "数据库现在用不了，下一遍再办。"
        say(f"{local(now):%Y-%m-%d %H:%M} {words}")
        if stop.wait(every):
            return


@click.command("worker")
@click.option("--once", is_flag=True, help="只做一遍。")
@click.option(
    "--every",
    default=300,
    show_default=True,
    type=click.IntRange(1),
    metavar="SECONDS",
    help="隔几秒做一遍。",
)
def command(once: bool, every: int) -> None:
    """定时要办的事：关掉过期的两人办理，封存结束 30 天的季度，删掉办结 30 天的联系电话。"""
    with ready_database(read_settings(os.environ, production=False)) as database, told_to_stop() as stop:
        if once:
            stop.set()
        work(database, system_clock, click.echo, every, stop)


@contextmanager
def told_to_stop() -> Iterator[Event]:
    """Set once the process is asked to end (SIGTERM, Ctrl+C)."""
    stop = Event()

    def hear(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    before = {number: signal.signal(number, hear) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
