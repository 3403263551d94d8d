"""The county's own ledger, where reports of pressure on residents go. No township's page, export or query reads it.

Triggers in the database refuse to change or delete an entry. A report has its day and no finer time, no address and
no cookie; its id is random. A telephone number stands in a table of its own, since it must be forgotten one day. Both are kept from
the accounts of townships; whoever operates the server can read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, delete, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.core.book import Role
from portal.core.pressure import Happening, Stage
from portal.store.base import Base
from portal.store.people import Account, AccountRole
from portal.store.types import BigId


class CountyKind(StrEnum):
    """What an entry of the county's ledger says happened to a report."""

    REPORTED = "pressure.reported"
    NOTED = "pressure.noted"  # a stage, words, or both
    CONTACT_SEEN = "pressure.contact_seen"


class CountyEntry(Base):
    """Something that a county's reviewer must know. Entries about one report share `report`."""

    __tablename__ = "county_entry"
    __table_args__ = (
        Index(None, "county_code", "day"),
        Index(None, "report"),
        CheckConstraint("length(county_code) = 6", name="code_has_6_digits"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    county_code: Mapped[str] = mapped_column(String(6))
    report: Mapped[int] = mapped_column(BigId)
    day: Mapped[date]
    actor: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(40))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    submission: Mapped[str | None] = mapped_column(Text, unique=True)


class CountyContact(Base):
    """How to reach who reported, encrypted; nobody sees it from `erase_on` on, and the row goes then."""

    __tablename__ = "county_contact"

    report: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    erase_on: Mapped[date]
    sealed: Mapped[str] = mapped_column(Text)


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody of the county did with a report: `at` is an ISO moment; `stage` None where it didn't change."""

    at: str
    actor: str
    kind: CountyKind
    stage: Stage | None
    note: str


@dataclass(frozen=True, slots=True)
class Report:
    """A report as the county reads it, with its steps in order. Codes and names are those of the day it came."""

    id: int
    day: date
    township: str
    township_code: str
    village: str
    village_code: str
    happened: tuple[Happening, ...]
    words: str
    steps: tuple[Step, ...] = ()

    @property
    def stage(self) -> Stage:
        """The last stage that somebody entered."""
        return next((step.stage for step in reversed(self.steps) if step.stage), Stage.RECEIVED)


def listens(session: Session, county_code: str, today: date) -> bool:
    """Whether somebody of the county reads reports today: an open account with the role. Asked on every form.

    Accounts above the townships share the index's empty township, so that few rows are looked at.
    """
    reader = (
        exists()
        .where(
            Account.township_id.is_(None),
            Account.county_code == county_code,
            Account.closed_at.is_(None),
            AccountRole.account_id == Account.id,
            AccountRole.role == Role.COUNTY_REVIEWER,
            or_(AccountRole.first_day.is_(None), AccountRole.first_day <= today),
            or_(AccountRole.last_day.is_(None), AccountRole.last_day >= today),
        )
        .select()
    )
    return bool(session.scalar(reader))


def by_submission(session: Session, submission: str) -> CountyEntry | None:
    """The report that was stored under this key."""
    return session.scalar(select(CountyEntry).where(CountyEntry.submission == submission))


def reports(session: Session, county_code: str) -> list[Report]:
    """Every report of the county, newest day first; within a day in an order that tells nothing."""
    rows = session.scalars(select(CountyEntry).where(CountyEntry.county_code == county_code))
    about: dict[int, list[CountyEntry]] = {}
    for row in rows:
        about.setdefault(row.report, []).append(row)
    found = [_report(own) for own in about.values()]
    return sorted(found, key=lambda report: (report.day, report.id), reverse=True)


def one_report(session: Session, county_code: str, report: int, *, lock: bool = False) -> Report | None:
    """The county's own report; with `lock` nobody else adds to it until this transaction ends."""
    own = select(CountyEntry).where(CountyEntry.county_code == county_code, CountyEntry.report == report)
    if lock:
        session.scalars(own.where(CountyEntry.kind == CountyKind.REPORTED.value).with_for_update()).all()
    rows = list(session.scalars(own))
    return _report(rows) if rows else None


def contact(session: Session, report: int, today: date) -> CountyContact | None:
    """The telephone number left with a report, while it may be seen."""
    return session.scalar(
        select(CountyContact).where(CountyContact.report == report, CountyContact.erase_on > today)
    )


def with_contact(session: Session, today: date) -> frozenset[int]:
    """The reports whose telephone number may be seen."""
    return frozenset(session.scalars(select(CountyContact.report).where(CountyContact.erase_on > today)))


def forget_contacts(session: Session, today: date) -> int:
    """Delete the telephone numbers whose time is over, and say how many."""
    due = list(session.scalars(select(CountyContact.report).where(CountyContact.erase_on <= today)))
    if due:
        session.execute(delete(CountyContact).where(CountyContact.report.in_(due)))
    return len(due)


def _report(rows: list[CountyEntry]) -> Report:
    first = next(row for row in rows if row.kind == CountyKind.REPORTED)
    later = [row for row in rows if row is not first]
    body = first.body
    return Report(
        id=first.report,
        day=first.day,
        township=body["township"],
        township_code=body["township_code"],
        village=body["village"],
        village_code=body["village_code"],
        happened=tuple(Happening(one) for one in body["happened"]),
        words=body["words"],
        steps=tuple(map(_step, sorted(later, key=lambda row: int(row.body["step"])))),
    )


def _step(row: CountyEntry) -> Step:
    stage = row.body.get("stage")
    return Step(
        at=row.body["at"],
        actor=row.actor,
        kind=CountyKind(row.kind),
        stage=Stage(stage) if stage else None,
        note=row.body.get("note", ""),
    )
