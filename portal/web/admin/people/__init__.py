"""Cadres over time: joining, leaving, moving, absences, further posts, teams."""

from __future__ import annotations

from portal.web.admin.people import acts, corrections, listing, person
from portal.web.admin.people.blueprint import pages

__all__ = ["acts", "corrections", "listing", "pages", "person"]
