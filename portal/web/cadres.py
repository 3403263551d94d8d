"""A cadre's own pages: my score, what it is made of, and nobody else's."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.core.rights import Right
from portal.web import guards, scores

pages = Blueprint("cadres", __name__, url_prefix="/me")
guards.protect(pages, Right.SEE_OWN_SCORE)


@pages.get("")
def score() -> str:
    """What is my score, and why."""
    township = guards.township()
    number = guards.known_actor().cadre
    if number is None or not scores.has_period(township):
        return render_template("cadres/nothing.html", reason="period" if number else "cadre")
    found = scores.asked_result(township)
    own = found.result.cadre(number)
    stations = scores.station_links(township, found)
    if own is None:
        return render_template("cadres/nothing.html", reason="unlisted", stations=stations, found=found)
    return render_template(
        "cadres/score.html",
        **scores.explanation(found, own),
        band=scores.own_band(found, own),
        stations=stations,
    )
