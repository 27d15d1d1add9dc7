"""Fetching one address from a host that may be hostile.

The name is resolved once for each connection, every address of it checked, and the connection made to one of those
very addresses, so that a second answer of the name server is never asked for. Certificate and SNI still go by the
name. Nothing is taken from the environment: no proxy, no netrc, no cookie.
"""

from __future__ import annotations

import http
import http.client
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from urllib3 import BaseHTTPResponse
from urllib3.exceptions import HTTPError

from . import addresses, guard, inflating
from .connecting import connected, named_failures
from .deadlines import Deadline
from .exchanges import Clock, Connection, Exchange, Recording, record
from .guard import Refused, Resolver, Target

ACCEPT: Final = "text/html, application/xhtml+xml, application/xml;q=0.9, text/plain;q=0.8, */*;q=0.5"
REDIRECT_SECONDS: Final = 2.0
"""For how long the body of a redirect is listened to, of which nobody but the record has any use."""
REDIRECT_BYTES: Final = 64 * 1024

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_STEP: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a host answered. ``status`` may be an error of the host's (404, 410, 503): that is for the caller to judge.

    ``redirects`` are the addresses asked before ``final_url``, in order, beginning with ``url`` as it was read;
    ``body`` is what the host sent, its content encodings undone; ``address`` is the IP address it came from.
    ``exchanges`` are all requests and answers as they went over the wire, the last of them the one told of here.
    """

    url: str
    final_url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    redirects: tuple[str, ...]
    address: str
    not_modified: bool
    exchanges: tuple[Exchange, ...]

    @property
    def began(self) -> datetime:
        return self.exchanges[0].began

    @property
    def ended(self) -> datetime:
        return self.exchanges[-1].ended

    def header(self, name: str) -> str:
        """The first header of this name, whatever its case; empty where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class RefusedMidway(Refused):
    """Refused once something had been received. ``exchanges`` hold it, the last up to where it was given up."""

    exchanges: tuple[Exchange, ...] = ()

    @property
    def received(self) -> bytes:
        """What came of the last body, as it came."""
        return self.exchanges[-1].body if self.exchanges else b""


