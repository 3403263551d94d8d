"""The marks of a workbook: tasks, module marks, contests, governance, bonuses, and residents' cases."""

from __future__ import annotations

from datetime import datetime

from portal.actions.import_work import Work
from portal.actions.merge import Wanted
from portal.clock import moment_of
from portal.core.book import PARTY_COMMITTEE
from portal.store import appraisal, resident_cases, residents


def import_marks(work: Work, period: appraisal.Period) -> None:
    """Every mark that the township gave in the period; only the figures of a known row may change."""
    _tasks(work, period.id)
    _module_marks(work, period.id)
    _contests(work, period.id)
    _governance(work, period.id)
    _task_forces(work, period.id)
    _bonuses(work, period.id)


def import_cases(work: Work) -> None:
    """诉求: times become moments here.

    A request that came by the portal's form has its steps in the portal: a workbook that names it, such as one that
    was taken out here, changes nothing of it.
    """
    villages = work.ids("villages")
    own = resident_cases.own_numbers(work.session, work.township_id)
    work.kept += [row.number for row in work.book.cases if row.number in own]
    wanted = [
        Wanted(
            row.number,
            {"number": row.number},
            {
                "village_id": villages[row.village],
                "opened_at": moment_of(row.opened_at),
                "answered_at": _moment(row.answered_at),
                "finished_at": _moment(row.finished_at),
                "confirmed": row.confirmed,
                "level": row.level,
                "not_counted": row.not_counted,
            },
        )
        for row in work.book.cases
        if row.number not in own
    ]
    work.merge("诉求", residents.Case, wanted)


def _moment(wall: datetime | None) -> datetime | None:
    return None if wall is None else moment_of(wall)


def _tasks(work: Work, period_id: int) -> None:
    numbers, posts = work.ids("cadres"), work.ids("posts")
    wanted = [
        Wanted(
            f"{row.cadre} {row.post} {row.name}",
            {
                "period_id": period_id,
                "cadre_id": numbers[row.cadre],
                "post_id": posts[row.post],
                "name": row.name,
            },
            {"weight": row.weight, "mark": row.mark},
        )
        for row in work.book.tasks
    ]
    work.merge("岗位任务", appraisal.Task, wanted)


def _module_marks(work: Work, period_id: int) -> None:
    numbers = work.ids("cadres")
    wanted = [
        Wanted(
            f"{row.cadre} {row.kind.value} {row.day}",
            {
                "period_id": period_id,
                "cadre_id": numbers[row.cadre],
                "kind": row.kind,
                "day": row.day,
                "marker_id": numbers.get(row.marker),
                "by_committee": row.marker == PARTY_COMMITTEE,
                "reason": row.reason,
            },
            {"mark": row.mark},
        )
        for row in work.book.marks
    ]
    work.merge("模块评分", appraisal.ModuleMark, wanted)


def _contests(work: Work, period_id: int) -> None:
    modules = work.ids("modules")
    wanted = [
        Wanted(
            f"{row.day} {row.name} {row.module}",
            {"period_id": period_id, "day": row.day, "name": row.name, "module_id": modules[row.module]},
            {"points": row.points},
        )
        for row in work.book.contests
    ]
    work.merge("模块PK", appraisal.Contest, wanted)


def _governance(work: Work, period_id: int) -> None:
    teams = work.ids("teams")
    wanted = [
        Wanted(
            f"{row.team} {row.item}",
            {"period_id": period_id, "team_id": teams[row.team], "item": row.item},
            {"weight": row.weight, "mark": row.mark},
        )
        for row in work.book.governance
    ]
    work.merge("治理评分", appraisal.GovernanceMark, wanted)


def _task_forces(work: Work, period_id: int) -> None:
    numbers = work.ids("cadres")
    wanted = [
        Wanted(
            row.name,
            {"period_id": period_id, "name": row.name},
            {"leader_id": numbers.get(row.leader), "first_day": row.first_day, "last_day": row.last_day},
        )
        for row in work.book.task_forces
    ]
    work.merge("专班", appraisal.TaskForce, wanted)


def _bonuses(work: Work, period_id: int) -> None:
    numbers = work.ids("cadres")
    forces = work.task_force_ids(period_id)
    wanted = [
        Wanted(
            f"{row.task_force} {row.cadre}",
            {
                "period_id": period_id,
                "task_force_id": forces[row.task_force],
                "cadre_id": numbers[row.cadre],
                "reason": row.reason,
            },
            {"points": row.points},
        )
        for row in work.book.bonuses
    ]
    work.merge("专班加分", appraisal.Bonus, wanted)
