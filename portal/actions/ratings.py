"""Taking in ratings: one from the form, or a file of them. One resident keeps one voice a village and quarter."""

from __future__ import annotations

import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from itertools import count

from sqlalchemy.orm import Session

from portal.actions.ledger import RESIDENT, Act, random_id, record
from portal.clock import moment_of
from portal.core import form
from portal.core.book import RatingRow, Way
from portal.core.days import Quarter, quarter_of
from portal.core.voice_key import submission_key, voice_key
from portal.store import names, ratings, roster, voice_keys
from portal.store.residents import QuarterSecret, Rating

SECRET_BYTES = 32
STEP = 500
Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class SentForm:
    """What a resident sent: the village, the answers (checked against the edition), and who it was, as a pseudonym.

    `key` is the page's one-time key: the same page sent twice is one rating. `shared` are keys left beside the own one
    and `sought` those by which a typed entry finds what its author sent before (portal.core.person_keys).
    """

    township_id: int
    village_id: int
    village: str
    edition: form.Edition
    answers: form.Answers
    comment: str
    way: Way
    respondent: str
    key: str
    shared: tuple[str, ...] = ()
    sought: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RatingsOutcome:
    """What an import of ratings did."""

    added: int
    known: int


@dataclass(slots=True)
class _Arrival:
    """A rating on its way in; the chain decides `first` and `replaced_on`."""

    row: RatingRow
    voice: str
    submission: str
    valued: bool
    first: bool = False
    replaced_on: date | None = None


def collect_rating(session: Session, sent: SentForm, today: date) -> bool:
    """Store a rating sent today; an older one of the same voice in this quarter gives way. False: it was sent before.

    Raises IntegrityError when the same page or the same voice arrives twice at once: then the caller tries again.
    """
    village = sent.village
    sent = _by_first_code(session, sent)
    secret = quarter_secret(session, sent.township_id, quarter_of(today))
    submission = _new_submission(session, sent, secret)
    if submission is None:
        return False
    voice = voice_key(secret, sent.village, sent.respondent)
    valued = sent.edition.value(sent.answers) is not None
    earlier = _earlier(session, sent, secret, today) if valued else []
    for rating in earlier:
        if rating.replaced_on is None:
            rating.replaced_on = max(today, rating.day)  # a form may have waited over midnight
    session.flush()
    session.add(
        Rating(
            id=random_id(),
            township_id=sent.township_id,
            village_id=sent.village_id,
            edition_id=ratings.edition_id(session, sent.township_id, sent.edition.key),
            day=today,
            voice=voice,
            way=sent.way,
            answers=form.answers_text(sent.answers),
            comment=sent.comment,
            valued=valued,
            first=valued and not earlier,
            submission=submission,
        )
    )
    session.flush()
    # the day only: the ledger must not tell when somebody stood at the poster
    act = Act(RESIDENT, moment_of(datetime.combine(today, time())), sent.township_id)
    record(session, act, "rating.received", village, None, {"day": today.isoformat()})
    return True


def was_sent(session: Session, sent: SentForm, today: date) -> bool:
    """Whether the same page was stored before and still stands."""
    secret = quarter_secret(session, sent.township_id, quarter_of(today))
    return _new_submission(session, _by_first_code(session, sent), secret) is None


def standing(session: Session, sent: SentForm, day: date) -> Rating | None:
    """The rating that counts of the own voice in the day's quarter, if there is one."""
    secret = quarter_secret(session, sent.township_id, quarter_of(day))
    own = voice_key(secret, _by_first_code(session, sent).village, sent.respondent)
    found = ratings.of_voices(session, sent.township_id, [own])
    return next((rating for rating in found if rating.replaced_on is None), None)


def _by_first_code(session: Session, sent: SentForm) -> SentForm:
    """The form under the code by which its village's voices are known."""
    first = names.first_codes(session, sent.township_id)
    return replace(sent, village=first.get(sent.village, sent.village))


