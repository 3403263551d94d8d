"""`portal results`: the same numbers in three formats, for the period and the day that are meant."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from portal import cli
from portal.files.results_out import CADRE_COLUMNS, MISSING_WORDS, TEAM_COLUMNS
from tests.actions.making import LAST_YEAR
from tests.cli.conftest import TASHI, Portal
from tests.conftest import DATA
from tests.files.typed_workbook import book

KEYS = ("rank", "group_rank", "工号", "姓名", "组别", "post", "module", "team", "bonus", "total")
TEAM_KEYS = ("score", "mass", "cases", "governance")
YEAR_END = ("--as-of", "2026-12-31")
Write = Callable[..., Path]


def expected(name: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((DATA / name).read_text(encoding="utf-8"))
    return told


def as_read(cadre: Mapping[str, Any]) -> list[str]:
    """A cadre of the JSON as the cells of a row."""
    missing = "、".join(MISSING_WORDS[name] for name in cadre["missing"])
    return ["" if cadre[key] is None else str(cadre[key]) for key in KEYS] + [missing]


@pytest.mark.parametrize(
    ("file", "day"), [("expected.json", "2026-12-31"), ("expected-2026-05-20.json", "2026-05-20")]
)
def test_the_real_year_has_the_expected_results(tashi: Portal, file: str, day: str) -> None:
    told = tashi.results("--as-of", day)
    assert (told.pop("township_code"), told.pop("period")) == (TASHI, "2026年度")
    assert told.pop("plan")["bonus_cap"] == "5"
    assert told == expected(file)
    assert list(told["teams"]) == list(expected(file)["teams"])


def test_as_of_is_today_where_none_is_told(small: Portal) -> None:
    told = small.results()
    assert told["as_of"] == "2026-11-22"
    assert told == small.results("--as-of", "2026-11-22")


def test_a_named_period_that_is_over_means_its_last_day(
    tashi: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "system_clock", lambda: datetime(2027, 3, 1, tzinfo=UTC))
    told = tashi.results("--period", "2026年度")
    assert told["as_of"] == "2026-12-31"
    assert told["cadres"] == expected("expected.json")["cadres"]


def test_a_day_after_the_period_means_its_last_and_is_shown_as_that(small: Portal) -> None:
    assert small.results("--as-of", "2027-06-01") == small.results(*YEAR_END)


def test_the_period_is_the_one_that_holds_the_day(small: Portal, written: Write) -> None:
    small.done("import-township", written(book(**LAST_YEAR)))
    assert small.results()["period"] == "2026年度"
    assert small.results("--as-of", "2025-12-31")["period"] == "2025年度"
    assert small.results("--period", "2025年度")["as_of"] == "2025-12-31"


@pytest.mark.parametrize(
    "words",
    [("--as-of", "2025-12-31"), ("--as-of", "2025-12-31", "--period", "2026年度"), ("--period", "2027年度")],
)
def test_what_there_is_no_period_for_is_refused(small: Portal, words: tuple[str, ...]) -> None:
    (sentence,) = small.refused("results", "--township", TASHI, *words)
    assert words[-1] in sentence or words[1] in sentence


def test_a_township_without_a_period_has_no_results(portal: Portal) -> None:
    with portal.database() as database, database.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO township (code, name, county) VALUES ('330825111', '塔石镇', '龙游县')"
        )
    assert len(portal.refused("results", "--township", TASHI)) == 1


def test_an_unknown_township_is_refused(small: Portal) -> None:
    (sentence,) = small.refused("results", "--township", "330825999")
    assert "“330825999”" in sentence


@pytest.mark.parametrize(
    "words", [("--as-of", "2026-02-30"), ("--as-of", "today"), ("--format", "pdf"), ("--quarter", "1")]
)
def test_wrong_usage_is_status_2(small: Portal, words: tuple[str, ...]) -> None:
    assert small.run("results", "--township", TASHI, *words).exit_code == 2


def test_the_csv_has_the_numbers_of_the_json(tashi: Portal) -> None:
    content = tashi.done("results", "--township", TASHI, *YEAR_END, "--format", "csv").stdout_bytes
    assert content.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")))
    assert head == [name for name, _ in CADRE_COLUMNS]
    assert rows == [as_read(cadre) for cadre in tashi.results(*YEAR_END)["cadres"]]


@pytest.fixture
def sheets(tashi: Portal, tmp_path: Path) -> openpyxl.Workbook:
    out = tmp_path / "results.xlsx"
    tashi.done("results", "--township", TASHI, *YEAR_END, "--format", "xlsx", "--out", out)
    return openpyxl.load_workbook(out)


def spelt(cell: object) -> str:
    """A cell as the JSON spells it: scores with two decimals."""
    return "" if cell is None else f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def test_the_xlsx_has_the_numbers_of_the_json(tashi: Portal, sheets: openpyxl.Workbook) -> None:
    told = tashi.results(*YEAR_END)
    scores = slice(5, 10)
    for row, cadre in zip(sheets["干部"].iter_rows(min_row=2, values_only=True), told["cadres"], strict=True):
        numbers = [spelt(None if cell is None else float(cell)) for cell in row[scores]]
        assert [*map(spelt, row[:5]), *numbers, spelt(row[10])] == as_read(cadre)
    teams = {row[0]: row[1:] for row in sheets["组团"].iter_rows(min_row=2, values_only=True)}
    for name, team in told["teams"].items():
        assert [f"{float(cell):.2f}" for cell in teams[name]] == [team[key] for key in TEAM_KEYS]
    assert list(teams) == list(told["teams"])


def test_the_xlsx_holds_numbers_that_a_sheet_can_add_up(sheets: openpyxl.Workbook) -> None:
    for row in sheets["干部"].iter_rows(min_row=2):
        assert [cell.data_type for cell in row[:2]] == ["n", "n"]
        assert {cell.data_type for cell in row[5:10]} == {"n"}
        assert {cell.number_format for cell in row[5:10] if cell.value is not None} == {"0.00"}
        assert row[2].data_type == "s"


@pytest.mark.parametrize(("sheet", "columns"), [("干部", CADRE_COLUMNS), ("组团", TEAM_COLUMNS)])
def test_the_xlsx_has_a_header_that_stays_and_columns_wide_enough(
    sheets: openpyxl.Workbook, sheet: str, columns: tuple[tuple[str, int], ...]
) -> None:
    page = sheets[sheet]
    assert page.freeze_panes == "A2"
    assert [cell.value for cell in page[1]] == [name for name, _ in columns]
    assert page["A1"].font.bold
    stretches = page.column_dimensions.values()  # neighbours of one width are kept as one
    for place, (_, asked) in enumerate(columns, start=1):
        (width,) = [stretch.width for stretch in stretches if stretch.min <= place <= stretch.max]
        assert asked <= width < asked + 1


def test_names_that_read_like_formulas_stay_text(portal: Portal, written: Write, tmp_path: Path) -> None:
    own = book()
    names = ("=1+1", '=HYPERLINK("http://x.example","点")', "+86")
    cadres = tuple(
        replace(cadre, name=name, exempt=False) for cadre, name in zip(own.cadres, names, strict=True)
    )
    portal.done("import-township", written(replace(own, cadres=cadres)))
    out = tmp_path / "results.xlsx"
    portal.done("results", "--township", TASHI, "--format", "xlsx", "--out", out)
    cells = [row[3] for row in openpyxl.load_workbook(out)["干部"].iter_rows(min_row=2)]
    assert {cell.value for cell in cells} == set(names)
    assert {(cell.data_type, cell.hyperlink) for cell in cells} == {("s", None)}
    content = portal.done("results", "--township", TASHI, "--format", "csv").stdout_bytes.decode("utf-8-sig")
    assert {row[3] for row in list(csv.reader(io.StringIO(content)))[1:]} == {f"'{name}" for name in names}
    assert {cadre["姓名"] for cadre in portal.results()["cadres"]} == set(names)


def test_what_is_missing_is_null_and_named(small: Portal) -> None:
    told = {cadre["工号"]: cadre for cadre in small.results()["cadres"]}
    assert "5111003" not in told  # 不参评
    second = told["5111002"]
    assert (second["post"], second["module"]) == (None, None)
    assert second["missing"][:2] == ["post", "module"]
    assert second["bonus"] == "1.50"


def test_the_results_can_be_written_to_a_file(small: Portal, tmp_path: Path) -> None:
    out = tmp_path / "results.json"
    assert small.done("results", "--township", TASHI, "--out", out).stdout == ""
    assert json.loads(out.read_text(encoding="utf-8")) == small.results()


def test_a_place_that_can_not_be_written_is_told(small: Portal, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "results.json"
    (sentence,) = small.refused("results", "--township", TASHI, "--out", out)
    assert str(out) in sentence


def test_looking_at_results_writes_nothing(small: Portal) -> None:
    before = small.tables()
    small.results()
    assert small.tables() == before
