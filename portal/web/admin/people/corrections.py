"""Correcting what was entered wrongly: a page for each kind of row, and one to take a row away."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import abort, url_for

from portal.actions import absences, joining, memberships, people, posts_held
from portal.actions.guard import require
from portal.actions.people import Desk
from portal.core.lives import Away, Belonging, During, Life, Moved, Served
from portal.core.rights import Right
from portal.web import guards
from portal.web.admin.people import forms
from portal.web.admin.people.acts import stretch_of
from portal.web.admin.people.blueprint import pages
from portal.web.admin.people.desk import (
    Answer,
    Offered,
    Sheet,
    chosen,
    kind_of,
    life_or_404,
    offer,
    offered,
    person_page,
    serve,
    terms_seen,
)
from portal.web.admin.people.forms import PersonForm
from portal.web.people_words import ABSENCES

Row = Served | Moved | During | Belonging | Away
TO_THE_END = "不填就到任职或考评周期的最后一天。"


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of row: how its form begins, what saves it, and what takes it away (a stretch of service stays)."""

    words: str
    form: type[PersonForm]
    rows: Callable[[Life], Sequence[Row]]
    values: Callable[[Any], dict[str, Any]]
    save: Callable[[Desk, Life, int, Any, Offered], None]
    withdraw: Callable[[Desk, int, int, str], None] | None = None

    def find(self, life: Life, row_id: int) -> Row | None:
        return next((row for row in self.rows(life) if row.id == row_id), None)


@pages.route("/cadres/<int:cadre_id>/rows/<what>/<int:row_id>", methods=["GET", "POST"])
def correct(cadre_id: int, what: str, row_id: int) -> Answer:
    """Another end, or what was entered wrongly."""
    life, kept, row = _found(cadre_id, what, row_id)
    options = offered()
    form = kept.form(data=kept.values(row))
    offer(form, options)
    form.offer(**_with_own(form, options, kept.values(row)))

    def save(desk: Desk, form: Any) -> str:
        kept.save(desk, desk.life(cadre_id), row_id, form, options)
        return person_page(cadre_id, "corrected")

    def seen(now: Life) -> dict[str, Any]:
        found = kept.find(now, row_id)
        return {} if found is None else kept.values(found)

    sheet = Sheet(
        title=f"更正{kept.words}",
        button="保存更正",
        form=form,
        do=save,
        back=person_page(cadre_id),
        notes=("只用来改填错的或提前结束的。从某一天起变了，请回到他的页面选要办的事，以前的就都留着。",),
        hints={"last_day": TO_THE_END} if what != "absence" else None,
        seen=seen,
        withdraw=url_for(".withdraw", cadre_id=cadre_id, what=what, row_id=row_id) if kept.withdraw else "",
    )
    return serve(sheet, life)


@pages.route("/cadres/<int:cadre_id>/rows/<what>/<int:row_id>/withdraw", methods=["GET", "POST"])
def withdraw(cadre_id: int, what: str, row_id: int) -> Answer:
    """Take a row away that should never have been there."""
    life, kept, row = _found(cadre_id, what, row_id)
    take = kept.withdraw or abort(404)

    def save(desk: Desk, form: Any) -> str:
        take(desk, cadre_id, row_id, form.reason.data)
        return person_page(cadre_id, "withdrawn")

    def seen(now: Life) -> dict[str, Any]:
        found = kept.find(now, row_id)
        return {} if found is None else kept.values(found)

    told = "，".join(str(value) for value in kept.values(row).values() if value not in ("", None))
    sheet = Sheet(
        title=f"删去录错的{kept.words}",
        button="删去",
        form=forms.WithdrawForm(),
        do=save,
        back=person_page(cadre_id),
        notes=(f"要删去的是：{told}。", "只用来删从来没有过的事；原来填的留在台账里。"),
        seen=seen,
    )
    return serve(sheet, life)


