"""The demo township keeps its promises on every day of a year."""

import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from statistics import mean

import openpyxl
import pytest

from portal.core.book import PARTY_COMMITTEE, Book, CadreRow, MarkKind, RatingRow, Role, Way
from portal.core.days import Quarter, Span, quarter_of
from portal.core.form import STANDARD
from portal.demo import NOTICE, words
from portal.demo.generator import DemoYear, demo_years

# the first day, a leap day, the day after somebody left and the day of a newcomer, any day, the last day
TODAYS = (
    date(2026, 1, 1),
    date(2028, 2, 29),
    date(2026, 7, 1),
    date(2027, 3, 2),
    date(2026, 11, 22),
    date(2026, 12, 31),
)
NOVEMBER = date(2026, 11, 22)
WORKBOOK = Path(__file__).parent.parent / "data" / "township.xlsx"
ONE_DAY = timedelta(days=1)
DAY_LIMIT = timedelta(hours=24)

Years = dict[date, tuple[DemoYear, DemoYear]]


@pytest.fixture(scope="module")
def years() -> Years:
    return {today: demo_years(today) for today in TODAYS}


@pytest.fixture(scope="module")
def told(years: Years) -> list[tuple[date, DemoYear]]:
    """(the first day not told, year) for every year of every today."""
    pairs = []
    for today, (last_year, this_year) in years.items():
        pairs += [(date(today.year, 1, 1), last_year), (today, this_year)]
    return pairs


@pytest.fixture(scope="module")
def finished(years: Years) -> DemoYear:
    return years[NOVEMBER][0]


@pytest.fixture(scope="module")
def running(years: Years) -> DemoYear:
    return years[NOVEMBER][1]


