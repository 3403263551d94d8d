"""What residents say in a year: ratings of every way, repeats, comments, thin village-quarters and one flood."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random

from portal.core.book import RatingRow, VillageRow, Way
from portal.core.days import Quarter, Span, quarters_in
from portal.demo import words
from portal.demo.cases import MIDDLING
from portal.demo.dice import between, chosen, dice
from portal.demo.organisation import Organisation, qualities
from portal.demo.villages import VILLAGES

RATINGS_A_QUARTER = 1720
WAYS = {Way.WECHAT: 45, Way.ANONYMOUS: 35, Way.PAPER: 20}
REPEATS = 0.08
COMMENTS = 0.06
BLANKS = 0.03  # of the questions that need no answer
HOURS = dict(zip(range(6, 22), (2, 5, 7, 7, 7, 6, 7, 6, 5, 6, 6, 6, 8, 10, 9, 4), strict=True))

# (quarter, the place in VILLAGES) → voices, the same in both years
THIN = {
    (1, 17): 0,
    (1, 21): 3,
    (1, 23): 4,
    (2, 4): 2,
    (2, 23): 4,
    (3, 21): 3,
    (3, 7): 4,
    (4, 23): 1,
    (4, 4): 3,
}
FLOODS = {
    0: (4, 24, "praise"),
    1: (1, 10, "blame"),
}  # by the year's parity: quarter, place in VILLAGES, what it says
FLOOD_VOICES = 160
FLOOD_ANSWERS = {
    "praise": (("visited", "yes"), ("contact", "yes"), ("solved", "done"), ("overall", "5")),
    "blame": (("visited", "no"), ("contact", "no"), ("solved", "ignored"), ("overall", "1")),
}

# question → option → share where nobody works, share where everybody does (the last question must be answered)
SHARES: dict[str, dict[str, tuple[float, float]]] = {
    "visited": {"yes": (0.42, 0.93), "no": (0.40, 0.02), "unsure": (0.18, 0.05)},
    "contact": {"yes": (0.45, 0.96), "no": (0.55, 0.04)},
    "solved": {"done": (0.24, 0.58), "doing": (0.20, 0.05), "ignored": (0.16, 0.00), "none": (0.40, 0.37)},
    "overall": {
        "5": (0.22, 0.76),
        "4": (0.30, 0.20),
        "3": (0.22, 0.02),
        "2": (0.13, 0.00),
        "1": (0.07, 0.00),
        "unknown": (0.06, 0.02),
    },
}

TONES = (words.THANKS, words.WISHES, words.COMPLAINTS)
TONES_OF = {  # the answer to 总体 → how often each tone goes with it
    "5": (75, 25, 0),
    "4": (45, 55, 0),
    "3": (5, 70, 25),
    "2": (0, 35, 65),
    "1": (0, 20, 80),
    "unknown": (0, 80, 20),
}


def ratings(plan: Organisation) -> tuple[RatingRow, ...]:
    """Every rating before today, in order of time."""
    when = plan.when
    rows: list[RatingRow] = []
    for place, village in enumerate(VILLAGES):
        told = (row for row in _of_village(plan, place, village) if when.told(row.time.date()))
        rows += told
    return tuple(sorted(rows, key=lambda row: (row.time, row.village, row.respondent)))


def pseudonym(number: int) -> str:
    """A different one for every `number` below 10**10: 'p' and ten digits."""
    return f"p{(4_018_273_645 + number * 6_180_339_887) % 10**10:010d}"


def quarter_counts(quarter: int) -> list[int]:
    """How many ratings each village gets in the quarter, larger villages more."""
    thin = {place: few for (number, place), few in THIN.items() if number == quarter}
    sizes = [0 if place in thin else village.households**0.8 for place, village in enumerate(VILLAGES)]
    whole = sum(sizes)
    return [thin.get(place, round(RATINGS_A_QUARTER * size / whole)) for place, size in enumerate(sizes)]


def _of_village(plan: Organisation, place: int, village: VillageRow) -> Iterator[RatingRow]:
    """The whole year of one village."""
    voices = _Village(plan, place, village)
    for quarter in quarters_in(plan.when.span):
        wanted = quarter_counts(quarter.number)[place]
        yield from voices.quarter(quarter, wanted, repeats=(quarter.number, place) not in THIN)
    number, flooded, says = FLOODS[plan.when.number % 2]
    if flooded == place:
        yield from voices.flood(Quarter(plan.when.number, number), says)


class _Village:
    """The voices of a village through a year: its residents, its mood, and the comments not used yet."""

    def __init__(self, plan: Organisation, place: int, village: VillageRow) -> None:
        self.code = village.code
        self.plan = plan
        self.thrown = plan.when.dice("ratings", village.code)
        self.quality = qualities(plan.when)
        self.leaning = dice(plan.when.seed, "leaning", village.code).gauss(0, 0.05)
        # Who is known by WeChat comes back quarter after quarter; the others get a new pseudonym each time.
        self.known = range(place * 1000, place * 1000 + 60 + village.households // 4)
        self.strangers = count(10**6 * plan.when.number + place * 10**4)
        self.unsaid: dict[tuple[str, ...], list[str]] = {}

    def quarter(self, quarter: Quarter, wanted: int, repeats: bool) -> Iterator[RatingRow]:
        """`wanted` ratings evenly through a quarter, the repeats among them."""
        known = iter(self.thrown.sample(self.known, min(wanted, len(self.known))))
        spoken: list[tuple[str, Way]] = []
        for step in range(wanted):
            moment = self._moment(quarter.span, (step + self.thrown.random()) / wanted)
            if repeats and spoken and self.thrown.random() < REPEATS:
                respondent, way = self.thrown.choice(spoken)
            else:
                way = chosen(self.thrown, WAYS)
                respondent = pseudonym(next(known if way is Way.WECHAT else self.strangers))
                spoken.append((respondent, way))
            yield self._rating(respondent, way, moment)

    def flood(self, quarter: Quarter, says: str) -> Iterator[RatingRow]:
        """Very many anonymous voices on two days that all say the same: what wiped cookies can do."""
        first = quarter.span.first + timedelta(days=37)
        for step in range(FLOOD_VOICES):
            moment = self._moment(Span(first, first + timedelta(days=1)), step / FLOOD_VOICES)
            stranger = pseudonym(next(self.strangers))
            yield RatingRow(self.code, stranger, Way.ANONYMOUS, moment, FLOOD_ANSWERS[says])

    def _moment(self, span: Span, share: float) -> datetime:
        """A waking hour of the day that lies at `share` of the span."""
        day: date = span.first + timedelta(days=int(share * span.days))
        hour = chosen(self.thrown, HOURS)
        return datetime.combine(day, time(hour, self.thrown.randrange(60), self.thrown.randrange(60)))

    def _rating(self, respondent: str, way: Way, moment: datetime) -> RatingRow:
        team = self.plan.team_on(self.code, moment.date())
        mood = between(self.quality.get(team, MIDDLING) + self.leaning + self.thrown.gauss(0, 0.22), 0, 1)
        answers = tuple(_answers(mood, self.thrown))
        comment = self._comment(answers[-1][1]) if self.thrown.random() < COMMENTS else ""
        return RatingRow(self.code, respondent, way, moment, answers, comment)

    def _comment(self, overall: str) -> str:
        """Something that fits the last answer and was not said here this year, as long as there is such."""
        tone = chosen(self.thrown, dict(zip(TONES, TONES_OF[overall], strict=True)))
        deck = self.unsaid.get(tone) or self.thrown.sample(tone, len(tone))
        self.unsaid[tone] = deck[1:]
        return deck[0]


def _answers(mood: float, thrown: Random) -> Iterator[tuple[str, str]]:
    for question, options in SHARES.items():
        if question == "overall" or thrown.random() >= BLANKS:
            shares = {option: bad + (good - bad) * mood for option, (bad, good) in options.items()}
            yield question, chosen(thrown, shares)
