"""What the database itself promises of two-person acts, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from portal.store.base import Base
from portal.store.office import Proposal, ProposalState
from portal.store.people import Account
from tests.store.rows import NOW, Ground

DONE = {"state": ProposalState.APPROVED, "decided_at": NOW}


def refused(ground: Ground, row: Base) -> None:
    with pytest.raises(IntegrityError), ground.session.begin_nested():
        ground.add(row)


def account(ground: Ground, name: str) -> int:
    own = Account(username=name, password_hash="x", township_id=ground.township)
    ground.add(own)
    return own.id


def proposal(ground: Ground, proposer: int, **other: Any) -> Proposal:
    values: dict[str, Any] = {
        "township_id": ground.township,
        "kind": "bonus",
        "subject": "张三",
        "payload": {},
        "moves_cadres": [],
        "moves_teams": [],
        "reason": "因为",
        "proposer_id": proposer,
        "proposed_at": NOW,
        "expires_at": NOW + timedelta(days=14),
        "state": ProposalState.WAITING,
    }
    return Proposal(**{**values, **other})


def test_one_waits_of_a_kind_and_subject_in_a_township(ground: Ground) -> None:
    one = account(ground, "one")
    ground.add(proposal(ground, one))
    refused(ground, proposal(ground, one))
    ground.add(proposal(ground, one, subject="李四"))
    ground.add(proposal(ground, one, kind="case.not_counted"))
    other = Ground(ground.session, "330825112")
    ground.add(proposal(other, account(other, "two")))


def test_what_is_decided_makes_room_for_the_next(ground: Ground) -> None:
    one, two = account(ground, "one"), account(ground, "two")
    for _ in range(2):
        ground.add(proposal(ground, one, **DONE, decider_id=two))
    ground.add(proposal(ground, one))


def test_nobody_decides_alone(ground: Ground) -> None:
    one, two = account(ground, "one"), account(ground, "two")
    refused(ground, proposal(ground, one, **DONE, decider_id=one))
    refused(ground, proposal(ground, one, **DONE))
    same = {"proposer_cadre_id": ground.cadre, "decider_cadre_id": ground.cadre}
    refused(ground, proposal(ground, one, **DONE, decider_id=two, **same))
    ground.add(
        proposal(ground, one, **DONE, decider_id=two, **{**same, "decider_cadre_id": ground.other_cadre})
    )


def test_a_decided_one_has_its_moment_and_a_waiting_one_has_none(ground: Ground) -> None:
    one, two = account(ground, "one"), account(ground, "two")
    refused(ground, proposal(ground, one, decided_at=NOW))
    refused(ground, proposal(ground, one, state=ProposalState.APPROVED, decider_id=two))
    refused(ground, proposal(ground, one, expires_at=NOW))
