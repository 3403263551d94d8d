"""A township that hears people on paper, by telephone, at the door and online: what tests of one voice do and see."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.actions import entering, papers
from portal.actions.entering import Entered, Typed
from portal.actions.ratings import SentForm, collect_rating
from portal.clock import local_day
from portal.core import form
from portal.core.book import Way
from portal.core.paper_forms import new_serial
from portal.core.rights import Actor
from portal.store.organisation import Village
from portal.store.papers import EntryCheck, EntryKind, PaperForm, VoiceKey
from portal.store.residents import Rating
from tests.actions.office import Office
from tests.conftest import NOON

KEYS = itertools.count()
DICE = random.Random(11)
SECRET_KEY = "a secret that is long enough for tests"
NUMBER = "13800001111"
BEST: form.Answers = (("overall", "5"),)
PAPER, PHONE, DOOR = EntryKind.PAPER, EntryKind.PHONE, EntryKind.DOOR


def level(number: str) -> form.Answers:
    """A sheet on which only 总体 is answered."""
    return (("overall", number),)


class Counter:
    """The township's office at work: prints, types in, and takes in what phones send."""

    def __init__(self, office: Office) -> None:
        self.office, self.database = office, office.database
        self.writing = office.database.writing

    def within(self, session: Session) -> Counter:
        """The same desk, doing everything in a transaction that somebody else will end."""
        other = Counter(self.office)
        other.writing = lambda: nullcontext(session)  # type: ignore[method-assign,assignment,return-value]
        return other

    def print(self, number: int = 1, village: int | None = None, now: datetime = NOON) -> list[str]:
        serials = [new_serial(DICE.choice) for _ in range(number)]
        with self.database.writing() as session:
            papers.register(session, self.office.clerk, {village or self.office.village: serials}, now)
        return serials

    def enter(
        self,
        kind: EntryKind,
        who: str,
        answers: form.Answers = BEST,
        actor: Actor | None = None,
        now: datetime = NOON,
        lot: Callable[[], bool] = lambda: False,
        **other: object,
    ) -> Entered:
        values = {"village_id": self.office.village, "comment": "", "key": f"page-{next(KEYS)}", **other}
        typed = Typed(kind=kind, who=who, answers=answers, **values)  # type: ignore[arg-type]
        with self.writing() as session:
            return entering.enter(session, actor or self.office.clerk, typed, SECRET_KEY, now, lot)

    def online(
        self,
        cookie: str,
        answers: form.Answers = BEST,
        shared: Iterable[str] = (),
        now: datetime = NOON,
    ) -> bool:
        """What a phone sends; `shared` are the keys that it leaves."""
        with self.writing() as session:
            village = session.get_one(Village, self.office.village)
            sent = SentForm(
                self.office.township,
                village.id,
                village.code,
                form.STANDARD,
                answers,
                "",
                Way.ANONYMOUS,
                f"cookie:{cookie}",
                f"page-{next(KEYS)}",
                shared=tuple(shared),
            )
            return collect_rating(session, sent, local_day(now))

    def ratings(self) -> list[Rating]:
        with self.database.reading() as session:
            return list(session.scalars(select(Rating)))

    def standing(self) -> list[str]:
        """The ways and levels of the voices that stand, sorted: anonymous 5, paper 1."""
        return sorted(
            f"{row.way.value} {row.answers.removeprefix('overall=')}"
            for row in self.ratings()
            if row.valued and row.replaced_on is None
        )

    def firsts(self) -> int:
        """How many ratings took nobody's place."""
        return sum(row.first for row in self.ratings())

    def checks(self) -> list[EntryCheck]:
        with self.database.reading() as session:
            return list(session.scalars(select(EntryCheck)))

    def forms(self) -> list[PaperForm]:
        with self.database.reading() as session:
            return list(session.scalars(select(PaperForm)))

    def left_keys(self) -> list[VoiceKey]:
        with self.database.reading() as session:
            return list(session.scalars(select(VoiceKey)))


def used(forms: Iterable[PaperForm]) -> list[date]:
    return [one.used_on for one in forms if one.used_on is not None]
