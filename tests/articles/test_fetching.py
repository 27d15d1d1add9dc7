"""Fetching from hosts that behave, and from hosts that do not. Every host here is a real socket of this machine."""

from __future__ import annotations

import gzip
import itertools
import socket
import zlib
from collections.abc import Iterator, Sequence

import pytest

from apps.articles import fetching, guard
from apps.articles.fetching import Fetched
from apps.articles.guard import Refused, Resolver
from tests.articles.hosts import Host, listening, page, raw, redirect

AGENT = "Counterclaim tests"


def fetch(host: Host, path: str = "/", **options: object) -> Fetched:
    """Fetch from a host that is exempt from the guard."""
    settings: dict[str, object] = {"user_agent": AGENT, "exempt": frozenset({host.origin}), **options}
    return fetching.fetch(host.url(path), **settings)  # type: ignore[arg-type]


def refusal(url: str, **options: object) -> str:
    """The code with which a fetch is refused."""
    with pytest.raises(Refused) as refused:
        fetching.fetch(url, **{"user_agent": AGENT, **options})  # type: ignore[arg-type]
    return refused.value.code


def knowing(*ips: str) -> Resolver:
    def resolver(host: str, port: int) -> Sequence[str]:
        return ips

    return resolver


def compressed(body: bytes, encoding: str) -> bytes:
    match encoding:
        case "gzip":
            return gzip.compress(body)
        case "deflate":
            return zlib.compress(body)
        case _:
            return body


@pytest.fixture
def canary() -> Iterator[Host]:
    """A host on a private address that nobody may ever reach."""
    with listening(page(b"secret")) as host:
        yield host


@pytest.fixture
def any_port(monkeypatch: pytest.MonkeyPatch, canary: Host) -> None:
    """Without the rule on ports, so that only the rule on addresses keeps the canary safe."""
    monkeypatch.setattr(guard, "PORTS", frozenset({canary.port}))


