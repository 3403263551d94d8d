"""Commands and their database: one that is missing, behind or out of reach gets a sentence, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from portal import ready
from portal.config import ROOT
from portal.store import migrate
from tests.cli.conftest import TASHI, Portal
from tests.databases import Maker

BESIDE_PYTHON = Path(sys.executable).parent
COMMANDS = [
    ("import-township", "book.xlsx"),
    ("import-ratings", "ratings.csv", "--township", TASHI),
    ("results", "--township", TASHI),
    ("villages", "--township", TASHI),
    ("export-ratings", "--township", TASHI),
    ("posters", "--township", TASHI, "--out", "posters.pdf"),
    ("user", "create", "--username", "wang", "--role", "clerk", "--password-stdin"),
    ("serve",),
]
SECRET = "x" * 48
OUT_OF_REACH = {
    "no server": "postgresql://nobody@127.0.0.1:1/portal",
    "no folder": "sqlite:////nowhere/at/all/portal.db",
    "no address": "portal.db",
    "no such engine": "oracle9://somebody@localhost/portal",
}


def program(name: str, *words: str, cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    """A real program, with nothing of the surroundings but the path."""
    given = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", **env}
    return subprocess.run(
        [str(BESIDE_PYTHON / name), *words],
        env=given, cwd=cwd, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def test_upgrade_brings_an_empty_database_to_the_newest_structure(tmp_path: Path) -> None:
    new = Portal(tmp_path / "new.db")
    assert new.done("db", "upgrade").stdout == "数据库已是最新。\n"
    new.done("db", "upgrade")
    with new.database() as database, database.reading() as session:
        assert migrate.is_newest(session.connection())
    assert new.empty()


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: words[0])
def test_a_database_that_is_behind_is_told_before_anything_else(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    """One with a table of an older structure; an empty one is told too, but by the import, which makes it ready."""
    behind = Portal(tmp_path / "behind.db")
    with behind.database() as database, database.writing() as session:
        session.connection().exec_driver_sql("CREATE TABLE alembic_version (version_num VARCHAR(32))")
    (sentence,) = behind.refused(*words, stdin="correct-horse", SECRET_KEY=SECRET)
    assert "portal db upgrade" in sentence


BEGINNERS = ("import-township", "user")  # what a new installation begins with makes an empty database ready


@pytest.mark.parametrize(
    "words", [words for words in COMMANDS if words[0] not in BEGINNERS], ids=lambda words: words[0]
)
def test_an_empty_database_is_told(tmp_path: Path, words: tuple[str, ...]) -> None:
    (sentence,) = Portal(tmp_path / "empty.db").refused(*words, stdin="correct-horse", SECRET_KEY=SECRET)
    assert "portal db upgrade" in sentence


@pytest.mark.parametrize("url", OUT_OF_REACH.values(), ids=OUT_OF_REACH)
@pytest.mark.parametrize("words", [("db", "upgrade"), *COMMANDS], ids=lambda words: words[0])
def test_a_database_out_of_reach_is_told_in_one_sentence(
    portal: Portal, words: tuple[str, ...], url: str
) -> None:
    (sentence,) = portal.refused(*words, stdin="correct-horse", DATABASE_URL=url, SECRET_KEY=SECRET)
    assert "PORTAL_DATABASE_URL" in sentence


def test_a_file_that_is_no_database_is_told(portal: Portal, tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("这不是数据库" * 100, encoding="utf-8")
    (sentence,) = portal.refused("db", "upgrade", DATABASE_URL=f"sqlite:///{file}")
    assert "not a database" in sentence


def test_a_password_in_the_address_is_never_printed(portal: Portal) -> None:
    url = "postgresql://nobody:geheim@127.0.0.1:1/portal"
    (sentence,) = portal.refused("villages", "--township", TASHI, DATABASE_URL=url)
    assert "geheim" not in sentence


def test_the_folder_of_the_usual_database_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = f"sqlite:///{tmp_path / 'instance' / 'portal.db'}"
    monkeypatch.setattr(ready, "ROOT", tmp_path)
    monkeypatch.setattr(ready, "DEFAULT_DATABASE", usual)
    Portal(tmp_path / "unused.db").done("db", "upgrade", DATABASE_URL=usual)
    assert (tmp_path / "instance" / "portal.db").exists()


def test_a_mistake_of_ours_keeps_its_traceback(small: Portal) -> None:
    """A statement that the database does not understand is a bug to be seen, no trouble of the operator's."""
    with small.database() as database, database.writing() as session:
        session.connection().exec_driver_sql("ALTER TABLE village RENAME COLUMN households TO homes")
    with pytest.raises(Exception, match="households"):
        small.run("villages", "--township", TASHI)


@pytest.mark.parametrize("words", [(), ("nonsense",), ("results",), ("demo", "--port", "70000")])
def test_wrong_usage_is_status_2(portal: Portal, words: tuple[str, ...]) -> None:
    assert portal.run(*words).exit_code == 2


def test_the_program_is_installed_and_says_what_it_can(tmp_path: Path) -> None:
    told = program("portal", "--help", cwd=tmp_path)
    assert told.returncode == 0
    for command in ("demo", "serve", "db", "import-township", "import-ratings", "results", "villages"):
        assert f"  {command}" in told.stdout
    for command in ("export-ratings", "posters", "user"):
        assert f"  {command}" in told.stdout


def test_the_program_works_from_any_folder(small: Portal, tmp_path: Path) -> None:
    told = program("portal", "villages", "--township", TASHI, "--format", "json", cwd=tmp_path, **small.env)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == small.done("villages", "--township", TASHI, "--format", "json").stdout


def test_flask_knows_the_same_commands(small: Portal) -> None:
    told = program("flask", "--app", "wsgi", "villages", "--township", TASHI, **small.env)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == small.done("villages", "--township", TASHI).stdout


def test_a_refusal_of_the_program_is_a_sentence_and_status_1(tmp_path: Path) -> None:
    told = program("portal", "results", "--township", TASHI, PORTAL_DATABASE_URL=f"sqlite:///{tmp_path}/x.db")
    assert (told.returncode, told.stdout) == (1, "")
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.postgres
def test_postgresql_gives_the_same_results(
    small: Portal, postgres: Maker, written: Callable[..., Path], tmp_path: Path
) -> None:
    ratings = tmp_path / "ratings.csv"
    ratings.write_text(
        "村社代码,评价人,渠道,时间,走访,联系,办事,总体,意见\n330825111205,p1,微信,2026-03-01,来过,知道,办好了,满意,\n",
        encoding="utf-8",
    )
    other = Portal(tmp_path / "unused.db")
    other.env = {"PORTAL_DATABASE_URL": postgres.make()}
    other.done("import-township", written())
    told = []
    for portal in (small, other):
        portal.done("import-ratings", ratings, "--township", TASHI)
        told.append(portal.results())
    assert told[0] == told[1]
    assert told[0]["teams"]["第1组团"]["mass"] is not None
