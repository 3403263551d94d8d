"""Taking villages from the public list: each with its households, its poster and its place in the period."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.actions.guard import require
from portal.actions.import_organisation import new_token
from portal.actions.import_work import Choose
from portal.actions.ledger import Act, record
from portal.actions.periods import PeriodRefused, own_township
from portal.clock import local_day
from portal.core.book import VillageKind
from portal.core.rights import Actor, Right
from portal.store import townships
from portal.store.appraisal import Period, PeriodVillage
from portal.store.organisation import Poster, Village


@dataclass(frozen=True, slots=True)
class ListedVillage:
    """A village as it is to be added; its code begins with the township's."""

    code: str
    name: str
    kind: VillageKind
    households: int


def add_listed_villages(
    session: Session,
    actor: Actor,
    period: Period,
    wanted: Sequence[ListedVillage],
    now: datetime,
    choose: Choose = secrets.choice,
) -> int:
    """Add those that aren't there yet, from the period's first day on, and say how many; one act in the ledger.

    A village that is there already stays as it is, so that sending twice does nothing twice. Raises NotAllowed, and
    PeriodRefused for a code of another township.
    """
    require(actor, Right.EDIT_ORGANISATION)
    township_id = own_township(actor)
    own_code = townships.by_id(session, township_id).code
    if any(not one.code.startswith(own_code) for one in wanted):
        raise PeriodRefused("这些村社里有别的乡镇的，没有添加。")
    there = {village.code for village in townships.villages(session, township_id)}
    taken = set(townships.tokens(session))
    act = Act(actor.username, now, township_id)
    fresh = [one for one in wanted if one.code not in there]
    for one in fresh:
        _add(session, act, period, one, new_token(taken, choose))
    return len(fresh)


def _add(session: Session, act: Act, period: Period, one: ListedVillage, token: str) -> None:
    township_id, first = period.township_id, period.first_day
    values = {"code": one.code, "name": one.name, "kind": one.kind, "households": one.households}
    village = Village(township_id=township_id, first_day=first, **values)
    session.add(village)
    session.flush()
    session.add(
        PeriodVillage(
            township_id=township_id,
            period_id=period.id,
            village_id=village.id,
            first_day=first,
            households=one.households,
        )
    )
    session.add(
        Poster(township_id=township_id, village_id=village.id, token=token, issued_on=local_day(act.at))
    )
    session.flush()
    after = {**values, "first_day": first}
    record(session, act, "village.listed", f"{one.code} {one.name}", None, after, row_id=village.id)
