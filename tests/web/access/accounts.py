"""Accounts, rights, the own account, the installation."""

from __future__ import annotations

from tests.web.access.expected import Addresses, Table

ACCESS: Table = {}
ADDRESSES: Addresses = {}
