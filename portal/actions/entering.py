"""Typing in what people said on paper, on the telephone or at their door (docs/voices.md)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from portal.actions.editions import edition_on
from portal.actions.guard import require
from portal.actions.ledger import Act, random_id, record
from portal.actions.papers import printed_for
from portal.actions.ratings import SentForm, collect_rating, quarter_secret, standing, was_sent
from portal.actions.second_factor import Vault
from portal.clock import local_day, moment_of
from portal.core import form
from portal.core.book import Way
from portal.core.days import quarter_of
from portal.core.paper_forms import LENGTH, folded_serial, is_serial
from portal.core.periods import gap_on
from portal.core.person_keys import as_phone, door_key, folded_door, left_phone_key, paper_key, phone_key
from portal.core.rights import Actor, Right
from portal.core.voice_key import submission_key
from portal.store import entry_checks, paper_forms, rows, townships
from portal.store.organisation import Village
from portal.store.papers import EntryCheck, EntryKind

LONGEST_DOOR = 40
LOT = 10  # one of so many entries is drawn for a second person
WHO = "who"


class EntryRefused(ValueError):
    """It can't be typed in; the message says why and what is wanted, `field` at which field: who, a question's key, ''."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Voice:
    """Who was heard: the kind of entry, and the serial, telephone number or door in the one spelling that keys are made of."""

    kind: EntryKind
    who: str

    @property
    def respondent(self) -> str:
        """The own key of the rating."""
        make = {EntryKind.PAPER: paper_key, EntryKind.PHONE: phone_key, EntryKind.DOOR: door_key}
        return make[self.kind](self.who)

    @property
    def sought(self) -> tuple[str, ...]:
        """The keys by which what the same person sent from a phone page is found."""
        if self.kind is EntryKind.PAPER:
            return (paper_key(self.who),)
        return (left_phone_key(self.who),) if self.kind is EntryKind.PHONE else ()


