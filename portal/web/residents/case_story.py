"""What was said and done with a request, as its author reads it: in order, and never more than a weak network carries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portal.core.form import kind_of_township
from portal.store.resident_cases import Told
from portal.store.residents import Case, Outcome, StepKind, Verdict
from portal.web.case_words import VERDICTS, when

OWN = "own"
SHORT = 30  # characters that every part shows at least
ROOM = 600  # characters more that the parts of one page share
STEPS = 5  # the newest steps, on a page; earlier ones are a page further
RESULTS = {
    Outcome.SOLVED: "办好了",
    Outcome.ANSWERED: "答复了，还没有解决",
    Outcome.EXPLAINED: "作了解释说明",
    Outcome.PASSED_ON: "转到 12345 或信访",
}


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that was said or done. `cut` says that not all of its words are here; `key` asks for the rest."""

    key: str
    head: str
    at: str
    words: str
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Story:
    """The author's own words, then the steps of one page in order; `earlier` counts those of the pages before."""

    own: Part
    steps: tuple[Part, ...]
    earlier: int

    @property
    def parts(self) -> tuple[Part, ...]:
        return (self.own, *self.steps)


def story(case: Case, township: str, steps: Sequence[Told], now: datetime, asked: str, page: int) -> Story:
    """The story's `page` (1 is the newest); of what is long `asked` comes first, then the newest, then the own words."""
    own = Part(OWN, "您说的", when(case.opened_at, now), case.words or "（没有写，只留了电话）")
    told = list(_steps(case, f"{kind_of_township(township)}里", steps, now))
    last = max(1, -(-len(told) // STEPS))
    end = len(told) - (min(max(page, 1), last) - 1) * STEPS
    shown = told[max(0, end - STEPS) : end]
    newest = [part.key for part in reversed(shown)]
    fitted = _fitted([own, *shown], [asked, *newest[:1], OWN, *newest[1:]])
    return Story(fitted[0], tuple(fitted[1:]), max(0, end - STEPS))


def _fitted(parts: Sequence[Part], order: Sequence[str]) -> list[Part]:
    """The parts, whole as far as there is room for them; the first long one that comes in order is always whole."""
    length = {part.key: len(part.words) for part in parts if len(part.words) > SHORT}
    whole: set[str] = set()
    room = ROOM
    for key in dict.fromkeys(key for key in order if key in length):
        if not whole or length[key] <= room:
            whole.add(key)
            room -= length[key]
    return [
        replace(part, words=part.words[:SHORT] + "……", cut=True)
        if part.key in length and part.key not in whole
        else part
        for part in parts
    ]


def _steps(case: Case, who: str, steps: Sequence[Told], now: datetime) -> Iterator[Part]:
    """The steps that its author is told of; of looks at the contact the last one."""
    finished, heard, seen = (
        max((step.id for step in steps if step.kind is kind), default=0)
        for kind in (StepKind.FINISHED, StepKind.HEARD, StepKind.CONTACT_SEEN)
    )
    for step in steps:
        head = ""
        if step.kind is StepKind.ANSWERED:
            head = f"{who}答复"
        elif step.kind is StepKind.FINISHED:
            outcome = case.outcome if step.id == finished else None
            head = f"办完了：{RESULTS[outcome]}" if outcome else "办完了"
        elif step.kind is StepKind.HEARD:
            # all but the last were denials: nothing else takes a request up again
            verdict = case.verdict if step.id == heard and case.verdict else Verdict.UNSOLVED
            head = f"您说{VERDICTS[verdict.value]}"
        elif step.id == seen:
            head = f"{who}看了您的电话，好联系您"
        if head:
            yield Part(str(step.id), head, when(step.at, now), step.words)
