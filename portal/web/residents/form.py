"""A village's form: shown, sent, thanked for."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from flask import Response, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response as BaseResponse

from portal.actions.editions import edition_on
from portal.actions.ratings import SentForm, collect_rating
from portal.actions.resident_cases import NewCase, open_case
from portal.clock import local, local_day
from portal.core import form
from portal.core.book import Way
from portal.core.receipts import as_receipt, receipt_digest, typed_receipt
from portal.store import resident_cases, townships
from portal.store.organisation import Township, Village
from portal.web import limits, scans, unit
from portal.web.residents import closed, often, scripts, visitors
from portal.web.residents.blueprint import NOT_TEXT, Place, as_token, pages, place_of

LONGEST_COMMENT = 500
LONGEST_CONTACT = 40
SHORTEST_NUMBER = 5  # digits: a 短号 of the own village is a number too
TRIES = 3
NO_CODE = "000000"  # leads nowhere: no code has a 0
KEY_SHAPE = re.compile(r"[A-Za-z0-9_-]{20,43}")
PLACES: Mapping[str, str] = {"comment": "comment", "contact": "reply-phone"}  # field → its id on the page


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, as typed; `errors` has a sentence by field (as it is posted), in the form's order.

    `private` asks that the linking team doesn't see the request.
    """

    answers: dict[str, str] = field(default_factory=dict)
    comment: str = ""
    want_reply: bool = False
    contact: str = ""
    private: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    def place_of(self, name: str, edition: form.Edition) -> str:
        """The id at which a field begins: of a question its first answer."""
        question = edition.question(name.removeprefix("q_")) if name.startswith("q_") else None
        return f"{question.key}-{question.options[0].key}" if question else PLACES[name]


@pages.get("/v/<token>")
def show(token: str) -> BaseResponse:
    """The form of a village, with a fresh one-time key; an old poster of a merged one leads on."""
    place = place_of(token, opening=True)
    if place.token != as_token(token):
        return redirect(url_for(".show", token=place.token, s=request.args.get("s")))
    scans.note(place.poster_id)
    closed.must_be_open(place)
    page = _form_page(place, _edition(place), Typed(), 200, script=scripts.FORM)
    unit.keep_for_going_back()  # only now: a page that says what broke is not worth keeping
    return page


@pages.post("/v/<token>")
def send(token: str) -> BaseResponse:
    """Take in a form: stored once however often it is sent, then on to the thanks page.

    The page's own script is told in a line: 201 and where thanks are (it can't read where a redirect leads without
    loading it twice), or that there is something to read, for which it then sends the form as a browser does.
    """
    place = place_of(token)
    closed.must_be_open(place)
    edition = _edition(place)
    typed = _read(edition)
    key = request.form.get("key", "")
    if typed.errors or not KEY_SHAPE.fullmatch(key):
        status = 422 if typed.errors else 400
        if _by_script():
            return Response(status=status)
        return _form_page(place, edition, typed, status, stale=not typed.errors)
    try:
        often.spend(place, typed.want_reply)
    except often.TooOften as refusal:
        if _by_script():
            return Response(status=429)
        response = _form_page(place, edition, typed, 429, crowded=refusal.words)
        response.headers["Retry-After"] = str(limits.seconds(refusal))
        return response
    receipt = _collect(place.token, edition, typed, key)
    thanked = url_for(".thanks", token=place.token, case=receipt)
    if _by_script():
        return Response(status=201, headers={"Location": thanked})
    return redirect(thanked, 303)


@pages.get("/v/<token>/thanks")
def thanks(token: str) -> str:
    """Did it arrive, what next? Shows nothing of what was answered; the receipt of a request of this village."""
    place = place_of(token)
    receipt = as_receipt(request.args.get("case", ""))
    opened = _opened_with(place, receipt) if receipt else None
    if receipt is None or opened is None:
        return render_template("residents/thanks.html", place=place, script=scripts.THANKS.allowed())
    hours = _answer_hours(place)
    return render_template(
        "residents/thanks.html",
        place=place,
        receipt=receipt,
        typed_receipt=typed_receipt(receipt),
        answered_within=within(hours),
        answered_by=local(opened + timedelta(hours=hours)),
        script=scripts.THANKS.allowed(),
    )


def _by_script() -> bool:
    return request.accept_mimetypes.best == "text/plain"


