"""From ratings to voices (scoring.md, mass 2): one resident, one voice a village and quarter, counted per pattern.

A stored rating keeps its day and the day on which a later one took its place, so the voices of any day can be
computed from counts alone; who spoke is not needed any more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from portal.core.book import Way
from portal.core.days import Quarter, Span, quarter_of
from portal.core.facts import Link, VoiceCount
from portal.core.form import Answers


@dataclass(frozen=True, slots=True)
class DailyCount:
    """`count` valued ratings of one village and day that share way, answers and the day they were replaced.

    `first` is True where the rating was its author's first in the quarter (it took nobody's place); `counts` is
    False where moderation set it aside: then the voice does not count, and no older one comes back.
    """

    village: str
    day: date
    replaced_on: date | None
    first: bool
    way: Way
    edition: str
    answers: Answers
    count: int
    counts: bool = True


Cutoff = Callable[[str, Quarter, str | None], date | None]


def count_voices(
    daily: Iterable[DailyCount], links: Sequence[Link], days: Span, cutoff: Cutoff | None = None
) -> tuple[VoiceCount, ...]:
    """The voices that stand at the end of `days`, per village, quarter, linking team, way and answers.

    With `cutoff`, what a team has from a village in a quarter is looked at as it stood at the end of the day that it
    gives (None: nothing yet): that is how pages see released voices only. Where a village changes teams within the
    quarter, who rated both may be counted with both until the quarter's close settles it.
    """
    team_on = teams_by_day(links)
    counts: dict[tuple[str, Quarter, str | None, Way, str, Answers], int] = defaultdict(int)
    for rating in daily:
        quarter = quarter_of(rating.day)
        last = min(days.last, quarter.span.last)
        team = team_on(rating.village, rating.day)
        released = cutoff(rating.village, quarter, team) if cutoff else last
        if released is None or rating.day < days.first or not stands(rating, min(last, released)):
            continue
        counts[rating.village, quarter, team, rating.way, rating.edition, rating.answers] += rating.count
    return tuple(VoiceCount(*key, count=count) for key, count in counts.items())


def stands(rating: DailyCount, day: date) -> bool:
    """Whether it was its author's latest rating at the end of `day`, and was not set aside."""
    return rating.counts and rating.day <= day and (rating.replaced_on is None or rating.replaced_on > day)


def teams_by_day(links: Sequence[Link]) -> Callable[[str, date], str | None]:
    """Which team links a village on a day; a village has at most one."""
    by_village: Mapping[str, list[Link]] = defaultdict(list)
    for link in links:
        by_village[link.village].append(link)

    def team_on(village: str, day: date) -> str | None:
        return next((link.team for link in by_village.get(village, ()) if day in link.span), None)

    return team_on
