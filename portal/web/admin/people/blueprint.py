"""The blueprint that all pages on cadres hang on."""

from __future__ import annotations

from flask import Blueprint

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("people", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)
