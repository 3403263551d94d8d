"""Today lies in no period: a page that says when one may rate, and nothing is kept."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from sqlalchemy import delete, select

from portal.store.appraisal import Period, PeriodPost, PeriodVillage, PlanVersion
from tests.conftest import NOON
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import VILLAGE
from tests.web.pages import visible_text
from tests.web.sending import open_form, send, stored


def on(portal: Portal, day: date) -> None:
    portal.clock.moment = datetime.combine(day, NOON.timetz())


def add_period(portal: Portal, first: date, last: date) -> None:
    with portal.database.writing() as session:
        days = {"first_day": first, "last_day": last}
        session.add(Period(township_id=portal.filled.street, name=f"{first}", **days))


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31)])
def test_on_the_first_and_the_last_day_of_a_period_one_may_rate(
    portal: Portal, visitor: PageClient, day: date
) -> None:
    """Nobody has opened the street's period: a voice must not be lost for that."""
    on(portal, day)
    assert send(visitor, portal.form(VILLAGE)).status_code == 303
    assert len(stored(portal.database)) == 1


def test_after_the_last_period_the_page_says_that_it_is_over(portal: Portal, visitor: PageClient) -> None:
    on(portal, date(2027, 1, 1))
    shown = visible_text(visitor.page(portal.form(VILLAGE), 403))
    for words in ("现在不能评", "到2026年12月31日结束了", "还没有定", "12345", "张家村"):
        assert words in shown
    assert "没有交上" not in shown, "nobody sent anything"


def test_before_the_next_period_the_page_says_its_first_day(portal: Portal, visitor: PageClient) -> None:
    add_period(portal, date(2027, 2, 1), date(2027, 12, 31))
    on(portal, date(2027, 1, 15))
    shown = visible_text(visitor.page(portal.form(VILLAGE), 403))
    assert "从2027年2月1日起可以评" in shown
    assert "到2026年12月31日结束了" in shown


def test_a_form_that_was_open_meanwhile_is_not_taken_in_and_says_so(
    portal: Portal, visitor: PageClient
) -> None:
    key = open_form(visitor, portal.form(VILLAGE))
    on(portal, date(2027, 1, 1))
    response = send(visitor, portal.form(VILLAGE), key)
    assert response.status_code == 403
    assert "没有交上，什么也没有保存" in visible_text(response.get_data(as_text=True))
    assert stored(portal.database) == []


def test_a_township_without_any_period_says_that_no_day_is_set(portal: Portal, visitor: PageClient) -> None:
    with portal.database.writing() as session:
        own = portal.filled.street
        for table in (PeriodPost, PeriodVillage, PlanVersion):
            session.execute(delete(table).where(table.township_id == own))
        for period in session.scalars(select(Period).where(Period.township_id == own)):
            period.township_id = portal.filled.tashi
            period.name = "别人的"
    shown = visible_text(visitor.page(portal.form(VILLAGE), 403))
    assert "还没有定" in shown
    assert "结束了" not in shown


def test_thanks_and_taking_back_are_open_all_the_same(portal: Portal, visitor: PageClient) -> None:
    on(portal, date(2027, 1, 1))
    for page in ("thanks", "withdraw", "withdrawn"):
        visitor.page(f"{portal.form(VILLAGE)}/{page}")
