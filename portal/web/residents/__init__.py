"""What residents see: no log-in, no name, no script needed. A module a thing that somebody comes for."""

from __future__ import annotations

from portal.web.residents import (
    case,
    closed,
    code,
    form,
    improvements,
    pressure,
    privacy,
    text_size,
    withdraw,
)
from portal.web.residents.blueprint import pages

__all__ = [
    "case",
    "closed",
    "code",
    "form",
    "improvements",
    "pages",
    "pressure",
    "privacy",
    "text_size",
    "withdraw",
]
