"""The page for two people on one row: what stood there, what the other one made of it, and what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import render_template

from portal.actions.seen import ChangedMeanwhile


@dataclass(frozen=True, slots=True)
class Line:
    """A field's label, and its value when the page was opened, now, and as it was typed."""

    label: str
    seen: str
    now: str
    typed: str


def conflict_page(
    what: str,
    refusal: ChangedMeanwhile,
    labels: Mapping[str, str],
    typed: Mapping[str, str],
    seen_now: str,
    back: str,
    who: str = "",
) -> tuple[str, int]:
    """Nothing was saved: the second person sees the first one's change and decides.

    `labels` names the fields, `typed` is the form as posted (it goes along with `seen_now`, so that confirming saves
    it over what stands now), `back` leads to the row as it is, `who` changed it.
    """
    lines = [
        Line(labels.get(one.field, one.field), _text(one.seen), _text(one.now), typed.get(one.field, ""))
        for one in refusal.differing
    ]
    kept = {name: value for name, value in typed.items() if name not in ("csrf_token", "seen")}
    page = render_template(
        "admin/conflict.html", what=what, lines=lines, kept=kept, seen=seen_now, back=back, who=who
    )
    return page, 409


def _text(value: object) -> str:
    if value is None or value == "":
        return "（空）"
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)
