"""The organisation at a glance: how many of what, and what is odd."""

from __future__ import annotations

from flask import render_template

from portal.actions.posts_and_modules import FEWEST_MODULES, MOST_MODULES
from portal.store import organising, rows
from portal.store.organisation import Team, Village
from portal.web import guards, unit
from portal.web.admin.organisation import acts
from portal.web.admin.organisation.blueprint import pages
from portal.web.admin.organisation.forces import current_period


@pages.get("/organisation")
def index() -> str:
    """Is the organisation complete today?"""
    session, township, day = unit.session(), guards.township(), acts.today()
    counted = organising.counted(session, township.id, day)
    period = current_period()
    forces = organising.task_forces(session, township.id, period.id) if period else []
    return render_template(
        "admin/organisation/index.html",
        township=township,
        counted=counted,
        forces=len(forces),
        odd=_odd(township.id, counted["module"]),
    )


def _odd(township_id: int, modules: int) -> list[str]:
    """What a clerk should look at, in sentences."""
    session, day = unit.session(), acts.today()
    links = [one for one in organising.links(session, township_id) if one.first_day <= day <= one.last_day]
    leaders = organising.leaders(session, township_id)
    found = []
    for village in rows.in_township(session, Village, township_id):
        if acts.is_there(village, day) and village.id not in {link.village_id for link in links}:
            found.append(f"{village.name}今天没有组团联系。")
    for team in rows.in_township(session, Team, township_id):
        if not acts.is_there(team, day):
            continue
        if team.id not in {link.team_id for link in links}:
            found.append(f"{team.name}今天没有联系村社。")
        if not any(one.first_day <= day <= one.last_day for one in leaders.get(team.id, [])):
            found.append(f"{team.name}今天没有团长。")
    if not FEWEST_MODULES <= modules <= MOST_MODULES:
        found.append(f"现在有 {modules} 个模块；一般是 {FEWEST_MODULES}–{MOST_MODULES} 个。")
    return found
