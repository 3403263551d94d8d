"""Everybody on a day: who serves, with what, what is missing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from flask import render_template, request

from portal.clock import local_day
from portal.core.days import Span
from portal.core.lives import Lack, Standing, State, standing
from portal.pinyin import by_pinyin, initials
from portal.store import people_over_time
from portal.web import guards, unit
from portal.web.admin.people.blueprint import pages
from portal.web.day_field import NoDay, read_day
from portal.web.people_words import ABSENCES, SECONDMENTS

STATES = {
    State.SERVING.value: "在岗",
    State.ABSENT.value: "不计的日子（产假、病假等）",
    State.LEFT.value: "已离开",
    State.TO_COME.value: "还没来",
    "all": "所有人",
}
LACKS = {Lack.POST.value: "没有岗位", Lack.MODULE.value: "没有模块", Lack.TEAM.value: "没有组团"}
HERE = (State.SERVING, State.ABSENT)


@dataclass(frozen=True, slots=True)
class Wish:
    """What the address asks for; '' asks for everything. Where `fault` says what is wrong with the day, it is today."""

    day: date
    typed_day: str
    fault: str
    words: str
    group: str
    module: str
    team: str
    state: str
    lacks: str

    def fits(self, one: Standing) -> bool:
        return all(test(one) for test in (self._state, self._words, self._place))

    def _state(self, one: Standing) -> bool:
        if self.state == "all":
            return True
        return one.state.value == self.state if self.state else one.state in HERE

    def _words(self, one: Standing) -> bool:
        sought = self.words.casefold()
        read = initials(one.life.name).casefold()
        own = (one.life.name.casefold(), one.life.number.casefold())
        return any(sought in words for words in own) or (bool(sought) and read.startswith(sought))

    def _place(self, one: Standing) -> bool:
        group = one.service.group if one.service else ""
        return (
            self.group in ("", group)
            and self.module in ("", one.module)
            and (not self.team or self.team in one.teams)
            and (not self.lacks or self.lacks in {lack.value for lack in one.lacks})
        )


@pages.get("/cadres")
def index() -> tuple[str, int]:
    """Who serves on the day, and what is missing."""
    township = guards.township()
    today = local_day(unit.now())
    lives = sorted(
        people_over_time.lives(unit.session(), township.id),
        key=lambda life: (by_pinyin(life.name), life.number),
    )
    periods = people_over_time.periods(unit.session(), township.id)
    spans = [Span(one.first_day, one.last_day) for one in periods]
    wish = _wish(today)
    everybody = [standing(life, wish.day, spans) for life in lives]
    here = [one for one in everybody if one.state in HERE]
    page = render_template(
        "admin/people/index.html",
        township=township,
        cadres=[one for one in everybody if wish.fits(one)],
        here=here,
        anybody=bool(lives),
        wish=wish,
        today=today,
        is_filtered=any((wish.words, wish.group, wish.module, wish.team, wish.state, wish.lacks)),
        groups=_values(everybody, lambda one: [one.service.group] if one.service else []),
        modules=_values(everybody, lambda one: [one.module]),
        teams=_values(everybody, lambda one: one.teams),
        states=STATES,
        lacks=LACKS,
        lacking={key: sum(key in one.lacks for one in here) for key in LACKS},
        absences=ABSENCES,
        secondments=SECONDMENTS,
    )
    return page, 422 if wish.fault else 200


def _wish(today: date) -> Wish:
    def asked(name: str) -> str:
        return request.args.get(name, "").strip()

    day, fault = today, ""
    if asked("day"):
        try:
            day = read_day(asked("day"))
        except NoDay as refusal:
            fault = f"日期{refusal}下面是今天的。"
    state, lacks = asked("state"), asked("lacks")
    return Wish(
        day=day,
        typed_day=asked("day") or day.isoformat(),
        fault=fault,
        words=asked("q"),
        group=asked("group"),
        module=asked("module"),
        team=asked("team"),
        state=state if state in STATES else "",
        lacks=lacks if lacks in LACKS else "",
    )


def _values(everybody: Sequence[Standing], of: Callable[[Standing], Sequence[str]]) -> list[str]:
    return sorted({value for one in everybody for value in of(one) if value}, key=by_pinyin)
