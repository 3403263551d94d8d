"""Every table under one roof: importing this fills `Base.metadata`."""

from portal.store import appraisal, ledger, office, organisation, people, residents
from portal.store.base import Base

__all__ = ["Base", "appraisal", "ledger", "office", "organisation", "people", "residents"]
