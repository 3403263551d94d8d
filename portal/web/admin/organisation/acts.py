"""One way to change something: a form, what it does, and what the reader sees of it — said, refused or in conflict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from flask import abort, redirect, render_template, request
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as BaseResponse

from portal.actions.guard import require
from portal.actions.organising import Order, OrganisationRefused
from portal.actions.proposals import ProposalRefused
from portal.actions.seen import ChangedMeanwhile, must_be_as_seen, seen_of
from portal.clock import local_day
from portal.core.rights import Right
from portal.store import organising, rows
from portal.store.base import Base
from portal.web import guards, unit
from portal.web.conflict import conflict_page

Row = TypeVar("Row", bound=Base)
Act = Callable[[Order], str]
Answer = str | tuple[str, int] | BaseResponse
DONE: Mapping[str, str] = {
    "added": "已添加。",
    "renamed": "已改名。以前的日子仍显示原来的名称。",
    "changed": "已保存。",
    "retired": "已停用。以前的成绩和记录都还在。",
    "linked": "联系已改好。原来的联系到前一天为止。",
    "unlinked": "联系已结束。",
    "merged": "合并好了。",
    "proposed": "已提交，等党委批准。批准以前仍按原来的系数算。",
}


@dataclass(frozen=True, slots=True)
class ActPage:
    """A page with one form. `act` does it and gives where to go; `seen` are the row's values that the reader saw."""

    title: str
    form: FlaskForm
    act: Act
    back: str
    back_words: str
    button: str
    notes: Sequence[str] = ()
    seen: Mapping[str, Any] | None = None
    subject: str = ""
    labels: Mapping[str, str] | None = None


def today() -> date:
    return local_day(unit.now())


def begin() -> int:
    """The township, for somebody who may change it; nobody else changes it meanwhile."""
    require(guards.known_actor(), Right.EDIT_ORGANISATION)
    township_id = guards.township().id
    if request.method == "POST":
        organising.lock(unit.session(), township_id)
    return township_id


def own(table: type[Row], row_id: int) -> Row:
    """The township's own row; 404 for another one's."""
    row = rows.one(unit.session(), table, guards.township().id, row_id)
    if row is None:
        abort(404)
    return row


def order(day: date, reason: str = "") -> Order:
    return Order(unit.session(), guards.known_actor(), unit.now(), day, (reason or "").strip())


def perform(page: ActPage) -> Answer:
    """Show the form, or do what it says."""
    seen = "" if page.seen is None else seen_of(page.seen)
    if request.method in unit.READING:
        return _render(page, seen)
    typed_seen = request.form.get("seen", seen)
    if not page.form.validate():
        return _render(page, typed_seen), 422
    try:
        if page.seen is not None:
            must_be_as_seen(typed_seen, page.seen)
        day = page.form.data.get("day") or today()
        return redirect(page.act(order(day, page.form.data.get("reason") or "")), 303)
    except ChangedMeanwhile as refusal:
        unit.undo()
        return conflict_page(
            page.subject or page.title,
            refusal,
            page.labels or {},
            request.form.to_dict(),
            seen,
            page.back,
        )
    except (OrganisationRefused, ProposalRefused) as refusal:
        unit.undo()
        return _render(page, typed_seen, said(page.form, refusal)), 422


def said(form: FlaskForm, refusal: OrganisationRefused | ProposalRefused) -> str:
    """Put a refusal at its field; gives what belongs to none."""
    item = form._fields.get(getattr(refusal, "field", ""))
    if item is None:
        return str(refusal)
    item.errors = [*item.errors, str(refusal)]
    return ""


def done() -> str:
    """What was just done, in words."""
    return DONE.get(request.args.get("done", ""), "")


def is_there(row: Any, day: date) -> bool:
    return bool(row.first_day <= day and (row.last_day is None or row.last_day >= day))


def _render(page: ActPage, seen: str, refusal: str = "") -> str:
    return render_template(
        "admin/organisation/act.html", page=page, form=page.form, seen=seen, refusal=refusal
    )
