"""The township's posters: where each hangs, whether it is scanned, printing them, and a new one for an old one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse
from wtforms import StringField, TextAreaField
from wtforms.validators import DataRequired, Length, ValidationError

from portal.actions import posters as acts
from portal.actions.guard import require
from portal.actions.organising import Order, OrganisationRefused
from portal.actions.posters import PlacesRefused
from portal.actions.seen import ChangedMeanwhile, seen_of, values_seen
from portal.clock import local_day
from portal.core.posters import Scanned, scanned
from portal.core.rights import Right
from portal.files import posters as printing
from portal.store import posters as stored
from portal.store.organisation import Poster, Township, Village
from portal.web import guards, unit
from portal.web.conflict import conflict_page

SCANNED = {
    Scanned.LATELY: ("近 14 天有人扫", "ok"),
    Scanned.NOT_LATELY: ("14 天无人扫", "warn"),
    Scanned.NOT_YET: ("还没有人扫过", ""),
}
TOKEN = re.compile(r"[2-9A-Z]{6}")
EXAMPLE = "例如：村便民服务中心门口。最多 40 个字。"
Hung = tuple[Poster, Village]

pages = Blueprint("posters", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """A line of the places' table: the poster's token, its village, the place as typed, and what is wrong with it."""

    token: str
    village: str
    place: str
    fault: str = ""


class ReplaceForm(FlaskForm):  # type: ignore[misc]
    """Why the poster goes, and where the new one hangs."""

    reason = TextAreaField(
        "为什么换",
        [
            DataRequired("请写为什么换，例如：丢了、坏了、被人拍下乱发。"),
            Length(max=acts.LONGEST_REASON, message=f"理由最多写 {acts.LONGEST_REASON} 个字。"),
        ],
        filters=[lambda typed: typed and typed.strip()],
    )
    place = StringField("新海报贴在哪里")

    def validate_place(self, item: StringField) -> None:
        try:
            acts.proper_place(item.data or "")
        except OrganisationRefused as refusal:
            raise ValidationError(str(refusal)) from None


@pages.get("/posters")
def listed() -> str:
    """Every village's poster: does it hang, is it scanned, which one needs doing?"""
    return _list_page()


@pages.get("/posters/print.pdf")
def printed() -> BaseResponse | tuple[str, int]:
    """The posters that are ticked, or all, as one PDF; nothing is written, for a code is issued once."""
    township = guards.township()
    hanging = _hanging(township)
    wanted = request.args.getlist("poster")
    chosen = [one for one in hanging if one[0].token in wanted] if wanted else hanging
    if wanted and len(chosen) != len(set(wanted)):
        return _list_page("选的海报里有已经停用的，没有打印。请在下面重新选。", wanted), 422
    if not chosen:
        return _list_page("还没有海报可以打印。"), 422
    try:
        document = printing.make_posters([_to_print(township, *one) for one in chosen], local_day(unit.now()))
    except ValueError as refusal:
        return _list_page(f"海报没有做成：{refusal}。", wanted), 422
    whose = chosen[0][1].name if len(chosen) == 1 else township.name
    return _download(document, f"{whose}海报")


@pages.route("/posters/places", methods=["GET", "POST"])
def places() -> str | tuple[str, int] | BaseResponse:
    """Where does each poster hang? One table for all, so that it is filled in at one sitting."""
    require(guards.known_actor(), Right.EDIT_ORGANISATION)
    hanging = _hanging(guards.township())
    now = {poster.token: poster.place for poster, _ in hanging}
    if request.method in unit.READING:
        return _places_page(hanging, now, seen_of(now))
    typed = {name: place for name, place in request.form.items() if TOKEN.fullmatch(name)}
    seen = request.form.get("seen", "")
    try:
        changed = acts.name_places(_order(), typed, seen)
    except PlacesRefused as refusal:
        unit.undo()
        return _places_page(hanging, {**now, **typed}, seen, refusal.faults), 422
    except ChangedMeanwhile as refusal:
        unit.undo()
        return _conflict(hanging, typed, seen, refusal)
    return redirect(url_for(".listed", done="places" if changed else "nothing"), 303)


