"""Connections to addresses that were checked, and to no other: the name of a host is looked up once for each."""

from __future__ import annotations

import functools
import http.client
import os
import queue
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import certifi
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError, ReadTimeoutError

from . import guard
from .deadlines import Deadline
from .exchanges import Connection, PlainConnection, SecureConnection
from .guard import Refused, Resolver, Target

CONNECT_SECONDS: Final = 10.0


@contextmanager
def connected(
    target: Target, deadline: Deadline, resolver: Resolver, tls: ssl.SSLContext | None
) -> Iterator[tuple[Connection, socket.socket, str]]:
    """A connection to one of the checked addresses, the first that takes it, closed at the end or the deadline."""
    failed: Refused | None = None
    for ip in _resolved(target, deadline, resolver):
        connection = _unconnected(target, ip, deadline, tls)
        try:
            with named_failures(deadline):
                connection.connect()
        except Refused as refused:
            connection.close()
            failed = refused
            continue
        sock = connection.sock
        try:
            with deadline.over(sock):
                sock.settimeout(deadline.timeout())
                yield connection, sock, ip
        finally:
            connection.close()
            # A response that could not be made sense of still holds the socket, which would stay open with it.
            descriptor = sock.detach()
            if descriptor >= 0:
                os.close(descriptor)
        return
    raise failed or Refused("no_such_host", target.address.host)


def _resolved(target: Target, deadline: Deadline, resolver: Resolver) -> tuple[str, ...]:
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


def _unconnected(target: Target, ip: str, deadline: Deadline, tls: ssl.SSLContext | None) -> Connection:
    timeout = deadline.timeout(CONNECT_SECONDS)
    if target.address.scheme == "http":
        return PlainConnection(ip, target.address.port, timeout=timeout)
    return SecureConnection(
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
def named_failures(deadline: Deadline) -> Iterator[None]:
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
