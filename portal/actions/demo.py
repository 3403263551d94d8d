"""Filling an empty database with the demo township: two years of it, and one account a face."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from portal.actions.accounts import NewAccount, create_account
from portal.actions.import_township import import_township
from portal.actions.improvements import NewImprovement, publish
from portal.actions.ledger import OPERATOR, Act, record
from portal.actions.ratings import import_ratings
from portal.clock import local_day
from portal.core import form
from portal.core.book import Book, CadreRow, Role, VillageRow
from portal.core.plan import Plan
from portal.core.pressure import county_of
from portal.demo import words
from portal.demo.generator import demo_years
from portal.store import periods, townships

Say = Callable[[str], None]
DEMO_PLAN = Plan(release_batch=1)  # a voice counts at once, so that a visitor sees the own one move the score
FACES = (
    (Role.CADRE, "干部", "ganbu"),
    (Role.MODULE_LEADER, "模块负责人", "mokuai"),
    (Role.TEAM_LEADER, "组团团长", "zutuan"),
    (Role.CLERK, "经办人", "jingban"),
    (Role.TOWNSHIP_ADMIN, "管理员", "guanli"),
    (Role.APPROVER, "党委", "dangwei"),
)
COUNTY_FACE, COUNTY_USER = "县里", "xianji"  # reads what no account of the township may see


@dataclass(frozen=True, slots=True)
class Login:
    """A demo account as it is told to whoever starts the demo."""

    face: str
    username: str
    password: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoTownship:
    """What to tell: the village whose form the cadre of the demo is rated by, its code, and the log-ins."""

    village: str
    token: str
    logins: tuple[Login, ...]

    def plain(self) -> dict[str, object]:
        return asdict(self)


def make_demo(session: Session, now: datetime, hasher: PasswordHasher, say: Say) -> DemoTownship:
    """Import both demo years into an empty database and make the accounts."""
    today = local_day(now)
    years = demo_years(today)
    act = Act(OPERATOR, now, None)
    for year in years:
        township, _ = import_township(session, year.book, act, plan=DEMO_PLAN)
        own = Act(OPERATOR, now, township.id)
        import_ratings(session, township.id, year.ratings, form.STANDARD, own)
        _open(session, own, year.book.period.name)
        say(f"{year.book.period.name}：{len(year.book.cadres)} 名干部，{len(year.ratings)} 条评价")
    book = years[-1].book
    cadre, village = _cadre_and_village(book, today)
    logins = []
    for role, face, username in FACES:
        person = cadre if role is Role.CADRE else _holder(book, role)
        password = secrets.token_urlsafe(9)
        wanted = NewAccount(username, password, person.roles, township.id, cadre=person.number)
        create_account(session, wanted, own, hasher)
        logins.append(Login(face, username, password, person.name))
    logins.append(_county_login(session, county_of(township.code), now, hasher))
    hanging = townships.posters_in_use(session, township.id)
    found = next(row for row in townships.villages(session, township.id) if row.code == village.code)
    for told in words.IMPROVEMENTS:
        entry = NewImprovement(found.id, told.said, told.done, today - timedelta(days=told.days_ago))
        publish(session, own, entry, today, "演示")
    return DemoTownship(village.name, hanging[found.id].token, tuple(logins))


def _county_login(session: Session, county: str, now: datetime, hasher: PasswordHasher) -> Login:
    """An account of the county's; no ledger of a township says that there is one."""
    name, password = "县里的监督人员", secrets.token_urlsafe(9)
    wanted = NewAccount(COUNTY_USER, password, (Role.COUNTY_REVIEWER,), county_code=county, holder=name)
    create_account(session, wanted, Act(OPERATOR, now, None), hasher)
    return Login(COUNTY_FACE, COUNTY_USER, password, name)


def _open(session: Session, act: Act, name: str) -> None:
    """The demo township is a running one: both of its years were opened."""
    period = next(row for row in periods.listed(session, act.township_id or 0) if row.name == name)
    period.opened_at = act.at
    session.flush()
    record(session, act, "period.opened", name, {"opened_at": None}, {"opened_at": act.at}, row_id=period.id)


def _cadre_and_village(book: Book, today: date) -> tuple[CadreRow, VillageRow]:
    """A plain cadre who is scored, and a village that his or her team links today."""
    linked = {link.team: link.village for link in book.links if link.first_day <= today <= link.last_day}
    teams = {m.cadre: m.team for m in book.members if m.first_day <= today <= m.last_day and m.team in linked}
    villages = {village.code: village for village in book.villages}
    person = next(
        row
        for row in book.cadres
        if row.roles == (Role.CADRE,) and not row.exempt and row.number in teams and row.last_day >= today
    )
    return person, villages[linked[teams[person.number]]]


def _holder(book: Book, role: Role) -> CadreRow:
    """Who has the role, somebody who is scored where there is one."""
    holders = [row for row in book.cadres if role in row.roles]
    return min(holders, key=lambda row: row.exempt)