@pages.route("/posters/<token>/replace", methods=["GET", "POST"])
def replace(token: str) -> str | tuple[str, int] | BaseResponse:
    """What happens when a poster gets a new code, and the form that does it."""
    found = stored.one(unit.session(), guards.township().id, token)
    if found is None:
        abort(404)
    poster, village = found
    order = _order(request.form.get("reason", ""))
    acts.allow_replacing(order, village)
    form = ReplaceForm(data={"place": poster.place})
    over = not acts.hangs(poster, order)
    if request.method in unit.READING:
        return _replace_page(form, poster, village, over)
    if not form.validate():
        return _replace_page(form, poster, village, over), 422
    try:
        new = acts.replace_poster(order, token, form.place.data or "")
    except OrganisationRefused as refusal:
        unit.undo()
        item = form._fields.get(refusal.field)
        if item is not None:
            item.errors = [*item.errors, str(refusal)]
        return _replace_page(form, poster, village, over, "" if item else str(refusal)), 422
    return redirect(url_for(".listed", done="replaced", new=new.token), 303)


def _order(reason: str = "") -> Order:
    now = unit.now()
    return Order(unit.session(), guards.known_actor(), now, local_day(now), reason.strip())


def _hanging(township: Township) -> list[Hung]:
    order = _order()
    return [one for one in stored.listed(unit.session(), township.id) if acts.hangs(one[0], order)]


def _list_page(refusal: str = "", ticked: Sequence[str] = ()) -> str:
    township, order = guards.township(), _order()
    everything = stored.listed(unit.session(), township.id)
    hanging = [one for one in everything if acts.hangs(one[0], order)]
    states = {poster.id: scanned(poster.issued_on, poster.scanned_on, order.today) for poster, _ in hanging}
    hanging.sort(
        key=lambda one: states[one[0].id] is not Scanned.NOT_LATELY
    )  # what needs somebody comes first
    new = next((one for one in hanging if one[0].token == request.args.get("new")), None)
    return render_template(
        "admin/posters/list.html",
        township=township,
        hanging=hanging,
        retired=[one for one in everything if not acts.hangs(one[0], order)],
        ended={
            village.id for _, village in everything if village.last_day and village.last_day < order.today
        },
        states={poster: SCANNED[state] for poster, state in states.items()},
        quiet=list(states.values()).count(Scanned.NOT_LATELY),
        nameless=sum(not poster.place for poster, _ in hanging),
        ticked=set(ticked),
        refusal=refusal,
        done=request.args.get("done", ""),
        new=new,
    )


def _places_page(
    hanging: Sequence[Hung], typed: dict[str, str], seen: str, faults: Mapping[str, str] | None = None
) -> str:
    wrong = dict(faults or {})
    rows = [
        PlaceRow(poster.token, village.name, typed.get(poster.token, ""), wrong.pop(poster.token, ""))
        for poster, village in hanging
    ]
    return render_template(
        "admin/posters/places.html", rows=rows, seen=seen, refusals=list(wrong.values()), hint=EXAMPLE
    )


def _conflict(
    hanging: Sequence[Hung], typed: dict[str, str], seen: str, refusal: ChangedMeanwhile
) -> tuple[str, int]:
    """Only what this person touched goes along: what the other one wrote elsewhere stays."""
    before = values_seen(seen)
    touched = {token: place for token, place in typed.items() if before.get(token) != place.strip()}
    names = {poster.token: f"{village.name}的海报" for poster, village in hanging}
    now = {poster.token: poster.place for poster, _ in hanging if poster.token in touched}
    return conflict_page(
        "张贴处",
        refusal,
        {token: names.get(token, token) for token in touched},
        touched,
        seen_of(now),
        url_for(".listed"),
    )


def _replace_page(form: FlaskForm, poster: Poster, village: Village, over: bool, refusal: str = "") -> str:
    return render_template(
        "admin/posters/replace.html",
        form=form,
        poster=poster,
        village=village,
        over=over,
        refusal=refusal,
        hint=EXAMPLE,
    )


def _to_print(township: Township, poster: Poster, village: Village) -> printing.Poster:
    return printing.Poster(
        village=village.name,
        kind=village.kind,
        township=township.name,
        county=township.county,
        address=f"{unit.fixtures().settings.base_url}/v/{poster.token}",
        token=poster.token,
    )


def _download(document: bytes, name: str) -> Response:
    """The PDF to keep, under a name such as 塔石镇海报."""
    disposition = f"attachment; filename=posters.pdf; filename*=UTF-8''{quote(name)}.pdf"
    return Response(document, mimetype="application/pdf", headers={"Content-Disposition": disposition})
