"""Villages that become one: what would happen, said before it is done, and then done in one act."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.actions.organising import (
    Order,
    OrganisationRefused,
    end_row,
    must_be_open,
    must_be_there,
)
from portal.actions.teams import link_from
from portal.actions.villages import (
    NewVillage,
    add_village,
    end_links,
    must_be_countable,
    retire_posters,
    set_households,
)
from portal.store import organising, rows, townships
from portal.store.organisation import Team, Village


@dataclass(frozen=True, slots=True)
class Merger:
    """What is wanted: these villages become `into` (one of them) or `new`; no team given keeps the successor's."""

    villages: tuple[int, ...]
    into: int | None
    new: NewVillage | None
    team: int | None = None
    households: int | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """A village that ends: its last day, the team that stops linking it, and its poster's code."""

    village: Village
    team: str
    token: str


@dataclass(frozen=True, slots=True)
class Prospect:
    """Exactly what the merger would do."""

    day: date
    last_day: date
    name: str
    households: int
    endings: tuple[Ending, ...]
    team: str  # '' where no team links the successor
    keeps_team: bool
    token: str  # '' where a new poster is made


def prospect(order: Order, wanted: Merger) -> Prospect:
    """Look ahead without writing. Raises OrganisationRefused, NotAllowed and MustStandBack as the merger itself."""
    organising.lock(order.session, order.township_id)
    villages = _villages(order, wanted)
    must_be_open(order)
    if wanted.new is None:
        must_be_countable(order)
    for village in villages:
        must_be_there(order, village)
        if village.id != wanted.into and order.day <= village.first_day:
            raise OrganisationRefused(f"“{village.name}”要先有过至少一天，才能并走。", "day")
    linked = {
        link.village_id: link.team
        for link in organising.links(order.session, order.township_id)
        if link.first_day <= order.day <= link.last_day
    }
    before = {
        link.village_id: link.team
        for link in organising.links(order.session, order.township_id)
        if link.first_day <= order.before <= link.last_day
    }
    posters = townships.posters_in_use(order.session, order.township_id)
    team = "" if wanted.into is None else linked.get(wanted.into, "")
    chosen = _team(order, wanted)
    ids = [village.id for village in villages]
    moved = organising.teams_linking(order.session, order.township_id, ids, order.day)
    order.allow(teams=[*moved, *([chosen.name] if chosen else [])])
    token_of = {village: poster.token for village, poster in posters.items()}
    return Prospect(
        day=order.day,
        last_day=order.before,
        name=wanted.new.name if wanted.new else next(v.name for v in villages if v.id == wanted.into),
        households=wanted.households or sum(village.households for village in villages),
        endings=tuple(
            Ending(village, before.get(village.id, ""), token_of.get(village.id, ""))
            for village in villages
            if village.id != wanted.into
        ),
        team=chosen.name if chosen else team,
        keeps_team=chosen is None,
        token="" if wanted.into is None else token_of.get(wanted.into, ""),
    )


def merge_villages(order: Order, wanted: Merger) -> Village:
    """Carry the merger out. Ratings and cases before the day stay with the villages that were."""
    ahead = prospect(order, wanted)
    if wanted.new is not None:
        successor = add_village(order, replace(wanted.new, households=ahead.households))
    else:
        successor = next(village for village in _villages(order, wanted) if village.id == wanted.into)
    for ending in ahead.endings:
        end_row(order, ending.village, "village.merged", merged_into_id=successor.id)
        end_links(order, ending.village)
        retire_posters(order, ending.village)
    if wanted.new is None:
        set_households(order, successor, ahead.households)
    team = _team(order, wanted)
    if team is not None:
        link_from(order, team, successor)
    return successor


def _villages(order: Order, wanted: Merger) -> Sequence[Village]:
    found = rows.in_township(order.session, Village, order.township_id, Village.id.in_(wanted.villages))
    if len(found) != len(set(wanted.villages)):
        raise OrganisationRefused("选的村社里有本乡镇没有的，请重新选。", "villages")
    if len(found) < 2:
        raise OrganisationRefused("请至少选两个要合并的村社。", "villages")
    if wanted.new is None and wanted.into not in wanted.villages:
        raise OrganisationRefused("合并后的村社要是选中的其中一个，或者是一个新的村社。", "into")
    return found


def _team(order: Order, wanted: Merger) -> Team | None:
    if wanted.team is None:
        return None
    team = rows.one(order.session, Team, order.township_id, wanted.team)
    if team is None:
        raise OrganisationRefused("本乡镇没有这个组团。", "team")
    return team
