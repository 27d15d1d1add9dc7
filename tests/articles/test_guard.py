"""Which addresses may be fetched."""

from __future__ import annotations

import pytest

from apps.articles import guard
from apps.articles.guard import Refused


@pytest.mark.parametrize(
    "ip",
    ["1.1.1.1", "93.184.215.14", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "198.17.0.1",
     "223.255.255.255", "2606:2800:21f::1", "2001:200::1", "2a00:1450:4001::1"],
)  # fmt: skip
def test_ordinary_hosts_are_public(ip: str) -> None:
    assert guard.is_public(ip)


@pytest.mark.parametrize(
    "ip",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.254",
        "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.0.170", "192.0.2.1", "192.88.99.1",
        "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255",
        "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:100.64.0.1", "::ffff:8.8.8.8",
        "64:ff9b::7f00:1", "64:ff9b::808:808", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:4136:e378::1",
        "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::", "2002:808:808::1", "3fff::1",
        "3ffe::1", "5f00::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
        "2606:2800:21f::5efe:10.0.0.1", "2606:2800:21f:0:200:5efe:a00:1",
        "", "news.example", "127.1", "1.1.1.1 ", "0x01010101",
    ],
)  # fmt: skip
def test_no_other_address_is_public(ip: str) -> None:
    assert not guard.is_public(ip)


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("news.example", "bad_address"),
        ("ftp://news.example/", "scheme_not_allowed"),
        ("http://news.example:8080/", "port_not_allowed"),
        ("https://news.example:22/", "port_not_allowed"),
        ("http://127.0.0.1/", "not_public"),
        ("http://[::ffff:169.254.169.254]/", "not_public"),
        ("http://2130706433/", "bad_address"),
    ],
)
def test_an_address_is_refused_before_anything_is_looked_up(url: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        guard.check_address(url)
    assert refused.value.code == code
    assert str(refused.value.reason).endswith(".")


@pytest.mark.parametrize("url", ["http://news.example/", "https://news.example/a", "https://news.example:80/"])
def test_web_addresses_pass(url: str) -> None:
    assert not guard.check_address(url).exempt


def test_exempt_is_one_host_on_one_port() -> None:
    exempt = frozenset({"127.0.0.1:8765"})
    assert guard.check_address("http://127.0.0.1:8765/feed", exempt=exempt).exempt
    for url in ("http://127.0.0.1:8766/", "http://127.0.0.1/", "http://localhost:8765/", "http://127.0.0.2:8765/"):
        with pytest.raises(Refused):
            guard.check_address(url, exempt=exempt)


def test_every_address_of_a_name_must_be_public() -> None:
    target = guard.check_address("https://news.example/")
    assert guard.resolve(target, resolver=lambda host, port: ["1.1.1.1", "2606::1"]) == ("1.1.1.1", "2606::1")
    with pytest.raises(Refused) as refused:
        guard.resolve(target, resolver=lambda host, port: ["1.1.1.1", "10.0.0.7"])
    assert refused.value.code == "not_public"
    assert "10.0.0.7" in refused.value.detail


def test_an_address_is_not_looked_up() -> None:
    def never(host: str, port: int) -> list[str]:
        raise AssertionError(host)

    assert guard.resolve(guard.check_address("http://1.1.1.1/"), resolver=never) == ("1.1.1.1",)


def test_the_system_knows_its_own_loopback() -> None:
    found = guard.system_resolver("localhost", 80)
    assert found
    assert not any(guard.is_public(ip) for ip in found)
