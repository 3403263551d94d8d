"""Days of a workbook's rows beside what was entered by hand: no two stretches of the same on one day, and none that
outlives its village or team."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from portal.actions.import_work import ImportRefused, Work
from portal.core.days import Span
from portal.store.rows import in_township, overlapping

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a sheet: what it is a stretch of (ids), its days, and what it is called."""

    key: Key
    days: Span
    label: str


class Stored:
    """The stretches of a table that the workbook doesn't list: they were entered by hand and stay."""

    def __init__(
        self, work: Work, table: Any, columns: Sequence[str], sheet: str, rows: Iterable[Row]
    ) -> None:
        listed = {(row.key, row.days.first) for row in rows}
        self._sheet = sheet
        self._spans: dict[Key, list[Span]] = defaultdict(list)
        for found in in_township(work.session, table, work.township_id, overlapping(table, work.span)):
            own: Any = found
            key = tuple(getattr(own, column) for column in columns)
            if (key, own.first_day) not in listed:
                self._spans[key].append(Span(own.first_day, own.last_day))

    def last_day(self, row: Row, *ends: date | None) -> date:
        """The row's last day, before the next stored stretch and not after any of `ends`.

        Raises ImportRefused where the row begins inside a stored stretch, or after an end.
        """
        last = min((row.days.last, *(end for end in ends if end is not None)))
        for span in self._spans[row.key]:
            if row.days.first in span:
                raise ImportRefused(
                    f"“{self._sheet}”里 {row.label}（{row.days.first} 起）和网页上填的"
                    f"（{span.first} 至 {span.last}）日期重叠。请改这一行的日期，或先到网页上更正。什么也没有导入。"
                )
            if row.days.first < span.first <= last:
                last = span.first - timedelta(days=1)
        if last < row.days.first:
            raise ImportRefused(
                f"“{self._sheet}”里 {row.label} 从 {row.days.first} 开始，可是它的村社或组团到 {last} 就停用了。"
                "请删去这一行，或先到网页上核对。什么也没有导入。"
            )
        return last


def ends_of(work: Work, table: Any) -> Mapping[int, date | None]:
    """The last day of every village or team that has one, by id."""
    return {row.id: row.last_day for row in in_township(work.session, table, work.township_id)}
