"""The ledger for people: search, before and after side by side, export."""

from __future__ import annotations

from flask import Blueprint

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("ledger", __name__, url_prefix="/admin")
guards.protect(pages, Right.SEE_LEDGER)
