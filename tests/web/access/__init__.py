"""Who may open what: a table a room."""

from tests.web.access import (
    accounts,
    approvals,
    cases,
    editions,
    ground,
    imports,
    improvements,
    looks,
    organisation,
    papers,
    people,
    posters,
    pressure,
    setting_up,
    states,
)
from tests.web.access.expected import NOBODY, VISITORS, Statuses

ROOMS = (
    *(ground, accounts, approvals, imports, looks, organisation, people, setting_up),
    *(cases, editions, improvements, papers, posters, pressure, states),
)

__all__ = ["NOBODY", "ROOMS", "VISITORS", "Statuses"]
