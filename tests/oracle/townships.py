"""Random townships, valid as import workbooks and as awkward as the rules allow.

`random_township(seed)` gives tables and ratings in the shape that `plain_scorer.score` takes; `write_township` and
`write_ratings` put them into files for the portal's own importer. The same seed always gives the same township.
`as_of_days` names days worth scoring it on, `random_plan` a plan worth scoring it by.
"""

import csv
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, Literal

from openpyxl import Workbook

Row = dict[str, Any]
Sheets = dict[str, list[Row]]
Size = Literal["small", "medium"]

COLUMNS: dict[str, list[str]] = {
    "考评": ["项目", "内容"],
    "村社": ["村社代码", "村社名称", "类型", "户数"],
    "模块": ["模块名称"],
    "岗位": ["岗位名称", "系数"],
    "干部": [
        *["工号", "姓名", "手机", "组别", "岗位", "模块", "角色"],
        *["开始", "结束", "编制", "不参评"],
    ],
    "兼岗": ["工号", "岗位", "开始", "结束"],
    "调动": ["工号", "日期", "新岗位", "新模块"],
    "组团": ["组团名称", "团长工号"],
    "组团成员": ["组团名称", "工号", "开始", "结束", "个人系数"],
    "组团联村": ["组团名称", "村社代码", "开始", "结束"],
    "专班": ["专班名称", "负责人工号", "开始", "结束"],
    "岗位任务": ["工号", "岗位", "任务", "权重", "完成得分"],
    "模块评分": ["工号", "类别", "日期", "得分", "评分人", "理由"],
    "模块PK": ["日期", "比赛", "模块名称", "加减分"],
    "治理评分": ["组团名称", "事项", "权重", "得分"],
    "专班加分": ["专班名称", "工号", "加分", "理由"],
    "诉求": ["编号", "村社代码", "提出时间", "响应时间", "办结时间", "群众确认", "满意度", "不计"],
}
RATING_COLUMNS = ["村社代码", "评价人", "渠道", "时间", "走访", "联系", "办事", "总体", "意见"]
REQUIRED = ("考评", "村社", "模块", "岗位", "干部")

PERIODS = [
    (date(2026, 1, 1), date(2026, 12, 31)),
    (date(2026, 1, 1), date(2026, 12, 31)),
    (date(2024, 1, 1), date(2024, 12, 31)),  # a leap year
    (date(2026, 4, 1), date(2026, 6, 30)),  # one quarter
    (date(2026, 2, 17), date(2026, 12, 31)),  # starts in the middle of a quarter
    (date(2026, 2, 17), date(2026, 8, 9)),  # and ends in one
    (date(2025, 11, 10), date(2026, 5, 20)),  # over the turn of a year
]
COUNTS: dict[str, dict[str, int]] = {
    "small": {"villages": 4, "teams": 3, "cadres": 8, "posts": 4, "modules": 2, "cases": 24, "ratings": 60},
    "medium": {
        "villages": 9,
        "teams": 5,
        "cadres": 26,
        "posts": 7,
        "modules": 4,
        "cases": 90,
        "ratings": 500,
    },
}
GROUPS = ["班子成员", "中层干部", "一般干部", "派驻", "编外"]
OPTIONS = {
    "走访": ["来过", "没来过", "不清楚"],
    "联系": ["知道", "不知道"],
    "办事": ["办好了", "正在办", "没人管", "没反映过"],
    "总体": ["非常满意", "满意", "基本满意", "不满意", "非常不满意", "没接触过"],
}
WITHOUT_POINTS = {"走访": "不清楚", "办事": "没反映过", "总体": "没接触过"}
# questions that a township may put on a form of its own: the options with points, and the one without
REVIEWED: dict[str, tuple[list[str], str | None]] = {
    "走访": (["来过", "没来过"], "不清楚"),
    "联系": (["知道", "不知道"], None),
    "问需": (["问过", "没问过"], "记不清"),
    "政策": (["讲过", "没讲过"], "记不清"),
    "预警": (["通知了", "没通知"], "没碰上过"),
    "帮忙": (["帮过", "没帮过"], "没有过难处"),
    "回话": (["三天以内", "半个月以内", "半个月以上", "没人回话"], "没反映过"),
    "办事": (["办好了", "正在办", "没人管"], "没反映过"),
    "跑腿": (["一趟", "两趟", "三趟以上"], "没办过事"),
    "兑现": (["都办了", "办了一些", "没办"], "没答应过什么"),
    "态度": (["好", "一般", "不好"], "没说过话"),
    "总体": (["非常满意", "满意", "基本满意", "不满意", "非常不满意"], "没接触过"),
}
CHANNELS = ["微信", "匿名", "纸质"]
COMMENTS = [None, None, None, None, "路灯坏了", "谢谢，辛苦了", '说了"再等等", 没有下文', "第一行\n第二行"]
DAY = timedelta(days=1)


