"""Looking up paper forms: by serial, and how many of each batch came back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from portal.store.organisation import Village
from portal.store.papers import PaperForm

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Batch:
    """What was printed for one village at once, and how many of it were typed in."""

    printed_on: date
    village: str
    printed: int
    used: int


def by_serial(session: Session, township_id: int, serial: str, *, lock: bool = False) -> PaperForm | None:
    """The township's form with this serial; with `lock` nobody else uses it until this transaction ends."""
    found = select(PaperForm).where(PaperForm.township_id == township_id, PaperForm.serial == serial)
    if lock:
        found = found.with_for_update().execution_options(populate_existing=True)
    return session.scalar(found)


def taken(session: Session, serials: Iterable[str]) -> frozenset[str]:
    """Which of these serials any township has had."""
    wanted = list(serials)
    chunks = (wanted[start : start + CHUNK] for start in range(0, len(wanted), CHUNK))
    return frozenset(
        serial
        for chunk in chunks
        for serial in session.scalars(select(PaperForm.serial).where(PaperForm.serial.in_(chunk)))
    )


def add(session: Session, rows: Sequence[dict[str, Any]]) -> None:
    """Register forms, given as column values."""
    session.execute(insert(PaperForm), rows)


def batches(session: Session, township_id: int, most: int) -> list[Batch]:
    """The newest batches village by village, `most` lines at most."""
    rows = session.execute(
        select(PaperForm.printed_on, Village.name, func.count(), func.count(PaperForm.used_on))
        .join(Village, Village.id == PaperForm.village_id)
        .where(PaperForm.township_id == township_id)
        .group_by(PaperForm.printed_on, PaperForm.batch, Village.code, Village.name)
        .order_by(PaperForm.printed_on.desc(), PaperForm.batch, Village.code)
        .limit(most)
    )
    return [Batch(*row) for row in rows]


def village_on(session: Session, village_id: int, day: date) -> Village | None:
    """The village that a village's people belong to on a day: itself, or what it was merged into; None for nobody's."""
    village, seen = session.get_one(Village, village_id), {village_id}
    while village.last_day is not None and village.last_day < day:
        if village.merged_into_id is None or village.merged_into_id in seen:
            return None
        seen.add(village.merged_into_id)
        village = session.get_one(Village, village.merged_into_id)
    return village
