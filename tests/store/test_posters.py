"""What the store writes and counts of scans, on each engine."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.store import posters
from portal.store.organisation import Poster
from tests.store.rows import Ground

DAY = date(2026, 5, 20)


@pytest.fixture
def poster(ground: Ground) -> Poster:
    row = Poster(township_id=ground.township, village_id=ground.village, token="ABC234", issued_on=DAY)
    ground.add(row)
    return row


def test_the_last_day_stays_whichever_process_writes_last(ground: Ground, poster: Poster) -> None:
    for day, stands in ((DAY, DAY), (DAY - timedelta(days=1), DAY), (DAY + timedelta(days=1),) * 2):
        posters.write_scanned(ground.session, [poster.id], day)
        ground.session.refresh(poster)
        assert poster.scanned_on == stands


def test_only_what_is_news_is_named(ground: Ground, poster: Poster) -> None:
    assert posters.not_known_as_scanned(ground.session, [poster.id], DAY) == [poster.id]
    posters.write_scanned(ground.session, [poster.id], DAY)
    assert posters.not_known_as_scanned(ground.session, [poster.id], DAY) == []
    assert posters.not_known_as_scanned(ground.session, [poster.id], DAY + timedelta(days=1)) == [poster.id]


def test_a_quiet_poster_is_counted_until_it_is_scanned_or_retired(ground: Ground, poster: Poster) -> None:
    later = DAY + timedelta(days=14)
    own = ground.township
    assert posters.quiet(ground.session, own, later - timedelta(days=1)) == 0
    assert posters.quiet(ground.session, own, later) == 1
    poster.retired_on = later
    ground.session.flush()
    assert posters.quiet(ground.session, own, later) == 0
    poster.retired_on = None
    posters.write_scanned(ground.session, [poster.id], DAY + timedelta(days=1))
    assert posters.quiet(ground.session, own, later) == 0
