"""One cadre over time: what held from when to when, and what may be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from flask import render_template, url_for

from portal.core.days import Span
from portal.core.lives import Life, Served, Standing, State, main_posts, modules, standing
from portal.core.rights import Right, has_right
from portal.core.roster import present
from portal.web import guards
from portal.web.admin.people.acts import DOINGS, asked_done
from portal.web.admin.people.blueprint import pages
from portal.web.admin.people.desk import life_or_404, offered
from portal.web.admin.people.listing import LACKS
from portal.web.formats import WORDS, plain
from portal.web.people_words import ABSENCES, SECONDMENTS

DONE = {
    "joined": "加好了。",
    "known": "加好了。这个工号以前任过职，接着算同一个人。",
    "move": "调动记好了。",
    "status": "改好了。",
    "leave": "离开记好了，跟着结束的也都结束了。登录的账号还开着，请到“账号”里关。",
    "return": "记好了。还要进组团的话，请另加。",
    "extra-post": "兼岗加好了。",
    "team": "组团改好了。",
    "absence": "记好了。这些天不计分。",
    "name": "更正好了。",
    "corrected": "更正好了。",
    "withdrawn": "删去了。",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch on the page; `address` leads to where it can be corrected, '' where another line does."""

    kind: str
    what: str
    span: Span
    note: str = ""
    address: str = ""


@pages.get("/cadres/<int:cadre_id>")
def person(cadre_id: int) -> str:
    """The past and the present of one cadre."""
    life = life_or_404(cadre_id)
    options = offered()
    now = standing(life, options.today, options.periods)
    edits = has_right(guards.known_actor(), Right.EDIT_ORGANISATION)
    here = now.state in (State.SERVING, State.ABSENT)
    return render_template(
        "admin/people/person.html",
        life=life,
        now=now,
        here=here,
        state=_state_words(now.state, now.absence),
        missing=[LACKS[lack.value] for lack in now.lacks],
        lines=_lines(life, options.periods, edits),
        moves=life.moves,
        doings={key: DOINGS[key].title for key in _possible(life, options.today, options.day)},
        done=DONE.get(asked_done(), ""),
        roles=_roles(now.service) if now.service else "",
        listed=_has_result(life, now, options.periods, options.today),
        secondments=SECONDMENTS,
    )


def _possible(life: Life, today: date, at: date) -> list[str]:
    """The acts that make sense: nobody leaves who isn't there, nobody comes back who is."""
    serves = any(one.span.last >= min(today, at) for one in life.services)
    acts = ["move", "status", "extra-post", "team", "absence", "leave"] if serves else ["return", "absence"]
    return [*acts, "name"]


def _state_words(state: State, absence: str) -> str:
    named = {State.SERVING: "在岗", State.LEFT: "已离开", State.TO_COME: "还没来"}
    return ABSENCES[absence] if state is State.ABSENT else named[state]


def _has_result(life: Life, now: Standing, periods: tuple[Span, ...], today: date) -> bool:
    """Whether the results of the running period list this cadre today."""
    period = next((span for span in periods if today in span), None)
    if period is None or now.service is None or now.service.exempt:
        return False
    counted = present([one.span for one in life.services], [one.span for one in life.absences])
    return any(span.within(Span(period.first, today)) for span in counted)


def _roles(service: Served) -> str:
    return "、".join(WORDS[f"role.{role}"] for role in service.roles)


def _lines(life: Life, periods: tuple[Span, ...], edits: bool) -> list[Line]:
    lines = [
        *_service_lines(life),
        *_post_lines(life, periods),
        *_team_lines(life),
        *_absence_lines(life, edits),
    ]
    order = ("任职", "岗位", "兼岗", "模块", "组团", "团长", "不计")
    return sorted(lines, key=lambda line: (line.span.first, order.index(line.kind)))


def _row(life: Life, what: str, row_id: int) -> str:
    return url_for("people.correct", cadre_id=life.id, what=what, row_id=row_id)


def _service_lines(life: Life) -> list[Line]:
    return [
        Line(
            "任职",
            one.group,
            one.span,
            "，".join(
                part
                for part in (
                    one.staffing,
                    SECONDMENTS.get(one.secondment, ""),
                    "不参评" if one.exempt else "",
                    f"角色：{_roles(one)}" if one.roles else "",
                )
                if part
            ),
            _row(life, "service", one.id),
        )
        for one in life.services
    ]


def _post_lines(life: Life, periods: tuple[Span, ...]) -> list[Line]:
    return [
        *(Line("岗位", name, span) for name, span in main_posts(life, periods)),
        *(Line("模块", name, span) for name, span in modules(life, periods)),
        *(Line("兼岗", one.name, one.span, "", _row(life, "extra-post", one.id)) for one in life.extra_posts),
    ]


def _team_lines(life: Life) -> list[Line]:
    return [
        *(
            Line(
                "组团",
                one.team,
                one.span,
                f"个人系数 {plain(Fraction(one.factor))}",
                _row(life, "team", one.id),
            )
            for one in life.memberships
        ),
        *(Line("团长", one.name, one.span) for one in life.leads),
    ]


def _absence_lines(life: Life, edits: bool) -> list[Line]:
    return [
        # why somebody is ill is for whoever enters it
        Line("不计", ABSENCES[one.kind], one.span, one.reason if edits else "", _row(life, "absence", one.id))
        for one in life.absences
    ]
