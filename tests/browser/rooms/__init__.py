"""The kinds of pages of each room of the township's side."""

from tests.browser.rooms import accounts, approvals, imports, looks, organisation, people, setting_up

ROOMS = (accounts, approvals, imports, looks, organisation, people, setting_up)
