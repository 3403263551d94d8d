"""`portal import-township`: what it says, and that a fault leaves everything as it was."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from portal import cli
from tests.cli.conftest import Portal
from tests.conftest import DATA
from tests.files.typed_workbook import SHEETS, book, workbook

FAULTS = json.loads((DATA / "faults.json").read_text(encoding="utf-8"))
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4000)
Write = Callable[..., Path]


def bomb(file: Path) -> None:
    """A few kilobytes that unpack to more than memory should hold."""
    archive = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=1)
    with archive, archive.open("xl/worksheets/sheet1.xml", "w") as part:
        for _ in range(210):
            part.write(bytes(1_000_000))


UNREADABLE: dict[str, Callable[[Path], object]] = {
    "xls": lambda file: file.write_bytes(OLE),
    "encrypted": lambda file: file.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le")),
    "csv": lambda file: file.write_text("村社代码,村社名称\n330825111205,罗山村\n", encoding="utf-8"),
    "empty": lambda file: file.write_bytes(b""),
    "cut": lambda file: file.write_bytes((DATA / "township.xlsx").read_bytes()[:5000]),
    "bomb": bomb,
    "none": lambda _: None,
}


@pytest.fixture(scope="module")
def told_of_faults(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is printed about the faulty workbook; the database is empty before and after."""
    portal = Portal(tmp_path_factory.mktemp("faults") / "portal.db")
    portal.done("db", "upgrade")
    lines = portal.refused("import-township", DATA / "faults.xlsx")
    assert portal.empty()
    return lines


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['sheet']}{fault['row']}")
def test_every_fault_is_on_a_line_with_its_place_and_value(
    told_of_faults: list[str], fault: dict[str, object]
) -> None:
    value = f"“{fault['value']}”" if fault["value"] else "（空）"
    place = f"{fault['sheet']} 第{fault['row']}行 {fault['column']} {value}："
    found = [line for line in told_of_faults if line.startswith(place)]
    assert len(found) == 1
    assert len(found[0]) > len(place) + 2


def test_the_last_line_says_that_nothing_was_imported(told_of_faults: list[str]) -> None:
    assert told_of_faults[-1] == "有错，什么也没有导入。"
    assert not [line for line in told_of_faults if "Traceback" in line]


def test_a_faulty_workbook_leaves_an_existing_township_as_it_was(tashi: Portal) -> None:
    assert len(tashi.refused("import-township", DATA / "faults.xlsx")) > len(FAULTS)


@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_file_that_is_no_workbook_is_told_in_one_sentence(small: Portal, tmp_path: Path, kind: str) -> None:
    file = tmp_path / "given.xlsx"
    UNREADABLE[kind](file)
    (sentence,) = small.refused("import-township", file)
    assert sentence


def test_a_workbook_is_imported_and_each_sheet_told(portal: Portal, written: Write) -> None:
    lines = portal.done("import-township", written()).stdout.splitlines()
    assert lines[0] == "考评：新增 1，修改 0，不变 0"
    assert "干部：新增 3，修改 0，不变 0" in lines
    assert len(lines) == 17


def test_importing_again_says_that_nothing_changed(small: Portal, written: Write) -> None:
    before = small.tables()
    lines = small.done("import-township", written()).stdout.splitlines()
    assert lines
    assert all("新增 0，修改 0，不变 " in line for line in lines)
    assert small.tables() == before


def test_a_preview_says_what_would_be_and_saves_nothing(small: Portal, written: Write) -> None:
    before = small.tables()
    lines = small.done("import-township", "--dry-run", written(book(村社_D2=500))).stdout.splitlines()
    assert lines[0] == "只是预览，没有保存："
    assert "村社：新增 0，修改 1，不变 1" in lines
    assert small.tables() == before


def test_a_preview_of_a_new_township_leaves_every_table_empty(portal: Portal, written: Write) -> None:
    portal.done("import-township", written(), "--dry-run")
    assert portal.empty()


def test_an_empty_database_is_made_ready_first(tmp_path: Path, written: Write) -> None:
    new = Portal(tmp_path / "new.db")
    new.done("import-township", written())
    assert new.done("villages", "--township", "330825111").stdout


def test_a_workbook_may_name_what_the_portal_knows(small: Portal, written: Write) -> None:
    """Only 考评 and what changed: the cadres' own rows need not be there again."""
    own = book()
    small.done("import-township", written(replace(own, tasks=(), marks=(), cases=(), links=())))


def test_a_sheet_that_is_not_read_is_mentioned(small: Portal, tmp_path: Path) -> None:
    file = tmp_path / "more.xlsx"
    file.write_bytes(workbook({**SHEETS, "随手记": [["电话"], ["12345"]]}).getvalue())
    assert "没有读：工作表“随手记”（不在模板里）" in small.done("import-township", file).stderr


def test_what_the_database_refuses_is_told_without_a_traceback(
    small: Portal, written: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader should have seen it; if it did not, the database's own rule speaks."""
    monkeypatch.setattr(
        cli, "_read_book", lambda *_: replace(book(), villages=(replace(book().villages[0], households=0),))
    )
    (sentence,) = small.refused("import-township", written())
    assert sentence.startswith("数据库没有收下这些数据，什么也没有保存")


def test_an_import_can_be_looked_at_while_it_is_written(small: Portal) -> None:
    with small.database() as own, own.writing() as session:
        session.connection().exec_driver_sql("UPDATE township SET name = name")
        assert small.done("villages", "--township", "330825111").stdout
