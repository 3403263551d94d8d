"""The residents' blueprint, and where a code on a poster leads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, url_for

from portal.clock import local_day
from portal.core.form import Question, authority, kind_of_township, linking_cadres, wording
from portal.store import townships
from portal.store.organisation import Poster, Township, Village
from portal.web import unit

pages = Blueprint("residents", __name__)

TOKEN_SHAPE = re.compile(r"[2-9A-Z]{6}")
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
    """The code leads to no form: `reason` is unknown or retired."""

    def __init__(self, reason: str, status: int) -> None:
        super().__init__(reason)
        self.reason, self.status = reason, status


@pages.errorhandler(NoForm)
def no_form(refusal: NoForm) -> tuple[str, int]:
    unit.undo()
    return render_template("residents/no_form.html", reason=refusal.reason), refusal.status


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
    """The poster with this token, if the token looks like one at all."""
    return townships.by_token(unit.session(), token) if TOKEN_SHAPE.fullmatch(token) else None


def place_of(token: str) -> Place:
    """Where a code leads: of a village that was merged, to the one that its people belong to since.

    Raises NoForm for one that is unknown (404) or no longer in use (410).
    """
    known = found(as_token(token))
    if known is None:
        raise NoForm("unknown", 404)
    poster, village, township = known
    today = local_day(unit.now())
    if village.last_day is not None and village.last_day < today:
        moved = townships.successor_poster(unit.session(), village, today)
        if moved is None:
            raise NoForm("retired", 410)
        poster, village = moved
    if poster.retired_on is not None and poster.retired_on <= today:
        raise NoForm("retired", 410)
    return Place(poster.token, village, township)
