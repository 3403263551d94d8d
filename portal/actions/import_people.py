"""The people of a workbook: cadres with their days of service, further posts, and moves.

A row of 干部 stands for all of a cadre's days in the period. Where they are several stretches, entered by hand, it means
the first day, post and module of the first one, and the last day, group, staffing and roles of the last one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from portal.actions.import_stretches import Row, Stored
from portal.actions.import_work import ImportRefused, Work
from portal.actions.merge import Wanted
from portal.core.book import CadreRow, Role
from portal.core.days import Span
from portal.store import organisation
from portal.store.organisation import Service
from portal.store.rows import in_township, overlapping


def import_people(work: Work) -> None:
    """干部, 兼岗 and 调动."""
    people = [
        Wanted(_label(row), {"number": row.number}, {"name": row.name, "phone": row.phone})
        for row in work.book.cadres
    ]
    cadres = work.merge_quietly(organisation.Cadre, people)
    wishes = _services(work, cadres.rows)
    in_period = overlapping(Service, work.span)
    served = [work.merge_quietly(Service, wanted, in_period) for wanted in (wishes.known, wishes.new)]
    work.count_together("干部", cadres, map(_label, work.book.cadres), *(merged.changes for merged in served))
    _extra_posts_and_moves(work)


def _label(row: CadreRow) -> str:
    return f"{row.number} {row.name}"


@dataclass(slots=True)
class _Wishes:
    known: list[Wanted] = field(default_factory=list)
    new: list[Wanted] = field(default_factory=list)


def _services(work: Work, cadres: Sequence[organisation.Cadre]) -> _Wishes:
    """Each row's days of service in this period: earlier and later ones belong to other periods' workbooks."""
    posts, modules = work.ids("posts"), work.ids("modules")
    stored: dict[int, list[Service]] = {}
    for stretch in in_township(work.session, Service, work.township_id, overlapping(Service, work.span)):
        stored.setdefault(stretch.cadre_id, []).append(stretch)
    wishes = _Wishes()
    for row, cadre in zip(work.book.cadres, cadres, strict=True):
        days = Span(row.first_day, row.last_day).within(work.span)
        if days is None:
            continue
        begins = {
            "first_day": days.first,
            "post_id": posts.get(row.post),
            "module_id": modules.get(row.module),
        }
        ends = {
            "last_day": days.last,
            "group_name": row.group,
            "staffing": row.staffing,
            "exempt": row.exempt,
            "roles": [role.value for role in row.roles],
        }
        stretches = sorted(stored.get(cadre.id, []), key=lambda stretch: stretch.first_day)
        if stretches:
            wishes.known += _known(row, stretches, work.span, begins, ends)
        else:
            wishes.new.append(Wanted(_label(row), {"cadre_id": cadre.id}, {**begins, **ends}))
    return wishes


def _known(
    row: CadreRow,
    stretches: Sequence[Service],
    span: Span,
    begins: Mapping[str, Any],
    ends: Mapping[str, Any],
) -> list[Wanted]:
    """What the row wants of stretches that are there; days before and after the period stay as they are."""
    first, last = stretches[0], stretches[-1]
    starts, stops = dict(begins), dict(ends)
    if max(first.first_day, span.first) == starts["first_day"]:
        del starts["first_day"]
    if min(last.last_day, span.last) == stops["last_day"]:
        del stops["last_day"]
    if not last.roles and stops["roles"] == [Role.CADRE.value]:
        del stops["roles"]  # an empty cell of 角色 is read so
    if first is last:
        return [Wanted(_label(row), {"id": first.id}, {**starts, **stops})]
    if starts.get("first_day", first.first_day) > first.last_day:
        raise ImportRefused(_overlapping_words(row, "开始"))
    if stops.get("last_day", last.last_day) < last.first_day:
        raise ImportRefused(_overlapping_words(row, "结束"))
    return [
        Wanted(_label(row), {"id": first.id}, starts),
        Wanted(_label(row), {"id": last.id}, stops),
    ]


def _overlapping_words(row: CadreRow, header: str) -> str:
    return (
        f"“干部”里 {row.number} {row.name} 的{header}改不了：这位干部在本周期有几段任职，改了会和其中一段重叠。"
        "请把这一行的日期改回原来的，再到干部的页面上改任职。什么也没有导入。"
    )


def _extra_posts_and_moves(work: Work) -> None:
    numbers, posts, modules = work.ids("cadres"), work.ids("posts"), work.ids("modules")
    columns = ("cadre_id", "post_id")
    rows = [
        Row(
            (numbers[one.cadre], posts[one.post]),
            Span(one.first_day, one.last_day),
            f"{one.cadre} {one.post}",
        )
        for one in work.book.extra_posts
    ]
    stored = Stored(work, organisation.ExtraPost, columns, "兼岗", rows)
    extra = [
        Wanted(
            row.label,
            {**dict(zip(columns, row.key, strict=True)), "first_day": row.days.first},
            {"last_day": stored.last_day(row)},
        )
        for row in rows
    ]
    work.merge("兼岗", organisation.ExtraPost, extra)
    moves = [
        Wanted(
            f"{row.cadre} {row.day}",
            {"cadre_id": numbers[row.cadre], "day": row.day},
            {"post_id": posts.get(row.post), "module_id": modules.get(row.module)},
        )
        for row in work.book.moves
    ]
    work.merge("调动", organisation.Move, moves)
