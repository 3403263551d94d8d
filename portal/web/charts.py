"""Charts as places and sizes: what an SVG macro draws and what the table beside it says, from the same numbers.

Across, everything is a share of the width ("63.00%"); downwards it is rem. So a chart fits any screen without being
scaled: its text keeps the size of the page's text, on a narrow phone as well, and grows with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

Number = Fraction | int
SERIES = ("#084a8c", "#9a4a06", "#0f6a62", "#6d1fb8", "#4a4a4a")
LONGEST_LABEL = 12  # characters of 16 px that leave room for a figure on a screen of 320 px
ROW, TEXT_LINE, THICK = 3.5, 1.1, 1.25  # rem: a row, the base line of its words, the bar beneath them
STACK_ROW = 4.0  # a stacked bar has words inside and is thicker
ROOM_FOR_WORDS = Fraction(14)  # per cent of the width that a figure inside a part wants
PLOT_TOP, PLOT_BOTTOM, LINE_HEIGHT = 2.5, 10.5, 13.75
MOST_POINTS = (
    6  # that a phone's width has room for; with more the chart is as wide as it needs and may be moved
)
POINT_WIDTH = 4.0


@dataclass(frozen=True, slots=True)
class Table:
    """The same numbers as words."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A value out of its own full mark, with the median of its kind where there is one. `text` is the value as shown."""

    label: str
    value: Number
    full: Number
    text: str
    median: Number | None = None
    median_text: str = ""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """Where a bar stands: `y` of its words, `top` of its box, widths as shares; `tick` is empty without a median."""

    label: str
    text: str
    y: str
    top: str
    width: str
    tick: str
    tick_top: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """Bars, each on its own full mark."""

    title: str
    height: str
    bars: tuple[DrawnBar, ...]
    table: Table
    thick: str = f"{THICK}rem"
    tick_height: str = f"{THICK + 0.5}rem"

    @property
    def ticked(self) -> bool:
        return any(bar.tick for bar in self.bars)


@dataclass(frozen=True, slots=True)
class Level:
    """A part of a stacked bar; `words` are empty where there is no room for them."""

    x: str
    width: str
    colour: str
    words: str
    middle: str


@dataclass(frozen=True, slots=True)
class Stack:
    """One stacked bar."""

    label: str
    text: str
    y: str
    top: str
    base: str
    levels: tuple[Level, ...]


@dataclass(frozen=True, slots=True)
class StackChart:
    """Counts by level, each bar as long as the whole width; `key` is (colour, level)."""

    title: str
    height: str
    stacks: tuple[Stack, ...]
    key: tuple[tuple[str, str], ...]
    table: Table
    thick: str = f"{THICK + 0.5}rem"


@dataclass(frozen=True, slots=True)
class Point:
    """A labelled point of a line; `to_x`, `to_y` is the next one, empty at the last."""

    x: str
    y: str
    label: str
    text: str
    text_y: str
    to_x: str = ""
    to_y: str = ""


@dataclass(frozen=True, slots=True)
class LineChart:
    """A line with labelled points between two marked heights; `width` is set where a phone is too narrow for it."""

    title: str
    points: tuple[Point, ...]
    low: str
    high: str
    width: str
    table: Table
    height: str = f"{LINE_HEIGHT}rem"
    top: str = f"{PLOT_TOP}rem"
    bottom: str = f"{PLOT_BOTTOM}rem"
    low_y: str = f"{PLOT_BOTTOM + 1.1}rem"
    high_y: str = "1.1rem"
    label_y: str = f"{LINE_HEIGHT - 0.25}rem"


@dataclass(frozen=True, slots=True)
class Pair:
    """A value and what it is compared with, each with its words."""

    label: str
    value: Number
    text: str
    other: Number
    other_text: str


@dataclass(frozen=True, slots=True)
class Dots:
    """A row of the comparison: a round mark for the value, a square one for the other."""

    label: str
    text: str
    y: str
    middle: str
    x: str
    other_x: str


@dataclass(frozen=True, slots=True)
class DotChart:
    """Pairs on one common scale."""

    title: str
    height: str
    dots: tuple[Dots, ...]
    words: tuple[str, str]
    table: Table


def bar_chart(title: str, bars: Sequence[Bar], what: str = "项目") -> BarChart:
    """Bars on their own full mark. A value beyond its full mark fills the bar; the words keep the number."""
    drawn = tuple(
        DrawnBar(
            label=_short(bar.label),
            text=f"{bar.text} / {_plain(bar.full)}",
            y=_rem(at * ROW + TEXT_LINE),
            top=_rem(at * ROW + TEXT_LINE + 0.5),
            width=_share(bar.value, bar.full),
            tick="" if bar.median is None else _share(bar.median, bar.full),
            tick_top=_rem(at * ROW + TEXT_LINE + 0.25),
        )
        for at, bar in enumerate(bars)
    )
    medians = any(bar.median is not None for bar in bars)
    heads = (what, "得分", "满分", "中位数") if medians else (what, "得分", "满分")
    rows = tuple(
        (bar.label, bar.text, _plain(bar.full), *((bar.median_text or "—",) if medians else ()))
        for bar in bars
    )
    return BarChart(title, _rem(len(bars) * ROW), drawn, Table(heads, rows))


