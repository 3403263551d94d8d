"""How numbers, days and words look on a page. Everything a template shows passes through one of these."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction

from flask import Flask

from portal.core.book import Role
from portal.core.exact import decimal_of
from portal.core.plan import decimal_text
from portal.files import sheets

MISSING = "暂缺"
TIMES, OVER = "×", "÷"
WORDS: Mapping[str, str] = {
    **{f"way.{way.value}": word for word, way in sheets.WAYS.items()},
    **{f"kind.{kind.value}": word for word, kind in sheets.MARK_KINDS.items()},
    "dimension.post": "岗位赋分",
    "dimension.module": "模块评分",
    "dimension.team": "组团积分",
    "dimension.bonus": "专班加分",
    **{f"role.{role.value}": word for word, role in sheets.ROLES.items()},
    f"role.{Role.COUNTY_REVIEWER.value}": "县级评审",
    f"role.{Role.CITY_REVIEWER.value}": "市级评审",
    f"role.{Role.SYSTEM_ADMIN.value}": "系统管理员",
    f"role.{Role.AUDITOR.value}": "审计",
}


def two(value: Fraction | None) -> str:
    """A score as it is shown: two decimals, or 暂缺."""
    return MISSING if value is None else str(decimal_of(value))


def four(value: Fraction | None) -> str:
    """What is combined unrounded, shown to four decimals."""
    return MISSING if value is None else str(decimal_of(value, 4))


def plain(value: Fraction | int) -> str:
    """A number as it was entered: 85.7, 40; one without a short decimal to four places."""
    text = decimal_text(Fraction(value))
    return four(Fraction(value)) if "/" in text else text


def signed(value: Fraction) -> str:
    """Points won or lost: +2, −1.5."""
    return ("+" if value > 0 else "−" if value < 0 else "") + plain(abs(value))


def day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"


def short_day(value: date) -> str:
    return f"{value.month}月{value.day}日"


def word(key: str) -> str:
    """The page's word for a key of the code, such as way.paper."""
    return WORDS[key]


def mean_of(parts: Iterable[tuple[Fraction | int, Fraction | None]], places: int | None = 2) -> str:
    """A weighted mean written out for a pocket calculator: (40×93.10 + 30×88.00) ÷ 70; what is missing is left out.

    The values stand with `places` decimals, or as they were entered where it is None.
    """
    there = [(Fraction(weight), value) for weight, value in parts if value is not None]
    if not there:
        return ""
    terms = " + ".join(
        f"{plain(weight)}{TIMES}{plain(value) if places is None else decimal_of(value, places)}"
        for weight, value in there
    )
    total = sum((weight for weight, _ in there), Fraction(0))
    return f"({terms}) {OVER} {plain(total)}"


def sum_of(values: Iterable[Fraction]) -> str:
    """Numbers added: 2 + 1.5 − 1."""
    text = ""
    for value in values:
        sign = " − " if value < 0 else " + " if text else ""
        text += (sign if text else sign.strip()) + plain(abs(value))
    return text


PHONE = re.compile(r"(?<![\d-])(?:0\d{2,3}-?\d{7,8}|1\d{10}|1\d{4})(?![\d-])")


def dial(words: str) -> tuple[str, str, str]:
    """Words around the first telephone number in them: before, the number (empty where there is none), after."""
    found = PHONE.search(words)
    return (words[: found.start()], found.group(), words[found.end() :]) if found else (words, "", "")


def install(app: Flask) -> None:
    for filter_ in (two, four, plain, signed, day, short_day, word, mean_of, sum_of, dial):
        app.add_template_filter(filter_)
