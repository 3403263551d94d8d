"""Whatever people do in whatever order: the voices of every day, against the rules said once more without any chain.

The model keeps what happened, in order, and asks for each day anew who was heard last (scoring.md, mass 2;
docs/voices.md). It shares no code with what it judges.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import count

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.actions.ratings import SentForm, collect_rating, import_ratings
from portal.actions.withdrawing import Withdrawal, withdraw_rating
from portal.core import form
from portal.core.book import RatingRow, Way
from portal.core.days import Quarter, Span
from portal.core.person_keys import left_phone_key, paper_key, phone_key
from portal.core.release import release
from portal.core.voices import DailyCount, count_voices
from portal.store.engine import Database
from portal.store.organisation import Village
from portal.store.residents import Rating, Standing
from portal.store.scoring import daily_counts, load_links
from tests.conftest import operator
from tests.databases import SqliteMaker
from tests.store.rows import YEAR, Ground

BEGIN, HANDED_OVER = (
    date(2026, 3, 25),
    date(2026, 3, 28),
)  # the first village changes teams, then a quarter begins
DAYS = 12
YEAR_LONG = Span(YEAR["first_day"], YEAR["last_day"])
SLOW = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)
Heard = Counter[tuple[int, int, str | None, str, str]]  # village, quarter, team, way, level


@dataclass(frozen=True, slots=True)
class Step:
    """What one person does `later` days after the one before: a phone sends, a desk types in, a phone takes back."""

    what: str  # phone | desk | take back | set aside
    who: str  # the phone, or the serial or number that the desk types
    later: int = 0
    level: str = "5"
    village: int = 0
    scanned: str = ""
    number: str = ""

    @property
    def day_after(self) -> timedelta:
        return timedelta(days=self.later)


@dataclass(slots=True)
class Event:
    """A valued rating as the model remembers it; `keys` are what a phone left with its voice up to now."""

    day: date
    village: int
    own: str
    way: str
    level: str
    replaced: date | None = None
    first: bool = True
    counted: bool = True


@dataclass(slots=True)
class Model:
    """Everything that was said, in order."""

    events: list[Event] = field(default_factory=list)
    left: set[tuple[int, int, str, str]] = field(default_factory=set)  # village, quarter, phone, key

    def say(self, step: Step, day: date) -> None:
        if step.level == "unknown":
            return
        here = (step.village, _quarter(day))
        phone = step.what == "phone"
        own = f"phone {step.who}" if phone else step.who
        if phone:
            keys = [step.scanned, f"typed {step.number}" if step.number else ""]
            self.left |= {(*here, own, key) for key in keys if key}
        same = {own}
        if phone:  # a paper that this phone scanned is its holder's
            same |= {
                key for village, quarter, who, key in self.left if (village, quarter, who) == (*here, own)
            }
        else:  # whoever scanned this paper, or left this number
            wanted = step.who if step.who.startswith("paper") else f"typed {step.who}"
            same |= {who for *there, who, key in self.left if (tuple(there), key) == (here, wanted)}
        earlier = [one for one in self.events if one.own in same and (one.village, _quarter(one.day)) == here]
        for one in earlier:
            one.replaced = one.replaced or day
        way = Way.ANONYMOUS if phone else Way.PAPER
        self.events.append(Event(day, step.village, own, way.value, step.level, first=not earlier))

    def mine(self, step: Step, day: date) -> list[Event]:
        """What stands of this phone's own in the day's quarter."""
        own = (f"phone {step.who}", step.village, _quarter(day))
        return [
            one
            for one in self.events
            if not one.replaced and (one.own, one.village, _quarter(one.day)) == own
        ]

    def heard(self, day: date) -> Heard:
        """The voices at the end of the day."""
        return Counter(
            (one.village, _quarter(one.day), _team(one.village, one.day), one.way, one.level)
            for one in self.events
            if one.day <= day
            and one.counted
            and (one.replaced is None or one.replaced > self._last(one, day))
        )

    @staticmethod
    def _last(one: Event, day: date) -> date:
        """A voice belongs to its quarter: what comes after it changes nothing in it."""
        return day if _quarter(day) == _quarter(one.day) else date(2026, 3, 31)


def _quarter(day: date) -> int:
    return (day.month + 2) // 3


def _team(village: int, day: date) -> str | None:
    if village == 1:
        return None
    return "甲组" if day < HANDED_OVER else "乙组"


class Town:
    """Two villages: one that changes teams, one that nobody links."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.pages = count()
        with database.writing() as session:
            ground = Ground(session)
            ground.add(ground.link(YEAR["first_day"], HANDED_OVER - timedelta(days=1)))
            ground.add(ground.link(HANDED_OVER, YEAR["last_day"], team_id=ground.other_team))
            self.township = ground.township
            ids = [ground.village, ground.other_village]
            self.villages = [(row, session.get_one(Village, row).code) for row in ids]

    def say(self, step: Step, day: date) -> None:
        row, code = self.villages[step.village]
        phone = step.what == "phone"
        shared = [paper_key(step.scanned)] if step.scanned else []
        shared += [left_phone_key(step.number)] if step.number else []
        paper = step.who.startswith("paper")
        own = paper_key(step.who) if paper else phone_key(step.who)
        sought = paper_key(step.who) if paper else left_phone_key(step.who)
        sent = SentForm(
            self.township,
            row,
            code,
            form.STANDARD,
            (("overall", step.level),),
            "",
            Way.ANONYMOUS if phone else Way.PAPER,
            f"cookie:{step.who}" if phone else own,
            f"page {next(self.pages)}",
            shared=tuple(shared) if phone else (),
            sought=() if phone else (sought,),
        )
        for again in (False, True):  # each page arrives twice
            with self.database.writing() as session:
                assert collect_rating(session, sent, day) is not again

    def take_back(self, step: Step, day: date) -> None:
        row, code = self.villages[step.village]
        with self.database.writing() as session:
            withdraw_rating(session, Withdrawal(self.township, row, code, f"cookie:{step.who}"), day)

    def set_aside(self, one: Event) -> None:
        """Moderation by two persons sets the rating aside that stands with this answer; equal ones are as good."""
        row, _ = self.villages[one.village]
        with self.database.writing() as session:
            rating = session.scalars(
                select(Rating).where(
                    Rating.village_id == row,
                    Rating.day == one.day,
                    Rating.replaced_on.is_(None),
                    Rating.way == Way(one.way),
                    Rating.answers == f"overall={one.level}",
                    Rating.standing == Standing.COUNTED,
                    Rating.valued,
                )
            ).first()
            assert rating is not None
            rating.standing = Standing.SET_ASIDE

    def daily(self) -> list[DailyCount]:
        with self.database.reading() as session:
            return daily_counts(session, self.township, YEAR_LONG)

    def heard(
        self, daily: Sequence[DailyCount], as_of: date, now: datetime | None = None, batch: int = 1
    ) -> Heard:
        with self.database.reading() as session:
            links = load_links(session, self.township, YEAR_LONG)
        cutoff = None if now is None else release(daily, links, now, batch)
        found: Heard = Counter()
        for voice in count_voices(daily, links, Span(YEAR_LONG.first, as_of), cutoff):
            village = [code for _, code in self.villages].index(voice.village)
            level = dict(voice.answers)["overall"]
            found[village, voice.quarter.number, voice.team, voice.way.value, level] += voice.count
        return found