def _opened_with(place: Place, receipt: str) -> datetime | None:
    """When the village's case with this receipt was opened. Whoever tries receipts is stopped: misses are counted."""
    digest = receipt_digest(unit.fixtures().settings.secret_key, receipt)
    opened = resident_cases.opened_with(unit.session(), place.village.id, digest)
    if opened is None:
        limits.miss("receipt")
    return opened


def _answer_hours(place: Place) -> int:
    return townships.plan_on(unit.session(), place.township.id, local_day(unit.now())).answer_hours


def within(hours: int) -> str:
    """A time limit in words: 24 小时内, 3 天内."""
    return f"{hours // 24} 天内" if hours > 24 and hours % 24 == 0 else f"{hours} 小时内"


def _edition(place: Place) -> form.Edition:
    return edition_on(unit.session(), place.township.id, local_day(unit.now()))


def _form_page(
    place: Place,
    edition: form.Edition,
    typed: Typed,
    status: int,
    stale: bool = False,
    script: scripts.Script = scripts.FORM_BACK,
    **more: object,
) -> Response:
    """The form; one that comes back keeps its key, so that however it is sent again it is the same page."""
    sent_key = request.form.get("key", "")
    key = sent_key if KEY_SHAPE.fullmatch(sent_key) else secrets.token_urlsafe(16)
    known = visitors.cookie_id() is not None
    page = _rendered(
        place, edition, typed, key=key, stale=stale, known=known, script=script.allowed(), **more
    )
    response = make_response(page, status)
    if not known:
        visitors.give_cookie(response)
    return response


def _rendered(place: Place, edition: form.Edition, typed: Typed, **more: object) -> str:
    return render_template(
        "residents/form.html",
        place=place,
        edition=edition,
        typed=typed,
        longest=LONGEST_COMMENT,
        longest_contact=LONGEST_CONTACT,
        team=townships.cadres_linking(
            unit.session(), place.township.id, place.village.id, local_day(unit.now())
        ),
        answered_within=within(_answer_hours(place)),
        **more,
    )


def preview(village: Village, township: Township, edition: form.Edition) -> str:
    """The form as residents of this village would meet it, for the township to look at: it can't be sent."""
    return _rendered(Place(NO_CODE, village, township), edition, Typed(), preview=True)


def _read(edition: form.Edition) -> Typed:
    """The form as posted: answers that the edition has, words of bounded length, and what is wrong."""
    answers: dict[str, str] = {}
    errors: dict[str, str] = {}
    for question in edition.questions:
        chosen = request.form.get(f"q_{question.key}", "")
        if chosen and question.option(chosen) is None:
            errors[f"q_{question.key}"] = "这个问题没有您选的那一项，请重新选一项。"
        elif chosen:
            answers[question.key] = chosen
        elif question.required:
            errors[f"q_{question.key}"] = "请选一项：总的来说，您满意吗？不了解可以选“没接触过”。"
    comment, contact = _words("comment"), _words("contact")
    want_reply = bool(request.form.get("want_reply"))
    if len(comment) > LONGEST_COMMENT:
        errors["comment"] = f"最多写 {LONGEST_COMMENT} 个字，现在有 {len(comment)} 个，请删去一些。"
    elif want_reply and not comment and not contact:
        errors["comment"] = "您要答复，请写一写是什么事。"
    if want_reply and (wrong := _wrong_number(contact)):
        errors["contact"] = wrong
    private = bool(request.form.get("private"))
    return Typed(answers, comment, want_reply, contact if want_reply else "", private, errors)


def _wrong_number(contact: str) -> str:
    """What is wrong with a telephone number, if anything. Nobody can be called at a name or at half a number."""
    if len(contact) > LONGEST_CONTACT:
        return f"电话最多写 {LONGEST_CONTACT} 个字，请写短一些。"
    if contact and sum(letter.isdecimal() for letter in contact) < SHORTEST_NUMBER:
        return "电话请写完整的号码；不想留，可以空着。"
    return ""


def _words(name: str) -> str:
    """A field's text without control characters and with plain line breaks."""
    return NOT_TEXT.sub("", request.form.get(name, "").replace("\r\n", "\n")).strip()


def _collect(token: str, edition: form.Edition, typed: Typed, key: str) -> str | None:
    """Store the rating, and the case where an answer is wanted: then its receipt.

    When the same page or voice arrives twice at once, the second looks again.
    """
    for attempt in range(TRIES):
        place = place_of(token)
        try:
            return _store(place, edition, typed, key)
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
