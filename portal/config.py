"""Settings from the environment (`PORTAL_…`), read once and frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
DEFAULT_DATABASE = f"sqlite:///{ROOT / 'instance' / 'portal.db'}"
DEFAULT_BASE_URL = "http://127.0.0.1:8000"


class Unconfigured(RuntimeError):
    """A setting without which the portal must not start; the message says which and how to set it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`base_url` is what posters carry, without a slash at its end; `demo` shows the 演示数据 banner."""

    database_url: str
    secret_key: str
    base_url: str
    secure_cookies: bool
    demo: bool = False


def read_settings(env: Mapping[str, str], *, production: bool) -> Settings:
    """Settings from an environment.

    Raises Unconfigured when production lacks PORTAL_SECRET_KEY or has one that is too short.
    """
    secret = env.get("PORTAL_SECRET_KEY", "")
    if production and len(secret) < 32:
        raise Unconfigured(
            "缺少 PORTAL_SECRET_KEY（至少 32 个字符）。可以这样生成一个："
            "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    base_url = (env.get("PORTAL_BASE_URL") or DEFAULT_BASE_URL).rstrip("/")
    return Settings(
        database_url=env.get("PORTAL_DATABASE_URL") or DEFAULT_DATABASE,
        secret_key=secret,
        base_url=base_url,
        secure_cookies=base_url.startswith("https://"),
        demo=env.get("PORTAL_DEMO") == "1",
    )