def _earlier(session: Session, sent: SentForm, secret: bytes, today: date) -> list[Rating]:
    """The ratings of whoever sent this one, by all keys that tell; the keys of this one are left with its voice.

    A left key that is some rating's own one is that rating's voice; a number typed on a phone page is nobody's.
    """
    own, *shared = (voice_key(secret, sent.village, key) for key in (sent.respondent, *sent.shared))
    sought = {voice_key(secret, sent.village, key) for key in sent.sought}
    left = voice_keys.of_voice(session, sent.township_id, own)
    if shared or sought or left:
        voice_keys.lock(session, sent.township_id, quarter_of(today).key)
        left = voice_keys.of_voice(session, sent.township_id, own)
        voice_keys.leave(session, sent.township_id, own, set(shared) - left)
    others = voice_keys.voices_with(session, sent.township_id, sought)
    return ratings.of_voices(session, sent.township_id, {own, *left, *shared, *others})


def _new_submission(session: Session, sent: SentForm, secret: bytes) -> str | None:
    """The submission's key; None when it was stored and still stands.

    Who goes back, answers otherwise, and then as at first again, means the last: so only what stands is a repetition.
    """
    content = (sent.village, sent.respondent, sent.key, form.answers_text(sent.answers), sent.comment)
    for times in count():
        submission = submission_key(secret, *content, str(times))
        stored = ratings.by_submission(session, sent.township_id, submission)
        if stored is None:
            return submission
        if stored.replaced_on is None:
            return None
    return None


def import_ratings(
    session: Session,
    township_id: int,
    rows: Sequence[RatingRow],
    edition: form.Edition,
    act: Act,
    progress: Progress = lambda _: None,
) -> RatingsOutcome:
    """Store the rows of a ratings.csv; rows that are stored already are left alone.

    Of one respondent, village and quarter the latest by time counts, and of equal times the one further down. `edition`
    is what a row answered that names none; one that is named must be the township's. Raises QuarterSealed, and stores
    nothing, where one row is of a quarter that is sealed.
    """
    first = names.first_codes(session, township_id)
    rows = [replace(row, village=first.get(row.village, row.village)) for row in rows] if first else rows
    known = {**ratings.editions(session, township_id), "": edition}
    arrivals = _arrivals(session, township_id, rows, known)
    stored = ratings.submissions(session, township_id, (arrival.submission for arrival in arrivals))
    new = [arrival for arrival in arrivals if arrival.submission not in stored]
    _chain(session, township_id, new)
    _insert(session, township_id, new, known, progress)
    progress(len(rows) - len(new))
    if new:
        by_village = Counter(arrival.row.village for arrival in new)
        record(session, act, "ratings.imported", "ratings.csv", None, {"added": len(new), **by_village})
    return RatingsOutcome(len(new), len(rows) - len(new))


class QuarterSealed(Exception):
    """The secrets of these quarters were deleted, each on a day: nothing can be added to what was said in them."""

    def __init__(self, sealed: Mapping[Quarter, date]) -> None:
        super().__init__(" ".join(quarter.key for quarter in sealed))
        self.sealed = sealed

    @property
    def sentences(self) -> list[str]:
        """Which quarters, and since when."""
        return [
            f"{quarter.words}的评价已经在{on.year}年{on.month}月{on.day}日封存（认人的密钥已销毁），不能再加。"
            for quarter, on in self.sealed.items()
        ]


def quarter_secret(session: Session, township_id: int, quarter: Quarter) -> bytes:
    """The quarter's secret; it is made when the first rating of the quarter comes. Raises QuarterSealed."""
    kept = ratings.secret_of(session, township_id, quarter)
    if kept is None:
        kept = QuarterSecret(
            township_id=township_id, quarter=quarter.key, secret=secrets.token_bytes(SECRET_BYTES)
        )
        session.add(kept)
        session.flush()
    if kept.secret is None:
        raise QuarterSealed({quarter: kept.deleted_on or quarter.span.last})
    return kept.secret


