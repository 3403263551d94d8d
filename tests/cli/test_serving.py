"""`portal serve` and `portal demo`, up to the moment when they would serve."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from portal import serving
from portal.actions import logging_in
from portal.actions.demo import DemoTownship, Login
from portal.actions.passwords import strong_hasher
from portal.config import ROOT
from portal.demo import NOTICE
from portal.store import townships
from portal.store.engine import Database
from tests.cli.conftest import Portal

SECRET = "x" * 48
TOLD = DemoTownship(
    "罗山村",
    "ABC234",
    (Login("干部", "ganbu", "geheim-1", "何佳怡"), Login("党委", "dangwei", "geheim-2", "某某")),
)


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody else has."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A demo without its two years: what is in the database is tested elsewhere."""
    monkeypatch.setattr(serving, "make_demo", lambda *_: TOLD)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[Any, ...]]:
    """What would have been served, from a copy of nothing instead of the checkout."""
    calls: list[tuple[Any, ...]] = []
    monkeypatch.setattr(serving, "serve", lambda *words, **more: calls.append((*words, more)))
    monkeypatch.setattr(serving, "ROOT", tmp_path)
    monkeypatch.setattr(os, "environ", dict(os.environ))
    return calls


def test_production_needs_a_secret_key(portal: Portal) -> None:
    for env in ({}, {"SECRET_KEY": "too short"}):
        (sentence,) = portal.refused("serve", **env)
        assert "PORTAL_SECRET_KEY" in sentence


@pytest.mark.parametrize(
    "bind", ["127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:0", "127.0.0.1:70000", "127.0.0.1:²"]
)
def test_an_address_without_a_port_is_wrong_usage(portal: Portal, bind: str) -> None:
    result = portal.run("serve", "--bind", bind, SECRET_KEY=SECRET)
    assert (result.exit_code, "--bind" in result.stderr) == (2, True)


@pytest.mark.parametrize("workers", ["0", "65", "many"])
def test_workers_are_a_sensible_number(portal: Portal, workers: str) -> None:
    assert portal.run("serve", "--workers", workers, SECRET_KEY=SECRET).exit_code == 2


def test_serving_takes_the_address_and_the_workers_told(
    portal: Portal, served: list[tuple[Any, ...]]
) -> None:
    portal.done("serve", "--bind", "0.0.0.0:8123", "--workers", "3", SECRET_KEY=SECRET)
    assert served == [("0.0.0.0", 8123, 3, {})]  # noqa: S104 - the address that was asked for


def test_a_port_that_is_taken_is_told(portal: Portal, taken: int) -> None:
    (sentence,) = portal.refused("serve", "--bind", f"127.0.0.1:{taken}", SECRET_KEY=SECRET)
    assert f"127.0.0.1:{taken}" in sentence


def test_the_demo_tells_of_a_taken_port_before_it_makes_anything(
    portal: Portal, taken: int, served: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    (sentence,) = portal.refused("demo", "--port", str(taken))
    assert f"PORT={taken + 1}" in sentence
    assert served == []
    assert not (tmp_path / "instance").exists()


@pytest.mark.usefixtures("quick")
def test_the_demo_is_made_once_and_served_with_its_own_settings(
    portal: Portal, served: list[tuple[Any, ...]], tmp_path: Path
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    first = portal.done("demo", "--port", str(port)).stdout
    again = portal.done("demo", "--port", str(port)).stdout
    assert [call[:2] for call in served] == [("127.0.0.1", port)] * 2
    assert "正在建演示乡镇……" in first
    assert "正在建演示乡镇……" not in again
    assert again in first
    assert f"http://127.0.0.1:{port}/v/ABC234" in again
    assert {"demo.db", "demo.json"} <= {file.name for file in (tmp_path / "instance").iterdir()}
    assert os.environ["PORTAL_DEMO"] == "1"
    assert len(os.environ["PORTAL_SECRET_KEY"]) >= 32


def test_a_real_demo_opens_with_what_it_tells(tmp_path: Path) -> None:
    said: list[str] = []
    demo = serving.make_demo_files(tmp_path, said.append)
    assert serving.read_demo(tmp_path) == json.loads(json.dumps(demo))
    assert said[0] == "正在建演示乡镇……"
    login = demo["logins"][0]
    database = Database(f"sqlite:///{tmp_path / serving.DATABASE}")
    with database.writing() as session:
        assert townships.by_token(session, demo["token"])
        name, password = login["username"], login["password"]
        assert logging_in.password_matches(session, name, password, strong_hasher())
    database.dispose()


@pytest.mark.usefixtures("quick")
def test_the_log_ins_are_for_the_eyes_of_the_user_alone(tmp_path: Path) -> None:
    serving.make_demo_files(tmp_path, lambda _: None)
    assert (tmp_path / serving.TOLD).stat().st_mode & 0o077 == 0
    assert {file.name for file in tmp_path.iterdir()} == {serving.DATABASE, serving.TOLD, serving.WORKBOOK}


@pytest.mark.usefixtures("quick")
def test_a_demo_of_an_older_structure_is_made_anew(tmp_path: Path) -> None:
    old = serving.make_demo_files(tmp_path, lambda _: None)
    database = Database(f"sqlite:///{tmp_path / serving.DATABASE}")
    with database.writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    database.dispose()
    assert serving.read_demo(tmp_path) is None
    new = serving.make_demo_files(tmp_path, lambda _: None)
    assert serving.read_demo(tmp_path) == json.loads(json.dumps(new))
    assert new["secret_key"] != old["secret_key"]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("lost", [serving.DATABASE, serving.TOLD])
def test_half_a_demo_is_none(tmp_path: Path, lost: str) -> None:
    assert serving.read_demo(tmp_path) is None
    serving.make_demo_files(tmp_path, lambda _: None)
    (tmp_path / lost).unlink()
    assert serving.read_demo(tmp_path) is None


def test_a_demo_that_could_not_be_finished_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serving, "make_demo", fail)
    with pytest.raises(KeyboardInterrupt):
        serving.make_demo_files(tmp_path, lambda _: None)
    assert serving.read_demo(tmp_path) is None


def test_the_sheet_has_addresses_log_ins_and_says_that_all_is_invented() -> None:
    sheet = "\n".join(serving.demo_sheet(TOLD.plain(), "http://127.0.0.1:8000"))
    for told in (
        "http://127.0.0.1:8000/v/ABC234",
        "罗山村",
        "http://127.0.0.1:8000/login",
        "ganbu",
        "geheim-2",
        NOTICE,
    ):
        assert told in sheet


def test_the_checkouts_own_demo_is_left_alone() -> None:
    """Nothing above may write where a developer's demo lives."""
    assert serving.ROOT == ROOT
