"""Villages, modules, posts, teams, links and task forces over time."""

from __future__ import annotations

from flask import Blueprint

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("organisation", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)
