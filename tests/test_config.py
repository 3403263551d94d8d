"""Settings from the environment: what is told, what is assumed, and what production refuses."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from portal.config import (
    DEFAULT_BASE_URL,
    DEFAULT_DATABASE,
    ROOT,
    SITE_SETTINGS,
    Settings,
    SiteFacts,
    Unconfigured,
    read_settings,
)

SECRET = "s" * 32
FACTS = {
    "PORTAL_SITE_SPONSOR": "龙游县塔石镇人民政府",
    "PORTAL_SITE_CONTACT": "0570-7000000",
    "PORTAL_SITE_ICP": "浙ICP备12345678号-1",
    "PORTAL_SITE_POLICE": "浙公网安备33082500000001号",
    "PORTAL_SITE_CODE": "3308250001",
    "PORTAL_SITE_COMPLAINTS": "县大数据局 0570-7000001",
}


def test_without_any_setting_there_is_a_database_and_an_address() -> None:
    settings = read_settings({}, production=False)
    assert settings == Settings(DEFAULT_DATABASE, "", DEFAULT_BASE_URL, secure_cookies=False, demo=False)
    assert f"sqlite:///{ROOT / 'instance' / 'portal.db'}" == DEFAULT_DATABASE


def test_every_setting_is_read() -> None:
    env = {
        "PORTAL_DATABASE_URL": "postgresql://portal@db/portal",
        "PORTAL_SECRET_KEY": SECRET,
        "PORTAL_BASE_URL": "https://pj.example.cn/",
        "PORTAL_DEMO": "1",
        **FACTS,
    }
    settings = read_settings(env, production=True)
    assert settings == Settings(
        "postgresql://portal@db/portal",
        SECRET,
        "https://pj.example.cn",
        secure_cookies=True,
        demo=True,
        site=SiteFacts(*FACTS.values()),
    )


def test_trusted_proxies_are_addresses_or_networks() -> None:
    env = {"PORTAL_TRUSTED_PROXIES": " 10.0.0.5, 10.0.1.0/24,2001:db8::/48 ,"}
    found = read_settings(env, production=False).trusted_proxies
    assert [str(network) for network in found] == ["10.0.0.5/32", "10.0.1.0/24", "2001:db8::/48"]
    assert read_settings({}, production=False).trusted_proxies == ()


@pytest.mark.parametrize("listed", ["nginx", "10.0.0.5 10.0.0.6", "10.0.0.256", "10.0.0.5/24"])
def test_a_trusted_proxy_that_is_no_address_is_refused_and_named(listed: str) -> None:
    with pytest.raises(Unconfigured, match=f"PORTAL_TRUSTED_PROXIES 里的“{listed}”"):
        read_settings({"PORTAL_TRUSTED_PROXIES": f"10.0.0.1,{listed}"}, production=False)


def test_an_empty_setting_is_none() -> None:
    env = {"PORTAL_DATABASE_URL": "", "PORTAL_SECRET_KEY": "", "PORTAL_BASE_URL": "", "PORTAL_DEMO": ""}
    assert read_settings(env, production=False) == read_settings({}, production=False)


@pytest.mark.parametrize("secret", [None, "", "s" * 31])
def test_production_refuses_a_secret_that_is_missing_or_short(secret: str | None) -> None:
    env = {} if secret is None else {"PORTAL_SECRET_KEY": secret}
    with pytest.raises(Unconfigured, match="PORTAL_SECRET_KEY"):
        read_settings(env, production=True)
    assert read_settings(env, production=False).secret_key == (secret or "")


def test_production_takes_a_long_secret() -> None:
    assert read_settings({"PORTAL_SECRET_KEY": SECRET}, production=True).secret_key == SECRET


@pytest.mark.parametrize(("url", "secure"), [("https://x.cn", True), ("http://x.cn", False)])
def test_cookies_are_secure_where_the_address_is(url: str, secure: bool) -> None:
    assert read_settings({"PORTAL_BASE_URL": url}, production=False).secure_cookies is secure


@pytest.mark.parametrize("said", ["0", "yes", "true", ""])
def test_only_a_1_makes_a_demo(said: str) -> None:
    assert read_settings({"PORTAL_DEMO": said}, production=False).demo is False


def test_settings_never_change_once_read() -> None:
    settings = read_settings({}, production=False)
    with pytest.raises(FrozenInstanceError):
        settings.demo = True  # type: ignore[misc]


def test_facts_of_the_site_that_are_not_set_are_empty_and_in_a_demo_made_up() -> None:
    assert read_settings({}, production=False).site == SiteFacts()
    made_up = read_settings({"PORTAL_DEMO": "1"}, production=False).site
    assert all("演示" in getattr(made_up, field) for _, field, _ in SITE_SETTINGS)
    one = read_settings({"PORTAL_DEMO": "1", "PORTAL_SITE_CODE": "3308250001"}, production=False).site
    assert (one.site_code, one.icp) == ("3308250001", made_up.icp)


@pytest.mark.parametrize(("name", "most"), [(name, most) for name, _, most in SITE_SETTINGS])
def test_a_fact_of_the_site_that_is_too_long_or_unprintable_is_refused(name: str, most: int) -> None:
    with pytest.raises(Unconfigured, match=f"{name} 写得太长：最多 {most} 个字，现在有 {most + 1} 个"):
        read_settings({name: "字" * (most + 1)}, production=False)
    with pytest.raises(Unconfigured, match=f"{name} 里有显示不出来的字符"):
        read_settings({name: "一行\n两行"}, production=False)
    read_settings({name: f" {'字' * most} "}, production=False)
