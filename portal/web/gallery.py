"""Every component on one page, for whoever builds pages and for the tests that measure them; not in production."""

from __future__ import annotations

from flask import Blueprint

pages = Blueprint("gallery", __name__)
