"""Setting a township up: four steps, from a workbook or by hand."""

from __future__ import annotations

from flask import Blueprint

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("setup", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)
