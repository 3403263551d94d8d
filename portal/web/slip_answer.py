"""An answer that is a sheet of one-time slips: made before anything is written, shown once."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote

from flask import Response, url_for

from portal.actions import one_time
from portal.actions.one_time import OneTime
from portal.demo import NOTICE
from portal.files.slips import Sheet, Slip, make_slips
from portal.web import unit


def make_passwords(number: int) -> list[OneTime]:
    """New one-time passwords; slow, so ask for them before the request's session is opened."""
    return [one_time.make_one_time(unit.fixtures().hasher) for _ in range(number)]


def slips_document(township: str, slips: Sequence[Slip]) -> bytes:
    """The PDF of these slips, good from now on."""
    settings = unit.fixtures().settings
    address = settings.base_url + url_for("login.form")
    notice = NOTICE if settings.demo else ""
    return make_slips(slips, Sheet(township, address, one_time.last_day(unit.now()), notice))


def slips_answer(document: bytes, name: str) -> Response:
    """The PDF to keep, under a name such as 塔石镇账号纸条."""
    disposition = f"attachment; filename=slips.pdf; filename*=UTF-8''{quote(name)}.pdf"
    return Response(document, mimetype="application/pdf", headers={"Content-Disposition": disposition})
