"""Who stands before the page: a random id in a signed cookie, and nothing else."""

from __future__ import annotations

import secrets

from flask import Response, request
from itsdangerous import BadSignature, Signer

from portal.web import unit

COOKIE = "r"
COOKIE_SECONDS = 2 * 365 * 24 * 3600


def cookie_id() -> str | None:
    """The random id in the resident's cookie, if it is one of ours."""
    try:
        return _signer().unsign(request.cookies.get(COOKIE, "")).decode()
    except BadSignature:
        return None


def respondent(key: str) -> str:
    """Whose voice a sent page is. Without a cookie the page itself is the voice: a retry is still the same one."""
    own = cookie_id()
    return respondent_of(own) if own else f"page:{key}"


def respondent_of(own: str) -> str:
    """The pseudonym of who carries this random id."""
    return f"cookie:{own}"


def give_cookie(response: Response) -> None:
    response.set_cookie(
        COOKIE,
        _signer().sign(secrets.token_urlsafe(12)).decode(),
        max_age=COOKIE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=unit.fixtures().settings.secure_cookies,
    )


def _signer() -> Signer:
    return Signer(unit.fixtures().settings.secret_key, salt="resident", key_derivation="hmac")
