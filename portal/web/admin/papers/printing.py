"""Printing paper forms: so many for each village, registered as they are printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from unicodedata import normalize
from urllib.parse import quote

from flask import Response, render_template, request, url_for

from portal.actions import papers
from portal.actions.editions import edition_on
from portal.actions.guard import require
from portal.clock import local_day
from portal.core.paper_forms import scan_text
from portal.core.rights import Right
from portal.files.papers import Place, Printed, make_papers
from portal.store import townships
from portal.store.appraisal import Period
from portal.store.bonuses import period_on
from portal.store.organisation import Township, Village
from portal.web import guards, unit
from portal.web.admin.papers.blueprint import pages

MOST = papers.MOST_AT_ONCE


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many forms for which village, as typed; `errors` has a sentence by village id, 0 for the whole."""

    typed: dict[int, str] = field(default_factory=dict)
    numbers: dict[int, int] = field(default_factory=dict)
    errors: dict[int, str] = field(default_factory=dict)


@pages.get("/papers/print")
def print_forms() -> str:
    """How many forms does each village need?"""
    require(guards.known_actor(), Right.ENTER_VOICES)
    return _page(Wanted())


@pages.post("/papers/print")
def make_forms() -> Response | tuple[str, int]:
    """Make the PDF first and register then: nobody waits for typesetting, and nothing is registered that wasn't made."""
    unit.only_look()
    require(guards.known_actor(), Right.ENTER_VOICES)
    township, wanted = guards.township(), _read()
    name, today = f"{township.name}纸质评价单", local_day(unit.now())
    if wanted.errors:
        return _page(wanted), 422
    serials, forms = _forms(township, wanted)
    try:
        document = make_papers(forms, edition_on(unit.session(), township.id, today), today)
    except ValueError as refused:
        wanted.errors[0] = str(refused)
        return _page(wanted), 422
    unit.undo()  # the session that could only look
    papers.register(unit.session(), guards.known_actor(), serials, unit.now())
    disposition = f"attachment; filename=paper-forms.pdf; filename*=UTF-8''{quote(name)}.pdf"
    return Response(document, mimetype="application/pdf", headers={"Content-Disposition": disposition})


def _villages() -> tuple[list[Village], dict[str, list[Village]]]:
    today = local_day(unit.now())
    return papers.villages_for(unit.session(), guards.known_actor(), guards.township().id, today)


def _read() -> Wanted:
    """The numbers as typed, and what is wrong with them."""
    wanted, (villages, _) = Wanted(), _villages()
    posters = townships.posters_in_use(unit.session(), guards.township().id)
    for village in villages:
        typed = normalize("NFKC", request.form.get(f"number-{village.id}", "")).strip()[:12]
        wanted.typed[village.id] = typed
        if typed in ("", "0"):
            continue
        if not (typed.isascii() and typed.isdigit()):
            wanted.errors[village.id] = f"{village.name}的张数要是整数，例如 40。"
        elif village.id not in posters:
            wanted.errors[village.id] = f"{village.name}没有在用的海报码，印不了。请先给它换一张新海报。"
        else:
            wanted.numbers[village.id] = int(typed)
    total = sum(wanted.numbers.values())
    if _period() is None:
        wanted.errors[0] = "今天不在任何考评周期里，还没有问卷可印。请先建好考评周期。"
    elif not wanted.errors and total == 0:
        wanted.errors[0] = "还没有填张数。请在要印的村后面填印几张。"
    elif not wanted.errors and total > MOST:
        wanted.errors[0] = f"一次最多印 {MOST} 张，您填了 {total} 张。请分几次印。"
    return wanted


def _period() -> Period | None:
    """The period that today lies in."""
    return period_on(unit.session(), guards.township().id, local_day(unit.now()))


def _forms(township: Township, wanted: Wanted) -> tuple[dict[int, list[str]], list[Printed]]:
    """New serials by village id, and the forms as they are printed."""
    session, settings = unit.session(), unit.fixtures().settings
    posters = townships.posters_in_use(session, township.id)
    drawn = papers.new_serials(session, sum(wanted.numbers.values()))
    serials: dict[int, list[str]] = {}
    forms: list[Printed] = []
    for village in townships.villages(session, township.id):
        number = wanted.numbers.get(village.id, 0)
        if not number:
            continue
        place = Place(village.name, village.kind, township.name, township.county)
        serials[village.id] = [drawn.pop() for _ in range(number)]
        for serial in serials[village.id]:
            scanned = scan_text(settings.secret_key, serial)
            path = url_for("residents.show", token=posters[village.id].token, s=scanned)
            forms.append(Printed(place, serial, settings.base_url + path))
    return serials, forms


def _page(wanted: Wanted) -> str:
    villages, others = _villages()
    edition = edition_on(unit.session(), guards.township().id, local_day(unit.now()))
    return render_template(
        "admin/papers/print.html",
        villages=villages,
        others=others,
        wanted=wanted,
        most=MOST,
        may_change=(period := _period()) is not None and period.opened_at is None,
        questions=[question.column for question in edition.questions],
    )
