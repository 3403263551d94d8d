"""Reading single cells as they are meant: each function gives the value, or raises Misread saying what is wanted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")

DAY_WANTED = "要日期，例如 2026-03-01"
TIME_WANTED = "要日期和时间，例如 2026-03-01 07:37:41"
FORMULA_WANTED = "公式还没有算出结果：请在 Excel 里打开、保存一次，或改成数值"
ERROR_WANTED = "公式出错：改好公式，或改成数值"
TEXT_WANTED = "要文字：Excel 把它变成了别的类型，请把单元格格式设成“文本”再填一次"
DESTROYED_WANTED = "Excel 把它变成了科学计数，原来的数字已经丢失：请把这一列设成“文本”，再填一次完整的数字"
NUMBER_WANTED = "要数字，例如 85.5"
NOT_EMPTY = "不能为空"

LONGEST_NAME = 200
_MOST_DIGITS = 40
_EXACT = 10**15  # from here on a spreadsheet's number no longer holds every digit

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_LETTERS = {code: half for code, half in _FULL_WIDTH.items() if chr(half).isalnum()}
_FOLDED = {**_FULL_WIDTH, 0x3000: 0x20}
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff]|_x00[01][0-9A-Fa-f]_")
_INSIDE = str.maketrans("", "", _UNSEEN)
_ERRORS = {
    "#N/A",
    "#REF!",
    "#VALUE!",
    "#DIV/0!",
    "#NAME?",
    "#NULL!",
    "#NUM!",
    "#SPILL!",
    "#CALC!",
    "#GETTING_DATA",
}

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?[Ee]\+?(\d+)")
_DAY = r"(?P<y>\d{4})(?:(?P<s>[-/.])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})|年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})日?|(?P<m3>\d\d)(?P<d3>\d\d))"
_CLOCK = r"(?P<h>\d{1,2})(?::(?P<mi>\d{1,2})(?::(?P<se>\d{1,2})(?:\.\d+)?)?|[时点](?:(?P<mi2>\d{1,2})分(?:(?P<se2>\d{1,2})秒)?)?)"
_WHEN = re.compile(
    rf"{_DAY}(?:\s*星期[一二三四五六日天])?(?:(?:\s*T\s*|\s*)(?P<half>上午|下午|AM|PM)?\s*(?<!\d){_CLOCK}\s*(?P<half2>AM|PM)?)?",
    re.ASCII | re.IGNORECASE,
)


class Misread(Exception):
    """A cell that can't be read as what it should be; the message says what is wanted."""

    @property
    def wanted(self) -> str:
        return str(self)


class Uncomputed:
    """A formula whose result the file doesn't hold."""

    def __str__(self) -> str:
        return "公式"


class Percent(float):
    """A number that its cell shows as a percentage: 0.857 that reads 85.7%."""

    def __str__(self) -> str:
        return f"{self * 100:.15g}%"


def tidy(text: str) -> str:
    """The text without control characters and without white space or unseen marks around it."""
    text = _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    before = None
    while before != text:
        before, text = text, text.strip().strip(_UNSEEN)
    return text


def fold(text: str) -> str:
    """The one spelling under which two keys are the same: ASCII for full-width forms, single spaces.

    Only U+FF01–FF5E and U+3000 change: characters that look alike but are not the same stay apart.
    """
    return " ".join(tidy(text).translate(_INSIDE).translate(_FOLDED).split())


def fold_word(text: str) -> str:
    """A header, sheet name or listed word for comparing: as fold, without any space, letters in upper case."""
    return "".join(fold(text).split()).upper()


def blank(raw: object) -> bool:
    """Whether nobody would see anything in the cell."""
    return raw is None or (isinstance(raw, str) and not tidy(raw))


def shown(raw: object) -> str:
    """The cell's value as a fault quotes it."""
    return "" if raw is None else str(raw)


def as_text(raw: object) -> str:
    """Text as it stands; a number the way a spreadsheet shows it."""
    if isinstance(raw, str):
        _refuse_errors(raw)
        return tidy(raw)
    if raw is None:
        return ""
    number = _number(raw, TEXT_WANTED)
    if isinstance(raw, Percent):
        raise Misread(TEXT_WANTED)
    if abs(number) >= _EXACT:
        raise Misread(DESTROYED_WANTED)
    return f"{number.normalize():f}"


def as_name(raw: object) -> str:
    """A name as one line: punctuation stays, full-width digits and letters become plain ones."""
    text = re.sub(r"\s*\n\s*", "", as_text(raw)).translate(_INSIDE).translate(_LETTERS)
    text = " ".join(text.split())
    if len(text) > LONGEST_NAME:
        raise Misread(f"太长：最多 {LONGEST_NAME} 个字")
    return text


