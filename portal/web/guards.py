"""Who is asking: the log-in cookie, the actor behind it, and the guard that stands on a whole blueprint."""

from __future__ import annotations

import re
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from portal.actions import accounts
from portal.actions.accounts import SESSION_LENGTH
from portal.actions.guard import NotAllowed, require
from portal.core.rights import Actor, Right
from portal.store import townships
from portal.store.organisation import Township
from portal.web import unit

COOKIE = "portal_staff"
OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20]*")


def actor() -> Actor | None:
    """Who is logged in, if anybody."""
    if "actor" not in g:
        token = request.cookies.get(COOKIE)
        g.actor = _who(token) if token else None
    return cast("Actor | None", g.actor)


def _who(token: str) -> Actor | None:
    """Whose session it is. Of a request that may write it is read apart: nobody waits for a lock to be looked at."""
    if request.method in unit.READING:
        return accounts.who(unit.session(), token, unit.now())
    with unit.fixtures().database.reading() as looking:
        return accounts.who(looking, token, unit.now())


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
        found = actor()
        if found is None:
            return redirect(url_for("login.form", next=request.full_path.rstrip("?")))
        require(found, right)
        return None


def begin(response: Response, token: str) -> None:
    """Give the browser its session."""
    response.set_cookie(
        COOKIE,
        token,
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
