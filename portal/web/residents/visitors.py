"""Who stands before the page: a random id in a signed cookie, and nothing else."""

from __future__ import annotations

import secrets

from flask import Response, request
from itsdangerous import BadSignature, Signer

from portal.actions.papers import printed_for
from portal.clock import local_day
from portal.core.paper_forms import scanned_serial
from portal.core.person_keys import left_phone_key, paper_key, phone_in
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


def keys_left(township_id: int, village_id: int, contact: str) -> tuple[str, ...]:
    """What a sent page leaves beside the own voice: the paper form that the phone scanned, the number that was typed.

    A serial that is not of this village is passed over: the page counts like any other.
    """
    left = []
    serial = scanned_serial(unit.fixtures().settings.secret_key, request.form.get("serial", ""))
    day = local_day(unit.now())
    if serial is not None and printed_for(unit.session(), township_id, village_id, serial, day):
        left.append(paper_key(serial))
    number = phone_in(contact)
    if number is not None:
        left.append(left_phone_key(number))
    return tuple(left)


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
