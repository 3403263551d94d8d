"""Today lies in no appraisal period: no form is shown or taken in, and the page says when there will be one."""

from __future__ import annotations

from flask import render_template, request

from portal.clock import local_day
from portal.core.periods import Gap, gap_on
from portal.store import townships
from portal.web import unit
from portal.web.residents.blueprint import Place, pages


class NotNow(Exception):
    """No period covers today; `gap` is what lies around it."""

    def __init__(self, place: Place, gap: Gap) -> None:
        super().__init__(place.token)
        self.place, self.gap = place, gap


def must_be_open(place: Place) -> None:
    """Pass while a period of the township covers today.

    An administrator need not have opened it: a township that was brought in by the operator's workbook never does,
    and a voice must not be lost for that. Raises NotNow.
    """
    gap = gap_on(townships.periods(unit.session(), place.township.id), local_day(unit.now()))
    if gap is not None:
        raise NotNow(place, gap)


@pages.errorhandler(NotNow)
def not_now(refusal: NotNow) -> tuple[str, int]:
    # drawn before the session ends: the place's rows are read from it
    page = render_template(
        "residents/closed.html",
        place=refusal.place,
        gap=refusal.gap,
        sent=request.method == "POST",
    )
    unit.undo()
    return page, 403
