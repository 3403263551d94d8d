"""ratings.csv written: the same columns that an import reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.book import Way
from portal.core.form import Answers, Edition, InForce, title
from portal.core.form_catalogue import place_of
from portal.files.ratings_in import COMMENT, FORM, RESPONDENT, TIME, VILLAGE
from portal.files.ratings_in import WAY as WAY_COLUMN
from portal.files.sheets import WAYS
from portal.files.text_cells import safe_text

WAY_WORDS = {way: word for word, way in WAYS.items()}


@dataclass(frozen=True, slots=True)
class RatingLine:
    """A rating to be written, with the key of the form that it answered.

    `standing` is a word of the column 状态, None where that column is not wanted.
    """

    village: str
    respondent: str
    way: Way
    day: date
    edition: str
    answers: Answers
    comment: str
    standing: str | None = None


def ratings_csv(lines: Sequence[RatingLine], forms: InForce, today: date, with_standing: bool) -> bytes:
    """UTF-8 with BOM; options in words, the time as the day, no cell beginning like a formula.

    A column for each question of the forms that were answered (of today's where none was). The column 问卷 says which form
    it was where the day alone would not: there are several, or another one is in force on the day.
    """
    answered = dict.fromkeys(line.edition for line in lines) or [forms.on(today).key]
    columns = _columns([forms.editions[key] for key in answered])
    named = len(answered) > 1 or any(forms.on(line.day).key != line.edition for line in lines)
    out = io.StringIO()
    writer = csv.writer(out)
    tail = [FORM] * named + ["状态"] * with_standing
    writer.writerow([VILLAGE, RESPONDENT, WAY_COLUMN, TIME, *columns, COMMENT, *tail])
    for line in lines:
        told = _told(forms.editions[line.edition], line.answers)
        row = [line.village, line.respondent, WAY_WORDS[line.way], line.day.isoformat()]
        row += [*(told.get(column, "") for column in columns), line.comment]
        row += [title(line.edition)] * named + [line.standing or ""] * with_standing
        writer.writerow([safe_text(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _columns(editions: Sequence[Edition]) -> list[str]:
    """The questions of all these forms in the catalogue's order, each once."""
    questions = [question for edition in editions for question in edition.questions]
    return list(dict.fromkeys(q.column for q in sorted(questions, key=lambda q: place_of(q.key))))


def _told(edition: Edition, answers: Answers) -> dict[str, str]:
    """The words of the options that were chosen, by column."""
    chosen = dict(answers)
    return {
        question.column: option.words
        for question in edition.questions
        if (option := question.option(chosen.get(question.key, "")))
    }
