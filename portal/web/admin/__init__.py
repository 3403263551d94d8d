"""The township's pages, a module a room; each has its own blueprint with its own guard."""

from __future__ import annotations

from flask import Blueprint

from portal.web.admin import (
    account_changes,
    approvals,
    cases,
    editions,
    imports,
    improvements,
    ledger,
    organisation,
    overview,
    papers,
    people,
    periods,
    plans,
    posters,
    results,
    rights,
    setup,
    voices,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    overview.pages,
    results.pages,
    setup.pages,
    cases.pages,
    imports.pages,
    organisation.pages,
    people.pages,
    periods.pages,
    plans.pages,
    editions.pages,
    account_changes.pages,  # those of accounts, with the changes
    rights.pages,
    approvals.pages,
    improvements.pages,
    ledger.pages,
    voices.pages,
    posters.pages,
    papers.pages,
)
