"""One database for all page tests, filled once and copied: the real township, a small street, an account of every kind."""

from __future__ import annotations

import itertools
import shutil
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from portal.actions.accounts import NewAccount, create_account
from portal.actions.import_township import import_township
from portal.actions.ledger import Act
from portal.actions.logging_in import digest, log_in
from portal.actions.ratings import import_ratings
from portal.actions.second_factor import Vault
from portal.core import form
from portal.core.book import (
    BonusRow,
    Book,
    CadreRow,
    GovernanceRow,
    LinkRow,
    MarkKind,
    MarkRow,
    MemberRow,
    ModuleRow,
    PeriodRow,
    PostRow,
    RatingRow,
    Role,
    TaskForceRow,
    TaskRow,
    TeamRow,
    VillageKind,
    VillageRow,
    Way,
)
from portal.core.plan import Plan
from portal.core.rights import NEEDS_SECOND
from portal.store import accounts as stored_accounts
from portal.store import townships
from portal.store.engine import Database
from tests.conftest import NOON, tashi_book, tashi_ratings

COPIES = itertools.count()
PASSWORD = "opens everything here"
SECRET_KEY = "a secret that is long enough for tests"
SECOND = b"twenty letters of it"  # the secret in everybody's authenticator app
TASHI, STREET, NOWHERE = "tashi", "street", "nowhere"
STREET_CODE = "330825001"
COMMUNITY, VILLAGE, ALONE = "330825001001", "330825001201", "330825001202"
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
FORMULAS = ("=1+1", "+1", "-1", "@SUM(1)", "＝1+1", "＋1", "－1", "＠x")
SCORED = (Role.CADRE, Role.MODULE_LEADER, Role.TEAM_LEADER)


@dataclass(frozen=True, slots=True)
class Filled:
    """The filled file, and what a test must know of it."""

    file: Path
    tashi: int
    street: int
    sessions: dict[str, str]  # user name → token of a session that began at NOON
    posters: dict[str, str]  # village code → code on its poster
    cadre: str  # the 工号 that the account cadre@tashi stands for
    village: str  # a village that this cadre's team links

    def copy(self, folder: Path) -> str:
        target = folder / f"portal{next(COPIES)}.db"
        shutil.copyfile(self.file, target)
        return f"sqlite:///{target}"


def user(role: Role, place: str) -> str:
    """The account of a role; a county reviewer belongs to no township, whichever place is meant."""
    return f"{role.value}@{NOWHERE if role is Role.COUNTY_REVIEWER else place}"


def fill(url: str, hasher: PasswordHasher) -> Filled:
    """Fill an empty database and say what is in it."""
    database = Database(url)
    book = tashi_book()
    cadre, village = _cadre_and_village(book)
    with database.writing() as session:
        tashi, _ = import_township(session, book, Act("operator", NOON, None))
        import_ratings(session, tashi.id, tashi_ratings(), form.STANDARD, Act("operator", NOON, tashi.id))
        small, _ = import_township(
            session, street_book(), Act("operator", NOON, None), plan=Plan(release_batch=1)
        )
        import_ratings(session, small.id, street_ratings(), form.STANDARD, Act("operator", NOON, small.id))
        accounts = _accounts(tashi.id, small.id, cadre, book)
        for account in accounts:
            create_account(session, account, Act("operator", NOON, account.township_id), hasher)
        sessions = {a.username: begun_session(session, a) for a in accounts}
        posters = {**_posters(session, tashi.id), **_posters(session, small.id)}
        filled = Filled(
            Path(database.engine.url.database or ""), tashi.id, small.id, sessions, posters, cadre, village
        )
    database.dispose()
    return filled


def begun_session(session: Session, wanted: NewAccount) -> str:
    """A log-in all the way: where a second factor is wanted there is one, and its code was given."""
    token = log_in(session, wanted.username, True, NOON)
    account = stored_accounts.by_username(session, wanted.username)
    if account is not None and NEEDS_SECOND & set(wanted.roles):
        account.second_secret = Vault(SECRET_KEY).sealed(SECOND)
        stored_accounts.pass_second(session, digest(token))
    return token


def _posters(session: Session, township_id: int) -> dict[str, str]:
    hanging = townships.posters_in_use(session, township_id)
    return {row.code: hanging[row.id].token for row in townships.villages(session, township_id)}


