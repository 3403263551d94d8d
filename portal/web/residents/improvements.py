"""你说我办: what changed in a village after people spoke, and how many spoke; never who."""

from __future__ import annotations

from itertools import groupby

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions.improvements import spoke
from portal.core.days import quarter_of
from portal.core.form import kind_of_township
from portal.core.improvements import pages_of
from portal.store import improvements as kept
from portal.web import unit
from portal.web.residents.blueprint import as_token, pages, place_of


@pages.get("/v/<token>/done")
def improvements(token: str) -> str | BaseResponse:
    """What changed? An old poster of a merged village leads on."""
    place = place_of(token)
    if place.token != as_token(token):
        return redirect(url_for(".improvements", token=place.token))
    cut = pages_of(kept.shown(unit.session(), place.township.id, place.village.id))
    typed = request.args.get("page", "")
    asked = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
    page = min(max(asked, 1), len(cut))
    by_quarter = groupby(cut[page - 1], key=lambda entry: quarter_of(entry.day))
    return render_template(
        "residents/improvements.html",
        place=place,
        office=f"{kind_of_township(place.township.name)}里",
        quarters=[(quarter.words, list(entries)) for quarter, entries in by_quarter],
        spoke=spoke(unit.session(), place.village, unit.now()) if page == 1 else [],
        page=page,
        last=len(cut),
    )
