"""What is kept of a resident, for how long, and whom to ask: eight short lines, each of them held by a test."""

from __future__ import annotations

from flask import render_template

from portal.actions.forgetting import AFTER
from portal.web.residents.blueprint import pages


@pages.get("/privacy")
def privacy() -> str:
    """The same for every township."""
    return render_template("residents/privacy.html", days=AFTER.days)
