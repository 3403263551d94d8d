"""A cadre's own page: the score, its arithmetic to the last leaf, and nobody else's business."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

import pytest
from sqlalchemy.orm import Session

from portal.actions import results
from portal.actions.ratings import import_ratings
from portal.actions.results import TownshipResult, shown_results
from portal.core import form
from portal.core.book import RatingRow, Role, Way
from portal.core.exact import rounded
from portal.core.form import STANDARD
from portal.core.plan import Plan, to_json
from portal.store import editions, townships
from portal.store.appraisal import PlanVersion
from portal.store.organisation import Township
from tests.conftest import NOON, operator, tashi_book
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import COMMUNITY, STREET, STREET_CODE, TASHI, VILLAGE, user
from tests.web.pages import visible_text
from tests.web.reading import chain, dimensions, number, parts_of_class, sums
from tests.web.sending import send

ADMIN, CADRE = user(Role.TOWNSHIP_ADMIN, TASHI), user(Role.CADRE, TASHI)
QUARTER_ENDS = ("2026-03-31", "2026-06-30", "2026-09-30")
TODAY = "2026-11-22"
CELL = re.compile(r"(\S+) (2026年.季度)：(\d+) 人评")
REST = re.compile(r"其余村季合计（([^）]+)）：(\d+) 个村季，(不足 5|\d+) 人评")


def shown(portal: Portal, township_id: int, station: date | None = None) -> TownshipResult:
    with portal.database.reading() as session:
        township = townships.by_id(session, township_id)
        return shown_results(session, township, None, station, portal.clock())


def set_batch(portal: Portal, township_id: int, batch: int) -> None:
    with portal.database.writing() as session:
        (period,) = townships.periods(session, township_id)
        session.add(
            PlanVersion(
                township_id=township_id,
                period_id=period.id,
                number=2,
                parameters=to_json(Plan(release_batch=batch)),
                reason="试一试",
                made_at=NOON,
            )
        )


@pytest.fixture
def remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Count each station once, however many pages are opened: for tests that read everybody's page."""
    known: dict[tuple[int, str | None, date | None], TownshipResult] = {}

    def once(
        session: Session, township: Township, period: str | None, station: date | None, now: datetime
    ) -> TownshipResult:
        key = (township.id, period, station)
        if key not in known:
            known[key] = results.shown_results(session, township, period, station, now)
        return replace(known[key], township=township)

    monkeypatch.setattr("portal.web.scores.shown_results", once)


def everybody(portal: Portal) -> list[str]:
    """Everybody's page of the real township, as the administrator reads it today."""
    client = portal.staff(ADMIN)
    numbers = [score.number for score in shown(portal, portal.filled.tashi).result.cadres]
    with client.unchecked():
        return [client.page(f"/admin/results/{number}") for number in numbers]


def test_the_total_is_what_the_page_says_it_is_made_of(portal: Portal) -> None:
    page = portal.staff(CADRE).page("/me")
    (figure, total) = (parts_of_class(page, "figure")[0], sums(page)[0])
    written = re.fullmatch(
        r"总分 = \(40×([\d.]+) \+ 30×([\d.]+) \+ 30×([\d.]+)\) ÷ 100 \+ ([\d.]+) = ([\d.]+)", total
    )
    assert written, total
    post, module, team, bonus, sum_ = map(Fraction, written.groups())
    assert rounded((40 * post + 30 * module + 30 * team) / 100 + bonus) == sum_ == Fraction(figure)
    assert list(dimensions(page).items()) == list(
        zip(("post", "module", "team", "bonus"), written.groups()[:4], strict=True)
    )


