"""The keys that rows are known by, and what a row that names one gets: its spelling, or a fault.

A key is known if a row of its sheet has it or the portal knows it already. Where a row's own key is lost (typed
twice for two people, or unreadable), names that nobody has may be the lost one: they only follow from that row.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import takewhile

from portal.core.book import PARTY_COMMITTEE, Fault
from portal.files.cells import NOT_EMPTY, Misread, as_code, as_name, blank, fold, shown
from portal.files.faults import Faults
from portal.files.grid import Grid
from portal.files.sheets import Column, Kind, Sheet


@dataclass
class Table:
    """The keys of one sheet: how each is spelled, by its folded form."""

    sheet: Sheet
    spelled: dict[str, str] = field(default_factory=dict)
    open: bool = False  # its rows can't be read, so any name may be one of them
    lost: list[int] = field(default_factory=list)  # rows whose key is gone
    faulty: set[int] = field(default_factory=set)
    unknown: dict[str, list[Fault]] = field(default_factory=lambda: defaultdict(list))

    def know(self, keys: Iterable[str]) -> None:
        """Take what the portal knows already."""
        for key in sorted(keys):
            self.spelled.setdefault(fold(key), key)

    def know_former(self, former: Mapping[str, str]) -> None:
        """Take what rows were called before: such a name means the row, in its spelling of today."""
        for old, key in sorted(former.items()):
            self.spelled.setdefault(fold(old), key)

    def define(self, grid: Grid | None, faults: Faults, needed: bool) -> None:
        """Take the key of every row of the sheet; a row without a readable key of its own is a fault."""
        if grid is None:
            self.open = needed
            return
        if not grid.has(self.sheet.key):
            self.open = not (grid.empty and not needed)
            return
        column = self.sheet.column(self.sheet.key)
        seen: dict[str, tuple[int, str]] = {}
        for number, cells in grid.rows():
            raw = cells[column.header]
            told_by = fold(shown(cells.get(self.sheet.told_by)))
            try:
                key = read_key(raw, column)
                key = self.spelled.get(fold(key), key)
                first, same = seen.setdefault(fold(key), (number, told_by))
                if first != number:
                    self._is_lost(number, told_by != same or not told_by)
                    faults.add(
                        _fault(self.sheet, number, raw, f"与第 {first} 行重复：每行的{column.header}要不同")
                    )
                self.spelled.setdefault(fold(key), key)
            except Misread as misread:
                self._is_lost(number, True)
                faults.add(_fault(self.sheet, number, raw, misread.wanted))

    def _is_lost(self, number: int, lost: bool) -> None:
        self.faulty.add(number)
        if lost:
            self.lost.append(number)

    def spelling(self, text: str) -> str | None:
        """The key that the text names, in its own spelling; None if there is none."""
        folded = fold(text)
        return self.spelled.get(folded, folded if self.open else None)

    def miss(self, fault: Fault, text: str) -> None:
        """Note a row that names a key which nobody has."""
        self.unknown[fold(text)].append(fault)

    def settle(self, faults: Faults, doubtful: bool) -> None:
        """Add what rows named in vain; what may be a lost key is listed once a sheet, as following from its row.
        `doubtful` if what the portal knows couldn't be asked for."""
        for key in self._plausible()[: len(self.lost)]:
            for sheet in {fault.sheet: None for fault in self.unknown[key]}:
                same = [fault for fault in self.unknown[key] if fault.sheet == sheet]
                rows = "、".join(str(row) for row in self.lost[:3]) + (" 等" if len(self.lost) > 3 else "")
                wanted = f"{same[0].wanted}；可能就是“{self.sheet.name}”第 {rows} 行写错的{self.sheet.key}，先改好那里"
                others = f"（本表共 {len(same)} 行这样写）" if len(same) > 1 else ""
                faults.add(replace(same[0], wanted=wanted + others, follows=True))
            del self.unknown[key]
        for missed in self.unknown.values():
            for fault in missed:
                faults.add(replace(fault, follows=doubtful))

    def _plausible(self) -> list[str]:
        """The unknown keys that look like this table's, the most likely first."""
        shapes = {_shape(key) for key in self.spelled}
        coded = self.sheet.column(self.sheet.key).kind is Kind.CODE
        likely = [key for key in self.unknown if not coded or not shapes or _shape(key) in shapes]

        def rank(key: str) -> tuple[int, int]:
            near = max((_alike(key, other) for other in self.spelled), default=0) if coded else 0
            return near, len(self.unknown[key])

        return sorted(likely, key=rank, reverse=True) if self.lost else []


def read_key(raw: object, column: Column) -> str:
    """What a cell gives as the key of its row."""
    if blank(raw):
        raise Misread(NOT_EMPTY)
    key = as_code(raw) if column.kind is Kind.CODE else as_name(raw)
    check_digits(key, column)
    if key == PARTY_COMMITTEE and column.header == "工号":
        raise Misread("工号不能是“党委”：它在“评分人”里另有意思")
    return key


def check_digits(code: str, column: Column) -> None:
    if column.digits and not re.fullmatch(rf"[0-9]{{{column.digits}}}", code):
        raise Misread(f"要 {column.digits} 位数字的{column.header}")


def _alike(key: str, other: str) -> int:
    """How many characters two keys begin with in common."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(key, other, strict=False)))


def _shape(key: str) -> str:
    return re.sub(r"[A-Za-z]", "a", re.sub(r"\d", "0", key))


def _fault(sheet: Sheet, number: int, raw: object, wanted: str) -> Fault:
    return Fault(sheet.name, number, sheet.key, shown(raw), wanted)
