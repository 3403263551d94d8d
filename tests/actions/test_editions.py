"""A form of the township's own: given to a period before it opens, and what residents said before keeps its worth."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest
from argon2 import PasswordHasher

from portal.actions.editions import (
    EditionRefused,
    change_form,
    edition_of,
    edition_on,
    look,
    seen_form,
    why_locked,
)
from portal.actions.guard import NotAllowed
from portal.actions.new_year import begin_new_year
from portal.actions.periods import NewPeriod, open_period
from portal.actions.ratings import SentForm, collect_rating
from portal.actions.seen import ChangedMeanwhile
from portal.core import form_fields
from portal.core.book import Role, Way
from portal.core.days import Span
from portal.core.form import STANDARD, Edition, title
from portal.core.rights import Actor
from portal.store import periods, roster
from portal.store.engine import Database
from portal.store.residents import FormEdition
from tests.actions.making import (
    LUOSHAN,
    bring,
    count,
    entries,
    rating,
    results,
    send,
    stored,
    tables,
    township_id,
)
from tests.actions.test_periods import two_persons
from tests.conftest import NOON
from tests.files.typed_workbook import book

TOWN = "塔石镇"
DAY = date(2026, 11, 22)


def own_form(**changes: str) -> Edition:
    """走访, 回话 and 总体, with weights 10, 30 and 60 and points of its own."""
    typed = {
        **form_fields.typed_of(STANDARD, TOWN),
        "use_contact": "",
        "use_solved": "",
        "use_replied": "y",
        "weight_visited": "10",
        "weight_replied": "30",
        "weight_overall": "60",
        "points_replied_weeks": "70",
        "points_overall_4": "90",
        **changes,
    }
    edition, faults = form_fields.read(typed, TOWN)
    assert edition is not None, faults
    return edition


def actor(own: int, role: Role = Role.CLERK) -> Actor:
    return Actor(0, role.value, own, frozenset({role}))


def give(
    database: Database,
    wanted: Edition,
    seen: str | None = None,
    role: Role = Role.CLERK,
    now: datetime = NOON,
    reason: str = "走访另有台账",
) -> None:
    own = township_id(database)
    with database.writing() as session:
        period = periods.listed(session, own)[-1]
        shown = seen_form(session, period) if seen is None else seen
        change_form(session, actor(own, role), period, wanted, reason, shown, now)


def seen_now(database: Database) -> str:
    with database.reading() as session:
        return seen_form(session, periods.listed(session, township_id(database))[-1])


def met_on(database: Database, day: date) -> Edition:
    with database.reading() as session:
        return edition_on(session, township_id(database), day)


def collect(database: Database, answers: dict[str, str], who: str = "cookie:1", day: date = DAY) -> None:
    """As the form's page takes it in."""
    own = township_id(database)
    with database.writing() as session:
        edition = edition_on(session, own, day)
        village = roster.ids(session, own, "villages")[LUOSHAN]
        sent = SentForm(
            own, village, LUOSHAN, edition, edition.canonical(answers), "", Way.ANONYMOUS, who, who
        )
        collect_rating(session, sent, day)


def mass_scores(database: Database) -> set[Fraction]:
    """What residents' voices make of the teams that have any."""
    scores = (team.mass.score for team in results(database).teams.values())
    return {score for score in scores if score is not None}


@pytest.mark.postgres
def test_a_period_has_the_form_that_it_was_given_and_other_days_the_standard_one(database: Database) -> None:
    bring(database, book())
    assert met_on(database, DAY) is STANDARD
    give(database, own_form())
    assert met_on(database, DAY) == own_form()
    assert met_on(database, date(2025, 12, 31)) is STANDARD
    with database.reading() as session:
        assert edition_of(session, periods.listed(session, township_id(database))[0]) == own_form()


def test_the_ledger_tells_both_forms_question_by_question(small: Database) -> None:
    give(small, own_form())
    (entry,) = entries(small, "form.changed")
    assert (entry.subject, entry.actor, entry.reason) == ("2026年度问卷", "clerk", "走访另有台账")
    before, after = entry.before or {}, entry.after or {}
    assert (before["问卷"], after["问卷"]) == ("标准问卷", title(own_form().key))
    assert list(before)[1:] == ["走访", "联系", "办事", "总体"]
    assert list(after)[1:] == ["走访", "回话", "总体"]
    assert after["回话"].startswith("您反映过的事，多久有人回话？（权重 30）三天以内 100、半个月以内 70、")


def test_equal_forms_are_kept_once_and_the_standard_one_can_come_back(small: Database) -> None:
    before = count(small, FormEdition)
    for wanted in (own_form(), STANDARD, own_form(), own_form(weight_visited="11")):
        give(small, wanted)
        assert met_on(small, DAY) == wanted
    assert count(small, FormEdition) == before + 2
    assert len(entries(small, "form.changed")) == 4


def test_what_was_said_before_keeps_its_form_and_its_worth(small: Database) -> None:
    send(small, rating("4"), rating("2", "李", time="2026-03-02 08:00:00"))
    told = results(small)
    give(small, own_form(points_overall_4="100", points_overall_2="0"))
    assert [team.mass for team in results(small).teams.values()] == [
        team.mass for team in told.teams.values()
    ]
    assert [cadre.total for cadre in results(small).cadres] == [cadre.total for cadre in told.cadres]


