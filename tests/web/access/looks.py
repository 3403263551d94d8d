"""The gallery of components, which production does not have."""

from __future__ import annotations

from tests.web.access.expected import Addresses, Table

ACCESS: Table = {}
ADDRESSES: Addresses = {}
