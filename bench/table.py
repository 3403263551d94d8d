"""Figures of several rounds, and how they are printed: medians, ranges, and ratios to a floor of the same round."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median


@dataclass(slots=True)
class Figure:
    """One measured thing. `floors` holds what it is compared with, round by round; `floor` says what that is."""

    what: str
    unit: str
    floor: str = ""
    values: list[float] = field(default_factory=list)
    floors: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float | None:
        """The median of the rounds' own ratios: what slows a whole round down falls out."""
        pairs = list(zip(self.values, self.floors, strict=False))
        return median(value / floor for value, floor in pairs) if pairs else None

    def cells(self) -> tuple[str, ...]:
        ratio = self.ratio
        return (
            self.what,
            short(median(self.values)),
            "" if len(set(self.values)) == 1 else f"{short(min(self.values))} to {short(max(self.values))}",
            self.unit,
            short(median(self.floors)) if self.floors else "",
            f"{ratio:.2f} x" if ratio is not None else "",
            self.floor,
        )


HEAD = ("what", "median", "range", "unit", "floor", "ratio", "the floor is")
TO_THE_RIGHT = frozenset({1, 4, 5})


def short(value: float) -> str:
    """Three digits that count, thousands in full."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows in columns, the first row as a head."""
    cells = [list(row) for row in rows]
    widths = [max(len(row[place]) for row in cells) for place in range(len(cells[0]))]
    lines = [
        "  ".join(
            text.rjust(width) if place in TO_THE_RIGHT else text.ljust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:]])


def figures_table(figures: Iterable[Figure]) -> str:
    return table([HEAD, *(figure.cells() for figure in figures)])


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which this share lies; 0 when there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
