"""The scoring rules once more, written as plainly as possible.

Nothing here is fast or shared with the portal: days are counted one by one, every number is a `Fraction`, and
every function follows a paragraph of the rules. `score` takes the tables of an import workbook and the ratings,
and gives back what `portal results --format json` prints (cadres and teams).
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

Row = dict[str, Any]
Sheets = dict[str, list[Row]]
Quarter = tuple[int, int]
DIMENSIONS = ("post", "module", "team")

DEFAULT_PLAN: dict[str, Any] = {
    "weights": {"post": 40, "module": 30, "team": 30},
    "group_weights": {},  # 组别 -> the three weights, where a group has its own
    "post_mode": "multiply",  # or "tier"
    "tiers": {},  # 岗位名称 -> tier points, for "tier"
    "module_weights": {"日常": 40, "阶段": 30, "年度": 30},
    "calibration": "none",  # or "mean_shift"
    "team_weights": {"mass": 60, "cases": 25, "governance": 15},
    "case_weights": {"response": 30, "resolution": 40, "satisfaction": 30},
    "verified": "wechat",  # or "none"
    "prior_strength": 10,
}

QUESTIONS: dict[str, tuple[int, dict[str, int | None]]] = {
    "走访": (20, {"来过": 100, "没来过": 0, "不清楚": None}),
    "联系": (10, {"知道": 100, "不知道": 0}),
    "办事": (30, {"办好了": 100, "正在办": 60, "没人管": 0, "没反映过": None}),
    "总体": (
        40,
        {"非常满意": 100, "满意": 85, "基本满意": 70, "不满意": 40, "非常不满意": 0, "没接触过": None},
    ),
}
LEVEL_POINTS = {5: 100, 4: 85, 3: 70, 2: 40, 1: 0}
ANSWER_LIMIT = timedelta(hours=24)
FINISH_LIMIT = timedelta(hours=15 * 24)
CONTEST_CAP = 3
BONUS_CAP = 5


# -- small helpers ---------------------------------------------------------------------------------------------


def round2(value: Fraction | None) -> Fraction | None:
    """To two decimals, half up."""
    return None if value is None else Fraction(floor(value * 100 + Fraction(1, 2)), 100)


def shown(value: Fraction | None) -> str | None:
    """A rounded value as its two-decimal text."""
    if value is None:
        return None
    cents = value * 100
    assert cents.denominator == 1
    assert cents >= 0
    return f"{int(cents) // 100}.{int(cents) % 100:02d}"


def weighted_mean(pairs: Iterable[tuple[Any, Fraction | None]]) -> Fraction | None:
    """Mean of (weight, value) pairs over the values that are there; nothing there gives nothing."""
    there = [(Fraction(weight), value) for weight, value in pairs if value is not None]
    total = sum(weight for weight, _ in there)
    if total == 0:
        return None
    return sum((weight * value for weight, value in there), Fraction(0)) / total


def plain_mean(values: Iterable[Fraction]) -> Fraction | None:
    return weighted_mean((1, value) for value in values)


def held(value: Fraction, low: int, high: int) -> Fraction:
    return min(max(value, Fraction(low)), Fraction(high))


def days_from_to(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def quarter_of(day: date) -> Quarter:
    return day.year, (day.month - 1) // 3 + 1


# -- what everything below looks at ------------------------------------------------------------------------------


@dataclass
class Voice:
    """The one rating of a respondent that counts in a village and a quarter, and what it weighs."""

    village: str
    quarter: Quarter
    when: datetime
    channel: str
    value: Fraction
    weight: Fraction = Fraction(0)


class Township:
    """The tables, the plan, and the days that count."""

    def __init__(self, sheets: Sheets, as_of: date, plan: dict[str, Any] | None) -> None:
        unknown = set(plan or {}) - set(DEFAULT_PLAN)
        if unknown:
            raise ValueError(f"not in a plan: {sorted(unknown)}")
        self.plan = DEFAULT_PLAN | (plan or {})
        self.sheets = sheets
        facts = {row["项目"]: row["内容"] for row in self.rows("考评")}
        self.name: str = facts["乡镇"]
        self.first: date = facts["周期开始"]
        self.last: date = facts["周期结束"]
        if as_of < self.first:
            raise ValueError("as_of is before the period")
        self.as_of = min(as_of, self.last)
        self.now = datetime.combine(self.as_of + timedelta(days=1), time())
        self.days = days_from_to(self.first, self.as_of)
        self.team_on = self._links()

    def rows(self, sheet: str) -> list[Row]:
        return self.sheets.get(sheet, [])

    def covers(self, row: Row, day: date) -> bool:
        """Is the day between the row's first and last day, an empty one being the period's?"""
        return (row.get("开始") or self.first) <= day <= (row.get("结束") or self.last)

    def _links(self) -> dict[tuple[str, date], str]:
        """The team of a village on a day."""
        return {
            (link["村社代码"], day): link["组团名称"]
            for link in self.rows("组团联村")
            for day in self.days
            if self.covers(link, day)
        }

    def service(self, cadre: Row) -> list[date]:
        """The cadre's days of service inside the period, up to as_of, but for those of an absence (缺勤)."""
        away = [row for row in self.rows("缺勤") if row["工号"] == cadre["工号"]]
        return [
            day
            for day in self.days
            if self.covers(cadre, day) and not any(row["开始"] <= day <= row["结束"] for row in away)
        ]

    def on(self, cadre: Row, day: date, what: str) -> str:
        """The main post or the module of a cadre on a day: the row's own, or that of the latest move since.

        A move holds from its day on, also one in the period before 开始; what was moved before the period is history
        that the row already tells.
        """
        moves = [
            row
            for row in self.rows("调动")
            if row["工号"] == cadre["工号"] and self.first <= row["日期"] <= day
        ]
        value: str = cadre[what]
        for move in sorted(moves, key=lambda row: row["日期"]):  # stable: of one day, the later row last
            value = move.get("新" + what) or value
        return value

    def weights_of(self, group: str) -> dict[str, Any]:
        weights: dict[str, Any] = self.plan["group_weights"].get(group, self.plan["weights"])
        return weights


