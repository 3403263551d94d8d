"""`portal export-ratings`: what leaves the portal, and that it comes back with the same results."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from portal import cli
from portal.core import form_fields
from portal.core.form import STANDARD, Edition, title
from portal.store import editions, periods
from portal.store.residents import FormEdition, Rating
from tests.cli.conftest import TASHI, Portal
from tests.conftest import DATA
from tests.databases import SqliteMaker

HEAD = ["村社代码", "评价人", "渠道", "时间", "走访", "联系", "办事", "总体", "意见"]
YEAR_END = ("--as-of", "2026-12-31")
Row = dict[str, str]


def exported(portal: Portal, *words: str | Path) -> list[Row]:
    content = portal.done("export-ratings", "--township", TASHI, *words).stdout_bytes
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.fixture
def bring(small: Portal, tmp_path: Path) -> Callable[..., None]:
    """Import these lines of a ratings.csv into the small township."""

    def brought(*lines: str) -> None:
        file = tmp_path / "in.csv"
        file.write_text("\n".join([",".join(HEAD), *lines]) + "\n", encoding="utf-8")
        small.done("import-ratings", file, "--township", TASHI)

    return brought


def line(comment: str = "", level: str = "满意", time: str = "2026-11-01 08:00:00", who: str = "p1") -> str:
    return f'330825111205,{who},匿名,{time},来过,,,{level},"{comment}"'


def test_the_columns_are_those_of_an_import(tashi: Portal) -> None:
    content = tashi.done("export-ratings", "--township", TASHI).stdout_bytes
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines()[0].split(",") == HEAD


def test_the_export_comes_back_with_the_same_results(tashi: Portal, second: Portal, tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    tashi.done("export-ratings", "--township", TASHI, "--out", out)
    second.done("import-township", DATA / "township.xlsx")
    second.done("import-ratings", out, "--township", TASHI)
    assert second.results(*YEAR_END) == tashi.results(*YEAR_END)


def give_own_form(portal: Portal) -> Edition:
    """走访, 态度 and 总体, with points of its own, for the year of the township."""
    typed = {
        **form_fields.typed_of(STANDARD, "塔石镇"),
        "use_contact": "",
        "use_solved": "",
        "use_manner": "y",
    }
    edition, _ = form_fields.read({**typed, "points_manner_fair": "70", "weight_manner": "90"}, "塔石镇")
    assert edition is not None
    with portal.database() as database, database.writing() as session:
        (period,) = periods.listed(session, 1)
        period.edition_id = editions.kept(session, 1, edition)
    return edition


def test_a_township_that_changed_its_form_exports_both_and_they_come_back(
    small: Portal, bring: Callable[..., None], second: Portal, written: Callable[..., Path], tmp_path: Path
) -> None:
    bring(line(who="p2"), line(level="不满意", who="p3"))
    edition = give_own_form(small)
    own = tmp_path / "own.csv"
    own.write_text(
        "村社代码,评价人,渠道,时间,走访,态度,总体\n330825111205,p1,匿名,2026-11-02,没来过,一般,满意\n",
        encoding="utf-8",
    )
    small.done("import-ratings", own, "--township", TASHI)
    rows = exported(small)
    assert list(rows[0]) == [*HEAD[:5], "联系", "办事", "态度", "总体", "意见", "问卷"]
    assert Counter(row["问卷"] for row in rows) == {"标准问卷": 2, title(edition.key): 1}
    out = tmp_path / "out.csv"
    small.done("export-ratings", "--township", TASHI, "--out", out)
    second.done("import-township", written())
    second.refused("import-ratings", out, "--township", TASHI)  # it has no such form yet
    assert give_own_form(second) == edition
    second.done("import-ratings", out, "--township", TASHI)
    assert second.results(*YEAR_END) == small.results(*YEAR_END)
    assert sorted(answers(second)) == sorted(answers(small))


def test_paper_forms_and_what_was_taken_back_come_through_an_export_too(
    small: Portal, bring: Callable[..., None], second: Portal, written: Callable[..., Path], tmp_path: Path
) -> None:
    """Two forms in one year, a paper form, and one voice that was taken back: the same results elsewhere."""
    bring(
        line(who="p2"),
        line(level="不满意", who="p3"),
        line(level="基本满意", who="p5").replace("匿名", "纸质"),
    )
    edition = give_own_form(small)
    own = tmp_path / "own.csv"
    own.write_text(
        "村社代码,评价人,渠道,时间,走访,态度,总体\n"
        "330825111205,p1,纸质,2026-11-02,没来过,一般,满意\n330825111205,p4,匿名,2026-11-03,来过,,非常不满意\n",
        encoding="utf-8",
    )
    small.done("import-ratings", own, "--township", TASHI)
    with small.database() as database, database.writing() as session:
        gone = session.scalars(select(Rating).where(Rating.answers.contains("overall=1"))).one()
        gone.replaced_on, gone.withdrawn = gone.day, True
    rows = exported(small)
    assert Counter(row["渠道"] for row in rows) == {"匿名": 2, "纸质": 2}
    out = tmp_path / "out.csv"
    small.done("export-ratings", "--township", TASHI, "--out", out)
    second.done("import-township", written())
    assert give_own_form(second) == edition
    second.done("import-ratings", out, "--township", TASHI)
    assert second.results(*YEAR_END) == small.results(*YEAR_END)
    assert "新增 0" in second.done("import-ratings", out, "--township", TASHI).stdout


def answers(portal: Portal) -> list[tuple[str, str]]:
    """Each rating's form and answers, as they are stored."""
    with portal.database() as database, database.reading() as session:
        found = select(FormEdition.key, Rating.answers).join(FormEdition, FormEdition.id == Rating.edition_id)
        return [(key, told) for key, told in session.execute(found)]


