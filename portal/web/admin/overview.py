"""What needs the township today: the set-up while it is new, then what is missing and what waits."""

from __future__ import annotations

from datetime import date, timedelta

from flask import Blueprint, render_template

from portal.actions import periods
from portal.clock import local_day
from portal.core.rights import Right
from portal.store import periods as rows
from portal.store import posters, readiness, resident_cases
from portal.store.appraisal import Period
from portal.web import guards, scores, unit
from portal.web.admin.links import link
from portal.web.admin.tasks import gap_lines, tasks

SOON = timedelta(days=45)  # a new year is worth a word so long before the old one ends

pages = Blueprint("overview", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)


@pages.get("")
def page() -> str:
    """What needs me today?"""
    township = guards.township()
    session, now = unit.session(), unit.now()
    today = local_day(now)
    period = periods.current(session, township.id, now)
    ready = periods.ready(session, township.id, period, now)
    return render_template(
        "admin/overview.html",
        township=township,
        today=today,
        period=period,
        state=None if period is None else periods.state(period, today),
        year="" if ready.grave else _year_words(period, today),
        tasks=tasks(ready),
        gaps=gap_lines(ready.gaps),
        ready=ready,
        has_results=scores.has_period(township),
        unanswered=resident_cases.unanswered(session, township.id),
        quiet=posters.quiet(session, township.id, today),
        waiting=readiness.waiting(session, township.id, now),
        imports=readiness.last_imports(session, township.id),
        deputies=readiness.ended_deputies(session, township.id, today),
        link=link,
        local_day=local_day,
    )


def _year_words(period: Period | None, today: date) -> str:
    """What is to be done for the time after the period; '' while that is far away or done."""
    if period is None or today < period.last_day - SOON:
        return ""
    following = [
        one for one in rows.listed(unit.session(), period.township_id) if one.first_day > period.last_day
    ]
    if not following:
        return "还没有下一个考评周期，可以建新年度了。"
    return "" if following[0].opened_at else f"{following[0].name}已经建好，还没有打开。"
