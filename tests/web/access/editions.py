"""The residents' form of a period."""

from __future__ import annotations

from tests.web.access.expected import EDITORS, READERS, Addresses, Table, only, only_post

ACCESS: Table = {
    ("/admin/form", "GET"): only(READERS),
    ("/admin/form/edit", "GET"): only(EDITORS),
    ("/admin/form/edit", "POST"): only_post(EDITORS),
    ("/admin/form/preview", "GET"): only(READERS),
}
ADDRESSES: Addresses = {}
