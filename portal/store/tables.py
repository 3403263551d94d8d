"""Every table under one roof: importing this fills `Base.metadata`."""

from portal.store import (
    appraisal,
    county,
    improvements,
    ledger,
    office,
    organisation,
    papers,
    people,
    residents,
)
from portal.store.base import Base

__all__ = [
    "Base",
    "appraisal",
    "county",
    "improvements",
    "ledger",
    "office",
    "organisation",
    "papers",
    "people",
    "residents",
]
