"""One request to an endpoint and its whole answer, within one deadline, whatever the other side does.

Nothing is taken from the environment: no proxy, no netrc, no cookie. Redirects are not followed: the key is for the
address it was given for. No message repeats a header or anything that the other side wrote, as it may repeat the key.
"""

from __future__ import annotations

import functools
import http.client
import os
import queue
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult

import certifi
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

STEP: Final = 64 * 1024
ENCODINGS: Final = frozenset(("", "gzip", "x-gzip", "deflate", "identity"))


class Why(StrEnum):
    """Why there is no answer."""

    TIMED_OUT = "timed_out"
    UNREACHABLE = "unreachable"
    BAD_CERTIFICATE = "bad_certificate"
    BROKEN = "broken"
    TOO_LARGE = "too_large"
    BAD_ENCODING = "bad_encoding"


class NoAnswer(Exception):
    """The exchange did not come to its end. ``sent``: the request went out, so the other side may be at work on it."""

    def __init__(self, why: Why, *, sent: bool) -> None:
        super().__init__(why.value)
        self.why = why
        self.sent = sent


@dataclass(frozen=True, slots=True)
class Reply:
    """What the endpoint answered, its content encoding undone. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for the connection, for the next byte, and for all of it; and the most bytes of a body, decompressed."""

    connect: float
    timeout: float
    total: float
    most_bytes: int


def post(
    url: SplitResult, body: bytes, *, headers: Mapping[str, str], limits: Limits, tls: ssl.SSLContext | None = None
) -> Reply:
    """Post ``body`` and read the answer, of whatever status. Raises :class:`NoAnswer`.

    The exchange runs in a thread of its own, for the look-up of a name takes no timeout, and a byte each second keeps
    any other away; at the deadline its socket is shut, and it ends by itself.
    """
    exchange = _Exchange(url, body, headers=headers, limits=limits, tls=tls)
    threading.Thread(target=exchange.run, name="llm", daemon=True).start()
    try:
        outcome = exchange.outcome.get(timeout=max(0.001, limits.total))
    except queue.Empty:
        raise NoAnswer(Why.TIMED_OUT, sent=exchange.sent) from None
    finally:
        exchange.abandon()
    if isinstance(outcome, NoAnswer):
        raise outcome
    return outcome


class _Exchange:
    """Runs in one thread and is abandoned by another."""

    def __init__(
        self, url: SplitResult, body: bytes, *, headers: Mapping[str, str], limits: Limits, tls: ssl.SSLContext | None
    ) -> None:
        self.outcome: queue.SimpleQueue[Reply | NoAnswer] = queue.SimpleQueue()
        self.sent = False
        self._url = url
        self._body = body
        self._headers = headers
        self._limits = limits
        self._tls = tls
        self._abandoned = False
        self._connection: HTTPConnection | None = None
        self._sock: socket.socket | None = None

    def run(self) -> None:
        outcome: Reply | NoAnswer = NoAnswer(Why.BROKEN, sent=True)
        try:
            outcome = self._exchange()
        except NoAnswer as failed:
            outcome = failed
        except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
            outcome = NoAnswer(_why(error), sent=self.sent)
        finally:
            self._close()
            self.outcome.put(outcome)

    def abandon(self) -> None:
        """Shut the connection, if it is still there, under whoever reads from it."""
        self._abandoned = True
        for sock in (self._sock, self._connection.sock if self._connection is not None else None):
            if sock is not None:
                with suppress(OSError):
                    # Not SSLSocket.shutdown, which would take the session from under the thread that reads.
                    socket.socket.shutdown(sock, socket.SHUT_RDWR)

    def _exchange(self) -> Reply:
        connection = self._connection = self._unconnected()
        connection.connect()
        sock: socket.socket = connection.sock
        self._sock = sock
        if self._abandoned:
            raise NoAnswer(Why.TIMED_OUT, sent=False)
        connection.timeout = self._limits.timeout  # given to the socket with the request
        self.sent = True
        target = self._url.path or "/"
        connection.request("POST", target, body=self._body, headers=self._headers, preload_content=False)
        response = connection.getresponse()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, headers, self._read(response, headers))

    def _unconnected(self) -> HTTPConnection:
        host = self._url.hostname or ""
        if self._url.scheme == "http":
            return HTTPConnection(host, self._url.port or 80, timeout=self._limits.connect)
        context = self._tls or _system_tls()
        return HTTPSConnection(host, self._url.port or 443, timeout=self._limits.connect, ssl_context=context)

    def _read(self, response: BaseHTTPResponse, headers: Mapping[str, str]) -> bytes:
        """The body, decompressed step by step so that a bomb goes off at the cap."""
        if headers.get("content-encoding", "").strip().lower() not in ENCODINGS:
            raise NoAnswer(Why.BAD_ENCODING, sent=True)
        body = bytearray()
        while chunk := response.read(STEP, decode_content=True):
            body += chunk
            if len(body) > self._limits.most_bytes:
                raise NoAnswer(Why.TOO_LARGE, sent=True)
        return bytes(body)

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._sock is not None:
            # A response that could not be made sense of still holds the socket, which would stay open with it.
            descriptor = self._sock.detach()
            if descriptor >= 0:
                os.close(descriptor)


def _why(error: Exception) -> Why:
    match error:
        case ssl.SSLCertVerificationError():
            return Why.BAD_CERTIFICATE
        case NewConnectionError() | ssl.SSLError():  # the first is a ConnectTimeoutError to urllib3
            return Why.UNREACHABLE
        case ConnectTimeoutError() | ReadTimeoutError() | TimeoutError():
            return Why.TIMED_OUT
        case _:
            return Why.BROKEN


@functools.lru_cache(maxsize=1)
def _system_tls() -> ssl.SSLContext:
    """Certificates checked against the operating system's authorities and Mozilla's: slim images have only these."""
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=certifi.where())
    return context
