"""Setting a rating aside: for what it is, never for what it says, and only by two persons."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from hashlib import sha256

from sqlalchemy.orm import Session

from portal.actions.ledger import record
from portal.actions.proposals import Carrying, Kind, ProposalRefused, Told, Wish, propose
from portal.core.rights import Actor
from portal.store import bonuses, moderation, townships
from portal.store.office import Proposal
from portal.store.residents import Rating, Standing


class SetAsideReason(StrEnum):
    """Why a rating does not count. None of them is about what it says: a critical one counts."""

    NOT_A_RESIDENT = "不是本村社群众的评价"
    NOT_THEIR_OWN = "不是本人的评价"
    BOUGHT = "有人用好处换来的评价"
    COERCED = "有人当面要求或代填的评价"
    BY_MACHINE = "成批刷出来的评价"


def propose_set_aside(
    session: Session, actor: Actor, township_id: int, rating_id: int, why: SetAsideReason, now: datetime
) -> Proposal:
    """Propose that a rating does not count.

    Raises NotAllowed, MustStandBack for a rating of the own team, and ProposalRefused.
    """
    found = moderation.rating(session, township_id, rating_id)
    if found is None:
        raise ProposalRefused("没有这条评价。")
    rating, village = found
    _must_count(session, rating)
    team = townships.team_linking(session, township_id, rating.village_id, rating.day)
    wish = Wish(
        subject=f"{village.name}的一条评价（{_mark(rating_id)}）",
        reason=why.value,
        payload={"rating_id": str(rating_id), "village": village.name, "why": why.value},
        moves_teams=[team] if team else [],
    )
    return propose(session, actor, SET_ASIDE, wish, now)


def _mark(rating_id: int) -> str:
    """What tells two ratings of a village apart, and leads back to none: ids are random."""
    return sha256(f"rating {rating_id}".encode()).hexdigest()[:8]


def _must_count(session: Session, rating: Rating) -> None:
    """Pass while it isn't set aside and its period's result isn't published."""
    if rating.standing is Standing.SET_ASIDE:
        raise ProposalRefused("这条评价已经不计了。")
    period = bonuses.period_on(session, rating.township_id, rating.day)
    if period is not None and period.published_at is not None:
        raise ProposalRefused(f"{period.name}的结果已经公布，这条评价不能这样改。")


def _carry_out(session: Session, carrying: Carrying) -> None:
    proposal = carrying.proposal
    found = moderation.rating(session, proposal.township_id, int(carrying.payload["rating_id"]))
    if found is None:
        raise ProposalRefused("这条评价已经不在了。")
    rating, village = found
    _must_count(session, rating)
    before, after = {"standing": rating.standing}, {"standing": Standing.SET_ASIDE}
    rating.standing = Standing.SET_ASIDE
    record(
        session,
        carrying.act,
        "rating.set_aside",
        village.code,
        before,
        after,
        proposal.reason,
        row_id=rating.id,
    )


def _told(session: Session, proposal: Proposal, now: datetime) -> Told:
    del session, now
    return [("村社", proposal.payload["village"]), ("不计的理由", proposal.payload["why"])]


SET_ASIDE = Kind(
    "rating.set_aside",
    "一条评价不计",
    _carry_out,
    told=_told,
    concerned_may_propose=False,
    confidential=True,
)