@dataclass(frozen=True, slots=True)
class Typed:
    """One sheet as it was typed: `who` as it stands in the field, `key` the page's one-time key."""

    kind: EntryKind
    village_id: int
    who: str
    answers: form.Answers
    comment: str
    key: str


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of it: `again` says that the same person was heard this quarter before, and that this one counts."""

    stored: bool
    again: bool = False


def by_lot() -> bool:
    """Whether this entry is shown to a second person."""
    return secrets.randbelow(LOT) == 0


def enter(
    session: Session,
    actor: Actor,
    typed: Typed,
    secret_key: str,
    now: datetime,
    lot: Callable[[], bool] = by_lot,
) -> Entered:
    """Store what somebody said, as of today; the same page sent twice is one.

    Raises NotAllowed, MustStandBack for a village that the own team links today, and EntryRefused. An entry without an
    answer that has points carries no value (scoring.md, mass 1): it is refused rather than taken in for nothing.
    """
    village, today = must_be_ours(session, actor, typed.village_id, now), local_day(now)
    voice = voice_of(typed.kind, typed.who)
    edition = edition_on(session, village.township_id, today)
    if edition.value(typed.answers) is None:
        raise EntryRefused(
            "一题也没有选（或选的都是“不清楚”这一类），这份不计，没有录入。请对照纸再看一看。",
            edition.questions[0].key,
        )
    sent = _sent(village, edition, voice, typed)
    if was_sent(session, sent, today):
        return Entered(stored=False)
    again = standing(session, sent, today) is not None
    if typed.kind is EntryKind.PAPER:
        _use(session, village, voice.who, today)
    collect_rating(session, sent, today)
    _note(session, actor, village, voice, today)
    if not entry_checks.drawn_on(session, actor.account_id, today) or lot():
        shown = typed.who.strip() if typed.kind is EntryKind.DOOR else voice.who
        _draw(session, actor, sent, typed.kind, Vault(secret_key).sealed(shown.encode()), secret_key, today)
    return Entered(stored=True, again=again)


def must_be_ours(session: Session, actor: Actor, village_id: int, now: datetime) -> Village:
    """The township's village, for somebody who may take in its voices today.

    Raises NotAllowed, MustStandBack and EntryRefused.
    """
    today = local_day(now)
    require(actor, Right.ENTER_VOICES)
    village = None if actor.township_id is None else rows.one(session, Village, actor.township_id, village_id)
    if village is None or not village.first_day <= today <= (village.last_day or today):
        raise EntryRefused("本乡镇今天没有这个村社，请重新选。")
    if gap_on(townships.periods(session, village.township_id), today) is not None:
        raise EntryRefused("今天不在任何考评周期里，录了也不计，先不要录。请先建好考评周期。")
    team = townships.team_linking(session, village.township_id, village.id, today)
    require(actor, Right.ENTER_VOICES, moves_team=team)
    return village


def who_fault(session: Session, actor: Actor, typed: Typed, now: datetime) -> str:
    """What is wrong with the serial, number or door, in a sentence; '' where nothing is."""
    village, today = must_be_ours(session, actor, typed.village_id, now), local_day(now)
    try:
        voice = voice_of(typed.kind, typed.who)
        if typed.kind is EntryKind.PAPER:
            _usable(session, village, voice.who, today)
    except EntryRefused as refused:
        return str(refused)
    return ""


def digest_of(secret: bytes, secret_key: str, check_id: int, answers: form.Answers) -> str:
    """What tells whether two typings agree: keyed with the quarter's secret and the portal's own, for this check alone."""
    key = secret + secret_key.encode()
    return submission_key(key, "entry check", str(check_id), form.answers_text(answers))


def voice_of(kind: EntryKind, typed: str) -> Voice:
    """Whose voice it is by what was typed in the field. Raises EntryRefused."""
    if kind is EntryKind.PAPER:
        return Voice(kind, _serial(typed))
    if kind is EntryKind.PHONE:
        number = as_phone(typed)
        if number is None:
            raise EntryRefused("电话号码不对：要 11 位手机号，或者座机号（7 位，或带区号）。", WHO)
        return Voice(kind, number)
    door = folded_door(typed)
    if not door:
        raise EntryRefused("请填门牌号或户主姓名。", WHO)
    if len(typed) > LONGEST_DOOR:
        raise EntryRefused(f"门牌号或户主姓名最多 {LONGEST_DOOR} 个字。", WHO)
    return Voice(kind, door)


def _serial(typed: str) -> str:
    serial = folded_serial(typed)
    if not serial:
        raise EntryRefused("请填纸上的编号。", WHO)
    if len(serial) != LENGTH:
        raise EntryRefused(f"编号是 {LENGTH} 位，您填了 {len(serial)} 位，请对照纸再填一次。", WHO)
    if not is_serial(serial):
        raise EntryRefused("编号填错了一位（对不上校验位），请对照纸再填一次。", WHO)
    return serial


def _usable(session: Session, village: Village, serial: str, today: date, *, lock: bool = False) -> None:
    """Pass for a form of this village that nobody has typed in. Raises EntryRefused."""
    found = paper_forms.by_serial(session, village.township_id, serial, lock=lock)
    if found is None:
        raise EntryRefused("没有登记过这个编号：不是从这里印的纸不能录。请先对照纸再看一遍。", WHO)
    if found.used_on is not None:
        day = f"{found.used_on.year}年{found.used_on.month}月{found.used_on.day}日"
        raise EntryRefused(f"这个编号{day}录过了，同一张纸只能录一次。", WHO)
    if not printed_for(session, village.township_id, village.id, serial, today):
        raise EntryRefused(f"这张纸是别的村的，不是{village.name}的。请放到那个村里去录。", WHO)
    printed, now = (edition_on(session, village.township_id, day) for day in (found.printed_on, today))
    if printed.key != now.key:
        raise EntryRefused("这张纸印的是以前的问卷，题目和现在的不一样，不能录。", WHO)


def _use(session: Session, village: Village, serial: str, today: date) -> None:
    _usable(session, village, serial, today, lock=True)
    found = paper_forms.by_serial(session, village.township_id, serial)
    if found is not None:
        found.used_on = today
    session.flush()


def _sent(village: Village, edition: form.Edition, voice: Voice, typed: Typed) -> SentForm:
    return SentForm(
        township_id=village.township_id,
        village_id=village.id,
        village=village.code,
        edition=edition,
        answers=typed.answers,
        comment=typed.comment,
        way=Way.PAPER,
        respondent=voice.respondent,
        key=typed.key,
        sought=voice.sought,
    )


def _note(session: Session, actor: Actor, village: Village, voice: Voice, today: date) -> None:
    """The ledger holds which serial, and no answer. An act of its own with the day only: nothing joins it to a rating."""
    act = Act(actor.username, moment_of(datetime.combine(today, time())), village.township_id)
    if voice.kind is EntryKind.PAPER:
        record(session, act, "paper.entered", village.name, None, {"serial": voice.who})
    else:
        record(session, act, "interview.entered", village.name, None, {"kind": voice.kind})


def _draw(
    session: Session,
    actor: Actor,
    sent: SentForm,
    kind: EntryKind,
    sealed: str,
    secret_key: str,
    today: date,
) -> None:
    """Keep what a second person needs to look at it again."""
    secret, check_id = quarter_secret(session, sent.township_id, quarter_of(today)), random_id()
    session.add(
        EntryCheck(
            id=check_id,
            township_id=sent.township_id,
            village_id=sent.village_id,
            kind=kind,
            sealed=sealed,
            digest=digest_of(secret, secret_key, check_id, sent.answers),
            entered_by_id=actor.account_id,
            entered_on=today,
            checked_by_id=None,
            checked_on=None,
            result=None,
        )
    )
    session.flush()