def _secrets(session: Session, township_id: int, quarters: Sequence[Quarter]) -> dict[Quarter, bytes]:
    """The secrets of several quarters. Raises QuarterSealed with all of those that have none any more."""
    found: dict[Quarter, bytes] = {}
    sealed: dict[Quarter, date] = {}
    for quarter in quarters:
        try:
            found[quarter] = quarter_secret(session, township_id, quarter)
        except QuarterSealed as refusal:
            sealed.update(refusal.sealed)
    if sealed:
        raise QuarterSealed(sealed)
    return found


def _arrivals(
    session: Session, township_id: int, rows: Sequence[RatingRow], editions: Mapping[str, form.Edition]
) -> list[_Arrival]:
    """The rows in the order in which they count: by time, equal times as they stand."""
    quarters = sorted({quarter_of(row.time.date()) for row in rows})
    secret = _secrets(session, township_id, quarters)
    values: dict[tuple[str, form.Answers], bool] = {}
    seen: Counter[tuple[str, ...]] = Counter()
    arrivals = []
    for row in sorted(rows, key=lambda row: row.time):
        own = secret[quarter_of(row.time.date())]
        pattern = row.edition, row.answers
        if pattern not in values:
            values[pattern] = editions[row.edition].value(row.answers) is not None
        # without a finer time than the day, what tells two equal rows apart is their order alone
        content = _content(row)
        submission = submission_key(own, *content, str(seen[content]))
        seen[content] += 1
        voice = voice_key(
            own, row.village, f"csv:{row.respondent}" if row.respondent else f"row:{submission}"
        )
        arrivals.append(_Arrival(row, voice, submission, values[pattern]))
    return arrivals


def _content(row: RatingRow) -> tuple[str, ...]:
    return (
        row.village,
        row.respondent,
        row.way.value,
        row.time.date().isoformat(),
        form.answers_text(row.answers),
        row.comment,
    )


def _chain(session: Session, township_id: int, new: Sequence[_Arrival]) -> None:
    """Settle who took whose place, among the new ratings and those that were there."""
    chains: dict[str, list[Rating | _Arrival]] = defaultdict(list)
    for rating in ratings.of_voices(
        session, township_id, {arrival.voice for arrival in new if arrival.valued}
    ):
        chains[rating.voice].append(rating)
    for arrival in new:
        if arrival.valued:
            chains[arrival.voice].append(arrival)
    for chain in chains.values():
        chain.sort(key=_day)  # stable: what was there before stands first on its day
        for place, link in enumerate(chain):
            link.first = place == 0
            link.replaced_on = _until(link, chain[place + 1] if place + 1 < len(chain) else None)
    session.flush()


def _until(link: Rating | _Arrival, following: Rating | _Arrival | None) -> date | None:
    """The day on which a link of a chain stops standing; one that was taken back never stands again."""
    days = [] if following is None else [_day(following)]
    if isinstance(link, Rating) and link.withdrawn and link.replaced_on is not None:
        days.append(link.replaced_on)
    return min(days, default=None)


def _day(rating: Rating | _Arrival) -> date:
    return rating.day if isinstance(rating, Rating) else rating.row.time.date()


def _insert(
    session: Session,
    township_id: int,
    new: Sequence[_Arrival],
    editions: Mapping[str, form.Edition],
    progress: Progress,
) -> None:
    villages = roster.ids(session, township_id, "villages")
    answered = {arrival.row.edition for arrival in new}
    ids = {key: ratings.edition_id(session, township_id, editions[key].key) for key in answered}
    for start in range(0, len(new), STEP):
        chunk = new[start : start + STEP]
        ratings.add(session, [_values(arrival, township_id, villages, ids) for arrival in chunk])
        progress(len(chunk))


def _values(
    arrival: _Arrival, township_id: int, villages: Mapping[str, int], editions: Mapping[str, int]
) -> dict[str, object]:
    row = arrival.row
    return {
        "id": random_id(),
        "township_id": township_id,
        "village_id": villages[row.village],
        "edition_id": editions[row.edition],
        "day": row.time.date(),
        "voice": arrival.voice,
        "way": row.way,
        "answers": form.answers_text(row.answers),
        "comment": row.comment,
        "valued": arrival.valued,
        "first": arrival.first,
        "replaced_on": arrival.replaced_on,
        "submission": arrival.submission,
    }