class Maker:
    """The dice, the period, and what has been made so far."""

    def __init__(self, seed: int, size: Size) -> None:
        self.dice = Random(seed)
        self.count = COUNTS[size]
        self.first, self.last = self.dice.choice(PERIODS)
        self.length = (self.last - self.first).days + 1
        self.sheets: Sheets = {name: [] for name in COLUMNS}
        self.edges = self._edges()
        self.silent = {self.quarter(self.day_inside())} if self.chance(0.5) else set()

    # -- dice ------------------------------------------------------------------------------------------------

    def _edges(self) -> list[date]:
        """First and last days of the period and of its quarters, and the days around them."""
        days = [self.first + n * DAY for n in range(self.length)]
        starts = [day for day in days if day == self.first or (day.day == 1 and day.month in (1, 4, 7, 10))]
        return sorted({day + n * DAY for day in [*starts, self.last + DAY] for n in (-1, 0)})

    def chance(self, probability: float) -> bool:
        return self.dice.random() < probability

    def quarter(self, day: date) -> tuple[int, int]:
        return day.year, (day.month - 1) // 3

    def day_inside(self) -> date:
        return self.first + self.dice.randrange(self.length) * DAY

    def day(self) -> date:
        """Mostly inside the period, sometimes at an edge, now and then outside."""
        kind = self.dice.random()
        if kind < 0.15:
            return self.dice.choice(self.edges)
        if kind < 0.25:
            return self.dice.choice([self.first - 60 * DAY, self.last + DAY]) + self.dice.randrange(60) * DAY
        return self.day_inside()

    def moment(self, day: date) -> datetime:
        """A time of the day; at midnight exactly, or in the last second, more often than fair."""
        kind = self.dice.random()
        if kind < 0.15:
            return datetime.combine(day, time())
        if kind < 0.2:
            return datetime.combine(day, time(23, 59, 59))
        return datetime.combine(day, time()) + timedelta(seconds=self.dice.randrange(86400))

    def span(self, whole: float = 0.5) -> tuple[date | None, date | None]:
        """A first and a last day, in order; an empty one is the period's."""
        if self.chance(whole):
            return None, None
        start, end = sorted([self.day(), self.day()])
        if start <= self.last and self.chance(0.25):
            return start, None
        if end >= self.first and self.chance(0.25):
            return None, end
        return start, end

    def mark(self) -> Decimal | int:
        kind = self.dice.random()
        if kind < 0.08:
            return 100 * self.dice.randint(0, 1)
        if kind < 0.3:
            return self.dice.randint(55, 100)
        return Decimal(self.dice.randint(4000, 10000)) / 100

    def weight(self) -> Decimal | int:
        weights: list[Decimal | int] = [1, 5, 10, 20, 40, Decimal("0.5"), Decimal("12.5"), Decimal("33.33")]
        return self.dice.choice(weights)

    def code(self) -> str:
        return str(self.dice.choice(self.sheets["干部"])["工号"])

    def team(self) -> str:
        return str(self.dice.choice(self.sheets["组团"])["组团名称"])

    def add(self, sheet: str, *values: Any) -> None:
        self.sheets[sheet].append(dict(zip(COLUMNS[sheet], values, strict=True)))

    # -- who and what there is -------------------------------------------------------------------------------

    def frame(self) -> None:
        facts = {
            "乡镇": "试验镇",
            "乡镇代码": "330825999",
            "县市区": "龙游县",
            "考评周期": f"{self.first:%Y%m%d}-{self.last:%Y%m%d}",
            "周期开始": self.first,
            "周期结束": self.last,
        }
        for name, value in facts.items():
            self.add("考评", name, value)
        for n in range(self.count["villages"]):
            households = self.dice.choice([1, 7, self.dice.randint(30, 900)])
            kind = self.dice.choice(["村", "村", "社区"])
            self.add(
                "村社", f"330825999{201 + n}", self.dice.choice([f"第{n + 1}村", "同名村"]), kind, households
            )
        for n in range(self.count["modules"]):
            self.add("模块", f"模块{n + 1}")
        for n in range(self.count["posts"]):
            coefficient = self.dice.choice(
                [Decimal("0.8"), Decimal("1.4"), 1, Decimal(self.dice.randint(80, 140)) / 100]
            )
            self.add("岗位", f"岗位{n + 1}", coefficient)

    def post(self) -> str:
        return str(self.dice.choice(self.sheets["岗位"])["岗位名称"])

    def module(self) -> str:
        return str(self.dice.choice(self.sheets["模块"])["模块名称"])

    def service(self) -> tuple[date | None, date | None]:
        """When a cadre serves: the whole period, or one of the ways not to."""
        one_day = self.day_inside()
        ways: list[tuple[date | None, date | None]] = [
            (self.day_inside(), None),  # joins late
            (None, self.day_inside()),  # leaves early
            (self.first - 400 * DAY, self.day_inside()),  # served before
            (self.first - 90 * DAY, self.first - DAY),  # left before the period
            (self.last - 5 * DAY, self.last + 30 * DAY),  # joins after most as-ofs
            (self.last + DAY, self.last + 30 * DAY),  # joins after the period
            (one_day, one_day),
            (self.first, self.last),
        ]
        return (None, None) if self.chance(0.55) else self.dice.choice(ways)

    def cadres(self) -> None:
        numbers = self.dice.sample(range(5111001, 5111999), self.count["cadres"])
        for n, number in enumerate(numbers):
            start, end = self.service()
            role = self.dice.choice(["干部", "干部", "干部", "模块负责人", "干部、组团团长", "干部、经办人"])
            self.add(
                "干部",
                *[str(number), self.dice.choice([f"甲{n}", "同名"]), str(13900000000 + number)],
                *[self.dice.choice(GROUPS), self.post(), self.module(), role, start, end],
                *[self.dice.choice(["公务员", "事业", "编外", "派驻"]), "是" if self.chance(0.08) else None],
            )

    def holdings(self) -> None:
        """Posts beside the main one, and moves of post, module or both."""
        for cadre in self.sheets["干部"]:
            for _ in range(self.dice.choice([0, 0, 0, 1, 2])):
                self.add("兼岗", cadre["工号"], self.post(), *self.span())
            for _ in range(self.dice.choice([0, 0, 0, 1, 1, 2])):
                self.move(cadre, self.move_day(cadre))
        self.dice.shuffle(self.sheets["调动"])

    def move_day(self, cadre: Row) -> date:
        start = cadre["开始"] or self.first
        earlier: list[date] = [row["日期"] for row in self.sheets["调动"] if row["工号"] == cadre["工号"]]
        if earlier and self.chance(0.4):
            return earlier[-1]  # a second move on the same day
        return self.dice.choice([self.day(), self.day(), self.day(), start, start + DAY, start - 3 * DAY])

    def move(self, cadre: Row, day: date) -> None:
        post, module = self.dice.choice([(True, False), (False, True), (True, True)])
        self.add("调动", cadre["工号"], day, self.post() if post else None, self.module() if module else None)

    # -- teams -----------------------------------------------------------------------------------------------

    def teams(self) -> None:
        for n in range(self.count["teams"]):
            self.add("组团", f"第{n + 1}组团", self.code())
        linking = [row["组团名称"] for row in self.sheets["组团"]]
        if self.chance(0.4):
            linking = linking[:-1]  # one team has no village
        for village in self.sheets["村社"]:
            self.links(village["村社代码"], linking)

    def links(self, village: str, teams: list[str]) -> None:
        """The links of one village: none, one for good, or several in a row with and without gaps."""
        kind = self.dice.random()
        if kind < 0.12:
            return
        if kind < 0.4:
            self.add("组团联村", self.dice.choice(teams), village, None, None)
            return
        days = {self.day() for _ in range(self.dice.randint(1, 4))} | {
            self.first - 20 * DAY,
            self.last + 70 * DAY,
        }
        cuts = sorted(days)
        for n, (start, after) in enumerate(pairwise(cuts)):
            if self.chance(0.25):
                continue  # a gap
            end = after - DAY
            is_last = n == len(cuts) - 2
            self.add(
                "组团联村",
                *[self.dice.choice(teams), village],
                None if n == 0 and end >= self.first and self.chance(0.7) else start,
                None if is_last and start <= self.last and self.chance(0.7) else end,
            )

    def members(self) -> None:
        for team in self.sheets["组团"]:
            if self.chance(0.8):
                self.member(team["组团名称"], team["团长工号"])
        for cadre in self.sheets["干部"]:
            for _ in range(self.dice.choice([0, 1, 1, 1, 2, 3])):
                self.member(self.team(), cadre["工号"])
        self.dice.shuffle(self.sheets["组团成员"])

    def member(self, team: str, code: str) -> None:
        factors = [None, None, 1, Decimal("0.9"), Decimal("1.1"), Decimal(self.dice.randint(90, 110)) / 100]
        self.add("组团成员", team, code, *self.span(), self.dice.choice(factors))

    # -- marks -----------------------------------------------------------------------------------------------

    def tasks(self) -> None:
        for cadre in self.sheets["干部"]:
            code = cadre["工号"]
            mine = [cadre["岗位"]]
            mine += [row["岗位"] for row in self.sheets["兼岗"] if row["工号"] == code]
            mine += [row["新岗位"] for row in self.sheets["调动"] if row["工号"] == code and row["新岗位"]]
            if self.chance(0.2):
                mine.append(self.post())  # perhaps one never held
            for post in dict.fromkeys(mine):
                for n in range(self.dice.choice([0, 1, 2, 3, 4])):
                    mark = None if self.chance(0.2) else self.mark()
                    self.add("岗位任务", code, post, f"任务{n + 1}", self.weight(), mark)

    def marks(self) -> None:
        for cadre in self.sheets["干部"]:
            for kind, most in (("日常", 5), ("阶段", 3), ("年度", 2)):
                for _ in range(self.dice.randint(0, most)):
                    self.add(
                        "模块评分",
                        cadre["工号"],
                        kind,
                        self.day(),
                        self.mark(),
                        self.marker(cadre),
                        "平时表现",
                    )

    def marker(self, cadre: Row) -> str | None:
        """Whoever may mark: never the cadre, and for a module's leader the committee."""
        if "模块负责人" in cadre["角色"]:
            return self.dice.choice(["党委", None])
        return self.dice.choice([code for code in (self.code(), "党委", None) if code != cadre["工号"]])

    def contests(self) -> None:
        for n in range(self.dice.randint(0, 10)):
            points = self.dice.choice([-5, -2, Decimal("-0.75"), 0, Decimal("0.5"), 1, 2, 4])
            self.add("模块PK", self.day(), f"比赛{n // 2 + 1}", self.module(), points)

    def governance(self) -> None:
        for team in self.sheets["组团"]:
            for item in ["平安建设", "防汛防灾", "环境整治"][: self.dice.choice([0, 1, 3, 3])]:
                mark = None if self.chance(0.25) else self.mark()
                self.add("治理评分", team["组团名称"], item, self.weight(), mark)

    def bonuses(self) -> None:
        for n in range(self.dice.randint(0, 2)):
            start, end = sorted([self.day(), self.day()])
            self.add("专班", f"专班{n + 1}", self.code(), start, end)
            for _ in range(self.dice.randint(0, self.count["cadres"])):
                points = self.dice.choice([0, 5, 1, Decimal("0.5"), Decimal("2.75"), Decimal("0.05")])
                self.add("专班加分", f"专班{n + 1}", self.code(), points, "专班表现")

    # -- cases -----------------------------------------------------------------------------------------------

    def cases(self) -> None:
        villages = [row["村社代码"] for row in self.sheets["村社"]]
        for n in range(self.count["cases"]):
            opened = self.moment(self.day())
            answered = self.later(opened, timedelta(hours=24)) if self.chance(0.8) else None
            finished = self.later(opened, timedelta(hours=15 * 24)) if self.chance(0.65) else None
            self.add(
                "诉求",
                *[f"{self.first.year}-{n + 1:04d}", self.dice.choice(villages), opened, answered, finished],
                *[self.dice.choice(["是", "是", "否", None]), self.dice.choice([None, None, 5, 4, 3, 2, 1])],
                "是" if self.chance(0.08) else None,
            )

    def later(self, opened: datetime, limit: timedelta) -> datetime:
        """Some time after opening: at once, within the limit, on it, a second past it, late, at a midnight."""
        second = timedelta(seconds=1)
        within = timedelta(seconds=self.dice.randrange(int(limit.total_seconds())))
        midnight = datetime.combine(opened.date() + self.dice.randint(1, 3) * DAY, time())
        ways = [timedelta(0), within, within, limit - second, limit, limit + second, limit + within]
        ways.append(midnight - opened)
        return opened + self.dice.choice(ways)

    # -- ratings ---------------------------------------------------------------------------------------------

    def ratings(self) -> list[Row]:
        made: list[Row] = []
        for _ in range(self.count["ratings"]):
            made += self.some_ratings(self.dice.choice(self.sheets["村社"])["村社代码"])
        for _ in range(self.dice.choice([0, 1, 2])):
            made += self.flood(self.dice.choice(self.sheets["村社"])["村社代码"])
        made = [row for row in made if self.quarter(row["时间"].date()) not in self.silent]
        order: list[Callable[[list[Row]], None]] = [self.by_time, self.by_time, self.dice.shuffle]
        self.dice.choice(order)(made)
        return made

    @staticmethod
    def by_time(rows: list[Row]) -> None:
        rows.sort(key=lambda row: row["时间"])

    def some_ratings(self, village: str) -> list[Row]:
        """One respondent's rating, and perhaps further ones: soon, at the same second, in another way.

        Now and then there is no respondent any more: then every row is a voice of its own.
        """
        who = None if self.chance(0.08) else f"p{self.dice.randrange(40):03d}"
        when = self.moment(self.day())
        rows = [self.rating(village, who, when)]
        while self.chance(0.3):
            again = self.dice.choice([timedelta(0), timedelta(seconds=1), 3 * DAY, 30 * DAY, -10 * DAY])
            rows.append(self.rating(village, who, when + again))
        if self.chance(0.03):
            rows.append(dict(rows[0]))  # the very same once more
        return rows

    def rating(self, village: str, who: str | None, when: datetime) -> Row:
        row: Row = {"村社代码": village, "评价人": who, "渠道": self.dice.choice(CHANNELS), "时间": when}
        kind = self.dice.random()
        for question, options in OPTIONS.items():
            if kind < 0.08:
                row[question] = self.dice.choice([None, WITHOUT_POINTS.get(question)])
            else:
                row[question] = self.dice.choice([*options, options[0], options[0], None])
        row["意见"] = self.dice.choice(COMMENTS)
        return row

    def flood(self, village: str) -> list[Row]:
        """Many anonymous voices of one opinion, within a few weeks."""
        start, level = self.day_inside(), self.dice.choice(["非常不满意", "非常满意"])
        rows = []
        for n in range(self.dice.randint(15, 80)):
            row = self.rating(village, f"f{n:03d}", self.moment(start + self.dice.randrange(30) * DAY))
            rows.append(row | {"渠道": "匿名", "总体": level})
        return rows


