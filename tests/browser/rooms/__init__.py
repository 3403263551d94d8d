"""The kinds of pages of each room of the township's side."""

from tests.browser.rooms import (
    accounts,
    approvals,
    cases,
    editions,
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

ROOMS = (
    *(accounts, approvals, imports, looks, organisation, people, setting_up),
    *(cases, editions, improvements, papers, posters, pressure, states),
)
