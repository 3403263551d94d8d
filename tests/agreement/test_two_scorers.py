"""The portal's own way, from files through a database to JSON, gives what the independent scorer gives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from portal.actions.import_township import import_township
from portal.actions.joining import Terms, restate
from portal.actions.people import Desk
from portal.actions.ratings import import_ratings
from portal.actions.results import exact_results
from portal.clock import moment_of
from portal.core import form, form_fields, plan
from portal.core.book import Role
from portal.core.form_fields import Part
from portal.core.rights import Actor
from portal.files.ratings_in import read_ratings
from portal.files.results_out import ResultSheet, results_json
from portal.files.township_in import read_township
from portal.store import editions, moderation, people_over_time, roster, townships
from portal.store.appraisal import PeriodVillage, PlanVersion
from portal.store.engine import Database
from portal.store.organisation import Absence, AbsenceKind
from tests.conftest import DATA, NOON, import_tashi, operator
from tests.oracle import plain_scorer
from tests.oracle.townships import (
    RATING_COLUMNS,
    Row,
    Sheets,
    Size,
    answered_on,
    as_of_days,
    case_days,
    household_changes,
    random_absences,
    random_form,
    random_plan,
    random_township,
    said_here,
    write_ratings,
    write_township,
)

TOWNSHIPS: list[tuple[int, Size]] = [
    *[(seed, "small") for seed in range(100, 148)],
    *[(seed, "medium") for seed in range(1, 5)],
]
KIND_KEYS = {"日常": "daily", "阶段": "stage", "年度": "annual"}
Results = dict[str, Any]


def imported(database: Database, book: Path, *ratings: Path) -> int:
    """Read the files and store them, as the commands do."""
    reading = read_township(book)
    assert reading.faults == ()
    assert reading.book is not None
    with database.writing() as session:
        township, _ = import_township(session, reading.book, operator())
        township_id = township.id
    for file in ratings:
        rows = read_ratings(file, {village.code for village in reading.book.villages})
        assert rows.faults == ()
        with database.writing() as session:
            import_ratings(session, township_id, rows.rows, form.STANDARD, operator(township_id))
    return township_id


def portal_results(database: Database, township_id: int, as_of: date) -> Results:
    """What `portal results` prints, but for what the other scorer does not tell: code, period and plan."""
    with database.reading() as session:
        found = exact_results(session, townships.by_id(session, township_id), None, as_of, NOON)
        sheet = ResultSheet(found.township.name, found.township.code, found.period.name, found.result)
        told: Results = json.loads(results_json(sheet))
    return {key: told[key] for key in ("township", "as_of", "cadres", "teams")}


def the_portals(overrides: Mapping[str, Any]) -> dict[str, Any]:
    """Overrides of the other scorer's plan, in the words of the portal's."""
    parameters = plan.to_json(plan.Plan())
    renamed = {"group_weights": "weights_by_group"}
    for key, value in overrides.items():
        parameters[renamed.get(key, key)] = _in_text(value)
    if "module_weights" in overrides:
        own = overrides["module_weights"]
        parameters["module_weights"] = {KIND_KEYS[kind]: str(weight) for kind, weight in own.items()}
    return parameters


def _in_text(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _in_text(item) for key, item in value.items()}
    return str(value)


def adopt(database: Database, township_id: int, overrides: Mapping[str, Any]) -> None:
    """Put a new version of the plan in force."""
    with database.writing() as session:
        (period,) = townships.periods(session, township_id)
        session.add(
            PlanVersion(
                township_id=township_id,
                period_id=period.id,
                number=2,
                parameters=the_portals(overrides),
                reason="试行",
                made_at=NOON,
            )
        )


def written(sheets: Sheets, ratings: list[Row], folder: Path) -> tuple[Path, Path]:
    files = folder / "township.xlsx", folder / "ratings.csv"
    write_township(sheets, files[0])
    write_ratings(ratings, files[1])
    return files


@pytest.mark.parametrize(("seed", "size"), TOWNSHIPS)
def test_a_random_township_has_the_same_results_by_both_scorers(
    seed: int, size: Size, sqlite_database: Database, tmp_path: Path
) -> None:
    sheets, ratings = random_township(seed, size)
    township_id = imported(sqlite_database, *written(sheets, ratings, tmp_path))
    days = as_of_days(sheets, seed)
    for as_of in days:
        plainly = plain_scorer.score(sheets, ratings, as_of)
        assert portal_results(sqlite_database, township_id, as_of) == plainly
    own_plan = random_plan(seed, sheets)
    if own_plan:
        adopt(sqlite_database, township_id, own_plan)
        plainly = plain_scorer.score(sheets, ratings, days[0], own_plan)
        told = portal_results(sqlite_database, township_id, days[0])
        assert told == plainly
        assert list(told["teams"]) == list(plainly["teams"])


def count_again(database: Database, township_id: int, changes: list[Row]) -> None:
    """Give villages other households from a day on, as the portal's own pages do."""
    with database.writing() as session:
        (period,) = townships.periods(session, township_id)
        ids = roster.ids(session, township_id, "villages")
        for row in changes:
            own = {"township_id": township_id, "period_id": period.id, "village_id": ids[row["村社代码"]]}
            session.add(PeriodVillage(**own, first_day=row["日期"], households=row["户数"]))


