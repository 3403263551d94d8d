"""Looking up entries that were drawn for a second person, and what came of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.store.ledger import LedgerEntry
from portal.store.organisation import Village
from portal.store.papers import CheckResult, EntryCheck
from portal.store.people import Account

LARGEST_ID = 2**62


@dataclass(frozen=True, slots=True)
class Drawn:
    """An entry that was drawn, its village, and the cadre whom the account of who typed it stands for, if any."""

    check: EntryCheck
    village: Village
    typed_by_cadre_id: int | None


def drawn_on(session: Session, account_id: int, day: date) -> bool:
    """Whether one of the account's entries of the day was drawn already."""
    found = select(EntryCheck.id).where(EntryCheck.entered_by_id == account_id, EntryCheck.entered_on == day)
    return session.scalar(found.limit(1)) is not None


def waiting(session: Session, township_id: int) -> list[Drawn]:
    """Those that nobody has checked yet and that can still be checked, oldest first; within a day in no order."""
    rows = session.execute(
        select(EntryCheck, Village, Account.cadre_id)
        .join(Village, Village.id == EntryCheck.village_id)
        .join(Account, Account.id == EntryCheck.entered_by_id)
        .where(
            EntryCheck.township_id == township_id,
            EntryCheck.result.is_(None),
            EntryCheck.sealed.is_not(None),
        )
        .order_by(EntryCheck.entered_on, Village.code, EntryCheck.id)
    )
    return [Drawn(*row) for row in rows]


def one(session: Session, township_id: int, check_id: int, *, lock: bool = False) -> Drawn | None:
    """The township's own one; with `lock` nobody else checks it until this transaction ends."""
    if check_id > LARGEST_ID:
        return None
    found = select(EntryCheck).where(EntryCheck.township_id == township_id, EntryCheck.id == check_id)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    check = session.scalar(found)
    if check is None:
        return None
    typed_by = session.get_one(Account, check.entered_by_id)
    return Drawn(check, session.get_one(Village, check.village_id), typed_by.cadre_id)


def times_compared(session: Session, check: EntryCheck, village: str, kind: str) -> int:
    """How often somebody typed it otherwise: the ledger's entries of this kind about it, whose subject is its village."""
    found = select(func.count()).where(
        LedgerEntry.township_id == check.township_id,
        LedgerEntry.kind == kind,
        LedgerEntry.subject == village,
        LedgerEntry.row_id == check.id,
    )
    return session.execute(found).scalar_one()


def counted(
    session: Session, township_id: int, since: date
) -> Mapping[int, Mapping[CheckResult | None, int]]:
    """By account that typed: how many of its entries since a day were drawn, by result (None: not checked)."""
    rows = session.execute(
        select(EntryCheck.entered_by_id, EntryCheck.result, func.count())
        .where(EntryCheck.township_id == township_id, EntryCheck.entered_on >= since)
        .group_by(EntryCheck.entered_by_id, EntryCheck.result)
    )
    found: dict[int, dict[CheckResult | None, int]] = {}
    for account, result, number in rows:
        found.setdefault(account, {})[result] = number
    return found