@pytest.mark.usefixtures("remembered")
def test_every_sum_on_everybodys_page_comes_out_on_a_pocket_calculator(portal: Portal) -> None:
    """Four decimals are shown, so two sides may differ by what was rounded away; totals must be exact."""
    lines = 0
    for page in everybody(portal):
        for line in sums(page):
            sides = chain(line)
            lines += len(sides) > 1
            for left, right in pairwise(sides):
                slack = (
                    Fraction("0.005") if "四舍五入" in line or line.startswith("总分") else Fraction("0.001")
                )
                assert abs(left - right) <= slack, line
        total = next(line for line in sums(page) if line.startswith("总分"))
        exact, told = chain(total)
        assert rounded(exact) == told, total
    assert lines > 1000


@pytest.mark.usefixtures("remembered")
def test_the_office_and_the_cadre_read_the_same_explanation(portal: Portal) -> None:
    own = portal.staff(CADRE).page("/me")
    office = portal.staff(ADMIN).page(f"/admin/results/{portal.filled.cadre}")
    assert sums(own) == sums(office)
    assert dimensions(own) == dimensions(office)


def test_the_own_page_names_no_colleague_and_no_rank(portal: Portal) -> None:
    words = visible_text(portal.staff(CADRE).page("/me"))
    own = next(row for row in tashi_book().cadres if row.number == portal.filled.cadre)
    assert own.name in words
    others = [row for row in tashi_book().cadres if row.number != own.number]
    assert not [row.number for row in others if row.number in words]
    assert not [row.name for row in others if row.name in words]
    assert not re.search(r"名次|总名次|组内第|第 ?\d+ ?名|排名", words)


def test_the_own_page_tells_the_band_of_the_group_and_nothing_for_the_last(portal: Portal) -> None:
    band = re.search(r"里位于前 (\d+) %", portal.staff(CADRE).page("/me"))
    assert band is None or band.group(1) in {"20", "50", "80"}


def test_one_fresh_voice_moves_nothing_while_voices_are_released_in_batches(portal: Portal) -> None:
    client = portal.staff(CADRE)
    before = parts_of_class(client.page("/me"), "inside")
    sent = send(portal.visitor(), portal.form(), q_overall="1", q_visited="no", q_solved="ignored")
    assert sent.status_code == 303
    for _ in range(2):
        page = client.page("/me")
        assert parts_of_class(page, "inside") == before
        assert "每村满 5 人一批" in page
        portal.clock.turn(hours=11)  # until the end of the day


def test_one_fresh_voice_counts_at_once_with_the_demos_setting(portal: Portal) -> None:
    set_batch(portal, portal.filled.tashi, 1)
    client = portal.staff(CADRE)
    name = next(row.name for row in tashi_book().villages if row.code == portal.filled.village)

    def heard() -> int:
        cells = {cell[:2]: int(cell[2]) for cell in CELL.findall(visible_text(client.page("/me")))}
        return cells[name, "2026年四季度"]

    before, score = heard(), dimensions(client.page("/me"))["team"]
    send(portal.visitor(), portal.form(), q_overall="1", q_visited="no", q_contact="no", q_solved="ignored")
    assert heard() == before + 1
    after = number(dimensions(client.page("/me"))["team"])
    assert after is not None
    assert after < Fraction(score)
    assert "收到就计入" in client.page("/me")


@pytest.mark.usefixtures("remembered")
@pytest.mark.parametrize("station", [*QUARTER_ENDS, TODAY])
def test_no_village_quarter_under_five_voices_stands_alone_anywhere(portal: Portal, station: str) -> None:
    result = shown(portal, portal.filled.tashi, date.fromisoformat(station)).result
    client, seen, hidden = portal.staff(ADMIN), set(), 0
    for cadre in result.cadres:
        teams = tuple(dict.fromkeys(member.team for member in cadre.team.memberships))
        if teams in seen or not teams:
            continue
        seen.add(teams)
        with client.unchecked():
            words = visible_text(client.page(f"/admin/results/{cadre.number}?as_of={station}"))
        cells = [cell for team in teams for cell in result.teams[team].mass.cells]
        small = [cell for cell in cells if cell.ballot.count < 5]
        hidden += len(small)
        assert not [cell for cell in CELL.findall(words) if int(cell[2]) < 5]
        large = Counter((c.village.name, c.quarter.words) for c in cells if c.ballot.count >= 5)
        alone = Counter((name, quarter) for name, quarter, _ in CELL.findall(words))
        assert alone <= large, "a small cell stands alone"
        if small:
            gathered = {quarter for line in REST.findall(words) for quarter in line[0].split("、")}
            assert {cell.quarter.words for cell in small} <= gathered
        assert all(int(line[1]) >= 2 and not line[2].startswith("不足") for line in REST.findall(words))
    assert len(seen) >= len({member.team for cadre in result.cadres for member in cadre.team.memberships})
    assert hidden or station != TODAY, "the filled township has small cells to hide"


