"""Overview, set-up, periods and plans."""

from __future__ import annotations

from tests.web.access.expected import Addresses, Table

ACCESS: Table = {}
ADDRESSES: Addresses = {}
