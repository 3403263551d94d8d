"""A township's own form as a flat sheet of fields: which questions of the catalogue, how worded, what each answer is worth.

Values are texts as people type them. A wording is typed as it stands on the form of a village: where it says 镇里的联村干部,
联村干部 or 村里, the form of a community says its own words (联社区干部, 社区). 总体 is always asked, in its own words: its five
levels are the same everywhere, and so the townships' answers stay comparable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from portal.core.book import VillageKind
from portal.core.form import STANDARD, Edition, Option, Question, called, own_edition, wording
from portal.core.form_catalogue import CATALOGUE, OVERALL

FEWEST, MOST = 2, 6  # questions of a form, 总体 among them
LONGEST_TEXT = 40
HEAVIEST, MOST_POINTS = 100, 100
WHOLE = re.compile(r"\d{1,4}")
FULL_WIDTH = str.maketrans("０１２３４５６７８９", "0123456789")
ASKED = "y"


class Part(StrEnum):
    """What a field says of its question."""

    USE = "use"  # whether it is asked
    TEXT = "text"  # how it is asked
    WEIGHT = "weight"
    POINTS = "points"  # of one option


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that can be chosen; `label` names it together with its question, `option` is set for points."""

    part: Part
    question: Question
    option: Option | None = None

    @property
    def key(self) -> str:
        own = "" if self.option is None else f"_{self.option.key}"
        return f"{self.part.value}_{self.question.key}{own}"

    @property
    def label(self) -> str:
        words = {Part.USE: "问不问这一题", Part.TEXT: "问法", Part.WEIGHT: "权重"}
        own = f"“{self.option.words}”的分" if self.option else words[self.part]
        return f"{self.question.column}：{own}"


@dataclass(frozen=True, slots=True)
class Line:
    """One question of a form in words: its wording in a village, its weight, and its options with their points."""

    key: str
    column: str
    text: str
    weight: int
    options: tuple[tuple[str, int | None], ...]

    @property
    def words(self) -> str:
        points = "、".join(
            f"{words} {'不计分' if points is None else points}" for words, points in self.options
        )
        return f"{self.text}（权重 {self.weight}）{points}"


def fields_of(question: Question) -> tuple[Field, ...]:
    """The fields of one question of the catalogue; 总体 is always asked, and as it stands."""
    own = [Field(Part.POINTS, question, option) for option in question.options if option.points is not None]
    weight = Field(Part.WEIGHT, question)
    if question.key == OVERALL.key:
        return (weight, *own)
    return (Field(Part.USE, question), Field(Part.TEXT, question), weight, *own)


def fields() -> tuple[Field, ...]:
    """Every field in the order of the page."""
    return tuple(field for question in CATALOGUE for field in fields_of(question))


def typed_of(edition: Edition, township: str) -> dict[str, str]:
    """The edition as it would be typed, by key of the field; what is not asked stands as the catalogue has it."""
    values: dict[str, str] = {}
    for known in CATALOGUE:
        asked = edition.question(known.key)
        for field in fields_of(known):
            values[field.key] = _value(field, asked or known, township, asked is not None)
    return values


def seen_of(edition: Edition, township: str) -> dict[str, str]:
    """What two people on one form are held against each other by: what is asked, and how."""
    asked = {question.key for question in edition.questions}
    typed = typed_of(edition, township)
    return {
        field.key: typed[field.key]
        for field in fields()
        if field.part is Part.USE or field.question.key in asked
    }


def read(typed: Mapping[str, str], township: str) -> tuple[Edition | None, dict[str, str]]:
    """The edition that was typed (the standard one where it says the same), or a sentence for each field that is wrong."""
    asked = [
        known for known in CATALOGUE if known.key == OVERALL.key or typed.get(_key(Part.USE, known)) == ASKED
    ]
    faults: dict[str, str] = {}
    if not FEWEST <= len(asked) <= MOST:
        what = "请再选一题" if len(asked) < FEWEST else "请去掉几题"
        faults[_key(Part.USE, CATALOGUE[0])] = (
            f"一份问卷 {FEWEST}–{MOST} 题，连“总体”在内，现在是 {len(asked)} 题，{what}。"
        )
    questions: list[Question] = []
    for known in asked:
        own = {field.key: typed.get(field.key, "").strip() for field in fields_of(known)}
        found = dict(_faults(known, own)) | _said_before(known, own, questions, township)
        faults |= found
        if not found:
            questions.append(_question(known, own, township))
    if faults:
        return None, faults
    return (STANDARD if tuple(questions) == STANDARD.questions else own_edition(tuple(questions))), {}


