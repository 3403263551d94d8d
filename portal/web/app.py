"""The factory: blueprints by audience, headers on every answer, a page for every refusal."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from traceback import format_tb

from argon2 import PasswordHasher
from flask import Flask, Response, g, render_template, request
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from portal.actions.guard import MustStandBack, NotAllowed
from portal.actions.passwords import strong_hasher
from portal.actions.ratings import QuarterSealed
from portal.clock import Clock, system_clock
from portal.config import ROOT, Settings
from portal.core.rights import Right, has_right
from portal.demo import NOTICE
from portal.store.engine import Database
from portal.web import (
    admin,
    cadres,
    compressing,
    form_preview,
    formats,
    gallery,
    guards,
    login,
    menu,
    operations,
    residents,
    review,
    system,
    unit,
)
from portal.web.limits import TooMany, seconds

LARGEST_BODY = 64 * 1024
STATIC = ROOT / "static"
RESIDENT_STYLE = (STATIC / "resident.css").read_text(encoding="utf-8")
# in the style sheet's address, so that a browser may keep it for long and still sees a new one at once
STAFF_STYLE_VERSION = sha256((STATIC / "staff.css").read_bytes()).hexdigest()[:12]
log = logging.getLogger(__name__)


def create_app(
    settings: Settings,
    database: Database | None = None,
    clock: Clock = system_clock,
    hasher: PasswordHasher | None = None,
) -> Flask:
    """The portal as a WSGI application on a database that stands at the newest migration."""
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(STATIC))
    app.config.update(_config(settings))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.extensions[unit.KEY] = unit.Fixtures(
        settings, database or Database(settings.database_url), clock, hasher or strong_hasher()
    )
    compressing.install(app)
    unit.install(app)  # before whatever reads a body: some pages take larger ones
    csrf = CSRFProtect(app)
    formats.install(app)
    audiences = (
        residents.pages,
        login.pages,
        cadres.pages,
        *admin.BLUEPRINTS,
        review.pages,
        system.pages,
        operations.pages,
    )
    form_preview.install(app, residents.form.preview)
    for blueprint in (*audiences, gallery.pages) if settings.demo else audiences:
        app.register_blueprint(blueprint)
    csrf.exempt(login.enter)  # it asks who sent the form instead
    csrf.exempt(residents.pages)  # a resident has no rights to borrow: the form's own one-time key is enough
    app.after_request(_harden)
    app.context_processor(_everywhere)
    _refuse_kindly(app)
    return app


def _config(settings: Settings) -> dict[str, object]:
    return {
        "SECRET_KEY": settings.secret_key,
        "MAX_CONTENT_LENGTH": LARGEST_BODY,
        "SESSION_COOKIE_NAME": "portal_form",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.secure_cookies,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "COMPRESS_MIMETYPES": ["text/html", "text/css", "text/csv", "application/json"],
        "COMPRESS_MIN_SIZE": 500,
        "COMPRESS_ALGORITHM": ["br", "gzip"],
        # the library's own 4 leaves a form larger than gzip does; 7 takes a seventh off it for a tenth of a millisecond
        "COMPRESS_BR_LEVEL": 7,
        "SEND_FILE_MAX_AGE_DEFAULT": 365 * 24 * 3600,
    }


def _everywhere() -> dict[str, object]:
    settings = unit.fixtures().settings
    return {
        "demo_notice": NOTICE if settings.demo else "",
        "resident_style": Markup(RESIDENT_STYLE),  # noqa: S704 — our own file
        "staff_style_version": STAFF_STYLE_VERSION,
        "site": settings.site,
        "now_actor": guards.actor,
        "menu": menu.links,
        "may": lambda right: (found := guards.actor()) is not None and has_right(found, Right(right)),
    }


STYLE_HASH = b64encode(sha256(RESIDENT_STYLE.encode()).digest()).decode()
POLICY = {
    "default-src": "'none'",
    "style-src": f"'self' 'sha256-{STYLE_HASH}'",
    "img-src": "'self' data:",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}


def _policy() -> str:
    """What the page may load and do: the same for all but the few that asked for a source of their own."""
    own = dict(POLICY)
    for directive, source in g.get("allowed", ()):
        before = own.get(directive, "'none'")
        own[directive] = source if before == "'none'" else f"{before} {source}"
    return "; ".join(f"{directive} {sources}" for directive, sources in own.items())


def _harden(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = _policy()
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers.setdefault("Referrer-Policy", "same-origin")
    if request.endpoint == "static":
        # to be compressed the file must be read; read like this it is also closed
        response.direct_passthrough = False
        response.make_sequence()
    else:
        response.headers["Cache-Control"] = g.get("kept", "no-store")
    return response


def _log(error: Exception) -> None:
    """Tell the operator what broke and where. Of a database's error only its kind: its words may quote a row."""
    if isinstance(error, DBAPIError):
        kind, state = type(error.orig).__name__, getattr(error.orig, "sqlstate", None)
        where = "".join(format_tb(error.__traceback__))
        log.error("unhandled: the database refused (%s, SQLSTATE %s)\n%s", kind, state, where)
    else:
        log.error("unhandled", exc_info=error)


# what an action may refuse with, and how a page says so
REFUSALS: Mapping[type[Exception], tuple[int, str]] = {
    NotAllowed: (403, "right"),
    MustStandBack: (403, "recusal"),
    QuarterSealed: (409, "sealed"),
    CSRFError: (400, "stale"),
}
REASONS = {404: "unknown", 405: "method", 413: "large", 429: "many", 500: "broken"}


def _refuse_kindly(app: Flask) -> None:
    """Every refusal is a page in plain words; nothing that the request wrote stays."""

    def page(status: int, reason: str) -> tuple[str, int]:
        unit.undo()
        if status >= 500:
            g.actor = None  # the menu must not ask a database that may be what broke
        face = (
            "staff"
            if request.path.startswith(("/me", "/admin", "/account", "/log", "/review", "/system"))
            else "resident"
        )
        sent = request.method == "POST"
        return render_template(f"refused/{face}.html", status=status, reason=reason, sent=sent), status

    def refuse(error: Exception) -> tuple[str, int]:
        return page(*next(told for kind, told in REFUSALS.items() if isinstance(error, kind)))

    for kind in REFUSALS:
        app.register_error_handler(kind, refuse)

    @app.errorhandler(TooMany)
    def too_many(refusal: TooMany) -> tuple[str, int, dict[str, str]]:
        return *page(429, "many"), {"Retry-After": str(seconds(refusal))}

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> tuple[str, int, dict[str, str]] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        known = error.valid_methods if isinstance(error, MethodNotAllowed) else None
        allow = {"Allow": ", ".join(known)} if known else {}
        return *page(error.code, REASONS.get(error.code, "other")), allow

    @app.errorhandler(Exception)
    def broken(error: Exception) -> tuple[str, int]:
        _log(error)
        return page(500, "broken")
