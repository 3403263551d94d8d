"""The residents' pages: the code box, the form and its words, what is refused and how kindly."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import select

from portal.clock import local_day
from portal.core.form import STANDARD, Edition
from portal.core.form_catalogue import CATALOGUE
from portal.core.form_fields import LONGEST_TEXT
from portal.store import editions
from portal.store.appraisal import Period
from portal.store.organisation import Village
from portal.web.residents.form import LONGEST_COMMENT
from tests.conftest import NOON
from tests.web.client import PageClient, hidden
from tests.web.conftest import MakePortal, Portal
from tests.web.filling import ALONE, COMMUNITY, VILLAGE
from tests.web.pages import text_of, tree_of, visible_text
from tests.web.sending import OPINION, chosen, open_form, send, stored

LARGEST_FORM = 6144  # bytes on the wire, with headers: a bar of signal is enough


def legends(page: str) -> list[str]:
    return [text_of(legend) for legend in tree_of(page).iter("legend")]


def test_the_form_asks_four_questions_in_order_and_selects_nothing(
    portal: Portal, visitor: PageClient
) -> None:
    page = visitor.page(portal.form(VILLAGE))
    assert [legend[:2] for legend in legends(page)[:4]] == ["1.", "2.", "3.", "4."]
    names = list(dict.fromkeys(re.findall(r'name="(q_\w+)"', page)))
    assert names == [f"q_{question.key}" for question in STANDARD.questions] == [*OPINION]
    assert chosen(page) == {}
    assert " checked" not in page
    assert " required" not in page, "the browser's own bubble would speak before our sentence"


def test_only_the_last_question_must_be_answered_and_the_others_say_so(
    portal: Portal, visitor: PageClient
) -> None:
    *optional, overall, comment = legends(visitor.page(portal.form(VILLAGE)))
    assert all(legend.endswith("（选填）") for legend in [*optional, comment])
    assert "（选填）" not in overall


def test_every_option_stands_on_the_form_in_its_order(portal: Portal, visitor: PageClient) -> None:
    page = visitor.page(portal.form(VILLAGE))
    shown = [text_of(label) for label in tree_of(page).iter("label") if "-" in label.get("for", "")]
    shown.remove("您的电话 （选填）")
    assert shown == [option.words for question in STANDARD.questions for option in question.options]


@pytest.mark.parametrize(
    ("village", "words", "never"),
    [
        (None, ["镇里的联村干部到村里或您家来过吗", "塔石镇人民政府"], ["社区", "街道"]),
        (VILLAGE, ["街道里的联村干部到村里或您家来过吗", "龙洲街道办事处"], ["联社区", "镇里的"]),
        (COMMUNITY, ["街道里的联社区干部到社区或您家来过吗", "龙洲街道办事处"], ["联村", "镇里的"]),
    ],
)
def test_the_words_fit_the_place(
    portal: Portal, visitor: PageClient, village: str | None, words: list[str], never: list[str]
) -> None:
    shown = visible_text(visitor.page(portal.form(village)))
    assert [word for word in words if word not in shown] == []
    assert [word for word in never if word in shown] == []


def test_the_form_says_who_asks_what_is_kept_and_where_to_turn(portal: Portal, visitor: PageClient) -> None:
    shown = visible_text(visitor.page(portal.form(VILLAGE)))
    for words in (
        "主办：龙游县龙洲街道办事处",
        "评价不记名字、号码和位置",
        "只记哪一天",
        "12345",
        "110",
        "不用登录",
    ):
        assert words in shown


def test_each_opening_of_the_form_has_its_own_key(portal: Portal, visitor: PageClient) -> None:
    keys = {open_form(visitor, portal.form(VILLAGE)) for _ in range(5)}
    assert len(keys) == 5


@pytest.mark.parametrize("style", ["lower", "spaced", "full-width", "dashed", "tabbed"])
def test_a_code_may_be_typed_in_any_style(portal: Portal, visitor: PageClient, style: str) -> None:
    token = portal.filled.posters[VILLAGE]
    typed = {
        "lower": token.lower(),
        "spaced": f"  {token[:3]} {token[3:]} ",
        "full-width": "".join(chr(ord(letter) + 0xFEE0) for letter in token),
        "dashed": f"{token[:3]}-{token[3:]}",
        "tabbed": f"{token}\t\n",
    }[style]
    response = visitor.get("/", query_string={"code": typed})
    assert (response.status_code, response.location) == (302, f"/v/{token}")
    assert "张家村" in visitor.page(f"/v/{token.lower()}")


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "请输入海报上的 6 位码"),
        ("   ", "请输入海报上的 6 位码"),
        ("ABC", "您输入了 3 位"),
        ("ABCDEFG", "您输入了 7 位"),
        ("ZZZZZZ", "没有这个码"),
        ("O0I1L1", "没有数字 0 和 1"),
        ('"><b>', "您输入了 5 位"),
        ("AB\x00CDE", "没有这个码"),
        ("％％％％％％", "没有这个码"),
        ("𝟚" * 40, "您输入了 20 位"),
    ],
)
def test_a_code_that_is_none_gets_a_sentence_and_stays_in_the_box(
    visitor: PageClient, typed: str, words: str
) -> None:
    page = visitor.page("/?" + "code=" + "".join(f"%{byte:02x}" for byte in typed.encode()))
    tree = tree_of(page)
    assert words in visible_text(page)
    assert text_of(next(tree.iter("title"))).startswith("有错误：")
    box = next(field for field in tree.iter("input") if field.get("id") == "code")
    assert box.get("aria-invalid") == "true"
    assert box.get("value") == typed.replace("\x00", "")[:20]


@pytest.mark.parametrize("token", ["ZZZZZZ", "abc", "A" * 400, "%00", "%ff", "''--", "%E2%82%AC"])
def test_an_unknown_code_is_not_found_in_plain_words(visitor: PageClient, token: str) -> None:
    for path in (f"/v/{token}", f"/v/{token}/thanks"):
        page = visitor.page(path, 404)
        assert "没有这个码" in page
        assert 'href="/"' in page
    assert visitor.post(f"/v/{token}", data=OPINION).status_code == 404


def test_a_village_that_is_gone_takes_no_ratings_from_the_day_after_its_last(
    portal: Portal, visitor: PageClient
) -> None:
    with portal.database.writing() as session:
        village = session.scalars(select(Village).where(Village.code == VILLAGE)).one()
        village.last_day = local_day(NOON)
    visitor.page(portal.form(VILLAGE))
    portal.clock.turn(days=1)
    visitor.page(portal.form(VILLAGE), 410)
    assert send(visitor, portal.form(VILLAGE), "a-key-that-is-long-enough").status_code == 410


def test_a_village_without_a_team_is_asked_too(portal: Portal, visitor: PageClient) -> None:
    assert send(visitor, portal.form(ALONE)).status_code == 303
    assert len(stored(portal.database)) == 1


def test_an_empty_form_comes_back_with_a_summary_that_leads_to_the_question(
    portal: Portal, visitor: PageClient
) -> None:
    open_form(visitor, portal.form(VILLAGE))
    response = visitor.post(portal.form(VILLAGE), data={"key": "a-key-that-is-long-enough"})
    tree = tree_of(response.get_data(as_text=True))
    assert response.status_code == 422
    assert text_of(next(tree.iter("title"))).startswith("有错误：")
    summary = next(part for part in tree.iter("div") if part.get("role") == "alert")
    link = next(summary.iter("a"))
    field = next(part for part in tree.iter("input") if part.get("id") == link.get("href", "")[1:])
    assert field.get("name") == "q_overall"
    assert text_of(link) in [text_of(part) for part in tree.iter("p") if part.get("class") == "error"]
    assert stored(portal.database) == []


def test_each_sentence_of_a_summary_leads_to_its_field(portal: Portal, visitor: PageClient) -> None:
    wrong = {"q_contact": "6", "q_overall": "", "comment": "好" * 501, "want_reply": "1", "contact": "二叔"}
    page = send(visitor, portal.form(VILLAGE), **wrong).get_data(as_text=True)
    tree = tree_of(page)
    summary = next(part for part in tree.iter("div") if part.get("role") == "alert")
    fields = {part.get("id"): part.get("name") for tag in ("input", "textarea") for part in tree.iter(tag)}
    led = [fields[link.get("href", "")[1:]] for link in summary.iter("a")]
    assert led == ["q_contact", "q_overall", "comment", "contact"]
    assert [text_of(link) for link in summary.iter("a")] == [
        text_of(part) for part in tree.iter("p") if part.get("class") == "error"
    ]


def test_what_was_typed_stays_when_something_is_missing(portal: Portal, visitor: PageClient) -> None:
    comment = '路灯坏了 <b>&"\r\n第二行'
    response = send(visitor, portal.form(VILLAGE), q_overall="", comment=comment)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert chosen(page) == {"visited": "yes", "contact": "no", "solved": "none"}
    area = next(tree_of(page).iter("textarea"))
    assert area.text == '路灯坏了 <b>&"\n第二行'
    assert stored(portal.database) == []
    assert send(visitor, portal.form(VILLAGE), hidden(page, "key")).status_code == 303


@pytest.mark.parametrize("name", [*OPINION])
def test_an_option_that_there_is_not_is_refused(portal: Portal, visitor: PageClient, name: str) -> None:
    response = send(visitor, portal.form(VILLAGE), **{name: "6"})
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "没有您选的那一项" in page
    assert chosen(page) == {key[2:]: value for key, value in OPINION.items() if key != name}
    assert stored(portal.database) == []


def test_a_comment_may_have_500_characters_and_no_more(portal: Portal, visitor: PageClient) -> None:
    response = send(visitor, portal.form(VILLAGE), comment="好" * 501)
    page = response.get_data(as_text=True)
    assert response.status_code == 422
    assert "最多写 500 个字，现在有 501 个" in page
    assert 'href="#comment"' in page
    assert "好" * 501 in page
    assert chosen(page) == {key[2:]: value for key, value in OPINION.items()}
    assert send(visitor, portal.form(VILLAGE), comment="好" * 500).status_code == 303
    assert [rating.comment for rating in stored(portal.database)] == ["好" * 500]


def test_a_line_break_counts_as_one_character(portal: Portal, visitor: PageClient) -> None:
    assert send(visitor, portal.form(VILLAGE), comment="\r\n".join("行" * 250)).status_code == 303
    assert stored(portal.database)[0].comment == "\n".join("行" * 250)


def test_a_body_of_two_megabytes_gets_a_page_in_plain_words(portal: Portal, visitor: PageClient) -> None:
    response = send(visitor, portal.form(VILLAGE), comment="x" * 2_000_000)
    assert response.status_code == 413
    assert "写得太多了" in response.get_data(as_text=True)
    assert stored(portal.database) == []


@pytest.mark.parametrize("key", ["", "short", "x" * 44, "a key with spaces in it", "钥匙" * 12])
def test_a_page_without_its_key_comes_back_as_typed_with_a_fresh_one(
    portal: Portal, visitor: PageClient, key: str
) -> None:
    path = portal.form(VILLAGE)
    open_form(visitor, path)
    response = visitor.post(path, data={**OPINION, "key": key, "comment": "写过的话"})
    page = response.get_data(as_text=True)
    assert response.status_code == 400
    assert 'role="alert"' in page
    assert chosen(page) == {key[2:]: value for key, value in OPINION.items()}
    assert "写过的话" in page
    assert stored(portal.database) == []
    assert send(visitor, path, hidden(page, "key")).status_code == 303


def test_the_form_is_small_also_with_large_letters(portal: Portal, visitor: PageClient) -> None:
    visitor.set_cookie("size", "30")
    response = visitor.get(portal.form(VILLAGE), headers={"Accept-Encoding": "gzip, deflate"})
    assert response.content_encoding == "gzip"
    assert len(response.get_data()) + len(str(response.headers)) <= LARGEST_FORM


def test_the_largest_form_is_small_also_when_it_comes_back_with_the_longest_words(
    portal: Portal, visitor: PageClient
) -> None:
    """Six questions of the longest wordings, every error, and words of which no two characters are the same."""
    longest = sorted(CATALOGUE[:-1], key=lambda question: len(question.options))[-5:]
    long = [
        replace(one, text=f"{one.text}{of_hanzi(LONGEST_TEXT, place)}"[:LONGEST_TEXT])
        for place, one in enumerate(longest)
    ]
    with portal.database.writing() as session:
        period = session.scalars(select(Period).where(Period.township_id == portal.filled.street)).one()
        period.edition_id = editions.kept(
            session, period.township_id, Edition("long", (*long, CATALOGUE[-1]))
        )
    visitor.set_cookie("size", "30")
    open_form(visitor, portal.form(COMMUNITY))
    sent = {"key": "x" * 22, "comment": of_hanzi(LONGEST_COMMENT), "want_reply": "1", "contact": "138"}
    for wrong, status in ((sent, 422), ({**sent, "key": "", "q_overall": "4", "contact": ""}, 400)):
        path, methods = portal.form(COMMUNITY), {"Accept-Encoding": "gzip, deflate, br"}
        response = visitor.post(path, data=wrong, headers=methods)
        assert (response.status_code, response.content_encoding) == (status, "br")
        assert len(response.get_data()) + len(str(response.headers)) <= LARGEST_FORM


def of_hanzi(length: int, begin: int = 0) -> str:
    """Characters that occur once each: nothing there to compress."""
    return "".join(chr(0x4E00 + (begin * length + place) * 7919 % 20000) for place in range(length))


def test_a_resident_gets_one_signed_cookie_and_no_other(portal: Portal, visitor: PageClient) -> None:
    visitor.page("/")
    assert visitor.get("/").headers.getlist("Set-Cookie") == []
    (given,) = visitor.get(portal.form(VILLAGE)).headers.getlist("Set-Cookie")
    assert re.match(r"r=[\w-]{16}\.[\w-]+; ", given)
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(given.split("; "))
    assert "Secure" not in given
    assert visitor.get(portal.form(VILLAGE)).headers.getlist("Set-Cookie") == []


def test_the_cookie_is_secure_where_the_portal_is_on_https(make_portal: MakePortal) -> None:
    portal = make_portal(base_url="https://localhost", secure_cookies=True)
    response = portal.visitor().get(portal.form(VILLAGE), base_url="https://localhost")
    assert "; Secure" in response.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "forged", ["x", "x.y", "abcdefghijklmnop." + "A" * 27, "\udcff.", "%00.%00", "." * 50]
)
def test_a_forged_cookie_is_replaced_by_one_of_ours(portal: Portal, visitor: PageClient, forged: str) -> None:
    response = visitor.get(
        portal.form(VILLAGE),
        headers={"Cookie": f"r={forged}".encode("utf-8", "surrogateescape").decode("latin1")},
    )
    assert response.status_code == 200
    assert response.headers["Set-Cookie"].startswith("r=")


def test_thanks_says_what_happens_and_shows_no_answer(portal: Portal, visitor: PageClient) -> None:
    send(visitor, portal.form(VILLAGE), comment="只有我知道")
    shown = visible_text(visitor.page(f"{portal.form(VILLAGE)}/thanks"))
    for words in (
        "收到了，谢谢您",
        "可以关掉",
        "评价里没有您的名字、号码和位置",
        "只记了哪一天",
        "12345",
        "最后一次为准",
    ):
        assert words in shown
    assert not [
        option.words
        for question in STANDARD.questions
        for option in question.options
        if option.words in shown
    ]
    assert "只有我知道" not in shown


def test_the_demo_says_that_it_is_one(make_portal: MakePortal) -> None:
    portal = make_portal(demo=True)
    for path in ("/", portal.form(VILLAGE), "/login", "/v/ZZZZZZ"):
        assert "演示数据" in portal.visitor().get(path).get_data(as_text=True)
