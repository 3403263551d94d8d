"""The invented people of the demo: who they are, and where each begins the first of the two years.

People are known by a running number 1–99, from which the 工号 follows (5111001 …). Phones are 1990000xxxx: eleven
digits, and evidently nobody's.
"""

from dataclasses import dataclass
from datetime import date
from random import Random

from portal.core.book import Role
from portal.core.days import Span
from portal.demo import words
from portal.demo.dice import DemoTime, chosen, dice

LAST_NUMBER = 99
HEADS = (1, 2)  # 党政主要领导: 不参评, and the 党委 of the demo
MODULE_LEADERS = dict(zip((3, 4, 5, 6, 7), words.MODULES, strict=True))
TEAM_LEADERS = (3, 4, 5, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18)
OFFICE_HEADS = dict(zip((12, 13, 14, 15, 16), words.MODULES, strict=True))
ADMIN = 12
CLERK = 40
TEAMS = tuple(f"第{number}组团" for number in range(1, len(TEAM_LEADERS) + 1))

JOINED_LAST_YEAR = {72: (4, 14), 93: (9, 1)}  # month and day
LEFT_LAST_YEAR = {31: (8, 15), 58: (5, 31), 67: (9, 30), 84: (11, 10)}
JOINED_THIS_YEAR = {96: (1, 1), 97: (1, 12), 98: (3, 2), 99: (1, 1)}
FOLLOWED = dict(zip(JOINED_THIS_YEAR, LEFT_LAST_YEAR, strict=True))  # the newcomer → whose place
LEFT_THIS_YEAR = {49: (6, 30)}
SETTLED = tuple(  # ordinary people who serve through both years: among them moves happen
    number
    for number in range(19, 96)
    if number != CLERK and number not in {*JOINED_LAST_YEAR, *LEFT_LAST_YEAR, *LEFT_THIS_YEAR}
)


@dataclass(frozen=True, slots=True)
class Person:
    """What stays the same through both years."""

    number: str
    name: str
    phone: str
    group: str
    staffing: str
    roles: tuple[Role, ...]
    exempt: bool


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a person stands on the first day of service in a year."""

    person: Person
    post: str
    module: str
    team: str
    service: Span


def work_number(number: int) -> str:
    """工号: 5111001 for 1."""
    return f"5111{number:03d}"


def people(seed: int) -> dict[int, Person]:
    """Everybody of both years, by running number."""
    names = _names(dice(seed, "names"), LAST_NUMBER)
    thrown = dice(seed, "staffing")
    return {
        number: Person(
            number=work_number(number),
            name=names[number - 1],
            phone=f"1990000{number:04d}",
            group=_group(number),
            staffing=_staffing(_group(number), thrown),
            roles=_roles(number),
            exempt=number in HEADS,
        )
        for number in range(1, LAST_NUMBER + 1)
    }


def last_years_seats(when: DemoTime, everybody: dict[int, Person]) -> tuple[Seat, ...]:
    """The seats of the first of the two years: everybody but those who join later."""
    seats = []
    teams = _teams(dice(when.seed, "teams"))
    thrown = dice(when.seed, "posts")
    for number in range(1, LAST_NUMBER + 1):
        if number not in JOINED_THIS_YEAR:
            module = _module(number)
            post = _post(number, module, thrown)
            service = _service(when, JOINED_LAST_YEAR.get(number), LEFT_LAST_YEAR.get(number))
            seats.append(Seat(everybody[number], post, module, teams[number], service))
    return tuple(seats)


def this_years_seats(
    when: DemoTime, everybody: dict[int, Person], ends: dict[str, tuple[str, str, str]]
) -> tuple[Seat, ...]:
    """The seats of the second year; `ends` holds 工号 → (post, module, team) as the first year left them.

    Who would join later than the told days is let in at once, so that the roster is full on every day.
    """
    seats = []
    for number in range(1, LAST_NUMBER + 1):
        if number in LEFT_LAST_YEAR:
            continue
        joined = JOINED_THIS_YEAR.get(number)
        if joined and not when.told(date(when.number, *joined)):
            joined = None
        post, module, team = ends[work_number(FOLLOWED.get(number, number))]
        service = _service(when, joined, LEFT_THIS_YEAR.get(number))
        seats.append(Seat(everybody[number], post, module, team, service))
    return tuple(seats)


def usual_posts(module: str, hired: bool) -> list[words.Post]:
    """The posts that an ordinary cadre of a module may hold."""
    return [post for post in words.POSTS if post.module == module and not post.office and post.hired >= hired]


def _service(when: DemoTime, joined: tuple[int, int] | None, left: tuple[int, int] | None) -> Span:
    first = date(when.number, *joined) if joined else when.first
    last = date(when.number, *left) if left else when.last
    return Span(first, last)


def _names(thrown: Random, count: int) -> list[str]:
    """Different names of two or three characters; the same given name at most twice."""
    surnames = words.SURNAMES.split()
    found: dict[str, None] = {}
    for given in thrown.sample(words.GIVEN_NAMES.split() * 2, count):
        name = thrown.choice(surnames) + given
        while name in found or len(name) > 3:
            name = thrown.choice(surnames) + given
        found[name] = None
    return list(found)


def _group(number: int) -> str:
    leading, middle, ordinary, hired = words.GROUPS
    if number <= 11:
        return leading
    if number <= 35 or FOLLOWED.get(number) == 31:
        return middle
    return hired if 76 <= number <= 95 or number == 99 else ordinary


def _staffing(group: str, thrown: Random) -> str:
    if group in ("班子成员", "编外"):
        return "公务员" if group == "班子成员" else "编外"
    if group == "中层干部":
        return chosen(thrown, {"公务员": 50, "事业": 50})
    return chosen(thrown, {"公务员": 35, "事业": 55, "派驻": 10})


def _roles(number: int) -> tuple[Role, ...]:
    roles = [Role.CADRE]
    roles += [Role.MODULE_LEADER] if number in MODULE_LEADERS else []
    roles += [Role.TEAM_LEADER] if number in TEAM_LEADERS else []
    roles += [Role.CLERK] if number == CLERK else []
    roles += [Role.TOWNSHIP_ADMIN] if number == ADMIN else []
    roles += [Role.APPROVER] if number in HEADS else []
    return tuple(roles)


def _teams(thrown: Random) -> dict[int, str]:
    """The team of everybody who is there from the first year on: leaders lead their own, the others are dealt evenly."""
    teams = dict(zip(TEAM_LEADERS, TEAMS, strict=True))
    others = [n for n in range(1, LAST_NUMBER + 1) if n not in teams and n not in JOINED_THIS_YEAR]
    thrown.shuffle(others)
    # the heads are dealt first, so that they sit in different teams
    heads_first = sorted(others, key=lambda number: number not in HEADS)
    return teams | {number: TEAMS[place % len(TEAMS)] for place, number in enumerate(heads_first)}


def _module(number: int) -> str:
    fixed = (
        MODULE_LEADERS | OFFICE_HEADS | {1: words.MODULES[0], 2: words.MODULES[2], CLERK: words.MODULES[0]}
    )
    return fixed.get(number, words.MODULES[number % len(words.MODULES)])


def _post(number: int, module: str, thrown: Random) -> str:
    if number in HEADS:
        return words.HEADS_POST
    if number <= 11:
        return words.LEADERS_POST
    if number in OFFICE_HEADS:
        return next(post.name for post in words.POSTS if post.office and post.module == module)
    if number == CLERK:
        return "文秘督查岗"
    return thrown.choice(usual_posts(module, _group(number) == "编外")).name
