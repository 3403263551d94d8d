"""Links to other rooms' pages, only where there is such a page."""

from __future__ import annotations

from urllib.parse import quote

from flask import current_app


def link(path: str) -> str:
    """The address as a link has it, or '' where the portal has no page there."""
    adapter = current_app.url_map.bind("localhost")
    if not adapter.test(path.partition("?")[0], method="GET"):
        return ""
    return quote(path, safe="/?=&")
