"""Whatever the other side does with the connection, there is an answer or a word why not, in time and within bounds."""

import gzip
import socket
import ssl
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
import trustme
from urllib3.connection import HTTPConnection

from apps.attribution.llm import transport
from apps.attribution.llm.transport import Limits, NoAnswer, Reply, Why, post
from apps.attribution.types import ExtractorUnavailable
from tests.attribution.llm.model import Answer, Request, Server, reader, sends, serving, tells

LIMITS = Limits(connect=2, timeout=2, total=5, most_bytes=100_000)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


def ask(server: Server, limits: Limits = LIMITS, tls: ssl.SSLContext | None = None) -> Reply:
    return post(urlsplit(server.url), b"{}", headers={"Connection": "close"}, limits=limits, tls=tls)


def why(answer: Answer, limits: Limits = LIMITS) -> Why:
    with serving(answer) as server, pytest.raises(NoAnswer) as failed:
        ask(server, limits)
    return failed.value.why


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def never(connection: socket.socket, request: Request) -> None:
    connection.recv(1)


def drop_by_drop(prefix: bytes) -> Answer:
    """One byte, and another, each well within any timeout between two bytes."""

    def answer(connection: socket.socket, request: Request) -> None:
        connection.sendall(prefix)
        while True:
            connection.sendall(b" ")
            time.sleep(0.02)

    return answer


def parts(*chunks: bytes) -> Answer:
    def answer(connection: socket.socket, request: Request) -> None:
        for chunk in chunks:
            connection.sendall(chunk)

    return answer


def test_a_server_that_never_answers_is_given_up_after_the_time_between_two_bytes() -> None:
    with at_most(8):
        assert why(never, Limits(connect=2, timeout=0.2, total=30, most_bytes=100)) is Why.TIMED_OUT


@pytest.mark.parametrize(
    "prefix", [HEAD + b"\r\n", HEAD + b"Content-Length: 9000\r\n\r\n", HEAD + b"X-Slow: ", b"HTTP/1.1", b""]
)
def test_a_server_that_sends_a_byte_now_and_then_is_given_up_at_the_deadline(prefix: bytes) -> None:
    with at_most(8):
        assert why(drop_by_drop(prefix), Limits(connect=2, timeout=30, total=0.3, most_bytes=10**6)) is Why.TIMED_OUT


@pytest.mark.parametrize(
    "answer",
    [
        parts(),
        parts(HEAD + b"Content-Length: 100\r\n\r\n", b'{"choices'),
        parts(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"ffff\r\n{"),
        parts(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"zz\r\n{"),
        parts(b"I am no web server\r\n\r\n"),
        parts(b"HTTP/1.1 2000000 OK\r\n\r\n"),
        parts(HEAD + b"X: " + b"a" * 70_000 + b"\r\n\r\n"),
        parts(HEAD + b"Content-Encoding: gzip\r\n\r\n", b"this is not gzip"),
    ],
    ids=["nothing", "half", "half a chunk", "no chunk", "no protocol", "no status", "endless", "no gzip"],
)
def test_a_connection_that_breaks_off_or_makes_no_sense_is_broken(answer: Answer) -> None:
    assert why(answer) is Why.BROKEN


def test_a_body_is_read_up_to_the_limit_and_no_further() -> None:
    def endless(connection: socket.socket, request: Request) -> None:
        connection.sendall(HEAD + b"\r\n")
        while True:
            connection.sendall(b"x" * 65_536)

    assert why(endless) is Why.TOO_LARGE
    assert why(sends(b"x" * 100_001)) is Why.TOO_LARGE
    with serving(sends(b"x" * 100_000)) as server:
        assert len(ask(server).body) == 100_000


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "deflate"])
def test_a_bomb_goes_off_at_the_limit(encoding: str) -> None:
    zeros = b"0" * (50 * 2**20)
    bomb = zlib.compress(zeros, 9) if encoding == "deflate" else gzip.compress(zeros, 9)

    with at_most(20):
        assert why(sends(bomb, content_encoding=encoding)) is Why.TOO_LARGE


def test_what_is_compressed_is_read_and_other_encodings_are_not() -> None:
    with serving(sends(gzip.compress(b'{"a": 1}'), content_encoding="gzip")) as server:
        assert ask(server).body == b'{"a": 1}'
    for encoding in ("br", "gzip, gzip, gzip", "rot13"):
        assert why(sends(b"x", content_encoding=encoding)) is Why.BAD_ENCODING


def test_a_redirect_is_an_answer_and_the_key_stays_where_it_was_sent() -> None:
    with serving(sends("{}")) as elsewhere, serving(sends("", 307, location=elsewhere.url)) as server:
        assert ask(server).status == 307
        assert elsewhere.connections == 0


def test_nobody_listening_is_unreachable_and_nothing_was_sent() -> None:
    with serving(sends("{}")) as server:
        pass
    with pytest.raises(NoAnswer) as failed:
        ask(server)

    assert (failed.value.why, failed.value.sent) == (Why.UNREACHABLE, False)


def test_a_name_that_is_looked_up_for_ever_is_given_up_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stuck(HTTPConnection):
        def connect(self) -> None:
            time.sleep(12)
            raise OSError

    monkeypatch.setattr(transport, "HTTPConnection", Stuck)
    with serving(sends("{}")) as server, at_most(8), pytest.raises(NoAnswer) as failed:
        ask(server, Limits(connect=2, timeout=2, total=0.1, most_bytes=100))

    assert (failed.value.why, failed.value.sent) == (Why.TIMED_OUT, False)


def test_a_certificate_is_checked_before_anything_is_sent() -> None:
    authority = trustme.CA()
    serves = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(serves)
    trusts = ssl.create_default_context()
    authority.configure_trust(trusts)

    with serving(tells(), tls=serves) as server:
        assert ask(server, tls=trusts).status == 200
        with pytest.raises(NoAnswer) as failed:
            ask(server)
        assert failed.value.why is Why.BAD_CERTIFICATE
        assert reader(server, tls=trusts, key="k").extract("Orland denied it.") == []
        with pytest.raises(ExtractorUnavailable) as refused:
            reader(server, key="k").extract("Orland denied it.")

    assert (refused.value.code, refused.value.transient) == ("llm_unreachable", False)
    assert len(server.requests) == 2


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(sends("{}")) as proxy, serving(sends("{}")) as server:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("ALL_PROXY", proxy.url)
        assert ask(server).status == 200
        assert proxy.connections == 0


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (never, "llm_timed_out"),
        (drop_by_drop(HEAD + b"\r\n"), "llm_timed_out"),
        (parts(HEAD + b"Content-Length: 100\r\n\r\n", b"{"), "llm_unreachable"),
        (parts(), "llm_unreachable"),
        (sends(b"0" * 3_000_000), "llm_bad_answer"),
        (sends(gzip.compress(b"0" * 30_000_000), content_encoding="gzip"), "llm_bad_answer"),
        (sends(b"{}", content_encoding="br"), "llm_bad_answer"),
    ],
    ids=["never", "drop by drop", "half", "nothing", "enormous", "bomb", "encoding"],
)
def test_each_is_tried_again_and_then_told_with_a_code_of_its_own(answer: Answer, code: str) -> None:
    short: dict[str, Any] = {"timeout_seconds": 0.1, "deadline_seconds": 1.2} if code == "llm_timed_out" else {}
    with serving(answer) as server:
        using = reader(server, retries=1, **short)
        with pytest.raises(ExtractorUnavailable) as failed:
            using.extract("Orland denied it.")

    assert (failed.value.code, failed.value.transient) == (code, True)
    assert using.usage.requests == 2
