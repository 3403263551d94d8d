"""What residents do in tests: open a form, send it; and a look at what was stored."""

from __future__ import annotations

import re

from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from portal.core.book import Way
from portal.store.engine import Database
from portal.store.ledger import LedgerEntry
from portal.store.organisation import Township
from portal.store.residents import Rating
from tests.web.client import hidden
from tests.web.filling import STREET_CODE

OPINION = {"q_visited": "yes", "q_contact": "no", "q_solved": "none", "q_overall": "4"}
OPINION_TEXT = "visited=yes contact=no solved=none overall=4"
CHECKED = re.compile(r'id="(\w+)-(\w+)" name="q_\w+" value="\w+" checked')


def open_form(client: FlaskClient, path: str) -> str:
    """Open the form and give its one-time key."""
    response = client.get(path)
    assert response.status_code == 200
    return hidden(response.get_data(as_text=True), "key")


def send(client: FlaskClient, path: str, key: str | None = None, **changes: str) -> TestResponse:
    """Send the form: the usual opinion, with changes ('' leaves a question out); a new page's key unless given."""
    answers = {name: value for name, value in {**OPINION, **changes}.items() if value}
    return client.post(path, data={**answers, "key": open_form(client, path) if key is None else key})


def chosen(page: str) -> dict[str, str]:
    """The answers that are selected on a page."""
    return dict(CHECKED.findall(page))


def stored(database: Database) -> list[Rating]:
    """What residents of the street sent, those that still count last; what it was filled with came on paper."""
    with database.reading() as session:
        rows = session.scalars(
            select(Rating)
            .join(Township, Township.id == Rating.township_id)
            .where(Township.code == STREET_CODE, Rating.way == Way.ANONYMOUS)
            .order_by(Rating.day, Rating.replaced_on.is_(None))
        )
        return list(rows)


def received(database: Database) -> list[LedgerEntry]:
    """The ledger's entries of ratings that residents sent."""
    with database.reading() as session:
        return list(session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "rating.received")))