def test_every_year_has_the_promised_size(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        book = year.book
        assert len(book.cadres) == 95
        assert [row.name for row in book.modules] == list(words.MODULES)
        assert (len(book.teams), len(book.villages), len(book.task_forces)) == (13, 26, 4)
        assert {row.group for row in book.cadres} == {"班子成员", "中层干部", "一般干部", "编外"}
        assert {row.staffing for row in book.cadres} == {"公务员", "事业", "编外", "派驻"}
        assert sum(row.exempt for row in book.cadres) == 2


def test_posts_reach_from_light_to_hard(running: DemoYear) -> None:
    coefficients = [row.coefficient for row in running.book.posts]
    assert 18 <= len(coefficients) <= 24
    assert (min(coefficients), max(coefficients)) == (Decimal("0.90"), Decimal("1.30"))
    assert {row.post for row in running.book.cadres} == {row.name for row in running.book.posts}


def test_the_periods_are_the_two_calendar_years(years: Years) -> None:
    for today, pair in years.items():
        for year, number in zip(pair, (today.year - 1, today.year), strict=True):
            period = year.book.period
            assert (period.township, period.township_code, period.county) == ("塔石镇", "330825111", "龙游县")
            assert period.name == f"{number}年度"
            assert period.span == Span(date(number, 1, 1), date(number, 12, 31))


def test_the_villages_are_the_real_ones(running: DemoYear) -> None:
    sheet = openpyxl.load_workbook(WORKBOOK, read_only=True)["村社"]
    real = {(str(row[0]), row[1]) for row in sheet.iter_rows(min_row=2, values_only=True) if row[0]}
    assert {(row.code, row.name) for row in running.book.villages} == real


def test_equal_arguments_give_equal_years_in_every_process(years: Years) -> None:
    program = (
        "from datetime import date; from hashlib import sha256; from portal.demo.generator import demo_years;"
        "print(sha256(repr(demo_years(date(2026, 11, 22))).encode()).hexdigest())"
    )
    environment = os.environ | {"PYTHONHASHSEED": "1"}
    said = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == sha256(repr(years[NOVEMBER]).encode()).hexdigest()


def test_another_seed_gives_other_people_in_the_same_villages(years: Years) -> None:
    _, other = demo_years(NOVEMBER, seed=7)
    _, this_year = years[NOVEMBER]
    assert other.book.villages == this_year.book.villages
    assert [row.name for row in other.book.cadres] != [row.name for row in this_year.book.cadres]
    assert other.ratings != this_year.ratings


def test_last_year_is_the_same_on_every_day_of_this_year(years: Years) -> None:
    for today in (date(2026, 1, 1), date(2026, 12, 31)):
        assert years[today][0] == years[NOVEMBER][0]


def test_a_later_day_only_adds(years: Years) -> None:
    earlier, later = years[NOVEMBER][1], years[date(2026, 12, 31)][1]
    assert later.ratings[: len(earlier.ratings)] == earlier.ratings
    assert set(earlier.book.marks) < set(later.book.marks)
    assert set(earlier.book.bonuses) < set(later.book.bonuses)
    for before, after in zip(earlier.book.cases, later.book.cases, strict=False):
        assert (before.number, before.village, before.opened_at) == (
            after.number,
            after.village,
            after.opened_at,
        )
        assert before.answered_at in (None, after.answered_at)
        assert before.finished_at in (None, after.finished_at)


def _happened(year: DemoYear) -> Iterator[date]:
    """Every day on which something is told to have happened, the year's own first and last day left out."""
    book = year.book
    yield from (row.day for row in (*book.moves, *book.marks, *book.contests))
    yield from (row.time.date() for row in year.ratings)
    for case in book.cases:
        yield from (t.date() for t in (case.opened_at, case.answered_at, case.finished_at) if t)
    for row in (*book.cadres, *book.extra_posts, *book.members, *book.links, *book.task_forces):
        yield from {row.first_day, row.last_day} - {book.period.first_day, book.period.last_day}


def test_nothing_is_told_from_today_on(told: list[tuple[date, DemoYear]]) -> None:
    for until, year in told:
        assert all(year.book.period.first_day <= day < until for day in _happened(year))


def test_on_new_years_day_nothing_has_happened_yet(years: Years) -> None:
    _, year = years[date(2026, 1, 1)]
    assert not list(_happened(year))
    assert len(year.book.links) == 26
    assert {row.mark for row in (*year.book.tasks, *year.book.governance)} == {None}


def test_every_reference_resolves(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        book = year.book
        cadres = {row.number for row in book.cadres}
        posts = {row.name for row in book.posts}
        modules = {row.name for row in book.modules}
        teams = {row.name for row in book.teams}
        villages = {row.code for row in book.villages}
        forces = {row.name for row in book.task_forces}
        named: Iterable[tuple[set[str], set[str]]] = (
            ({row.cadre for row in (*book.extra_posts, *book.moves, *book.members, *book.bonuses)}, cadres),
            ({row.cadre for row in (*book.tasks, *book.marks)}, cadres),
            ({row.marker for row in book.marks}, cadres | {PARTY_COMMITTEE}),
            ({row.leader for row in (*book.teams, *book.task_forces)}, cadres),
            ({row.post for row in (*book.cadres, *book.extra_posts, *book.tasks)}, posts),
            ({row.post for row in book.moves}, posts | {""}),
            ({row.module for row in (*book.cadres, *book.contests)}, modules),
            ({row.module for row in book.moves}, modules | {""}),
            ({row.team for row in (*book.members, *book.links, *book.governance)}, teams),
            ({row.village for row in (*book.links, *book.cases, *year.ratings)}, villages),
            ({row.task_force for row in book.bonuses}, forces),
        )
        for place, (said, there) in enumerate(named):
            assert said <= there, place


def test_every_key_is_unique(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        book = year.book
        keys: list[list[object]] = [
            [row.code for row in book.villages],
            *(
                [row.name for row in rows]
                for rows in (book.modules, book.posts, book.teams, book.task_forces)
            ),
            [row.number for row in book.cadres],
            [row.name for row in book.cadres],
            [row.phone for row in book.cadres],
            [row.number for row in book.cases],
            [(row.cadre, row.post) for row in book.extra_posts],
            [(row.cadre, row.day) for row in book.moves],
            [(row.team, row.cadre) for row in book.members],
            [(row.team, row.village) for row in book.links],
            [(row.cadre, row.post, row.name) for row in book.tasks],
            [(row.cadre, row.kind, row.day) for row in book.marks],
            [(row.day, row.module) for row in book.contests],
            [(row.team, row.item) for row in book.governance],
            [(row.task_force, row.cadre) for row in book.bonuses],
        ]
        for rows in keys:
            assert [key for key, times in Counter(rows).items() if times > 1] == []


def test_people_are_evidently_invented(running: DemoYear) -> None:
    assert "演示" in NOTICE
    for row in running.book.cadres:
        assert re.fullmatch(r"5111\d{3}", row.number)
        assert re.fullmatch(r"[\u4e00-\u9fff]{2,3}", row.name)
        assert re.fullmatch(r"1990000\d{4}", row.phone)


def test_the_same_people_serve_in_both_years_but_for_a_few(finished: DemoYear, running: DemoYear) -> None:
    before = {row.number: row for row in finished.book.cadres}
    now = {row.number: row for row in running.book.cadres}
    assert 3 <= len(before.keys() - now.keys()) <= 6
    assert 3 <= len(now.keys() - before.keys()) <= 6
    assert all(before[number].last_day.month < 12 for number in before.keys() - now.keys())
    for number in before.keys() & now.keys():
        kept = ("name", "phone", "group", "roles", "staffing", "exempt")
        assert all(getattr(before[number], field) == getattr(now[number], field) for field in kept)


def test_a_year_goes_on_where_the_one_before_ended(finished: DemoYear, running: DemoYear) -> None:
    last, first = finished.book.period.last_day, running.book.period.first_day
    before = {row.village: row.team for row in finished.book.links if row.last_day == last}
    assert before == {row.village: row.team for row in running.book.links if row.first_day == first}
    stayed = {row.number for row in finished.book.cadres} & {row.number for row in running.book.cadres}
    now = {row.number: row for row in running.book.cadres}
    for row in finished.book.cadres:
        if row.number in stayed:
            assert _place_on(finished.book, row, last) == (now[row.number].post, now[row.number].module)
    ended = {(row.cadre, row.team) for row in finished.book.members if row.last_day == last}
    begun = {(row.cadre, row.team) for row in running.book.members if row.first_day == first}
    assert {pair for pair in begun if pair[0] in stayed} <= ended


def test_both_years_have_their_changes(finished: DemoYear, running: DemoYear) -> None:
    for year in (finished, running):
        book = year.book
        assert any(row.post and row.module for row in book.moves)
        assert any(row.post and not row.module for row in book.moves)
        assert any(row.module and not row.post for row in book.moves)
        assert len(book.extra_posts) >= 4
        assert len({row.cadre for row in book.members}) == 95
        assert len(book.members) >= 100
        changed = [row.first_day for row in book.links if row.first_day > book.period.first_day]
        assert len(changed) >= 3
        assert all(quarter_of(day).span.first < day for day in changed)
    assert any(row.last_day < running.book.period.last_day for row in running.book.cadres)


def test_every_cadre_has_post_module_and_team_while_serving(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        book = year.book
        for row in book.cadres:
            assert row.post
            assert row.module
            spans = sorted((m.first_day, m.last_day) for m in book.members if m.cadre == row.number)
            assert spans[0][0] == row.first_day
            assert max(last for _, last in spans) == row.last_day
            for (_, last), (first, _) in pairwise(spans):
                assert first <= last + ONE_DAY


def _place_on(book: Book, cadre: CadreRow, day: date) -> tuple[str, str]:
    """(post, module) on a day, by the rows alone."""
    post, module = cadre.post, cadre.module
    for move in book.moves:
        if move.cadre == cadre.number and move.day <= day:
            post, module = move.post or post, move.module or module
    return post, module


def test_modules_and_teams_have_their_leaders(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        book = year.book
        leaders = [row for row in book.cadres if Role.MODULE_LEADER in row.roles]
        assert sorted(row.module for row in leaders) == sorted(words.MODULES)
        assert not {row.number for row in leaders} & {move.cadre for move in book.moves}
        heads = {row.number for row in book.cadres if Role.TEAM_LEADER in row.roles}
        assert {row.leader for row in book.teams} == heads
        whole_year = {
            (row.team, row.cadre)
            for row in book.members
            if Span(row.first_day, row.last_day) == book.period.span
        }
        assert {(row.name, row.leader) for row in book.teams} <= whole_year
        assert {row.number for row in leaders} & heads
        assert {row.number for row in leaders} - heads


def test_offices_are_held_once_and_apart(running: DemoYear) -> None:
    held = {role: {row.number for row in running.book.cadres if role in row.roles} for role in Role}
    assert len(held[Role.CLERK]) == len(held[Role.TOWNSHIP_ADMIN]) == 1
    assert len(held[Role.APPROVER]) == 2
    assert not held[Role.APPROVER] & (held[Role.TOWNSHIP_ADMIN] | held[Role.CLERK])
    own_teams = [row.team for row in running.book.members if row.cadre in held[Role.APPROVER]]
    assert len(set(own_teams)) == 2, "each approver must be able to decide what moves the other's team"


def test_a_leaders_contribution_factor_is_one(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        leaders = {(row.name, row.leader) for row in year.book.teams}
        factors = {(row.team, row.cadre): row.factor for row in year.book.members}
        assert all(factors[pair] == 1 for pair in leaders)
        assert all(Decimal("0.9") <= factor <= Decimal("1.1") for factor in factors.values())
        assert len(set(factors.values())) > 3


def test_a_village_has_at_most_one_team_on_a_day(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        spans = defaultdict(list)
        for row in year.book.links:
            assert row.first_day <= row.last_day
            spans[row.village].append((row.first_day, row.last_day))
        assert len(spans) == 26
        for links in spans.values():
            links.sort()
            assert all(last < first for (_, last), (first, _) in pairwise(links))
        now = {row.team for row in year.book.links if row.last_day == year.book.period.last_day}
        assert len(now) == 13


def test_a_village_is_without_a_team_for_some_days_once(finished: DemoYear) -> None:
    days = sum(Span(row.first_day, row.last_day).days for row in finished.book.links)
    assert 0 < 26 * finished.book.period.span.days - days < 15


def test_marks_are_given_by_the_modules_leader_and_never_by_oneself(
    told: list[tuple[date, DemoYear]],
) -> None:
    for _, year in told:
        book = year.book
        cadres = {row.number: row for row in book.cadres}
        leader = {row.module: row.number for row in book.cadres if Role.MODULE_LEADER in row.roles}
        for mark in book.marks:
            cadre = cadres[mark.cadre]
            assert mark.marker != mark.cadre
            leads = Role.MODULE_LEADER in cadre.roles
            wanted = PARTY_COMMITTEE if leads else leader[_place_on(book, cadre, mark.day)[1]]
            assert mark.marker == wanted


def test_marks_lie_within_bounds_and_service(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        book = year.book
        service = {row.number: Span(row.first_day, row.last_day) for row in book.cadres}
        assert all(row.day in service[row.cadre] for row in book.marks)
        marks = [row.mark for row in (*book.marks, *book.tasks, *book.governance) if row.mark is not None]
        assert all(Decimal(50) <= mark < Decimal(100) and mark == round(mark, 1) for mark in marks)
        assert all(abs(row.points) <= 2 for row in book.contests)
        assert all(row.weight > 0 for row in (*book.tasks, *book.governance))
        assert all(row.points * 2 in range(1, 11) for row in book.bonuses)


def test_who_is_not_appraised_is_not_marked(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        book = year.book
        exempt = {row.number for row in book.cadres if row.exempt}
        assert not exempt & {row.cadre for row in (*book.marks, *book.tasks, *book.bonuses)}


def test_marks_come_monthly_quarterly_and_at_the_years_end(finished: DemoYear) -> None:
    kinds = Counter((row.cadre, row.kind) for row in finished.book.marks)
    whole = [row.number for row in finished.book.cadres if not row.exempt and _whole_year(finished, row)]
    assert all(8 <= kinds[number, MarkKind.DAILY] <= 18 for number in whole)
    assert all(kinds[number, MarkKind.STAGE] == 4 for number in whole)
    assert all(kinds[number, MarkKind.ANNUAL] == 1 for number in whole)


def _whole_year(year: DemoYear, row: CadreRow) -> bool:
    return Span(row.first_day, row.last_day) == year.book.period.span


def test_annual_marks_are_given_in_december_or_on_a_leavers_last_day(
    told: list[tuple[date, DemoYear]],
) -> None:
    for until, year in told:
        left = {row.number: row.last_day for row in year.book.cadres if not _whole_year(year, row)}
        for row in year.book.marks:
            if row.kind is MarkKind.ANNUAL and left.get(row.cadre) != row.day:
                assert row.day.month == 12
                assert until > year.book.period.last_day


def test_no_dimension_is_missing_in_a_finished_year(finished: DemoYear) -> None:
    book = finished.book
    marked = {(row.cadre, row.post) for row in book.tasks if row.mark is not None}
    kinds = {(row.cadre, row.kind) for row in book.marks}
    for row in book.cadres:
        if not row.exempt:
            assert (row.number, row.post) in marked
            assert {kind for number, kind in kinds if number == row.number} == set(MarkKind)
    held = {(row.cadre, row.post) for row in (*book.moves, *book.extra_posts) if row.post}
    assert held <= marked
    assert all(row.mark is not None for row in (*book.tasks, *book.governance))


def test_a_running_year_waits_for_some_marks(years: Years) -> None:
    for today in (NOVEMBER, date(2026, 12, 31)):
        book = years[today][1].book
        assert 0.05 < mean(row.mark is None for row in book.tasks) < 0.4
        assert 0 < sum(row.mark is None for row in book.governance) < 20


def test_governance_has_its_three_items_for_every_team(running: DemoYear) -> None:
    weights = {(row.item, int(row.weight)) for row in running.book.governance}
    assert weights == {("平安建设", 40), ("防汛防灾", 20), ("环境整治", 40)}
    assert len(running.book.governance) == 39


def test_contests_are_held_once_a_quarter(finished: DemoYear, running: DemoYear) -> None:
    assert {quarter_of(row.day).number for row in finished.book.contests} == {1, 2, 3, 4}
    assert {quarter_of(row.day).number for row in running.book.contests} == {1, 2, 3}
    assert len(finished.book.contests) == 20
    assert len(running.book.contests) == 15


def test_bonuses_are_about_thirty_a_year(years: Years) -> None:
    assert 26 <= len(years[NOVEMBER][0].book.bonuses) <= 32
    assert 22 <= len(years[NOVEMBER][1].book.bonuses) <= 29
    assert 2 <= len(years[date(2028, 2, 29)][1].book.bonuses) <= 7


def test_cases_are_numbered_in_order_of_the_time_they_came(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        cases, number = year.book.cases, year.book.period.first_day.year
        assert [row.number for row in cases] == [f"{number}-{n:04d}" for n in range(1, len(cases) + 1)]
        assert [row.opened_at for row in cases] == sorted(row.opened_at for row in cases)
        for row in cases:
            assert 7 <= row.opened_at.hour < 21
            assert row.answered_at is None or row.opened_at < row.answered_at
            assert row.finished_at is None or (row.answered_at and row.answered_at <= row.finished_at)
            assert row.finished_at or (row.confirmed is None and row.level is None)
            assert not any(t and t.microsecond for t in (row.opened_at, row.answered_at, row.finished_at))


def test_most_cases_are_answered_in_time_but_not_all(finished: DemoYear) -> None:
    cases = finished.book.cases
    assert 140 <= len(cases) <= 160
    waits = [row.answered_at - row.opened_at for row in cases if row.answered_at]
    assert 0.75 < sum(wait <= DAY_LIMIT for wait in waits) / len(cases) < 0.97
    assert any(wait > DAY_LIMIT for wait in waits)
    assert len(waits) < len(cases)
    assert {row.confirmed for row in cases} == {True, False, None}
    assert {row.level for row in cases} >= {None, 5, 4, 3}
    assert 0 < sum(row.not_counted for row in cases) < 12


def test_ratings_come_in_the_promised_number(years: Years) -> None:
    for today, (last_year, this_year) in years.items():
        assert 6000 <= len(last_year.ratings) < 8000
        elapsed = (today - date(today.year, 1, 1)).days / 365
        assert 6000 * elapsed <= len(this_year.ratings) <= 8000 * elapsed


@pytest.mark.parametrize("month", range(2, 13))
def test_ratings_keep_up_with_every_month(years: Years, month: int) -> None:
    ratings = years[date(2026, 12, 31)][1].ratings
    today = date(2026, month, 1)
    so_far = sum(row.time.date() < today for row in ratings)
    assert so_far >= 6000 * (today - date(2026, 1, 1)).days / 365


def test_ratings_stand_in_order_of_time_and_answer_the_form(told: list[tuple[date, DemoYear]]) -> None:
    for _, year in told:
        times = [row.time for row in year.ratings]
        assert times == sorted(times)
        assert all(isinstance(t, datetime) and t.tzinfo is None and not t.microsecond for t in times)
        answers = {row.answers for row in year.ratings}
        assert all(STANDARD.canonical(dict(said)) == said for said in answers)
        assert all(dict(said).get("overall") for said in answers)
        assert sum(STANDARD.value(said) is None for said in answers) < 20


def _voices(ratings: Iterable[RatingRow]) -> Counter[tuple[str, Quarter, str]]:
    return Counter((row.village, quarter_of(row.time.date()), row.respondent) for row in ratings)


def test_ways_repeats_and_comments_have_their_shares(finished: DemoYear, running: DemoYear) -> None:
    for year in (finished, running):
        whole = len(year.ratings)
        ways = Counter(row.way for row in year.ratings)
        assert ways[Way.WECHAT] / whole == pytest.approx(0.45, abs=0.04)
        assert ways[Way.ANONYMOUS] / whole == pytest.approx(0.35, abs=0.04)
        assert ways[Way.PAPER] / whole == pytest.approx(0.20, abs=0.04)
        assert 1 - len(_voices(year.ratings)) / whole == pytest.approx(0.08, abs=0.02)
        assert mean(bool(row.comment) for row in year.ratings) == pytest.approx(0.06, abs=0.015)


def test_a_respondent_speaks_for_one_village_in_one_way(finished: DemoYear, running: DemoYear) -> None:
    both = (*finished.ratings, *running.ratings)
    seen = {row.respondent: (row.village, row.way) for row in both}
    assert all(seen[row.respondent] == (row.village, row.way) for row in both)
    assert all(re.fullmatch(r"p\d{10}", respondent) for respondent in seen)
    returning = {row.respondent for row in finished.ratings} & {row.respondent for row in running.ratings}
    assert {seen[respondent][1] for respondent in returning} == {Way.WECHAT}


def test_comments_are_many_different_sentences_without_figures(finished: DemoYear) -> None:
    said = {row.comment for row in finished.ratings if row.comment}
    assert len({*words.THANKS, *words.WISHES, *words.COMPLAINTS}) >= 60
    assert len(said) >= 55
    assert not [comment for comment in said if re.search(r"[0-9A-Za-z]", comment)]


def test_content_residents_give_thanks_and_others_complain(finished: DemoYear) -> None:
    said = {(row.comment, dict(row.answers)["overall"]) for row in finished.ratings if row.comment}
    assert not [pair for pair in said if pair[0] in words.THANKS and pair[1] in "12"]
    assert not [pair for pair in said if pair[0] in words.COMPLAINTS and pair[1] in "45"]
    assert {comment for comment, _ in said} & set(words.COMPLAINTS)


def test_some_village_quarters_are_too_thin_to_show(finished: DemoYear, running: DemoYear) -> None:
    for year in (finished, running):
        cells = Counter((village, quarter.number) for village, quarter, _ in _voices(year.ratings))
        closed = {
            (row.code, quarter): cells[row.code, quarter]
            for row in year.book.villages
            for quarter in (1, 2, 3)
        }
        assert sum(count == 0 for count in closed.values()) == 1
        assert 3 <= sum(0 < count < 5 for count in closed.values()) <= 10


def test_one_village_quarter_is_flooded_by_anonymous_voices(finished: DemoYear, running: DemoYear) -> None:
    for year in (finished, running):
        days = Counter((row.village, row.time.date()) for row in year.ratings if row.way is Way.ANONYMOUS)
        flooded = [(village, day) for (village, day), count in days.items() if count > 40]
        assert len({village for village, _ in flooded}) == 1
        assert len(flooded) == 2


def test_villages_differ_in_size_and_teams_in_what_residents_say(finished: DemoYear) -> None:
    counts = Counter(row.village for row in finished.ratings)
    assert max(counts.values()) > 2 * min(counts.values())
    values = defaultdict(list)
    stays = Counter(row.village for row in finished.book.links)
    team = {row.village: row.team for row in finished.book.links if stays[row.village] == 1}
    for row in finished.ratings:
        value = STANDARD.value(row.answers)
        if value is not None and row.village in team:
            values[team[row.village]].append(float(value))
    means = sorted(mean(of_team) for of_team in values.values())
    assert 60 < means[0] < 75
    assert 87 < means[-1] < 97


def test_every_row_is_a_plain_tuple_of_rows(running: DemoYear) -> None:
    for field in fields(Book):
        if field.name != "period":
            rows = getattr(running.book, field.name)
            assert isinstance(rows, tuple)
            assert rows, field.name
