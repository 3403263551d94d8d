"""Villages, modules, posts, teams, links and task forces over time."""

from __future__ import annotations

from portal.web.admin.organisation import catalogue, forces, hub, merging, teams, villages
from portal.web.admin.organisation.blueprint import pages

__all__ = ["catalogue", "forces", "hub", "merging", "pages", "teams", "villages"]
