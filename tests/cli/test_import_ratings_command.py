"""`portal import-ratings`: all of a file or nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import TASHI, Portal
from tests.conftest import DATA

HEAD = "村社代码,评价人,渠道,时间,走访,联系,办事,总体,意见\n"
GOOD = "330825111205,p1,微信,2026-03-01 08:00:00,来过,知道,办好了,满意,\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "ratings.csv"


def test_a_file_is_imported_once(small: Portal, file: Path) -> None:
    file.write_text(HEAD + GOOD + GOOD.replace("p1", "p2"), encoding="utf-8-sig")
    assert small.done("import-ratings", file, "--township", TASHI).stdout == "评价：新增 2，已有 0\n"
    before = small.tables()
    assert small.done("import-ratings", file, "--township", TASHI).stdout == "评价：新增 0，已有 2\n"
    assert small.tables() == before


def test_the_real_file_is_known_already(tashi: Portal) -> None:
    before = tashi.tables()
    told = tashi.done("import-ratings", DATA / "ratings.csv", "--township", TASHI).stdout
    assert told == "评价：新增 0，已有 6197\n"
    assert tashi.tables() == before


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("999999999999,p1,微信,2026-03-01,,,,满意,", "ratings.csv 第3行 村社代码 “999999999999”："),
        ("330825111205,p1,电报,2026-03-01,,,,满意,", "ratings.csv 第3行 渠道 “电报”："),
        ("330825111205,p1,微信,2026-02-30,,,,满意,", "ratings.csv 第3行 时间 “2026-02-30”："),
        ("330825111205,p1,微信,2026-03-01,,,,很好,", "ratings.csv 第3行 总体 “很好”："),
        ("330825111205,p1,微信,,,,,满意,", "ratings.csv 第3行 时间 （空）："),
    ],
)
def test_a_fault_is_told_with_its_line_and_nothing_is_imported(
    small: Portal, file: Path, line: str, told: str
) -> None:
    file.write_text(f"{HEAD}{GOOD}{line}\n", encoding="utf-8")
    sentences = small.refused("import-ratings", file, "--township", TASHI)
    assert sentences[0].startswith(told)
    assert sentences[-1] == "有错，什么也没有导入。"
    assert len(sentences) == 2


def test_all_faults_are_told_at_once(small: Portal, file: Path) -> None:
    file.write_text(HEAD + "1,,天,x,,,,y,\n" * 3, encoding="utf-8")
    assert len(small.refused("import-ratings", file, "--township", TASHI)) == 3 * 4 + 1


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "空的"),
        ((DATA / "township.xlsx").read_bytes(), "Excel"),
        ("甲,乙\n1,2\n".encode(), "表头"),
        (HEAD.encode("utf-16"), "UTF-16"),
    ],
)
def test_a_file_that_holds_no_ratings_is_told_in_one_sentence(
    small: Portal, file: Path, content: bytes, word: str
) -> None:
    file.write_bytes(content)
    (sentence,) = small.refused("import-ratings", file, "--township", TASHI)
    assert word in sentence


def test_a_missing_file_is_told_in_one_sentence(small: Portal, file: Path) -> None:
    (sentence,) = small.refused("import-ratings", file, "--township", TASHI)
    assert "找不到文件" in sentence


@pytest.mark.parametrize("code", ["330825999", "x", ""])
def test_an_unknown_township_is_told(small: Portal, file: Path, code: str) -> None:
    file.write_text(HEAD + GOOD, encoding="utf-8")
    (sentence,) = small.refused("import-ratings", file, "--township", code)
    assert f"“{code}”" in sentence
    assert "import-township" in sentence


def test_a_long_comment_is_kept(small: Portal, file: Path) -> None:
    comment = "好" * 3000
    file.write_text(HEAD + GOOD.replace("满意,", f"满意,{comment}"), encoding="utf-8")
    small.done("import-ratings", file, "--township", TASHI)
    assert any(comment in row for row in small.tables()["rating"])
