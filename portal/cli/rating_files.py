"""Files of ratings as the command line reads and writes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from portal.core import form
from portal.core.book import RatingRow, Way
from portal.core.days import quarter_of
from portal.files.faults import UnreadableFile, fault_line
from portal.files.ratings_in import read_ratings
from portal.files.ratings_out import RatingLine
from portal.ready import refuse
from portal.store import ratings as stored_ratings
from portal.store.residents import Standing

STANDING_WORDS = {Standing.COUNTED: "计入", Standing.DOUBTED: "待核", Standing.SET_ASIDE: "不计"}


def read_rating_rows(file: Path, villages: dict[str, int], forms: form.InForce) -> tuple[RatingRow, ...]:
    """The rows of a ratings.csv. Refuses, with each fault on a line, one that is wrong anywhere."""
    try:
        reading = read_ratings(file, villages, forms)
    except UnreadableFile as refusal:
        refuse(str(refusal))
    if reading.faults:
        refuse(*(fault_line(fault) for fault in reading.faults), "有错，什么也没有导入。")
    return reading.rows


def rating_lines(
    stored: Sequence[stored_ratings.StoredRating], everything: bool, today: date
) -> list[RatingLine]:
    """What an export shows: pseudonyms of the open quarter only, nothing that leads from one quarter to another."""
    open_quarter = quarter_of(today)
    return [
        RatingLine(
            village=rating.village,
            respondent=rating.voice[:12] if quarter_of(rating.day) == open_quarter else "",
            way=Way(rating.way),
            day=rating.day,
            edition=rating.edition,
            answers=rating.answers,
            comment=rating.comment,
            standing=STANDING_WORDS[rating.standing if rating.is_voice else Standing.SET_ASIDE],
        )
        for rating in stored
        if everything or (rating.is_voice and rating.standing is not Standing.SET_ASIDE)
    ]
