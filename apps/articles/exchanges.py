"""One request and what came back, as it went over the wire, with whom it was spoken to and how."""

from __future__ import annotations

import functools
import hashlib
import http.client
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, BinaryIO, Final, cast

from urllib3.connection import HTTPConnection, HTTPSConnection

Clock = Callable[[], datetime]

MOST_CERTIFICATES: Final = 10

_DER: Final = 2  # _ssl.ENCODING_DER


@dataclass(frozen=True, slots=True)
class Tls:
    """How a connection was secured: its version and cipher, and the certificates in DER, the host's own first."""

    version: str
    cipher: str
    certificates: tuple[bytes, ...]

    @property
    def digests(self) -> tuple[str, ...]:
        """The SHA-256 of each certificate, in hex."""
        return tuple(hashlib.sha256(certificate).hexdigest() for certificate in self.certificates)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer.

    ``request`` and ``head`` are the very bytes of the request and of the status line and headers of the answer;
    ``body`` is what followed, its content encodings as they came, its transfer coding (``chunked``) undone.
    ``truncated`` says why it is not all there: ``length``, ``time`` or ``disconnect``, as in WARC; empty when it is.
    """

    url: str
    status: int
    location: str
    request: bytes
    head: bytes
    body: bytes
    chunked: bool
    truncated: str
    address: str
    tls: Tls | None
    began: datetime
    ended: datetime


@dataclass(slots=True)
class Recording:
    """An exchange while it goes on. Whatever happens, what was heard until then is here."""

    url: str
    address: str
    clock: Clock
    began: datetime
    tls: Tls | None = None
    status: int = 0
    location: str = ""
    chunked: bool = False
    truncated: str = ""
    request: bytearray = field(default_factory=bytearray)
    head: bytearray = field(default_factory=bytearray)
    body: bytearray = field(default_factory=bytearray)

    def ended(self) -> Exchange:
        """The exchange as it stands now."""
        return Exchange(
            url=self.url,
            status=self.status,
            location=self.location,
            request=bytes(self.request),
            head=bytes(self.head),
            body=bytes(self.body),
            chunked=self.chunked,
            truncated=self.truncated,
            address=self.address,
            tls=self.tls,
            began=self.began,
            ended=self.clock(),
        )


class _Listening:
    """The file of an answer while its head is read, which remembers the head."""

    def __init__(self, file: BinaryIO, heard: bytearray) -> None:
        self._file = file
        self._heard = heard

    def readline(self, limit: int = -1) -> bytes:
        line = self._file.readline(limit)
        if line.startswith(b"HTTP/") and self._heard.endswith((b"\r\n\r\n", b"\n\n")):
            self._heard.clear()  # what came before was "100 Continue"
        self._heard += line
        return line

    def close(self) -> None:
        self._file.close()


class _Answer(http.client.HTTPResponse):
    def __init__(self, *args: Any, heard: bytearray, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._heard = heard

    def begin(self) -> None:
        file = self.fp
        self.fp = cast("Any", _Listening(cast("BinaryIO", file), self._heard))
        try:
            super().begin()
        finally:
            # It is closed already where nothing follows.
            if self.fp is not None:
                self.fp = file


class _Recorded(http.client.HTTPConnection):
    """A connection that remembers what it sent. Mixed into urllib3's."""

    recording: Recording | None = None

    def send(self, data: Any) -> None:
        if self.recording is not None:
            self.recording.request += data
        super().send(data)


class PlainConnection(_Recorded, HTTPConnection):
    """urllib3's connection, recorded."""


class SecureConnection(_Recorded, HTTPSConnection):
    """urllib3's connection over TLS, recorded."""


Connection = PlainConnection | SecureConnection


def record(connection: Connection, recording: Recording) -> None:
    """From here on, note what is said over a connection that was made already."""
    recording.tls = _tls(connection.sock)
    connection.recording = recording
    connection.response_class = functools.partial(_Answer, heard=recording.head)  # type: ignore[assignment]


def _tls(sock: object) -> Tls | None:
    if not isinstance(sock, ssl.SSLSocket):
        return None
    cipher = sock.cipher()
    return Tls(version=sock.version() or "", cipher=cipher[0] if cipher else "", certificates=_certificates(sock))


def _certificates(sock: ssl.SSLSocket) -> tuple[bytes, ...]:
    """The chain as it was sent. Python has a public name for it from 3.13; before, what it is made from."""
    if sent := getattr(sock, "get_unverified_chain", None):
        return tuple(sent())[:MOST_CERTIFICATES]
    if sent := getattr(getattr(sock, "_sslobj", None), "get_unverified_chain", None):
        return tuple(certificate.public_bytes(_DER) for certificate in sent() or ())[:MOST_CERTIFICATES]
    own = sock.getpeercert(binary_form=True)
    return (own,) if own else ()
