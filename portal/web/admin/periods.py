"""Appraisal periods and their plans: opening one, a new year."""

from __future__ import annotations

from flask import Blueprint

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("periods", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_OFFICE)