def test_two_cells_are_one_line_when_one_of_them_is_small(portal: Portal) -> None:
    """3 voices of the village, 8 of the community: alone, the second would tell the first by subtraction."""
    words = visible_text(portal.staff(user(Role.CADRE, STREET)).page("/me"))
    assert CELL.findall(words) == []
    assert REST.findall(words) == [("2026年四季度", "2", "11")]


def test_answers_appear_as_counts_of_every_option(portal: Portal) -> None:
    paper = (("solved", "done"), ("overall", "4"))
    more = [RatingRow(VILLAGE, f"more{n}", Way.PAPER, datetime(2026, 10, 9, 9), paper) for n in range(2)]
    with portal.database.writing() as session:
        township = townships.by_code(session, STREET_CODE)
        assert township is not None
        import_ratings(session, township.id, more, form.STANDARD, operator(township.id))
    for _ in range(5):
        send(portal.visitor(), portal.form(VILLAGE), q_overall="2")
    words = visible_text(portal.staff(user(Role.CADRE, STREET)).page("/me"))
    assert ("张家村", "2026年四季度", "10") in CELL.findall(words)
    assert ("太平社区", "2026年四季度", "8") in CELL.findall(words)
    assert "总体：非常满意 0，满意 5，基本满意 0，不满意 5，非常不满意 0，没接触过 0" in words
    assert "走访：来过 5，没来过 0，不清楚 0" in words
    assert "纸质 5 人" in words
    assert "匿名 5 人" in words


def rate_on_two_forms(portal: Portal, later: int) -> str:
    """Five voices on the standard form, then `later` on one that asks less; the page of a cadre of the team."""
    paper = (("visited", "no"), ("overall", "4"))
    own = form.own_edition((STANDARD.questions[0], STANDARD.questions[-1]))
    rows = [
        RatingRow(
            VILLAGE, f"n{n}", Way.PAPER, datetime(2026, 7, 8, 9), paper, edition=own.key if n >= 5 else ""
        )
        for n in range(5 + later)
    ]
    with portal.database.writing() as session:
        editions.kept(session, portal.filled.street, own)
        import_ratings(session, portal.filled.street, rows, form.STANDARD, operator(portal.filled.street))
        others = [replace(row, village=COMMUNITY) for row in rows]
        import_ratings(session, portal.filled.street, others, form.STANDARD, operator(portal.filled.street))
    return visible_text(portal.staff(user(Role.CADRE, STREET)).page("/me?as_of=2026-09-30"))


def test_answers_on_several_forms_are_counted_form_by_form(portal: Portal) -> None:
    words = rate_on_two_forms(portal, 6)
    assert words.count("（6 人答）") == words.count("（5 人答）") == 2
    assert words.index("走访：来过 0，没来过 5，不清楚 0") >= 0
    assert words.index("走访：来过 0，没来过 6，不清楚 0") >= 0
    assert words.count("办事：办好了") == 2


def test_a_form_that_few_answered_hides_the_counts_of_all(portal: Portal) -> None:
    words = rate_on_two_forms(portal, 4)
    assert "9 人评" in words
    assert words.count("其中有一份不足 5 人答") == 2
    assert "走访：" not in words


