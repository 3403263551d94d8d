"""What a township's score is made of: the scorer's whole input, as plain values with the field's keys.

Keys: a cadre is a 工号, a village a 村社代码; posts, modules, teams and task forces go by name. Marks, weights and
factors are exact fractions.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from fractions import Fraction

from portal.core.book import MarkKind, Way
from portal.core.days import Quarter, Span
from portal.core.form import STANDARD, Answers, Edition


@dataclass(frozen=True, slots=True)
class Holding:
    """A cadre holds a post (main or 兼岗) on these days."""

    post: str
    span: Span


@dataclass(frozen=True, slots=True)
class ModuleStay:
    """A cadre belongs to a module on these days."""

    module: str
    span: Span


@dataclass(frozen=True, slots=True)
class Task:
    """A task of a cadre in a post; `mark` 0–100 or None."""

    post: str
    name: str
    weight: Fraction
    mark: Fraction | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A module mark, 0–100."""

    kind: MarkKind
    day: date
    mark: Fraction
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Bonus:
    """An approved bonus, 0–5."""

    task_force: str
    points: Fraction
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Membership:
    """A cadre belongs to a team on these days, with a contribution factor (the leader's is 1 already)."""

    team: str
    span: Span
    factor: Fraction


@dataclass(frozen=True, slots=True)
class Standing:
    """From `first` on a cadre belongs to this appraisal group, and is scored or not."""

    first: date
    group: str
    exempt: bool


@dataclass(frozen=True, slots=True)
class Absence:
    """Days of service that don't count; `kind` says why in one word of the code, such as maternity."""

    kind: str
    span: Span


@dataclass(frozen=True, slots=True)
class Cadre:
    """One person to be scored; `services` are the days of service that count, one stretch or more.

    `standings` say what he or she was from when on, in order; `group` and `exempt` are the last one's. `absences` are
    told in the explanation: `services` leave them out already.
    """

    number: str
    name: str
    group: str
    services: tuple[Span, ...]
    holdings: tuple[Holding, ...] = ()
    stays: tuple[ModuleStay, ...] = ()
    tasks: tuple[Task, ...] = ()
    marks: tuple[Mark, ...] = ()
    memberships: tuple[Membership, ...] = ()
    bonuses: tuple[Bonus, ...] = ()
    exempt: bool = False
    standings: tuple[Standing, ...] = ()
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Contest:
    """Points that a module won or lost on a day."""

    day: date
    name: str
    module: str
    points: Fraction


@dataclass(frozen=True, slots=True)
class Village:
    """A village; `later` says from which day on it has another number of households, in order of days."""

    code: str
    name: str
    households: int
    later: tuple[tuple[date, int], ...] = ()

    def parts(self, days: Span) -> tuple[tuple[int, int], ...]:
        """(households, days) of the days given, in order: one part for each number of households they saw."""
        counts: dict[int, int] = {}
        since, households = days.first, self.households
        for first, number in (*self.later, (days.last + timedelta(days=1), 0)):
            until = min(first, days.last + timedelta(days=1))
            if until > since:
                counts[households] = counts.get(households, 0) + (until - since).days
                since = until
            households = number
        return tuple(counts.items())


@dataclass(frozen=True, slots=True)
class Link:
    """A team links a village on these days."""

    team: str
    village: str
    span: Span


@dataclass(frozen=True, slots=True)
class GovernanceMark:
    """A team's mark for a named item; `mark` 0–100 or None."""

    team: str
    item: str
    weight: Fraction
    mark: Fraction | None


@dataclass(frozen=True, slots=True)
class Case:
    """A resident's request; times are naive and in Asia/Shanghai.

    `finished_at`, `confirmed` and `level` are those of the last time it was finished. `heard_at` is when the resident
    said so; without it (workbooks) both are known from `finished_at` on. One that was denied and taken up again has
    `reopened_at`, and `first_finished_at` for the time it was finished before.
    """

    number: str
    village: str
    opened_at: datetime
    answered_at: datetime | None = None
    finished_at: datetime | None = None
    confirmed: bool | None = None
    level: int | None = None
    not_counted: bool = False
    heard_at: datetime | None = None
    first_finished_at: datetime | None = None
    reopened_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VoiceCount:
    """`count` voices of one village and quarter, given while `team` (None: no team) linked the village, that came
    the same way and gave the same answers on the same edition."""

    village: str
    quarter: Quarter
    team: str | None
    way: Way
    edition: str
    answers: Answers
    count: int


@dataclass(frozen=True, slots=True)
class Facts:
    """A township and one appraisal period."""

    period: Span
    posts: Mapping[str, Fraction]  # coefficient by post
    cadres: tuple[Cadre, ...]
    teams: tuple[str, ...]  # in the order they were entered
    villages: tuple[Village, ...]
    links: tuple[Link, ...] = ()
    contests: tuple[Contest, ...] = ()
    governance: tuple[GovernanceMark, ...] = ()
    cases: tuple[Case, ...] = ()
    voices: tuple[VoiceCount, ...] = ()
    editions: Mapping[str, Edition] = field(default_factory=lambda: {STANDARD.key: STANDARD})
