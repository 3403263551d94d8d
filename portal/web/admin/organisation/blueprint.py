"""The room's blueprint: whoever may see the office's pages; changing anything asks for more."""

from __future__ import annotations

from flask import Blueprint

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("organisation", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)