def random_township(seed: int, size: Size = "small") -> tuple[Sheets, list[Row]]:
    """The tables of a valid workbook and ratings in the order they arrived, made from the seed alone."""
    maker = Maker(seed, size)
    maker.frame()
    maker.cadres()
    maker.holdings()
    maker.teams()
    maker.members()
    maker.tasks()
    maker.marks()
    maker.contests()
    maker.governance()
    maker.bonuses()
    maker.cases()
    return maker.sheets, maker.ratings()


def random_form(dice: Random) -> list[Row]:
    """Two to six questions, 总体 last, with weights of their own and points that fall from the best option down."""
    others = [name for name in REVIEWED if name != "总体"]
    asked = {*dice.sample(others, dice.randint(1, 5)), "总体"}
    rows = []
    for name in REVIEWED:
        if name in asked:
            worth, without = REVIEWED[name]
            points = sorted(
                dice.sample(range(101), 2) + [dice.randint(0, 100) for _ in worth[2:]], reverse=True
            )
            options: dict[str, int | None] = dict(zip(worth, points, strict=True))
            if without:
                options[without] = None
            rows.append({"题": name, "权重": dice.randint(1, 100), "选项": options})
    return rows


def answered_on(dice: Random, rating: Row, form: list[Row]) -> Row:
    """The same rating, with answers to another form: most questions answered, some with what has no points."""
    kept = {name: value for name, value in rating.items() if name not in OPTIONS}
    return kept | {row["题"]: dice.choice([*row["选项"], next(iter(row["选项"])), None]) for row in form}


