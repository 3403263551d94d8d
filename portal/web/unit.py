"""One request, one session, one commit: opened when first asked for, read-only where the method only reads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar, cast

from argon2 import PasswordHasher
from flask import Flask, Response, current_app, g, request
from sqlalchemy.orm import Session

from portal.clock import Clock
from portal.config import Settings
from portal.store.engine import Database

KEY = "portal"
LARGEST = "largest_body"
View = TypeVar("View", bound=Callable[..., Any])
READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Fixtures:
    """What the app was built with: everything that a test may replace."""

    settings: Settings
    database: Database
    clock: Clock
    hasher: PasswordHasher


def fixtures() -> Fixtures:
    return cast(Fixtures, current_app.extensions[KEY])


Kept = TypeVar("Kept")


def extension(key: str, make: Callable[[], Kept]) -> Kept:
    """Something that lives as long as the app does, made when first asked for."""
    return cast(Kept, current_app.extensions.setdefault(key, make()))


def now() -> datetime:
    """The moment of this request, the same however often it is asked."""
    if "now" not in g:
        g.now = fixtures().clock()
    return cast(datetime, g.now)


def session() -> Session:
    """The request's session; a GET can't write with it."""
    if "unit" not in g:
        database = fixtures().database
        if request.method in READING:
            g.unit = database.reader()
        else:
            request.form  # noqa: B018 — the whole body first: a slow phone must not keep everybody from writing
            g.unit = database.writer()
    return cast(Session, g.unit)


def only_look() -> None:
    """Let this request only read although it is a post, such as a preview: nobody waits for it, and it can't write.

    To be called before the request's session is first asked for.
    """
    request.form  # noqa: B018 — as for one that writes
    g.unit = fixtures().database.reader()


def large_body(most: int) -> Callable[[View], View]:
    """Let a view take a body of up to `most` bytes; every other one keeps to the app's limit."""

    def mark(view: View) -> View:
        view.__dict__[LARGEST] = most
        return view

    return mark


def allow(directive: str, source: str) -> None:
    """Let this one answer's policy have one more source, such as a script by its hash."""
    g.setdefault("allowed", []).append((directive, source))


def keep_for_going_back() -> None:
    """Let the browser keep this one answer, so that going back to it shows what was typed even without network."""
    g.kept = "private, no-cache"


def undo() -> None:
    """Forget everything this request has written; a new session begins when one is asked for."""
    if "unit" in g:
        g.pop("unit").close()


def install(app: Flask) -> None:
    """Commit when the response is ready, so that no answer goes out before its write is safe."""
    app.before_request(_let_in)
    app.after_request(_commit)
    app.teardown_request(_close)


def _let_in() -> None:
    view = current_app.view_functions.get(request.endpoint or "")
    most = None if view is None else view.__dict__.get(LARGEST)
    if most is not None:
        request.max_content_length = most
        request.max_form_memory_size = most


def _commit(response: Response) -> Response:
    if "unit" in g:
        with g.pop("unit") as own:
            try:
                own.commit()
            except BaseException:
                own.rollback()  # closing alone would give the connection back in mid-transaction, lock and all
                raise
    return response


def _close(error: BaseException | None) -> None:
    del error
    undo()
