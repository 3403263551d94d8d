"""诉求办理 (scoring.md 3, cases): answered in time, resolved, liked — as known at the end of as_of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from portal.core.exact import rounded, weighted_mean
from portal.core.facts import Case
from portal.core.form import LEVEL_POINTS
from portal.core.plan import Plan


@dataclass(frozen=True, slots=True)
class Rate:
    """`good` of `counted`; None without any."""

    good: int
    counted: int

    @property
    def value(self) -> Fraction | None:
        return Fraction(100 * self.good, self.counted) if self.counted else None


@dataclass(frozen=True, slots=True)
class CasesScore:
    """The component and its three parts, each 0–100; `levels` counts the finished cases by level 5…1."""

    score: Fraction | None
    exact: Fraction | None
    response: Rate
    resolution: Rate
    levels: tuple[tuple[int, int], ...]
    satisfaction: Fraction | None
    opened: int
    not_counted: int


def cases_score(cases: Sequence[Case], as_of: date, plan: Plan) -> CasesScore:
    """The component for one team's cases, all opened in the period up to as_of."""
    now = datetime.combine(as_of + timedelta(days=1), time())
    counted = [_known(case, now) for case in cases if not case.not_counted]
    response = _response(counted, now, timedelta(hours=plan.answer_hours))
    resolution = _resolution(counted, now, timedelta(days=plan.resolve_days))
    levels = tuple(
        (level, sum(case.level == level for case in counted)) for level in sorted(LEVEL_POINTS, reverse=True)
    )
    satisfaction = weighted_mean((Fraction(count), LEVEL_POINTS[level]) for level, count in levels if count)
    weights = plan.case_weights
    exact = weighted_mean(
        [
            (weights["response"], response.value),
            (weights["resolution"], resolution.value),
            (weights["satisfaction"], satisfaction),
        ]
    )
    score = None if exact is None else rounded(exact)
    return CasesScore(
        score, exact, response, resolution, levels, satisfaction, len(cases), len(cases) - len(counted)
    )


def _known(case: Case, now: datetime) -> Case:
    """The case as it was known just before `now`.

    What the resident said is known from then on; in a workbook 群众确认 and 满意度 are known from 办结时间 on. Until a
    case is taken up again it stands as it was finished first, neither confirmed nor denied; from then on it is
    unfinished until it is finished once more.
    """
    if case.reopened_at is not None and case.reopened_at >= now:
        case = replace(case, finished_at=case.first_finished_at, confirmed=None, level=None, heard_at=None)
    finished_at = _before(case.finished_at, now)
    heard = finished_at is not None and (case.heard_at is None or case.heard_at < now)
    return replace(
        case,
        answered_at=_before(case.answered_at, now),
        finished_at=finished_at,
        confirmed=case.confirmed if heard else None,
        level=case.level if heard else None,
    )


def _before(moment: datetime | None, now: datetime) -> datetime | None:
    return moment if moment is not None and moment < now else None


def _response(cases: Sequence[Case], now: datetime, limit: timedelta) -> Rate:
    in_time = sum(
        case.answered_at is not None and case.answered_at <= case.opened_at + limit for case in cases
    )
    over = sum(
        case.opened_at + limit <= now
        for case in cases
        if case.answered_at is None or case.answered_at > case.opened_at + limit
    )
    return Rate(in_time, in_time + over)


def _resolution(cases: Sequence[Case], now: datetime, limit: timedelta) -> Rate:
    confirmed = sum(case.confirmed is True for case in cases)
    denied = sum(case.confirmed is False for case in cases)
    lying = sum(case.finished_at is None and case.opened_at + limit <= now for case in cases)
    return Rate(confirmed, confirmed + denied + lying)
