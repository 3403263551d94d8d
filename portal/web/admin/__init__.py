"""The township's pages, a module a room; each has its own blueprint with its own guard."""

from __future__ import annotations

from flask import Blueprint

from portal.web.admin import (
    account_changes,
    approvals,
    imports,
    ledger,
    organisation,
    overview,
    papers,
    people,
    periods,
    plans,
    results,
    rights,
    setup,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    overview.pages,
    results.pages,
    setup.pages,
    imports.pages,
    organisation.pages,
    people.pages,
    periods.pages,
    plans.pages,
    account_changes.pages,  # those of accounts, with the changes
    rights.pages,
    approvals.pages,
    ledger.pages,
    papers.pages,
)
