"""A township as it stands in one appraisal period, as the workbook that would bring it there: it imports unchanged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Session

from portal.clock import SHANGHAI, local
from portal.core import book as kinds
from portal.core.book import PARTY_COMMITTEE, Book, Role
from portal.core.days import Span
from portal.store import townships
from portal.store.appraisal import (
    Bonus,
    Contest,
    GovernanceMark,
    ModuleMark,
    Period,
    PeriodPost,
    PeriodVillage,
    Task,
    TaskForce,
)
from portal.store.organisation import (
    Cadre,
    ExtraPost,
    Module,
    Move,
    Post,
    Service,
    Team,
    TeamLeader,
    TeamLink,
    TeamMembership,
    Village,
)
from portal.store.residents import Case
from portal.store.rows import in_township, overlapping


def book_of(session: Session, township_id: int, period_id: int) -> Book:
    """Everything that the period's workbook would hold. Raises NoResultFound for a period of nobody."""
    return _Reader(session, township_id, session.get_one(Period, period_id)).book()


class _Reader:
    """Reads each table once; keys by id are at hand for every sheet."""

    def __init__(self, session: Session, township_id: int, period: Period) -> None:
        self._session = session
        self._township_id = township_id
        self._period = period
        self._span = Span(period.first_day, period.last_day)
        self._posts: dict[int, str] = {row.id: row.name for row in self._rows(Post)}
        self._modules: dict[int, str] = {row.id: row.name for row in self._rows(Module)}
        self._teams: dict[int, str] = {row.id: row.name for row in self._rows(Team)}
        self._numbers: dict[int, str] = {row.id: row.number for row in self._rows(Cadre)}
        self._villages: dict[int, str] = {row.id: row.code for row in self._rows(Village)}

    def book(self) -> Book:
        """The sheets in their order."""
        township = townships.by_id(self._session, self._township_id)
        period = self._period
        marks = _Marks(self, period.id)
        return Book(
            period=kinds.PeriodRow(
                township.name, township.code, township.county, period.name, period.first_day, period.last_day
            ),
            villages=self._village_rows(),
            modules=tuple(kinds.ModuleRow(row.name) for row in self._rows(Module, self._lasting(Module))),
            posts=tuple(
                kinds.PostRow(self._posts[row.post_id], row.coefficient)
                for row in self._rows(PeriodPost, PeriodPost.period_id == period.id)
            ),
            cadres=self._cadre_rows(),
            extra_posts=self._extra_posts(),
            moves=self._moves(),
            teams=self._team_rows(),
            members=self._members(),
            links=self._links(),
            task_forces=marks.task_forces(),
            tasks=marks.tasks(),
            marks=marks.module_marks(),
            contests=marks.contests(),
            governance=marks.governance(),
            bonuses=marks.bonuses(),
            cases=self._case_rows(),
        )

    def _extra_posts(self) -> tuple[kinds.ExtraPostRow, ...]:
        return tuple(
            kinds.ExtraPostRow(
                self._numbers[row.cadre_id], self._posts[row.post_id], row.first_day, row.last_day
            )
            for row in self._rows(ExtraPost, overlapping(ExtraPost, self._span))
        )

    def _moves(self) -> tuple[kinds.MoveRow, ...]:
        return tuple(
            kinds.MoveRow(
                self._numbers[row.cadre_id],
                row.day,
                self._posts.get(row.post_id or 0, ""),
                self._modules.get(row.module_id or 0, ""),
            )
            for row in self._rows(Move, Move.day.between(self._span.first, self._span.last))
        )

    def _members(self) -> tuple[kinds.MemberRow, ...]:
        return tuple(
            kinds.MemberRow(
                self._teams[row.team_id],
                self._numbers[row.cadre_id],
                row.first_day,
                row.last_day,
                row.factor,
            )
            for row in self._rows(TeamMembership, overlapping(TeamMembership, self._span))
        )

    def _links(self) -> tuple[kinds.LinkRow, ...]:
        return tuple(
            kinds.LinkRow(
                self._teams[row.team_id], self._villages[row.village_id], row.first_day, row.last_day
            )
            for row in self._rows(TeamLink, overlapping(TeamLink, self._span))
        )

    def number(self, cadre_id: int | None) -> str:
        return self._numbers.get(cadre_id or 0, "")

    def post(self, post_id: int) -> str:
        return self._posts[post_id]

    def module(self, module_id: int) -> str:
        return self._modules[module_id]

    def team(self, team_id: int) -> str:
        return self._teams[team_id]

    def rows(self, table: Any, *scope: ColumnElement[bool]) -> Sequence[Any]:
        return self._rows(table, *scope)

    def _rows(self, table: Any, *scope: ColumnElement[bool]) -> Sequence[Any]:
        return in_township(self._session, table, self._township_id, *scope)

    def _lasting(self, table: Any) -> ColumnElement[bool]:
        """What was there on some day of the period."""
        there: ColumnElement[bool] = (table.first_day <= self._span.last) & or_(
            table.last_day.is_(None), table.last_day >= self._span.first
        )
        return there

    def _village_rows(self) -> tuple[kinds.VillageRow, ...]:
        """The households are those of the first day of the period on which the village is there."""
        counted = self._rows(
            PeriodVillage,
            PeriodVillage.period_id == self._period.id,
        )
        first = self._span.first
        households = {(row.village_id, row.first_day): row.households for row in counted}
        return tuple(
            kinds.VillageRow(
                row.code,
                row.name,
                row.kind,
                households.get((row.id, max(row.first_day, first)), row.households),
            )
            for row in self._rows(Village, self._lasting(Village))
        )

    def _cadre_rows(self) -> tuple[kinds.CadreRow, ...]:
        """A row a cadre, whatever the number of stretches: how it began and how it ended."""
        served: dict[int, list[Service]] = defaultdict(list)
        for row in self._rows(Service, overlapping(Service, self._span)):
            served[row.cadre_id].append(row)
        found = []
        for cadre in self._rows(Cadre):
            stretches = sorted(served.get(cadre.id, ()), key=lambda stretch: stretch.first_day)
            if stretches:
                found.append(self._cadre_row(cadre, stretches[0], stretches[-1]))
        return tuple(found)

    def _cadre_row(self, cadre: Cadre, first: Service, last: Service) -> kinds.CadreRow:
        return kinds.CadreRow(
            number=cadre.number,
            name=cadre.name,
            phone=cadre.phone,
            group=last.group_name,
            post=self._posts.get(first.post_id or 0, ""),
            module=self._modules.get(first.module_id or 0, ""),
            roles=tuple(role for role in Role if role.value in last.roles),
            first_day=max(first.first_day, self._span.first),
            last_day=min(last.last_day, self._span.last),
            staffing=last.staffing,
            exempt=last.exempt,
        )

    def _team_rows(self) -> tuple[kinds.TeamRow, ...]:
        leaders = sorted(
            self._rows(TeamLeader, overlapping(TeamLeader, self._span)), key=lambda row: row.first_day
        )
        last = {row.team_id: self._numbers[row.cadre_id] for row in leaders}
        return tuple(
            kinds.TeamRow(row.name, last.get(row.id, "")) for row in self._rows(Team, self._lasting(Team))
        )

    def _case_rows(self) -> tuple[kinds.CaseRow, ...]:
        first = datetime.combine(self._span.first, time(), SHANGHAI)
        after = datetime.combine(self._span.last + timedelta(days=1), time(), SHANGHAI)
        return tuple(
            kinds.CaseRow(
                number=row.number,
                village=self._villages[row.village_id],
                opened_at=_second(row.opened_at),
                answered_at=None if row.answered_at is None else _second(row.answered_at),
                finished_at=None if row.finished_at is None else _second(row.finished_at),
                confirmed=row.confirmed,
                # what a resident said here is told for many together, never for one
                level=None if row.submission else row.level,
                not_counted=row.not_counted,
            )
            for row in self._rows(Case, Case.opened_at >= first, Case.opened_at < after)
        )