def _cadre_and_village(book: Book) -> tuple[str, str]:
    """A plain cadre who is scored and has been in one team all year, and a village that the team links all year."""
    whole = {
        link.team: link.village for link in book.links if (link.first_day, link.last_day) == (FIRST, LAST)
    }
    teams = {m.cadre: m.team for m in book.members if (m.first_day, m.last_day) == (FIRST, LAST)}
    moved = {move.cadre for move in book.moves}
    for row in book.cadres:
        if not row.exempt and row.number not in moved and teams.get(row.number) in whole:
            return row.number, whole[teams[row.number]]
    raise LookupError("no such cadre")


def _accounts(tashi: int, street: int, cadre: str, book: Book) -> list[NewAccount]:
    """Every role in both townships, the ones above them without a township, and two odd ones."""
    others = [c.number for c in book.cadres if not c.exempt and c.number != cadre]
    numbers = {
        TASHI: dict(zip(SCORED, (cadre, others[0], others[1]), strict=True)),
        STREET: dict(zip(SCORED, ("S09", "S10", "S01"), strict=True)),
    }
    wanted = [
        NewAccount(user(role, place), PASSWORD, (role,), township, cadre=numbers[place].get(role))
        for place, township in ((TASHI, tashi), (STREET, street))
        for role in Role
        if role is not Role.COUNTY_REVIEWER
    ]
    above = (Role.CITY_REVIEWER, Role.SYSTEM_ADMIN, Role.AUDITOR)
    wanted += [NewAccount(user(role, NOWHERE), PASSWORD, (role,)) for role in above]
    county = Role.COUNTY_REVIEWER
    wanted.append(NewAccount(user(county, NOWHERE), PASSWORD, (county,), county_code="330825"))
    exempt = next(row.number for row in book.cadres if row.exempt)
    return [
        *wanted,
        NewAccount("numberless", PASSWORD, (Role.CADRE,), street),
        NewAccount("exempt", PASSWORD, (Role.CADRE,), tashi, cadre=exempt),
    ]


def street_book() -> Book:
    """A 街道 with a 社区 and two 村 (one without a team), and ten cadres, some with nothing to their name yet."""
    names = (*FORMULAS, "李一", "王二")
    numbers = [f"S{place:02}" for place in range(1, len(names) + 1)]
    marked = [*numbers[::2], "S10"]
    return Book(
        period=PeriodRow("龙洲街道", STREET_CODE, "龙游县", "2026年度", FIRST, LAST),
        villages=(
            VillageRow(COMMUNITY, "太平社区", VillageKind.COMMUNITY, 500),
            VillageRow(VILLAGE, "张家村", VillageKind.VILLAGE, 300),
            VillageRow(ALONE, "独自村", VillageKind.VILLAGE, 100),
        ),
        modules=(ModuleRow("党建模块"), ModuleRow("经济模块")),
        posts=(PostRow("综合岗", Decimal("1.05")),),
        cadres=tuple(
            CadreRow(
                number=number,
                name=name,
                phone="",
                group="中层干部" if number < "S04" else "一般干部",
                post="综合岗" if number in marked else "",
                module="党建模块" if number < "S06" else "经济模块" if number != "S07" else "",
                roles=(Role.CADRE,),
                first_day=FIRST,
                last_day=LAST,
            )
            for number, name in zip(numbers, names, strict=True)
        ),
        teams=(TeamRow("城区组团", "S01"), TeamRow("新设组团", "")),
        members=tuple(
            MemberRow("城区组团", number, FIRST, LAST, Decimal("1.0")) for number in ("S01", "S02", "S09")
        ),
        links=tuple(LinkRow("城区组团", village, FIRST, LAST) for village in (COMMUNITY, VILLAGE)),
        task_forces=(TaskForceRow("防汛专班", "", FIRST, LAST),),
        tasks=tuple(
            TaskRow(number, "综合岗", "台账", Decimal("10"), Decimal("70") + 2 * place)
            for place, number in enumerate(marked)
        ),
        marks=tuple(
            MarkRow(number, MarkKind.DAILY, date(2026, 3, 1), Decimal("80") + place, "", "")
            for place, number in enumerate(("S01", "S03", "S09"))
        ),
        governance=(GovernanceRow("城区组团", "防汛防灾", Decimal("1"), Decimal("88")),),
        bonuses=(BonusRow("防汛专班", "S09", Decimal("1.5"), "夜巡"),),
    )


def street_ratings() -> tuple[RatingRow, ...]:
    """Eight voices of the 社区 in the fourth quarter, three of the 村."""
    return tuple(
        RatingRow(
            village, f"p{place}", Way.PAPER, datetime(2026, 10, 8, 9), (("solved", "done"), ("overall", "4"))
        )
        for place, village in enumerate([COMMUNITY] * 8 + [VILLAGE] * 3)
    )
