"""Days as people type them: read in every usual spelling, shown in one, kept as typed where they are none."""

from __future__ import annotations

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form
from wtforms.validators import InputRequired, Optional

from portal.core.book import Role
from portal.web.day_field import DayField, NoDay, read_day
from tests.web.conftest import Portal
from tests.web.filling import TASHI, user
from tests.web.pages import text_of, tree_of

ADMIN = user(Role.TOWNSHIP_ADMIN, TASHI)
CADRE = user(Role.CADRE, TASHI)


class Days(Form):  # type: ignore[misc]
    first = DayField("第一天", validators=[InputRequired("请填第一天。")])
    last = DayField("最后一天", validators=[Optional()])


def typed(**values: str) -> Days:
    return Days(MultiDict(values))


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-01", "2026-3-1", "2026.3.1", "2026/3/1", "2026年3月1日", "20260301"),
        *("２０２６－３－１", "２０２６年３月１日", " 2026-03-01 ", "2026-03-01 00:00:00", "2026。3。1"),
    ],
)
def test_a_day_is_read_in_every_usual_spelling(text: str) -> None:
    form = typed(first=text)
    assert form.validate(), form.errors
    assert form.first.data == date(2026, 3, 1)


@pytest.mark.parametrize(
    "text", ["昨天", "2026-02-30", "3月1日", "2026-13-01", "0001-01-01", "1926-03-01", "#N/A"]
)
def test_what_is_no_day_stays_as_typed_and_the_field_says_what_is_wanted(text: str) -> None:
    form = typed(first=text, last="2026-03-01")
    assert not form.validate()
    (words,) = form.first.errors
    assert words.startswith("第一天要写成 2026-03-01 这样的日期")
    assert f'value="{text}"' in form.first()
    assert form.first.data is None
    assert not form.last.errors


def test_nothing_and_white_space_are_the_same() -> None:
    for text in ("", "   ", "\u3000"):
        form = typed(first=text, last=text)
        assert not form.validate()
        assert form.errors == {"first": ["请填第一天。"]}
        assert form.last.data is None


def test_a_stored_day_is_shown_as_it_is_to_be_written() -> None:
    form = Days(data={"first": date(2026, 3, 1)})
    assert 'value="2026-03-01"' in form.first()
    assert 'value=""' in form.last()


def test_a_year_that_can_not_be_meant_is_named() -> None:
    with pytest.raises(NoDay, match="年份在 2000 和 2100 之间"):
        read_day("2206-03-01")


def test_no_page_has_a_date_box_and_each_that_asks_for_days_takes_excels_spelling(portal: Portal) -> None:
    client = portal.staff(ADMIN)
    for path, name in (
        ("/admin/cadres", "day"),
        ("/admin/cadres/new", "first_day"),
        ("/admin/ledger", "first"),
        ("/admin/periods/new", "last_day"),
        ("/admin/task-forces/new", "last_day"),
        ("/admin/villages/new", "day"),
    ):
        page = client.page(path)
        assert 'type="date"' not in page, path
        (box,) = (one for one in tree_of(page).iter("input") if one.get("name") == name)
        assert (box.get("type"), box.get("inputmode"), box.get("autocomplete")) == (
            "text",
            "numeric",
            "off",
        ), path
    assert "2026年3月1日任职的" in client.page("/admin/cadres?day=2026/3/1").replace("，", "")
    assert "2026/3/1" in client.page("/admin/ledger?first=2026/3/1")


def test_a_filter_that_is_no_day_is_said_and_today_is_shown(portal: Portal) -> None:
    page = portal.staff(ADMIN).page("/admin/cadres?day=昨天&q=保留", 422)
    assert "<title>有错误：干部" in page
    assert page.count("日期要写成 2026-03-01 这样的日期。下面是今天的。") == 2
    assert 'value="昨天"' in page
    assert 'value="保留"' in page
    assert "（今天）" in text_of(tree_of(page))