@pytest.mark.parametrize("seed", range(200, 212))
def test_households_that_change_on_a_day_weigh_alike_in_both_scorers(
    seed: int, sqlite_database: Database, tmp_path: Path
) -> None:
    sheets, ratings = random_township(seed)
    township_id = imported(sqlite_database, *written(sheets, ratings, tmp_path))
    changes = household_changes(seed, sheets)
    count_again(sqlite_database, township_id, changes)
    for as_of in as_of_days(sheets, seed):
        plainly = plain_scorer.score({**sheets, "户数变动": changes}, ratings, as_of)
        assert portal_results(sqlite_database, township_id, as_of) == plainly


def answer_here(database: Database, township_id: int, rows: list[Row]) -> None:
    """Bring cases to where the portal's own pages would have brought them."""
    columns = {
        "办结时间": "finished_at",
        "反馈时间": "heard_at",
        "第一次办结": "first_finished_at",
        "重新办理": "reopened_at",
    }
    with database.writing() as session:
        for row in rows:
            found = moderation.case(session, township_id, row["编号"])
            assert found is not None
            case, _ = found
            case.confirmed, case.level = {"是": True, "否": False}.get(row["群众确认"]), row["满意度"]
            for column, name in columns.items():
                when = row.get(column)
                setattr(case, name, None if when is None else moment_of(when))


@pytest.mark.parametrize("seed", range(400, 424))
def test_what_residents_say_of_their_cases_counts_alike_in_both_scorers(
    seed: int, sqlite_database: Database, tmp_path: Path
) -> None:
    sheets, ratings = random_township(seed)
    township_id = imported(sqlite_database, *written(sheets, ratings, tmp_path))
    sheets["诉求"] = said_here(sheets, seed)
    answer_here(sqlite_database, township_id, sheets["诉求"])
    days = [*as_of_days(sheets, seed), *case_days(sheets, seed)]
    for as_of in days:
        plainly = plain_scorer.score(sheets, ratings, as_of)
        assert portal_results(sqlite_database, township_id, as_of) == plainly


@pytest.mark.parametrize("seed", [7, 8])
def test_ratings_that_come_in_two_files_count_like_those_of_one(
    seed: int, sqlite_database: Database, tmp_path: Path
) -> None:
    """Whichever file comes first: who took whose place is settled by the day of the rating."""
    sheets, ratings = random_township(seed)
    files = [tmp_path / "odd.csv", tmp_path / "even.csv"]
    for odd, file in zip((1, 0), files, strict=True):
        write_ratings([row for row in ratings if row["时间"].day % 2 == odd], file)
    write_township(sheets, tmp_path / "township.xlsx")
    township_id = imported(sqlite_database, tmp_path / "township.xlsx", *files)
    for as_of in as_of_days(sheets, seed):
        plainly = plain_scorer.score(sheets, ratings, as_of)
        assert portal_results(sqlite_database, township_id, as_of) == plainly


def keep_absences(database: Database, township_id: int, rows: list[Row]) -> None:
    """Enter absences of a township that was imported."""
    with database.writing() as session:
        numbers = roster.ids(session, township_id, "cadres")
        for row in rows:
            session.add(
                Absence(
                    township_id=township_id,
                    cadre_id=numbers[row["工号"]],
                    kind=AbsenceKind.MATERNITY,
                    first_day=row["开始"],
                    last_day=row["结束"],
                    reason="演示",
                )
            )


@pytest.mark.parametrize("seed", range(200, 216))
def test_absences_weigh_the_same_by_both_scorers(
    seed: int, sqlite_database: Database, tmp_path: Path
) -> None:
    sheets, ratings = random_township(seed)
    township_id = imported(sqlite_database, *written(sheets, ratings, tmp_path))
    sheets["缺勤"] = random_absences(sheets, seed)
    keep_absences(sqlite_database, township_id, sheets["缺勤"])
    own_plan = random_plan(seed, sheets)
    if own_plan:
        adopt(sqlite_database, township_id, own_plan)
    for as_of in as_of_days(sheets, seed):
        plainly = plain_scorer.score(sheets, ratings, as_of, own_plan or None)
        assert portal_results(sqlite_database, township_id, as_of) == plainly