# -- 1 post ----------------------------------------------------------------------------------------------------


def post_score(town: Township, cadre: Row, service: list[date]) -> Fraction | None:
    if town.plan["post_mode"] == "tier":
        return tier_score(town, cadre, service[-1])
    days_held = Counter(post for day in service for post in posts_on(town, cadre, day))
    return weighted_mean((days, holding_score(town, cadre, post)) for post, days in days_held.items())


def posts_on(town: Township, cadre: Row, day: date) -> list[str]:
    """The main post and every post beside it; a post held twice stands twice."""
    beside = [
        row["岗位"] for row in town.rows("兼岗") if row["工号"] == cadre["工号"] and town.covers(row, day)
    ]
    return [town.on(cadre, day, "岗位"), *beside]


def holding_score(town: Township, cadre: Row, post: str) -> Fraction | None:
    """Completion of the post's tasks times the post's coefficient."""
    tasks = [row for row in town.rows("岗位任务") if (row["工号"], row["岗位"]) == (cadre["工号"], post)]
    raw = weighted_mean((task["权重"], optional(task.get("完成得分"))) for task in tasks)
    coefficient = next(Fraction(row["系数"]) for row in town.rows("岗位") if row["岗位名称"] == post)
    return None if raw is None else raw * coefficient


def optional(value: int | Decimal | None) -> Fraction | None:
    return None if value is None else Fraction(value)


def tier_score(town: Township, cadre: Row, day: date) -> Fraction | None:
    """100 x the highest tier held on the day / the top tier."""
    tiers = {post: Fraction(points) for post, points in town.plan["tiers"].items()}
    mine = [tiers[post] for post in posts_on(town, cadre, day) if post in tiers]
    return 100 * max(mine) / max(tiers.values()) if mine else None


# -- 2 module --------------------------------------------------------------------------------------------------


def module_score(town: Township, cadre: Row, service: list[date]) -> Fraction | None:
    """Base of the three kinds of marks, plus contest points; before calibration."""
    days = set(service)
    marks = [row for row in town.rows("模块评分") if row["工号"] == cadre["工号"] and row["日期"] in days]
    base = weighted_mean(
        (weight, plain_mean(Fraction(mark["得分"]) for mark in marks if mark["类别"] == kind))
        for kind, weight in town.plan["module_weights"].items()
    )
    if base is None:
        return None
    contests = [row for row in town.rows("模块PK") if row["日期"] in days]
    points = sum(
        (
            Fraction(row["加减分"])
            for row in contests
            if town.on(cadre, row["日期"], "模块") == row["模块名称"]
        ),
        Fraction(0),
    )
    return held(base + held(points, -CONTEST_CAP, CONTEST_CAP), 0, 100)


