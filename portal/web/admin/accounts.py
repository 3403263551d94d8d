"""Accounts and rights: who logs in, and who may do what."""

from __future__ import annotations

from flask import Blueprint

from portal.core.rights import Right
from portal.web import guards

pages = Blueprint("accounts", __name__, url_prefix="/admin")
guards.protect(pages, Right.MANAGE_ACCOUNTS)
