"""The examples that go out with the portal: what the web server hands on, and the page that it shows when the portal is down."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import html5lib
import pytest

from portal.cli import main
from portal.config import ROOT
from portal.web.admin.import_forms import LARGEST

DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
DOWN = (DEPLOY / "down.html").read_text(encoding="utf-8")


def test_the_web_server_keeps_no_record_and_sets_the_visitors_address_itself() -> None:
    assert NGINX.count("access_log off;") == NGINX.count("server {") == 2
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in NGINX
    assert "$proxy_add_x_forwarded_for" not in NGINX


def test_the_web_server_lets_a_workbook_through() -> None:
    found = re.search(r"client_max_body_size (\d+)m;", NGINX)
    assert found is not None
    assert int(found.group(1)) * 2**20 > LARGEST


def test_the_web_server_shows_the_page_when_the_portal_is_down() -> None:
    assert "error_page 502 503 504 =503 /down.html;" in NGINX
    location = NGINX.partition("location = /down.html {")[2].partition("}")[0]
    assert "internal;" in location
    assert "root /srv/portal/deploy;" in location


def test_the_policy_of_that_page_knows_its_style() -> None:
    style = re.search(r"<style>(.*?)</style>", DOWN, re.DOTALL)
    assert style is not None
    digest = b64encode(sha256(style.group(1).encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in NGINX


def test_that_page_stands_for_itself_and_says_what_became_of_the_answers() -> None:
    tree = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(DOWN)
    fetched = {element.get(name) for element in tree.iter() for name in ("src", "href")} - {None}
    assert fetched == {"data:,", "tel:12345"}
    assert not list(tree.iter("script"))
    words = "".join(tree.find("body").itertext())
    for needed in ("还没有交上", "再点一次“提交”", "12345", "110、119、120"):
        assert needed in words


@pytest.mark.parametrize("name", ["portal.service", "portal-worker.service"])
def test_each_service_runs_a_command_that_there_is(name: str) -> None:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    command = re.search(r"ExecStart=\S+/portal (\S+)(.*)", text)
    assert command is not None
    known = main.commands[command.group(1)]
    options = {option for parameter in known.params for option in parameter.opts}
    assert set(re.findall(r"--\w+", command.group(2))) <= options
