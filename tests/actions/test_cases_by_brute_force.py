"""A request in the portal, step by step, and what every day's score knows of it: against the steps read again in order.

The model keeps what happened and plays it up to the end of the day (scoring.md 3, cases); what the row keeps of it, and
what of it is known when, is what it judges.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from portal.actions.answering import AnsweringRefused
from portal.actions.resident_cases import MovedOn
from portal.clock import local
from portal.core.cases import Rate, cases_score
from portal.core.days import Span
from portal.core.plan import Plan
from portal.store.engine import Database
from portal.store.residents import Verdict
from portal.store.scoring import load_facts
from tests.actions.office import Office, open_office
from tests.actions.test_answering import Request
from tests.conftest import NOON
from tests.databases import SqliteMaker
from tests.store.rows import YEAR

POINTS = {5: 100, 4: 85, 3: 70, 2: 40, 1: 0}
HOUR = timedelta(hours=1)
Step = tuple[int, str, int | None]  # hours later, what, level
STEPS = st.lists(
    st.tuples(
        st.sampled_from([1, 12, 24, 36, 24 * 7, 24 * 14]),  # from noon on: many steps fall on midnight
        st.sampled_from(["answer", "finish", "finish", "solved", "partly", "unsolved", "unsolved"]),
        st.none() | st.integers(1, 5),
    ),
    max_size=8,
)


@dataclass(slots=True)
class Story:
    """What happened to one request, as naive moments of Shanghai in order."""

    opened: datetime
    steps: list[tuple[datetime, str, int | None]] = field(default_factory=list)

    def score(self, now: datetime) -> tuple[Rate, Rate, Fraction | None]:
        """Answered in time, resolved, liked: as somebody counts who stops reading at `now`."""
        answered: datetime | None = None
        finished, denials, verdict, level = False, 0, "", None
        for moment, what, stars in self.steps:
            if moment >= now:
                break
            if what in ("answer", "finish"):
                answered = answered or moment
                finished = what == "finish"
            elif what == "unsolved" and denials == 0:
                denials, finished = 1, False
            else:
                verdict, level = what, stars
        limit = self.opened + timedelta(hours=24)
        if answered is not None and answered <= limit:
            response = Rate(1, 1)
        else:
            response = Rate(0, 1) if limit <= now else Rate(0, 0)
        lies = not finished and self.opened + timedelta(days=15) <= now
        resolution = Rate(1, 1) if verdict == "solved" else Rate(0, int(verdict == "unsolved" or lies))
        return response, resolution, None if level is None else Fraction(POINTS[level])


def lived(office: Office, steps: list[Step]) -> Story:
    """Try every step in the portal; what it refuses didn't happen."""
    request, story, now = Request(office), Story(local(NOON)), NOON
    for later, what, level in steps:
        now += later * HOUR
        try:
            if what == "answer":
                request.answer(now)
            elif what == "finish":
                request.finish(now)
            else:
                kept = request.stored()
                request.say(now, Verdict(what), level, 1 + (kept.reopened_at is not None))
        except (AnsweringRefused, MovedOn):
            continue
        heard = [told for _, told, _ in story.steps if told not in ("answer", "finish")]
        again = what == "unsolved" and story.steps and story.steps[-1][1:] == (what, level)
        if not (again or (heard and heard[-1] in ("solved", "partly"))):
            story.steps.append((local(now), what, level))
    return story


@given(STEPS)
@example([(1, "finish", None), (24, "unsolved", 1), (24 * 14, "finish", None), (12, "unsolved", 2)])
@example(
    [
        (12, "answer", None),
        (24 * 14, "finish", None),
        (36, "unsolved", None),
        (24, "finish", None),
        (12, "solved", 5),
    ]
)
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_every_day_knows_of_a_request_is_what_had_happened_by_then(
    sqlite_maker: SqliteMaker, steps: list[Step]
) -> None:
    database = Database(sqlite_maker.make())
    office = open_office(database)
    story = lived(office, steps)
    with database.reading() as session:
        kept = load_facts(
            session, office.township, office.period, Span(YEAR["first_day"], YEAR["last_day"])
        ).cases
    for number in range(39):
        day = date(2026, 11, 22) + timedelta(days=number)
        told = cases_score(kept, day, Plan())
        end = datetime.combine(day + timedelta(days=1), time())
        assert (told.response, told.resolution, told.satisfaction) == story.score(end), (day, story.steps)
    database.dispose()
