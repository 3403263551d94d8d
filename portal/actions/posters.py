"""Posters after they were made: where each hangs, and a new code in the place of one that is lost or leaked."""

from __future__ import annotations

from collections.abc import Mapping

from portal.actions.organising import Order, OrganisationRefused
from portal.actions.seen import must_be_as_seen, values_seen
from portal.actions.villages import give_poster, retire_poster
from portal.core.posters import LONGEST_PLACE
from portal.store import organising, posters
from portal.store.organisation import Poster, Village

LONGEST_REASON = 200


class PlacesRefused(ValueError):
    """Some places can't be kept; `faults` has a sentence by the poster's token. Nothing was saved."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("；".join(faults.values()))
        self.faults = faults


def hangs(poster: Poster, order: Order) -> bool:
    """Whether the poster is in use on the order's day."""
    return poster.retired_on is None or poster.retired_on > order.day


def name_places(order: Order, typed: Mapping[str, str], seen: str) -> int:
    """Write down where posters hang, by token; gives how many places changed.

    What is as it stood when the page was opened (`seen`) was not touched by whoever sends it, and is left alone. Raises
    NotAllowed, PlacesRefused, and ChangedMeanwhile where somebody else changed one of those that were touched.
    """
    order.allow()
    organising.lock(order.session, order.township_id)
    before = values_seen(seen)
    touched = {token: words for token, words in typed.items() if before.get(token) != words.strip()}
    hanging = {
        poster.token: (poster, village)
        for poster, village in posters.listed(order.session, order.township_id)
        if hangs(poster, order)
    }
    wanted, faults = _read(touched, {token: village.name for token, (_, village) in hanging.items()})
    if faults:
        raise PlacesRefused(faults)
    must_be_as_seen(seen, {token: hanging[token][0].place for token in wanted})
    return sum(_move(order, *hanging[token], place) for token, place in wanted.items())


def replace_poster(order: Order, token: str, place: str) -> Poster:
    """Retire the poster from today on and issue one with a new code, which hangs at `place`.

    The old code leads nowhere afterwards: who copied it must not be led to the new one. Raises NotAllowed,
    MustStandBack, and OrganisationRefused where it is not in use any more or something is missing.
    """
    organising.lock(order.session, order.township_id)
    found = posters.one(order.session, order.township_id, token)
    if found is None:
        raise OrganisationRefused("本乡镇没有这张海报。")
    poster, village = found
    allow_replacing(order, village)
    if not hangs(poster, order):
        raise OrganisationRefused("这张海报已经停用了，可能别人刚换过。请回海报列表看看现在用的是哪一张。")
    words = proper_place(place)
    if not order.reason:
        raise OrganisationRefused("请写为什么换，例如：丢了、坏了、被人拍下乱发。", "reason")
    if len(order.reason) > LONGEST_REASON:
        raise OrganisationRefused(f"理由最多写 {LONGEST_REASON} 个字。", "reason")
    last = poster.retired_on
    retire_poster(order, poster, village)
    return give_poster(order, village, words, last)


def allow_replacing(order: Order, village: Village) -> None:
    """Who belongs to the village's team must not take away the code with which people speak of it.

    Raises NotAllowed or MustStandBack.
    """
    order.allow(teams=organising.teams_linking(order.session, order.township_id, [village.id], order.today))


def proper_place(typed: str) -> str:
    """A place as it is kept; it may be empty. Raises OrganisationRefused."""
    place = " ".join(typed.split())
    if len(place) > LONGEST_PLACE:
        raise OrganisationRefused(
            f"张贴处最多写 {LONGEST_PLACE} 个字，现在有 {len(place)} 个，请写短一些。", "place"
        )
    if not place.isprintable():
        raise OrganisationRefused("张贴处里有显示不出来的字符，请重新写。", "place")
    return place


def _read(touched: Mapping[str, str], names: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The places that are wanted, and what is wrong, both by token."""
    wanted: dict[str, str] = {}
    faults: dict[str, str] = {}
    for token, words in touched.items():
        if token not in names:
            faults[token] = f"海报 {token} 已经停用了，可能别人刚换过。请重新打开这一页再填。"
            continue
        try:
            wanted[token] = proper_place(words)
        except OrganisationRefused as refusal:
            faults[token] = f"{names[token]}：{refusal}"
    return wanted, faults


def _move(order: Order, poster: Poster, village: Village, place: str) -> bool:
    """Write the place down; False where it hangs there already."""
    if poster.place == place:
        return False
    before = {"place": poster.place}
    poster.place = place
    order.note("poster.place_changed", poster, village.name, before, {"place": place})
    return True
