"""Bringing a workbook in: looked at first, confirmed, undone."""

from __future__ import annotations

from flask import Blueprint

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("imports", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)
