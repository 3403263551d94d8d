"""Posters and the hub of residents' voices."""

from __future__ import annotations

from tests.web.access.expected import EDITORS, READERS, Addresses, Table, only, only_post

ACCESS: Table = {
    ("/admin/voices", "GET"): only(READERS),
    ("/admin/posters", "GET"): only(READERS),
    ("/admin/posters/print.pdf", "GET"): only(READERS),
    ("/admin/posters/places", "GET"): only(EDITORS),
    ("/admin/posters/places", "POST"): only_post(EDITORS, 303),  # an empty one changes nothing
    ("/admin/posters/<token>/replace", "GET"): only(EDITORS),
    ("/admin/posters/<token>/replace", "POST"): only_post(EDITORS),
}
ADDRESSES: Addresses = {}