def _utc_now() -> datetime:
    return datetime.now(UTC)


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
    cut: bool = False,
    before_redirect: Callable[[Target], object] | None = None,
    clock: Clock = _utc_now,
) -> Fetched:
    """Get ``url``, following redirects, each checked like the first.

    ``etag`` and ``modified`` are the ETag and Last-Modified of an earlier answer, sent as If-None-Match and
    If-Modified-Since. ``max_bytes`` bounds the body, as it comes and after decompression; with ``cut``, what is more is
    left out instead of refused. ``exempt`` is as for ``guard.check_address``. ``before_redirect`` is told of each
    further address before anybody connects to it, and may raise; ``clock`` tells when the exchanges began and ended.

    Raises ``Refused``, with one of the codes bad_address, scheme_not_allowed, port_not_allowed, not_public,
    no_such_host, too_many_redirects, too_large, timed_out, unreachable, bad_certificate, bad_response; a
    ``RefusedMidway`` where something was received before.
    """
    exchanges: list[Exchange] = []
    ask = _Asking(
        user_agent=user_agent,
        validators=_validators(etag, modified),
        max_bytes=max_bytes,
        deadline=Deadline(total_seconds),
        resolver=resolver,
        tls=tls,
        clock=clock,
        exchanges=exchanges,
        cut=cut,
    )
    try:
        target = guard.check_address(url, exempt=exempt)
        while (answer := ask.once(target)) is None:
            if len(exchanges) > max_redirects:
                raise Refused("too_many_redirects", f"more than {max_redirects}")
            target = _redirected(target, exchanges[-1].location, exempt)
            if before_redirect is not None:
                before_redirect(target)
    except Refused as refused:
        if not exchanges:
            raise
        midway = RefusedMidway(refused.code, refused.detail)
        midway.exchanges = tuple(exchanges)
        raise midway from refused
    headers, status, body = answer
    return Fetched(
        url=url,
        final_url=str(target.address),
        status=status,
        headers=headers,
        body=body,
        redirects=tuple(exchange.url for exchange in exchanges[:-1]),
        address=exchanges[-1].address,
        not_modified=status == http.HTTPStatus.NOT_MODIFIED,
        exchanges=tuple(exchanges),
    )


Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Asking:
    """What is the same for each request of a fetch."""

    user_agent: str
    validators: dict[str, str]
    max_bytes: int
    deadline: Deadline
    resolver: Resolver
    tls: ssl.SSLContext | None
    clock: Clock
    exchanges: list[Exchange]
    cut: bool

    def once(self, target: Target) -> tuple[Headers, int, bytes] | None:
        """Headers, status and body of an answer, or ``None`` where it leads elsewhere.

        Adds an exchange, whatever happens once there is a connection.
        """
        began = self.clock()
        with connected(target, self.deadline, self.resolver, self.tls) as (connection, sock, ip):
            recording = Recording(url=str(target.address), address=ip, clock=self.clock, began=began)
            try:
                with named_failures(self.deadline):
                    record(connection, recording)
                    said = self._said(connection, sock, target, recording)
                    if self.deadline.passed:
                        raise Refused("timed_out", "the host did not end")
                    return said
            except Refused as refused:
                if not recording.truncated:
                    cause = {"too_large": "length", "timed_out": "time"}
                    recording.truncated = cause.get(refused.code, "disconnect")
                raise
            finally:
                if recording.head:
                    self.exchanges.append(recording.ended())

    def _said(
        self, connection: Connection, sock: socket.socket, target: Target, recording: Recording
    ) -> tuple[Headers, int, bytes] | None:
        headers = {
            "Host": target.address.authority,
            "User-Agent": self.user_agent,
            "Accept": ACCEPT,
            "Accept-Encoding": "gzip, deflate",
            "Connection": "close",
            **self.validators,
        }
        connection.request("GET", target.address.request_target, headers=headers, preload_content=False)
        response = connection.getresponse()
        recording.status = response.status
        recording.chunked = "chunked" in response.headers.get("Transfer-Encoding", "").lower()
        location = _location(response)
        if location is not None:
            recording.location = location
            _listen_to_redirect(sock, response, recording, self.deadline)
            return None
        status = _status(response, conditional=bool(self.validators))
        said = tuple((name, value.replace("\x00", "")) for name, value in response.headers.items())
        return said, status, self._body(response, recording)

    def _body(self, response: BaseHTTPResponse, recording: Recording) -> bytes:
        """The body, decompressed step by step so that a bomb goes off at the cap. What comes is recorded."""
        encodings = inflating.named(response.headers.get("Content-Encoding", ""))
        announced = response.headers.get("Content-Length", "")
        too_large = announced.isdecimal() and announced.isascii() and int(announced[:20]) > self.max_bytes
        pieces = _pieces(response, recording.body, self.max_bytes)
        body: list[bytes] = []
        try:
            body.extend(inflating.inflated(pieces, encodings, most=self.max_bytes))
        except (HTTPError, http.client.HTTPException) as error:
            if too_large:
                raise Refused("too_large", f"{announced[:20]} bytes announced, more than {self.max_bytes}") from error
            raise
        except Refused as refused:
            if not self.cut or refused.code != "too_large":
                raise
            recording.truncated = "length"
        return b"".join(body)[: self.max_bytes]


def _validators(etag: str | None, modified: str | None) -> dict[str, str]:
    """The conditional headers. A validator that a host made up of other than visible ASCII is not sent back."""
    given = {"If-None-Match": etag, "If-Modified-Since": modified}
    return {name: value for name, value in given.items() if value and value.isascii() and value.isprintable()}


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


def _listen_to_redirect(
    sock: socket.socket, response: BaseHTTPResponse, recording: Recording, deadline: Deadline
) -> None:
    """Note what a redirect says besides where it leads, up to a little; nothing that goes wrong with it matters."""
    until = time.monotonic() + min(REDIRECT_SECONDS, deadline.left)
    recording.truncated = "disconnect"
    with suppress(HTTPError, http.client.HTTPException, OSError, ValueError):
        while (left := until - time.monotonic()) > 0:
            sock.settimeout(left)
            chunk = response.read1(_STEP, decode_content=False)
            if not chunk:
                recording.truncated = ""
                return
            recording.body += chunk
            if len(recording.body) > REDIRECT_BYTES:
                del recording.body[REDIRECT_BYTES:]
                recording.truncated = "length"
                return
    if time.monotonic() >= until:
        recording.truncated = "time"


def _pieces(response: BaseHTTPResponse, received: bytearray, max_bytes: int) -> Iterator[bytes]:
    """The body as it comes, at most so many bytes of it. Of one that announces more, all the same, to be kept."""
    while piece := response.read1(_STEP, decode_content=False):
        left = max_bytes - len(received)
        received += piece[:left]
        yield piece[:left]
        if len(piece) > left:
            raise Refused("too_large", f"more than {max_bytes} bytes")