def calibrated(
    town: Township, scores: dict[str, Fraction | None], module_of: dict[str, str]
) -> dict[str, Fraction | None]:
    """The modules' scores by 工号, with strict and lenient leaders taken out where the plan says so."""
    if town.plan["calibration"] == "none":
        return scores
    there = {code: value for code, value in scores.items() if value is not None}
    township_mean = plain_mean(there.values())
    result: dict[str, Fraction | None] = dict.fromkeys(scores)
    for code, value in there.items():
        module_mean = plain_mean(other for who, other in there.items() if module_of[who] == module_of[code])
        assert township_mean is not None
        assert module_mean is not None
        result[code] = held(value + township_mean - module_mean, 0, 100)
    return result


# -- 3 team: mass ----------------------------------------------------------------------------------------------


def questions_of(town: Township, rating: Row) -> dict[str, tuple[int, dict[str, int | None]]]:
    """What the rating's form asks: the standard one where it names none."""
    form = rating.get("问卷")
    if form is None:
        return QUESTIONS
    return {row["题"]: (row["权重"], row["选项"]) for row in town.rows("问卷") if row["问卷"] == form}


def rating_value(town: Township, rating: Row) -> Fraction | None:
    """The weighted mean of the points of the options that have any."""
    pairs: list[tuple[int, Fraction | None]] = []
    for question, (weight, options) in questions_of(town, rating).items():
        option = rating.get(question)
        points = None if option is None else options[option]
        pairs.append((weight, optional(points)))
    return weighted_mean(pairs)


def voices_of(town: Township, ratings: list[Row]) -> list[Voice]:
    """One voice per respondent, village and quarter: the latest rating with a value, weighed.

    A rating without a respondent is a voice of its own.
    """
    latest: dict[tuple[str, str, Quarter], Voice] = {}
    for place, rating in enumerate(ratings):
        when: datetime = rating["时间"]
        value = rating_value(town, rating)
        if value is None or not town.first <= when.date() <= town.as_of:
            continue
        voice = Voice(rating["村社代码"], quarter_of(when.date()), when, rating["渠道"], value)
        who = rating["评价人"] or f"nobody else's, row {place}"
        key = (voice.village, who, voice.quarter)
        if key not in latest or when >= latest[key].when:
            latest[key] = voice
    voices = list(latest.values())
    weigh(town, voices)
    return voices


def weigh(town: Township, voices: list[Voice]) -> None:
    """Give each voice its weight, all anonymous ones of a village and a quarter under their bound."""
    cells: dict[tuple[str, Quarter], list[Voice]] = defaultdict(list)
    for voice in voices:
        cells[voice.village, voice.quarter].append(voice)
    for cell in cells.values():
        anonymous = [voice for voice in cell if voice.channel == "匿名"]
        others = [voice for voice in cell if voice.channel in ("微信", "纸质")]
        assert len(anonymous) + len(others) == len(cell)
        for voice in others:
            voice.weight = Fraction(1)
        for voice in anonymous:
            voice.weight = anonymous_weight(town, len(anonymous), len(others))


def anonymous_weight(town: Township, anonymous: int, others: int) -> Fraction:
    if town.plan["verified"] == "none":
        return Fraction(1)
    bound = Fraction(town.plan["prior_strength"]) + others
    together = Fraction(anonymous, 2)
    return Fraction(1, 2) if together <= bound else bound / anonymous


def quarter_means(voices: list[Voice]) -> dict[Quarter, Fraction]:
    """The township's mean of each quarter that has voices."""
    means = {
        quarter: weighted_mean((voice.weight, voice.value) for voice in voices if voice.quarter == quarter)
        for quarter in {voice.quarter for voice in voices}
    }
    return {quarter: mean for quarter, mean in means.items() if mean is not None}


def mass_score(
    town: Township, team: str, voices: list[Voice], means: dict[Quarter, Fraction]
) -> Fraction | None:
    """Mean of V over the team's villages and quarters, weighted by households x linked days."""
    prior = Fraction(town.plan["prior_strength"])
    parts: list[tuple[int, Fraction | None]] = []
    for village in town.rows("村社"):
        code = village["村社代码"]
        linked: Counter[Quarter] = Counter()
        for day in town.days:
            if town.team_on.get((code, day)) == team:
                linked[quarter_of(day)] += households_on(town, village, day)
        for quarter, household_days in linked.items():
            if quarter not in means:
                continue
            mine = [
                (voice.weight, voice.value)
                for voice in voices
                if (voice.village, voice.quarter) == (code, quarter)
                and town.team_on.get((code, voice.when.date())) == team
            ]
            parts.append((household_days, weighted_mean([*mine, (prior, means[quarter])])))
    return weighted_mean(parts)


