"""The second factor: codes of an authenticator app (TOTP, RFC 6238), its secret kept encrypted, no code taken twice."""

from __future__ import annotations

import secrets
from base64 import b32encode, urlsafe_b64encode
from datetime import datetime
from functools import cached_property

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP_SECONDS, DIGITS = 30, 6
SECRET_BYTES = 20
ISSUER = "四维考评"
DRAFT_SECONDS = 3600  # how long a set-up page may lie open


class Vault:
    """Encrypts secrets under a key that is derived from the portal's own secret key."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key

    @cached_property
    def _box(self) -> Fernet:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"portal second factor")
        return Fernet(urlsafe_b64encode(key.derive(self._secret_key.encode())))

    def sealed(self, secret: bytes) -> str:
        """The secret as the table keeps it."""
        return self._box.encrypt(secret).decode()

    def opened(self, sealed: str) -> bytes | None:
        """The secret again; None where it was sealed under another key."""
        try:
            return self._box.decrypt(sealed.encode())
        except InvalidToken:
            return None

    def draft(self, account_id: int, secret: bytes) -> str:
        """A secret that is being set up, as the form carries it: for this account, and for an hour."""
        return self.sealed(b"%d:" % account_id + secret)

    def drafted(self, account_id: int, draft: str) -> bytes | None:
        """The secret of a draft that this account was given less than an hour ago."""
        try:
            plain = self._box.decrypt(draft.encode(), ttl=DRAFT_SECONDS)
        except InvalidToken:
            return None
        owner, _, secret = plain.partition(b":")
        return secret if owner == b"%d" % account_id else None


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def typed_secret(secret: bytes) -> str:
    """The secret for whoever can't scan: base32 in groups of four."""
    text = b32encode(secret).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def setup_address(secret: bytes, username: str) -> str:
    """What the app's QR code holds."""
    return _codes(secret).get_provisioning_uri(username, ISSUER)


def code_at(secret: bytes, moment: datetime) -> str:
    """The code that an app shows at a moment."""
    return _codes(secret).generate(int(moment.timestamp())).decode()


def matching_step(secret: bytes, code: str, now: datetime, after: int | None = None) -> int | None:
    """The time step whose code this is: the present one or a neighbour, later than `after`; None where it is none."""
    typed = "".join(code.split())
    if len(typed) != DIGITS or not (typed.isascii() and typed.isdigit()):
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    for step in (present - 1, present, present + 1):
        shown = _codes(secret).generate(step * STEP_SECONDS).decode()
        if secrets.compare_digest(shown, typed) and (after is None or step > after):
            return step
    return None


def _codes(secret: bytes) -> TOTP:
    # SHA-1 is what RFC 6238 begins with, and the only one that every app knows
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