def stack_chart(
    title: str, levels: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]], what: str = "项目"
) -> StackChart:
    """Counts by level, at most as many levels as there are colours (ValueError). A row without any count stays empty."""
    if len(levels) > len(SERIES):
        raise ValueError(f"{len(levels)} levels, {len(SERIES)} colours")
    stacks = tuple(
        Stack(
            label=_short(label),
            text=f"共 {sum(counts)}",
            y=_rem(at * STACK_ROW + TEXT_LINE),
            top=_rem(at * STACK_ROW + TEXT_LINE + 0.4),
            base=_rem(at * STACK_ROW + TEXT_LINE + 1.65),
            levels=tuple(_levels(counts)),
        )
        for at, (label, counts) in enumerate(rows)
    )
    table = Table(
        (what, *levels, "共"),
        tuple((label, *(str(count) for count in counts), str(sum(counts))) for label, counts in rows),
    )
    key = tuple(zip(SERIES, levels, strict=False))
    return StackChart(title, _rem(len(rows) * STACK_ROW), stacks, key, table)


def _levels(counts: Sequence[int]) -> list[Level]:
    whole, before, drawn = sum(counts), 0, []
    for count, colour in zip(counts, SERIES, strict=False):
        if count:
            share = Fraction(100 * count, whole)
            middle = Fraction(100 * (2 * before + count), 2 * whole)
            words = str(count) if share >= ROOM_FOR_WORDS else ""
            drawn.append(
                Level(_share(before, whole), _share(count, whole), colour, words, f"{float(middle):.2f}%")
            )
        before += count
    return drawn


def line_chart(
    title: str, points: Sequence[tuple[str, Number, str]], low: Number, high: Number, what: str = "时间"
) -> LineChart:
    """(label, value, value as shown) from left to right, between two heights. Raises ValueError unless low < high."""
    if not low < high:
        raise ValueError("low must be below high")
    count = len(points)
    xs = [_place(Fraction(100 * (2 * at + 1), 2 * count)) for at in range(count)]
    ys = [_height(value, low, high) for _, value, _ in points]
    drawn = tuple(
        Point(
            x=xs[at],
            y=_rem(ys[at]),
            label=label,
            text=text,
            text_y=_rem(ys[at] - 0.75),
            to_x=xs[at + 1] if at + 1 < count else "",
            to_y=_rem(ys[at + 1]) if at + 1 < count else "",
        )
        for at, (label, _, text) in enumerate(points)
    )
    width = _rem(count * POINT_WIDTH) if count > MOST_POINTS else ""
    rows = tuple((label, text) for label, _, text in points)
    return LineChart(title, drawn, _plain(low), _plain(high), width, Table((what, "得分"), rows))


def dot_chart(
    title: str, pairs: Sequence[Pair], words: tuple[str, str], low: Number, high: Number, what: str = "项目"
) -> DotChart:
    """Pairs on one scale; `words` name the value and the other. Raises ValueError unless low < high."""
    if not low < high:
        raise ValueError("low must be below high")
    dots = tuple(
        Dots(
            label=_short(pair.label),
            text=pair.text,
            y=_rem(at * ROW + TEXT_LINE),
            middle=_rem(at * ROW + TEXT_LINE + 1.1),
            x=_inside(pair.value, low, high),
            other_x=_inside(pair.other, low, high),
        )
        for at, pair in enumerate(pairs)
    )
    rows = tuple((pair.label, pair.text, pair.other_text) for pair in pairs)
    return DotChart(title, _rem(len(pairs) * ROW), dots, words, Table((what, *words), rows))


def _between(value: Number, low: Number, high: Number) -> Fraction:
    """Where a value lies from low (0) to high (1), held between them."""
    return min(max(Fraction(value - low) / Fraction(high - low), Fraction(0)), Fraction(1))


def _share(value: Number, full: Number) -> str:
    return _place(100 * _between(value, 0, full)) if full > 0 else _place(Fraction(0))


def _inside(value: Number, low: Number, high: Number) -> str:
    """A place that leaves room for a mark at both ends."""
    return _place(4 + 92 * _between(value, low, high))


def _place(percent: Fraction) -> str:
    return f"{float(percent):.2f}%"


def _height(value: Number, low: Number, high: Number) -> float:
    return PLOT_BOTTOM - float(_between(value, low, high)) * (PLOT_BOTTOM - PLOT_TOP)


def _rem(size: float) -> str:
    return f"{size:.2f}rem"


def _plain(value: Number) -> str:
    """A bound as it is written: 100, 2.5; one that no short decimal writes to two places."""
    exact = Fraction(value)
    return str(exact.numerator) if exact.denominator == 1 else f"{float(exact):.2f}".rstrip("0").rstrip(".")


def _short(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