class TestAnOrdinaryHost:
    def test_gives_its_page_with_where_it_came_from(self) -> None:
        with listening(page("<p>Día</p>".encode(), headers='ETag: "1"\r\n')) as host:
            got = fetch(host, "/a?b=c")
        assert (got.status, got.body, got.address) == (200, "<p>Día</p>".encode(), "127.0.0.1")
        assert got.final_url == host.url("/a?b=c")
        assert got.header("etag") == '"1"'
        assert got.header("none") == ""
        assert (got.redirects, got.not_modified) == ((), False)

    def test_is_told_who_asks_and_by_which_name(self) -> None:
        with listening(page()) as host:
            fetch(host, "/a#part")
        head = host.requests[0].decode()
        assert head.startswith("GET /a HTTP/1.1\r\n")
        assert f"\r\nHost: {host.origin}\r\n" in head
        assert f"\r\nUser-Agent: {AGENT}\r\n" in head
        assert "\r\nAccept-Encoding: gzip, deflate\r\n" in head
        assert "cookie" not in head.lower()

    def test_may_say_that_there_is_no_such_page(self) -> None:
        with listening(page(b"gone", status="410 Gone")) as host:
            got = fetch(host)
        assert (got.status, got.body) == (410, b"gone")

    def test_is_asked_only_for_what_has_changed(self) -> None:
        with listening(raw(b"HTTP/1.1 304 Not Modified\r\n\r\n")) as host:
            got = fetch(host, etag='"1"', modified="Wed, 20 Sep 2023 10:00:00 GMT")
        head = host.requests[0].decode()
        assert '\r\nIf-None-Match: "1"\r\n' in head
        assert "\r\nIf-Modified-Since: Wed, 20 Sep 2023 10:00:00 GMT\r\n" in head
        assert (got.not_modified, got.status, got.body) == (True, 304, b"")

    def test_is_not_sent_a_validator_that_would_break_the_request(self) -> None:
        with listening(page()) as host:
            fetch(host, etag='"1"\r\nX-Injected: 1', modified="né")
        assert b"If-" not in host.requests[0]

    @pytest.mark.parametrize("encoding", ["gzip", "deflate", "gzip, gzip", "identity"])
    def test_may_compress_twice(self, encoding: str) -> None:
        body = b"words " * 1_000
        for name in encoding.split(", "):
            body = compressed(body, name)
        with listening(page(body, headers=f"Content-Encoding: {encoding}\r\n")) as host:
            assert fetch(host).body == b"words " * 1_000

    def test_may_send_in_chunks(self) -> None:
        head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        with listening(raw(head, b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n")) as host:
            assert fetch(host).body == b"abcde"

    def test_is_asked_at_its_second_address_when_the_first_takes_no_connection(self) -> None:
        with listening(page()) as host:
            origin = f"news.example:{host.port}"
            got = fetching.fetch(
                f"http://{origin}/", user_agent=AGENT, exempt=frozenset({origin}), resolver=knowing("::1", "127.0.0.1")
            )
        assert got.address == "127.0.0.1"

    def test_is_asked_directly_whatever_proxy_the_environment_names(
        self, canary: Host, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, canary.url())
        with listening(page()) as host:
            assert fetch(host).status == 200
        assert canary.connections == 0


@pytest.mark.usefixtures("any_port")
class TestAPrivateAddress:
    def test_is_never_connected_to(self, canary: Host) -> None:
        assert refusal(canary.url()) == "not_public"
        assert canary.connections == 0

    @pytest.mark.parametrize(
        "host",
        [
            "127.0.0.1",
            "127.1",
            "0x7f.1",
            "2130706433",
            "0177.0.0.1",
            "①②⑦.⓪.⓪.①",
            "127。0。0。1",
            "１２７.0.0.1",
            "localhost",
            "0.0.0.0",
            "[::1]",
            "[::]",
            "[::127.0.0.1]",
            "[::ffff:127.0.0.1]",
            "[::ffff:7f00:1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::7f00:1]",
            "[2002:7f00:1::]",
            "[2001:0:7f00:1::]",
            "[fe80::1%25lo]",
            "127.0.0.1.",
            "user@127.0.0.1",
            "127.0.0.1\\@news.example",
        ],
    )
    def test_is_never_connected_to_however_it_is_written(self, canary: Host, host: str) -> None:
        assert refusal(f"http://{host}:{canary.port}/") in ("not_public", "bad_address", "address_with_user")
        assert canary.connections == 0

    @pytest.mark.parametrize(
        "ip",
        [
            "::ffff:127.0.0.1",
            "64:ff9b::127.0.0.1",
            "2002:7f00:1::",
            "2001:0:7f00:1::",
            "::1",
            "fe80::1",
            "fd00::1",
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.31.0.1",
            "192.168.0.1",
            "192.0.0.170",
        ],
    )
    def test_is_never_connected_to_whatever_a_name_server_calls_it(self, canary: Host, ip: str) -> None:
        for answer in ([ip], ["93.184.215.14", ip]):
            assert refusal(f"http://news.example:{canary.port}/", resolver=knowing(*answer)) == "not_public"
        assert canary.connections == 0

    def test_can_be_connected_to_where_its_origin_is_exempt(self, canary: Host) -> None:
        assert fetch(canary).body == b"secret"
        assert canary.connections == 1

    def test_is_not_exempt_under_another_port_or_name(self, canary: Host) -> None:
        exempt = frozenset({f"127.0.0.1:{canary.port + 1}", f"localhost:{canary.port}", "127.0.0.1"})
        assert refusal(canary.url(), exempt=exempt) == "not_public"
        assert canary.connections == 0

    @pytest.mark.parametrize("ips", [("127.0.0.1",), ("93.184.215.14", "127.0.0.1"), ("127.0.0.1", "93.184.215.14")])
    def test_is_not_reached_by_a_name(self, canary: Host, ips: tuple[str, ...]) -> None:
        assert refusal(f"http://news.example:{canary.port}/", resolver=knowing(*ips)) == "not_public"
        assert canary.connections == 0

    def test_is_not_reached_by_a_redirect(self, canary: Host) -> None:
        with listening(redirect(canary.url())) as host:
            assert refusal(host.url(), exempt=frozenset({host.origin})) == "not_public"
        assert host.connections == 1
        assert canary.connections == 0

    def test_is_not_reached_by_a_name_that_changes_its_address(
        self, canary: Host, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Rebinding: the name leads to a public host when it is checked, and to the canary ever after."""
        monkeypatch.setattr(guard, "is_public", lambda ip: ip == "127.0.0.1")
        with listening(page(b"public"), address="127.0.0.2", port=canary.port) as private:
            answers = itertools.chain([["127.0.0.1"]], itertools.repeat(["127.0.0.2"]))
            got = fetching.fetch(
                f"http://news.example:{canary.port}/", user_agent=AGENT, resolver=lambda host, port: next(answers)
            )
        assert got.address == "127.0.0.1"
        assert private.connections == 0

    def test_is_not_reached_by_a_name_that_changes_its_address_between_redirects(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(guard, "is_public", lambda ip: ip == "127.0.0.1")
        with listening(redirect("/next")) as public:
            monkeypatch.setattr(guard, "PORTS", frozenset({public.port}))
            with listening(page(b"secret"), address="127.0.0.2", port=public.port) as private:
                answers = itertools.chain([["127.0.0.1"]], itertools.repeat(["127.0.0.2"]))
                url = f"http://news.example:{public.port}/"
                assert refusal(url, resolver=lambda host, port: next(answers)) == "not_public"
        assert (public.connections, private.connections) == (1, 0)


class TestRedirects:
    def test_are_followed_and_recorded(self) -> None:
        def answer(connection: socket.socket, head: bytes) -> None:
            path = head.split()[1].decode()
            (redirect("sub/b") if path == "/a" else page(b"here"))(connection, head)

        with listening(answer) as host:
            got = fetch(host, "/a")
        assert (got.url, got.final_url, got.redirects) == (host.url("/a"), host.url("/sub/b"), (host.url("/a"),))
        assert got.body == b"here"

    def test_may_hold_unencoded_words(self) -> None:
        def answer(connection: socket.socket, head: bytes) -> None:
            path = head.split()[1]
            if path == b"/":
                raw("HTTP/1.1 301 Moved\r\nLocation: /día é\r\nContent-Length: 0\r\n\r\n".encode())(connection, head)
            else:
                page(path)(connection, head)

        with listening(answer) as host:
            assert fetch(host).body == b"/d%C3%ADa%20%C3%A9"

    def test_may_be_in_another_encoding(self) -> None:
        with listening(raw(b"HTTP/1.1 301 Moved\r\nLocation: ftp://\xe9\r\nContent-Length: 0\r\n\r\n")) as host:
            assert refusal(host.url(), exempt=frozenset({host.origin})) == "scheme_not_allowed"

    def test_end_after_five(self) -> None:
        with listening(redirect("/again")) as host:
            assert refusal(host.url(), exempt=frozenset({host.origin})) == "too_many_redirects"
        assert host.connections == 6

    @pytest.mark.parametrize(
        ("location", "code"),
        [
            ("file:///etc/passwd", "scheme_not_allowed"),
            ("gopher://news.example/", "scheme_not_allowed"),
            ("http://news.example:22/", "port_not_allowed"),
            ("http://user@news.example/", "address_with_user"),
            ("http://[::1]/", "not_public"),
            ("http://0x7f.1/", "bad_address"),
            ("//169.254.169.254/latest/meta-data/", "not_public"),
        ],
    )
    def test_are_checked_like_a_first_address(self, location: str, code: str) -> None:
        with listening(redirect(location)) as host:
            assert refusal(host.url(), exempt=frozenset({host.origin})) == code

    def test_that_lead_nowhere_are_an_answer(self) -> None:
        with listening(page(b"?", status="302 Found")) as host:
            assert fetch(host).status == 302


def test_a_name_without_an_address_is_told_apart() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    assert refusal("http://news.example/", resolver=unknown) == "no_such_host"
    assert refusal("http://news.example/", resolver=knowing()) == "no_such_host"
