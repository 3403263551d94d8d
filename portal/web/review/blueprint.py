"""The county's blueprint: whoever reads reports."""

from __future__ import annotations

from flask import Blueprint

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("review", __name__, url_prefix="/review")
guards.protect(pages, Right.READ_REPORTS)
