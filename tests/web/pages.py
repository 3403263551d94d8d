"""What every page of the portal owes its reader, checked on each HTML answer that any test opens."""

from __future__ import annotations

import gzip
import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import brotli
import html5lib
from werkzeug.test import TestResponse

UNPACKED = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}
OWN_HOSTS = {"", "localhost"}
# what a template shows when a value was missing or a tag was left open
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bUndefined\b|\bnan\b|Fraction\(|Decimal\(|datetime\.")
FRAMED = "/admin/form/preview"  # the one page that another page of ours may frame
FRAMING = ("/admin/form", "/admin/form/edit")
KEPT_FOR_GOING_BACK = "private, no-cache"
WITH_SCRIPT = re.compile(r"/v/[^/]+(/thanks)?")
ADDRESSES = ("src", "href", "action", "formaction", "poster", "data", "srcset")


class PageFault(AssertionError):
    """A page that breaks the house's rules; the message says which page and what is wrong."""


def check_page(response: TestResponse) -> None:
    """Raise PageFault with everything that is wrong with an HTML answer; other answers pass."""
    faults = list(_header_faults(response))
    # nobody sees the body of a redirect
    if response.mimetype == "text/html" and response.get_data() and not 300 <= response.status_code < 400:
        faults += _page_faults(response)
    if faults:
        raise PageFault(f"{response.request.path} ({response.status}): " + "; ".join(faults))


def tree_of(text: str) -> Element:
    """The page as a tree without namespaces; a parse error is an error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(text)
    return root


def text_of(element: Element) -> str:
    """The element's text with white space folded."""
    return " ".join("".join(element.itertext()).split())


def visible_text(page: str) -> str:
    """What a reader sees of a page: the text of its body."""
    body = tree_of(page).find("body")
    assert body is not None
    for script in body.findall("script"):
        body.remove(script)
    return text_of(body)


def _header_faults(response: TestResponse) -> Iterator[str]:
    policy = response.headers.get("Content-Security-Policy", "")
    if "default-src 'none'" not in policy or "unsafe" in policy or "*" in policy:
        yield f"policy is not strict: {policy!r}"
    path = response.request.path
    shown = response.status_code == 200 and response.request.method != "OPTIONS"
    framed = "'self'" if path == FRAMED and shown else "'none'"
    if f"frame-ancestors {framed};" not in policy or "base-uri 'none'" not in policy:
        yield "policy allows frames or another base"
    if "frame-src" in policy and not ("frame-src 'self'" in policy and path in FRAMING):
        yield "policy allows to frame another page"
    if response.headers.get("X-Content-Type-Options") != "nosniff":
        yield "no nosniff"
    if response.request.path.startswith("/static/"):
        return
    kept = KEPT_FOR_GOING_BACK if _is_a_form_to_fill_in(response) else "no-store"
    if response.headers.get("Cache-Control") != kept:
        yield f"kept as {response.headers.get('Cache-Control')!r}, not as {kept!r}"


def _is_a_form_to_fill_in(response: TestResponse) -> bool:
    """Whether this is a village's form as it is first opened: going back to it must work without network."""
    asked = response.request
    form = re.fullmatch(r"/v/[^/]+", asked.path) is not None
    return form and asked.method in {"GET", "HEAD"} and response.status_code == 200


def _page_faults(response: TestResponse) -> Iterator[str]:
    content = response.get_data()
    text = UNPACKED[response.content_encoding](content).decode()
    try:
        root = tree_of(text)
    except html5lib.html5parser.ParseError as error:
        yield f"does not parse: {error}"
        return
    yield from _head_faults(root)
    yield from _outline_faults(root)
    yield from _script_faults(root, response)
    yield from _style_faults(root, response.headers["Content-Security-Policy"])
    yield from _host_faults(root)
    yield from _reference_faults(root)
    yield from _name_faults(root)
    yield from (f"unfinished text {found.group()!r}" for found in LEFT_OVER.finditer(_words(root)))


def _head_faults(root: Element) -> Iterator[str]:
    title = root.find("head/title")
    if title is None or not text_of(title) or text_of(title).startswith("—"):
        yield "no title"
    if root.get("lang") != "zh-CN":
        yield "language is not zh-CN"
    views = [meta.get("content", "") for meta in root.iter("meta") if meta.get("name") == "viewport"]
    if (
        len(views) != 1
        or "width=device-width" not in views[0]
        or "scal" in views[0].replace("initial-scale", "")
    ):
        yield f"viewport {views}"


def _outline_faults(root: Element) -> Iterator[str]:
    for tag in ("h1", "main"):
        if len(list(root.iter(tag))) != 1:
            yield f"{len(list(root.iter(tag)))} <{tag}>"
    if any(not text_of(heading) for tag in ("h1", "h2", "h3") for heading in root.iter(tag)):
        yield "an empty heading"


def _script_faults(root: Element, response: TestResponse) -> Iterator[str]:
    """Only the form and its thanks have a script: a small one of their own, which the policy names."""
    for script in root.iter("script"):
        if not WITH_SCRIPT.fullmatch(response.request.path):
            yield "a script"
        if script.attrib or _digest(script) not in response.headers["Content-Security-Policy"]:
            yield "a script that the policy refuses, or that is fetched"


def _digest(inline: Element) -> str:
    """As a policy names what stands in a page."""
    return f"'sha256-{b64encode(sha256((inline.text or '').encode()).digest()).decode()}'"


def _style_faults(root: Element, policy: str) -> Iterator[str]:
    for style in root.iter("style"):
        if _digest(style) not in policy:
            yield "an inline style sheet that the policy refuses"
    for element in root.iter():
        for name in element.attrib:
            if str(name) == "style" or str(name).startswith("on"):
                yield f"<{element.tag} {name}>"


def _host_faults(root: Element) -> Iterator[str]:
    for element in root.iter():
        for name in ADDRESSES:
            target = urlsplit(element.get(name, ""))
            if target.netloc not in OWN_HOSTS or target.scheme not in {"", "http", "data", "tel"}:
                yield f"foreign address {element.get(name)}"


def _reference_faults(root: Element) -> Iterator[str]:
    """Ids are unique, and whatever points at one finds it."""
    ids = [found for element in root.iter() if (found := element.get("id")) is not None]
    yield from (
        f"id {name!r} twice or empty" for name in sorted({n for n in ids if ids.count(n) > 1 or not n})
    )
    for element in root.iter():
        wanted = element.get("aria-describedby", "").split()
        wanted += [target[1:] for target in [element.get("href", "")] if target.startswith("#")]
        yield from (f"{target!r} is pointed at and is not there" for target in wanted if target not in ids)


def _name_faults(root: Element) -> Iterator[str]:
    """A label for every field, a legend for every fieldset, words on whatever can be pressed."""
    labelled = {label.get("for") for label in root.iter("label")}
    for element in root.iter():
        hidden = element.get("type") == "hidden" or element.get("hidden") is not None
        field = element.tag in {"input", "select", "textarea"} and not hidden
        if field and element.get("id") not in labelled:
            yield f"<{element.tag} {element.get('name')}> has no label"
        if element.tag in {"a", "button"} and not text_of(element):
            yield f"<{element.tag}> without words"
    for group in root.iter("fieldset"):
        if not len(group) or group[0].tag != "legend" or not text_of(group[0]):
            yield "a fieldset without legend"


def _words(root: Element) -> str:
    """Everything that is read out or shown: text and the attributes that hold words."""
    attributes = ("title", "aria-label", "alt", "value", "content", "href")
    shown = [element.get(name, "") for element in root.iter() for name in attributes]
    texts = [
        part
        for element in root.iter()
        if element.tag not in {"style", "script"}
        for part in (element.text, element.tail)
    ]
    return " ".join([*(text or "" for text in texts), *shown])
