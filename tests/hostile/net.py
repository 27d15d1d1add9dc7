"""A small internet on this machine: names that lead where a case says, and a canary where nobody may go.

Every connection is a real one. What goes to the address of the hostile hosts ends at a server of this machine that
plays the host of the case by its name; whatever else is connected to ends at the canary, which counts.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

import pytest

from tests.articles.hosts import Answer, Host, page
from tests.hostile.cases import PUBLIC, Lookup, article

TLS_PUBLIC: Final = "93.184.215.15"
"""The address of hosts that are asked over TLS."""

_NOT_FOUND: Final = page(b"", status="404 Not Found")


class Net:
    """Names, hosts and a canary. ``lookups`` counts how often each name was looked up."""

    def __init__(self, tls: ssl.SSLContext) -> None:
        self.lookups: Counter[str] = Counter()
        self._names: dict[str, Lookup] = {
            "localhost": (("127.0.0.1", "::1"),),
            "inside.hostile.example": (("10.0.0.8",),),
        }
        self._answers: dict[str, tuple[Answer, Answer]] = {}
        self._slow: dict[str, Callable[[], object]] = {}
        self._lock = threading.Lock()
        self.host = Host(self._answer)
        self.secure = Host(self._answer, tls=tls)
        self.canary = Host(page(b"<p>Nobody may read this.</p>"))

    def close(self) -> None:
        for one in (self.host, self.secure, self.canary):
            one.close()

    def name(self, host: str, lookup: Lookup, *, slow: Callable[[], object] | None = None) -> None:
        """Have a name lead to these addresses, one answer after the other."""
        self._names[host] = lookup
        if slow is not None:
            self._slow[host] = slow

    def play(self, host: str, answer: Answer, robots: Answer | None = None) -> None:
        """Have a host answer like that."""
        self._answers[host] = (answer, robots or _NOT_FOUND)

    def _answer(self, connection: socket.socket, head: bytes) -> None:
        lines = head.decode("latin-1").split("\r\n")
        told = next((line[5:].strip() for line in lines if line.lower().startswith("host:")), "")
        answer, robots = self._answers.get(told.partition(":")[0], (page(article("of nobody")), _NOT_FOUND))
        path = lines[0].split(" ")[1] if " " in lines[0] else ""
        (robots if path == "/robots.txt" else answer)(connection, head)

    def looked_up(self, host: str) -> list[str]:
        """What the name server says this time."""
        with self._lock:
            nth = self.lookups[host]
            self.lookups[host] += 1
        if host in self._slow:
            self._slow[host]()
        lookup = self._names.get(host, ())
        return list(lookup[min(nth, len(lookup) - 1)]) if lookup else []

    def destination(self, ip: str, port: int) -> tuple[str, int]:
        """Where a connection really ends."""
        if ip == PUBLIC and port == 80:
            return self.host.address, self.host.port
        if ip == TLS_PUBLIC and port == 443:
            return self.secure.address, self.secure.port
        if (ip, port) in {(one.address, one.port) for one in (self.host, self.secure)}:
            return ip, port
        return self.canary.address, self.canary.port


@contextlib.contextmanager
def connected(net: Net, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have this process live in that internet: the system's name look-up and its connections."""
    ask, connect = socket.getaddrinfo, socket.socket.connect

    def getaddrinfo(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if _is_literal(host):
            return ask(host, port, *args, **kwargs)
        found = net.looked_up(host)
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        families = [socket.AF_INET6 if ":" in ip else socket.AF_INET for ip in found]
        return [(family, socket.SOCK_STREAM, 6, "", (ip, port)) for family, ip in zip(families, found, strict=True)]

    def go(sock: socket.socket, where: Any) -> Any:
        if sock.family == socket.AF_INET:
            return connect(sock, net.destination(*where))
        if sock.family == socket.AF_INET6:  # no host of a case has such an address
            with socket.socket() as instead:
                connect(instead, (net.canary.address, net.canary.port))
            raise ConnectionRefusedError
        return connect(sock, where)

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        patch.setattr(socket.socket, "connect", go)
        yield


def _is_literal(host: str) -> bool:
    with contextlib.suppress(ValueError):
        ipaddress.ip_address(host)
        return True
    return False
