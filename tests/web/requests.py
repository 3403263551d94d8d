"""Requests of residents for tests of pages: one that is opened, answered, finished, as a resident and an office would."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions import answering
from portal.actions.answering import Desk
from portal.actions.resident_cases import NewCase, Said, open_case, say
from portal.actions.seen import seen_of
from portal.core.book import Role
from portal.core.receipts import receipt_digest
from portal.core.rights import Actor
from portal.store import resident_cases
from portal.store.organisation import Township, Village
from portal.store.people import Account
from portal.store.residents import Case, Outcome, Verdict
from tests.web.filling import SECRET_KEY, STREET, TASHI, VILLAGE, user

WORDS, PHONE = "村口路灯坏了，晚上看不见路。", "13812345678"


def opened(session: Session, now: Any, page: str = "page", code: str = VILLAGE, **changes: Any) -> str:
    """Open a request in a village and give its receipt; the same page is the same request."""
    village = session.scalars(select(Village).where(Village.code == code)).one()
    values = {"words": WORDS, "contact": PHONE, "not_for_team": False, **changes}
    wanted = NewCase(village.township_id, village.id, village.code, page=("cookie:1", page), **values)
    return open_case(session, wanted, SECRET_KEY, now)


def case_of(session: Session, receipt: str) -> Case:
    return session.scalars(select(Case).where(Case.receipt == receipt_digest(SECRET_KEY, receipt))).one()


def admin(session: Session, case: Case, now: Any) -> Desk:
    """An administrator of the case's township, who belongs to no team."""
    place = session.get_one(Township, case.township_id)
    name = next(
        name
        for name in (user(Role.TOWNSHIP_ADMIN, STREET), user(Role.TOWNSHIP_ADMIN, TASHI))
        if session.scalar(select(Account.township_id).where(Account.username == name)) == place.id
    )
    account = session.scalars(select(Account).where(Account.username == name)).one()
    actor = Actor(account.id, name, place.id, frozenset({Role.TOWNSHIP_ADMIN}))
    return Desk(session, actor, case, now, SECRET_KEY)


def stepped(session: Session, receipt: str, now: Any, *steps: str) -> Case:
    """Take steps: answer, finish, or what the author says (solved, partly, unsolved), each at once."""
    case = case_of(session, receipt)
    for step in steps:
        desk = admin(session, case, now)
        seen = seen_of(answering.last_step(session, case))
        if step == "answer":
            answering.answer(desk, "已经联系电力，明天来修。", seen)
        elif step == "finish":
            answering.finish(desk, Outcome.SOLVED, "路灯修好了。", seen)
        else:
            finish = resident_cases.progress(case).finishes
            say(session, case, Said(Verdict(step), 4, "谢谢。", finish), now)
    return case
