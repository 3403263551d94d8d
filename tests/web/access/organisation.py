"""Villages, modules, posts, teams, task forces."""

from __future__ import annotations

from tests.web.access.expected import Addresses, Table

ACCESS: Table = {}
ADDRESSES: Addresses = {}
