"""Numbers and moments come back as they went in, on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import StatementError

from portal.store.appraisal import ModuleMark
from portal.store.residents import Case
from tests.store.rows import Ground

SHANGHAI = timezone(timedelta(hours=8))


def kept(ground: Ground, number: str) -> Decimal | None:
    ground.add(ground.mark(mark=Decimal(number)))
    ground.session.expire_all()
    return ground.session.scalar(select(ModuleMark.mark))


@pytest.mark.parametrize(
    "number",
    ["86.3333333333333", "0.1", "0.30000000000000004", "33.3333333333333333333333333333333333333"],
)
def test_a_number_is_kept_to_the_last_digit(ground: Ground, number: str) -> None:
    assert kept(ground, number) == Decimal(number)


@pytest.mark.parametrize("number", ["0", "-0", "0.00", "1E+2", "100", "85.50", "10"])
def test_a_number_is_equal_however_it_is_spelt(ground: Ground, number: str) -> None:
    found = kept(ground, number)
    assert found is not None
    assert found.compare(Decimal(number)) == 0


def test_no_number_stays_none_and_never_0(ground: Ground) -> None:
    ground.add(ground.mark(mark=None))
    ground.session.expire_all()
    assert ground.session.execute(select(ModuleMark.mark)).scalar_one() is None


def test_a_number_is_spelt_one_way_in_the_table(ground: Ground) -> None:
    """SQLite keeps its text: 85.50 and 85.5 are the same mark, also to somebody who looks at the file."""
    if ground.session.get_bind().dialect.name != "sqlite":
        return
    for number, spelt in (("85.50", "85.5"), ("1E+2", "100"), ("-0", "0"), ("0.10", "0.1"), ("0", "0")):
        ground.session.execute(text("DELETE FROM module_mark"))
        ground.add(ground.mark(mark=Decimal(number)))
        assert ground.session.execute(text("SELECT mark FROM module_mark")).scalar() == spelt


@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 5, 20, 23, 59, 59, tzinfo=UTC),
        datetime(2026, 5, 21, 7, 59, 59, tzinfo=SHANGHAI),
    ],
)
def test_a_moment_comes_back_in_utc(ground: Ground, moment: datetime) -> None:
    ground.add(ground.case(opened_at=moment))
    ground.session.expire_all()
    found = ground.session.scalars(select(Case.opened_at)).one()
    assert (found, found.tzinfo) == (datetime(2026, 5, 20, 23, 59, 59, tzinfo=UTC), UTC)


def test_a_moment_without_a_time_zone_is_refused(ground: Ground) -> None:
    with pytest.raises(StatementError, match="time zone"):
        ground.add(ground.case(opened_at=datetime(2026, 5, 20, 8)))


def test_a_moment_is_found_by_the_same_moment_of_another_zone(ground: Ground) -> None:
    ground.add(ground.case(opened_at=datetime(2026, 5, 21, 8, tzinfo=SHANGHAI)))
    utc = datetime(2026, 5, 21, tzinfo=UTC)
    assert ground.session.scalars(select(Case.opened_at).where(Case.opened_at == utc)).all() == [utc]
