"""To be filled."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.kind import Kind

KINDS: Mapping[str, Kind] = {}  # staff
RESIDENT: Mapping[str, Kind] = {}
