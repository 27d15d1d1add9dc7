"""Addresses that look like others, lead inside, or are read in two ways."""

from __future__ import annotations

import time
from collections.abc import Iterator

from tests.hostile.cases import PUBLIC, TAKEN_IN, Address, Case

_UNREADABLE = {
    "user-encoded": "http://127.0.0.1%40news.example/",
    "octal": "http://0177.0.0.1/",
    "hex-part": "http://0x7f.0.0.1/",
    "hex-whole": "http://0x7f000001/",
    "decimal-whole": "http://2130706433/",
    "parts-left-out": "http://127.1/",
    "leading-zeros": "http://127.000.000.001/",
    "circled-digits": "http://①②⑦.⓪.⓪.①/",
    "fullwidth-digits": "http://１２７.0.0.1/",
    "ideographic-stops": "http://127。0。0。1/",
    "arabic-digits": "http://١٢٧.٠.٠.١/",
    "zone-encoded": "http://[fe80::1%25eth0]/",
    "zone": "http://[fe80::1%eth0]/",
    "brackets-left-open": "http://[::1/",
    "brackets-around-a-name": "http://[news.example]/",
    "ipvfuture": "http://[v1.fe80::a]/",
    "port-zero": "http://news.example:0/",
    "port-too-high": "http://news.example:65536/",
    "port-of-words": "http://news.example:eighty/",
    "port-twice": "http://news.example:80:80/",
    "port-negative": "http://news.example:-80/",
    "no-scheme": "news.example/story",
    "no-host": "http:///story",
    "one-slash": "http:/news.example/",
    "no-slash": "http:news.example",
    "scheme-relative": "//news.example/",
    "backslashes": "http:\\\\news.example\\",
    "backslash-before-host": "http://public.example\\@127.0.0.1/",
    "tab-in-host": "http://127.0\t.0.1/",
    "line-feed-in-host": "http://news.example\n.evil.example/",
    "request-smuggled": "http://news.example/ HTTP/1.1\r\nHost: inside",
    "nul-in-host": "http://127.0.0.1\x00.news.example/",
    "c1-in-host": "http://news\x85.example/",
    "host-too-long": "http://" + "a." * 130 + "example/",
    "label-too-long": "http://" + "a" * 64 + ".example/",
    "label-empty": "http://news..example/",
    "label-with-hyphen-first": "http://-news.example/",
    "space-in-host": "http://news example/",
    "percent-host": "http://%6c%6fcalhost/",
    "right-to-left-override-in-host": "http://news\u202eelpmaxe.example/",
    "zero-width-in-host": "http://new\u200bs.example/",
    "joiner-in-host": "http://local\u200dhost/",
    "soft-hyphen-in-host": "http://local\u00adhost/",
    "byte-order-mark-in-host": "http://local\ufeffhost/",
    "division-slash-in-host": "http://127.0.0.1\u2215.news.example/",
    "emoji-host": "http://\U0001f600.example/",
    "lone-surrogate": "http://news\ud800.example/",
    "line-separator": "http://news.example/\u2028",
    "idn-that-is-none": "http://\u0378.example/",
}
_WITH_USERS = {
    "user-and-password": "http://user:password@news.example/",
    "user-that-is-a-host": "http://news.example@127.0.0.1/",
    "fraction-slash-in-host": "http://news.example\u2044@127.0.0.1/",
}
_SCHEMES = {
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:6379/_INFO",
    "ftp": "ftp://news.example/",
    "javascript": "javascript:alert(1)",
    "data": "data:text/html,<p>hello",
    "jar": "jar:http://news.example/a.jar!/b",
    "view-source": "view-source:http://127.0.0.1/",
    "web-socket": "ws://news.example/",
    "dict": "dict://127.0.0.1:11211/stats",
}
_PORTS = {"ssh": 22, "redis": 6379, "alternative": 8080, "postgres": 5432, "highest": 65535}
_INSIDE = (
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "100.64.0.1", "169.254.169.254", "172.31.255.255", "192.168.1.1",
    "192.0.0.192", "198.18.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "203.0.113.9", "192.88.99.1",
    "[::]", "[::1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[2002:7f00:1::]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::a00:1]", "[2001:0:7f00:1::]", "[fe80::1]", "[fec0::1]", "[fc00::1]", "[fd00:ec2::254]",
    "[2001:db8::1]", "[ff02::1]", "[2606:4700::5efe:10.0.0.1]", "[2606:4700::200:5efe:a00:1]", "[100::1]", "[5f00::1]",
)  # fmt: skip
_LEADING_INSIDE = {
    "one": ("10.0.0.8",),
    "loopback": ("127.0.0.1",),
    "metadata": ("169.254.169.254",),
    "one-of-several": (PUBLIC, "10.0.0.8"),
    "last-of-very-many": (*[PUBLIC] * 300, "192.168.7.7"),
    "mapped": ("::ffff:10.0.0.8",),
    "sixth-to-fourth": ("2002:a00:8::",),
    "translated": ("64:ff9b::a00:8",),
    "scoped": ("fe80::1%1",),
    "no-address-at-all": ("inside",),
}


def cases() -> Iterator[Case]:
    """Those that are refused before anybody is asked, and those whose name leads inside."""
    for name, address in _UNREADABLE.items():
        yield Address(f"address-{name}", "bad_address", address)
    for name, address in _WITH_USERS.items():
        yield Address(f"address-{name}", "address_with_user", address)
    yield Address("address-too-long", "address_too_long", "http://news.example/" + "a" * 2_000)
    for name, address in _SCHEMES.items():
        yield Address(f"scheme-{name}", "scheme_not_allowed", address)
    for name, port in _PORTS.items():
        yield Address(f"port-{name}", "port_not_allowed", f"http://news.example:{port}/")
    for number, host in enumerate(_INSIDE):
        yield Address(f"inside-{number}", "not_public", f"http://{host}/")
    for name, ips in _LEADING_INSIDE.items():
        yield _named(f"name-leads-{name}", "not_public", lookup=(ips,))
    yield from _rebinding()
    yield Address("name-local", "not_public", "http://localhost/")
    yield Address("name-local-dotted", "not_public", "http://LOCALHOST./")
    yield _named("name-of-nobody", "no_such_host", lookup=())
    yield Address("name-homograph", "no_such_host", "http://n\u0435ws.hostile-homograph.example/", lookup=())
    yield Address("name-punycode-of-nothing", "no_such_host", "http://xn--zzzz--invalid.example/", lookup=())


def _named(name: str, expect: str, *, lookup: tuple[tuple[str, ...], ...]) -> Address:
    return Address(name, expect, f"http://{name}.hostile.example/", lookup=lookup)


def _rebinding() -> Iterator[Case]:
    """The first look-up is for robots.txt, the second for the page; nobody may look a third time."""
    inside = ("127.0.0.1",)
    yield _named("rebinds-before-the-page", "not_public", lookup=((PUBLIC,), inside))
    yield _named("rebinds-after-the-check", TAKEN_IN, lookup=((PUBLIC,), (PUBLIC,), inside))
    yield _named("rebinds-at-once", "not_public", lookup=(inside, (PUBLIC,)))
    yield _named("rebinds-to-several", "not_public", lookup=((PUBLIC,), (PUBLIC, "10.1.2.3")))
    yield _named("rebinds-to-nothing", "no_such_host", lookup=((PUBLIC,), ()))


def slow_lookup() -> None:
    """A name server that takes its time."""
    time.sleep(4)
