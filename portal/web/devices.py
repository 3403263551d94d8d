"""Which device a session came from, in words that its owner knows it by."""

from __future__ import annotations

from collections.abc import Sequence

PROGRAMS: Sequence[tuple[str, str]] = (  # the first that is found: many name others too
    ("wxwork", "企业微信"),
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("QQBrowser", "QQ浏览器"),
    ("QIHU", "360浏览器"),
    ("Edg", "Edge"),
    ("Firefox", "火狐"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
MACHINES: Sequence[tuple[str, str]] = (
    ("HarmonyOS", "鸿蒙手机"),
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("Android", "安卓手机"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)
UNKNOWN = "没有说是什么设备"


def device_words(user_agent: str) -> str:
    """Program and machine, such as 微信 · 安卓手机; at most 80 characters."""
    known = [words for names in (PROGRAMS, MACHINES) if (words := _first(names, user_agent))]
    return " · ".join(known) or UNKNOWN


def _first(names: Sequence[tuple[str, str]], text: str) -> str:
    return next((words for name, words in names if name in text), "")
