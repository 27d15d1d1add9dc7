"""Fetching one address from a host that may be hostile.

The name is resolved once for each connection, every address of it checked, and the connection made to one of those
very addresses, so that a second answer of the name server is never asked for. Certificate and SNI still go by the
name. Nothing is taken from the environment: no proxy, no netrc, no cookie.
"""

from __future__ import annotations

import functools
import http.client
import os
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import certifi
from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from . import addresses, guard
from .guard import Refused, Resolver, Target

ACCEPT: Final = "text/html, application/xhtml+xml, application/xml;q=0.9, text/plain;q=0.8, */*;q=0.5"
ENCODINGS: Final = frozenset({"gzip", "x-gzip", "deflate", "identity"})
MOST_ENCODINGS: Final = 2
CONNECT_SECONDS: Final = 10.0

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_STEP: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a host answered. ``status`` may be an error of the host's (404, 410, 503): that is for the caller to judge.

    ``redirects`` are the addresses asked before ``final_url``, in order, beginning with ``url`` as it was read;
    ``body`` is what the host sent, its content encodings undone; ``address`` is the IP address it came from.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    redirects: tuple[str, ...]
    address: str
    not_modified: bool

    def header(self, name: str) -> str:
        """The first header of this name, whatever its case; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class _Deadline:
    """One moment by which everything must be over, name look-up and redirects included."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(0.0, self._at - time.monotonic())

    @property
    def passed(self) -> bool:
        return self.left == 0.0

    def timeout(self, most: float = float("inf")) -> float:
        """A socket timeout, which must not be 0: that would mean not to block at all."""
        return max(0.001, min(self.left, most))

    @contextmanager
    def over(self, sock: socket.socket) -> Iterator[None]:
        """Shut ``sock`` at the deadline, whoever reads from it: a byte each second keeps any socket timeout away."""

        def shut() -> None:
            with suppress(OSError):
                # Not SSLSocket.shutdown, which would take the session from under the thread that reads.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)

        timer = threading.Timer(self.left, shut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
        if self.passed:
            # To the reader the shut connection was the end of the body, if that was told by nothing else.
            raise Refused("timed_out", "the host did not end")


def fetch(
    url: str,
    *,
    user_agent: str,
    exempt: frozenset[str] = frozenset(),
    etag: str | None = None,
    modified: str | None = None,
    max_bytes: int = 25 * 2**20,
    total_seconds: float = 30,
    max_redirects: int = 5,
    resolver: Resolver = guard.system_resolver,
    tls: ssl.SSLContext | None = None,
) -> Fetched:
    """Get ``url``, following redirects, each checked like the first.

    ``etag`` and ``modified`` are the ETag and Last-Modified of an earlier answer, sent as If-None-Match and
    If-Modified-Since. ``max_bytes`` bounds the body after decompression. ``exempt`` is as for ``guard.check_address``.

    Raises ``Refused``, with one of the codes bad_address, scheme_not_allowed, port_not_allowed, not_public,
    no_such_host, too_many_redirects, too_large, timed_out, unreachable, bad_certificate, bad_response.
    """
    deadline = _Deadline(total_seconds)
    validators = _validators(etag, modified)
    asked: list[str] = []
    target = guard.check_address(url, exempt=exempt)
    while True:
        with _connection(target, deadline, resolver, tls) as (connection, ip), _named_failures(deadline):
            headers = {
                "Host": target.address.authority,
                "User-Agent": user_agent,
                "Accept": ACCEPT,
                "Accept-Encoding": "gzip, deflate",
                "Connection": "close",
                **validators,
            }
            connection.request("GET", target.address.request_target, headers=headers, preload_content=False)
            response = connection.getresponse()
            location = _location(response)
            if location is None:
                answer = Fetched(
                    url=url,
                    final_url=str(target.address),
                    status=_status(response, conditional=bool(validators)),
                    headers=tuple((name, value.replace("\x00", "")) for name, value in response.headers.items()),
                    body=_body(response, max_bytes),
                    redirects=tuple(asked),
                    address=ip,
                    not_modified=response.status == http.HTTPStatus.NOT_MODIFIED,
                )
        if location is None:
            return answer
        asked.append(str(target.address))
        if len(asked) > max_redirects:
            raise Refused("too_many_redirects", f"more than {max_redirects}")
        target = _redirected(target, location, exempt)


def _validators(etag: str | None, modified: str | None) -> dict[str, str]:
    """The conditional headers. A validator that a host made up of other than visible ASCII is not sent back."""
    given = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in given.items() if value and value.isascii() and value.isprintable()}


