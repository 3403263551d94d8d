"""The network goes away between filling in and sending: nothing is lost and nothing is doubled, with script and without."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from playwright.sync_api import Browser, BrowserContext, Page, Route
from sqlalchemy import func, select

from portal.config import Settings
from portal.core.receipts import as_receipt
from portal.store.engine import Database
from portal.store.organisation import Poster
from portal.store.residents import Case
from portal.web.app import create_app
from tests.browser.conftest import PHONE, served
from tests.conftest import NOON
from tests.web.filling import SECRET_KEY, VILLAGE, Filled
from tests.web.sending import stored

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

NOT_SENT = "没有发出去，您填的都还在。等有信号了再点一次提交。"
TAKEN_UP = "上次没有交完"


@dataclass
class Street:
    """The portal on a database of its own, and phones that come to the poster of one village."""

    url: str
    token: str
    database: Database
    browser: Browser
    opened: list[BrowserContext] = field(default_factory=list)

    @property
    def form(self) -> str:
        return f"{self.url}/v/{self.token}"

    def phone(self, *, scripts: bool = True) -> Page:
        width, height = PHONE
        context = self.browser.new_context(
            java_script_enabled=scripts, locale="zh-CN", viewport={"width": width, "height": height}
        )
        self.opened.append(context)
        page = context.new_page()
        page.goto(self.form)
        return page

    def ratings(self) -> list[str]:
        """The answers of everything that was stored, also of what was replaced since."""
        return [rating.answers for rating in stored(self.database)]

    def cases(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).where(Case.receipt.is_not(None))) or 0


@pytest.fixture
def street(
    filled: Filled, browser: Browser, cheap_hasher: PasswordHasher, tmp_path: Path
) -> Iterator[Street]:
    url = filled.copy(tmp_path)
    database = Database(url)
    settings = Settings(url, SECRET_KEY, "http://127.0.0.1", secure_cookies=False)
    with served(create_app(settings, database, lambda: NOON, cheap_hasher)) as port:
        own = Street(f"http://127.0.0.1:{port}", filled.posters[VILLAGE], database, browser)
        yield own
        for context in own.opened:
            context.close()
    database.dispose()


def fill_in(page: Page, level: str = "2", words: str = "路灯坏了") -> None:
    page.click('label[for="visited-no"]')
    page.click(f'label[for="overall-{level}"]')
    page.fill("#comment", words)


def assert_filled_in(page: Page, level: str = "2", words: str = "路灯坏了") -> None:
    assert page.locator("#visited-no").is_checked()
    assert page.locator(f"#overall-{level}").is_checked()
    assert page.locator("#comment").input_value() == words


def press(page: Page) -> None:
    """Press 提交 and wait for thanks."""
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("**/thanks*")
    assert page.locator("h1").inner_text() == "收到了，谢谢您"


def press_in_vain(page: Page) -> None:
    """Press 提交 where no answer comes, and wait for the sentence that says so."""
    page.get_by_role("button", name="提交").click()
    page.get_by_role("alert").wait_for()


def draft(page: Page) -> str | None:
    found: str | None = page.evaluate("place => localStorage.getItem(place)", page.url.partition("/v/")[2])
    kept: str = page.evaluate("JSON.stringify(localStorage)")
    return found or (None if kept == "{}" else kept)


def lose_the_answer(route: Route) -> None:
    """The server gets the form and stores it; what it says never arrives."""
    if route.request.method == "POST":
        route.fetch(max_redirects=0)
        route.abort("connectionreset")
    else:
        route.continue_()


def test_without_script_a_resident_asks_for_an_answer_and_gets_a_receipt(street: Street) -> None:
    page = street.phone(scripts=False)
    page.goto(street.url)
    page.fill("#code", street.token.lower())
    page.click("main button")
    assert not page.locator("#reply-phone").is_visible()
    page.click('label[for="want_reply"]')
    page.fill("#reply-phone", "13800001234")
    page.click('label[for="private"]')
    page.fill("#comment", "路灯坏了")
    page.click('label[for="visited-no"]')
    page.click("main button")
    assert page.title().startswith("有错误：")
    page.locator("[role=alert] a").click()
    assert page.url.endswith("#overall-5")
    assert page.locator("#visited-no").is_checked()
    assert page.locator("#want_reply").is_checked()
    assert page.locator("#private").is_checked()
    assert page.locator("#reply-phone").input_value() == "13800001234"
    page.click('label[for="overall-2"]')
    press(page)
    code = page.locator("p.code").inner_text()
    assert as_receipt(code) is not None
    page.get_by_role("link", name="特大").click()
    assert page.locator("p.code").inner_text() == code
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "30px"
    assert (street.ratings(), street.cases()) == (["visited=no overall=2"], 1)


def test_without_script_going_back_after_a_failed_send_shows_what_was_filled_in(street: Street) -> None:
    page = street.phone(scripts=False)
    page.click('label[for="want_reply"]')
    page.fill("#reply-phone", "13800001234")
    fill_in(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("chrome-error://**")
    page.go_back()
    assert_filled_in(page)
    assert page.locator("#reply-phone").input_value() == "13800001234"
    page.context.set_offline(False)
    press(page)
    assert (street.ratings(), street.cases()) == (["visited=no overall=2"], 1)


def test_without_script_a_form_whose_answer_was_lost_and_that_is_sent_again_is_one(street: Street) -> None:
    page = street.phone(scripts=False)
    page.click('label[for="want_reply"]')
    fill_in(page)
    page.route("**/*", lose_the_answer)
    page.get_by_role("button", name="提交").click()
    page.wait_for_url("chrome-error://**")
    assert len(street.ratings()) == 1
    page.unroute("**/*")
    page.go_back()
    assert_filled_in(page)
    press(page)
    assert (street.ratings(), street.cases()) == (["visited=no overall=2"], 1)


def test_with_script_the_page_stays_without_network_and_is_sent_later(street: Street) -> None:
    page = street.phone()
    fill_in(page)
    page.context.set_offline(True)
    for _ in range(2):
        press_in_vain(page)
        assert page.get_by_role("alert").all_inner_texts() == [NOT_SENT]
    assert page.url == street.form
    assert_filled_in(page)
    assert street.ratings() == []
    page.context.set_offline(False)
    press(page)
    assert street.ratings() == ["visited=no overall=2"]
    assert draft(page) is None, "after thanks nothing of it stays on the phone"
    page.go_back()
    assert page.url != street.form, "nobody sees by going back what was answered"


def test_a_form_that_was_closed_is_taken_up_again_and_after_thanks_no_more(street: Street) -> None:
    page = street.phone()
    page.click('label[for="want_reply"]')
    page.fill("#reply-phone", "13800001234")
    fill_in(page)
    context = page.context
    page.close()
    page = context.new_page()
    page.goto(street.form)
    assert TAKEN_UP in page.get_by_role("status").inner_text()
    assert_filled_in(page)
    assert page.locator("#reply-phone").input_value() == "13800001234"
    press(page)
    page = context.new_page()
    page.goto(street.form)
    assert page.locator("input:checked").count() == 0
    assert page.get_by_role("status").count() == 0
    assert page.locator("#comment").input_value() == ""


def test_an_answer_that_was_lost_doubles_nothing_even_when_the_page_was_closed(street: Street) -> None:
    page = street.phone()
    page.click('label[for="want_reply"]')
    fill_in(page)
    page.route("**/*", lose_the_answer)
    press_in_vain(page)
    assert len(street.ratings()) == 1, "it did arrive"
    page.unroute("**/*")
    page.reload()
    assert_filled_in(page)
    press(page)
    assert (street.ratings(), street.cases()) == (["visited=no overall=2"], 1)


def test_two_taps_on_a_slow_network_send_once(street: Street) -> None:
    page = street.phone()
    sent: list[str] = []

    def slowly(route: Route) -> None:
        sent.append(route.request.method)
        page.get_by_role("button", name="正在提交").click()
        route.continue_()

    fill_in(page)
    page.route("**/*send=1", slowly)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    press(page)
    assert broken == []
    assert sent == ["POST"]
    assert len(street.ratings()) == 1


def test_a_page_with_errors_shows_what_was_sent_and_not_what_the_phone_kept(street: Street) -> None:
    page = street.phone()
    page.fill("#comment", "先写的")
    page.get_by_role("button", name="提交").click()
    page.get_by_role("alert").wait_for()
    assert page.title().startswith("有错误：")
    page.evaluate(
        "for (const k of Object.keys(localStorage)) localStorage[k] = localStorage[k].replace('先写的', '别的')"
    )
    page.click('label[for="overall-2"]')
    assert page.locator("#comment").input_value() == "先写的"
    page.goto(street.form)
    assert page.locator("#overall-2").is_checked(), "what was mended there is kept too"
    page.fill("#comment", "先写的")
    press(page)
    assert [rating.comment for rating in stored(street.database)] == ["先写的"]


def test_who_comes_next_to_the_phone_begins_anew(street: Street) -> None:
    page = street.phone()
    key = page.locator("[name=key]").input_value()
    fill_in(page)
    page.reload()
    page.get_by_role("button", name="重新填").click()
    assert page.locator("input:checked").count() == 0
    assert page.locator("#comment").input_value() == ""
    assert page.get_by_role("status").count() == 0
    assert draft(page) is None
    assert page.locator("[name=key]").input_value() != key


def age(page: Page) -> None:
    page.evaluate(
        "for (const k of Object.keys(localStorage)) { const d = JSON.parse(localStorage[k]);"
        " d[0] -= 864e5; localStorage[k] = JSON.stringify(d) }"
    )


def test_what_is_a_day_old_is_forgotten_by_any_villages_form(street: Street, filled: Filled) -> None:
    page = street.phone()
    fill_in(page)
    age(page)
    page.goto(f"{street.url}/v/{next(t for v, t in filled.posters.items() if v != VILLAGE)}")
    assert draft(page) is None
    page.goto(street.form)
    assert page.locator("input:checked").count() == 0


def scan(page: Page, address: str, serial: str) -> None:
    """Open the form as the code on a paper form does: with its serial in a hidden field."""

    def with_serial(route: Route) -> None:
        answer = route.fetch()
        key = '<input type="hidden" name="key"'
        page_of_it = answer.text().replace(key, f'<input type="hidden" name="serial" value="{serial}">{key}')
        route.fulfill(response=answer, body=page_of_it)

    page.route(address, with_serial)
    page.goto(address)
    page.unroute(address)


def test_what_was_begun_with_another_paper_is_not_put_into_this_one(street: Street) -> None:
    page = street.phone()
    scan(page, street.form, "ABCD2345")
    fill_in(page)
    scan(page, street.form, "WXYZ6789")
    assert page.locator("input:checked").count() == 0
    page.goto(street.form)
    assert page.locator("input:checked").count() == 0
    scan(page, street.form, "ABCD2345")
    assert_filled_in(page)
    assert page.locator("[name=serial]").input_value() == "ABCD2345"


@pytest.mark.parametrize(
    "broken",
    [
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('private') }})",
        "Storage.prototype.setItem = () => { throw new Error('full') }",
        "localStorage.setItem(location.pathname, 'not ours')",
        "delete window.AbortController",
    ],
    ids=["private", "full", "foreign", "old"],
)
def test_a_phone_that_keeps_nothing_sends_all_the_same(street: Street, broken: str) -> None:
    page = street.phone()
    page.add_init_script(broken)
    page.goto(street.form)
    fill_in(page)
    press(page)
    assert street.ratings() == ["visited=no overall=2"]


def test_a_page_that_the_server_shows_instead_of_thanks_is_read(street: Street) -> None:
    page = street.phone()
    fill_in(page)
    with street.database.writing() as session:
        poster = session.scalars(select(Poster).where(Poster.token == street.token)).one()
        poster.retired_on = NOON.date() - timedelta(days=1)
    page.get_by_role("button", name="提交").click()
    page.get_by_role("heading", name="这张海报不用了").wait_for()
    assert street.ratings() == []


def test_whoever_waits_for_half_a_minute_is_told(street: Street) -> None:
    page = street.phone()
    page.clock.install()
    page.goto(street.form)
    fill_in(page)
    page.route("**/*send=1", lambda _: None)
    page.get_by_role("button", name="提交").click()
    page.get_by_role("button", name="正在提交").wait_for()
    page.clock.fast_forward(29_000)
    assert page.get_by_role("alert").count() == 0
    page.clock.fast_forward(2_000)
    page.get_by_role("alert").wait_for()
    assert_filled_in(page)
    page.unroute("**/*send=1")
    press(page)
    assert len(street.ratings()) == 1
