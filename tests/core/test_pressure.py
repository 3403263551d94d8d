"""How long the county keeps a telephone number, and what the pages call things."""

from datetime import date

import pytest

from portal.core.pressure import HAPPENING_WORDS, STAGE_WORDS, Happening, Stage, county_of, erased_on


@pytest.mark.parametrize(
    ("handled", "expected"),
    [
        (None, date(2026, 6, 30)),  # 180 days
        (date(2026, 1, 1), date(2026, 1, 31)),
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 6, 20), date(2026, 6, 30)),  # never longer than without
    ],
)
def test_a_number_goes_thirty_days_after_it_was_handled_and_after_half_a_year_at_most(
    handled: date | None, expected: date
) -> None:
    assert erased_on(date(2026, 1, 1), handled) == expected


def test_a_township_belongs_to_the_county_of_its_first_six_digits() -> None:
    assert county_of("330825111") == "330825"


def test_everything_has_words() -> None:
    assert set(HAPPENING_WORDS) == set(Happening)
    assert set(STAGE_WORDS) == set(Stage)
    assert len(set(STAGE_WORDS.values())) == len(Stage)
