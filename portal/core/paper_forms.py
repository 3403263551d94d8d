"""A paper form (纸质评价单): its serial, the mark that only its QR code carries, and the numbers before its options.

A serial has eight characters of the posters' alphabet. The last one checks the others: one wrong character, or two that
changed places, never make another serial, so that a slip of the hand is told from a form that nobody printed.
"""

import hmac
import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from unicodedata import normalize

from portal.core.form import Answers, Edition, Option, Question

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # as on posters: nothing that is taken for something else
LENGTH = 8
MARK_LENGTH = 6  # 31^6 is 9 × 10^8
NONE = "0"  # what is typed for a question without an answer
NUMBERS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_SCANNED = re.compile(rf"([{ALPHABET}]{{{LENGTH}}})-([{ALPHABET}]{{{MARK_LENGTH}}})")


def new_serial(choose: Callable[[Sequence[str]], str]) -> str:
    """A serial of dice: seven characters and the one that checks them."""
    drawn = "".join(choose(ALPHABET) for _ in range(LENGTH - 1))
    return drawn + next(character for character in ALPHABET if is_serial(drawn + character))


def is_serial(text: str) -> bool:
    """Whether the characters check one another; it says nothing of whether such a form was printed."""
    if len(text) != LENGTH or not set(text) <= set(ALPHABET):
        return False
    # 31 is prime: a weighted sum tells every single error and every pair that changed places
    return sum(place * ALPHABET.index(one) for place, one in enumerate(text, 1)) % len(ALPHABET) == 0


def typed_serial(serial: str) -> str:
    """As it is printed: ABCD-2345."""
    return f"{serial[:4]}-{serial[4:]}"


def folded_serial(typed: str) -> str:
    """What somebody typed as a serial has it: capitals, half-width, without spaces and dashes."""
    return re.sub(r"[\s\u2010-\u2015_-]", "", normalize("NFKC", typed)).upper()


def scan_text(secret: str, serial: str) -> str:
    """What the QR code of a paper form carries beside the village: the serial and a mark made with the portal's secret.

    The ledger lists serials; the mark stands on the paper alone, so that only who holds a form can speak with it online.
    """
    return f"{serial}-{_mark(secret, serial)}"


def scanned_serial(secret: str, text: str) -> str | None:
    """The serial that a QR code carried; None where the text was not made by `scan_text`."""
    found = _SCANNED.fullmatch(text)
    if found is None or not hmac.compare_digest(found[2], _mark(secret, found[1])):
        return None
    return found[1]


def _mark(secret: str, serial: str) -> str:
    number = int.from_bytes(
        hmac.new(secret.encode(), f"paper form:{serial}".encode(), sha256).digest(), "big"
    )
    characters = []
    for _ in range(MARK_LENGTH):
        number, place = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[place])
    return "".join(characters)


def numbered(question: Question) -> list[tuple[str, Option]]:
    """The options as a paper form has them, each behind its number in a circle."""
    return list(zip(NUMBERS, question.options, strict=False))


def option_typed(question: Question, typed: str) -> Option | None:
    """The option whose number was typed; None for nothing or 0. Raises LookupError for a number that no option has."""
    number = normalize("NFKC", typed).strip()
    if number in ("", NONE):
        return None
    if not (number.isascii() and number.isdigit()) or not 1 <= int(number[:4]) <= len(question.options):
        raise LookupError(typed)
    return question.options[int(number[:4]) - 1]


def answers_typed(edition: Edition, typed: Mapping[str, str]) -> tuple[Answers, list[str]]:
    """The answers that numbers by question say, and the keys of the questions whose number no option has."""
    answers: dict[str, str] = {}
    wrong: list[str] = []
    for question in edition.questions:
        try:
            option = option_typed(question, typed.get(question.key, ""))
        except LookupError:
            wrong.append(question.key)
            continue
        if option is not None:
            answers[question.key] = option.key
    return edition.canonical(answers), wrong
