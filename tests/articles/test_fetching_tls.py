"""Certificates are checked on the name, though the connection goes to an address that was checked before."""

from __future__ import annotations

import ssl
import time

import pytest
import trustme

from apps.articles import connecting, fetching
from tests.articles.hosts import listening, page
from tests.articles.test_fetching import AGENT, knowing, refusal


class TestTheCertificate:
    AUTHORITY = trustme.CA()

    @classmethod
    def host(cls, *names: str) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        cls.AUTHORITY.issue_cert(*names).configure_cert(context)
        return context

    @classmethod
    def trusting(cls) -> ssl.SSLContext:
        context = ssl.create_default_context()
        cls.AUTHORITY.configure_trust(context)
        return context

    def test_is_checked_on_the_name_though_the_connection_goes_to_an_address(self) -> None:
        asked: list[str | None] = []
        context = self.host("news.example")
        context.sni_callback = lambda _socket, name, _context: asked.append(name)
        with listening(page(b"safe"), tls=context) as host:
            origin = f"news.example:{host.port}"
            got = fetching.fetch(
                f"https://{origin}/",
                user_agent=AGENT,
                exempt=frozenset({origin}),
                resolver=knowing("127.0.0.1"),
                tls=self.trusting(),
            )
        assert got.body == b"safe"
        assert asked == ["news.example"]
        assert f"\r\nHost: {origin}\r\n".encode() in host.requests[0]

    @pytest.mark.parametrize("names", [("other.example",), ("127.0.0.1",)])
    def test_of_another_name_is_refused(self, names: tuple[str, ...]) -> None:
        with listening(page(b"safe"), tls=self.host(*names)) as host:
            origin = f"news.example:{host.port}"
            code = refusal(
                f"https://{origin}/", exempt=frozenset({origin}), resolver=knowing("127.0.0.1"), tls=self.trusting()
            )
        assert code == "bad_certificate"
        assert host.requests == []

    def test_of_an_unknown_authority_is_refused(self) -> None:
        with listening(page(b"safe"), tls=self.host("news.example")) as host:
            origin = f"news.example:{host.port}"
            code = refusal(f"https://{origin}/", exempt=frozenset({origin}), resolver=knowing("127.0.0.1"))
        assert code == "bad_certificate"

    def test_that_does_not_come_in_time_ends_the_connection(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connecting, "CONNECT_SECONDS", 0.2)
        with listening(lambda connection, head: time.sleep(1)) as host:
            origin = f"news.example:{host.port}"
            code = refusal(f"https://{origin}/", exempt=frozenset({origin}), resolver=knowing("127.0.0.1"))
        assert code == "timed_out"

    def test_that_is_not_there_at_all_is_no_connection(self) -> None:
        with listening(page(b"plain")) as host:
            origin = f"news.example:{host.port}"
            code = refusal(f"https://{origin}/", exempt=frozenset({origin}), resolver=knowing("127.0.0.1"))
        assert code == "unreachable"
