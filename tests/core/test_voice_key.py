"""Keys that make one voice of one person, and name nobody."""

import re
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from portal.core.voice_key import submission_key, voice_key

SPRING, SUMMER = b"s" * 32, b"S" * 32
PARTS = st.lists(st.text(max_size=4), max_size=4)


def test_one_respondent_has_one_key_in_a_village_and_quarter() -> None:
    assert voice_key(SPRING, "330825111201", "p001") == voice_key(SPRING, "330825111201", "p001")


def test_nobody_can_be_followed_to_another_village_quarter_or_person() -> None:
    keys = [
        voice_key(SPRING, "330825111201", "p001"),
        voice_key(SUMMER, "330825111201", "p001"),
        voice_key(SPRING, "330825111202", "p001"),
        voice_key(SPRING, "330825111201", "p002"),
    ]
    assert all(one != other for one, other in combinations(keys, 2))


def test_a_key_is_forty_three_letters_that_need_no_escape() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", voice_key(SPRING, "330825111201", "张三"))
    assert "p001" not in voice_key(SPRING, "330825111201", "p001")


def test_village_and_respondent_do_not_run_into_each_other() -> None:
    assert voice_key(SPRING, "12", "3") != voice_key(SPRING, "1", "23")


def test_a_submission_is_no_voice() -> None:
    assert submission_key(SPRING, "330825111201", "p001") != voice_key(SPRING, "330825111201", "p001")


@given(PARTS, PARTS)
def test_two_submissions_are_the_same_only_if_all_their_parts_are(one: list[str], other: list[str]) -> None:
    assert (submission_key(SPRING, *one) == submission_key(SPRING, *other)) == (one == other)