def test_an_answer_on_the_own_form_is_worth_what_the_own_form_says(small: Database) -> None:
    give(small, own_form())
    collect(small, {"visited": "yes", "replied": "weeks", "overall": "4"})
    # (10*100 + 30*70 + 60*90) / 100 = 85; a village alone stands at its own mean
    assert mass_scores(small) == {Fraction(85)}
    collect(small, {"visited": "unsure", "overall": "2"})
    assert mass_scores(small) == {Fraction(40)}


def test_one_voice_holds_over_a_change_of_the_form(small: Database) -> None:
    collect(small, {"overall": "5"}, day=DAY - timedelta(days=1))
    give(small, own_form())
    collect(small, {"visited": "no", "overall": "1"})
    assert [(row.answers, row.replaced_on) for row in stored(small)] == [
        *(("overall=5", DAY), ("visited=no overall=1", None)),
    ]
    assert len({row.edition_id for row in stored(small)}) == 2


@pytest.mark.parametrize("role", [Role.APPROVER, Role.AUDITOR, Role.CADRE, Role.TEAM_LEADER])
def test_only_the_office_changes_the_form(small: Database, role: Role) -> None:
    before = tables(small)
    with pytest.raises(NotAllowed):
        give(small, own_form(), role=role)
    own = township_id(small)
    with small.reading() as session:
        period = periods.listed(session, own)[0]
        seen = seen_form(session, period)
        with pytest.raises(NotAllowed):
            look(session, actor(own, role), period, own_form(), seen, NOON)
    assert tables(small) == before


def test_an_open_period_keeps_its_form_and_says_so(small: Database) -> None:
    give(small, own_form())
    with small.writing() as session:
        periods.listed(session, township_id(small))[0].opened_at = NOON
    before = tables(small)
    with pytest.raises(EditionRefused, match=r"已经打开.*下一期可以用另一份"):
        give(small, STANDARD)
    assert tables(small) == before


def test_a_period_that_is_over_keeps_its_form_too(small: Database) -> None:
    with pytest.raises(EditionRefused, match="已经结束"):
        give(small, own_form(), now=NOON + timedelta(days=60))
    with small.reading() as session:
        period = periods.listed(session, township_id(small))[0]
        assert why_locked(period, NOON) == ""


def test_a_period_opens_with_a_form_of_its_own(tashi: Database, cheap_hasher: PasswordHasher) -> None:
    give(tashi, own_form())
    own = township_id(tashi)
    two_persons(tashi, own, cheap_hasher)
    with tashi.writing() as session:
        period = periods.listed(session, own)[0]
        open_period(session, actor(own, Role.TOWNSHIP_ADMIN), period, "第8组团机动", NOON)
    assert met_on(tashi, DAY) == own_form()


def test_a_new_year_goes_on_with_the_form(small: Database) -> None:
    give(small, own_form())
    own = township_id(small)
    with small.writing() as session:
        old = periods.listed(session, own)[0]
        wanted = NewPeriod("2027年度", Span(date(2027, 1, 1), date(2027, 12, 31)))
        begin_new_year(session, actor(own, Role.TOWNSHIP_ADMIN), old, wanted, NOON)
    assert met_on(small, date(2027, 1, 1)) == own_form()
    (entry,) = entries(small, "new_year.period")
    assert (entry.after or {})["edition_id"]
    give(small, STANDARD)
    assert met_on(small, date(2027, 1, 1)) is STANDARD
    assert met_on(small, DAY) == own_form()


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_change_wants_a_reason(small: Database, reason: str) -> None:
    with pytest.raises(EditionRefused, match="为什么"):
        give(small, own_form(), reason=reason)
    assert entries(small, "form.changed") == []


def test_the_same_form_again_is_nothing_to_save(small: Database) -> None:
    with pytest.raises(EditionRefused, match="和现在的问卷一样"):
        give(small, STANDARD)


def test_who_saves_second_sees_the_first_ones_change(small: Database) -> None:
    seen = seen_now(small)
    give(small, own_form())
    before = tables(small)
    with pytest.raises(ChangedMeanwhile) as refusal:
        give(small, own_form(weight_visited="50"), seen=seen)
    differing = {one.field: (one.seen, one.now) for one in refusal.value.differing}
    assert differing["weight_visited"] == ("20", "10")
    assert differing["use_contact"] == ("y", "")
    assert differing["use_replied"] == ("", "y")
    assert tables(small) == before
    give(small, own_form(weight_visited="50"), seen=seen_now(small))
    assert met_on(small, DAY) == own_form(weight_visited="50")


def test_a_look_compares_in_the_forms_order_and_writes_nothing(small: Database) -> None:
    with small.reading() as session:
        own = township_id(small)
        period = periods.listed(session, own)[0]
        told = look(session, actor(own), period, own_form(), seen_form(session, period), NOON)
    assert [one.column for one in told] == ["走访", "联系", "回话", "办事", "总体"]
    assert [one.column for one in told if one.after == "（不问）"] == ["联系", "办事"]
    assert [one.column for one in told if one.before == "（不问）"] == ["回话"]
