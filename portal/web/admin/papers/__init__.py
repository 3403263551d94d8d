"""Paper forms and interviews: printing, typing in, and looking again at what was drawn by lot. A module a thing to do."""

from __future__ import annotations

from portal.web.admin.papers import checks, enter, index, printing
from portal.web.admin.papers.blueprint import pages

__all__ = ["checks", "enter", "index", "pages", "printing"]
