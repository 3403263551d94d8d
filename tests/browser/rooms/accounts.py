"""Accounts, rights, the own account, the installation."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.kind import Kind

KINDS: Mapping[str, Kind] = {}
