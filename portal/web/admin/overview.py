"""What needs the township today: the set-up while it is new, then what is missing and what waits."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.actions import periods
from portal.clock import local_day
from portal.core.rights import Right
from portal.store import readiness
from portal.web import guards, scores, unit
from portal.web.admin.links import link
from portal.web.admin.tasks import gap_lines, tasks

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
        tasks=tasks(ready),
        gaps=gap_lines(ready.gaps),
        ready=ready,
        has_results=scores.has_period(township),
        waiting=readiness.waiting(session, township.id, now),
        imports=readiness.last_imports(session, township.id),
        deputies=readiness.ended_deputies(session, township.id, today),
        link=link,
        local_day=local_day,
    )
