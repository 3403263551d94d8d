"""Results: exact at once for the operator; for pages released voices only, and only as of stations."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from portal.actions.results import TownshipResult, exact_results, shown_results
from portal.core.periods import NoSuchPeriod
from portal.core.score import BeforePeriod
from portal.store import townships
from portal.store.engine import Database
from tests.actions.making import LAST_YEAR, bring, rating, send, voices
from tests.conftest import NOON
from tests.files.typed_workbook import book

TODAY = date(2026, 11, 22)


def shown(
    database: Database, period: str | None = None, station: date | None = None, now: datetime = NOON
) -> TownshipResult:
    with database.reading() as session:
        township = townships.by_code(session, "330825111")
        assert township is not None
        return shown_results(session, township, period, station, now)


def exact(
    database: Database, period: str | None = None, as_of: date | None = None, now: datetime = NOON
) -> TownshipResult:
    with database.reading() as session:
        township = townships.by_code(session, "330825111")
        assert township is not None
        return exact_results(session, township, period, as_of, now)


def crowd(database: Database, size: int, time: str, level: str = "5") -> None:
    send(database, *[rating(level, f"{time}-{number}", time) for number in range(size)])


def test_the_operator_sees_a_voice_at_once_and_a_page_does_not(small: Database) -> None:
    crowd(small, 1, "2026-11-22 09:00:00")
    assert voices(exact(small).result) == {"5": 1}
    assert voices(shown(small).result) == {}


def test_a_full_batch_is_shown_once_the_next_one_is_full(small: Database) -> None:
    crowd(small, 5, "2026-11-01 09:00:00")
    assert voices(shown(small).result) == {}
    crowd(small, 4, "2026-11-10 09:00:00", "3")
    assert voices(shown(small).result) == {}
    crowd(small, 1, "2026-11-12 09:00:00", "1")
    assert voices(shown(small).result) == {"5": 5}
    assert voices(exact(small).result) == {"5": 5, "3": 4, "1": 1}


def test_what_remains_is_shown_at_the_quarters_close(small: Database) -> None:
    crowd(small, 1, "2026-09-30 23:00:00")
    before, after = (datetime(2026, 9, 30, hour, tzinfo=UTC) for hour in (21, 22))
    assert voices(shown(small, now=before).result) == {}
    assert voices(shown(small, now=after).result) == {"5": 1}


def test_pages_show_ended_quarters_and_today(small: Database) -> None:
    stations = [date(2026, 3, 31), date(2026, 6, 30), date(2026, 9, 30), TODAY]
    assert [shown(small, station=day).result.as_of for day in stations] == stations
    assert shown(small).result.as_of == TODAY


@pytest.mark.parametrize(
    "day", [date(2026, 11, 21), date(2026, 12, 31), date(2026, 5, 20), date(2025, 12, 31)]
)
def test_pages_show_no_other_day(small: Database, day: date) -> None:
    with pytest.raises(NoSuchPeriod):
        shown(small, station=day)
    assert exact(small, as_of=day).result if day.year == 2026 else True


def test_a_period_that_has_not_begun_has_nothing_to_show(small: Database) -> None:
    with pytest.raises(NoSuchPeriod):
        shown(small, now=datetime(2025, 12, 31, 15, 59, tzinfo=UTC))
    assert shown(small, now=datetime(2025, 12, 31, 16, tzinfo=UTC)).result.as_of == date(2026, 1, 1)


def test_today_ends_at_midnight_in_shanghai(small: Database) -> None:
    assert exact(small, now=datetime(2026, 11, 22, 15, 59, tzinfo=UTC)).result.as_of == TODAY
    assert exact(small, now=datetime(2026, 11, 22, 16, tzinfo=UTC)).result.as_of == date(2026, 11, 23)


def test_a_period_goes_by_its_name_or_by_the_day(small: Database) -> None:
    bring(small, book(**LAST_YEAR))
    assert exact(small).period.name == shown(small).period.name == "2026年度"
    assert exact(small, as_of=date(2025, 5, 5)).period.name == "2025年度"
    assert exact(small, "2025年度").result.as_of == date(2025, 12, 31)
    assert shown(small, "2025年度").result.as_of == date(2025, 12, 31)
    assert shown(small, "2025年度", date(2025, 6, 30)).result.as_of == date(2025, 6, 30)


def test_a_day_after_the_period_means_its_last(small: Database) -> None:
    assert exact(small, as_of=date(2027, 3, 1)).result.as_of == date(2026, 12, 31)


def test_a_day_before_the_period_is_refused(small: Database) -> None:
    with pytest.raises(BeforePeriod):
        exact(small, "2026年度", date(2025, 12, 31))
    with pytest.raises(NoSuchPeriod):
        exact(small, as_of=date(2025, 12, 31))


@pytest.mark.parametrize("name", ["2027年度", ""])
def test_an_unknown_period_is_refused(small: Database, name: str) -> None:
    with pytest.raises(NoSuchPeriod):
        exact(small, name)
    with pytest.raises(NoSuchPeriod):
        shown(small, name)


def test_voices_of_the_days_before_a_period_do_not_count(small: Database) -> None:
    send(small, rating("1", time="2025-12-31 23:59:59"), rating("5", time="2026-01-01 00:00:00"))
    assert voices(exact(small).result) == {"5": 1}
