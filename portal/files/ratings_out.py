"""ratings.csv written: the same columns that an import reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.book import Way
from portal.core.form import Answers, Edition
from portal.files.sheets import WAYS
from portal.files.text_cells import safe_text

WAY_WORDS = {way: word for word, way in WAYS.items()}


@dataclass(frozen=True, slots=True)
class RatingLine:
    """A rating to be written; `standing` is a word of the column 状态, None where that column is not wanted."""

    village: str
    respondent: str
    way: Way
    day: date
    answers: Answers
    comment: str
    standing: str | None = None


def ratings_csv(lines: Iterable[RatingLine], editions: Mapping[str, Edition], with_standing: bool) -> bytes:
    """UTF-8 with BOM; options in words, the time as the day, no cell beginning like a formula."""
    questions = {question.key: question for edition in editions.values() for question in edition.questions}
    out = io.StringIO()
    writer = csv.writer(out)
    head = [
        "村社代码",
        "评价人",
        "渠道",
        "时间",
        *(question.column for question in questions.values()),
        "意见",
    ]
    writer.writerow([*head, "状态"] if with_standing else head)
    for line in lines:
        chosen = dict(line.answers)
        words = [
            option.words if (option := question.option(chosen.get(key, ""))) else ""
            for key, question in questions.items()
        ]
        row = [line.village, line.respondent, WAY_WORDS[line.way], line.day.isoformat(), *words, line.comment]
        writer.writerow([safe_text(cell) for cell in ([*row, line.standing or ""] if with_standing else row)])
    return out.getvalue().encode("utf-8-sig")
