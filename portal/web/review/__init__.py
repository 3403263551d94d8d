"""What the county reads: reports of pressure on residents, which no township's account can see."""

from __future__ import annotations

from portal.web.review import reports
from portal.web.review.blueprint import pages

__all__ = ["pages", "reports"]
