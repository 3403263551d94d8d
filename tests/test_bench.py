"""The measuring tools themselves: what they read, count and judge."""

from __future__ import annotations

import socket
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest

from bench.checks import Report, judge
from bench.client import Answer, Cut, Wire, read_headers, request_bytes, without_chunks
from bench.phones import MARK, Sent
from bench.soak import growth
from bench.table import Figure, figures_table, quantile, short

TABLES = """
CREATE TABLE village (id INTEGER PRIMARY KEY, code TEXT);
CREATE TABLE rating (
  township_id INT, village_id INT, day TEXT, voice TEXT, valued INT, first INT, replaced_on TEXT, comment TEXT
);
CREATE TABLE ledger_entry (kind TEXT, subject TEXT, after TEXT);
INSERT INTO village VALUES (1, 'A');
"""


def rated(
    file: Path, comment: str, voice: str, *, entered: bool = True, replaced_on: str | None = None
) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        row = (1, 1, "2026-11-22", voice, 1, 1, replaced_on, comment)
        connection.execute("INSERT INTO rating VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        if entered:
            connection.execute(
                "INSERT INTO ledger_entry VALUES ('rating.received', 'A', '{\"day\": \"2026-11-22\"}')"
            )


@pytest.fixture
def file(tmp_path: Path) -> Path:
    with closing(sqlite3.connect(tmp_path / "town.db")) as connection:
        connection.executescript(TABLES)
    return tmp_path / "town.db"


def failed(file: Path, sent: list[Sent], capsys: pytest.CaptureFixture[str]) -> list[str]:
    judge(Report(), file, sent, 0)
    return [line[6:] for line in capsys.readouterr().out.splitlines() if line.startswith("FAIL")]


def accepted(*names: str) -> list[Sent]:
    return [Sent(f"{MARK} {name}", accepted=True) for name in names]


def test_what_is_stored_once_with_its_entry_passes(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rated(file, f"{MARK} a", "v1")
    assert failed(file, accepted("a"), capsys) == []


def test_an_accepted_rating_that_is_not_there_is_lost(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (sentence,) = failed(file, accepted("a"), capsys)
    assert "lost: 1" in sentence


def test_a_rating_stored_twice_is_found(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rated(file, f"{MARK} a", "v1")
    rated(file, f"{MARK} a", "v2")
    (sentence,) = failed(file, accepted("a"), capsys)
    assert "doubled: 1" in sentence


def test_a_rating_without_its_entry_is_found(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rated(file, f"{MARK} a", "v1", entered=False)
    assert len(failed(file, accepted("a"), capsys)) == 2  # neither as many entries, nor this village's


def test_a_voice_that_stands_twice_or_nowhere_is_found(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rated(file, f"{MARK} a", "v1")
    rated(file, f"{MARK} b", "v1")
    rated(file, f"{MARK} c", "v2", replaced_on="2026-11-22")
    (sentence,) = failed(file, accepted("a", "b", "c"), capsys)
    assert "otherwise: 2" in sentence


def test_an_answer_that_breaks_off_keeps_the_status_it_began_with() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"HTTP/1.1 303 See Other\r\ncontent-length: 100\r\n\r\nhalf")

        thread = threading.Thread(target=answer)
        thread.start()
        port = listening.getsockname()[1]
        with pytest.raises(Cut) as cut:
            Wire(port, 5).ask(request_bytes("GET", "/", port, {}))
        thread.join()
    assert cut.value.status == 303


def test_answers_are_read() -> None:
    head = b"HTTP/1.1 200 OK\r\nSet-Cookie: r=one; Path=/\r\nContent-Type: text/html\r\n\r\n"
    answer = Answer(200, read_headers(head), b'<input type="hidden" name="key" value="k1">', 0)
    assert answer.cookies == {"r": "one"}
    assert answer.hidden == {"key": "k1"}
    assert without_chunks(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n") == b"abcde"


def test_growth_compares_the_last_third_with_the_middle_one() -> None:
    assert growth([10, 10, 50, 100, 100, 100, 100, 100, 100]) == 0
    assert growth([10, 10, 10, 100, 100, 100, 130, 130, 130]) == pytest.approx(0.3)


def test_a_ratio_is_the_median_of_the_rounds_own_ratios() -> None:
    figure = Figure("posts", "per s", "bare", values=[10, 30, 100], floors=[20, 60, 100])
    assert figure.ratio == 0.5
    assert "0.50 x" in figures_table([figure])
    assert [short(1234.5), short(12.34), short(1.234)] == ["1,234", "12.3", "1.23"]
    assert quantile([3, 1, 2], 0.5) == 2
