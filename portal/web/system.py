"""The installation's own pages: which townships there are, and each one's first administrator."""

from __future__ import annotations

from flask import Blueprint
from portal.core.rights import Right
from portal.web import guards
pages = Blueprint("system", __name__, url_prefix="/system")
guards.protect(pages, Right.MANAGE_TOWNSHIPS)


@pages.get("")
def townships() -> str:
    return "<!doctype html>"
