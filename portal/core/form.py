"""The residents' form as data: an edition is its questions, their options, points and weights (scoring.md, mass 1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from fractions import Fraction
from hashlib import sha256
from typing import Any

from portal.core.book import VillageKind
from portal.core.days import Span
from portal.core.exact import weighted_mean

Answers = tuple[tuple[str, str], ...]  # (question key, option key), in the form's order


@dataclass(frozen=True, slots=True)
class Option:
    """One answer; `points` is None where it says nothing about the team (不清楚, 没反映过, 没接触过)."""

    key: str
    words: str
    points: int | None


@dataclass(frozen=True, slots=True)
class Question:
    """`column` is its short name in sheets, `text` what a resident reads; `{who}` becomes the linking cadres."""

    key: str
    column: str
    text: str
    weight: int
    options: tuple[Option, ...]
    required: bool = False

    def option(self, key: str) -> Option | None:
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class Edition:
    """A form as residents meet it; once a rating names it, it never changes."""

    key: str
    questions: tuple[Question, ...]

    def question(self, key: str) -> Question | None:
        return next((question for question in self.questions if question.key == key), None)

    def canonical(self, answers: Mapping[str, str]) -> Answers:
        """The answers in the form's order: the one spelling under which equal ratings are counted together."""
        return tuple((q.key, answers[q.key]) for q in self.questions if answers.get(q.key))

    def value(self, answers: Answers) -> Fraction | None:
        """x: the weighted mean of the answered options' points, 0–100; None when none of them has points."""
        parts: list[tuple[Fraction, Fraction | None]] = []
        for key, chosen in answers:
            question = self.question(key)
            option = question.option(chosen) if question else None
            if question is None or option is None:
                raise ValueError(f"edition {self.key} has no answer {key}={chosen}")
            points = None if option.points is None else Fraction(option.points)
            parts.append((Fraction(question.weight), points))
        return weighted_mean(parts)


def kind_of_township(name: str) -> str:
    """街道, 乡 or 镇, as its name ends."""
    return next((kind for kind in ("街道", "乡") if name.endswith(kind)), "镇")


def authority(county: str, township: str) -> str:
    """Who asks: a 镇 or 乡 has a government, a 街道 is an office of the county's."""
    return county + township + ("办事处" if kind_of_township(township) == "街道" else "人民政府")


def linking_cadres(kind: VillageKind, township: str) -> str:
    """Whom a resident rates, in the resident's words: 镇里的联村干部, in a 社区 or a 街道 accordingly."""
    return f"{kind_of_township(township)}里" + (
        "的联社区干部" if kind is VillageKind.COMMUNITY else "的联村干部"
    )


def wording(question: Question, kind: VillageKind, township: str) -> str:
    """The question as it stands on the form of a village (or community) of this township."""
    return question.text.format(**called(kind, township))


def called(kind: VillageKind, township: str) -> dict[str, str]:
    """What stands for {who}, {whom} and {place} of a question in a village (or community) of this township."""
    community = kind is VillageKind.COMMUNITY
    return {
        "who": linking_cadres(kind, township),
        "whom": "联社区干部" if community else "联村干部",
        "place": "社区" if community else "村里",
    }


STANDARD = Edition(
    key="standard-1",
    questions=(
        Question(
            "visited",
            "走访",
            "最近三个月，{who}到{place}或您家来过吗？",
            20,
            (Option("yes", "来过", 100), Option("no", "没来过", 0), Option("unsure", "不清楚", None)),
        ),
        Question(
            "contact",
            "联系",
            "有事的时候，您知道找哪位{whom}吗？",
            10,
            (Option("yes", "知道", 100), Option("no", "不知道", 0)),
        ),
        Question(
            "solved",
            "办事",
            "您反映过的事，办得怎么样？",
            30,
            (
                Option("done", "办好了", 100),
                Option("doing", "正在办", 60),
                Option("ignored", "没人管", 0),
                Option("none", "没反映过", None),
            ),
        ),
        Question(
            "overall",
            "总体",
            "总的来说，您对{whom}的工作满意吗？",
            40,
            (
                Option("5", "非常满意", 100),
                Option("4", "满意", 85),
                Option("3", "基本满意", 70),
                Option("2", "不满意", 40),
                Option("1", "非常不满意", 0),
                Option("unknown", "没接触过", None),
            ),
            required=True,
        ),
    ),
)

LEVEL_POINTS: Mapping[int, Fraction] = {
    5: Fraction(100),
    4: Fraction(85),
    3: Fraction(70),
    2: Fraction(40),
    1: Fraction(0),
}


def to_json(edition: Edition) -> dict[str, Any]:
    return asdict(edition)


def from_json(stored: Mapping[str, Any]) -> Edition:
    """The edition that `to_json` wrote."""
    questions = (
        Question(**{**question, "options": tuple(Option(**option) for option in question["options"])})
        for question in stored["questions"]
    )
    return Edition(stored["key"], tuple(questions))


OWN_PREFIX, DIGEST_LENGTH = "own-", 10


def own_edition(questions: tuple[Question, ...]) -> Edition:
    """The edition of these questions. Its key is a digest of all that it says: equal forms are one edition."""
    content = json.dumps([asdict(question) for question in questions], ensure_ascii=False, sort_keys=True)
    return Edition(OWN_PREFIX + sha256(content.encode()).hexdigest()[:DIGEST_LENGTH], questions)


def title(key: str) -> str:
    """How a form is called on pages and in files."""
    return "标准问卷" if key == STANDARD.key else f"自定问卷{key.removeprefix(OWN_PREFIX)}"


@dataclass(frozen=True, slots=True)
class InForce:
    """A township's editions by key, and which one a day has: its period's, else the standard form.

    `periods` holds the periods that were given an edition of their own, with its key.
    """

    editions: Mapping[str, Edition]
    periods: tuple[tuple[Span, str], ...] = ()

    def on(self, day: date) -> Edition:
        """The edition that residents meet on a day."""
        key = next((key for span, key in self.periods if day in span), STANDARD.key)
        return self.editions[key]


STANDARD_ALWAYS = InForce({STANDARD.key: STANDARD})


def answers_text(answers: Answers) -> str:
    """Answers as one line of text: visited=yes overall=5."""
    return " ".join(f"{question}={option}" for question, option in answers)


def answers_of(text: str) -> Answers:
    """The answers that `answers_text` wrote."""
    pairs = (answer.partition("=") for answer in text.split())
    return tuple((question, option) for question, _, option in pairs)
