"""你说我办: what may be said in public of what changed, and how many entries a phone page takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Protocol, TypeVar

LONGEST = 200  # characters, of what was said and of what was done
FEWEST_DIGITS = 7  # from here on a number may be somebody's telephone
A_PAGE = 1000  # characters: what a page of 6 KB has room for beside everything else
_RUN = re.compile(r"\d(?:[ .\-]?\d)*")
_DAYS = re.compile(r"(?:19|20)\d\d[ .\-]?\d{1,2}[ .\-]?\d{1,2}|(?:19|20)\d\d-(?:19|20)\d\d")


class Told(Protocol):
    """An entry's words."""

    @property
    def said(self) -> str: ...

    @property
    def done(self) -> str: ...


Entry = TypeVar("Entry", bound=Told)


def names_a_number(words: str) -> bool:
    """Whether the words hold what may be a telephone or identity number, however it is grouped; days are none."""
    plain = re.sub(r"[\u2010-\u2015\u2212]", "-", unicodedata.normalize("NFKC", words))
    return any(
        sum(sign.isdigit() for sign in run) >= FEWEST_DIGITS and not _DAYS.fullmatch(run)
        for run in _RUN.findall(plain)
    )


def pages_of(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The entries cut into pages of at most A_PAGE characters, at least one page and one entry a page."""
    pages: list[list[Entry]] = [[]]
    length = 0
    for entry in entries:
        own = len(entry.said) + len(entry.done)
        if pages[-1] and length + own > A_PAGE:
            pages.append([])
            length = 0
        pages[-1].append(entry)
        length += own
    return pages
