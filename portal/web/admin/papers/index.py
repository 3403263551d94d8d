"""The room at a glance: what there is to do, which forms were printed, and how many came back."""

from __future__ import annotations

from flask import render_template

from portal.actions import checking
from portal.clock import local_day
from portal.store import paper_forms
from portal.web import guards, unit
from portal.web.admin.papers.blueprint import pages

MOST_LINES = 200


@pages.get("/papers")
def index() -> str:
    """How many paper forms are out, and how many came back?"""
    session, township, actor = unit.session(), guards.township(), guards.known_actor()
    today = local_day(unit.now())
    drawn = checking.waiting(session, actor, township.id, today)
    return render_template(
        "admin/papers/index.html",
        batches=paper_forms.batches(session, township.id, MOST_LINES),
        most=MOST_LINES,
        waiting=len(drawn),
        mine=sum(not why_not for _, why_not in drawn),
    )
