"""The residents' blueprint, and where a code on a poster leads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for

from portal.clock import local_day
from portal.core.book import VillageKind
from portal.core.form import Question, authority, kind_of_township, linking_cadres, wording
from portal.store import townships
from portal.store.organisation import Poster, Township, Village
from portal.web import limits, unit

pages = Blueprint("residents", __name__)

TOKEN_SHAPE = re.compile(r"[2-9A-Z]{6}")
NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """A village that a poster leads to; `poster_id` is the poster that hangs there."""

    token: str
    village: Village
    township: Township
    poster_id: int = 0

    @property
    def who(self) -> str:
        return linking_cadres(self.village.kind, self.township.name)

    @property
    def whom(self) -> str:
        """The same without the township: 联村干部, in a 社区 联社区干部."""
        return self.who.partition("的")[2]

    @property
    def office(self) -> str:
        """The township in a resident's words: 镇里, 乡里, 街道里."""
        return f"{kind_of_township(self.township.name)}里"

    @property
    def authority(self) -> str:
        return authority(self.township.county, self.township.name)

    def text(self, question: Question) -> str:
        return wording(question, self.village.kind, self.township.name)


class NoForm(Exception):
    """The code leads to no form: `reason` is unknown, retired (another one hangs) or over (none does).

    Of a retired one `village` is where the new one hangs and `at` the place, never its code: who copied the old code
    must not be led to the new one.
    """

    def __init__(self, reason: str, status: int, village: Village | None = None, at: str = "") -> None:
        super().__init__(reason)
        self.reason, self.status, self.village, self.at = reason, status, village, at


@pages.errorhandler(NoForm)
def no_form(refusal: NoForm) -> tuple[str, int]:
    village, at, sent = refusal.village, refusal.at, request.method not in unit.READING
    whole = "社区" if village is not None and village.kind is VillageKind.COMMUNITY else "村"
    unit.undo()
    page = render_template(
        "residents/no_form.html", reason=refusal.reason, village=village, at=at, whole=whole, sent=sent
    )
    return page, refusal.status


@pages.app_template_global()
def way_to(endpoint: str, **values: Any) -> str:
    """The address of a residents' page; '' where this portal has no such page."""
    endpoint = f"{pages.name}.{endpoint}"
    return url_for(endpoint, **values) if endpoint in current_app.view_functions else ""


def as_token(typed: str) -> str:
    """A typed code as its poster has it: capitals, no spaces, full-width characters folded."""
    folded = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in typed)
    return re.sub(r"[\s\u3000-]", "", folded).upper()[:20]


def found(token: str) -> tuple[Poster, Village, Township] | None:
    """The poster with this token, if the token looks like one at all. Raises TooMany for who guesses on and on."""
    if not TOKEN_SHAPE.fullmatch(token):
        return None
    known = townships.by_token(unit.session(), token)
    if known is None:
        limits.miss("code")
    return known


def place_of(token: str, *, opening: bool = False) -> Place:
    """Where a code leads: of a village that was merged, to the one that its people belong to since.

    A code that was replaced opens no form (`opening`) from that day on. Whatever else is asked for under it is still
    answered up to the end of that day: somebody may just be filling the form in, and a lost answer is worse than some
    more forged ones, which a village-quarter weighs within the bound of scoring.md, mass, rule 3, anyway.

    Raises NoForm for one that is unknown (404) or no longer in use (410).
    """
    known = found(as_token(token))
    if known is None:
        raise NoForm("unknown", 404)
    poster, village, township = known
    today = local_day(unit.now())
    if _was_replaced(poster, village, today if opening else today - timedelta(days=1)):
        raise _retired(village, today)
    if village.last_day is not None and village.last_day < today:
        moved = townships.successor_poster(unit.session(), village, today)
        if moved is None:
            raise NoForm("over", 410, village)
        poster, village = moved
    return Place(poster.token, village, township, poster.id)


def _was_replaced(poster: Poster, village: Village, day: date) -> bool:
    """Whether another one took its place by the end of the day; one that went with its village was not replaced."""
    gone = poster.retired_on
    return gone is not None and gone <= day and (village.last_day is None or gone <= village.last_day)


def _retired(village: Village, today: date) -> NoForm:
    """Where the poster hangs that the people of the village scan now."""
    new = townships.successor_poster(unit.session(), village, today)
    if new is None:
        return NoForm("over", 410, village)
    poster, village = new
    return NoForm("retired", 410, village, poster.place)
