"""Settings from the environment (`PORTAL_…`), read once and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_DATABASE = f"sqlite:///{ROOT / 'instance' / 'portal.db'}"
DEFAULT_BASE_URL = "http://127.0.0.1:8000"


Network = IPv4Network | IPv6Network


class Unconfigured(RuntimeError):
    """A setting without which the portal must not start; the message says which and how to set it."""


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What a public service says of itself at the foot of every page; what is empty is not shown.

    `sponsor` 主办单位, `contact` its telephone (words around it may stand), `icp` ICP备案号, `police` 公安备案号,
    `site_code` 网站标识码, `complaints` whom to tell about the portal itself, in the county (投诉建议).
    """

    sponsor: str = ""
    contact: str = ""
    icp: str = ""
    police: str = ""
    site_code: str = ""
    complaints: str = ""


DEMO_SITE = SiteFacts(
    sponsor="龙游县塔石镇人民政府（演示）",
    contact="0570-0000000（演示）",
    icp="浙ICP备00000000号（演示）",
    police="浙公网安备33000000000000号（演示）",
    site_code="0000000000（演示）",
    complaints="县政务服务中心 0570-0000001（演示）",
)
# each setting, its field and how many characters it may have: the whole foot must stay small on a phone
SITE_SETTINGS = (
    ("PORTAL_SITE_SPONSOR", "sponsor", 40),
    ("PORTAL_SITE_CONTACT", "contact", 60),
    ("PORTAL_SITE_ICP", "icp", 40),
    ("PORTAL_SITE_POLICE", "police", 40),
    ("PORTAL_SITE_CODE", "site_code", 20),
    ("PORTAL_SITE_COMPLAINTS", "complaints", 60),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """`base_url` is what posters carry, without a slash at its end; `demo` shows the 演示数据 banner.

    Of `trusted_proxies` the portal believes whom they speak for; of web servers on its own machine always.
    """

    database_url: str
    secret_key: str
    base_url: str
    secure_cookies: bool
    demo: bool = False
    site: SiteFacts = SiteFacts()
    trusted_proxies: tuple[Network, ...] = ()


def read_settings(env: Mapping[str, str], *, production: bool) -> Settings:
    """Settings from an environment.

    Raises Unconfigured when production lacks PORTAL_SECRET_KEY or has one that is too short, when a fact of the
    site is too long or can't be printed, and when a trusted proxy has no address.
    """
    secret = env.get("PORTAL_SECRET_KEY", "")
    if production and len(secret) < 32:
        raise Unconfigured(
            "缺少 PORTAL_SECRET_KEY（至少 32 个字符）。可以这样生成一个："
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    base_url = (env.get("PORTAL_BASE_URL") or DEFAULT_BASE_URL).rstrip("/")
    demo = env.get("PORTAL_DEMO") == "1"
    return Settings(
        database_url=env.get("PORTAL_DATABASE_URL") or DEFAULT_DATABASE,
        secret_key=secret,
        base_url=base_url,
        secure_cookies=base_url.startswith("https://"),
        demo=demo,
        site=_site(env, DEMO_SITE if demo else SiteFacts()),
        trusted_proxies=_networks(env.get("PORTAL_TRUSTED_PROXIES", "")),
    )


def _networks(listed: str) -> tuple[Network, ...]:
    """Addresses or networks, with commas between them."""
    found = []
    for one in filter(None, map(str.strip, listed.split(","))):
        try:
            found.append(ip_network(one))
        except ValueError:
            raise Unconfigured(
                f"PORTAL_TRUSTED_PROXIES 里的“{one}”不是地址：请写前置网页服务器的 IP，例如 10.0.0.5，"
                "几个之间用英文逗号隔开；和门户在同一台机器上的不用写。"
            ) from None
    return tuple(found)


def _site(env: Mapping[str, str], otherwise: SiteFacts) -> SiteFacts:
    """The facts that are set, over what the demo makes up."""
    found = {}
    for name, field, most in SITE_SETTINGS:
        value = env.get(name, "").strip()
        if len(value) > most:
            raise Unconfigured(f"{name} 写得太长：最多 {most} 个字，现在有 {len(value)} 个。请改短后再启动。")
        if not value.isprintable():
            raise Unconfigured(f"{name} 里有显示不出来的字符（例如换行、制表符）。请写成一行后再启动。")
        if value:
            found[field] = value
    return replace(otherwise, **found)
