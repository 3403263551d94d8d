"""撤回: take back this quarter's rating from the phone that sent it. No page tells what was answered."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import withdrawing
from portal.actions.withdrawing import AlreadyPublished, Said, Withdrawal
from portal.clock import local_day
from portal.web import unit
from portal.web.residents import visitors
from portal.web.residents.blueprint import NoForm, Place, as_token, found, pages, place_of


@pages.get("/v/<token>/withdraw")
def withdraw(token: str) -> str:
    """What taking back means, and one button."""
    return render_template("residents/withdraw.html", place=_place(token), published=False)


@pages.post("/v/<token>/withdraw")
def take_back(token: str) -> BaseResponse | tuple[str, int]:
    """Take it back, and on to the page that says so; where nothing was sent nothing is written."""
    place = _place(token)
    wanted = _wanted(place)
    if wanted is not None:
        try:
            withdrawing.withdraw_rating(unit.session(), wanted, local_day(unit.now()))
        except AlreadyPublished:
            return render_template("residents/withdraw.html", place=place, published=True), 409
    return redirect(url_for(".withdrawn", token=place.token), 303)


@pages.get("/v/<token>/withdrawn")
def withdrawn(token: str) -> BaseResponse | str:
    """What stands now: taken back, or nothing was there; while a rating stands there is the button again."""
    place = _place(token)
    wanted = _wanted(place)
    said = Said.NOTHING if wanted is None else withdrawing.said(unit.session(), wanted, local_day(unit.now()))
    if said is Said.STANDS:
        return redirect(url_for(".withdraw", token=place.token))
    return render_template("residents/withdrawn.html", place=place, nothing=said is Said.NOTHING)


def _place(token: str) -> Place:
    """Where a code leads; one that was retired still leads to its own village. Raises NoForm for an unknown one."""
    try:
        return place_of(token)
    except NoForm as refusal:
        known = None if refusal.reason == "unknown" else found(as_token(token))
        if known is None:
            raise
        poster, village, township = known
        return Place(poster.token, village, township)


def _wanted(place: Place) -> Withdrawal | None:
    """Whose rating of which village; None for a phone that carries no cookie of ours: its page was its voice."""
    own = visitors.cookie_id()
    if own is None:
        return None
    respondent = visitors.respondent_of(own)
    return Withdrawal(place.township.id, place.village.id, place.village.code, respondent)