PEOPLE = ("ann", "bob", "eve")
PAPERS = ("paper 1", "paper 2")
NUMBERS = ("13800000001", "13800000002")
LEVELS = st.sampled_from(["5", "4", "3", "2", "1", "unknown"])
LATER = st.sampled_from([0, 0, 0, 1, 1, 2])
VILLAGE = st.sampled_from([0, 0, 0, 1])


def step(what: str, **given: st.SearchStrategy[str]) -> st.SearchStrategy[Step]:
    return st.builds(Step, st.just(what), later=LATER, level=LEVELS, village=VILLAGE, **given)


PHONES = step(
    "phone",
    who=st.sampled_from(PEOPLE),
    scanned=st.sampled_from(["", "", *PAPERS]),
    number=st.sampled_from(["", "", *NUMBERS]),
)
DESK = step("desk", who=st.sampled_from([*PAPERS, *NUMBERS]))
BACK = step("take back", who=st.sampled_from(PEOPLE))
STEPS = st.lists(st.one_of(PHONES, PHONES, DESK, BACK), max_size=14)


def days(steps: Sequence[Step]) -> Iterator[tuple[Step, date]]:
    day = BEGIN
    for one in steps:
        day += one.day_after
        yield one, day


def lived(town: Town, model: Model, steps: Sequence[Step], after: Callable[[date], None]) -> None:
    for one, day in days(steps):
        if one.what == "take back":
            town.take_back(one, day)
            for event in model.mine(one, day):
                event.replaced = day
        else:
            town.say(one, day)
            model.say(one, day)
        after(day)


@given(STEPS)
@example(
    [  # two phones that scanned one paper: its typing replaces both, and each of them takes its place again
        Step("phone", "ann", scanned="paper 1"),
        Step("phone", "bob", 1, "4", scanned="paper 1"),
        Step("desk", "paper 1", 1, "1"),
        Step("phone", "ann", 1, "3"),
        Step("take back", "ann", 0),
        Step("phone", "bob", 1, "2"),
    ]
)
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
def test_the_voices_of_every_day_are_what_the_rules_say(sqlite_maker: SqliteMaker, steps: list[Step]) -> None:
    database = Database(sqlite_maker.make())
    town, model = Town(database), Model()
    lived(town, model, steps, lambda _: None)
    daily = town.daily()
    for number in range(30):
        day = BEGIN + timedelta(days=number)
        assert town.heard(daily, day) == model.heard(day), day
    firsts = Counter((one.village, one.day) for one in model.events if one.first)
    told: Counter[tuple[int, date]] = Counter()
    for one in daily:
        if one.first:
            told[[code for _, code in town.villages].index(one.village), one.day] += one.count
    assert told == firsts
    database.dispose()