@pytest.fixture
def second(sqlite_maker: SqliteMaker, tmp_path: Path) -> Portal:
    """A second, empty portal."""
    return Portal(Path(shutil.copyfile(sqlite_maker.template, tmp_path / "second.db")))


def test_only_the_open_quarter_has_pseudonyms(tashi: Portal) -> None:
    rows = exported(tashi)
    open_quarter = [row for row in rows if row["时间"] >= "2026-10-01"]
    assert len(open_quarter) > 100
    assert all(row["评价人"] for row in open_quarter)
    assert not any(row["评价人"] for row in rows if row["时间"] < "2026-10-01")


def test_a_pseudonym_is_none_of_the_files_it_came_from(tashi: Portal) -> None:
    with (DATA / "ratings.csv").open(encoding="utf-8-sig") as file:
        known = {row["评价人"] for row in csv.DictReader(file)}
    assert not known & {row["评价人"] for row in exported(tashi)} - {""}


def test_once_a_quarter_is_closed_nobody_can_be_followed(
    tashi: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "system_clock", lambda: datetime(2026, 12, 31, 16, tzinfo=UTC))
    assert {row["评价人"] for row in exported(tashi, "--all")} == {""}


def test_the_time_is_the_day(tashi: Portal) -> None:
    assert {len(row["时间"]) for row in exported(tashi)} == {10}


def test_only_ratings_that_count_are_exported(small: Portal, bring: Callable[..., None]) -> None:
    bring(
        line(level="非常满意"),
        line(level="不满意", time="2026-11-02 08:00:00"),
        line(level="没接触过", who="p2").replace("来过", ""),
    )
    assert [row["总体"] for row in exported(small)] == ["不满意"]


def test_all_has_every_rating_and_its_standing(small: Portal, bring: Callable[..., None]) -> None:
    silent = line(level="没接触过", who="p2").replace("来过", "")
    bring(line(level="非常满意"), line(level="不满意", time="2026-11-02 08:00:00"), silent)
    rows = exported(small, "--all")
    assert list(rows[0]) == [*HEAD, "状态"]
    assert Counter((row["总体"], row["状态"]) for row in rows) == {
        ("非常满意", "不计"): 1,
        ("不满意", "计入"): 1,
        ("没接触过", "不计"): 1,
    }


@pytest.mark.parametrize(
    ("standing", "word", "counts"), [("doubted", "待核", True), ("set_aside", "不计", False)]
)
def test_moderation_is_shown(
    small: Portal, bring: Callable[..., None], standing: str, word: str, counts: bool
) -> None:
    bring(line())
    with small.database() as database, database.writing() as session:
        session.connection().exec_driver_sql("UPDATE rating SET standing = ?", (standing,))
    assert [row["状态"] for row in exported(small, "--all")] == [word]
    assert len(exported(small)) == counts


def test_one_that_its_author_took_back_does_not_count(small: Portal, bring: Callable[..., None]) -> None:
    bring(line())
    with small.database() as database, database.writing() as session:
        session.connection().exec_driver_sql("UPDATE rating SET withdrawn = true, replaced_on = day")
    assert [row["状态"] for row in exported(small, "--all")] == ["不计"]
    assert exported(small) == []


def comments(portal: Portal) -> list[str]:
    """As they are stored."""
    with portal.database() as database, database.reading() as session:
        return list(session.scalars(select(Rating.comment)))


@pytest.mark.parametrize("comment", ["=1+1", "+86", "-1", "@我", "＝1", "'早", "=1,2", "好"])
def test_a_comment_that_reads_like_a_formula_is_guarded_and_restored(
    small: Portal, bring: Callable[..., None], second: Portal, written: Callable[..., Path], comment: str
) -> None:
    bring(line(comment))
    assert comments(small) == [comment]
    (row,) = exported(small)
    assert not row["意见"].startswith(tuple("=+-@＝＋－＠"))
    out = written()
    second.done("import-township", out)
    small.done("export-ratings", "--township", TASHI, "--out", out)
    second.done("import-ratings", out, "--township", TASHI)
    assert comments(second) == [comment]


def test_a_township_without_ratings_gives_the_header(small: Portal) -> None:
    assert exported(small, "--all") == []


def test_an_unknown_township_and_a_bad_place_are_told(small: Portal, tmp_path: Path) -> None:
    assert len(small.refused("export-ratings", "--township", "330825999")) == 1
    out = tmp_path / "nowhere" / "out.csv"
    (sentence,) = small.refused("export-ratings", "--township", TASHI, "--out", out)
    assert str(out) in sentence