def test_comments_are_on_no_page_of_scores(portal: Portal) -> None:
    send(portal.visitor(), portal.form(COMMUNITY), comment="只写给镇里看")
    for username, path in (
        (user(Role.CADRE, STREET), "/me"),
        (user(Role.CLERK, STREET), "/admin/results/S09"),
    ):
        assert "只写给镇里看" not in portal.staff(username).page(path)


@pytest.mark.parametrize("path", ["/me", "/admin/results", "/admin/results/{cadre}", "/admin/results.csv"])
@pytest.mark.parametrize(
    ("query", "status"),
    [
        *((f"as_of={end}", 200) for end in (*QUARTER_ENDS, TODAY)),
        *(
            (f"as_of={day}", 404)
            for day in ("2026-11-21", "2026-11-23", "2026-12-31", "2026-03-30", "2025-12-31")
        ),
        *(
            (f"as_of={junk}", 404)
            for junk in ("yesterday", "2026-02-30", "%00", "1", "9999999", "0000-00-00")
        ),
        *((f"period={name}", 404) for name in ("2027年度", "x", "%00", "2026", "")),
        ("period=2026%E5%B9%B4%E5%BA%A6", 200),
        ("period=2026%E5%B9%B4%E5%BA%A6&as_of=2026-06-30", 200),
        ("period=2027%E5%B9%B4%E5%BA%A6&as_of=2026-06-30", 404),
    ],
)
@pytest.mark.usefixtures("remembered")
def test_only_quarter_ends_and_today_may_be_looked_at(
    portal: Portal, path: str, query: str, status: int
) -> None:
    client = portal.staff(CADRE if path == "/me" else ADMIN)
    with client.unchecked():
        response = client.get(f"{path.format(cadre=portal.filled.cadre)}?{query}")
    assert response.status_code == status


def test_a_period_that_has_not_begun_is_not_found_and_before_any_there_is_nothing_yet(portal: Portal) -> None:
    portal.clock.moment = NOON.replace(year=2025)
    assert "还没有数据" in portal.staff(CADRE).page("/me")
    assert "还没有数据" in portal.staff(ADMIN).page("/admin/results")
    portal.staff(ADMIN).page("/admin/results?period=2026%E5%B9%B4%E5%BA%A6", 200)
    for path in ("/admin/results.csv", f"/admin/results/{portal.filled.cadre}"):
        portal.staff(ADMIN).page(path, 404)


@pytest.mark.usefixtures("remembered")
def test_the_page_offers_every_station_and_marks_the_one_that_is_shown(portal: Portal) -> None:
    page = portal.staff(CADRE).page("/me?as_of=2026-06-30")
    offered = re.findall(r'as_of=([\d-]+)"( aria-current="true")?', page)
    assert [day for day, _ in offered] == [TODAY, *reversed(QUARTER_ENDS)]
    assert [day for day, chosen in offered if chosen] == ["2026-06-30"]
    assert "截至2026年6月30日" in page


@pytest.mark.parametrize(("username", "path"), [(Role.CADRE, "/me"), (Role.CLERK, "/admin/results")])
def test_the_number_of_statements_does_not_grow_with_the_ratings(
    portal: Portal, username: Role, path: str
) -> None:
    def statements(client: PageClient) -> int:
        client.page(path)
        return len(client.watch.statements)

    client = portal.staff(user(username, STREET))
    few = statements(client)
    levels = [option.key for option in STANDARD.questions[-1].options]
    rows = [
        RatingRow(
            village, f"n{n}", Way.PAPER, datetime(2026, 4, 1 + n % 28, 9), (("overall", levels[n % 5]),)
        )
        for village in (COMMUNITY, VILLAGE)
        for n in range(200)
    ]
    with portal.database.writing() as session:
        import_ratings(session, portal.filled.street, rows, form.STANDARD, operator(portal.filled.street))
    assert statements(client) == few <= 40
