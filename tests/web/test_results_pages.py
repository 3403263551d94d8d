"""The township's table: sorted, filtered, and the same in every file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from fractions import Fraction

import openpyxl
import pytest

from portal.core.book import Role
from tests.conftest import tashi_book
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import FORMULAS, STREET, TASHI, user
from tests.web.pages import tree_of, visible_text
from tests.web.reading import number, rows

CADRES, TEAMS = "干部得分表", "组团得分表"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Key = Callable[[str], object]


@pytest.fixture
def street(portal: Portal) -> PageClient:
    return portal.staff(user(Role.TOWNSHIP_ADMIN, STREET))


@pytest.fixture
def tashi(portal: Portal) -> PageClient:
    return portal.staff(user(Role.TOWNSHIP_ADMIN, TASHI))


def in_group(text: str) -> tuple[str, int]:
    name, _, place = text.partition(" 第")
    return name, int(place or 0)


# column → its head, how its cells compare, highest first, and what stands where there is no value
COLUMNS: dict[str, tuple[str, Key, bool, str]] = {
    "rank": ("名次", int, False, "—"),
    "number": ("工号", str, False, ""),
    "group": ("组别", in_group, False, ""),
    "module_name": ("模块", str, False, "—"),
    "post": ("岗位赋分", Fraction, True, "暂缺"),
    "module": ("模块评分", Fraction, True, "暂缺"),
    "team": ("组团积分", Fraction, True, "暂缺"),
    "bonus": ("专班加分", Fraction, True, ""),
    "total": ("总分", Fraction, True, "暂缺"),
}


@pytest.mark.parametrize("column", COLUMNS)
def test_each_column_sorts_and_those_without_a_value_stand_last(street: PageClient, column: str) -> None:
    head, key, highest_first, nothing = COLUMNS[column]
    page = street.page(f"/admin/results?sort={column}")
    cells = [row[head] for row in rows(page, CADRES)]
    there = [cell for cell in cells if cell != nothing]
    assert len(cells) == 10
    assert cells == [*there, *[nothing] * (len(cells) - len(there))]
    assert [key(cell) for cell in there] == sorted(map(key, there), reverse=highest_first)  # type: ignore[type-var]
    (marked,) = [cell for cell in tree_of(page).iter("th") if cell.get("aria-sort")]
    assert marked.get("aria-sort") == ("descending" if highest_first else "ascending")


def test_the_street_has_cadres_without_each_value_and_with_it(street: PageClient) -> None:
    """Otherwise the sorting above would prove nothing."""
    table = rows(street.page("/admin/results"), CADRES)
    for head, _, _, nothing in COLUMNS.values():
        if nothing:
            assert 0 < sum(row[head] == nothing for row in table) < len(table), head


def test_equal_values_stay_in_the_order_of_rank(street: PageClient) -> None:
    table = rows(street.page("/admin/results?sort=bonus"), CADRES)
    without = [row["名次"] for row in table if row["专班加分"] == "0.00"]
    places = [int(place) for place in without if place != "—"]
    assert places == sorted(places)


def test_an_unknown_column_is_the_order_of_rank(street: PageClient) -> None:
    usual = rows(street.page("/admin/results"), CADRES)
    assert rows(street.page("/admin/results?sort=password_hash"), CADRES) == usual


def test_ranks_skip_after_equal_totals_and_stand_by_total(tashi: PageClient) -> None:
    table = rows(tashi.page("/admin/results"), CADRES)
    totals = [number(row["总分"]) for row in table]
    for row in table:
        own = number(row["总分"])
        assert own is not None
        assert int(row["名次"]) == 1 + sum(other is not None and other > own for other in totals)


def test_filters_keep_the_group_the_module_and_the_sorting(street: PageClient) -> None:
    page = street.page("/admin/results?group=一般干部&module=经济模块&sort=post&as_of=2026-09-30")
    table = rows(page, CADRES)
    assert {(in_group(row["组别"])[0], row["模块"]) for row in table} == {("一般干部", "经济模块")}
    assert f"{len(table)} 人（共 10 人）" in visible_text(page)
    links = re.findall(r'<th scope="col"[^>]*><a href="([^"]+)"', page)
    assert len(links) == 10
    assert all("as_of=2026-09-30" in link and "group=" in link and "module=" in link for link in links)
    chosen = [option.text for option in tree_of(page).iter("option") if option.get("selected") is not None]
    assert chosen == ["一般干部", "经济模块"]


def test_a_filter_that_fits_nobody_says_so(street: PageClient) -> None:
    shown = visible_text(street.page("/admin/results?group=没有这个组"))
    assert "没有符合条件的干部" in shown


@pytest.mark.parametrize("value", ["<script>alert(1)</script>", '"><b>', "' or 1=1", "{{7*7}}", "%00"])
def test_what_stands_in_the_address_is_never_part_of_the_page(street: PageClient, value: str) -> None:
    for name in ("group", "module", "sort", "number"):
        with street.unchecked():  # the checks look for such words themselves
            page = street.get("/admin/results", query_string={name: value}).get_data(as_text=True)
        assert "<script" not in page
        assert "<b>" not in page
        assert "49" not in "".join(re.findall(r"<h1>.*?</h1>", page))


def test_every_number_leads_to_what_it_is_made_of(street: PageClient) -> None:
    page = street.page("/admin/results?as_of=2026-09-30")
    links = set(re.findall(r'href="(/admin/results/S\d\d[^"#]*)(?:#[\w-]+)?"', page))
    assert len(links) == 10
    for link in links:
        street.page(link.replace("&amp;", "&"))
    anchors = set(re.findall(r'href="/admin/results/S01[^"#]*#(\w+)-why"', page))
    assert anchors == {"post", "module", "team", "bonus"}


def csv_rows(client: PageClient, path: str) -> list[dict[str, str]]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))


def xlsx_rows(client: PageClient, path: str, sheet: str = "干部") -> list[dict[str, object]]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.mimetype == XLSX
    book = openpyxl.load_workbook(io.BytesIO(response.get_data()))
    heads, *lines = book[sheet].iter_rows()
    for cell in (cell for line in lines for cell in line):
        assert cell.data_type in {"s", "n"}, f"{cell.coordinate} is {cell.data_type}: {cell.value}"
    return [{str(h.value): cell.value for h, cell in zip(heads, line, strict=True)} for line in lines]


@pytest.mark.parametrize("query", ["", "?as_of=2026-09-30"])
@pytest.mark.parametrize("township", [STREET, TASHI])
def test_both_files_hold_the_numbers_of_the_page(portal: Portal, township: str, query: str) -> None:
    client = portal.staff(user(Role.TOWNSHIP_ADMIN, township))
    table = rows(client.page(f"/admin/results{query}"), CADRES)
    text = csv_rows(client, f"/admin/results.csv{query}")
    sheet = xlsx_rows(client, f"/admin/results.xlsx{query}")
    assert len(table) == len(text) == len(sheet)
    for shown, line, cells in zip(table, text, sheet, strict=True):
        for head in ("岗位赋分", "模块评分", "组团积分", "专班加分", "总分"):
            value = number(shown[head])
            assert line[head] == ("" if value is None else shown[head])
            assert cells[head] == (None if value is None else float(value))
        assert line["工号"] == cells["工号"] == shown["工号"]
        assert (line["名次"] or "—", cells["名次"]) == (
            shown["名次"],
            None if shown["名次"] == "—" else int(shown["名次"]),
        )
        assert (line["暂缺"] or "—", cells["暂缺"] or "—") == (shown["暂缺"], shown["暂缺"])
    teams = xlsx_rows(client, f"/admin/results.xlsx{query}", "组团")
    assert [team["组团"] for team in teams] == [
        team["组团"] for team in rows(client.page("/admin/results"), TEAMS)
    ]


def test_names_that_look_like_formulas_stay_text(street: PageClient) -> None:
    names = {row["姓名"] for row in rows(street.page("/admin/results"), CADRES)}
    assert set(FORMULAS) <= names
    assert {row["姓名"] for row in xlsx_rows(street, "/admin/results.xlsx")} == names
    written = {row["姓名"] for row in csv_rows(street, "/admin/results.csv")}
    assert {f"'{name}" for name in FORMULAS} <= written
    assert not [name for name in written if name.startswith(FORMULAS)]


def test_a_file_is_named_for_its_township_period_and_day(street: PageClient) -> None:
    for kind in ("csv", "xlsx"):
        disposition = street.get(f"/admin/results.{kind}?as_of=2026-09-30").headers["Content-Disposition"]
        assert disposition.startswith(f"attachment; filename=results.{kind}; filename*=UTF-8''")
        assert "2026-09-30" in disposition
        assert disposition.isascii()


@pytest.mark.parametrize("kind", ["json", "pdf", "xls", "csv2", "CSV"])
def test_there_is_no_other_kind_of_file(street: PageClient, kind: str) -> None:
    street.page(f"/admin/results.{kind}", 404)


def test_an_export_holds_everybody_whatever_the_page_was_filtered_by(street: PageClient) -> None:
    assert len(csv_rows(street, "/admin/results.csv?group=一般干部")) == 10


def test_everybody_who_is_scored_stands_in_the_table_and_nobody_else(tashi: PageClient) -> None:
    listed = {row["工号"] for row in rows(tashi.page("/admin/results"), CADRES)}
    assert listed == {
        row.number for row in tashi_book().cadres if not row.exempt and row.first_day.month < 12
    }


@pytest.mark.parametrize("number_", ["5111999", "x", "%00", "..%2F", "S 09", "s09"])
def test_a_cadre_that_there_is_not_is_not_found(street: PageClient, number_: str) -> None:
    street.page(f"/admin/results/{number_}", 404)


def test_a_score_leads_to_the_persons_page(portal: Portal) -> None:
    client = portal.staff(user(Role.CLERK, TASHI))
    assert re.search(
        r'href="/admin/cadres/\d+">看\S+的任职', client.page(f"/admin/results/{portal.filled.cadre}")
    )
