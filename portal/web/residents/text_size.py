"""长辈版: how large the words of every residents' page are, kept in a cookie, without script."""

from __future__ import annotations

from flask import abort, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.web import unit
from portal.web.guards import own_path
from portal.web.residents.blueprint import pages

COOKIE = "size"
COOKIE_SECONDS = 365 * 24 * 3600
STANDARD = 20
SIZES = {STANDARD: "标准", 24: "大", 30: "特大"}  # px of 1 rem
LONGEST_WAY_BACK = 200


@pages.get("/size/<int:px>")
def change_size(px: int) -> BaseResponse:
    """Remember the size for a year and go back to where the link stood; the database is not asked."""
    if px not in SIZES:
        abort(404)
    response = redirect(own_path(request.args.get("to")) or url_for(".code_box"), 303)
    response.set_cookie(
        COOKIE,
        str(px),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=unit.fixtures().settings.secure_cookies,
    )
    return response


@pages.app_template_global()
def text_size() -> int:
    """The size that this phone asked for, in px."""
    asked = request.cookies.get(COOKIE, "")
    return next((px for px in SIZES if str(px) == asked), STANDARD)


@pages.app_template_global()
def text_sizes() -> list[tuple[int, str, str]]:
    """The sizes to choose from: px, its word, and the address that changes to it and comes back here."""
    here = request.full_path.rstrip("?") if request.method in unit.READING else request.path
    back = here if len(here) <= LONGEST_WAY_BACK else None
    return [(px, word, url_for("residents.change_size", px=px, to=back)) for px, word in SIZES.items()]
