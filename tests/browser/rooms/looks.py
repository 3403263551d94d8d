"""The gallery of components, which production does not have."""

from __future__ import annotations

from collections.abc import Mapping

from tests.browser.kind import Kind

KINDS: Mapping[str, Kind] = {}
