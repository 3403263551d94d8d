"""The list of places that a new township is proposed."""

from __future__ import annotations

from portal import divisions
from tests.conftest import tashi_book


def test_a_township_is_known_by_its_code() -> None:
    found = divisions.township("330825111")
    assert found is not None
    assert (found.name, found.county, found.county_code) == ("塔石镇", "龙游县", "330825")


def test_its_places_are_those_of_the_real_year() -> None:
    found = divisions.township("330825111")
    assert found is not None
    codes = {place.code for place in found.places}
    assert {village.code for village in tashi_book().villages} <= codes
    assert [place.code for place in found.places] == sorted(codes)
    assert {place.kind for place in found.places} <= {"村", "社区"}


def test_an_unknown_code_is_nothing() -> None:
    assert divisions.township("000000000") is None