def as_code(raw: object) -> str:
    """A code such as 工号 or 村社代码, however the spreadsheet stored it."""
    text = fold(as_text(raw))
    if re.fullmatch(r"\d+\.0+", text, re.ASCII):
        text = text.partition(".")[0]
    scientific = _SCIENTIFIC.fullmatch(text)
    if scientific and ("." in text or "+" in text):
        first, rest, power = scientific.groups()
        if len(rest or "") != int(power):
            raise Misread(DESTROYED_WANTED)
        text = first + (rest or "")
    if len(text) > LONGEST_NAME:
        raise Misread(f"太长：最多 {LONGEST_NAME} 个字")
    return text


def as_number(raw: object, wanted: str = NUMBER_WANTED) -> Decimal:
    """A number: text exactly as typed, a spreadsheet's own to its 15 digits."""
    if not isinstance(raw, str):
        return _number(raw, wanted)
    _refuse_errors(raw)
    text = _plain(raw)
    if len(text) > _MOST_DIGITS or not _DECIMAL.fullmatch(text):
        raise Misread(wanted)
    return Decimal(text)


def as_day(raw: object) -> date:
    """A day, from a date or from text; what time it holds is dropped."""
    if isinstance(raw, datetime):
        return _sensible(raw, DAY_WANTED).date()
    if isinstance(raw, date):
        return raw
    return _moment(raw, DAY_WANTED).date()


def as_time(raw: object) -> datetime:
    """A moment to the second, from a date or from text."""
    if isinstance(raw, datetime):
        rounded = raw + timedelta(milliseconds=500) if raw.year < 9999 else raw
        return _sensible(rounded.replace(microsecond=0, tzinfo=None), TIME_WANTED)
    if isinstance(raw, date):
        return datetime.combine(raw, time())
    return _moment(raw, TIME_WANTED)


def as_word(raw: object, words: Mapping[str, T]) -> T:
    """What one of the listed words stands for."""
    found = {fold_word(word): meant for word, meant in words.items()}
    if isinstance(raw, Uncomputed):
        raise Misread(FORMULA_WANTED)
    if isinstance(raw, str | int | float) and not isinstance(raw, bool):
        text = fold_word(as_text(raw))
        if text in found:
            return found[text]
    raise Misread(one_of(words))


def one_of(words: Mapping[str, object]) -> str:
    """What is wanted where only some words may stand."""
    return (
        "要"
        + "".join(f"“{word}”" if n == 0 else f"、“{word}”" for n, word in enumerate(words))
        + ("之一" if len(words) > 1 else "")
    )


def _refuse_errors(raw: str) -> None:
    if raw.strip().upper() in _ERRORS:
        raise Misread(ERROR_WANTED)


def _plain(raw: str) -> str:
    return fold(raw).replace("。", ".").replace("\u2212", "-")


def _number(raw: object, wanted: str) -> Decimal:
    if isinstance(raw, Uncomputed):
        raise Misread(FORMULA_WANTED)
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise Misread(wanted)
    if isinstance(raw, Percent):
        raise Misread(wanted + "；不要用百分数格式")
    number = Decimal(format(raw, ".15g") if isinstance(raw, float) else raw)
    if not number.is_finite():
        raise Misread(wanted)
    return number


def _sensible(moment: datetime, wanted: str) -> datetime:
    if moment.year < 1900 or moment < datetime(1900, 3, 1):  # noqa: DTZ001 - the township's own clock
        raise Misread(wanted)
    return moment


def _moment(raw: object, wanted: str) -> datetime:
    if isinstance(raw, Uncomputed):
        raise Misread(FORMULA_WANTED)
    if isinstance(raw, bool) or not isinstance(raw, str | int | float):
        raise Misread(wanted)
    if isinstance(raw, str):
        _refuse_errors(raw)
        text = re.sub(r" ?([年月日时点分秒]) ?", r"\1", _plain(raw))
    else:
        text = as_text(raw)  # 20260301 as a number
    found = _WHEN.fullmatch(text)
    if not found:
        raise Misread(wanted)
    part = found.groupdict()
    year, month, day = part["y"], part["m"] or part["m2"] or part["m3"], part["d"] or part["d2"] or part["d3"]
    try:
        hour = _hour(int(part["h"] or 0), (part["half"] or part["half2"] or "").upper())
        minute, second = int(part["mi"] or part["mi2"] or 0), int(part["se"] or part["se2"] or 0)
        moment = datetime(int(year), int(month), int(day), hour, minute, second)  # noqa: DTZ001 - the township's clock
    except ValueError:
        raise Misread(wanted) from None
    return _sensible(moment, wanted)


def _hour(hour: int, half: str) -> int:
    if half in ("上午", "AM") and hour > 12:
        raise ValueError(hour)
    if half in ("上午", "AM"):
        return hour % 12
    if half in ("下午", "PM") and hour < 12:
        return hour + 12
    return hour
