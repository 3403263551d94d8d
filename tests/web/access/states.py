"""What stands around the form: taking a rating back, and what is kept of it."""

from __future__ import annotations

from tests.web.access.expected import Addresses, Table, everybody

ACCESS: Table = {
    ("/v/<token>/withdraw", "GET"): everybody(200),
    ("/v/<token>/withdraw", "POST"): everybody(303),
    ("/v/<token>/withdrawn", "GET"): everybody(200),
    ("/privacy", "GET"): everybody(200),
}
ADDRESSES: Addresses = {}