def households_on(town: Township, village: Row, day: date) -> int:
    """What the village sheet says, or the latest change up to the day."""
    changes = [
        (row["日期"], row["户数"])
        for row in town.rows("户数变动")
        if row["村社代码"] == village["村社代码"] and row["日期"] <= day
    ]
    number: int = max(changes)[1] if changes else village["户数"]
    return number


# -- 3 team: cases and governance ------------------------------------------------------------------------------


def cases_score(town: Township, team: str) -> Fraction | None:
    cases = [
        case
        for case in town.rows("诉求")
        if case.get("不计") != "是"
        and town.first <= case["提出时间"].date() <= town.as_of
        and town.team_on.get((case["村社代码"], case["提出时间"].date())) == team
    ]
    parts = {
        "response": response_rate(town, cases),
        "resolution": resolution_rate(town, cases),
        "satisfaction": satisfaction(town, cases),
    }
    return weighted_mean((weight, parts[name]) for name, weight in town.plan["case_weights"].items())


def known(town: Township, when: datetime | None) -> datetime | None:
    """A time that is known by now, or nothing."""
    return when if when is not None and when < town.now else None


def rate(good: int, bad: int) -> Fraction | None:
    return Fraction(100 * good, good + bad) if good + bad else None


def response_rate(town: Township, cases: list[Row]) -> Fraction | None:
    in_time = over = 0
    for case in cases:
        opened, answered = case["提出时间"], known(town, case.get("响应时间"))
        if answered is not None and answered - opened <= ANSWER_LIMIT:
            in_time += 1
        elif opened + ANSWER_LIMIT <= town.now:
            over += 1
    return rate(in_time, over)


def standing(town: Township, case: Row) -> tuple[bool, str | None, int | None]:
    """Whether the case is finished by now, what the resident said of it, and the level: its steps, one after another.

    A workbook's row has one step, 办结, and says the rest with it. What is answered in the portal has 反馈时间 for
    what the resident said, and where that was a denial that took the case up again, 第一次办结 and 重新办理.
    """
    steps = [
        (case.get("第一次办结"), "finish"),
        (case.get("重新办理"), "again"),
        (case.get("办结时间"), "finish"),
    ]
    steps.append((case.get("反馈时间") or case.get("办结时间"), "hear"))
    finished, said, level = False, None, None
    for when, what in steps:
        if known(town, when) is None:
            continue
        if what == "hear":
            said, level = case.get("群众确认"), case.get("满意度")
        else:
            finished, said, level = what == "finish", None, None
    return finished, said, level


def resolution_rate(town: Township, cases: list[Row]) -> Fraction | None:
    resolved = failed = 0
    for case in cases:
        finished, said, _ = standing(town, case)
        if not finished:
            failed += town.now - case["提出时间"] >= FINISH_LIMIT
        elif said == "是":
            resolved += 1
        elif said == "否":
            failed += 1
    return rate(resolved, failed)


def satisfaction(town: Township, cases: list[Row]) -> Fraction | None:
    levels = [level for finished, _, level in (standing(town, case) for case in cases) if finished]
    return plain_mean(Fraction(LEVEL_POINTS[level]) for level in levels if level is not None)


def governance_score(town: Township, team: str) -> Fraction | None:
    items = [row for row in town.rows("治理评分") if row["组团名称"] == team]
    return weighted_mean((item["权重"], optional(item.get("得分"))) for item in items)


def team_scores(town: Township, ratings: list[Row]) -> dict[str, dict[str, Fraction | None]]:
    """Each team's rounded components and its rounded score made of them."""
    voices = voices_of(town, ratings)
    means = quarter_means(voices)
    result: dict[str, dict[str, Fraction | None]] = {}
    for row in town.rows("组团"):
        team = row["组团名称"]
        parts = {
            "mass": round2(mass_score(town, team, voices, means)),
            "cases": round2(cases_score(town, team)),
            "governance": round2(governance_score(town, team)),
        }
        score = weighted_mean((weight, parts[name]) for name, weight in town.plan["team_weights"].items())
        result[team] = {"score": round2(score), **parts}
    return result


