"""Villages over time: adding one, another name or code, another number of households, the end of one."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import date

from portal.actions.import_organisation import new_token
from portal.actions.organising import (
    Order,
    OrganisationRefused,
    end_row,
    end_stretch,
    must_be_open,
    must_be_there,
    own_row,
    period_of,
    proper_name,
    rename,
    words_of,
)
from portal.core.book import VillageKind
from portal.store import organising, roster, rows, townships
from portal.store.appraisal import Period, PeriodVillage
from portal.store.organisation import NameKind, Poster, TeamLink, Village

MOST_HOUSEHOLDS = 1_000_000
CODE = re.compile(r"[0-9]{12}")


@dataclass(frozen=True, slots=True)
class NewVillage:
    """What a village is entered with."""

    code: str
    name: str
    kind: VillageKind
    households: int


def add_village(order: Order, wanted: NewVillage) -> Village:
    """Enter a village that is there from the day on, with a poster. Raises OrganisationRefused."""
    order.allow()
    organising.lock(order.session, order.township_id)
    must_be_open(order)
    name = proper_name(wanted.name)
    _must_be_code(order, wanted.code, None)
    _must_have_households(wanted.households)
    village = Village(
        township_id=order.township_id,
        code=wanted.code,
        name=name,
        kind=wanted.kind,
        households=wanted.households,
        first_day=order.day,
        last_day=None,
        merged_into_id=None,
    )
    order.session.add(village)
    columns = {"code": wanted.code, "name": name, "kind": wanted.kind, "households": wanted.households}
    order.note("village.added", village, name, None, {**columns, "first_day": order.day})
    _count(order, village, wanted.households)
    give_poster(order, village)
    return village


def rename_village(order: Order, village_id: int, name: str, code: str) -> None:
    """Another name, another code or both, from the day on. Raises OrganisationRefused."""
    order.allow()
    village: Village = own_row(order, Village, village_id)
    wanted = proper_name(name)
    _must_be_code(order, code, village.id)
    rename(order, NameKind.VILLAGE, village, wanted, code)


def recount(order: Order, village_id: int, households: int) -> None:
    """Another number of households from the day on: the score weighs each day by the number of that day."""
    village: Village = own_row(order, Village, village_id)
    order.allow(teams=organising.teams_linking(order.session, order.township_id, [village_id], order.day))
    must_be_open(order)
    must_be_there(order, village)
    _must_have_households(households)
    set_households(order, village, households)


def retire_village(order: Order, village_id: int) -> None:
    """The village ends the day before, and with it its link and its poster. Raises OrganisationRefused."""
    village: Village = own_row(order, Village, village_id)
    order.allow(teams=organising.teams_linking(order.session, order.township_id, [village_id], order.day))
    end_row(order, village, "village.retired")
    end_links(order, village)
    retire_posters(order, village)


def set_households(order: Order, village: Village, households: int) -> None:
    """Write the number down, and hold fast what earlier days and periods counted with.

    Raises OrganisationRefused for a day after the last period: a new year would count on with the old number.
    """
    must_be_countable(order)
    _hold_earlier(order, village)
    was = _count(order, village, households)
    before = {"households": village.households if was is None else was}
    later = rows.in_township(
        order.session,
        PeriodVillage,
        order.township_id,
        PeriodVillage.village_id == village.id,
        PeriodVillage.first_day > order.day,
    )
    if not _carry_on(order, later, was, households):
        village.households = households
    after = {"households": households, "from": order.day}
    order.note("village.households_changed", village, village.name, before, after)


def _carry_on(
    order: Order, later: list[PeriodVillage], was: int | None, households: int
) -> list[PeriodVillage]:
    """A later year that only carried the old number over goes along; gives the later numbers that are their own."""
    first_days = {
        period.id: period.first_day for period in rows.in_township(order.session, Period, order.township_id)
    }
    left = sorted(later, key=lambda row: row.first_day)
    while left and left[0].households == was and left[0].first_day == first_days[left[0].period_id]:
        left.pop(0).households = households
    return left


def must_be_countable(order: Order) -> None:
    """Pass for a day of a period, or where no period could lose the number."""
    there = rows.in_township(order.session, Period, order.township_id)
    if there and all(period.last_day < order.day for period in there):
        raise OrganisationRefused(
            f"{words_of(order.day)}还没有考评周期，户数会算不进去。请先办新年度，再来填。", "day"
        )


def end_links(order: Order, village: Village) -> None:
    """No team links the village from the day on."""
    links = rows.in_township(
        order.session,
        TeamLink,
        order.township_id,
        TeamLink.village_id == village.id,
        TeamLink.last_day >= order.day,
    )
    team_names = organising.team_names(order.session, order.township_id)
    for link in links:
        end_stretch(order, link, "link.ended", f"{team_names[link.team_id]}—{village.name}")


def retire_posters(order: Order, village: Village) -> None:
    """Its poster is no longer in use from the day on."""
    poster = townships.posters_in_use(order.session, order.township_id).get(village.id)
    if poster is not None:
        retire_poster(order, poster, village)


def retire_poster(order: Order, poster: Poster, village: Village) -> None:
    before = {"retired_on": poster.retired_on}
    poster.retired_on = order.day
    order.note("poster.retired", poster, village.name, before, {"retired_on": order.day})


def give_poster(order: Order, village: Village, place: str = "", last: date | None = None) -> Poster:
    """A code on paper, as every village has one; `place` says where it hangs, `last` when it retires, if that is known."""
    token = new_token(set(townships.tokens(order.session)), secrets.choice)
    poster = Poster(
        township_id=order.township_id,
        village_id=village.id,
        token=token,
        issued_on=order.today,
        retired_on=last,
        place=place,
    )
    order.session.add(poster)
    after = {"issued_on": order.today, **({"place": place} if place else {})}
    order.note("poster.issued", poster, village.name, None, after)
    return poster


def _hold_earlier(order: Order, village: Village) -> None:
    """Every period that has begun by the day and names no number of its own keeps the one it counted with so far."""
    counted = {
        row.period_id
        for row in rows.in_township(
            order.session, PeriodVillage, order.township_id, PeriodVillage.village_id == village.id
        )
    }
    for period in rows.in_township(order.session, Period, order.township_id, Period.first_day < order.day):
        if period.id not in counted:
            order.session.add(_row(order, period, village, village.households, own_day=period.first_day))
    order.session.flush()


def _count(order: Order, village: Village, households: int) -> int | None:
    """The period's own row from the day on; gives the number that held on that day before, where there was one."""
    period = period_of(order.session, order.township_id, order.day)
    if period is None:
        return None
    earlier = [
        row
        for row in rows.in_township(
            order.session,
            PeriodVillage,
            order.township_id,
            PeriodVillage.village_id == village.id,
            PeriodVillage.period_id == period.id,
        )
        if row.first_day <= order.day
    ]
    held = max(earlier, key=lambda row: row.first_day, default=None)
    was = None if held is None else held.households
    if held is not None and held.first_day == order.day:
        held.households = households
    else:
        order.session.add(_row(order, period, village, households, own_day=order.day))
    order.session.flush()
    return was


def _row(order: Order, period: Period, village: Village, households: int, own_day: date) -> PeriodVillage:
    return PeriodVillage(
        township_id=order.township_id,
        period_id=period.id,
        village_id=village.id,
        first_day=own_day,
        households=households,
    )


def _must_be_code(order: Order, code: str, own: int | None) -> None:
    if not CODE.fullmatch(code):
        raise OrganisationRefused("村社代码是 12 位数字（统计用区划代码）。", "code")
    bearer = roster.ids(order.session, order.township_id, "villages").get(code)
    if bearer is not None and bearer != own:
        village = rows.one(order.session, Village, order.township_id, bearer)
        whose = "" if village is None else f"（{village.name}，{words_of(village.first_day)}起）"
        raise OrganisationRefused(f"代码 {code} 已经有村社在用或用过{whose}，请核对。", "code")


def _must_have_households(households: int) -> None:
    if not 1 <= households <= MOST_HOUSEHOLDS:
        raise OrganisationRefused("户数要 1 以上的整数。", "households")