@given(STEPS, st.integers(0, 13))
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
def test_what_two_persons_set_aside_counts_on_no_day_and_brings_nothing_back(
    sqlite_maker: SqliteMaker, steps: list[Step], which: int
) -> None:
    database = Database(sqlite_maker.make())
    town, model = Town(database), Model()
    lived(town, model, steps, lambda _: None)
    standing = [one for one in model.events if one.replaced is None]
    if standing:
        gone = standing[which % len(standing)]
        town.set_aside(gone)
        gone.counted = False
    last = BEGIN + timedelta(days=29)
    assert town.heard(town.daily(), last) == model.heard(last)
    database.dispose()


@given(STEPS, st.integers(2, 4))
@settings(max_examples=25, deadline=None, suppress_health_check=SLOW)
def test_what_pages_release_only_grows_and_is_never_less_than_a_batch(
    sqlite_maker: SqliteMaker, steps: list[Step], batch: int
) -> None:
    """Looked at every morning: a cutoff never goes back, and each time it moves at least a batch is behind it."""
    database = Database(sqlite_maker.make())
    town, model = Town(database), Model()
    through: dict[tuple[str, Quarter, str | None], date] = {}

    def look(day: date) -> None:
        now = datetime.combine(day, time(7))
        daily = town.daily()
        with database.reading() as session:
            cutoff = release(daily, load_links(session, town.township, YEAR_LONG), now, batch)
        for village, place in ((code, place) for place, (_, code) in enumerate(town.villages)):
            for quarter in (Quarter(2026, 1), Quarter(2026, 2)):
                for team in ("甲组", "乙组", None):
                    shown, before = cutoff(village, quarter, team), through.get((village, quarter, team))
                    if before is not None:
                        assert shown is not None
                        assert shown >= before
                    if shown is None or shown == before:
                        continue
                    through[village, quarter, team] = shown
                    if now.date() <= quarter.span.last:
                        new = [
                            one
                            for one in model.events
                            if one.first
                            and (one.village, _quarter(one.day)) == (place, quarter.number)
                            and _team(one.village, one.day) == team
                            and (before or date.min) < one.day <= shown
                        ]
                        assert len(new) >= batch
                        assert shown < day, "the batch after it is full, and a night has passed"

    lived(town, model, steps, look)
    for later in range(1, 10):
        look(BEGIN + timedelta(days=DAYS + later))
    database.dispose()


ROWS = st.lists(
    st.tuples(
        st.integers(0, 8),  # days after BEGIN
        st.integers(0, 1),  # hour
        st.sampled_from(["p", "q", ""]),
        LEVELS,
        VILLAGE,
    ),
    max_size=7,
)


@given(st.lists(ROWS, min_size=1, max_size=4))
@settings(max_examples=40, deadline=None, suppress_health_check=SLOW)
def test_of_files_in_any_order_the_latest_by_day_counts_and_then_the_one_that_came_last(
    sqlite_maker: SqliteMaker, files: list[list[tuple[int, int, str, str, int]]]
) -> None:
    """Each file is brought twice; the second time nothing changes."""
    database = Database(sqlite_maker.make())
    town = Town(database)
    known: Counter[tuple[object, ...]] = Counter()
    came: list[tuple[date, int, int, str, str, int]] = []  # day, file, place, who, level, village
    for number, rows in enumerate(files):
        lines = [_line(town, *row) for row in rows]
        for again in (False, True):
            with database.writing() as session:
                outcome = import_ratings(
                    session, town.township, lines, form.STANDARD, operator(town.township)
                )
                assert not (again and outcome.added)
        here: Counter[tuple[object, ...]] = Counter()
        for place, (later, _, who, level, village) in enumerate(sorted(rows, key=lambda row: row[:2])):
            content = (later, who, level, village)
            here[content] += 1
            if here[content] > known[content]:  # an equal line of an earlier file is the same rating
                known[content] += 1
                came.append((BEGIN + timedelta(days=later), number, place, who, level, village))
    daily = town.daily()
    for later in range(12):
        day = BEGIN + timedelta(days=later)
        assert town.heard(daily, day) == _latest(came, day)
    database.dispose()


def _line(town: Town, later: int, hour: int, who: str, level: str, village: int) -> RatingRow:
    moment = datetime.combine(BEGIN + timedelta(days=later), time(8 + hour))
    return RatingRow(town.villages[village][1], who, Way.PAPER, moment, (("overall", level),))


def _latest(came: Sequence[tuple[date, int, int, str, str, int]], as_of: date) -> Heard:
    """Of each pseudonym, village and quarter the latest valued line up to the day; a line without one stands alone."""
    last: dict[tuple[object, ...], tuple[date, int, int, str, str, int]] = {}
    for line in sorted(came, key=lambda line: line[:3]):
        day, number, place, who, level, village = line
        if day <= as_of and level != "unknown":
            last[(who or (number, place), village, _quarter(day))] = line
    return Counter(
        (village, _quarter(day), _team(village, day), Way.PAPER.value, level)
        for day, _, _, _, level, village in last.values()
    )
