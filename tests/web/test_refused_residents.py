"""What a resident is told when something is refused: what became of the answers, and what to do."""

from __future__ import annotations

import pytest

from portal.clock import local_day
from portal.core.days import quarter_of
from portal.store import ratings
from tests.conftest import NOON
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import VILLAGE
from tests.web.pages import visible_text
from tests.web.sending import OPINION, open_form, send, stored


def test_a_form_with_far_too_many_words_was_not_sent_and_the_page_says_how_many_fit(
    portal: Portal, visitor: PageClient
) -> None:
    response = visitor.post(portal.form(VILLAGE), data={**OPINION, "comment": "长" * 30_000})
    assert response.status_code == 413
    shown = visible_text(response.get_data(as_text=True))
    for words in ("没有交上", "删到 500 字以内", "再点“提交”"):
        assert words in shown
    assert stored(portal.database) == []


def test_what_can_not_be_opened_like_that_leads_back_to_the_poster(
    portal: Portal, visitor: PageClient
) -> None:
    response = visitor.post(f"{portal.form(VILLAGE)}/thanks")
    assert response.status_code == 405
    shown = visible_text(response.get_data(as_text=True))
    assert "不能这样打开" in shown
    assert "再扫一次海报" in shown


@pytest.mark.parametrize(
    ("method", "words", "never"),
    [
        ("POST", ["没有交上，什么也没有保存", "再点一次“提交”", "只算一次"], []),
        ("GET", ["暂时打不开", "过几分钟再试"], ["没有交上", "提交"]),
    ],
)
def test_when_something_breaks_only_who_sent_something_is_told_that_it_was_not_taken_in(
    portal: Portal,
    visitor: PageClient,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    words: list[str],
    never: list[str],
) -> None:
    monkeypatch.setattr("portal.web.residents.form.edition_on", lambda *_: 1 / 0)
    response = visitor.open(
        portal.form(VILLAGE), method=method, data={**OPINION} if method == "POST" else None
    )
    assert response.status_code == 500
    shown = visible_text(response.get_data(as_text=True))
    assert [word for word in [*words, "12345"] if word not in shown] == []
    assert [word for word in never if word in shown] == []


def test_a_quarter_that_is_sealed_takes_no_more_and_says_so(portal: Portal, visitor: PageClient) -> None:
    """It can't happen by the worker, which waits for thirty days; but a restored copy or a wrong clock may meet it."""
    send(visitor, portal.form(VILLAGE))
    key = open_form(visitor, portal.form(VILLAGE))
    with portal.database.writing() as session:
        kept = ratings.secret_of(session, portal.filled.street, quarter_of(local_day(NOON)))
        assert kept is not None
        kept.secret, kept.deleted_on = None, local_day(NOON)
    response = send(visitor, portal.form(VILLAGE), key, q_overall="1")
    assert response.status_code == 409
    assert "已经封存" in visible_text(response.get_data(as_text=True))
    assert len(stored(portal.database)) == 1
    assert visitor.post(f"{portal.form(VILLAGE)}/withdraw").status_code == 303, (
        "nobody's voice can be told any more"
    )
    assert stored(portal.database)[0].replaced_on is None
