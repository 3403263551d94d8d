"""A village's form: shown, sent, thanked for."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from portal.actions.editions import edition_on
from portal.actions.ratings import SentForm, collect_rating
from portal.actions.resident_cases import NewCase, open_case
from portal.clock import local_day
from portal.core import form
from portal.core.book import Way
from portal.web import unit
from portal.web.residents import visitors
from portal.web.residents.blueprint import NOT_TEXT, Place, as_token, pages, place_of

LONGEST_COMMENT = 500
LONGEST_CONTACT = 40
TRIES = 3
KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,43}")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as typed; `errors` has a sentence by field, in the form's order.

    `private` asks that the linking team doesn't see the request.
    """

    answers: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    want_reply: bool = False
    contact: str = ""
    private: bool = False
    errors: dict[str, str] = field(default_factory=dict)


@pages.get("/v/<token>")
def show(token: str) -> BaseResponse:
    """The form of a village, with a fresh one-time key; an old poster of a merged one leads on."""
    place = place_of(token)
    if place.token != as_token(token):
        return redirect(url_for(".show", token=place.token, s=request.args.get("s")))
    return _form_page(place, _edition(place), Typed(), 200)


@pages.post("/v/<token>")
def send(token: str) -> BaseResponse:
    """Take in a form: stored once however often it is sent, then on to the thanks page."""
    place = place_of(token)
    edition = _edition(place)
    typed = _read(edition)
    key = request.form.get("key", "")
    if typed.errors or not KEY_SHAPE.fullmatch(key):
        return _form_page(place, edition, typed, 422 if typed.errors else 400, stale=not typed.errors)
    receipt = _collect(place.token, typed, key)
    return redirect(url_for(".thanks", token=place.token, case=receipt), 303)


@pages.get("/v/<token>/thanks")
def thanks(token: str) -> str:
    """Did it arrive? Shows nothing of what was answered."""
    return render_template("residents/thanks.html", place=place_of(token))


def _edition(place: Place) -> form.Edition:
    return edition_on(unit.session(), place.township.id, local_day(unit.now()))


def _form_page(
    place: Place, edition: form.Edition, typed: Typed, status: int, stale: bool = False
) -> Response:
    page = render_template(
        "residents/form.html",
        place=place,
        edition=edition,
        typed=typed,
        stale=stale,
        key=secrets.token_urlsafe(16),
        longest=LONGEST_COMMENT,
    )
    response = make_response(page, status)
    if visitors.cookie_id() is None:
        visitors.give_cookie(response)
    return response


def _read(edition: form.Edition) -> Typed:
    """The form as posted: answers that the edition has, words of bounded length, and what is wrong."""
    answers: dict[str, str] = {}
    errors: dict[str, str] = {}
    for question in edition.questions:
        chosen = request.form.get(f"q_{question.key}", "")
        if chosen and question.option(chosen) is None:
            errors[question.key] = "这个问题没有您选的那一项，请重新选一项。"
        elif chosen:
            answers[question.key] = chosen
        elif question.required:
            errors[question.key] = "请选一项：总的来说，您满意吗？不了解可以选“没接触过”。"
    comment, contact = _words("comment"), _words("contact")
    want_reply = bool(request.form.get("want_reply"))
    if len(comment) > LONGEST_COMMENT:
        errors["comment"] = f"最多写 {LONGEST_COMMENT} 个字，现在有 {len(comment)} 个，请删去一些。"
    elif want_reply and not comment and not contact:
        errors["comment"] = "您要答复，请写一写是什么事。"
    if len(contact) > LONGEST_CONTACT:
        errors["contact"] = f"电话最多写 {LONGEST_CONTACT} 个字，请写短一些。"
    private = bool(request.form.get("private"))
    return Typed(answers, comment, want_reply, contact if want_reply else "", private, errors)


def _words(name: str) -> str:
    """A field's text without control characters and with plain line breaks."""
    return NOT_TEXT.sub("", request.form.get(name, "").replace("\r\n", "\n")).strip()


def _collect(token: str, typed: Typed, key: str) -> str | None:
    """Store the rating, and the case where an answer is wanted: then its receipt.

    When the same page or voice arrives twice at once, the second looks again.
    """
    for attempt in range(TRIES):
        place = place_of(token)
        try:
            return _store(place, _edition(place), typed, key)
        except IntegrityError:
            unit.undo()
            if attempt == TRIES - 1:
                raise
    return None


def _store(place: Place, edition: form.Edition, typed: Typed, key: str) -> str | None:
    respondent = visitors.respondent(key)
    sent = SentForm(
        township_id=place.township.id,
        village_id=place.village.id,
        village=place.village.code,
        edition=edition,
        answers=edition.canonical(typed.answers),
        # whoever handles the request must not see how its author rated, nor the other way round
        comment="" if typed.want_reply else typed.comment,
        way=Way.ANONYMOUS,
        respondent=respondent,
        key=key,
        shared=visitors.keys_left(place.township.id, place.village.id, typed.contact),
    )
    collect_rating(unit.session(), sent, local_day(unit.now()))
    if not typed.want_reply:
        return None
    wanted = NewCase(
        township_id=place.township.id,
        village_id=place.village.id,
        village=place.village.code,
        words=typed.comment,
        contact=typed.contact,
        not_for_team=typed.private,
        page=(respondent, key),
    )
    return open_case(unit.session(), wanted, unit.fixtures().settings.secret_key, unit.now())
