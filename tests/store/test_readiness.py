"""What the overview reads: the township as it stands on a day, and what else is new in the office."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from argon2 import PasswordHasher
from sqlalchemy import event
from sqlalchemy.orm import Session

from portal.actions.accounts import NewAccount, create_account
from portal.core.book import Role
from portal.core.days import Span
from portal.core.periods import PeriodDays
from portal.core.plan import Plan, PostMode
from portal.core.readiness import Snapshot
from portal.store import periods, readiness, townships
from portal.store.engine import Database
from portal.store.office import ImportFile, Proposal, ProposalState
from portal.store.organisation import Team, Township
from portal.store.people import Account, AccountRole
from tests.conftest import NOON, import_tashi, operator, tashi_book

TODAY = date(2026, 11, 22)
pytestmark = pytest.mark.postgres


def looked_at(session: Session, own: int, day: date, plan: Plan | None = None) -> Snapshot:
    (period,) = periods.listed(session, own)
    days = PeriodDays(period.id, period.name, Span(period.first_day, period.last_day))
    return readiness.snapshot(session, own, days, plan or Plan(), day)


def account(session: Session, own: int, name: str, hasher: PasswordHasher, *roles: Role) -> Account:
    return create_account(session, NewAccount(name, "long enough for it", roles, own), operator(own), hasher)


def test_a_snapshot_is_the_township_of_the_day(database: Database) -> None:
    own = import_tashi(database, with_ratings=False)
    with database.reading() as session:
        spring, autumn = (looked_at(session, own, day) for day in (date(2026, 5, 20), TODAY))
    assert (len(spring.villages), len(spring.teams), len(spring.modules)) == (26, 13, 5)
    assert (len(spring.cadres), len(autumn.cadres)) == tuple(
        sum(row.first_day <= day <= row.last_day for row in tashi_book().cadres)
        for day in (date(2026, 5, 20), TODAY)
    )
    assert all(team.leader and team.members for team in spring.teams)
    assert sum(team.villages for team in autumn.teams) == 26
    assert all((autumn.posts or {}).values())
    moved = [
        (then.number, then.module, now.module)
        for then in spring.cadres
        for now in autumn.cadres
        if then.number == now.number and then.module != now.module
    ]
    assert moved


def test_a_retired_team_and_village_are_not_there_any_more(database: Database) -> None:
    own = import_tashi(database, with_ratings=False)
    with database.writing() as session:
        townships.villages(session, own)[0].last_day = date(2026, 6, 30)
        session.flush()
        assert len(looked_at(session, own, date(2026, 6, 30)).villages) == 26
        assert len(looked_at(session, own, TODAY).villages) == 25


def test_a_team_that_begins_later_is_not_there_yet(database: Database) -> None:
    own = import_tashi(database, with_ratings=False)
    with database.writing() as session:
        session.add(Team(township_id=own, name="新组团", first_day=TODAY, last_day=None))
        session.flush()
        assert len(looked_at(session, own, TODAY - timedelta(days=1)).teams) == 13
        assert len(looked_at(session, own, TODAY).teams) == 14


def test_posts_without_tier_points_are_named_where_the_plan_wants_them(database: Database) -> None:
    own = import_tashi(database, with_ratings=False)
    with database.reading() as session:
        posts = sorted(looked_at(session, own, TODAY).posts or {})
        tiers = {posts[0]: Plan().prior_strength}
        plan = Plan(post_mode=PostMode.TIER, tiers=tiers)
        assert looked_at(session, own, TODAY, plan).tiers_missing == tuple(posts[1:])
        assert looked_at(session, own, TODAY).tiers_missing == ()


def test_a_snapshot_takes_the_same_statements_for_any_township(database: Database) -> None:
    own = import_tashi(database, with_ratings=False)
    asked: list[str] = []
    counts = []
    with database.writing() as session:
        bare = Township(code="330825201", name="罗家乡", county="龙游县")
        session.add(bare)
        session.flush()
        plain = PeriodDays(0, "", Span(TODAY, TODAY))
        listen = lambda *told: asked.append(told[2])  # noqa: E731
        event.listen(database.engine, "before_cursor_execute", listen)
        for township in (own, bare.id):
            asked.clear()
            readiness.snapshot(session, township, plain, Plan(), TODAY)
            counts.append(len(asked))
        event.remove(database.engine, "before_cursor_execute", listen)
    assert counts[0] == counts[1]


def test_who_may_help_is_who_has_the_role_on_the_day(
    database: Database, cheap_hasher: PasswordHasher
) -> None:
    own = import_tashi(database, with_ratings=False)
    with database.writing() as session:
        clerk = account(session, own, "jingban", cheap_hasher, Role.CLERK)
        closed = account(session, own, "closed", cheap_hasher, Role.APPROVER)
        deputy = account(session, own, "daili", cheap_hasher)
        closed.closed_at = NOON
        days = {"first_day": TODAY - timedelta(days=9), "last_day": TODAY - timedelta(days=1)}
        session.add(AccountRole(account_id=deputy.id, role=Role.APPROVER, stands_for_id=closed.id, **days))
        session.flush()
        then = looked_at(session, own, TODAY - timedelta(days=1)).helpers
        now = looked_at(session, own, TODAY).helpers
        assert {helper.username for helper in then} == {"jingban", "daili"}
        assert [(helper.username, helper.proposes, helper.approves) for helper in now] == [
            ("jingban", True, False)
        ]
        (ended,) = readiness.ended_deputies(session, own, TODAY)
        assert (ended.username, ended.role, ended.last_day) == ("daili", "approver", days["last_day"])
        assert readiness.ended_deputies(session, own, TODAY + timedelta(days=60)) == []
        assert clerk.closed_at is None


def test_news_are_the_townships_own(database: Database, cheap_hasher: PasswordHasher) -> None:
    own = import_tashi(database, with_ratings=False)
    with database.writing() as session:
        other = Township(code="330825201", name="罗家乡", county="龙游县")
        session.add(other)
        session.flush()
        clerk = account(session, own, "jingban", cheap_hasher, Role.CLERK)
        for place in range(4):
            session.add(
                ImportFile(
                    township_id=own,
                    account_id=clerk.id,
                    name=f"{place}.xlsx",
                    content=b"x",
                    uploaded_at=NOON + timedelta(hours=place),
                )
            )
        for days in (1, -1):
            session.add(
                Proposal(
                    township_id=own,
                    kind="plan",
                    subject=str(days),
                    payload={},
                    reason="改",
                    proposer_id=clerk.id,
                    proposed_at=NOON - timedelta(days=14),
                    expires_at=NOON + timedelta(days=days),
                    state=ProposalState.WAITING,
                )
            )
        session.flush()
        assert [one.name for one in readiness.last_imports(session, own)] == ["3.xlsx", "2.xlsx", "1.xlsx"]
        assert readiness.waiting(session, own, NOON) == 1
        assert readiness.last_imports(session, other.id) == []
        assert readiness.waiting(session, other.id, NOON) == 0