def household_changes(seed: int, sheets: Sheets) -> list[Row]:
    """Villages that have another number of households from a day of the period on, some more than once."""
    dice = Random(seed)
    facts = {row["项目"]: row["内容"] for row in sheets["考评"]}
    first, last = facts["周期开始"], facts["周期结束"]
    inside = [first + n * DAY for n in range(1, (last - first).days + 1)]
    return [
        {"村社代码": village["村社代码"], "日期": day, "户数": dice.choice([1, 12, village["户数"], 950])}
        for village in sheets["村社"]
        for day in dice.sample(inside, dice.choice([0, 1, 1, 3]))
    ]


def random_absences(sheets: Sheets, seed: int) -> list[Row]:
    """Rows of 缺勤 (工号, 开始, 结束) for some of the cadres: no sheet of the workbook, the portal keeps them itself.

    Some begin or end on the period's or the service's own days, some last all the time, some overlap.
    """
    dice = Random(seed)
    facts = {row["项目"]: row["内容"] for row in sheets["考评"]}
    first, last = facts["周期开始"], facts["周期结束"]
    edges = [first - 30 * DAY, first, last, last + 30 * DAY]
    rows: list[Row] = []
    for cadre in sheets["干部"]:
        served = [day for day in (cadre["开始"], cadre["结束"]) if day is not None]
        for _ in range(dice.choice([0, 0, 1, 1, 2])):
            inside = [first + dice.randrange((last - first).days + 1) * DAY for _ in range(4)]
            start, end = sorted(dice.sample([*inside, *edges, *served], 2))
            rows.append({"工号": cadre["工号"], "开始": start, "结束": end})
    return rows


