"""Which period a page is about."""

from __future__ import annotations

from flask import abort, request

from portal.actions.periods import current
from portal.store import periods
from portal.store.appraisal import Period
from portal.web import guards, unit


def asked_period() -> Period | None:
    """The period that the address names (?period=…), else the one that the township works in."""
    township_id, asked = guards.township().id, request.args.get("period")
    if asked is None:
        return current(unit.session(), township_id, unit.now())
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    period = periods.by_id(unit.session(), township_id, number)
    if period is None:
        abort(404)
    return period
