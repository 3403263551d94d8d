"""What residents see: no log-in, no name, no script needed. A module a thing that somebody comes for."""

from __future__ import annotations

from portal.web.residents import code, form, improvements, pressure
from portal.web.residents.blueprint import pages

__all__ = ["code", "form", "improvements", "pages", "pressure"]
