"""One year's organisation: the seats and all that changes during the year, planned whole and told up to a day."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from portal.core.book import ExtraPostRow, LinkRow, MemberRow, MoveRow
from portal.core.days import Span
from portal.demo import words
from portal.demo.dice import DemoTime, between, dice
from portal.demo.people import SETTLED, TEAM_LEADERS, TEAMS, Seat, usual_posts, work_number
from portal.demo.villages import VILLAGES

ONE_DAY = timedelta(days=1)
MOVE_MONTHS = (1, 3, 4, 6, 8, 10)
TEAM_CHANGE_MONTHS = (2, 4, 5, 7, 9)
LOAN_MONTHS = (3, 7)
EXTRA_POST_MONTHS = (1, 1, 1, 2, 5, 9)
LINK_CHANGE_MONTHS = (2, 5, 8, 11)  # the middle months of the quarters
DAYS_WITHOUT_TEAM = 8  # at the second change of links
FACTORS = (("0.95", 5), ("0.98", 5), ("1", 76), ("1.02", 6), ("1.05", 6), ("1.1", 2))
LEADER_NUMBERS = frozenset(work_number(number) for number in TEAM_LEADERS)

Links = dict[str, str]  # village → team


@dataclass(frozen=True, slots=True)
class Organisation:
    """The whole plan of a year, days to come included; rows are told by `generator`."""

    when: DemoTime
    seats: tuple[Seat, ...]
    moves: tuple[MoveRow, ...]
    extra_posts: tuple[ExtraPostRow, ...]
    members: tuple[MemberRow, ...]
    links: tuple[LinkRow, ...]

    def module_on(self, seat: Seat, day: date) -> str:
        """The module that the cadre is in on `day`."""
        before = [move.module for move in self.moves if move.cadre == seat.person.number and move.day <= day]
        return next((module for module in reversed(before) if module), seat.module)

    def holdings(self, seat: Seat) -> list[tuple[str, date]]:
        """(post, first day) of every post the cadre holds in the year, the further ones too."""
        number = seat.person.number
        moved = [(move.post, move.day) for move in self.moves if move.cadre == number and move.post]
        extra = [(row.post, row.first_day) for row in self.extra_posts if row.cadre == number]
        return [(seat.post, seat.service.first), *moved, *extra]

    def ends(self) -> dict[str, tuple[str, str, str]]:
        """工号 → (post, module, team) on the last day: where the next year begins."""
        teams = {seat.person.number: seat.team for seat in self.seats} | self._changed_teams()
        found = {}
        for seat in self.seats:
            posts = [move.post for move in self.moves if move.cadre == seat.person.number and move.post]
            number = seat.person.number
            found[number] = ((posts or [seat.post])[-1], self.module_on(seat, self.when.last), teams[number])
        return found

    def _changed_teams(self) -> dict[str, str]:
        """The last team of those who left their first one for good (helping out beside it is no change)."""
        left = {row.cadre for row in self.members if row.last_day < self.when.last}
        by_day = sorted(self.members, key=lambda row: row.first_day)
        return {row.cadre: row.team for row in by_day if row.cadre in left}

    def team_on(self, village: str, day: date) -> str:
        """The team that links the village on `day`, '' when there is none."""
        found = (row for row in self.links if row.village == village and row.first_day <= day <= row.last_day)
        return next((row.team for row in found), "")

    def last_links(self) -> Links:
        return {row.village: row.team for row in self.links if row.last_day == self.when.last}


def first_links() -> Links:
    """Two neighbouring villages a team."""
    return {village.code: TEAMS[place // 2] for place, village in enumerate(VILLAGES)}


def organisation(when: DemoTime, seats: tuple[Seat, ...], links: Links) -> Organisation:
    """The year that begins with these seats and links."""
    months = (MOVE_MONTHS, EXTRA_POST_MONTHS, TEAM_CHANGE_MONTHS + LOAN_MONTHS)
    lot = when.dice("changes").sample(SETTLED, sum(map(len, months)))
    by_number = {seat.person.number: seat for seat in seats}
    chosen = [by_number[work_number(number)] for number in lot]
    movers, chosen = chosen[: len(MOVE_MONTHS)], chosen[len(MOVE_MONTHS) :]
    doubled, changers = chosen[: len(EXTRA_POST_MONTHS)], chosen[len(EXTRA_POST_MONTHS) :]
    return Organisation(
        when=when,
        seats=seats,
        moves=_moves(when, movers),
        extra_posts=_extra_posts(when, doubled),
        members=_members(when, seats, changers),
        links=_links(when, links),
    )


def qualities(when: DemoTime) -> dict[str, float]:
    """How well each team works, 0–1: spread evenly, a little better or worse from year to year."""
    order = list(range(len(TEAMS)))
    dice(when.seed, "quality").shuffle(order)
    thrown = when.dice("quality")
    steps = len(TEAMS) - 1
    return {
        team: between(place / steps + thrown.gauss(0, 0.06), 0, 1)
        for team, place in zip(TEAMS, order, strict=True)
    }


def _moves(when: DemoTime, movers: list[Seat]) -> tuple[MoveRow, ...]:
    """调动 in turn of post and module, of the post only, of the module only; in order of days."""
    thrown = when.dice("moves")
    rows = []
    for place, (seat, month) in enumerate(zip(movers, MOVE_MONTHS, strict=True)):
        others = [module for module in words.MODULES if module != seat.module]
        module = "" if place % 3 == 1 else thrown.choice(others)
        posts = usual_posts(module or seat.module, seat.person.group == "编外")
        new = [post.name for post in posts if post.name != seat.post]
        if not new and not module:  # a module with one post for 编外 only
            module = thrown.choice(others)
            new = [post.name for post in usual_posts(module, seat.person.group == "编外")]
        post = "" if place % 3 == 2 else thrown.choice(new)
        rows.append(
            MoveRow(seat.person.number, date(when.number, month, thrown.randint(8, 26)), post, module)
        )
    return tuple(rows)


def _extra_posts(when: DemoTime, doubled: list[Seat]) -> tuple[ExtraPostRow, ...]:
    """兼岗: three from the first day on, the others from some day; one ends in the year."""
    thrown = when.dice("extra posts")
    ordinary = [post.name for post in words.POSTS if post.module and not post.office]
    rows = []
    for place, (seat, month) in enumerate(zip(doubled, EXTRA_POST_MONTHS, strict=True)):
        first = when.first if month == 1 else date(when.number, month, thrown.randint(2, 26))
        last = date(when.number, 9, 30) if place == 0 else when.last
        post = thrown.choice([post for post in ordinary if post != seat.post])
        rows.append(ExtraPostRow(seat.person.number, post, first, last))
    return tuple(rows)


def _members(when: DemoTime, seats: tuple[Seat, ...], changers: list[Seat]) -> tuple[MemberRow, ...]:
    """组团成员: most stay; some change, and a few help out in a second team beside their own."""
    thrown = when.dice("members")
    days = [date(when.number, month, thrown.randint(8, 26)) for month in TEAM_CHANGE_MONTHS + LOAN_MONTHS]
    changes = {seat.person.number: day for seat, day in zip(changers, days, strict=True)}
    lent = {seat.person.number for seat in changers[len(TEAM_CHANGE_MONTHS) :]}
    rows = []
    for seat in seats:
        number, day = seat.person.number, changes.get(seat.person.number)
        factor = Decimal("1")
        if number not in LEADER_NUMBERS and not seat.person.exempt:
            factor = Decimal(thrown.choices([f for f, _ in FACTORS], [share for _, share in FACTORS])[0])
        last = day - ONE_DAY if day and number not in lent else seat.service.last
        rows.append(MemberRow(seat.team, number, seat.service.first, last, factor))
        if day:
            other = thrown.choice([team for team in TEAMS if team != seat.team])
            rows.append(MemberRow(other, number, day, seat.service.last, Decimal("1")))
    return tuple(
        sorted(rows, key=lambda row: (TEAMS.index(row.team), row.cadre not in LEADER_NUMBERS, row.cadre))
    )


def _links(when: DemoTime, links: Links) -> tuple[LinkRow, ...]:
    """组团联村: in the middle of each quarter one village goes from a team with several to another team."""
    thrown = when.dice("links")
    now = dict(links)
    changed: dict[str, tuple[Span, Span]] = {}
    new_team = {}
    for place, month in enumerate(LINK_CHANGE_MONTHS):
        held = Counter(now.values())
        village = thrown.choice([v for v, team in now.items() if held[team] > 1 and v not in changed])
        day = date(when.number, month, thrown.randint(8, 22))
        begun = day + timedelta(days=DAYS_WITHOUT_TEAM) if place == 1 else day
        changed[village] = Span(when.first, day - ONE_DAY), Span(begun, when.last)
        fewest = min(held.values())
        eager = [team for team in TEAMS if team != now[village] and held[team] <= fewest + 1]
        now[village] = new_team[village] = thrown.choice(eager)
    rows = []
    for village, team in links.items():
        before, after = changed.get(village, (when.span, None))
        rows.append(LinkRow(team, village, before.first, before.last))
        if after:
            rows.append(LinkRow(new_team[village], village, after.first, after.last))
    return tuple(rows)
