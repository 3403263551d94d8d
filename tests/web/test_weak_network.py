"""One bar of signal: what the server does so that nothing is lost or doubled, whether the browser runs scripts or not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from portal.config import ROOT
from portal.web.residents import scripts
from tests.web.client import PageClient
from tests.web.conftest import Portal
from tests.web.filling import VILLAGE
from tests.web.sending import open_form, send, stored

LARGEST_SCRIPT = 2048  # bytes on the page


def test_only_the_form_as_it_is_opened_may_be_kept_by_the_browser(
    portal: Portal, visitor: PageClient
) -> None:
    path = portal.form(VILLAGE)
    assert visitor.get(path).headers["Cache-Control"] == "private, no-cache"
    others = [
        send(visitor, path, q_overall=""),
        send(visitor, path),
        visitor.get(f"{path}/thanks"),
        visitor.get("/v/ZZZZZZ"),
        visitor.get("/"),
        visitor.get("/size/24"),
    ]
    assert {answer.headers["Cache-Control"] for answer in others} == {"no-store"}


def test_a_form_that_could_not_be_made_is_not_kept_either(
    portal: Portal, visitor: PageClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_: object) -> None:
        raise OSError("gone")

    monkeypatch.setattr("portal.web.residents.form.edition_on", gone)
    answer = visitor.get(portal.form(VILLAGE))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (500, "no-store")


def test_the_script_is_told_where_thanks_are_and_everybody_else_is_led_there(
    portal: Portal, visitor: PageClient
) -> None:
    path, ask = portal.form(VILLAGE), {"Accept": "text/plain"}
    answers = {"q_overall": "4", "key": open_form(visitor, path)}
    told = visitor.post(path, data=answers, headers=ask)
    led = visitor.post(path, data=answers, headers={"Accept": "text/html,*/*;q=0.8"})
    assert (told.status_code, told.location, told.get_data()) == (201, f"{path}/thanks", b"")
    assert (led.status_code, led.location) == (303, f"{path}/thanks")
    assert len(stored(portal.database)) == 1, "a retry by the other way is still the same page"


@pytest.mark.parametrize(("missing", "status"), [("q_overall", 422), ("key", 400)])
def test_where_there_is_something_to_read_the_script_is_told_in_a_line_and_then_gets_the_page(
    portal: Portal, visitor: PageClient, missing: str, status: int
) -> None:
    path = portal.form(VILLAGE)
    answers = {"q_overall": "4", "key": open_form(visitor, path)}
    del answers[missing]
    told = visitor.post(path, data=answers, headers={"Accept": "text/plain"})
    assert (told.status_code, told.get_data()) == (status, b"")
    read = visitor.post(path, data=answers)
    assert (read.status_code, 'role="alert"' in read.get_data(as_text=True)) == (status, True)
    assert stored(portal.database) == []


@pytest.mark.parametrize("path", ["/v/ZZZZZZ", "/no-such-page", "/size/1", "/admin/no-such-page"])
def test_a_refusal_is_as_small_on_the_wire_as_any_page(visitor: PageClient, path: str) -> None:
    answer = visitor.get(path, headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.content_encoding) == (404, "gzip")
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "script", [scripts.FORM, scripts.FORM_BACK, scripts.THANKS], ids=["form", "form that came back", "thanks"]
)
def test_a_script_is_small_and_needs_nothing_from_elsewhere(script: scripts.Script) -> None:
    assert len(script.text.encode()) <= LARGEST_SCRIPT
    assert not re.search(r"https?:|import|eval|innerHTML|document\.write|document\.cookie", script.text)


def test_a_page_with_a_script_allows_that_one_and_asking_this_site_alone(
    portal: Portal, visitor: PageClient
) -> None:
    policies = [
        visitor.get(path).headers["Content-Security-Policy"]
        for path in (portal.form(VILLAGE), f"{portal.form(VILLAGE)}/thanks", "/")
    ]
    for policy in policies[:2]:
        assert len(re.findall(r"script-src 'sha256-[^']{44}'(?:;|$)", policy)) == 1
        assert "connect-src 'self'" in policy
    assert "script-src" not in policies[2]
    assert "connect-src" not in policies[2]


def test_only_the_page_as_it_was_opened_takes_back_what_the_phone_kept(
    portal: Portal, visitor: PageClient
) -> None:
    """Over what the server sent back nothing is written: it is what was sent last. It is kept like any other."""
    path = portal.form(VILLAGE)
    opened, back = visitor.page(path), send(visitor, path, q_overall="").get_data(as_text=True)
    keeps, takes_back = "localStorage[place] = ", "JSON.parse(localStorage[place]"
    assert (keeps in opened, takes_back in opened) == (True, True)
    assert (keeps in back, takes_back in back) == (True, False)


# --- nothing newer than Chromium 80 -------------------------------------------------------------------------------

NEWER = {
    "css": r":(?:has|is|where|not\([^)]*,|focus-visible|user-invalid|user-valid)\b|(?:^|[;{])(?:row-|column-)?gap:|aspect-ratio"
    r"|(?:^|[;{])inset|\b\d+(?:\.\d+)?[dsl]v[hw]\b|color-mix|oklch|@layer|@container|@property|\bclamp\(|\bround\("
    r"|text-wrap|content-visibility|(?:^|[;{])(?:rotate|scale|translate):|overflow:clip|&",
    "js": r"\?\.|\?\?|&&=|\|\|=|\.at\(|replaceAll|findLast|structuredClone|allSettled|Promise\.any|Object\.groupBy|hasOwn"
    r"|AbortSignal\.(?:timeout|any)|replaceChildren|requestSubmit|randomUUID|\bawait\b|static\s*\{|#[a-z]+\s*[=(;]|scheduler",
    "html": r"<(?:dialog|search|selectedcontent)\b|\b(?:popover|inert|enterkeyhint|fetchpriority|blocking|commandfor)\b"
    r"|loading=|<details[^>]*\bname=",
}
KINDS = {".css": "css", ".js": "js", ".html": "html"}
RESIDENTS = sorted(
    [ROOT / "static" / name for name in ("resident.css", "form.js", "thanks.js")]
    + [*(ROOT / "templates" / "residents").glob("*.html"), ROOT / "templates" / "refused" / "resident.html"]
)


@pytest.mark.parametrize("file", RESIDENTS, ids=lambda file: file.name)
def test_residents_need_nothing_newer_than_chromium_80(file: Path) -> None:
    found = re.findall(NEWER[KINDS[file.suffix]], file.read_text(encoding="utf-8"), re.MULTILINE)
    assert found == []


@pytest.mark.parametrize(
    ("kind", "newer"),
    [
        ("css", "p:has(a){}"),
        ("css", "a:focus-visible{}"),
        ("css", "div{display:flex;gap:8px}"),
        ("css", "div{inset:0}"),
        ("css", "main{min-height:100dvh}"),
        ("js", "a?.b"),
        ("js", "a ?? b"),
        ("html", '<details name="one">'),
        ("html", "<dialog open>"),
    ],
)
def test_what_is_newer_is_found(kind: str, newer: str) -> None:
    assert re.search(NEWER[kind], newer, re.MULTILINE)
