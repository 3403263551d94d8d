"""What the pages of cadres and of the township share: a result at a station, and one cadre's score opened up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import abort, request

from portal.actions.results import TownshipResult, shown_results
from portal.clock import local_day
from portal.core.crowd import Shown, exposed, shown_cells
from portal.core.days import quarter_of
from portal.core.form import Edition, kind_of_township, title
from portal.core.mass import CellScore, Tally
from portal.core.periods import NoSuchPeriod, PeriodDays, stations
from portal.core.score import CadreScore
from portal.core.team import TeamScore
from portal.core.total import band
from portal.store import ratings, townships
from portal.store.organisation import Township
from portal.web import unit
from portal.web.people_words import ABSENCES


@dataclass(frozen=True, slots=True)
class Station:
    """A day as of which a result may be looked at."""

    period: str
    day: date
    words: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class TallyLine:
    """How many chose each option of a question."""

    question: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class FormTally:
    """How the voices on one form answered; `form` names it where there are several."""

    form: str
    voices: int
    lines: tuple[TallyLine, ...]


@dataclass(frozen=True, slots=True)
class TeamPart:
    """A team of a cadre, as its explanation may show it."""

    team: TeamScore
    shown: Shown


def asked_result(township: Township) -> TownshipResult:
    """The result that the address asks for (?period=…&as_of=…), released voices only; 404 for one there is not."""
    asked = request.args.get("as_of")
    try:
        day = date.fromisoformat(asked) if asked else None
        return shown_results(unit.session(), township, request.args.get("period"), day, unit.now())
    except (NoSuchPeriod, ValueError):
        abort(404)


def has_period(township: Township) -> bool:
    """Whether there is anything to look at yet."""
    today = local_day(unit.now())
    return any(stations(period, today) for period in townships.periods(unit.session(), township.id))


def station_links(township: Township, found: TownshipResult) -> list[Station]:
    """Every day that may be chosen, newest first."""
    today = local_day(unit.now())
    return [
        Station(
            period=period.name,
            day=day,
            words=_station_words(period, day, today),
            chosen=period.id == found.period.id and day == found.result.as_of,
        )
        for period in reversed(townships.periods(unit.session(), township.id))
        for day in reversed(stations(period, today))
    ]


def team_parts(found: TownshipResult, cadre: CadreScore) -> list[TeamPart]:
    """The teams of a cadre with the village-quarters that are large enough to be shown."""
    result = found.result
    smallest = result.plan.smallest_crowd
    hidden = exposed(result.voices)
    teams = dict.fromkeys(member.team for member in cadre.team.memberships)
    return [
        TeamPart(result.teams[team], shown_cells(result.teams[team].mass.cells, smallest, hidden))
        for team in teams
    ]


def explanation(found: TownshipResult, cadre: CadreScore) -> dict[str, object]:
    """Everything that the page of one score needs, down to the single marks and village-quarters."""
    editions = ratings.editions(unit.session(), found.township.id)
    return {
        "found": found,
        "plan": found.result.plan,
        "cadre": cadre,
        "absence_words": ABSENCES,
        "teams": team_parts(found, cadre),
        "everywhere": f"全{kind_of_township(found.township.name)}",
        "form_tallies": lambda cell: form_tallies(cell, editions, found.result.plan.smallest_crowd),
    }


def form_tallies(cell: CellScore, editions: Mapping[str, Edition], smallest: int) -> list[FormTally]:
    """Counts per option of a village-quarter, form by form as far as it was answered there.

    Where one of several forms was answered by fewer than `smallest`, there are none at all: their whole answers would
    stand there, or could be told from those of the others and the sum.
    """
    answered: Counter[str] = Counter()
    for voice in cell.voices:
        answered[voice.edition] += voice.count
    if len(answered) > 1 and min(answered.values()) < smallest:
        return []
    return [
        FormTally(title(key) if len(answered) > 1 else "", count, tally_lines(cell.tally, editions[key]))
        for key, count in sorted(answered.items())
    ]


def tally_lines(tally: Tally, edition: Edition) -> tuple[TallyLine, ...]:
    """Counts per option, in the form's order; options that nobody chose stand with 0."""
    return tuple(
        TallyLine(
            question.column,
            tuple(
                (option.words, tally.get((edition.key, question.key, option.key), 0))
                for option in question.options
            ),
        )
        for question in edition.questions
    )


def own_band(found: TownshipResult, cadre: CadreScore) -> int | None:
    """The band (in %) of the cadre's group that he or she stands in."""
    return band(cadre.group_rank, [other.group_rank for other in found.result.group(cadre.group)])


def _station_words(period: PeriodDays, day: date, today: date) -> str:
    if day == today:
        return f"{period.name} 到今天"
    if day == period.span.last:
        return f"{period.name} 全年" if period.span.days > 360 else f"{period.name} 全期"
    return f"{period.name} 到{quarter_of(day).words[5:]}末"
