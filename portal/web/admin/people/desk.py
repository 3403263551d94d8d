"""What every page on a cadre does alike: find the cadre, offer what may be chosen, save once, refuse in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions.joining import Terms
from portal.actions.people import Desk, PersonRefused
from portal.actions.seen import ChangedMeanwhile, must_be_as_seen, seen_of
from portal.clock import local_day
from portal.core.days import Span
from portal.core.lives import Life, Served
from portal.files.sheets import STAFFINGS
from portal.store import people_over_time
from portal.store.organisation import AbsenceKind, Module, Post, Team
from portal.web import guards, unit
from portal.web.admin.people.forms import PersonForm, TickField, roles_from
from portal.web.conflict import conflict_page
from portal.web.people_words import ABSENCES, SECONDMENTS

GROUPS = ("班子成员", "中层干部", "一般干部", "派驻", "编外")
LARGEST_ID = 2**31 - 1
Answer = str | tuple[str, int] | BaseResponse
Seen = Callable[[Life], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Offered:
    """What may be chosen in this township, by name, and the days that forms begin with."""

    posts: Mapping[str, int]
    modules: Mapping[str, int]
    teams: Mapping[str, int]
    groups: tuple[str, ...]
    periods: tuple[Span, ...]
    today: date

    @property
    def day(self) -> date:
        """Today, or the next day that lies in a period."""
        if any(self.today in span for span in self.periods) or not self.periods:
            return self.today
        later = [span.first for span in self.periods if span.first > self.today]
        return min(later) if later else max(span.last for span in self.periods)

    @property
    def current(self) -> Span:
        """The period of that day; without any, the calendar year."""
        year = Span(date(self.day.year, 1, 1), date(self.day.year, 12, 31))
        return next((span for span in self.periods if self.day in span), year)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A form's page: its words, what it does when sent, and which values another person may have changed meanwhile."""

    title: str
    button: str
    form: PersonForm
    do: Callable[[Desk, Any], str]  # saves, and says where the browser goes
    back: str
    notes: tuple[str, ...] = ()
    hints: Mapping[str, str] | None = None
    seen: Seen | None = None
    labels: Mapping[str, str] | None = None
    withdraw: str = ""


def offered() -> Offered:
    session, township = unit.session(), guards.township()
    today = local_day(unit.now())
    known = people_over_time.groups(session, township.id)
    periods = people_over_time.periods(session, township.id)
    spans = tuple(Span(one.first_day, one.last_day) for one in periods)
    earliest = min((span.first for span in spans), default=today)

    def names(table: type[Post] | type[Module] | type[Team]) -> dict[str, int]:
        rows = people_over_time.named(session, table, township.id)
        return {row.name: row.id for row in rows if row.last_day is None or row.last_day >= earliest}

    return Offered(
        posts=names(Post),
        modules=names(Module),
        teams=names(Team),
        groups=tuple(dict.fromkeys([*GROUPS, *known])),
        periods=spans,
        today=today,
    )


def offer(form: PersonForm, options: Offered) -> None:
    """Fill the form's choices."""
    form.offer(
        post=options.posts,
        module=options.modules,
        team=options.teams,
        group=options.groups,
        staffing=STAFFINGS,
        secondment=SECONDMENTS.values(),
        kind=ABSENCES.values(),
    )


def life_or_404(cadre_id: int) -> Life:
    """The cadre of the address, in the own township and nowhere else."""
    known = cadre_id <= LARGEST_ID  # the databases can't even look for a larger one
    found = people_over_time.life(unit.session(), guards.township().id, cadre_id) if known else None
    return found if found is not None else abort(404)


def serve(sheet: Sheet, life: Life | None) -> Answer:
    """Show the form, or save what was sent: once, and never over what somebody else changed meanwhile."""
    if request.method == "POST" and sheet.form.validate():
        try:
            desk = Desk.open(unit.session(), guards.known_actor(), unit.now())
            if sheet.seen is not None and life is not None:
                must_be_as_seen(request.form.get("seen", ""), sheet.seen(desk.life(life.id)))
            return redirect(sheet.do(desk, sheet.form), 303)
        except PersonRefused as refusal:
            unit.undo()
            refused = refusal
            if refused.field in sheet.form:
                field = sheet.form[refused.field]
                field.errors = [*field.errors, str(refused)]
                return _page(sheet, life, ""), 422
            return _page(sheet, life, str(refused)), 422
        except ChangedMeanwhile as changed:
            unit.undo()
            return _conflict(sheet, life, changed)
    return (_page(sheet, life, ""), 422) if request.method == "POST" else _page(sheet, life, "")


def _page(sheet: Sheet, life: Life | None, refusal: str) -> str:
    seen = request.form.get("seen", "")
    if not seen and sheet.seen is not None and life is not None:
        seen = seen_of(sheet.seen(life))
    return render_template(
        "admin/people/form.html", sheet=sheet, form=sheet.form, life=life, refusal=refusal, seen=seen
    )


def _conflict(sheet: Sheet, life: Life | None, changed: ChangedMeanwhile) -> Answer:
    if sheet.seen is None or life is None:
        abort(409)
    now = life_or_404(life.id)
    typed = dict(request.form.items())
    for field in sheet.form:
        if isinstance(field, TickField):
            typed[field.name] = "是" if field.data else "否"
    what = f"{now.name}：{sheet.title}"
    labels = {**{field.name: field.label.text for field in sheet.form}, **(sheet.labels or {})}
    return conflict_page(what, changed, labels, typed, seen_of(sheet.seen(now)), sheet.back)


def person_page(life_id: int, done: str = "") -> str:
    return url_for("people.person", cadre_id=life_id, done=done or None)


def terms_of(form: PersonForm) -> Terms:
    """As what somebody serves, from a form that asks for it."""
    codes = {word: code for code, word in SECONDMENTS.items()}
    return Terms(
        group=form["group"].data,
        staffing=form["staffing"].data or "",
        secondment=codes.get(form["secondment"].data or "", ""),
        exempt=bool(form["exempt"].data),
        roles=form.roles(),
    )


def terms_seen(service: Served | None) -> dict[str, Any]:
    """The terms of a stretch of service, keyed and worded as the forms have them."""
    if service is None:
        return {}
    return {
        "group": service.group,
        "staffing": service.staffing,
        "secondment": SECONDMENTS.get(service.secondment, ""),
        "exempt": service.exempt,
        **roles_from(service.roles),
    }


def kind_of(word: str) -> AbsenceKind:
    return AbsenceKind(next(code for code, own in ABSENCES.items() if own == word))


def chosen(names: Mapping[str, int], word: str | None) -> int | None:
    """The id of what was chosen; None for nothing."""
    return names.get(word) if word else None
