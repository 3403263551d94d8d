"""Who is asking: the log-in cookie, the actor behind it, and the guard that stands on a whole blueprint.

Somebody may be halfway in: the password was right, but a code, a new password or a second factor is still wanted.
Who is halfway in is nobody to every page but the one that `waiting_page` names, and log-out.
"""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import logging_in
from portal.actions.guard import NotAllowed, require
from portal.actions.logging_in import SESSION_LENGTH
from portal.core.rights import Actor, Right, Waiting, waiting_for
from portal.store import townships
from portal.store.organisation import Township
from portal.web import unit

COOKIE = "portal_staff"
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


WAITING_PAGES = {
    Waiting.CODE: "login.code",
    Waiting.FIRST_PASSWORD: "login.first_password",
    Waiting.SECOND: "login.second",
}


def actor() -> Actor | None:
    """Who is logged in all the way, if anybody."""
    if "actor" not in g:
        found = halfway()
        g.actor = None if found is None or _waiting(found) else found
    return cast("Actor | None", g.actor)


def halfway() -> Actor | None:
    """Whose session it is, also where something is still wanted before it opens anything."""
    if "halfway" not in g:
        held = token()
        g.halfway = _who(held) if held else None
    return cast("Actor | None", g.halfway)


def waits_for(what: Waiting) -> Actor | None:
    """Who is halfway in and must do just this; None for everybody else."""
    found = halfway()
    return found if found is not None and _waiting(found) is what else None


def token() -> str | None:
    """The session that the browser carries."""
    return request.cookies.get(COOKIE)


def way_in(target: str | None = None) -> BaseResponse | None:
    """Where to send somebody who is not all the way in, to come back to `target`; None for who is."""
    if actor() is not None:
        return None
    found = halfway()
    waiting = None if found is None else _waiting(found)
    page = "login.form" if waiting is None else WAITING_PAGES[waiting]
    return redirect(url_for(page, next=target))


def _waiting(found: Actor) -> Waiting | None:
    return waiting_for(found, second_required=not unit.fixtures().settings.demo)


def _who(held: str) -> Actor | None:
    """Whose session it is. Of a request that may write it is read apart: nobody waits for a lock to be looked at."""
    if request.method in unit.READING:
        return logging_in.who(unit.session(), held, unit.now())
    with unit.fixtures().database.reading() as looking:
        return logging_in.who(looking, held, unit.now())


def known_actor() -> Actor:
    """Who is logged in, behind a guard that made sure of it."""
    found = actor()
    if found is None:
        raise NotAllowed(Right.SEE_OWN_SCORE)
    return found


def township() -> Township:
    """The township of the session, the only one that staff pages may touch. Raises NotAllowed without one."""
    own = known_actor().township_id
    if own is None:
        raise NotAllowed(Right.SEE_ALL_SCORES)
    return townships.by_id(unit.session(), own)


def protect(blueprint: Blueprint, right: Right) -> None:
    """Every page of the blueprint wants a log-in with this right."""

    @blueprint.before_request
    def check() -> BaseResponse | None:
        elsewhere = way_in(request.full_path.rstrip("?"))
        if elsewhere is None:
            require(known_actor(), right)
        return elsewhere


def begin(response: Response, held: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        COOKIE,
        held,
        max_age=int(SESSION_LENGTH.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=unit.fixtures().settings.secure_cookies,
    )


def end(response: Response) -> None:
    response.delete_cookie(COOKIE)


def own_path(target: str | None) -> str | None:
    """The target when it is a path of this site and nothing else: no host, no trick that browsers read as one."""
    if not target or not OWN_PATH.fullmatch(target):
        return None
    return target


def same_site() -> bool:
    """Whether the browser says that this post comes from a page of ours (or says nothing, as scripts do).

    Log-in has no session yet to keep a token in, so it asks for the sender instead.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    try:
        return origin is None or urlsplit(origin).netloc == request.host
    except ValueError:  # not even an address
        return False