def said_here(sheets: Sheets, seed: int) -> list[Row]:
    """Some of the cases as the portal's own pages would have them: heard later than finished, or taken up again."""
    dice = Random(seed)
    first, last = (
        next(row["内容"] for row in sheets["考评"] if row["项目"] == item)
        for item in ("周期开始", "周期结束")
    )
    year = (last - first).days + 1
    changed: list[Row] = []
    for case in sheets["诉求"]:
        own = dict(case)
        changed.append(own)
        if dice.random() < 0.4:
            continue
        own["群众确认"] = own["满意度"] = None
        at = case["提出时间"]

        def later(since: datetime) -> datetime:
            within = timedelta(seconds=dice.randrange(1 + year * 86400 // 4))
            midnight = datetime.combine(since.date() + dice.randint(1, 40) * DAY, time())
            return dice.choice([since, since + within, since + within, midnight])

        if dice.random() < 0.4:
            own["第一次办结"] = later(at)
            at = own["重新办理"] = later(own["第一次办结"])
        if own["办结时间"] is not None:
            at = own["办结时间"] = max(at, own["办结时间"]) if dice.random() < 0.5 else later(at)
            if dice.random() < 0.8:
                own["反馈时间"] = later(at)
                own["群众确认"] = dice.choice(["是", "是", "否", None])
                own["满意度"] = dice.choice([None, 5, 4, 3, 2, 1])
    return changed


def as_of_days(sheets: Sheets, seed: int, most: int = 4) -> list[date]:
    """Days worth scoring on: the last, a quarter's end, a random one, and days on which a case's limit ends."""
    dice = Random(seed)
    facts = {row["项目"]: row["内容"] for row in sheets["考评"]}
    first, last = facts["周期开始"], facts["周期结束"]
    inside = [first + n * DAY for n in range((last - first).days + 1)]
    ends = [day for day in inside if (day + DAY).day == 1 and (day + DAY).month in (1, 4, 7, 10)]
    limits = {
        case["提出时间"].date() + n * DAY
        for case in sheets["诉求"]
        if case["提出时间"].time() == time()
        for n in (-1, 0, 14)
    }
    days = [dice.choice(inside), dice.choice(ends or inside), first, last + 40 * DAY]
    days += dice.sample(sorted(limits & set(inside)), min(2, len(limits & set(inside))))
    dice.shuffle(days)
    return list(dict.fromkeys([last, *days]))[:most]


def case_days(sheets: Sheets, seed: int, most: int = 4) -> list[date]:
    """Days on which something happened to a case in the portal, and those before them."""
    facts = {row["项目"]: row["内容"] for row in sheets["考评"]}
    times = [
        row[column]
        for row in sheets["诉求"]
        for column in ("反馈时间", "重新办理", "第一次办结")
        if row.get(column)
    ]
    days = {when.date() - n * DAY for when in times for n in (0, 1)}
    inside = sorted(day for day in days if facts["周期开始"] <= day <= facts["周期结束"])
    return Random(seed).sample(inside, min(most, len(inside)))


def random_plan(seed: int, sheets: Sheets) -> dict[str, Any]:
    """Overrides of the default plan, in the words of `plain_scorer.DEFAULT_PLAN`; often none."""
    dice = Random(seed)
    choices: dict[str, Any] = {
        "group_weights": {"班子成员": {"post": 50, "module": 20, "team": 30}},
        "post_mode": "tier",
        "module_weights": {"日常": 50, "阶段": 20, "年度": 30},
        "calibration": "mean_shift",
        "team_weights": {"mass": 50, "cases": 30, "governance": 20},
        "case_weights": {"response": 20, "resolution": 20, "satisfaction": 60},
        "verified": "none",
        "prior_strength": dice.choice([1, 5, 25]),
    }
    plan = {key: value for key, value in choices.items() if dice.random() < 0.3}
    if plan.get("post_mode") == "tier":
        plan["tiers"] = {row["岗位名称"]: dice.choice([20, 18, 16]) for row in sheets["岗位"]}
    return plan


# -- files -------------------------------------------------------------------------------------------------------


def write_township(sheets: Sheets, path: str | Path) -> None:
    """The tables as an Excel workbook with real dates and numbers; an optional sheet without rows is left out."""
    book = Workbook(write_only=True)
    for name, columns in COLUMNS.items():
        rows = sheets.get(name, [])
        if not rows and name not in REQUIRED:
            continue
        sheet = book.create_sheet(name)
        sheet.append(columns)
        for row in rows:
            sheet.append([excel_value(row.get(column)) for column in columns])
    book.save(path)


def excel_value(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def write_ratings(ratings: list[Row], path: str | Path, more: tuple[str, ...] = ()) -> None:
    """The ratings as a UTF-8 file, in the order they arrived, with `more` columns than the standard form's."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*RATING_COLUMNS, *more])
        for row in ratings:
            writer.writerow([rating_text(row.get(column)) for column in (*RATING_COLUMNS, *more)])


def rating_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    return "" if value is None else str(value)
