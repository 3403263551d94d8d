"""Filling in the forms of staff pages as a browser would: every field that a page holds goes along."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from werkzeug.test import TestResponse

from tests.web.client import PageClient
from tests.web.pages import text_of, tree_of


def fields_of(page: str) -> dict[str, str]:
    """What the last form of the page would send if nothing were touched, but for its buttons."""
    form = [one for one in tree_of(page).iter("form") if one.get("method") == "post"][-1]
    return {
        name: value for one in form.iter() if (name := one.get("name")) and (value := _sent(one)) is not None
    }


def fill_in(client: PageClient, path: str, leave_out: tuple[str, ...] = (), **typed: str) -> TestResponse:
    """Open a page, change some fields of its form, and send it to the page's own address."""
    fields = {**fields_of(client.page(path)), **typed}
    return client.post(path, data={name: value for name, value in fields.items() if name not in leave_out})


def errors_of(response: TestResponse) -> list[str]:
    """The sentences of the summary of errors; the page answers 422 and says in its title that there are some."""
    assert response.status_code == 422, response.status
    tree = tree_of(response.get_data(as_text=True))
    title = tree.find("head/title")
    assert title is not None
    assert text_of(title).startswith("有错误：")
    (box,) = [one for one in tree.iter() if one.get("role") == "alert"]
    return [text_of(one) for one in box.iter() if one.tag in ("a", "p")]


def _sent(one: Element) -> str | None:
    if one.tag == "button" or (one.get("type") == "checkbox" and one.get("checked") is None):
        return None
    if one.tag == "select":
        options = list(one.iter("option"))
        chosen = next((option for option in options if option.get("selected") is not None), options[0])
        return chosen.get("value") or text_of(chosen)
    return one.text or "" if one.tag == "textarea" else one.get("value", "")
