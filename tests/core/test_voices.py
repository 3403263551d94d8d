"""One resident, one voice a village and quarter: which ratings stand on a day, and for which team."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from portal.core.book import Way
from portal.core.days import Quarter, Span
from portal.core.facts import Link
from portal.core.form import STANDARD
from portal.core.voices import DailyCount, count_voices, stands, teams_by_day
from tests.core.making import SPRING, SUMMER, YEAR, day, days, link


def rated(
    on: str, replaced_on: str | None = None, level: str = "5", count: int = 1, way: Way = Way.WECHAT
) -> DailyCount:
    answers = (("overall", level),)
    gone = None if replaced_on is None else day(replaced_on)
    return DailyCount("甲村", day(on), gone, True, way, STANDARD.key, answers, count)


def counted(
    *daily: DailyCount, links: Sequence[Link] = (link(),), span: Span = YEAR
) -> list[tuple[Quarter, str | None, str, int]]:
    """Quarter, team, level and count of the voices that stand."""
    found = count_voices(daily, links, span)
    return [(voice.quarter, voice.team, voice.answers[0][1], voice.count) for voice in found]


def test_the_later_rating_of_a_quarter_takes_the_place_of_the_earlier() -> None:
    two = rated("02-01", "02-10", "5"), rated("02-10", None, "1")
    assert counted(*two) == [(SPRING, "一组", "1", 1)]


def test_the_earlier_rating_stands_until_the_day_before() -> None:
    two = rated("02-01", "02-10", "5"), rated("02-10", None, "1")
    assert counted(*two, span=days("01-01", "02-09")) == [(SPRING, "一组", "5", 1)]
    assert counted(*two, span=days("01-01", "02-10")) == [(SPRING, "一组", "1", 1)]


def test_of_two_ratings_of_one_day_the_replaced_one_never_stands() -> None:
    two = rated("02-01", "02-01", "5"), rated("02-01", None, "1")
    assert counted(*two, span=days("01-01", "02-01")) == [(SPRING, "一组", "1", 1)]


def test_a_voice_of_each_quarter_counts() -> None:
    told = counted(rated("03-31"), rated("04-01"))
    assert told == [(SPRING, "一组", "5", 1), (SUMMER, "一组", "5", 1)]


def test_a_voice_set_aside_does_not_count_and_no_older_one_comes_back() -> None:
    two = rated("02-01", "02-10", "5"), replace(rated("02-10", None, "1"), counts=False)
    assert counted(*two) == []


def test_ratings_before_the_first_or_after_the_last_day_do_not_count() -> None:
    three = rated("01-31"), rated("02-01", level="4"), rated("02-11", level="3")
    assert counted(*three, span=days("02-01", "02-10")) == [(SPRING, "一组", "4", 1)]


def test_a_voice_belongs_to_the_team_of_its_latest_ratings_day() -> None:
    links = link(span=days("01-01", "02-09")), link(team="二组", span=days("02-10", "12-31"))
    two = rated("02-01", "02-10", "5"), rated("02-10", None, "1")
    assert counted(*two, links=links) == [(SPRING, "二组", "1", 1)]
    assert counted(*two, links=links, span=days("01-01", "02-09")) == [(SPRING, "一组", "5", 1)]


def test_a_voice_of_a_day_without_a_team_is_kept_without_one() -> None:
    assert counted(rated("02-01"), links=(link(span=days("02-02", "12-31")),)) == [(SPRING, None, "5", 1)]


def test_voices_of_several_days_that_say_the_same_are_counted_together() -> None:
    told = counted(rated("02-01", count=3), rated("02-05", count=2), rated("02-05", way=Way.PAPER))
    assert told == [(SPRING, "一组", "5", 5), (SPRING, "一组", "5", 1)]


def test_pages_see_a_village_quarter_as_it_stood_on_the_day_released() -> None:
    two = rated("02-01", "02-10", "5"), rated("02-10", None, "1"), rated("05-01", None, "3")

    def cutoff(village: str, quarter: Quarter, _: str | None) -> date | None:
        return day("02-09") if (village, quarter) == ("甲村", SPRING) else None

    found = count_voices(two, (link(),), YEAR, cutoff)
    assert [(voice.quarter, voice.answers[0][1]) for voice in found] == [(SPRING, "5")]


def test_a_release_after_the_day_asked_for_shows_nothing_newer() -> None:
    two = rated("02-01"), rated("02-10", level="1")
    found = count_voices(two, (link(),), days("01-01", "02-05"), lambda *_: day("03-31"))
    assert [voice.answers[0][1] for voice in found] == ["5"]


def test_a_rating_stands_from_its_day_to_the_day_before_it_was_replaced() -> None:
    one = rated("02-01", "02-10")
    told = [stands(one, day(text)) for text in ("01-31", "02-01", "02-09", "02-10")]
    assert told == [False, True, True, False]


def test_the_team_of_a_day_is_the_one_whose_link_holds_it() -> None:
    team_on = teams_by_day(
        [link(span=days("01-01", "02-09")), link(team="二组", span=days("02-11", "12-31"))]
    )
    told = [team_on("甲村", day(text)) for text in ("02-09", "02-10", "02-11")]
    assert told == ["一组", None, "二组"]
    assert team_on("丁村", day("02-09")) is None
