"""Web addresses: what is read, what is refused, and what is the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.articles import addresses
from apps.articles.addresses import BadAddress


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("http://news.example", "http://news.example/"),
        ("  HTTPS://News.Example:443/A?b=C#d\n", "https://news.example/A?b=C"),
        ("http://news.example.:80/", "http://news.example/"),
        ("http://news.example:8080/", "http://news.example:8080/"),
        ("http://news.example:/", "http://news.example/"),
        ("https://Ñandú.example/día á", "https://xn--and-6ma2c.example/d%C3%ADa%20%C3%A1"),
        ("https://լուրեր.example/", "https://xn--29an0b6abj.example/"),
        ("http://news.example/a/../b/./c", "http://news.example/b/c"),
        ("http://93.184.215.14/", "http://93.184.215.14/"),
        ("http://[2606:2800:21F:0:0::1]:80/", "http://[2606:2800:21f::1]/"),
        ("http://under_score.example/", "http://under_score.example/"),
    ],
)
def test_an_address_is_read(url: str, read: str) -> None:
    assert str(addresses.parse(url)) == read


@pytest.mark.parametrize(
    "url",
    [
        "",
        "news.example/a",
        "//news.example/a",
        "http:",
        "http:/news.example",
        "http:///a",
        "http://:80/",
        "http://news.example\\@127.0.0.1/",
        "http:\\\\news.example",
        "http://news.example/a\tb",
        "http://news.example/a\r\nHost: other.example",
        "http://news.example/\x00",
        "http://news.example/\ud800",
        "http://news.example:0/",
        "http://news.example:99999/",
        "http://news.example:port/",
        "http://news..example/",
        "http://-news.example/",
        "http://news.example-/",
        "http://" + "a" * 64 + ".example/",
        "http://" + "a." * 127 + "example/",
        # Other spellings of an address, which inet_aton and IDNA's mappings take for one
        "http://127.1/",
        "http://0177.0.0.1/",
        "http://0x7f.0.0.1/",
        "http://0x7f000001/",
        "http://2130706433/",
        "http://127.0.0.01/",
        "http://1.2.3.4.5/",
        "http://256.0.0.1/",
        "http://①②⑦.⓪.⓪.①/",
        "http://１２７.0.0.1/",
        "http://127。0。0。1/",
        "http://exa%6dple.example/",
        "http://news\u00ad.example/",
        "http://news\u200b.example/",
        "http://ne ws.example/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[127.0.0.1]/",
        "http://[zz]/",
    ],
)
def test_an_address_that_programs_read_differently_is_refused(url: str) -> None:
    with pytest.raises(BadAddress) as refused:
        addresses.parse(url)
    assert refused.value.code == "bad_address"


@pytest.mark.parametrize(
    "url", ["http://user@news.example/", "http://user:word@news.example/", "http://news.example@127.0.0.1/"]
)
def test_a_user_or_a_password_in_an_address_is_named_as_such(url: str) -> None:
    with pytest.raises(BadAddress) as refused:
        addresses.parse(url)
    assert refused.value.code == "address_with_user"


def test_what_turns_the_direction_of_reading_is_spelled_out() -> None:
    assert addresses.spelled_out("https://news.example/\u202egnp.exe") == "https://news.example/%E2%80%AEgnp.exe"
    assert addresses.normalise("https://news.example/\u202ea") == addresses.normalise("https://news.example/%E2%80%AEa")


def test_an_address_that_is_too_long_is_named_as_such() -> None:
    with pytest.raises(BadAddress) as refused:
        addresses.parse("http://news.example/" + "a" * 2_048)
    assert refused.value.code == "address_too_long"


@pytest.mark.parametrize(
    "url", ["ftp://news.example/", "file:///etc/passwd", "javascript:alert(1)", "data:text/html,a"]
)
def test_other_schemes_are_named_as_such(url: str) -> None:
    with pytest.raises(BadAddress) as refused:
        addresses.parse(url)
    assert refused.value.code == "scheme_not_allowed"


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_whatever_stands_after_the_scheme_is_read_or_refused(rest: str) -> None:
    try:
        address = addresses.parse("http://" + rest)
    except BadAddress:
        return
    assert str(address).isascii()
    assert addresses.parse(str(address)) == address
    assert addresses.normalise(addresses.normalise(str(address))) == addresses.normalise(str(address))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://news.example", "http://NEWS.example:80/#top"),
        ("http://news.example/a?b=1&c=2", "http://news.example/a?c=2&b=1"),
        ("http://news.example/a", "http://news.example/a?utm_source=x&UTM_Medium=y&fbclid=z"),
        ("http://news.example/a?id=7", "http://news.example/a?gclid=1&id=7&&"),
        ("http://news.example/%7ea/%c3%a9", "http://news.example/~a/é"),
        ("http://news.example/a/../b", "http://news.example/b"),
        ("http://news.example/a", "http://news.example/a?"),
    ],
)
def test_two_spellings_of_one_address_are_one(one: str, other: str) -> None:
    assert addresses.normalise(one) == addresses.normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://news.example/a", "http://news.example/A"),
        ("http://news.example/a", "http://news.example/a/"),
        ("http://news.example/a?id=1", "http://news.example/a?id=2"),
        ("http://news.example/a?eid=1", "http://news.example/a?eid=2"),
        ("http://news.example/a?ref=1", "http://news.example/a"),
        ("http://news.example/a?id=", "http://news.example/a"),
        ("http://news.example/a?q=%E9", "http://news.example/a?q=%C3%A9"),
        ("http://news.example/a%2Fb", "http://news.example/a/b"),
        ("http://news.example/", "https://news.example/"),
    ],
)
def test_what_may_be_two_articles_stays_two(one: str, other: str) -> None:
    assert addresses.normalise(one) != addresses.normalise(other)


def test_a_reference_is_read_from_its_page() -> None:
    base = "https://news.example/world/today?page=2"
    assert addresses.absolute(" ../a ", base=base) == "https://news.example/a"
    assert addresses.absolute("//other.example/b#c", base=base) == "https://other.example/b"
    assert addresses.absolute("?page=3", base=base) == "https://news.example/world/today?page=3"


@pytest.mark.parametrize("reference", ["http://[", "mailto:a@b.example", "http://user@news.example/"])
def test_a_reference_that_leads_nowhere_is_refused(reference: str) -> None:
    with pytest.raises(BadAddress):
        addresses.absolute(reference, base="https://news.example/")


def test_an_origin_is_host_and_port() -> None:
    assert addresses.parse("https://news.example/a").origin == "news.example:443"
    assert addresses.parse("http://[2606::1]/a").origin == "[2606::1]:80"
    assert addresses.parse("http://[2606::1]:81/a").authority == "[2606::1]:81"
