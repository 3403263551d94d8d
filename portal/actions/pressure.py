"""Reports of pressure on residents: taken in for the county alone, read and followed up by its reviewers.

A report goes to the county's own ledger and nowhere else: no entry of a township's ledger, no row that names a
township's id, no number that a township's page could count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from portal.actions.guard import NotAllowed, require
from portal.actions.ledger import RESIDENT, random_id
from portal.actions.second_factor import Vault
from portal.actions.seen import must_be_as_seen
from portal.clock import local_day
from portal.core.pressure import STAGE_WORDS, Happening, Stage, county_of, erased_on
from portal.core.rights import Actor, Right
from portal.core.voice_key import submission_key
from portal.store import county
from portal.store.county import CountyContact, CountyEntry, CountyKind, Report, Step


class PressureRefused(ValueError):
    """It can't be entered; the message says why and what is wanted, in a sentence."""


@dataclass(frozen=True, slots=True)
class SentReport:
    """What a resident reports: where, what happened, in whose words, how to be reached ('' for not at all).

    Codes and names are the township's (9 digits) and the village's (12). `key` is the page's one-time key: the same
    page sent twice is one report.
    """

    township: tuple[str, str]
    village: tuple[str, str]
    happened: Sequence[Happening]
    words: str
    contact: str
    key: str


def heard(session: Session, township_code: str, today: date) -> bool:
    """Whether the township's county has somebody who reads reports today."""
    return county.listens(session, county_of(township_code), today)


def report(session: Session, sent: SentReport, secret_key: str, today: date) -> None:
    """Put a report into the county's ledger, with its day; the same page sent again changes at most the number.

    Raises IntegrityError when it arrives twice at once: then the caller tries again.
    """
    submission = _submission(sent, secret_key)
    sealed = Vault(secret_key).sealed(sent.contact.encode()) if sent.contact else ""
    stored = county.by_submission(session, submission)
    if stored is not None:
        kept = county.contact(session, stored.report, today)
        if kept is not None:
            kept.sealed = sealed  # a wrong digit, mended before the page was sent again
        return
    code, village = sent.township[0], sent.village
    entry = CountyEntry(
        id=random_id(),
        county_code=county_of(code),
        report=random_id(),
        day=today,
        actor=RESIDENT,
        kind=CountyKind.REPORTED.value,
        body={
            "township_code": code,
            "township": sent.township[1],
            "village_code": village[0],
            "village": village[1],
            "happened": [one.value for one in sent.happened],
            "words": sent.words,
        },
        submission=submission,
    )
    session.add(entry)
    if sealed:
        session.add(CountyContact(report=entry.report, erase_on=erased_on(today, None), sealed=sealed))
    session.flush()
    county.forget_contacts(session, today)


def readable(session: Session, actor: Actor) -> list[Report]:
    """Every report of the reviewer's county, newest day first. Raises NotAllowed."""
    return county.reports(session, _county(actor))


def readable_one(session: Session, actor: Actor, report_id: int) -> Report | None:
    """A report of the reviewer's own county; None for one that there is not. Raises NotAllowed."""
    return county.one_report(session, _county(actor), report_id)


def as_seen(found: Report) -> dict[str, str]:
    """What a reviewer's form says of the report as it was when the page was opened."""
    return {"stage": STAGE_WORDS[found.stage], "steps": f"{len(found.steps)} 条"}


def note(
    session: Session, actor: Actor, report_id: int, wanted: tuple[Stage, str], seen: str, now: datetime
) -> bool:
    """Enter how far the county is and what it found; False where there is no such report.

    The same said again right away by the same account is entered once. Raises NotAllowed, PressureRefused where
    nothing would be new, and ChangedMeanwhile where somebody else was there first.
    """
    found = county.one_report(session, _county(actor), report_id, lock=True)
    if found is None:
        return False
    stage, words = wanted
    if found.steps and (actor.username, stage, words) == _said(found.steps[-1]):
        return True  # a second tap
    must_be_as_seen(seen, as_seen(found))
    if stage is found.stage and not words:
        raise PressureRefused("请改一改进展，或者写几句情况；两样都没有变，就没有什么可记的。")
    _enter(session, actor, found, CountyKind.NOTED, {"stage": stage.value, "note": words}, now)
    today = local_day(now)
    kept = county.contact(session, report_id, today)
    if kept is not None:
        kept.erase_on = erased_on(found.day, today if stage is Stage.HANDLED else None)
        session.flush()
    county.forget_contacts(session, today)
    return True


def see_contact(session: Session, actor: Actor, report_id: int, now: datetime) -> bool:
    """Enter that this reviewer looks at the telephone number today; False where there is none to look at."""
    found = county.one_report(session, _county(actor), report_id, lock=True)
    if found is None or county.contact(session, report_id, local_day(now)) is None:
        return False
    if not may_see_contact(found, actor, local_day(now)):
        _enter(session, actor, found, CountyKind.CONTACT_SEEN, {}, now)
    return True


def may_see_contact(found: Report, actor: Actor, today: date) -> bool:
    """Whether it stands in the ledger that this reviewer looks at the number today."""
    return any(
        step.kind is CountyKind.CONTACT_SEEN
        and step.actor == actor.username
        and local_day(datetime.fromisoformat(step.at)) == today
        for step in found.steps
    )


def contact_of(session: Session, actor: Actor, found: Report, secret_key: str, today: date) -> str | None:
    """The telephone number, for whom the ledger says that it is being looked at; None for everybody else."""
    kept = county.contact(session, found.id, today)
    if kept is None or not may_see_contact(found, actor, today):
        return None
    opened = Vault(secret_key).opened(kept.sealed)
    return None if opened is None else opened.decode()


def forget_contacts(session: Session, today: date) -> int:
    """Delete the telephone numbers whose time is over (30 days after 已处理, 180 at most), and say how many."""
    return county.forget_contacts(session, today)


def _enter(
    session: Session, actor: Actor, found: Report, kind: CountyKind, body: dict[str, str], now: datetime
) -> None:
    """Add the next step of a report that was read with a lock."""
    entry = CountyEntry(
        id=random_id(),
        county_code=_county(actor),
        report=found.id,
        day=local_day(now),
        actor=actor.username,
        kind=kind.value,
        body={"step": len(found.steps) + 1, "at": now.isoformat(), **body},
    )
    session.add(entry)
    session.flush()


def _said(step: Step) -> tuple[str, Stage | None, str]:
    return step.actor, step.stage, step.note


def _county(actor: Actor) -> str:
    """The county whose reports the actor may read. Raises NotAllowed."""
    require(actor, Right.READ_REPORTS)
    if actor.county_code is None:
        raise NotAllowed(Right.READ_REPORTS)
    return actor.county_code


def _submission(sent: SentReport, secret_key: str) -> str:
    """The number itself is left out: a digest of it could be tried out after it was forgotten."""
    happened = " ".join(one.value for one in sent.happened)
    left = "contact" if sent.contact else ""
    return submission_key(
        secret_key.encode(), "pressure", sent.key, sent.village[0], happened, sent.words, left
    )
