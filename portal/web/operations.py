"""For whoever runs the portal: is it alive, is it ready."""

from __future__ import annotations

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from portal.store.migrate import is_newest
from portal.web import unit

pages = Blueprint("operations", __name__)


@pages.get("/healthz")
def alive() -> Response:
    return Response("ok\n", mimetype="text/plain")


@pages.get("/readyz")
def ready() -> Response:
    """200 when the database answers and stands at the newest migration, else 503."""
    try:
        newest = is_newest(unit.session().connection())
    except SQLAlchemyError:
        return Response("database unreachable\n", 503, mimetype="text/plain")
    if not newest:
        return Response("database needs: portal db upgrade\n", 503, mimetype="text/plain")
    return Response("ready\n", mimetype="text/plain")