def lines(edition: Edition, township: str) -> tuple[Line, ...]:
    """The form question by question, as people read it."""
    return tuple(
        Line(
            question.key,
            question.column,
            wording(question, VillageKind.VILLAGE, township),
            question.weight,
            tuple((option.words, option.points) for option in question.options),
        )
        for question in edition.questions
    )


def _value(field: Field, question: Question, township: str, asked: bool) -> str:
    if field.part is Part.USE:
        return ASKED if asked else ""
    if field.part is Part.TEXT:
        return wording(question, VillageKind.VILLAGE, township)
    if field.part is Part.WEIGHT:
        return str(question.weight)
    option = question.option(field.option.key if field.option else "")
    return "" if option is None or option.points is None else str(option.points)


def _key(part: Part, question: Question) -> str:
    return Field(part, question).key


def _faults(known: Question, own: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with one question, field by field."""
    for field in fields_of(known):
        fault = _fault(field, own[field.key])
        if fault:
            yield field.key, f"{field.label}{fault}"
    worth = [
        (field, option, number)
        for field in fields_of(known)
        if (option := field.option) and (number := _within(own[field.key], 0, MOST_POINTS)) is not None
    ]
    if len(worth) == sum(option.points is not None for option in known.options):
        yield from _together(known, worth)


def _said_before(
    known: Question, own: Mapping[str, str], questions: Sequence[Question], township: str
) -> dict[str, str]:
    """Nobody is asked the same twice."""
    key = _key(Part.TEXT, known)
    words = _open(own.get(key, known.text), township)
    same = next((question.column for question in questions if question.text == words), "")
    return {key: f"{known.column}：问法和“{same}”一样，一句话只问一次。"} if same else {}


def _fault(field: Field, text: str) -> str:
    """What is wrong with one field for itself, '' where nothing is."""
    if field.part is Part.TEXT:
        return _wording_fault(text)
    low, high = (1, HEAVIEST) if field.part is Part.WEIGHT else (0, MOST_POINTS)
    if field.part is Part.USE or _within(text, low, high) is not None:
        return ""
    return f"要填 {low}–{high} 的整数，" + (f"“{text[:20]}”不行。" if text else "现在是空的。")


def _together(known: Question, worth: Sequence[tuple[Field, Option, int]]) -> Iterator[tuple[str, str]]:
    """Best first: no option is worth more than the one above it, and not all are worth the same."""
    for (_, better, before), (field, option, number) in pairwise(worth):
        if number > before:
            words = f"“{option.words}”的 {number} 分不能比“{better.words}”的 {before} 分高"
            yield field.key, f"{known.column}：选项从好到差排，{words}。"
            return
    if len({number for _, _, number in worth}) < 2:
        yield worth[0][0].key, f"{known.column}：各个选项不能都是一样的分，那样分不出好坏。"


def _wording_fault(text: str) -> str:
    if not text:
        return "不能空着。"
    if len(text) > LONGEST_TEXT:
        return f"最多 {LONGEST_TEXT} 个字，现在有 {len(text)} 个。"
    if not text.isprintable() or set("{}") & set(text):
        return "只能写普通的文字，不能有换行、花括号和看不见的字符。"
    if len(re.findall("[?？]", text)) > 1:
        return "一题只问一件事，只能有一个问号。"
    return ""


def _within(text: str, low: int, high: int) -> int | None:
    """The whole number that was typed; None where there is none within the bounds."""
    digits = text.translate(FULL_WIDTH)
    return int(digits) if WHOLE.fullmatch(digits) and low <= int(digits) <= high else None


def _question(known: Question, own: Mapping[str, str], township: str) -> Question:
    """The catalogue's question with the wording, the weight and the points that were typed."""

    def points(option: Option) -> int | None:
        return _within(own.get(Field(Part.POINTS, known, option).key, ""), 0, MOST_POINTS)

    typed = own.get(_key(Part.TEXT, known))
    return replace(
        known,
        text=known.text if typed is None else _open(typed, township),
        weight=_within(own[_key(Part.WEIGHT, known)], 1, HEAVIEST) or 0,
        options=tuple(replace(option, points=points(option)) for option in known.options),
    )


def _open(text: str, township: str) -> str:
    """A typed wording with places to fill in, where a community says it in other words than a village."""
    for name, words in called(VillageKind.VILLAGE, township).items():
        text = text.replace(words, f"{{{name}}}")
    return text
