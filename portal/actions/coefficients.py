"""A post's coefficient in a period that is open: put before the 党委, written down once it is approved."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy.orm import Session

from portal.actions.guard import MustStandBack
from portal.actions.ledger import record
from portal.actions.proposals import Carrying, Kind, ProposalRefused
from portal.core.days import Span
from portal.core.rights import Right
from portal.store import rows
from portal.store.appraisal import Period, PeriodPost
from portal.store.concerns import concerns
from portal.store.office import Proposal
from portal.store.organisation import Post


def write_coefficient(
    session: Session, carrying: Carrying, post: Post, period: Period, coefficient: Decimal
) -> None:
    """Write it down, with what stood there before in the ledger. Raises ProposalRefused where that has changed."""
    township = carrying.proposal.township_id
    held = rows.in_township(
        session, PeriodPost, township, PeriodPost.post_id == post.id, PeriodPost.period_id == period.id
    )
    was = format(held[0].coefficient, "f") if held else None
    seen = carrying.payload["before"]
    if (was is None) != (seen is None) or (was is not None and Decimal(was) != Decimal(seen)):
        raise ProposalRefused(f"“{post.name}”的系数在提出以后已经改过，请重新提出。")
    if held:
        held[0].coefficient = coefficient
    else:
        session.add(
            PeriodPost(township_id=township, period_id=period.id, post_id=post.id, coefficient=coefficient)
        )
    session.flush()
    before = None if was is None else {"coefficient": was}
    record(
        session,
        carrying.act,
        "post.coefficient_changed",
        carrying.proposal.subject,
        before,
        {"coefficient": coefficient},
        carrying.proposal.reason,
        post.id,
    )


def _carry_out(session: Session, carrying: Carrying) -> None:
    township, payload = carrying.proposal.township_id, carrying.payload
    post = rows.one(session, Post, township, payload["post_id"])
    period = rows.one(session, Period, township, payload["period_id"])
    if post is None or period is None:
        raise ProposalRefused("这个岗位或周期已经没有了，请重新提出。")
    must_not_be_published_since(carrying.proposal, period)
    held = concerns(session, township, Span(period.first_day, period.last_day)).on_post.get(post.id, ())
    if carrying.approver.cadre in held:  # who came to the post after it was proposed
        raise MustStandBack(COEFFICIENT.key)
    write_coefficient(session, carrying, post, period, Decimal(payload["coefficient"]))


def must_not_be_published_since(proposal: Proposal, period: Period) -> None:
    """What was proposed for a running period doesn't change a result that was published meanwhile."""
    if period.published_at is not None and period.published_at > proposal.proposed_at:
        raise ProposalRefused(f"提出以后{period.name}的结果已经公布，不能再这样改。")


COEFFICIENT = Kind(
    key="post.coefficient",
    words="改岗位系数",
    carry_out=_carry_out,
    approve=Right.APPROVE_FOR_COMMITTEE,
    concerned_may_propose=False,
)