def split_services(database: Database, township_id: int, seed: int) -> int:
    """From some day on another 编制, which moves no score: the stretch of service ends and a new one begins."""
    dice, splits = Random(seed), 0
    office = Actor(1, "clerk", township_id, frozenset({Role.CLERK}))
    with database.writing() as session:
        for life in people_over_time.lives(session, township_id):
            for service in life.services:
                day = service.span.first + timedelta(days=dice.randrange(service.span.days))
                terms = Terms(service.group, "编外二", "", service.exempt, service.roles)
                restate(Desk.open(session, office, NOON), life.id, day, terms, "试行")
                splits += 1
    return splits


@pytest.mark.parametrize("seed", range(300, 310))
def test_a_stretch_of_service_that_is_split_weighs_what_it_weighed(
    seed: int, sqlite_database: Database, tmp_path: Path
) -> None:
    sheets, ratings = random_township(seed)
    township_id = imported(sqlite_database, *written(sheets, ratings, tmp_path))
    assert split_services(sqlite_database, township_id, seed)
    for as_of in as_of_days(sheets, seed):
        plainly = plain_scorer.score(sheets, ratings, as_of)
        assert portal_results(sqlite_database, township_id, as_of) == plainly


def made(questions: list[Row], name: str) -> form.Edition:
    """The portal's form of these questions, as a clerk would have typed it."""
    asked = {row["题"]: row for row in questions}
    typed: dict[str, str] = {}
    for field in form_fields.fields():
        row = asked.get(field.question.column)
        if row is None:
            continue
        words = field.option.words if field.option else ""
        own = {
            Part.USE: "y",
            Part.TEXT: field.question.column + "？",
            Part.WEIGHT: str(row["权重"]),
            Part.POINTS: str(row["选项"].get(words)),
        }
        typed[field.key] = own[field.part]
    edition, faults = form_fields.read(typed, name)
    assert edition is not None, faults
    return edition


@pytest.mark.parametrize("seed", range(400, 416))
def test_forms_of_the_townships_own_are_worth_the_same_by_both_scorers(
    seed: int, sqlite_database: Database, tmp_path: Path
) -> None:
    """The standard form and two others, side by side in every quarter, also of one respondent."""
    sheets, ratings = random_township(seed)
    dice = Random(seed)
    township_id = imported(sqlite_database, written(sheets, [], tmp_path)[0])
    sheets["问卷"] = []
    forms: dict[str, list[Row]] = {}
    with sqlite_database.writing() as session:
        for _ in range(2):
            questions = random_form(dice)
            edition = made(questions, "塔石镇")
            editions.kept(session, township_id, edition)
            forms[form.title(edition.key)] = questions
            sheets["问卷"] += [row | {"问卷": form.title(edition.key)} for row in questions]
        known = editions.in_force(session, township_id)
    answered = []
    for row in ratings:
        name = dice.choice([None, *forms])
        answered.append(row if name is None else answered_on(dice, row, forms[name]) | {"问卷": name})
    columns = dict.fromkeys(row["题"] for row in sheets["问卷"] if row["题"] not in RATING_COLUMNS)
    write_ratings(answered, tmp_path / "own.csv", (*columns, "问卷"))
    reading = read_ratings(tmp_path / "own.csv", {row["村社代码"] for row in sheets["村社"]}, known)
    assert reading.faults == ()
    with sqlite_database.writing() as session:
        import_ratings(session, township_id, reading.rows, form.STANDARD, operator(township_id))
    for as_of in as_of_days(sheets, seed):
        plainly = plain_scorer.score(sheets, answered, as_of)
        assert portal_results(sqlite_database, township_id, as_of) == plainly


# -- the real township ---------------------------------------------------------------------------------------------

PUBLISHED = [("expected.json", date(2026, 12, 31)), ("expected-2026-05-20.json", date(2026, 5, 20))]


def published(name: str) -> Results:
    results: Results = json.loads((DATA / name).read_text(encoding="utf-8"))
    return results


def test_the_real_township_has_its_published_results_on_every_database(database: Database) -> None:
    township_id = import_tashi(database)
    for name, as_of in PUBLISHED:
        told = portal_results(database, township_id, as_of)
        assert told == published(name)
        assert list(told["teams"]) == list(published(name)["teams"])


def test_the_workbook_as_a_clerk_keeps_it_gives_the_same_results(sqlite_database: Database) -> None:
    township_id = imported(sqlite_database, DATA / "messy.xlsx", DATA / "ratings.csv")
    for name, as_of in PUBLISHED:
        assert portal_results(sqlite_database, township_id, as_of) == published(name)


def test_a_day_after_the_period_means_its_last_day(sqlite_database: Database) -> None:
    township_id = import_tashi(sqlite_database)
    assert portal_results(sqlite_database, township_id, date(2027, 6, 1)) == published("expected.json")
