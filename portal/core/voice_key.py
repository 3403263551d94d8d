"""Keys that make one voice of one person without naming anybody.

Both are HMACs under a secret of the quarter: who has the database but no longer the secret can't tell whose a rating
was, nor follow anybody from one quarter or village to the next.
"""

import hmac
from base64 import urlsafe_b64encode
from hashlib import sha256


def voice_key(secret: bytes, village: str, respondent: str) -> str:
    """43 characters that are the same for one respondent, one village and one quarter."""
    return _keyed(secret, "voice", village, respondent)


def submission_key(secret: bytes, *parts: str) -> str:
    """43 characters that are the same for the same submission sent twice."""
    return _keyed(secret, "submission", *parts)


def _keyed(secret: bytes, *parts: str) -> str:
    # lengths are part of the message, so that no two lists of parts read alike
    message = "".join(f"{len(part)}:{part}" for part in parts)
    return urlsafe_b64encode(hmac.new(secret, message.encode(), sha256).digest()).decode().rstrip("=")
