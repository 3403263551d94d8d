"""What residents see: the box for a typed code, a village's form, thanks. No log-in, no script, no name."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from itsdangerous import BadSignature, Signer
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from portal.actions.ratings import SentForm, collect_rating
from portal.clock import local_day
from portal.core import form
from portal.core.book import Way
from portal.core.form import Question, authority, linking_cadres, wording
from portal.store import townships
from portal.store.organisation import Poster, Township, Village
from portal.web import unit

pages = Blueprint("residents", __name__)

COOKIE = "r"
COOKIE_SECONDS = 2 * 365 * 24 * 3600
LONGEST_COMMENT = 500
TRIES = 3
TOKEN_SHAPE = re.compile(r"[2-9A-Z]{6}")
KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,43}")
NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """A village that a poster leads to."""

    token: str
    village: Village
    township: Township

    @property
    def who(self) -> str:
        return linking_cadres(self.village.kind, self.township.name)

    @property
    def authority(self) -> str:
        return authority(self.township.county, self.township.name)

    def text(self, question: Question) -> str:
        return wording(question, self.village.kind, self.township.name)


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as typed; `errors` has a sentence by field, in the form's order."""

    answers: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    errors: dict[str, str] = field(default_factory=dict)


class NoForm(Exception):
    """The code leads to no form: `reason` is unknown or retired."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@pages.errorhandler(NoForm)
def no_form(refusal: NoForm) -> tuple[str, int]:
    unit.undo()
    return render_template("residents/no_form.html", reason=refusal.reason), refusal.status


@pages.get("/")
def code_box() -> str | BaseResponse:
    """Which village? The code as typed from a poster."""
    typed = request.args.get("code")
    if typed is None:
        return render_template("residents/code.html", typed="", error="")
    token = as_token(typed)
    if _found(token) is None:
        return render_template(
            "residents/code.html", typed=NOT_TEXT.sub("", typed)[:20], error=_code_error(token)
        )
    return redirect(url_for(".show", token=token))


@pages.get("/v/<token>")
def show(token: str) -> BaseResponse:
    """The form of a village, with a fresh one-time key; an old poster of a merged one leads on."""
    place = _place(token)
    if place.token != as_token(token):
        return redirect(url_for(".show", token=place.token))
    return _form_page(place, Typed(), 200)


@pages.post("/v/<token>")
def send(token: str) -> BaseResponse:
    """Take in a form: stored once however often it is sent, then on to the thanks page."""
    typed = _read(form.STANDARD)
    key = request.form.get("key", "")
    place = _place(token)
    if typed.errors or not KEY_SHAPE.fullmatch(key):
        return _form_page(place, typed, 422 if typed.errors else 400, stale=not typed.errors)
    _collect(place.token, typed, key)
    return redirect(url_for(".thanks", token=place.token), 303)


@pages.get("/v/<token>/thanks")
def thanks(token: str) -> str:
    """Did it arrive? Shows nothing of what was answered."""
    return render_template("residents/thanks.html", place=_place(token))


def as_token(typed: str) -> str:
    """A typed code as its poster has it: capitals, no spaces, full-width characters folded."""
    folded = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in typed)
    return re.sub(r"[\s\u3000-]", "", folded).upper()[:20]


def _found(token: str) -> tuple[Poster, Village, Township] | None:
    """The poster with this token, if the token looks like one at all."""
    return townships.by_token(unit.session(), token) if TOKEN_SHAPE.fullmatch(token) else None


def _code_error(token: str) -> str:
    if not token:
        return "请输入海报上的 6 位码。"
    if len(token) != 6:
        return f"海报上的码是 6 位，您输入了 {len(token)} 位。请对照海报再输一次。"
    return "没有这个码。请对照海报再输一次；码里没有数字 0 和 1，也没有字母 O、I、L。"


def _place(token: str) -> Place:
    """Where a code leads: of a village that was merged, to the one that its people belong to since.

    Raises NoForm for one that is unknown (404) or no longer in use (410).
    """
    found = _found(as_token(token))
    if found is None:
        raise NoForm("unknown", 404)
    poster, village, township = found
    today = local_day(unit.now())
    if village.last_day is not None and village.last_day < today:
        moved = townships.successor_poster(unit.session(), village, today)
        if moved is None:
            raise NoForm("retired", 410)
        poster, village = moved
    if poster.retired_on is not None and poster.retired_on <= today:
        raise NoForm("retired", 410)
    return Place(poster.token, village, township)


def _form_page(place: Place, typed: Typed, status: int, stale: bool = False) -> Response:
    page = render_template(
        "residents/form.html",
        place=place,
        edition=form.STANDARD,
        typed=typed,
        stale=stale,
        key=secrets.token_urlsafe(16),
        longest=LONGEST_COMMENT,
    )
    response = make_response(page, status)
    if _cookie_id() is None:
        _give_cookie(response)
    return response


def _read(edition: form.Edition) -> Typed:
    """The form as posted: answers that the edition has, a comment of bounded length, and what is wrong."""
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
    comment = NOT_TEXT.sub("", request.form.get("comment", "").replace("\r\n", "\n")).strip()
    if len(comment) > LONGEST_COMMENT:
        errors["comment"] = f"最多写 {LONGEST_COMMENT} 个字，现在有 {len(comment)} 个，请删去一些。"
    return Typed(answers, comment, errors)


def _collect(token: str, typed: Typed, key: str) -> None:
    """Store the rating; when the same page or voice arrives twice at once, the second looks again."""
    respondent = _cookie_id()
    for attempt in range(TRIES):
        place = _place(token)
        sent = SentForm(
            township_id=place.township.id,
            village_id=place.village.id,
            village=place.village.code,
            edition=form.STANDARD,
            answers=form.STANDARD.canonical(typed.answers),
            comment=typed.comment,
            way=Way.ANONYMOUS,
            # without a cookie the page itself is the voice: a retry of it is still the same one
            respondent=f"cookie:{respondent}" if respondent else f"page:{key}",
            key=key,
        )
        try:
            collect_rating(unit.session(), sent, local_day(unit.now()))
            return
        except IntegrityError:
            unit.undo()
            if attempt == TRIES - 1:
                raise


def _signer() -> Signer:
    return Signer(unit.fixtures().settings.secret_key, salt="resident", key_derivation="hmac")


def _cookie_id() -> str | None:
    """The random id in the resident's cookie, if it is one of ours."""
    try:
        return _signer().unsign(request.cookies.get(COOKIE, "")).decode()
    except BadSignature:
        return None


def _give_cookie(response: Response) -> None:
    response.set_cookie(
        COOKIE,
        _signer().sign(secrets.token_urlsafe(12)).decode(),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=unit.fixtures().settings.secure_cookies,
    )
