"""有人要求我打好评: a way to tell the county, past the township; without a county account the numbers to call."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import pressure as acts
from portal.clock import local_day
from portal.core.form import kind_of_township
from portal.core.pressure import HAPPENING_WORDS, LONGEST_CONTACT, LONGEST_WORDS, Happening
from portal.web import limits, unit
from portal.web.residents import visitors
from portal.web.residents.blueprint import NOT_TEXT, Place, as_token, pages, place_of
from portal.web.residents.form import KEY_SHAPE

A_DAY = timedelta(days=1)
MOST_A_PHONE, MOST_AN_ADDRESS = 5, 50
TRIES = 3
NOTHING_SAID = "请勾一勾发生了什么，或者写几句话。"
STALE = "这一页放得太久了。您勾的、写的都还在，请再点一次“告诉县里”。"
MANY = "今天已经收到好几条了，这一条没有收下。您写的还在，请明天再来，或者打 12380。"


@dataclass(frozen=True, slots=True)
class Told:
    """What stands in the form, as typed; `errors` has a sentence by field, in the form's order."""

    happened: tuple[Happening, ...] = ()
    words: str = ""
    contact: str = ""
    errors: dict[str, str] = field(default_factory=dict)


def pressure_way(place: Place) -> bool:
    """Whether somebody of the county reads reports, so that the form links to this page."""
    return acts.heard(unit.session(), place.township.code, local_day(unit.now()))


pages.add_app_template_global(pressure_way)


@pages.get("/v/<token>/pressure")
def pressure(token: str) -> BaseResponse:
    """What happened? Told to the county alone; an old poster of a merged village leads on."""
    place = place_of(token)
    if place.token != as_token(token):
        return redirect(url_for(".pressure", token=place.token))
    return _page(place, Told(), 200) if pressure_way(place) else _numbers(place, Told(), 200)


@pages.post("/v/<token>/pressure")
def report_pressure(token: str) -> BaseResponse:
    """Put a report into the county's ledger, once however often the page is sent."""
    place, told = place_of(token), _read()
    if not pressure_way(place):
        return _numbers(place, told, 409)
    if told.errors:
        return _page(place, told, 422)
    key = request.form.get("key", "")
    if not KEY_SHAPE.fullmatch(key):
        return _page(place, told, 400, STALE)
    try:
        limits.spend("pressure by phone", visitors.cookie_id(), MOST_A_PHONE, A_DAY)
        limits.spend("pressure by address", limits.address(), MOST_AN_ADDRESS, A_DAY)
    except limits.TooMany as refusal:
        answer = _page(place, told, 429, MANY)
        answer.headers["Retry-After"] = str(ceil(refusal.wait.total_seconds()))
        return answer
    _store(place.token, told, key)
    return redirect(url_for(".pressure_done", token=place.token), 303)


@pages.get("/v/<token>/pressure/done")
def pressure_done(token: str) -> BaseResponse:
    """Did it arrive, and what next? Shows nothing of what was told."""
    place = place_of(token)
    if place.token != as_token(token) or not pressure_way(place):
        return redirect(url_for(".pressure", token=place.token))
    return make_response(render_template("residents/pressure_done.html", place=place, office=_office(place)))


def _store(token: str, told: Told, key: str) -> None:
    """Store the report; when the same page arrives twice at once, the second looks again."""
    for attempt in range(TRIES):
        place = place_of(token)
        sent = acts.SentReport(
            township=(place.township.code, place.township.name),
            village=(place.village.code, place.village.name),
            happened=told.happened,
            words=told.words,
            contact=told.contact,
            key=key,
        )
        try:
            acts.report(unit.session(), sent, unit.fixtures().settings.secret_key, local_day(unit.now()))
            return
        except IntegrityError:
            unit.undo()
            if attempt == TRIES - 1:
                raise


def _read() -> Told:
    """The form as posted: boxes that there are, words of bounded length, and what is wrong."""
    ticked = request.form.getlist("happened")
    happened = tuple(one for one in Happening if one.value in ticked)
    words, contact = _text("words"), _text("contact")
    errors = {} if happened or words else {"happened": NOTHING_SAID}
    if len(words) > LONGEST_WORDS:
        errors["words"] = f"最多写 {LONGEST_WORDS} 个字，现在有 {len(words)} 个，请删去一些。"
    if len(contact) > LONGEST_CONTACT:
        errors["contact"] = f"电话最多写 {LONGEST_CONTACT} 个字，请写短一些。"
    return Told(happened, words, contact, errors)


def _text(name: str) -> str:
    """A field's text without control characters and with plain line breaks."""
    return NOT_TEXT.sub("", request.form.get(name, "").replace("\r\n", "\n")).strip()


def _page(place: Place, told: Told, status: int, refusal: str = "") -> Response:
    key = request.form.get("key", "")
    page = render_template(
        "residents/pressure.html",
        place=place,
        office=_office(place),
        told=told,
        refusal=refusal,
        boxes=HAPPENING_WORDS,
        key=key if KEY_SHAPE.fullmatch(key) else secrets.token_urlsafe(16),
        longest=LONGEST_WORDS,
    )
    return make_response(page, status)


def _numbers(place: Place, told: Told, status: int) -> Response:
    """Whom to call where nobody of the county reads reports; what was typed is given back, and nothing kept."""
    return make_response(
        render_template("residents/pressure_numbers.html", place=place, told=told, status=status), status
    )


def _office(place: Place) -> str:
    """What people call the township: 镇里, 乡里, 街道里."""
    return f"{kind_of_township(place.township.name)}里"
