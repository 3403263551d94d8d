"""`portal worker`: round after round of what is due, one line each, until it is told to stop."""

from __future__ import annotations

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from portal import worker
from portal.actions.forgetting import Sealed
from portal.actions.proposals import Kind, Wish, propose
from portal.core.book import Role
from portal.core.rights import Actor
from portal.store.county import CountyContact
from portal.store.engine import Database
from portal.store.office import Proposal, ProposalState
from portal.store.organisation import Township
from portal.store.people import Account
from portal.store.residents import QuarterSecret
from tests.cli.conftest import TASHI, Portal
from tests.conftest import DATA, NOON


@pytest.fixture(autouse=True)
def same_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "system_clock", lambda: NOON)


def kept(portal: Portal) -> int:
    with portal.database() as database, database.reading() as session:
        there = select(func.count()).where(QuarterSecret.secret.is_not(None))
        return session.execute(there).scalar_one()


def test_one_round_seals_the_quarters_that_ended_thirty_days_ago_and_says_so(tashi: Portal) -> None:
    """On 22 November three quarters of the year are over, the third for more than thirty days."""
    assert kept(tashi) == 4
    told = tashi.done("worker", "--once").stdout
    assert told.startswith("2026-11-22 12:00 ")
    assert "封存季度 3 个" in told
    assert told.count("\n") == 1
    assert kept(tashi) == 1
    assert "封存季度 0 个" in tashi.done("worker", "--once").stdout


def test_nothing_to_do_is_a_line_too_and_changes_nothing(small: Portal) -> None:
    before = small.tables()
    told = small.done("worker", "--once").stdout
    assert "过期的两人办理 0 件" in told
    assert small.tables() == before


def test_a_proposal_whose_time_is_over_is_closed(small: Portal) -> None:
    with small.database() as database:
        with database.writing() as session:
            township = session.scalars(select(Township)).one()
            account = Account(username="clerk", password_hash="x", holder="", township_id=township.id)
            session.add(account)
            session.flush()
            actor = Actor(
                account_id=account.id,
                username="clerk",
                roles=frozenset({Role.CLERK}),
                township_id=township.id,
            )
            kind = Kind("bonus.add", "专班加分", lambda *_: None)
            propose(session, actor, kind, Wish("x", "y"), NOON - timedelta(days=15))
        done = worker.go_round(database, NOON)
        assert done.expired == 1
        with database.reading() as session:
            assert session.scalars(select(Proposal.state)).all() == [ProposalState.EXPIRED]


def test_a_telephone_number_left_with_the_county_is_deleted_in_its_time_and_nothing_told_of_it(
    small: Portal,
) -> None:
    with small.database() as database:
        with database.writing() as session:
            session.add_all(
                CountyContact(report=number, erase_on=day, sealed="x")
                for number, day in enumerate((NOON.date(), NOON.date() + timedelta(days=1)))
            )
        done = worker.go_round(database, NOON)
        with database.reading() as session:
            assert session.scalars(select(CountyContact.report)).all() == [1]
    assert done == worker.Done(0, Sealed(), 0)


def test_a_database_that_is_busy_for_a_while_ends_no_worker(
    small: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, said = Event(), []
    rounds = [OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked")), None]

    def go(database: Database, now: datetime) -> worker.Done:
        del database, now
        trouble = rounds.pop(0)
        if trouble is not None:
            raise trouble
        stop.set()
        return worker.Done(0, Sealed(), 0)

    monkeypatch.setattr(worker, "go_round", go)
    with small.database() as database:
        worker.work(database, lambda: NOON, said.append, 0, stop)
        assert "下一遍再办" in said[0]
        assert "过期的两人办理 0 件" in said[1]
        rounds.append(OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked")))
        with pytest.raises(OperationalError):
            worker.work(database, lambda: NOON, said.append, 0, stop)


def test_results_and_exports_are_the_same_afterwards(tashi: Portal) -> None:
    year_end = ("--as-of", "2026-12-31")
    before = tashi.results(*year_end)
    export = ("export-ratings", "--township", TASHI)
    exported = tashi.done(*export).stdout_bytes
    tashi.done("worker", "--once")
    assert tashi.results(*year_end) == before
    assert tashi.done(*export).stdout_bytes == exported


def test_a_file_of_ratings_of_a_sealed_quarter_is_refused_whole(tashi: Portal) -> None:
    tashi.done("worker", "--once")
    sentences = tashi.refused("import-ratings", DATA / "ratings.csv", "--township", TASHI)
    assert [s for s in sentences if "封存" in s] == [
        f"2026年{name}季度的评价已经在2026年11月22日封存（认人的密钥已销毁），不能再加。" for name in "一二三"
    ]
    assert sentences[-1] == "什么也没有导入。"


def test_ratings_of_the_running_quarter_are_still_imported_once(tashi: Portal, tmp_path: Path) -> None:
    tashi.done("worker", "--once")
    head, *lines = (DATA / "ratings.csv").read_text(encoding="utf-8-sig").splitlines()
    file = tmp_path / "running.csv"
    running = [line for line in lines if line.split(",")[3] >= "2026-10-01"]
    file.write_text("\n".join([head, *running]) + "\n", encoding="utf-8")
    told = tashi.done("import-ratings", file, "--township", TASHI).stdout
    assert told == f"评价：新增 0，已有 {len(running)}\n"


def test_it_goes_on_until_it_is_told_to_stop(small: Portal) -> None:
    stop, said = Event(), list[str]()

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 3:
            stop.set()

    moments = iter(datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 30))
    with small.database() as database:
        worker.work(database, lambda: next(moments), say, 0.001, stop)
    assert [line[:10] for line in said] == ["2026-11-01", "2026-11-02", "2026-11-03"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_lets_the_round_end_and_then_stops_it(
    small: Portal, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    before = signal.getsignal(number)
    go = worker.go_round

    def signalled(database: Database, now: datetime) -> worker.Done:
        os.kill(os.getpid(), number)
        return go(database, now)

    monkeypatch.setattr(worker, "go_round", signalled)
    told = small.done("worker", "--every", "3600").stdout
    assert told.count("\n") == 1
    assert signal.getsignal(number) is before


@pytest.mark.parametrize("words", [("--every", "0"), ("--every", "x"), ("now",)])
def test_a_wrong_use_is_told(small: Portal, words: tuple[str, ...]) -> None:
    assert small.run("worker", *words).exit_code == 2


def test_an_empty_database_is_not_worked_on(tmp_path: Path) -> None:
    assert Portal(tmp_path / "none.db").run("worker", "--once").exit_code == 1
