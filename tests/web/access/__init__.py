"""Who may open what: a table a room."""

from tests.web.access import accounts, approvals, ground, imports, looks, organisation, people, setting_up
from tests.web.access.expected import NOBODY, VISITORS, Statuses

ROOMS = (ground, accounts, approvals, imports, looks, organisation, people, setting_up)

__all__ = ["NOBODY", "ROOMS", "VISITORS", "Statuses"]
