"""Tables of the township's paperwork: what waits for a second person, and the workbooks that were brought in."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.store.base import Base, Tenant, words
from portal.store.types import BigId, Instant


class ProposalState(StrEnum):
    """How a two-person act stands."""

    WAITING = "waiting"  # 待批
    APPROVED = "approved"  # 已同意
    REFUSED = "refused"  # 未同意
    WITHDRAWN = "withdrawn"  # 已撤回
    EXPIRED = "expired"  # 已过期


class Proposal(Tenant, Base):
    """A two-person act: proposed by one person, carried out when another one approves.

    `payload` is what the act's kind needs to carry it out; `moves_cadres` (工号) and `moves_teams` (names) say whose
    score it moves, so that those concerned stand back. Two accounts of one cadre are one person.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        Index(None, "township_id", "state", "proposed_at"),
        Index(
            "uq_proposal_one_waiting",
            "township_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR decider_id <> proposer_id", name="two_accounts"
        ),
        CheckConstraint(
            "state NOT IN ('approved', 'refused') OR proposer_cadre_id IS NULL OR decider_cadre_id IS NULL"
            " OR decider_cadre_id <> proposer_cadre_id",
            name="two_persons",
        ),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_once"),
        CheckConstraint("state NOT IN ('approved', 'refused') OR decider_id IS NOT NULL", name="has_decider"),
        CheckConstraint("expires_at > proposed_at", name="expires_later"),
    )

    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(200))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    moves_cadres: Mapped[list[str]] = mapped_column(JSON, default=list)
    moves_teams: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(Text)
    proposer_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposer_cadre_id: Mapped[int | None] = mapped_column(ForeignKey("cadre.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    state: Mapped[ProposalState] = mapped_column(words(ProposalState, "state_is_known"))
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decider_cadre_id: Mapped[int | None] = mapped_column(ForeignKey("cadre.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Instant)
    decision_reason: Mapped[str] = mapped_column(Text, default="")


class ImportFile(Tenant, Base):
    """A workbook that somebody brought in: looked at first, then confirmed, perhaps undone.

    `act` and `undone_act` are the ledger's acts that carried it out and took it back.
    """

    __tablename__ = "import_file"
    __table_args__ = (
        Index(None, "township_id", "uploaded_at"),
        CheckConstraint("(act IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_an_act"),
        CheckConstraint("(undone_act IS NULL) = (undone_at IS NULL)", name="undone_by_an_act"),
        CheckConstraint("undone_at IS NULL OR confirmed_at IS NOT NULL", name="undone_after_confirmed"),
    )

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    act: Mapped[int | None] = mapped_column(BigId)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_act: Mapped[int | None] = mapped_column(BigId)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