@contextmanager
def _connection(
    target: Target, deadline: _Deadline, resolver: Resolver, tls: ssl.SSLContext | None
) -> Iterator[tuple[HTTPConnection, str]]:
    """A connection to one of the checked addresses, the first that takes it, closed at the end or the deadline."""
    failed: Refused | None = None
    for ip in _resolved(target, deadline, resolver):
        connection = _unconnected(target, ip, deadline, tls)
        try:
            with _named_failures(deadline):
                connection.connect()
        except Refused as refused:
            connection.close()
            failed = refused
            continue
        sock = connection.sock
        try:
            with deadline.over(sock):
                sock.settimeout(deadline.timeout())
                yield connection, ip
        finally:
            connection.close()
            # A response that could not be made sense of still holds the socket, which would stay open with it.
            descriptor = sock.detach()
            if descriptor >= 0:
                os.close(descriptor)
        return
    raise failed or Refused("no_such_host", target.address.host)


def _resolved(target: Target, deadline: _Deadline, resolver: Resolver) -> tuple[str, ...]:
    """``guard.resolve`` under the deadline: the system's resolver takes no timeout and may take a minute."""
    answer: queue.SimpleQueue[tuple[str, ...] | Refused] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(guard.resolve(target, resolver=resolver))
        except Refused as refused:
            answer.put(refused)

    threading.Thread(target=ask, name="resolve", daemon=True).start()
    try:
        found = answer.get(timeout=deadline.timeout())
    except queue.Empty:
        raise Refused("timed_out", f"looking up {target.address.host}") from None
    if isinstance(found, Refused):
        raise found
    return found


def _unconnected(target: Target, ip: str, deadline: _Deadline, tls: ssl.SSLContext | None) -> HTTPConnection:
    timeout = deadline.timeout(CONNECT_SECONDS)
    if target.address.scheme == "http":
        return HTTPConnection(ip, target.address.port, timeout=timeout)
    return HTTPSConnection(
        ip,
        target.address.port,
        timeout=timeout,
        ssl_context=tls or _system_tls(),
        server_hostname=target.address.host,
    )


@functools.lru_cache(maxsize=1)
def _system_tls() -> ssl.SSLContext:
    """Certificates checked against the operating system's authorities and Mozilla's: slim images have only these."""
    context = ssl.create_default_context()
    context.load_verify_locations(cafile=certifi.where())
    return context


@contextmanager
def _named_failures(deadline: _Deadline) -> Iterator[None]:
    """Whatever a connection can raise, as a ``Refused``."""
    try:
        yield
    except Refused:
        raise
    except (HTTPError, http.client.HTTPException, OSError, ValueError) as error:
        raise Refused("timed_out" if deadline.passed else _code(error), _detail(error)) from error


def _code(error: Exception) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return "bad_certificate"
        case NewConnectionError() | ssl.SSLError():  # the first is a ConnectTimeoutError to urllib3
            return "unreachable"
        case ConnectTimeoutError() | ReadTimeoutError() | TimeoutError():
            return "timed_out"
        case _:
            return "bad_response"


def _detail(error: Exception) -> str:
    """The error's own words, without the object addresses that urllib3 puts before them."""
    return f"{type(error).__name__}: {error}".replace("\x00", "")[:300]


def _location(response: BaseHTTPResponse) -> str | None:
    """Where a redirect leads, if this is one. Many hosts send UTF-8 in a header that is read as Latin-1."""
    location = response.headers.get("Location") if response.status in _REDIRECTS else None
    if not location:
        return None
    with suppress(UnicodeError):
        return location.encode("latin-1").decode("utf-8")
    return location


def _redirected(target: Target, location: str, exempt: frozenset[str]) -> Target:
    try:
        url = addresses.absolute(location, base=str(target.address))
    except addresses.BadAddress as error:
        raise Refused(error.code, f"redirected: {error.detail}") from error
    return guard.check_address(url, exempt=exempt)


def _status(response: BaseHTTPResponse, *, conditional: bool) -> int:
    if not 200 <= response.status <= 599:
        raise Refused("bad_response", f"status {response.status}")
    if response.status == http.HTTPStatus.NOT_MODIFIED and not conditional:
        raise Refused("bad_response", "status 304 where nothing was said to be known")
    return response.status


def _body(response: BaseHTTPResponse, max_bytes: int) -> bytes:
    """The body, decompressed step by step so that a bomb goes off at the cap."""
    named = [name.strip().lower() for name in response.headers.get("Content-Encoding", "").split(",") if name.strip()]
    if len(named) > MOST_ENCODINGS:
        raise Refused("bad_response", f"{len(named)} content encodings")
    if not ENCODINGS.issuperset(named):
        raise Refused("bad_response", f"content encoding {', '.join(named)[:80]}")
    announced = response.headers.get("Content-Length", "")
    if announced.isdecimal() and announced.isascii() and int(announced[:20]) > max_bytes:
        raise Refused("too_large", f"{announced[:20]} bytes announced, more than {max_bytes}")
    body = bytearray()
    while chunk := response.read(_STEP, decode_content=True):
        body += chunk
        if len(body) > max_bytes:
            raise Refused("too_large", f"more than {max_bytes} bytes")
    return bytes(body)