def team_dimension(
    town: Township, cadre: Row, service: list[date], teams: dict[str, dict[str, Fraction | None]]
) -> Fraction | None:
    """Mean over the memberships, weighted by their days, of the team's score x the contribution factor."""
    leaders = {row["组团名称"]: row.get("团长工号") for row in town.rows("组团")}
    parts: list[tuple[int, Fraction | None]] = []
    for member in town.rows("组团成员"):
        if member["工号"] != cadre["工号"]:
            continue
        days = sum(town.covers(member, day) for day in service)
        team, factor = member["组团名称"], member.get("个人系数")
        score = teams[team]["score"]
        if factor is None or leaders[team] == cadre["工号"]:
            factor = 1
        parts.append((days, None if score is None else held(score * Fraction(factor), 0, 100)))
    return weighted_mean(parts)


# -- 4 task force, total, rank -----------------------------------------------------------------------------------


def bonus_of(town: Township, cadre: Row) -> Fraction:
    points = [Fraction(row["加分"]) for row in town.rows("专班加分") if row["工号"] == cadre["工号"]]
    return min(sum(points, Fraction(0)), Fraction(BONUS_CAP))


def rank_among(value: Fraction | None, totals: list[Fraction | None]) -> int | None:
    if value is None:
        return None
    return 1 + sum(other is not None and other > value for other in totals)


def listed_cadres(town: Township) -> list[Row]:
    return [row for row in town.rows("干部") if row.get("不参评") != "是" and town.service(row)]


def score(
    sheets: Sheets, ratings: list[Row], as_of: date, plan: dict[str, Any] | None = None
) -> dict[str, Any]:
    """The results of a township as of a day: cadres by rank, teams in the order entered."""
    town = Township(sheets, as_of, plan)
    teams = team_scores(town, ratings)
    cadres = {row["工号"]: row for row in listed_cadres(town)}
    service = {code: town.service(row) for code, row in cadres.items()}
    modules = calibrated(
        town,
        {code: module_score(town, row, service[code]) for code, row in cadres.items()},
        {code: town.on(row, service[code][-1], "模块") for code, row in cadres.items()},
    )
    totals: dict[str, Fraction | None] = {}
    entries: dict[str, dict[str, Any]] = {}
    for code, row in cadres.items():
        scores = {
            "post": round2(post_score(town, row, service[code])),
            "module": round2(modules[code]),
            "team": round2(team_dimension(town, row, service[code], teams)),
        }
        bonus = round2(bonus_of(town, row))
        weights = town.weights_of(row["组别"])
        mean = weighted_mean((weights[name], scores[name]) for name in DIMENSIONS)
        assert bonus is not None
        totals[code] = None if mean is None else round2(mean + bonus)
        entries[code] = {
            "工号": code,
            "姓名": row["姓名"],
            "组别": row["组别"],
            **{name: shown(scores[name]) for name in DIMENSIONS},
            "bonus": shown(bonus),
            "total": shown(totals[code]),
            "missing": [name for name in DIMENSIONS if scores[name] is None],
        }
    for code, entry in entries.items():
        group = [totals[who] for who in entries if entries[who]["组别"] == entry["组别"]]
        entry["rank"] = rank_among(totals[code], list(totals.values()))
        entry["group_rank"] = rank_among(totals[code], group)
    return {
        "township": town.name,
        "as_of": town.as_of.isoformat(),
        "cadres": sorted(entries.values(), key=lambda e: (e["rank"] is None, e["rank"] or 0, e["工号"])),
        "teams": {name: {key: shown(value) for key, value in team.items()} for name, team in teams.items()},
    }


# -- reading clean files -----------------------------------------------------------------------------------------


def read_township(path: str | Path) -> Sheets:
    """The tables of a workbook that needs no tolerance: real dates, real numbers, headers in row 1."""
    book = load_workbook(path, data_only=True)
    sheets: Sheets = {}
    for sheet in book.worksheets:
        header, *rows = sheet.iter_rows(values_only=True)
        sheets[sheet.title] = [
            {str(name): cell(str(name), value) for name, value in zip(header, row, strict=True)}
            for row in rows
            if any(value is not None for value in row)
        ]
    book.close()
    return sheets


def cell(column: str, value: Any) -> Any:
    """A cell's value, typed: moments only in the columns that hold moments, decimals exact."""
    if isinstance(value, datetime):
        return value if column.endswith("时间") else value.date()
    return Decimal(str(value)) if isinstance(value, float) else value


def read_ratings(path: str | Path) -> list[Row]:
    """The ratings of a clean file, in the order they arrived."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows: list[Row] = [{key: text or None for key, text in row.items()} for row in csv.DictReader(file)]
    for row in rows:
        row["时间"] = datetime.fromisoformat(row["时间"])
    return rows
