"""What makes one person of two sent forms: a paper form's serial, a telephone number, a door (docs/voices.md).

A key is the own one of a rating (its voice is made of it), or it is left beside the own one. A scanned serial leaves the
very key of the paper's own voice: who scans must hold the paper. A number that somebody types on a phone page proves
nothing, so it leaves a key that is no voice: it lets a later interview find the page's rating, and never the other way.
"""

import re
from unicodedata import normalize

AREA = "0570"  # 衢州: a number of seven digits is one of its lines
_LINE = re.compile(r"[2-9]\d{6,7}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_WITH_AREA = re.compile(r"0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7}")
_INSIDE = re.compile(r"(?<!\d)(?:1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})[2-9]\d{6,7})(?!\d)")


def paper_key(serial: str) -> str:
    """The own key of a paper form's rating, and what a phone leaves that scanned it."""
    return f"paper:{serial}"


def phone_key(number: str) -> str:
    """The own key of an interview by telephone."""
    return f"phone:{number}"


def left_phone_key(number: str) -> str:
    """What a phone page leaves on which this number was typed: a key that an interview looks for."""
    return f"left phone:{number}"


def door_key(door: str) -> str:
    """The own key of an interview at the door, of what `folded_door` gives."""
    return f"door:{door}"


def as_phone(typed: str) -> str | None:
    """A telephone number in one spelling, mobile or with its area code; None where it is none."""
    digits = re.sub(r"[\s\u2010-\u2015()+._-]", "", normalize("NFKC", typed))
    digits = re.sub(r"^(?:00)?86(?=1[3-9]\d{9}$)", "", digits)
    if _LINE.fullmatch(digits):
        return AREA + digits
    return digits if _MOBILE.fullmatch(digits) or _WITH_AREA.fullmatch(digits) else None


def phone_in(words: str) -> str | None:
    """The telephone number that somebody left, also with words around it; None where there is none."""
    found = _INSIDE.search(re.sub(r"(?<=\d)[\s\u2010-\u2015-](?=\d)", "", normalize("NFKC", words)))
    return as_phone(words) or (found.group() if found else None)


def folded_door(typed: str) -> str:
    """A door or a householder in one spelling: half-width, small letters, without spaces and punctuation."""
    return re.sub(r"[^\w]|_", "", normalize("NFKC", typed)).casefold()