def _found(cadre_id: int, what: str, row_id: int) -> tuple[Life, Kept, Row]:
    life, kept = life_or_404(cadre_id), KINDS.get(what) or abort(404)
    row = kept.find(life, row_id) or abort(404)
    require(guards.known_actor(), Right.EDIT_ORGANISATION)
    people.may_edit(guards.known_actor(), life.number, row.team if isinstance(row, Belonging) else None)
    return life, kept, row


def _with_own(form: PersonForm, options: Offered, values: Mapping[str, Any]) -> dict[str, list[str]]:
    """What the row names stays in the choice, although it may be out of use."""
    known = {"post": options.posts, "module": options.modules, "team": options.teams}
    return {
        name: [*names, *([values[name]] if values[name] not in names and values[name] else [])]
        for name, names in known.items()
        if name in form and name in values
    }


def _service_values(row: Served) -> dict[str, Any]:
    return {
        "first_day": row.span.first,
        "last_day": row.span.last,
        **terms_seen(row),
        "post": row.post,
        "module": row.module,
    }


def _save_service(desk: Desk, life: Life, row_id: int, form: Any, options: Offered) -> None:
    joining.correct_service(desk, life.id, row_id, stretch_of(form, options), form.reason.data)


def _save_move(desk: Desk, life: Life, row_id: int, form: Any, options: Offered) -> None:
    wanted = posts_held.Moving(
        form.day.data, chosen(options.posts, form.post.data), chosen(options.modules, form.module.data)
    )
    posts_held.correct_move(desk, life.id, row_id, wanted, form.reason.data)


def _save_extra(desk: Desk, life: Life, row_id: int, form: Any, options: Offered) -> None:
    wanted = posts_held.Extra(options.posts[form.post.data], form.first_day.data, form.last_day.data)
    posts_held.correct_extra(desk, life.id, row_id, wanted, form.reason.data)


def _save_membership(desk: Desk, life: Life, row_id: int, form: Any, options: Offered) -> None:
    wanted = memberships.Member(
        options.teams[form.team.data], form.first_day.data, form.last_day.data, form.factor.data
    )
    memberships.correct_membership(desk, life.id, row_id, wanted, form.reason.data)


def _save_absence(desk: Desk, life: Life, row_id: int, form: Any, options: Offered) -> None:
    del options
    wanted = absences.Absent(kind_of(form.kind.data), form.first_day.data, form.last_day.data)
    absences.correct_absence(desk, life.id, row_id, wanted, form.reason.data)


KINDS: Mapping[str, Kept] = {
    "service": Kept(
        words="任职",
        form=forms.StretchForm,
        rows=lambda life: life.services,
        values=_service_values,
        save=_save_service,
    ),
    "move": Kept(
        words="调动",
        form=forms.MoveForm,
        rows=lambda life: life.moves,
        values=lambda row: {"day": row.day, "post": row.post, "module": row.module},
        save=_save_move,
        withdraw=posts_held.withdraw_move,
    ),
    "extra-post": Kept(
        words="兼岗",
        form=forms.ExtraForm,
        rows=lambda life: life.extra_posts,
        values=lambda row: {"post": row.name, "first_day": row.span.first, "last_day": row.span.last},
        save=_save_extra,
        withdraw=posts_held.withdraw_extra,
    ),
    "team": Kept(
        words="组团",
        form=forms.MemberForm,
        rows=lambda life: life.memberships,
        values=lambda row: {
            "team": row.team,
            "first_day": row.span.first,
            "last_day": row.span.last,
            "factor": row.factor,
        },
        save=_save_membership,
        withdraw=memberships.withdraw_membership,
    ),
    "absence": Kept(
        words="不计的日子",
        form=forms.AbsenceForm,
        rows=lambda life: life.absences,
        values=lambda row: {
            "kind": ABSENCES[row.kind],
            "first_day": row.span.first,
            "last_day": row.span.last,
        },
        save=_save_absence,
        withdraw=absences.withdraw_absence,
    ),
}
