"""What is wrong in a file: gathering faults, ordering them, and saying each in one line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from portal.core.book import Fault

_LONGEST_VALUE = 200
_LONGEST_SHOWN = 40


class UnreadableFile(Exception):
    """The file as a whole can't be read: the message is one Chinese sentence, what is wrong and what is wanted."""


def fault_line(fault: Fault) -> str:
    """The fault as one line: 组团联村 第8行 结束 “2020-01-01 00:00:00”：要…"""
    place = [fault.sheet]
    if fault.row:
        place.append(f"第{fault.row}行")
    if fault.column:
        place.append(fault.column)
    value = " ".join(fault.value.split())
    if len(value) > _LONGEST_SHOWN:
        value = value[:_LONGEST_SHOWN] + "…"
    if value:
        place.append(f"“{value}”")
    elif fault.row and fault.column:
        place.append("（空）")
    return " ".join(place) + "：" + fault.wanted


class Faults:
    """The faults of one file; beyond `most` they are only counted."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[Fault] = []
        self._count = 0

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, fault: Fault) -> None:
        """Keep the fault, its value cut to a length that a page can show."""
        self._count += 1
        if len(self._kept) < self._most:
            short = fault.value[:_LONGEST_VALUE].replace("\x00", "")
            self._kept.append(fault if short == fault.value else replace(fault, value=short))

    def listed(self, sheets: Iterable[str]) -> tuple[Fault, ...]:
        """Those that stand for themselves in the order of `sheets` and rows, then those that follow from others;
        a last line says how many were only counted."""
        place = {name: number for number, name in enumerate(sheets)}
        listed = sorted(self._kept, key=lambda f: (f.follows, place.get(f.sheet, len(place)), f.row))
        left = self._count - len(self._kept)
        if left:
            listed.append(
                Fault(
                    self._kept[0].sheet, 0, "", "", f"还有 {left} 处问题没有列出；先改好以上各处，再导入一次"
                )
            )
        return tuple(listed)
