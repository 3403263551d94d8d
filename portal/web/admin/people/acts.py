"""What may be done to a cadre from a day on: a page for each act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import abort, request, url_for

from portal.actions import absences, joining, memberships, people, posts_held
from portal.actions.guard import require
from portal.actions.people import Desk, PersonRefused
from portal.core.lives import Life, standing
from portal.core.rights import Right
from portal.web import formats, guards
from portal.web.admin.people import forms
from portal.web.admin.people.blueprint import pages
from portal.web.admin.people.desk import (
    Answer,
    Offered,
    Seen,
    Sheet,
    chosen,
    kind_of,
    life_or_404,
    offer,
    offered,
    person_page,
    serve,
    terms_of,
    terms_seen,
)
from portal.web.admin.people.forms import PersonForm

UNTIL = "不填就到任职或考评周期的最后一天。"


@dataclass(frozen=True, slots=True)
class Doing:
    """An act on a cadre: its page and what saves it."""

    title: str
    button: str
    form: type[PersonForm]
    save: Callable[[Desk, Life, Any, Offered], None]
    fill: Callable[[Life, Offered], dict[str, Any]] = lambda _, options: {"first_day": options.day}
    notes: tuple[str, ...] = ()
    notes_of: Callable[[Life, Offered], tuple[str, ...]] | None = None
    hints: Mapping[str, str] | None = None
    seen: Callable[[Offered], Seen] | None = None
    scored: bool = True  # whoever is moved stands back


@pages.route("/cadres/new", methods=["GET", "POST"])
def new() -> Answer:
    """Somebody comes; a known 工号 goes on as the same person."""
    require(guards.known_actor(), Right.EDIT_ORGANISATION)
    options = offered()
    form = forms.JoinForm(data={"first_day": options.day, **forms.default_roles()})
    offer(form, options)
    sheet = Sheet(
        title="添加干部",
        button="保存",
        form=form,
        do=lambda desk, form: _join(desk, form, options),
        back=url_for("people.index"),
        notes=("以前在这里任过职的人，填原来的工号：接着算同一个人，从前的记录都在。",),
        hints={
            "first_day": "任职的第一天，要在考评周期里。",
            "last_day": "不填就到考评周期的最后一天。",
            "reason": "可以不填。",
        },
    )
    return serve(sheet, None)


@pages.route("/cadres/<int:cadre_id>/do/<what>", methods=["GET", "POST"])
def do(cadre_id: int, what: str) -> Answer:
    """One of the acts."""
    life, doing = life_or_404(cadre_id), DOINGS.get(what) or abort(404)
    if doing.scored:
        people.may_edit(guards.known_actor(), life.number)
    require(guards.known_actor(), Right.EDIT_ORGANISATION)
    options = offered()
    form = doing.form(data=doing.fill(life, options))
    offer(form, options)
    if "instead_of" in form:
        form.offer(instead_of=_instead(life, options))

    def save(desk: Desk, form: Any) -> str:
        doing.save(desk, desk.life(cadre_id), form, options)
        return person_page(cadre_id, what)

    sheet = Sheet(
        title=doing.title,
        button=doing.button,
        form=form,
        do=save,
        back=person_page(cadre_id),
        notes=doing.notes_of(life, options) if doing.notes_of else doing.notes,
        hints=doing.hints,
        seen=doing.seen(options) if doing.seen else None,
        labels={"first_day": "这段任职从", "last_day": "这段任职到"},
    )
    return serve(sheet, life)


def _join(desk: Desk, form: Any, options: Offered) -> str:
    person = joining.Person(form.number.data, form.name.data, form.phone.data or "")
    team = chosen(options.teams, form.team.data)
    cadre_id, known = joining.join(desk, person, stretch_of(form, options), team, form.reason.data or "")
    return person_page(cadre_id, "known" if known else "joined")


def stretch_of(form: Any, options: Offered) -> joining.Stretch:
    """A stretch of service as the form has it."""
    return joining.Stretch(
        first_day=form.first_day.data,
        last_day=form.last_day.data,
        terms=terms_of(form),
        post_id=chosen(options.posts, form.post.data),
        module_id=chosen(options.modules, form.module.data),
    )


def _now(life: Life, options: Offered) -> tuple[str, str]:
    """The post and module at hand, as a form begins with them."""
    found = standing(life, options.day, options.periods)
    return found.post, found.module


def _terms(life: Life, options: Offered) -> dict[str, Any]:
    return {"day": options.day, **terms_seen(life.nearest_service(options.day))}


def _stretch(life: Life, options: Offered) -> dict[str, Any]:
    post, module = _now(life, options)
    last = terms_seen(life.services[-1] if life.services else None)
    return {**last, "first_day": options.day, "post": post, "module": module}


def _service_seen(options: Offered) -> Seen:
    """The stretch of service that the act changes: another person may have changed it meanwhile."""

    def seen(life: Life) -> dict[str, Any]:
        service = life.nearest_service(options.day)
        if service is None:
            return {}
        days = {"first_day": service.span.first, "last_day": service.span.last}
        return {**terms_seen(service), **days}

    return seen


def _instead(life: Life, options: Offered) -> dict[str, int]:
    """The memberships that may end where another begins."""
    return {
        f"{one.team}（{formats.day(one.span.first)}到{formats.day(one.span.last)}）": one.id
        for one in life.memberships
        if one.span.last >= options.current.first
    }


def _team(life: Life, options: Offered) -> dict[str, Any]:
    now = [label for label, row in _instead(life, options).items() if _runs(life, row, options.day)]
    return {"first_day": options.day, "factor": Decimal(1), "instead_of": now[0] if now else ""}


def _runs(life: Life, row_id: int, day: date) -> bool:
    return any(one.id == row_id and day in one.span for one in life.memberships)


def _ending(life: Life, options: Offered) -> tuple[str, ...]:
    ends = joining.what_ends(life, options.day)
    told = f"现在看，会跟着一起结束：{'、'.join(ends)}。" if ends else "现在没有要跟着结束的兼岗和组团。"
    return (
        told,
        "到那一天为止的日子照样计分。负责的专班会空出负责人。登录的账号不会自己关，请到“账号”里关。",
    )


def _save_move(desk: Desk, life: Life, form: Any, options: Offered) -> None:
    wanted = posts_held.Moving(
        form.day.data, chosen(options.posts, form.post.data), chosen(options.modules, form.module.data)
    )
    posts_held.move(desk, life.id, wanted, form.reason.data)


def _save_extra(desk: Desk, life: Life, form: Any, options: Offered) -> None:
    wanted = posts_held.Extra(options.posts[form.post.data], form.first_day.data, form.last_day.data)
    posts_held.add_extra(desk, life.id, wanted, form.reason.data)


def _save_team(desk: Desk, life: Life, form: Any, options: Offered) -> None:
    wanted = memberships.Member(
        options.teams[form.team.data], form.first_day.data, form.last_day.data, form.factor.data
    )
    label = form.instead_of.data or ""
    instead = _instead(life, options).get(label)
    if label and instead is None:
        raise PersonRefused("instead_of", f"“{label}”刚刚被别人改过，请打开这一页再看一次；什么都没有保存。")
    memberships.enter_team(desk, life.id, wanted, instead, form.reason.data)


def _save_absence(desk: Desk, life: Life, form: Any, options: Offered) -> None:
    del options
    wanted = absences.Absent(kind_of(form.kind.data), form.first_day.data, form.last_day.data)
    absences.enter_absence(desk, life.id, wanted, form.reason.data)


def _save_name(desk: Desk, life: Life, form: Any, options: Offered) -> None:
    del options
    joining.correct_person(desk, life.id, form.name.data, form.phone.data or "", form.reason.data)


DOINGS: Mapping[str, Doing] = {
    "move": Doing(
        title="调岗位或模块",
        button="保存调动",
        form=forms.MoveForm,
        save=_save_move,
        fill=lambda _, options: {"day": options.day},
        notes=("从填的那天起算新的；以前的日子还算原来的。只调一样，另一样就不选。",),
    ),
    "status": Doing(
        title="改组别、编制或角色",
        button="保存",
        form=forms.TermsForm,
        save=lambda desk, life, form, _: joining.restate(
            desk, life.id, form.day.data, terms_of(form), form.reason.data
        ),
        fill=_terms,
        notes=("原来那段任职到前一天为止，新的一段接着算，岗位、模块不变。",),
        seen=_service_seen,
    ),
    "leave": Doing(
        title="离开",
        button="保存离开",
        form=forms.LeaveForm,
        save=lambda desk, life, form, _: joining.leave(desk, life.id, form.day.data, form.reason.data),
        fill=lambda _, options: {"day": options.day},
        notes_of=_ending,
        seen=_service_seen,
    ),
    "return": Doing(
        title="回来任职",
        button="保存",
        form=forms.StretchForm,
        save=lambda desk, life, form, options: joining.come_back(
            desk, life.id, stretch_of(form, options), form.reason.data
        ),
        fill=_stretch,
        notes=("另起一段任职；以前的都还在。组团回来以后另加。",),
        hints={"last_day": "不填就到考评周期的最后一天。"},
    ),
    "extra-post": Doing(
        title="加兼岗",
        button="保存兼岗",
        form=forms.ExtraForm,
        save=_save_extra,
        hints={"last_day": UNTIL},
    ),
    "team": Doing(
        title="进组团、换组团或改个人系数",
        button="保存",
        form=forms.TeamForm,
        save=_save_team,
        fill=_team,
        notes=(
            "换组团：选新的组团，再选原来的那个到前一天结束。只改系数：组团选同一个。"
            "同时在几个组团，就选“都不结束”，得分按天数平均。",
        ),
        hints={"last_day": UNTIL, "factor": "0.9 到 1.1，一般是 1；团长总是 1。"},
    ),
    "absence": Doing(
        title="请假等不计的日子",
        button="保存",
        form=forms.AbsenceForm,
        save=_save_absence,
        notes=(
            "这些天不算任职的日子：岗位、组团不计天数，这些天里的评分和比赛也不计。回来的日子提前或推后，以后可以更正。",
        ),
        hints={
            "last_day": "估计的也可以，以后再更正；可以超过考评周期。",
            "reason": "只有办公室看得到。本人看得到的是哪一种、从哪天到哪天。",
        },
    ),
    "name": Doing(
        title="更正姓名或手机",
        button="保存",
        form=forms.NameForm,
        save=_save_name,
        fill=lambda life, _: {"name": life.name, "phone": life.phone},
        notes=("这是更正：以前的页面也显示新的姓名。原来的记在台账里。",),
        seen=lambda _: lambda life: {"name": life.name, "phone": life.phone},
        scored=False,
    ),
}


def asked_done() -> str:
    """Which act the browser comes from."""
    return request.args.get("done", "")
