"""Reading score pages as a person with a pocket calculator would."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from xml.etree.ElementTree import Element

from tests.web.pages import text_of, tree_of

SIGNS: Mapping[type, Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
TO_PYTHON = str.maketrans("×÷−（）", "*/-()")
WORDS = re.compile(r"[^\d.+\-*/()]")


def parts_of_class(page: str, name: str) -> list[str]:
    """The texts of every element of a class, in order."""
    return [text_of(part) for part in tree_of(page).iter() if name in part.get("class", "").split()]


def sums(page: str) -> list[str]:
    return parts_of_class(page, "sum")


def rows(page: str, label: str) -> list[dict[str, str]]:
    """A table's rows, found by its label, each by the head of its column."""
    box = next(part for part in tree_of(page).iter("div") if part.get("aria-label") == label)
    heads = [text_of(cell).rstrip("▾▴") for cell in next(box.iter("thead")).iter("th")]
    body = next(box.iter("tbody"))
    return [dict(zip(heads, map(text_of, row), strict=True)) for row in body]


def dimensions(page: str) -> dict[str, str]:
    """The score on each dimension's line, by its key."""
    return {
        part.get("id", ""): text_of(next(span for span in _summary(part) if span.get("class") == "num"))
        for part in tree_of(page).iter("details")
        if part.get("id")
    }


def chain(line: str) -> list[Fraction]:
    """What each side of a written equation comes to: '(40×90.00 + 60×80.00) ÷ 100 = 84.0000，四舍五入 84.00'.

    Left out are the days before a team's score, the name of a sum of products, and what a bound makes of a sum.
    """
    held = "不低于 0，不高于 100" in line
    for aside in (r"^.* 天，", r"得分×份量", r"，以 .*$", r"（不低于[^）]*）"):
        line = re.sub(aside, "", line)
    plain = [WORDS.sub("", side.translate(TO_PYTHON)) for side in re.split(r"=|，四舍五入|，计", line)]
    sides = [
        _value(ast.parse(side.lstrip("+"), mode="eval").body) for side in plain if re.search(r"\d", side)
    ]
    return [min(max(sides[0], Fraction(0)), Fraction(100)), *sides[1:]] if held else sides


def number(text: str) -> Fraction | None:
    return None if text == "暂缺" else Fraction(text)


def _summary(part: Element) -> Element:
    return next(part.iter("summary"))


def _value(node: ast.expr) -> Fraction:
    if isinstance(node, ast.BinOp):
        return SIGNS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    if isinstance(node, ast.Constant):
        return Fraction(str(node.value))
    raise ValueError(ast.dump(node))
