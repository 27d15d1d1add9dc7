"""Fetching from hosts that do not behave: slow, endless, lying, compressed beyond reason. Every one a real socket."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Sequence

import pytest

from apps.articles import fetching
from tests.articles.hosts import listening, page, raw, redirect
from tests.articles.test_fetching import compressed, fetch, refusal


class TestAHostileHost:
    def test_cannot_hold_the_connection_by_a_slow_head(self) -> None:
        def drip(connection: socket.socket, head: bytes) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
            for _ in range(200):
                connection.sendall(b"x")
                time.sleep(0.05)

        with listening(drip) as host:
            began = time.monotonic()
            assert refusal(host.url(), exempt=frozenset({host.origin}), total_seconds=0.6) == "timed_out"
        assert time.monotonic() - began < 8

    def test_cannot_hold_the_connection_by_a_slow_body(self) -> None:
        def drip(connection: socket.socket, head: bytes) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            for _ in range(200):
                connection.sendall(b"x")
                time.sleep(0.05)

        with listening(drip) as host:
            began = time.monotonic()
            assert refusal(host.url(), exempt=frozenset({host.origin}), total_seconds=0.6) == "timed_out"
        assert time.monotonic() - began < 8

    def test_cannot_hold_the_connection_by_silence(self) -> None:
        with listening(lambda connection, head: time.sleep(3)) as host:
            assert refusal(host.url(), exempt=frozenset({host.origin}), total_seconds=0.3) == "timed_out"

    def test_cannot_add_up_time_over_redirects(self) -> None:
        def slow(connection: socket.socket, head: bytes) -> None:
            time.sleep(0.3)
            redirect("/again")(connection, head)

        with listening(slow) as host:
            began = time.monotonic()
            assert refusal(host.url(), exempt=frozenset({host.origin}), total_seconds=0.7) == "timed_out"
        assert time.monotonic() - began < 8

    def test_cannot_hold_us_by_its_name_server(self) -> None:
        def slow(host: str, port: int) -> Sequence[str]:
            time.sleep(1)
            return ()

        assert refusal("http://news.example/", resolver=slow, total_seconds=0.2) == "timed_out"

    @pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate"])
    def test_cannot_fill_the_memory_with_a_small_body(self, encoding: str) -> None:
        bomb = b"\x00" * 50_000_000
        for name in encoding.split(", "):
            bomb = compressed(bomb, name)
        assert len(bomb) < 60_000
        with listening(page(bomb, headers=f"Content-Encoding: {encoding}\r\n")) as host:
            assert refusal(host.url(), exempt=frozenset({host.origin}), max_bytes=1_000_000) == "too_large"

    def test_cannot_send_without_end(self) -> None:
        def endless(connection: socket.socket, head: bytes) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                connection.sendall(b"x" * 65_536)

        with listening(endless) as host:
            assert refusal(host.url(), exempt=frozenset({host.origin}), max_bytes=1_000_000) == "too_large"

    @pytest.mark.parametrize("sent", [b"", b"x" * 1_000, b"x" * 2_000_000])
    def test_is_refused_when_it_announces_too_much_whatever_it_sends(self, sent: bytes) -> None:
        with listening(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", sent)) as host:
            assert refusal(host.url(), exempt=frozenset({host.origin}), max_bytes=1_000_000) == "too_large"

    def test_is_believed_when_it_announces_less_than_it_sends(self) -> None:
        with listening(raw(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef")) as host:
            got = fetch(host)
        assert got.body == got.exchanges[0].body == b"abc"

    def test_cannot_hold_us_by_the_body_of_a_redirect(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetching, "REDIRECT_SECONDS", 0.2)
        over = threading.Event()

        def answer(connection: socket.socket, head: bytes) -> None:
            if head.split()[1] != b"/":
                page(b"here")(connection, head)
                return
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 99\r\n\r\nsome")
            over.wait(12)

        with listening(answer) as host:
            began = time.monotonic()
            got = fetch(host)
            assert time.monotonic() - began < 8
            over.set()
        assert (got.body, got.exchanges[0].body, got.exchanges[0].truncated) == (b"here", b"some", "time")

    @pytest.mark.parametrize(("length", "kept"), [(100, "length"), (99_999_999, "length")])
    def test_cannot_fill_the_record_with_the_body_of_a_redirect(
        self, monkeypatch: pytest.MonkeyPatch, length: int, kept: str
    ) -> None:
        monkeypatch.setattr(fetching, "REDIRECT_BYTES", 50)
        head = f"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: {length}\r\n\r\n".encode()

        def answer(connection: socket.socket, asked: bytes) -> None:
            of_it = raw(head, b"x" * 100) if asked.split()[1] == b"/" else page(b"here")
            of_it(connection, asked)

        with listening(answer) as host:
            got = fetch(host)
        assert (got.exchanges[0].body, got.exchanges[0].truncated) == (b"x" * 50, kept)

    def test_is_cut_where_that_is_wanted(self) -> None:
        with listening(page(b"x" * 1_000)) as host:
            got = fetch(host, max_bytes=100, cut=True)
        assert (got.body, got.exchanges[0].truncated) == (b"x" * 100, "length")
        bomb = gzip.compress(b"y" * 1_000_000)
        with listening(page(bomb, headers="Content-Encoding: gzip\r\n")) as host:
            assert fetch(host, max_bytes=70_000, cut=True).body == b"y" * 70_000

    def test_may_send_exactly_what_is_allowed(self) -> None:
        with listening(page(b"x" * 1_000)) as host:
            assert len(fetch(host, max_bytes=1_000).body) == 1_000

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"SSH-2.0-OpenSSH_9.2\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 3\r\n\r\nabc",
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, gzip, gzip\r\nContent-Length: 3\r\n\r\nabc",
            b"HTTP/1.1 304 Not Modified\r\n\r\n",
            b"HTTP/1.1 999 No\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
            b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000 + b"\r\n\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
        ],
    )
    def test_that_answers_badly_is_refused_and_nothing_of_it_kept(self, answer: bytes) -> None:
        with listening(raw(answer)) as host:
            assert refusal(host.url(), exempt=frozenset({host.origin})) == "bad_response"

    def test_that_takes_no_connection_is_unreachable(self) -> None:
        with listening(page()) as host:
            pass
        assert refusal(host.url(), exempt=frozenset({host.origin})) == "unreachable"

    def test_cannot_put_a_nul_into_what_is_stored(self) -> None:
        with listening(page(headers="X-Odd: a\x00b\r\n")) as host:
            assert fetch(host).header("X-Odd") == "ab"