def _second(moment: datetime) -> datetime:
    """The wall time to the second, as a workbook has it."""
    return local(moment).replace(microsecond=0)


class _Marks:
    """What was given in the period itself."""

    def __init__(self, reader: _Reader, period_id: int) -> None:
        self._reader = reader
        self._period_id = period_id

    def _rows(self, table: Any) -> Sequence[Any]:
        return self._reader.rows(table, table.period_id == self._period_id)

    def task_forces(self) -> tuple[kinds.TaskForceRow, ...]:
        return tuple(
            kinds.TaskForceRow(row.name, self._reader.number(row.leader_id), row.first_day, row.last_day)
            for row in self._rows(TaskForce)
        )

    def tasks(self) -> tuple[kinds.TaskRow, ...]:
        own = self._reader
        return tuple(
            kinds.TaskRow(own.number(row.cadre_id), own.post(row.post_id), row.name, row.weight, row.mark)
            for row in self._rows(Task)
        )

    def module_marks(self) -> tuple[kinds.MarkRow, ...]:
        own = self._reader
        return tuple(
            kinds.MarkRow(
                own.number(row.cadre_id),
                row.kind,
                row.day,
                row.mark,
                PARTY_COMMITTEE if row.by_committee else own.number(row.marker_id),
                row.reason,
            )
            for row in self._rows(ModuleMark)
        )

    def contests(self) -> tuple[kinds.ContestRow, ...]:
        return tuple(
            kinds.ContestRow(row.day, row.name, self._reader.module(row.module_id), row.points)
            for row in self._rows(Contest)
        )

    def governance(self) -> tuple[kinds.GovernanceRow, ...]:
        return tuple(
            kinds.GovernanceRow(self._reader.team(row.team_id), row.item, row.weight, row.mark)
            for row in self._rows(GovernanceMark)
        )

    def bonuses(self) -> tuple[kinds.BonusRow, ...]:
        forces = {row.id: row.name for row in self._rows(TaskForce)}
        return tuple(
            kinds.BonusRow(
                forces[row.task_force_id], self._reader.number(row.cadre_id), row.points, row.reason
            )
            for row in self._rows(Bonus)
        )
