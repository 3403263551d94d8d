"""A small township straight in the tables, for tests of what the database itself promises."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from portal.core.book import MarkKind, Way
from portal.core.form import STANDARD, to_json
from portal.store import appraisal, ledger, organisation, residents
from portal.store.base import Base

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
YEAR = {"first_day": FIRST, "last_day": LAST}
NOW = datetime(2026, 5, 20, 4, tzinfo=UTC)
IDS = itertools.count(1)


class Ground:
    """A township with a period, two villages, teams and cadres; its methods make rows that are right as they are."""

    def __init__(self, session: Session, code: str = "330825111") -> None:
        self.session = session
        self.township = self._add(organisation.Township(code=code, name="塔石镇", county="龙游县"))
        own = {"township_id": self.township}
        since: dict[str, Any] = {**own, "first_day": FIRST}
        self.village, self.other_village = (
            self._add(
                organisation.Village(
                    **since, code=f"{code}{n}", name=f"{n}村", kind="village", households=100
                )
            )
            for n in (201, 202)
        )
        self.team, self.other_team = (self._add(organisation.Team(**since, name=f"{n}组")) for n in "甲乙")
        self.cadre, self.other_cadre = (
            self._add(organisation.Cadre(**own, number=n, name=f"干部{n}")) for n in ("1", "2")
        )
        self.post = self._add(organisation.Post(**since, name="A岗"))
        self.module = self._add(organisation.Module(**since, name="党建"))
        self.period = self._add(appraisal.Period(**own, **YEAR, name="2026年度"))
        self.force = self._add(
            appraisal.TaskForce(**own, **YEAR, period_id=self.period, name="征迁", leader_id=None)
        )
        self.edition = self._add(residents.FormEdition(**own, key=STANDARD.key, definition=to_json(STANDARD)))

    def _add(self, row: Any) -> int:
        self.session.add(row)
        self.session.flush()
        return int(row.id)

    def add(self, row: Base) -> None:
        """Write the row now, so that the database says what it thinks of it."""
        self.session.add(row)
        self.session.flush()

    def rating(self, **other: Any) -> residents.Rating:
        values: dict[str, Any] = {
            "id": next(IDS),
            "township_id": self.township,
            "village_id": self.village,
            "edition_id": self.edition,
            "day": date(2026, 3, 1),
            "voice": "v",
            "way": Way.WECHAT,
            "answers": "overall=5",
            "comment": "",
            "valued": True,
            "first": True,
            "replaced_on": None,
            "submission": f"s{next(IDS)}",
        }
        return residents.Rating(**{**values, **other})

    def link(self, first: date, last: date, **other: Any) -> organisation.TeamLink:
        values = {"township_id": self.township, "team_id": self.team, "village_id": self.village}
        return organisation.TeamLink(**{**values, **other}, first_day=first, last_day=last)

    def mark(self, **other: Any) -> appraisal.ModuleMark:
        values: dict[str, Any] = {
            "township_id": self.township,
            "period_id": self.period,
            "cadre_id": self.cadre,
            "kind": MarkKind.DAILY,
            "day": FIRST,
            "mark": Decimal(80),
        }
        return appraisal.ModuleMark(**{**values, **other})

    def task(self, **other: Any) -> appraisal.Task:
        values: dict[str, Any] = {
            "township_id": self.township,
            "period_id": self.period,
            "cadre_id": self.cadre,
            "post_id": self.post,
            "name": "招商",
            "weight": Decimal(20),
            "mark": Decimal(80),
        }
        return appraisal.Task(**{**values, **other})

    def governance(self, **other: Any) -> appraisal.GovernanceMark:
        values: dict[str, Any] = {
            "township_id": self.township,
            "period_id": self.period,
            "team_id": self.team,
            "item": "平安",
            "weight": Decimal(20),
            "mark": Decimal(80),
        }
        return appraisal.GovernanceMark(**{**values, **other})

    def bonus(self, points: str) -> appraisal.Bonus:
        return appraisal.Bonus(
            township_id=self.township,
            period_id=self.period,
            task_force_id=self.force,
            cadre_id=self.cadre,
            points=Decimal(points),
        )

    def coefficient(self, value: str) -> appraisal.PeriodPost:
        return appraisal.PeriodPost(
            township_id=self.township, period_id=self.period, post_id=self.post, coefficient=Decimal(value)
        )

    def membership(self, factor: str = "1", **other: Any) -> organisation.TeamMembership:
        values = {"township_id": self.township, "team_id": self.team, "cadre_id": self.cadre, **YEAR}
        return organisation.TeamMembership(**{**values, **other}, factor=Decimal(factor))

    def case(self, **other: Any) -> residents.Case:
        values: dict[str, Any] = {
            "township_id": self.township,
            "number": f"2026-{next(IDS)}",
            "village_id": self.village,
            "opened_at": NOW,
        }
        return residents.Case(**{**values, **other})

    def households(self, first_day: date = FIRST, households: int = 481) -> appraisal.PeriodVillage:
        values = {"township_id": self.township, "period_id": self.period, "village_id": self.village}
        return appraisal.PeriodVillage(**values, first_day=first_day, households=households)

    def poster(self, token: str, **other: Any) -> organisation.Poster:
        values: dict[str, Any] = {
            "township_id": self.township,
            "village_id": self.village,
            "issued_on": FIRST,
            "retired_on": None,
        }
        return organisation.Poster(**{**values, **other}, token=token)

    def entry(self, **other: Any) -> ledger.LedgerEntry:
        values: dict[str, Any] = {
            "id": next(IDS),
            "township_id": self.township,
            "act": 1,
            "at": NOW,
            "actor": "operator",
            "kind": "test",
            "subject": "x",
            "before": None,
            "after": {"mark": "80"},
        }
        return ledger.LedgerEntry(**{**values, **other})
