"""What needs the township today."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("overview", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)


@pages.get("")
def page() -> BaseResponse:
    return redirect(url_for("admin.results"))
