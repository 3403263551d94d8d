"""The receipt that a resident gets who asked for an answer: ten characters that can't be guessed, typed in two halves.

A receipt is made of the portal's secret and of what was sent, so that the same page sent twice has the same one. The
database keeps a digest alone: who reads it can't open anybody's request.
"""

import hmac
import re
from base64 import urlsafe_b64encode
from hashlib import sha256

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # as on posters: nothing that is taken for something else
LENGTH = 10  # 31^10 is 8 × 10^14


def receipt_of(secret: str, submission: str) -> str:
    """The receipt of a submission, 10 characters."""
    number = int.from_bytes(_keyed(secret, "receipt", submission), "big")
    characters = []
    for _ in range(LENGTH):
        number, place = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[place])
    return "".join(characters)


def receipt_digest(secret: str, receipt: str) -> str:
    """What the database keeps of a receipt, 43 characters."""
    return urlsafe_b64encode(_keyed(secret, "receipt digest", receipt)).decode().rstrip("=")


def typed_receipt(receipt: str) -> str:
    """As it is shown: ABCDE-23456."""
    return f"{receipt[:5]}-{receipt[5:]}"


def as_receipt(typed: str) -> str | None:
    """A receipt as somebody typed it: any case, spaces and dashes left out; None where it can't be one."""
    folded = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in typed)
    found = re.sub(r"[\s\u3000\u2010-\u2015-]", "", folded).upper()
    return found if len(found) == LENGTH and set(found) <= set(ALPHABET) else None


def _keyed(secret: str, what: str, text: str) -> bytes:
    return hmac.new(secret.encode(), f"{what}:{text}".encode(), sha256).digest()
