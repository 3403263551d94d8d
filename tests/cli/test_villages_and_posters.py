"""`portal villages` and `portal posters`: what hangs in the villages, told and printed."""

from __future__ import annotations

import json
from pathlib import Path

import pypdfium2
import pytest

from tests.cli.conftest import TASHI, Portal

FIELDS = ["code", "name", "kind", "households", "token", "address"]


def villages(portal: Portal, **env: str) -> list[dict[str, str]]:
    told = portal.done("villages", "--township", TASHI, "--format", "json", **env).stdout
    found: list[dict[str, str]] = json.loads(told)
    return found


def test_every_village_is_told_with_its_address(tashi: Portal) -> None:
    found = villages(tashi)
    assert [list(village) for village in found] == [FIELDS] * len(found)
    assert [village["code"] for village in found] == sorted(village["code"] for village in found)
    assert len({village["token"] for village in found}) == len(found) > 20
    assert {village["kind"] for village in found} <= {"village", "community"}
    for village in found:
        assert int(village["households"]) > 0
        assert village["address"] == f"http://127.0.0.1:8000/v/{village['token']}"


def test_the_address_is_the_configured_one(small: Portal) -> None:
    addresses = [village["address"] for village in villages(small, BASE_URL="https://pj.example.cn/")]
    assert all(address.startswith("https://pj.example.cn/v/") for address in addresses)


def test_the_villages_as_text_say_the_same(small: Portal) -> None:
    lines = small.done("villages", "--township", TASHI).stdout.splitlines()
    assert [line.split("\t") for line in lines] == [
        [str(village[field]) for field in FIELDS] for village in villages(small)
    ]


def test_a_retired_poster_is_not_told(small: Portal) -> None:
    with small.database() as database, database.writing() as session:
        session.connection().exec_driver_sql("UPDATE poster SET retired_on = '2026-05-01' WHERE id = 1")
    assert len(villages(small)) == 1


def test_posters_are_one_page_a_village(small: Portal, tmp_path: Path) -> None:
    out = tmp_path / "posters.pdf"
    told = small.done("posters", "--township", TASHI, "--out", out, "--base-url", "https://pj.example.cn/")
    assert told.stdout == f"2 张海报，写到 {out}\n"
    document = pypdfium2.PdfDocument(out)
    pages = [page.get_textpage().get_text_range() for page in document]
    document.close()
    for page, village in zip(pages, villages(small), strict=True):
        assert village["name"] in page
        assert village["token"] in page.replace(" ", "")
        assert "pj.example.cn" in page


def test_posters_carry_the_configured_address_where_none_is_given(small: Portal, tmp_path: Path) -> None:
    out = tmp_path / "posters.pdf"
    small.done("posters", "--township", TASHI, "--out", out, BASE_URL="https://elsewhere.example.cn")
    document = pypdfium2.PdfDocument(out)
    assert "elsewhere.example.cn" in document[0].get_textpage().get_text_range()
    document.close()


def test_a_township_without_villages_has_no_posters(portal: Portal, tmp_path: Path) -> None:
    with portal.database() as database, database.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO township (code, name, county) VALUES ('330825111', '塔石镇', '龙游县')"
        )
    out = tmp_path / "posters.pdf"
    (sentence,) = portal.refused("posters", "--township", TASHI, "--out", out)
    assert "村社" in sentence
    assert not out.exists()
    assert portal.done("villages", "--township", TASHI, "--format", "json").stdout == "[]\n"


def test_a_name_that_can_not_be_printed_is_told(small: Portal, tmp_path: Path) -> None:
    with small.database() as database, database.writing() as session:
        session.connection().exec_driver_sql("UPDATE village SET name = '罗山\U0001f3e0村' WHERE id = 1")
    out = tmp_path / "posters.pdf"
    (sentence,) = small.refused("posters", "--township", TASHI, "--out", out)
    assert sentence.startswith("海报没有做成")
    assert not out.exists()


def test_a_place_that_can_not_be_written_is_told(small: Portal, tmp_path: Path) -> None:
    out = tmp_path / "nowhere" / "posters.pdf"
    (sentence,) = small.refused("posters", "--township", TASHI, "--out", out)
    assert str(out) in sentence


@pytest.mark.parametrize("command", ["villages", "posters"])
def test_an_unknown_township_is_told(small: Portal, tmp_path: Path, command: str) -> None:
    more = ("--out", tmp_path / "posters.pdf") if command == "posters" else ()
    (sentence,) = small.refused(command, "--township", "330825999", *more)
    assert "“330825999”" in sentence
