"""The page for two people on one row: who changed what, what was typed, and both ways on."""

from __future__ import annotations

from html import unescape

import pytest

from portal.actions.seen import ChangedMeanwhile, must_be_as_seen, seen_of
from portal.core.book import Role
from portal.web.conflict import conflict_page
from tests.web.client import hidden
from tests.web.conftest import Portal
from tests.web.filling import TASHI, user
from tests.web.pages import tree_of, visible_text
from tests.web.reading import rows

TYPED = {"leader": "单明", "note": "", "csrf_token": "old", "seen": "old"}
LABELS = {"leader": "组长", "note": "说明"}
AS_SEEN, NOW = {"leader": "何佳怡", "note": ""}, {"leader": "曾海", "note": "换人"}


@pytest.fixture
def page(portal: Portal) -> str:
    with pytest.raises(ChangedMeanwhile) as refusal:
        must_be_as_seen(seen_of(AS_SEEN), NOW)
    client = portal.staff(user(Role.CLERK, TASHI))
    with client.application.test_request_context("/admin/teams/1", headers={"Cookie": "portal_staff=none"}):
        text, status = conflict_page(
            "清廉组团", refusal.value, LABELS, TYPED, seen_of(NOW), "/admin/teams/1", "余宏伟"
        )
    assert status == 409
    return text


def test_what_was_seen_what_stands_and_what_was_typed_stand_side_by_side(page: str) -> None:
    assert rows(page, "改动对照表") == [
        {"项目": "组长", "您打开时": "何佳怡", "现在": "曾海", "您填的": "单明"},
        {"项目": "说明", "您打开时": "（空）", "现在": "换人", "您填的": "（空）"},
    ]
    assert "余宏伟改了“清廉组团”" in visible_text(page)
    assert "没有保存" in visible_text(page)


def test_confirming_sends_what_was_typed_over_what_stands_now(page: str) -> None:
    assert unescape(hidden(page, "seen")) == seen_of(NOW)
    assert hidden(page, "leader") == "单明"
    assert page.count('name="csrf_token"') == 1


def test_the_other_way_on_leads_back_to_what_stands_now(page: str) -> None:
    links = [a.get("href") for a in next(tree_of(page).iter("main")).iter("a")]
    assert links == ["/admin/teams/1"]
