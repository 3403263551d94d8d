"""To be filled."""

from __future__ import annotations

from tests.web.access.expected import Addresses, Table

ACCESS: Table = {}
ADDRESSES: Addresses = {}
