"""Devices in the words of their owners."""

from __future__ import annotations

import pytest

from portal.web.devices import UNKNOWN, device_words

ANDROID = "Mozilla/5.0 (Linux; Android 14; Phone) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"{ANDROID} MicroMessenger/8.0.44", "微信 · 安卓手机"),
        (f"{ANDROID} wxwork/4.1 MicroMessenger/7.0", "企业微信 · 安卓手机"),
        (ANDROID, "Chrome · 安卓手机"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17.0 Mobile Safari/604.1", "Safari · 苹果手机"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Edge · Windows 电脑"),
        ("Mozilla/5.0 (Windows NT 10.0; rv:120.0) Gecko/20100101 Firefox/120.0", "火狐 · Windows 电脑"),
        ("curl/8", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_device_is_named_by_program_and_machine(agent: str, words: str) -> None:
    assert device_words(agent) == words
